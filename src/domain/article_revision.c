#include "domain/article_revision.h"

#include <inttypes.h>

static void read_row(struct db_rows *rows, struct arena *arena, struct article_revision *out) {
    *out = (struct article_revision){
        .revision = db_int(rows, "revision"),
        .replaced_at = db_int(rows, "at"),
        .by = {db_int(rows, "account_id")},
        .by_name = db_text(rows, "by_name", arena),
        .headline = db_text(rows, "headline", arena),
        .standfirst = db_text(rows, "standfirst", arena),
        .body_source = db_text(rows, "body_source", arena),
    };
}

enum status article_revision_list_load(struct db *db, struct arena *arena, article_id id,
                                       struct article_revision_list *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_REVISION_LIST);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "limit", ARTICLE_REVISIONS_MAX);
    struct article_revision_list list = {.items = ARENA_ARRAY(arena, ARTICLE_REVISIONS_MAX, struct article_revision)};
    enum status status;
    while ((status = db_step(rows, error)) == OK) read_row(rows, arena, &list.items[list.count++]);
    if (status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status article_revision_get(struct db *db, struct arena *arena, article_id id, int64_t revision,
                                 struct article_revision *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_REVISION_GET);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "revision", revision);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND)
        return error_set(error, NOT_FOUND, "article %" PRId64 " has no earlier text %" PRId64, id.v, revision);
    if (status == OK) read_row(rows, arena, out);
    return status;
}
