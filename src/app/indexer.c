#include "app/indexer.h"

#include "base/log.h"
#include "base/memory.h"
#include "domain/likeness_fill.h"
#include "domain/search_index.h"

#include <errno.h>
#include <time.h>

enum {
    FIRST_STEP = 64, /* before the first reader comes */
    STEP = 128,      /* some milliseconds of the writer's time, which decisions wait for */
    LIKENESS_STEP = 32,
    RETRY_SECONDS = 2, /* when the writer has too much to do */
};

struct indexer {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, running;
    bool search_was_complete; /* at the start */
};

struct step {
    int64_t most;
    struct search_progress progress;
    bool likeness_complete;
};

static enum status apply_step(struct db *db, void *ctx, struct error *error) {
    struct step *step = ctx;
    return search_index_step(db, step->most, &step->progress, error);
}

static enum status apply_likeness(struct db *db, void *ctx, struct error *error) {
    struct step *step = ctx;
    return likeness_fill_step(db, LIKENESS_STEP, &step->likeness_complete, error);
}

/* False: stop. */
static bool wait_a_little(struct indexer *indexer) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RETRY_SECONDS;
    pthread_mutex_lock(&indexer->lock);
    int result = 0;
    while (!indexer->stopping && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&indexer->wake, &indexer->lock, &until);
    bool go_on = !indexer->stopping;
    pthread_mutex_unlock(&indexer->lock);
    return go_on;
}

static bool is_stopping(struct indexer *indexer) {
    pthread_mutex_lock(&indexer->lock);
    bool stopping = indexer->stopping;
    pthread_mutex_unlock(&indexer->lock);
    return stopping;
}

static bool is_any(void *ctx, const struct cache_key *key) {
    (void)ctx;
    (void)key;
    return true;
}

/* One step by the writer; tried again while it has too much to do. False: stop. */
static bool go(struct indexer *indexer, enum status (*apply)(struct db *db, void *ctx, struct error *error),
               struct step *step) {
    struct error error = {OK, ""};
    enum status status = BUSY;
    while (!is_stopping(indexer)) {
        status = writer_run(indexer->app->writer, apply, step, &error);
        if (status != BUSY || !wait_a_little(indexer)) break;
    }
    if (status == OK) return true;
    char detail[600];
    if (status != BUSY && status != UNAVAILABLE)
        log_line(LOG_ERROR, "index", "error=%s", log_quote(detail, sizeof detail, slice_of(error.detail)));
    return false;
}

static void *run(void *argument) {
    struct indexer *indexer = argument;
    struct app *app = indexer->app;
    struct step step = {.most = STEP};
    int told = -1;
    while (!step.progress.complete) {
        if (!go(indexer, apply_step, &step)) return NULL;
        if (step.progress.percent / 10 == told) continue;
        told = step.progress.percent / 10;
        log_line(LOG_INFO, "index", "percent=%d", step.progress.percent);
    }
    /* 'See also' has been worked out for what was there before */
    if (!indexer->search_was_complete) cache_drop_matching(app->pages, is_any, NULL);
    while (!step.likeness_complete)
        if (!go(indexer, apply_likeness, &step)) return NULL;
    log_line(LOG_INFO, "index", "likeness=complete");
    return NULL;
}

enum status indexer_start(struct app *app, struct error *error) {
    struct step step = {.most = FIRST_STEP};
    enum status status = writer_run(app->writer, apply_step, &step, error);
    if (status == OK) status = writer_run(app->writer, apply_likeness, &step, error);
    if (status != OK || (step.progress.complete && step.likeness_complete)) return status;
    struct indexer *indexer = app->indexer = NEW(struct indexer);
    indexer->app = app;
    indexer->search_was_complete = step.progress.complete;
    pthread_mutex_init(&indexer->lock, NULL);
    pthread_cond_init(&indexer->wake, NULL);
    if (pthread_create(&indexer->thread, NULL, run, indexer) != 0)
        return error_set(error, UNAVAILABLE, "no thread for the search index");
    indexer->running = true;
    return OK;
}

void indexer_stop(struct app *app) {
    struct indexer *indexer = app->indexer;
    if (!indexer) return;
    pthread_mutex_lock(&indexer->lock);
    indexer->stopping = true;
    pthread_cond_broadcast(&indexer->wake);
    pthread_mutex_unlock(&indexer->lock);
    if (indexer->running) pthread_join(indexer->thread, NULL);
    pthread_cond_destroy(&indexer->wake);
    pthread_mutex_destroy(&indexer->lock);
    memory_free(indexer);
    app->indexer = NULL;
}
