#include "domain/comment.h"

#include "domain/comment_row.h"

#include <assert.h>
#include <inttypes.h>

enum { OWN_RECENT = 200 /* of a device's latest, looked at for pending ones */, REVISIONS_MAX = 100 };

static enum status read_one(struct db_rows *rows, struct arena *arena, struct comment *out, struct error *error) {
    enum status status = db_step(rows, error);
    if (status == OK)
        comment__read(rows, &(struct comment_reader){.arena = arena, .desk = true, .personal = true}, out);
    return status;
}

enum status comment_get(struct db *db, struct arena *arena, comment_number number, struct comment *out,
                        struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_GET);
    db_bind_int(rows, "number", number.v);
    enum status status = read_one(rows, arena, out, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no comment %" PRId64, number.v);
    return status;
}

enum status comment_find_secret(struct db *db, struct arena *arena, slice secret, struct comment *out,
                                struct error *error) {
    struct crypto_hash hash = crypto_sha256(secret);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_BY_SECRET);
    db_bind_blob(rows, "secret", slice_make(hash.bytes, sizeof hash.bytes));
    enum status status = read_one(rows, arena, out, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no comment with this secret");
    return status;
}

enum status comment_list_own(struct db *db, struct arena *arena, article_id article, slice device_token,
                             struct comment_list *out, struct error *error) {
    *out = (struct comment_list){0};
    if (slice_is_empty(device_token)) return OK;
    struct crypto_hash device = crypto_sha256(device_token);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_OWN);
    db_bind_blob(rows, "device", slice_make(device.bytes, sizeof device.bytes));
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "recent", OWN_RECENT);
    return comment__read_list(rows, &(struct comment_reader){.arena = arena, .desk = true}, OWN_RECENT, out, error);
}

static enum comment_state state_in(struct db_rows *rows, const char *column) {
    enum comment_state state = COMMENT_PENDING;
    (void)comment_state_parse(db_text_peek(rows, column), &state);
    return state;
}

/* What readers see of the comment in a COMMENT_PLACE row. */
static enum comment_presence presence_in(struct db_rows *rows, bool is_root) {
    bool hide = slice_equal(db_text_peek(rows, "removed_display"), S("hide"));
    enum removed_display display = hide ? REMOVED_HIDE : REMOVED_STUB;
    if (is_root) return comment__root_presence(state_in(rows, "state"), db_int(rows, "reply_count"), display);
    if (comment__root_presence(state_in(rows, "root_state"), db_int(rows, "root_reply_count"), display) ==
        COMMENT_HIDDEN)
        return COMMENT_HIDDEN;
    return comment__reply_presence(state_in(rows, "state"), display);
}

enum status comment_locate(struct db *db, struct arena *arena, comment_number number, int64_t roots_per_page,
                           int64_t replies_per_page, struct comment_place *out, struct error *error) {
    assert(roots_per_page > 0 && replies_per_page > 0);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_PLACE);
    db_bind_int(rows, "number", number.v);
    enum status status = db_step(rows, error);
    if (status != OK && status != NOT_FOUND) return status;
    bool was_published = status == OK && !db_is_null(rows, "ordinal") &&
                         slice_equal(db_text_peek(rows, "article_state"), S("published"));
    if (!was_published) return error_set(error, NOT_FOUND, "no comment %" PRId64 " to be seen", number.v);
    bool is_root = db_is_null(rows, "root_number");
    if (presence_in(rows, is_root) == COMMENT_HIDDEN) {
        enum comment_state state = state_in(rows, "state");
        if (state == COMMENT_REMOVED || state == COMMENT_WITHDRAWN)
            return error_set(error, FORBIDDEN, "comment %" PRId64 " is gone", number.v);
        return error_set(error, NOT_FOUND, "no comment %" PRId64 " to be seen", number.v);
    }
    int64_t ordinal = db_int(rows, "ordinal");
    int64_t root_ordinal = is_root ? ordinal : db_int(rows, "root_ordinal");
    *out = (struct comment_place){
        .article = {db_int(rows, "article_id")},
        .slug = db_text(rows, "slug", arena),
        .page = (root_ordinal - 1) / roots_per_page + 1,
        .root = {is_root ? number.v : db_int(rows, "root_number")},
        .reply_page = is_root || ordinal <= replies_per_page ? 0 : (ordinal - 1) / replies_per_page + 1,
    };
    return OK;
}

enum status comment_revisions(struct db *db, struct arena *arena, comment_number number,
                              struct comment_revision **items, size_t *count, struct error *error) {
    struct comment_revision *list = ARENA_ARRAY(arena, REVISIONS_MAX, struct comment_revision);
    size_t n = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_REVISIONS);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "limit", REVISIONS_MAX);
    enum status status;
    while ((status = db_step(rows, error)) == OK && n < REVISIONS_MAX) {
        list[n++] = (struct comment_revision){
            .version = db_int(rows, "version"),
            .at = db_int(rows, "at"),
            .by_desk = db_bool(rows, "by_desk"),
            .name = db_text(rows, "name", arena),
            .title = db_text(rows, "title", arena),
            .text_source = db_text(rows, "text_source", arena),
        };
    }
    if (status != OK && status != NOT_FOUND) return status;
    *items = list;
    *count = n;
    return OK;
}

enum status comment_names_load(struct db *db, struct arena *arena, article_id id, struct comment_names *out,
                               struct error *error) {
    struct article_standing standing;
    enum status status = article_standing(db, id, &standing, error);
    if (status == OK && standing.state != ARTICLE_PUBLISHED) status = error_set(error, NOT_FOUND, "no such article");
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_NAMES);
    db_bind_int(rows, "article", id.v);
    db_bind_int(rows, "limit", COMMENT_NAMES_OF);
    out->count = 0;
    while (out->count < COMMENT_NAMES_MAX && (status = db_step(rows, error)) == OK) {
        slice name = db_text_peek(rows, "name");
        size_t i = 0;
        while (i < out->count && !slice_equal(out->items[i], name)) i++;
        if (i == out->count) out->items[out->count++] = arena_copy(arena, name);
    }
    return status == NOT_FOUND ? OK : status;
}
