#include "domain/likeness_due.h"

#include "base/buf.h"
#include "base/clock.h"
#include "domain/site.h"

#include <inttypes.h>

static const size_t SCRATCH_BYTES = (size_t)64 * 1024 * 1024; /* a text is at most a request's body */
enum { CHECKS_BYTES = 32 * 1024, LOADED = 16 /* at once: a step ends by the clock */ };

static struct db_rows *use_for(struct db *db, enum db_statement statement, comment_number number, article_id article) {
    struct db_rows *rows = db_use(db, statement);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "article", article.v);
    return rows;
}

static enum status done(struct db *db, comment_number number, article_id article, struct error *error) {
    return db_run_later(use_for(db, DB_LIKENESS_DUE_DONE, number, article), error);
}

enum status likeness_put_off(struct db *db, comment_number number, article_id article, const struct likeness_mark *mark,
                             bool unread, struct error *error) {
    char keys[LIKENESS_KEYS * sizeof mark->keys[0]];
    if (mark->keys[0] == 0 && !unread) return done(db, number, article, error);
    for (size_t i = 0; i < sizeof keys; i++) keys[i] = (char)((uint64_t)mark->keys[i / 8] >> (56 - i % 8 * 8));
    struct db_rows *rows = use_for(db, DB_LIKENESS_DUE_ADD, number, article);
    db_bind_blob(rows, "keys", slice_make(keys, sizeof keys));
    return db_run_later(rows, error);
}

static slice with_finding(struct arena *arena, slice checks, const struct likeness_near *near) {
    if (near->count == 0) return checks;
    struct buf json CLEANUP(buf_fini);
    buf_init(&json, CHECKS_BYTES + checks.n);
    buf_add(&json, checks.n > 1 ? slice_sub(checks, 0, checks.n - 1) : S("["));
    buf_add_format(&json, "%s{\"check\":\"similar\",\"count\":%" PRId64 ",\"percent\":%d,\"comments\":[",
                   json.n > 1 ? "," : "", near->authors, near->percent);
    for (size_t i = 0; i < near->count; i++) buf_add_format(&json, "%s%" PRId64, i ? "," : "", near->numbers[i].v);
    buf_add(&json, S("]}]"));
    return arena_copy(arena, buf_slice(&json));
}

/* Its version stays: whoever decides upon the text that stands there need not begin again. read: NULL, or of an earlier
   text, tells nothing. */
static enum status tell(struct db *db, struct arena *arena, const struct likeness_of *of,
                        const struct likeness_near *near, const struct proofreading_read *read, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use_for(db, DB_LIKENESS_DUE_CHECKS, of->number, of->article);
    enum status status = db_step(rows, error);
    if (status != OK) return status == NOT_FOUND ? OK : status;
    slice before = db_text(rows, "checks", arena), checks = before;
    bool holds =
        read && slice_equal(before, read->checks) && slice_equal(db_text_peek(rows, "text_source"), read->text);
    if (holds && read->finding.n) checks = proofreading_add(arena, checks, read->finding);
    checks = with_finding(arena, checks, near);
    if (slice_equal(checks, before)) return OK;
    struct db_rows *change CLEANUP(db_finish_p) = use_for(db, DB_LIKENESS_DUE_TELL, of->number, of->article);
    db_bind_text(change, "before", before);
    db_bind_text(change, "checks", checks);
    return db_run(change, NULL, error);
}

static enum status do_one(struct db *db, struct arena *arena, const struct likeness_of *of, int percent,
                          const struct proofreading_read *read, struct error *error) {
    struct likeness_near near;
    enum status status = likeness_find(db, arena, of, percent, &near, error);
    bool tells = near.count || (read && read->finding.n);
    if (status == OK && tells) status = tell(db, arena, of, &near, read, error);
    if (status == OK) status = likeness_keep(db, of->number, of->article, of->keys, error);
    return status == OK ? done(db, of->number, of->article, error) : status;
}

static enum status load(struct db *db, struct likeness_of due[static LOADED], int64_t most, size_t *count,
                        struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_DUE_LIST);
    db_bind_int(rows, "limit", most);
    enum status status;
    *count = 0;
    while ((status = db_step(rows, error)) == OK) {
        slice keys = db_blob_peek(rows, "keys");
        struct likeness_of *one = &due[(*count)++];
        *one = (struct likeness_of){.number = {db_int(rows, "number")}, .article = {db_int(rows, "article_id")}};
        for (size_t i = 0; i < keys.n && i < sizeof one->keys; i++)
            one->keys[i / 8] = (int64_t)((uint64_t)one->keys[i / 8] << 8 | (unsigned char)keys.p[i]);
    }
    return status == NOT_FOUND ? OK : status;
}

/* Until the time is over, all is done, or the next one's words have not been read. */
static enum status do_some(struct db *db, struct arena *arena, int percent, int64_t end_ns, struct likeness_due *step,
                           struct error *error) {
    struct likeness_of due[LOADED];
    size_t count = 0, next = 0;
    enum status status = OK;
    while (status == OK && !step->complete) {
        if (next == count) {
            next = 0;
            status = load(db, due, LOADED, &count, error);
            step->complete = status == OK && count == 0;
            continue;
        }
        const struct likeness_of *one = &due[next++];
        const struct proofreading_read *read =
            step->read ? proofreading_due_find(step->read, one->number, one->article) : NULL;
        step->read_more = step->read && !read;
        if (step->read_more) break;
        arena_reset(arena);
        status = do_one(db, arena, one, percent, read, error);
        if (clock_monotonic_ns() >= end_ns) break;
    }
    return status;
}

enum status likeness_due_step(struct db *db, struct likeness_due *step, struct error *error) {
    struct likeness_of first[LOADED];
    size_t count;
    int64_t end_ns = clock_monotonic_ns() + step->work_ns;
    enum status status = load(db, first, 1, &count, error);
    step->complete = status == OK && count == 0;
    step->read_more = false;
    if (status != OK || step->complete) return status;
    /* one at a time, where there are several nodes: a message is compared with those before it */
    status = db_run(db_use(db, DB_SEARCH_PROGRESS_LOCK), NULL, error);
    if (status != OK) return status;
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct site site;
    status = site_load(db, arena, &site, error);
    if (status != OK) return status;
    int percent = (int)site_option(&site.options, SITE_OPTION_NEAR_PERCENT);
    return do_some(db, arena, percent, end_ns, step, error);
}

enum status likeness_due_has(struct db *db, comment_number number, article_id article, bool *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use_for(db, DB_LIKENESS_DUE_HAS, number, article);
    enum status status = db_step(rows, error);
    *out = status == OK;
    return status == NOT_FOUND ? OK : status;
}
