/* From a handler to the writer and back: request_write, and the renewal of what the act touched. */
#include "app/request.h"

#include "app/after.h"
#include "app/courier.h"
#include "app/indexer.h"
#include "app/nodes.h"
#include "app/refuse.h"
#include "domain/article.h"

#include <stdatomic.h>
#include <stddef.h>

enum { SETTLED_TOGETHER = 32 }; /* discussions; more than that in one batch are settled in several goes */

static struct request *request_of(struct writer_job *job) {
    return (struct request *)(void *)((char *)job - offsetof(struct request, job));
}

static const struct request *request_of_const(const struct writer_job *job) {
    return (const struct request *)(const void *)((const char *)job - offsetof(struct request, job));
}

static enum status run_apply(struct db *db, struct writer_job *job, struct error *error) {
    struct request *r = request_of(job);
    r->touched_count = 0;
    r->touched_too_many = false;
    r->submitted_to = (article_id){0};
    r->put_off = false;
    r->changes = NULL;
    r->changes_end = &r->changes;
    r->writing = db;
    enum status status = r->apply(db, r, r->data, error);
    return status == OK ? nodes_announce(r, db, error) : status;
}

struct tally {
    article_id article;
    int64_t count;
};

static enum status settle(struct db *db, struct tally *tallies, size_t *count, struct error *error) {
    enum status status = OK;
    for (size_t i = 0; i < *count && status == OK; i++)
        status = comment_count_submitted(db, tallies[i].article, tallies[i].count, error);
    *count = 0;
    return status;
}

enum status request_settle(struct db *db, const struct writer_job *jobs, struct error *error) {
    struct tally tallies[SETTLED_TOGETHER];
    size_t count = 0;
    enum status status = OK;
    for (const struct writer_job *job = jobs; job && status == OK; job = job->next) {
        if (job->apply != run_apply || job->status != OK) continue;
        article_id article = request_of_const(job)->submitted_to;
        if (!article.v) continue;
        size_t i = 0;
        while (i < count && tallies[i].article.v != article.v) i++;
        if (i == count && count == SETTLED_TOGETHER) {
            status = settle(db, tallies, &count, error);
            i = 0;
        }
        if (i == count) tallies[count++] = (struct tally){.article = article};
        tallies[i].count++;
    }
    return status == OK ? settle(db, tallies, &count, error) : status;
}

/* On a worker: what the handler wanted to do after the commit. */
static void run_after(void *job, void *thread_state) {
    struct request *r = job;
    if (r->job.late) {
        refuse_busy(r);
        return;
    }
    if (r->status == UNAVAILABLE) {
        refuse_away(r, &r->error);
        return;
    }
    r->worker = thread_state;
    r->db = r->worker->db;
    struct site site;
    struct error error;
    if (site_load(r->db, r->arena, &site, &error) == OK) r->site = site; /* counts have changed */
    r->after(r, r->data, r->status, &r->error);
}

static void continue_on_worker(struct request *r) {
    if (pool_continue(r->app->pool, run_after, r) == OK) return;
    /* The server is ending. What was written stays written; only its acknowledgement is refused. */
    http_call_reply_text(r->call, 503, S("Busy. Please look whether your act was recorded before you repeat it.\n"));
}

static void waiter_done(struct request *r) {
    if (atomic_fetch_sub(&r->waiting, 1) != 1) return;
    live_release(r->app->live, r->changes);
    bool unchanged = r->status == OK && !r->touched_count && !r->touched_too_many && !r->changes;
    if (unchanged && r->answer && r->answer(r, r->data)) return;
    continue_on_worker(r);
}

/* Each renewal that has ended, and the starter itself, takes one off; the last goes on. */
static void renewed(struct cache_waiter *waiter, enum status status, struct page *page, const struct error *error) {
    struct request *r = *(struct request **)(void *)(waiter + 1);
    (void)status; /* a page that cannot be made is made again, and its error said, when it is asked for */
    (void)page;
    (void)error;
    waiter_done(r);
}

struct waiter_of_request {
    struct cache_waiter waiter;
    struct request *request;
};
_Static_assert(offsetof(struct waiter_of_request, request) == sizeof(struct cache_waiter), "renewed() relies on it");

static struct cache_waiter *waiter_new(void *ctx) {
    struct request *r = ctx;
    struct waiter_of_request *w = ARENA_NEW(r->arena, struct waiter_of_request);
    w->waiter.ready = renewed;
    w->request = r;
    atomic_fetch_add(&r->waiting, 1);
    return &w->waiter;
}

/* On the writer's thread, after the commit. */
static void run_done(struct writer_job *job, enum status status, const struct error *error) {
    struct request *r = request_of(job);
    r->status = status;
    if (error) r->error = *error;
    atomic_store(&r->waiting, 1);
    if (status != OK) r->changes = NULL;
    live_expect(r->app->live, r->changes);
    if (status == OK) courier_nudge(r->app->courier);
    if (status == OK && r->put_off) indexer_nudge(r->app);
    struct after after = {.app = r->app,
                          .touched = r->touched,
                          .count = r->touched_count,
                          .all = r->touched_too_many,
                          .waiter_new = waiter_new,
                          .ctx = r};
    if (status == OK) after_renew(&after);
    waiter_done(r);
}

void request_write_answer(struct request *r, void *data,
                          enum status (*apply)(struct db *db, struct request *r, void *data, struct error *error),
                          void (*after)(struct request *r, void *data, enum status status, const struct error *error),
                          bool (*answer)(struct request *r, void *data)) {
    r->data = data;
    r->apply = apply;
    r->after = after;
    r->answer = answer;
    int64_t article = request_number(r, "id");
    r->job = (struct writer_job){
        .apply = run_apply, .done = run_done, .order = article ? article : request_number(r, "number")};
    r->error = (struct error){OK, ""};
    if (writer_submit(r->app->writer, &r->job) == OK) return;
    refuse_busy(r);
}

void request_write(struct request *r, void *data,
                   enum status (*apply)(struct db *db, struct request *r, void *data, struct error *error),
                   void (*after)(struct request *r, void *data, enum status status, const struct error *error)) {
    request_write_answer(r, data, apply, after, NULL);
}

static void touch(struct request *r, struct touched touched) {
    if (r->touched_count < REQUEST_TOUCHED_MAX)
        r->touched[r->touched_count++] = touched;
    else
        r->touched_too_many = true;
}

void request_touch_thread(struct request *r, article_id article, comment_number root, int64_t root_ordinal) {
    touch(r,
          (struct touched){.what = TOUCHED_THREAD, .article = article.v, .root = root.v, .root_ordinal = root_ordinal});
}

void request_touch_counts(struct request *r, article_id article, comment_number root, int64_t root_ordinal,
                          int64_t ordinal) {
    touch(r, (struct touched){.what = TOUCHED_COUNTS,
                              .article = article.v,
                              .root = root.v,
                              .root_ordinal = root_ordinal,
                              .ordinal = ordinal});
}

void request_touch_article(struct request *r, article_id article) {
    touch(r, (struct touched){.what = TOUCHED_ARTICLE, .article = article.v});
    request_tell(r, article, (comment_number){0}, LIVE_ARTICLE);
}

void request_touch_site(struct request *r) { touch(r, (struct touched){.what = TOUCHED_SITE}); }

void request_tell(struct request *r, article_id article, comment_number number, enum live_kind kind) {
    struct article_standing standing;
    struct error error;
    if (article_standing(r->writing, article, &standing, &error) != OK) return; /* then apply fails, too */
    struct live_change *change = ARENA_NEW(r->arena, struct live_change);
    *change = (struct live_change){.kind = kind,
                                   .article = article.v,
                                   .number = number.v,
                                   .version = standing.version,
                                   .count = standing.comment_count,
                                   .gone = standing.state != ARTICLE_PUBLISHED};
    *r->changes_end = change;
    r->changes_end = &change->next;
}
