/* Old addresses: how an article was reached while it stood in WordPress. */
#include "exchange/wordpress_job.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/link.h"

enum { PATHS_MAX = 12, PATH_MAX_BYTES = 2048 };

slice wordpress__path(slice address) {
    address = slice_trim(address);
    if (address.n > PATH_MAX_BYTES || !url_is_web(address)) return (slice){0};
    slice rest = slice_after(address, slice_find(address, S("://")) + 3);
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '#') break;
        if (rest.p[i] != '/') continue;
        slice path = slice_after(rest, i);
        path = slice_sub(path, 0, slice_find_char(path, '#'));
        return path.n > 1 ? path : (slice){0};
    }
    return (slice){0};
}

struct paths {
    struct arena *arena;
    slice items[PATHS_MAX];
    size_t count;
};

static void add_one(struct paths *paths, slice path) {
    if (path.n < 2 || paths->count == PATHS_MAX) return;
    for (size_t i = 0; i < paths->count; i++)
        if (slice_equal(paths->items[i], path)) return;
    paths->items[paths->count++] = path;
}

slice wordpress__decoded(struct arena *arena, slice text) {
    struct buf b;
    buf_init(&b, text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        int octet = slice_percent_octet(text, i);
        buf_add_char(&b, octet >= 0 ? (char)octet : text.p[i]);
        if (octet >= 0) i += 2;
    }
    slice out = utf8_is_valid(buf_slice(&b)) ? arena_copy(arena, buf_slice(&b)) : text;
    buf_fini(&b);
    return out;
}

/* One slash for two. */
static slice collapsed(struct arena *arena, slice path) {
    char *out = arena_alloc(arena, path.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] != '/' || i == 0 || path.p[i - 1] != '/') out[n++] = path.p[i];
    return (slice){out, n};
}

/* As it stands; as a browser or a library may tidy it up; and a path alone also as its words, since %ce%b5 may come
   back as %CE%B5. */
static void add(struct paths *paths, slice path) {
    if (!path.n) return;
    slice tidy = collapsed(paths->arena, path);
    add_one(paths, path);
    add_one(paths, tidy);
    if (slice_find_char(path, '?') != SIZE_MAX) return;
    add_one(paths, wordpress__decoded(paths->arena, path));
    add_one(paths, wordpress__decoded(paths->arena, tidy));
}

/* Whether a guid names an item by a number that is not this item's: copied posts carry the guid of their model. */
static bool names_another(slice path, slice post_id) {
    slice query = slice_after(path, slice_find_char(path, '?'));
    if (query.n) query = slice_after(query, 1);
    while (query.p && query.n) {
        slice pair = slice_cut(&query, '&');
        slice name = slice_cut(&pair, '=');
        bool by_id = slice_equal(name, S("p")) || slice_equal(name, S("page_id"));
        if (by_id && !slice_equal(pair, post_id)) return true;
    }
    return false;
}

void wordpress__old_paths(const struct wordpress_job *job, const struct wxr_item *item, const slice **out,
                          size_t *count) {
    struct paths *paths = ARENA_NEW(job->item, struct paths);
    paths->arena = job->item;
    slice id = slice_trim(item->post_id);
    add(paths, wordpress__path(item->link));
    slice guid = wordpress__path(item->guid);
    if (!names_another(guid, id)) add(paths, guid);
    add(paths, arena_format(job->item, "%.*s/?p=%.*s", SLICE_FMT(job->blog_path), SLICE_FMT(id)));
    if (slice_equal(item->post_type, S("page")))
        add(paths, arena_format(job->item, "%.*s/?page_id=%.*s", SLICE_FMT(job->blog_path), SLICE_FMT(id)));
    *out = paths->items;
    *count = paths->count;
}
