#include "app/indexer.h"

#include "app/proofread.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/likeness_due.h"
#include "domain/likeness_fill.h"
#include "domain/search_index.h"
#include "os/limits.h"

#include <errno.h>
#include <time.h>

enum {
    FIRST_STEP = 64, /* before the first reader comes */
    STEP = 128,      /* some milliseconds of the writer's time, which decisions wait for */
    LIKENESS_STEP = 32,
    RETRY_MS = 2000, /* when the writer has too much to do, or the database is away */
    FAILED_MS = 30 * 1000,
    GATHER_MS = 200, /* after the first message: those that come right behind it share its step */
    /* A step has a commit of its own, which whoever sends a message meanwhile waits for: so it comes when none has come for
       so long, or, in a flood, after so long all the same. */
    QUIET_MS = 4,
    QUIET_PATIENCE_MS = 250,
    NS_PER_MS = 1000 * 1000,
    BUSY_WORK_NS = 2 * NS_PER_MS, /* of the writer's time, a step: a message may come any moment */
    FLOOD_WORK_NS = 4 * NS_PER_MS,
    IDLE_WORK_NS = 8 * NS_PER_MS,       /* none has come since the last step */
    READING_BYTES = 1024 * 1024 * 1024, /* never near: as many texts as are read at a time */
    /* Another node may have ended before it did what was put off. */
    LOOK_AGAIN_MS = 60 * 1000,
};

struct indexer {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, running;
    bool search_was_complete; /* at the start */
    bool likeness_was_complete;
    uint64_t nudges, awaited; /* the latter wakes it */
    /* the thread's own, once something was put off */
    struct db *db;
    struct arena *arena;
    struct proofreading_due read;
};

struct step {
    int64_t most;
    struct search_progress progress;
    bool likeness_complete;
    struct likeness_due due;
};

static enum status apply_step(struct db *db, void *ctx, struct error *error) {
    struct step *step = ctx;
    return search_index_step(db, step->most, &step->progress, error);
}

static enum status apply_likeness(struct db *db, void *ctx, struct error *error) {
    struct step *step = ctx;
    return likeness_fill_step(db, LIKENESS_STEP, &step->likeness_complete, error);
}

static enum status apply_due(struct db *db, void *ctx, struct error *error) {
    struct step *step = ctx;
    return likeness_due_step(db, &step->due, error);
}

/* Until there have been more nudges than `known` (UINT64_MAX: whatever they are), or the time has passed. False: stop. */
static bool wait_for_more(struct indexer *indexer, uint64_t known, int64_t ms) {
    int64_t until = clock_monotonic_ns() + ms * NS_PER_MS;
    struct timespec time = {.tv_sec = until / 1000000000, .tv_nsec = until % 1000000000};
    pthread_mutex_lock(&indexer->lock);
    int result = 0;
    indexer->awaited = known + 1; /* none, of UINT64_MAX */
    while (!indexer->stopping && result != ETIMEDOUT && indexer->nudges <= known)
        result = pthread_cond_timedwait(&indexer->wake, &indexer->lock, &time);
    bool go_on = !indexer->stopping;
    pthread_mutex_unlock(&indexer->lock);
    return go_on;
}

static bool wait_a_little(struct indexer *indexer, int64_t ms) { return wait_for_more(indexer, UINT64_MAX, ms); }

static uint64_t nudges_of(struct indexer *indexer) {
    pthread_mutex_lock(&indexer->lock);
    uint64_t nudges = indexer->nudges;
    pthread_mutex_unlock(&indexer->lock);
    return nudges;
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

static void log_failure(const struct error *error) {
    char detail[600];
    log_line(LOG_ERROR, "index", "error=%s", log_quote(detail, sizeof detail, slice_of(error->detail)));
}

/* One step by the writer; tried again while it has too much to do. False: stop. */
static bool go(struct indexer *indexer, enum status (*apply)(struct db *db, void *ctx, struct error *error),
               struct step *step) {
    struct error error = {OK, ""};
    enum status status = BUSY;
    while (!is_stopping(indexer)) {
        status = writer_run(indexer->app->writer, apply, step, &error);
        if (status != BUSY || !wait_a_little(indexer, RETRY_MS)) break;
    }
    if (status == OK) return true;
    if (status != BUSY && status != UNAVAILABLE) log_failure(&error);
    return false;
}

/* What came in bulk. False: stop. */
static bool fill(struct indexer *indexer) {
    struct app *app = indexer->app;
    struct step step = {.most = STEP, .likeness_complete = indexer->likeness_was_complete};
    int told = -1;
    if (indexer->search_was_complete && indexer->likeness_was_complete) return true;
    while (!step.progress.complete) {
        if (!go(indexer, apply_step, &step)) return false;
        if (step.progress.percent / 10 == told) continue;
        told = step.progress.percent / 10;
        log_line(LOG_INFO, "index", "percent=%d", step.progress.percent);
    }
    /* 'See also' has been worked out for what was there before */
    if (!indexer->search_was_complete) cache_drop_matching(app->pages, is_any, NULL);
    while (!step.likeness_complete)
        if (!go(indexer, apply_likeness, &step)) return false;
    log_line(LOG_INFO, "index", "likeness=complete");
    return true;
}

/* Until no message has come for a moment, but not for ever; in a flood it looks less and less often. False: stop. */
static bool wait_until_quiet(struct indexer *indexer, bool *quiet) {
    int64_t end_ms = clock_monotonic_ms() + QUIET_PATIENCE_MS;
    int64_t wait_ms = QUIET_MS;
    do {
        uint64_t before = nudges_of(indexer);
        if (!wait_a_little(indexer, wait_ms)) return false;
        *quiet = nudges_of(indexer) == before;
        wait_ms *= 2;
    } while (!*quiet && clock_monotonic_ms() < end_ms);
    return true;
}

static enum status read_words(struct indexer *indexer, struct error *error) {
    if (!indexer->db) {
        enum status status = db_open(indexer->app->options.location, DB_READ, &indexer->db, error);
        if (status != OK) return status;
        indexer->arena = arena_new(READING_BYTES);
    }
    return proofread_unread(indexer->app, indexer->db, indexer->arena, &indexer->read, error);
}

/* Some of what is put off, by the writer, once this thread has read its words. */
static enum status do_some(struct indexer *indexer, struct step *step, struct error *error) {
    enum status status = step->due.read_more ? read_words(indexer, error) : OK;
    return status == OK ? writer_run(indexer->app->writer, apply_due, step, error) : status;
}

/* All that is put off now. Nothing is lost by a step that fails: it is tried again. False: stop. */
static bool do_what_is_due(struct indexer *indexer) {
    /* The first time the writer says whether there is any. */
    struct step step = {.due = {.read = &indexer->read, .read_more = indexer->db != NULL}};
    uint64_t before = nudges_of(indexer);
    while (!step.due.complete) {
        struct error error = {OK, ""};
        bool quiet;
        if (!wait_until_quiet(indexer, &quiet)) return false;
        bool idle = nudges_of(indexer) == before;
        before = nudges_of(indexer);
        step.due.work_ns = idle ? IDLE_WORK_NS : quiet ? BUSY_WORK_NS : FLOOD_WORK_NS;
        enum status status = do_some(indexer, &step, &error);
        bool passes = status == OK || status == BUSY || status == UNAVAILABLE; /* by itself */
        if (!passes) log_failure(&error);
        if (status != OK && !wait_a_little(indexer, passes ? RETRY_MS : FAILED_MS)) return false;
        if (is_stopping(indexer)) return false;
    }
    indexer->read.count = 0;
    if (indexer->arena) arena_reset(indexer->arena);
    return true;
}

static void go_on_forever(struct indexer *indexer) {
    bool alone = !db_location_is_shared(indexer->app->options.location);
    while (!fill(indexer))
        if (!wait_a_little(indexer, FAILED_MS)) return;
    for (;;) {
        uint64_t known = nudges_of(indexer);
        if (!do_what_is_due(indexer)) return;
        do {
            if (!wait_for_more(indexer, known, LOOK_AGAIN_MS)) return;
        } while (alone && nudges_of(indexer) == known);
        if (!wait_a_little(indexer, GATHER_MS)) return;
    }
}

static void *run(void *argument) {
    struct indexer *indexer = argument;
    limits_step_back(LIMITS_BACKGROUND);
    go_on_forever(indexer);
    db_close(indexer->db);
    arena_free(indexer->arena);
    return NULL;
}

enum status indexer_start(struct app *app, struct error *error) {
    struct step step = {.most = FIRST_STEP};
    enum status status = writer_run(app->writer, apply_step, &step, error);
    if (status == OK) status = writer_run(app->writer, apply_likeness, &step, error);
    if (status != OK) return status;
    struct indexer *indexer = app->indexer = NEW(struct indexer);
    indexer->app = app;
    indexer->search_was_complete = step.progress.complete;
    indexer->likeness_was_complete = step.likeness_complete;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&indexer->lock, NULL);
    pthread_cond_init(&indexer->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&indexer->thread, NULL, run, indexer) != 0)
        return error_set(error, UNAVAILABLE, "no thread for the search index");
    indexer->running = true;
    return OK;
}

void indexer_nudge(struct app *app) {
    struct indexer *indexer = app->indexer;
    pthread_mutex_lock(&indexer->lock);
    if (++indexer->nudges == indexer->awaited) pthread_cond_signal(&indexer->wake);
    pthread_mutex_unlock(&indexer->lock);
}

void indexer_stop(struct app *app) {
    struct indexer *indexer = app->indexer;
    if (!indexer) return;
    pthread_mutex_lock(&indexer->lock);
    indexer->stopping = true;
    pthread_cond_broadcast(&indexer->wake);
    pthread_mutex_unlock(&indexer->lock);
    if (indexer->running) pthread_join(indexer->thread, NULL);
    indexer->running = false;
}

void indexer_free(struct indexer *indexer) {
    if (!indexer) return;
    pthread_cond_destroy(&indexer->wake);
    pthread_mutex_destroy(&indexer->lock);
    memory_free(indexer);
}
