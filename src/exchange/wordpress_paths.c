/* Old addresses: how an article was reached while it stood in WordPress. */
#include "exchange/wordpress_job.h"

#include "base/buf.h"
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

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* The same path as a browser sends it when somebody typed it: %ce%b5 as %CE%B5, one slash for two. */
static slice normal(struct arena *arena, slice path) {
    struct buf b;
    buf_init(&b, PATH_MAX_BYTES);
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        bool escape = c == '%' && i + 2 < path.n && is_hex(path.p[i + 1]) && is_hex(path.p[i + 2]);
        if (c == '/' && i > 0 && path.p[i - 1] == '/') continue;
        buf_add_char(&b, c);
        for (int k = 0; escape && k < 2; k++) {
            char digit = path.p[++i];
            buf_add_char(&b, digit >= 'a' ? (char)(digit - 'a' + 'A') : digit);
        }
    }
    slice out = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static void add(struct paths *paths, slice path) {
    add_one(paths, path);
    if (path.n) add_one(paths, normal(paths->arena, path));
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
