/* From a handler to the writer and back: request_write, and the renewal of what the act touched. */
#include "app/request.h"

#include "app/after.h"
#include "app/refuse.h"
#include "domain/article.h"

#include <stdatomic.h>
#include <stddef.h>

static struct request *request_of(struct writer_job *job) {
    return (struct request *)(void *)((char *)job - offsetof(struct request, job));
}

static enum status run_apply(struct db *db, struct writer_job *job, struct error *error) {
    struct request *r = request_of(job);
    r->touched_count = 0;
    r->touched_too_many = false;
    r->changes = NULL;
    r->changes_end = &r->changes;
    r->writing = db;
    return r->apply(db, r, r->data, error);
}

/* On a worker: what the handler wanted to do after the commit. */
static void run_after(void *job, void *thread_state) {
    struct request *r = job;
    if (r->job.late) {
        refuse_busy(r);
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

/* Each renewal that has ended, and the starter itself, takes one off; the last goes on. */
static void renewed(struct cache_waiter *waiter, enum status status, struct page *page, const struct error *error) {
    struct request *r = *(struct request **)(void *)(waiter + 1);
    (void)status; /* a page that cannot be made is made again, and its error said, when it is asked for */
    (void)page;
    (void)error;
    after_waiter_done(r);
}

void after_waiter_done(struct request *r) {
    if (atomic_fetch_sub(&r->waiting, 1) != 1) return;
    live_release(r->app->live, r->changes);
    continue_on_worker(r);
}

struct waiter_of_request {
    struct cache_waiter waiter;
    struct request *request;
};
_Static_assert(offsetof(struct waiter_of_request, request) == sizeof(struct cache_waiter), "renewed() relies on it");

struct cache_waiter *after_waiter_new(struct request *r) {
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
    if (status == OK) after_renew(r);
    after_waiter_done(r);
}

void request_write(struct request *r, void *data,
                   enum status (*apply)(struct db *db, struct request *r, void *data, struct error *error),
                   void (*after)(struct request *r, void *data, enum status status, const struct error *error)) {
    r->data = data;
    r->apply = apply;
    r->after = after;
    r->job = (struct writer_job){.apply = run_apply, .done = run_done};
    r->error = (struct error){OK, ""};
    if (writer_submit(r->app->writer, &r->job) == OK) return;
    refuse_busy(r);
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
