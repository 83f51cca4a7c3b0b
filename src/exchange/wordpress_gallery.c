#include "exchange/wordpress_gallery.h"

#include "base/buf.h"
#include "base/memory.h"
#include "text/link.h"

#include <stdlib.h>

enum { EXPANDED_MAX = 16 * 1024 * 1024, PICTURES_MAX = 500 /* in one gallery */ };

void gallery__fini(struct gallery *gallery) {
    table_fini(&gallery->by_id);
    memory_free(gallery->pictures);
    arena_free(gallery->arena);
    *gallery = (struct gallery){0};
}

static int compare_ints(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int by_place(const void *a, const void *b) {
    const struct gallery_picture *x = a, *y = b;
    int order = compare_ints(x->parent, y->parent);
    if (!order) order = compare_ints(x->order, y->order);
    return order ? order : compare_ints(x->id, y->id);
}

static bool is_picture(slice address) {
    static const slice endings[] = {S_INIT("jpg"),  S_INIT("jpeg"), S_INIT("png"), S_INIT("gif"),
                                    S_INIT("webp"), S_INIT("avif"), S_INIT("svg"), S_INIT("bmp")};
    slice path = slice_sub(address, 0, slice_find_char(address, '?'));
    while (slice_find_char(path, '.') != SIZE_MAX) (void)slice_cut(&path, '.');
    for (size_t i = 0; i < ARRAY_COUNT(endings); i++)
        if (slice_equal_nocase(path, endings[i])) return true;
    return false;
}

static int64_t number(slice text) {
    int64_t value;
    return slice_to_int64(slice_trim(text), &value) ? value : 0;
}

static void remember(struct gallery *gallery, const struct wxr_item *item) {
    slice address = slice_trim(item->attachment_url);
    int64_t id = number(item->post_id);
    if (id <= 0 || !url_is_web(address) || !is_picture(address)) return;
    size_t bytes = address.n + item->excerpt.n + item->image_alt.n + sizeof(struct gallery_picture);
    if (arena_used(gallery->arena) + bytes > GALLERY_PICTURES_BYTES) return;
    if (gallery->count == gallery->capacity) {
        gallery->capacity = gallery->capacity ? gallery->capacity * 2 : 64;
        gallery->pictures = memory_realloc_array(gallery->pictures, gallery->capacity, sizeof *gallery->pictures);
    }
    gallery->pictures[gallery->count++] = (struct gallery_picture){
        .id = id,
        .parent = number(item->post_parent),
        .order = number(item->menu_order),
        .address = arena_copy(gallery->arena, address),
        .caption = arena_copy(gallery->arena, item->excerpt),
        .alternative = arena_copy(gallery->arena, item->image_alt),
    };
}

enum status gallery__read(struct gallery *gallery, struct wxr_reader *reader, struct error *error) {
    gallery->arena = arena_new((size_t)GALLERY_PICTURES_BYTES * 4); /* the table's keys, too */
    struct arena *arena CLEANUP(arena_free_p) = arena_new(WXR_ARENA_MAX);
    struct wxr_item item;
    enum status status;
    while ((status = wxr_next(reader, arena, &item, error)) == OK) {
        if (slice_equal(slice_trim(item.post_type), S("attachment"))) remember(gallery, &item);
        arena_reset(arena);
    }
    if (status != NOT_FOUND) return status;
    if (gallery->count) qsort(gallery->pictures, gallery->count, sizeof *gallery->pictures, by_place);
    for (size_t i = 0; i < gallery->count; i++) {
        slice key = arena_format(arena, "%jd", (intmax_t)gallery->pictures[i].id);
        *table_put(&gallery->by_id, gallery->arena, key, NULL) = (int64_t)i;
    }
    return OK;
}

static const slice MARK = S_INIT("[gallery");

/* Where the next shortcode begins; SIZE_MAX when there is none. "[[gallery]]" is one that was only written about. */
static size_t find_mark(slice text) {
    size_t from = 0;
    for (;;) {
        size_t at = slice_find(slice_after(text, from), MARK);
        if (at == SIZE_MAX) return SIZE_MAX;
        at += from;
        char next = at + MARK.n < text.n ? text.p[at + MARK.n] : '\0';
        bool escaped = at > 0 && text.p[at - 1] == '[';
        if (!escaped && (next == ']' || next == ' ' || next == '/' || next == '\n')) return at;
        from = at + MARK.n;
    }
}

bool gallery__is_in(slice content) { return find_mark(content) != SIZE_MAX; }

/* The value of an attribute of the shortcode, with or without quotes; empty when it is not there. */
static slice attribute(slice body, slice name) {
    for (size_t from = 0;;) {
        size_t at = slice_find(slice_after(body, from), name);
        if (at == SIZE_MAX) return (slice){0};
        at += from;
        from = at + name.n;
        if (at == 0 || (body.p[at - 1] != ' ' && body.p[at - 1] != '\n')) continue;
        slice value = slice_after(body, from);
        if (!slice_starts(value, S("="))) continue;
        value = slice_after(value, 1);
        char quote = value.n && (value.p[0] == '"' || value.p[0] == '\'') ? value.p[0] : ' ';
        if (quote != ' ') value = slice_after(value, 1);
        return slice_sub(value, 0, slice_find_char(value, quote));
    }
}

static void add_picture(struct buf *out, const struct gallery_picture *picture) {
    buf_add(out, S("\n\n<figure><a href=\""));
    buf_add_html(out, picture->address);
    buf_add(out, S("\"><img src=\""));
    buf_add_html(out, picture->address);
    buf_add(out, S("\" alt=\""));
    buf_add_html(out, picture->alternative);
    buf_add(out, S("\" /></a>"));
    if (slice_trim(picture->caption).n) { /* HTML, as its author typed it */
        buf_add(out, S("<figcaption>"));
        buf_add(out, slice_trim(picture->caption));
        buf_add(out, S("</figcaption>"));
    }
    buf_add(out, S("</figure>\n\n"));
}

static size_t add_listed(const struct gallery *gallery, slice ids, struct buf *out) {
    size_t added = 0;
    while (ids.p && added < PICTURES_MAX) {
        const int64_t *index = table_get(&gallery->by_id, slice_trim(slice_cut(&ids, ',')));
        if (!index) continue;
        add_picture(out, &gallery->pictures[*index]);
        added++;
    }
    return added;
}

static size_t add_own(const struct gallery *gallery, int64_t parent, struct buf *out) {
    size_t low = 0, high = gallery->count, added = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gallery->pictures[middle].parent < parent)
            low = middle + 1;
        else
            high = middle;
    }
    for (; parent > 0 && low < gallery->count && gallery->pictures[low].parent == parent && added < PICTURES_MAX;
         low++) {
        add_picture(out, &gallery->pictures[low]);
        added++;
    }
    return added;
}

slice gallery__expand(const struct gallery *gallery, struct arena *arena, slice content, slice post_id, int64_t *made) {
    *made = 0;
    struct buf out CLEANUP(buf_fini);
    buf_init(&out, EXPANDED_MAX);
    slice rest = content;
    for (size_t at; (at = find_mark(rest)) != SIZE_MAX;) {
        size_t end = slice_find_char(slice_after(rest, at), ']');
        if (end == SIZE_MAX) break;
        slice code = slice_sub(rest, at, at + end + 1), body = slice_sub(code, MARK.n, code.n - 1);
        buf_add(&out, slice_sub(rest, 0, at));
        slice ids = attribute(body, S("ids"));
        if (!ids.n) ids = attribute(body, S("include"));
        int64_t of = attribute(body, S("id")).n ? number(attribute(body, S("id"))) : number(post_id);
        size_t added = ids.n ? add_listed(gallery, ids, &out) : add_own(gallery, of, &out);
        if (!added) buf_add(&out, code);
        *made += added > 0;
        rest = slice_after(rest, at + code.n);
    }
    buf_add(&out, rest);
    if (!*made || out.status) {
        *made = 0;
        return content;
    }
    return arena_copy(arena, buf_slice(&out));
}
