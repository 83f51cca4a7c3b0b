/* 'See also' at the form of an article: what is chosen as lines of text, and back. */
#include "app/desk_edit_related.h"

#include "app/map.h"
#include "view/address.h"

static slice lines_of(struct arena *arena, const struct related_article *items, size_t count) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 64 * 1024);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_char(&b, '\n');
        buf_add(&b, address_article(arena, items[i].id.v, items[i].slug));
    }
    return arena_copy(arena, buf_slice(&b));
}

void desk_related_load(struct request *r, article_id id, struct desk_related *out) {
    struct related related;
    struct error error;
    *out = (struct desk_related){.chosen = S(""), .proposed = S("")};
    if (related_load(r->db, r->arena, id, &related, &error) != OK) return;
    out->chosen = lines_of(r->arena, related.chosen, related.chosen_count);
    out->proposed = lines_of(r->arena, related.proposed, related.proposed_count);
    struct view_article *articles = ARENA_ARRAY(r->arena, related.proposed_count, struct view_article);
    for (size_t i = 0; i < related.proposed_count; i++) articles[i] = map_related(&related.proposed[i]);
    out->articles = articles;
    out->count = related.proposed_count;
}

/* "12", "#12", "/articles/12-le-pont", "https://example.org/articles/12-le-pont". */
static bool read_line(slice line, article_id *out) {
    size_t at = slice_find(line, S("/articles/"));
    slice slug;
    if (at != SIZE_MAX) {
        slice segment = slice_after(line, at + S("/articles/").n);
        return address_parse_article(slice_sub(segment, 0, slice_find_char(segment, '/')), &out->v, &slug);
    }
    return slice_to_int64(slice_starts(line, S("#")) ? slice_after(line, 1) : line, &out->v) && out->v > 0;
}

bool desk_related_read(slice text, struct desk_related_choice *out) {
    out->count = 0;
    while (text.p) {
        slice line = slice_trim(slice_cut(&text, '\n'));
        if (!line.n) continue;
        if (out->count == RELATED_CHOSEN_MAX || !read_line(line, &out->ids[out->count])) return false;
        out->count++;
    }
    return true;
}

enum status desk_related_touch(struct db *db, struct request *r, article_id id, struct error *error) {
    article_id back[RELATED_BACK_MAX];
    size_t count;
    enum status status = related_back(db, id, back, RELATED_BACK_MAX, &count, error);
    if (status == OK && count == RELATED_BACK_MAX) request_touch_site(r);
    for (size_t i = 0; status == OK && i < count && count < RELATED_BACK_MAX; i++) request_touch_article(r, back[i]);
    return status;
}
