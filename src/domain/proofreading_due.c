#include "domain/proofreading_due.h"

#include "domain/site.h"

enum {
    SCRATCH_BYTES = 64 * 1024 * 1024, /* a text is at most a request's body */
    SCRATCH_KEPT = 128 * 1024,
};

static enum status list(struct db *db, struct proofreading_due *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_DUE_LIST);
    db_bind_int(rows, "limit", PROOFREADING_DUE_MAX);
    enum status status;
    out->count = 0;
    while ((status = db_step(rows, error)) == OK)
        out->items[out->count++] =
            (struct proofreading_read){.number = {db_int(rows, "number")}, .article = {db_int(rows, "article_id")}};
    return status == NOT_FOUND ? OK : status;
}

/* As far as proofreading asks for it. NOT_FOUND: it is gone. */
static enum status load(struct db *db, struct arena *arena, struct arena *scratch, struct proofreading_read *one,
                        struct comment_draft *draft, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_PROOFREADING_DUE_TEXT);
    db_bind_int(rows, "article", one->article.v);
    db_bind_int(rows, "number", one->number.v);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    one->text = db_text(rows, "text_source", arena);
    one->checks = db_text(rows, "checks", arena);
    *draft = (struct comment_draft){.input = {.article = one->article,
                                              .name = db_text(rows, "name", scratch),
                                              .text = one->text,
                                              .language = db_text(rows, "language", scratch)},
                                    .html = db_text(rows, "html", scratch),
                                    .checks = one->checks,
                                    .parent_name = db_text(rows, "parent_name", scratch)};
    return OK;
}

static enum status read_one(struct db *db, struct arena *arena, struct arena *scratch,
                            const struct proofreading_tools *tools, const struct site_options *options,
                            struct proofreading_read *one, struct error *error) {
    struct comment_draft draft;
    slice finding = S("");
    enum status status = load(db, arena, scratch, one, &draft, error);
    if (status == NOT_FOUND) return OK;
    if (status == OK) status = proofreading_told(db, scratch, tools, options, &draft, &finding, error);
    if (finding.n) one->finding = arena_copy(arena, finding);
    return status;
}

enum status proofreading_due_read(struct db *db, struct arena *arena, const struct proofreading_tools *tools,
                                  struct proofreading_due *out, struct error *error) {
    struct site site;
    struct arena *scratch CLEANUP(arena_free_p) = arena_new_kept(SCRATCH_BYTES, SCRATCH_KEPT);
    arena_reset(arena);
    enum status status = list(db, out, error);
    if (status != OK || out->count == 0) return status;
    status = site_load(db, arena, &site, error);
    for (size_t i = 0; i < out->count && status == OK; i++) {
        status = read_one(db, arena, scratch, tools, &site.options, &out->items[i], error);
        arena_reset(scratch);
    }
    return status;
}

const struct proofreading_read *proofreading_due_find(const struct proofreading_due *due, comment_number number,
                                                      article_id article) {
    for (size_t i = 0; i < due->count; i++)
        if (due->items[i].number.v == number.v && due->items[i].article.v == article.v) return &due->items[i];
    return NULL;
}
