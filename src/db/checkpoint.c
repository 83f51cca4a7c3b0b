/* One mutex guards what both threads see: the writer's, in committed(), and ours. */
#include "db/checkpoint.h"

#include "base/clock.h"
#include "base/memory.h"

#include <pthread.h>
#include <time.h>

enum {
    RESTART_PATIENCE_MS = 25, /* how long one commit may wait for readers of an old snapshot to end */
    RETRY_MS = 100,           /* after readers stood in the way, or the disk refused */
    KEPT_TIMES = 2, /* restart_bytes: a file so long is kept. Writing over it takes half the time of writing behind
                                 its end, where blocks must be found for it and its new length be synced */
};

static const struct writer_log_limits USUAL = {
    .carry_bytes = INT64_C(8) << 20, .restart_bytes = INT64_C(16) << 20, .idle_ms = 2000};

struct checkpoint {
    struct db *writes; /* the writer's: only to be told of its commits */
    struct db *db;     /* our thread's */
    struct writer_log_limits limits;
    pthread_t thread;
    bool started;

    pthread_mutex_t mutex;
    pthread_cond_t wake; /* there is something to do sooner than the thread knows */
    bool stopping;
    int64_t size;         /* bytes of the log in use after the last commit, or since we made it start again */
    int64_t longest;      /* the same, since it was last cut: so long is its file */
    int64_t looked_at;    /* its size when it was last carried over */
    int64_t committed_at; /* monotonic */
    int64_t retry_at;     /* of what failed; 0: nothing did */
    bool dirty;           /* commits since we last were at rest */
    bool writing;         /* the writer has a transaction, or is about to */
    bool wanted;          /* we want the next turn: the writer waits */
    pthread_cond_t turn;  /* either of these two has become false */
    struct writer_log log;
};

/* On the writer's thread, in each commit. */
static void committed(void *ctx, int64_t size) {
    struct checkpoint *c = ctx;
    pthread_mutex_lock(&c->mutex);
    if (size < c->looked_at) c->looked_at = 0; /* it has started again from its beginning */
    bool was_enough = c->size - c->looked_at >= c->limits.carry_bytes;
    bool is_enough = size - c->looked_at >= c->limits.carry_bytes;
    if (!c->dirty || (is_enough && !was_enough)) pthread_cond_signal(&c->wake);
    c->dirty = true;
    c->size = size;
    if (size > c->longest) c->longest = size;
    if (size > c->log.largest) c->log.largest = size;
    c->committed_at = clock_monotonic_ms();
    pthread_mutex_unlock(&c->mutex);
}

enum step { STEP_WAIT, STEP_CARRY, STEP_RESTART, STEP_REST };

/* What is to be done now, or until when (monotonic; 0: until woken) nothing is. */
static enum step next_step(const struct checkpoint *c, int64_t *until) {
    int64_t now = clock_monotonic_ms();
    *until = 0;
    if (!c->dirty) return STEP_WAIT;
    if (now < c->retry_at) {
        *until = c->retry_at;
        return STEP_WAIT;
    }
    if (c->size >= c->limits.restart_bytes) return STEP_RESTART;
    if (c->size - c->looked_at >= c->limits.carry_bytes) return STEP_CARRY;
    *until = c->committed_at + c->limits.idle_ms;
    return now >= *until ? STEP_REST : STEP_WAIT;
}

static void wait(struct checkpoint *c, int64_t until) {
    if (until == 0) {
        pthread_cond_wait(&c->wake, &c->mutex);
        return;
    }
    struct timespec time = {.tv_sec = until / 1000, .tv_nsec = until % 1000 * 1000000};
    (void)pthread_cond_timedwait(&c->wake, &c->mutex, &time);
}

/* A writer that never rests would leave us no chance at the engine's lock, which is taken by trying again and again: so
   it waits for us between two transactions. */
static void take_turn(struct checkpoint *c) {
    pthread_mutex_lock(&c->mutex);
    c->wanted = true;
    while (c->writing) pthread_cond_wait(&c->turn, &c->mutex);
    pthread_mutex_unlock(&c->mutex);
}

/* Nobody has written since: whatever the next commit says of the log's size comes after this. */
static void end_turn(struct checkpoint *c, bool restarted, bool cut) {
    pthread_mutex_lock(&c->mutex);
    if (restarted) c->size = c->looked_at = 0;
    if (restarted && cut) c->longest = 0;
    c->wanted = false;
    pthread_cond_signal(&c->turn);
    pthread_mutex_unlock(&c->mutex);
}

void checkpoint_enter(struct checkpoint *c) {
    if (!c) return;
    pthread_mutex_lock(&c->mutex);
    while (c->wanted) pthread_cond_wait(&c->turn, &c->mutex);
    c->writing = true;
    pthread_mutex_unlock(&c->mutex);
}

void checkpoint_leave(struct checkpoint *c) {
    if (!c) return;
    pthread_mutex_lock(&c->mutex);
    c->writing = false;
    if (c->wanted) pthread_cond_signal(&c->turn);
    pthread_mutex_unlock(&c->mutex);
}

/* First beside the writer, what came meanwhile too, and then, for the little that is left, in its place. */
static enum status carry(struct checkpoint *c, enum db_log_carry last, struct db_log_state *state) {
    const struct db_engine *engine = c->db->engine;
    struct error error = {0};
    enum status status = engine->log_carry(c->db, LOG_CARRY_BESIDE, 0, state, &error);
    if (status != OK || last == LOG_CARRY_BESIDE) return status;
    status = engine->log_carry(c->db, LOG_CARRY_BESIDE, 0, state, &error);
    if (status != OK) return status;
    take_turn(c);
    status = engine->log_carry(c->db, last, RESTART_PATIENCE_MS, state, &error);
    end_turn(c, status == OK, last == LOG_CARRY_CUT);
    return status;
}

/* A short log is left to start again by itself, with the first commit that no reader stands in the way of. */
static enum db_log_carry last_of(const struct checkpoint *c, enum step step) {
    if (step == STEP_RESTART) return LOG_CARRY_RESTART;
    if (step == STEP_CARRY) return LOG_CARRY_BESIDE;
    if (c->longest > KEPT_TIMES * c->limits.restart_bytes) return LOG_CARRY_CUT;
    return c->size < c->limits.carry_bytes ? LOG_CARRY_BESIDE : LOG_CARRY_RESTART;
}

static void do_step(struct checkpoint *c, enum step step) {
    int64_t before = c->committed_at;
    int64_t size = c->size;
    enum db_log_carry last = last_of(c, step);
    pthread_mutex_unlock(&c->mutex);
    struct db_log_state state = {0};
    enum status status = carry(c, last, &state);
    pthread_mutex_lock(&c->mutex);
    c->log.carried += status == OK;
    c->log.failed += status != OK;
    bool restarted = status == OK && last != LOG_CARRY_BESIDE;
    c->log.restarted += restarted;
    if (!restarted && size <= c->size) c->looked_at = size; /* or else a commit has started it again meanwhile */
    c->retry_at = status == OK ? 0 : clock_monotonic_ms() + RETRY_MS;
    bool whole = status == OK && state.carried == state.size;
    if (step == STEP_REST && status == OK && !whole) c->retry_at = clock_monotonic_ms() + c->limits.idle_ms;
    if (step == STEP_REST && whole && c->committed_at == before) c->dirty = false;
}

static void *run(void *ctx) {
    struct checkpoint *c = ctx;
    pthread_setname_np(pthread_self(), "checkpoint");
    pthread_mutex_lock(&c->mutex);
    while (!c->stopping) {
        int64_t until;
        enum step step = next_step(c, &until);
        if (step == STEP_WAIT)
            wait(c, until);
        else
            do_step(c, step);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

static void init(struct checkpoint *c, struct db *writes, const struct writer_log_limits *limits) {
    c->writes = writes;
    c->limits.carry_bytes = limits->carry_bytes ? limits->carry_bytes : USUAL.carry_bytes;
    c->limits.restart_bytes = limits->restart_bytes ? limits->restart_bytes : USUAL.restart_bytes;
    c->limits.idle_ms = limits->idle_ms ? limits->idle_ms : USUAL.idle_ms;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->wake, &attributes);
    pthread_cond_init(&c->turn, NULL);
    pthread_condattr_destroy(&attributes);
}

enum status checkpoint_start(struct db *writes, slice location, const struct writer_log_limits *limits,
                             struct checkpoint **out, struct error *error) {
    *out = NULL;
    if (!writes->engine->log_watch) return OK;
    struct checkpoint *c = NEW(struct checkpoint);
    init(c, writes, limits);
    enum status status = db_open(location, DB_MIGRATE, &c->db, error);
    if (status == OK) {
        c->started = pthread_create(&c->thread, NULL, run, c) == 0;
        if (!c->started) status = error_set(error, UNAVAILABLE, "the checkpoint's thread does not start");
    }
    if (status != OK) {
        checkpoint_stop(c);
        return status;
    }
    writes->engine->log_watch(writes, committed, c);
    *out = c;
    return OK;
}

void checkpoint_stop(struct checkpoint *c) {
    if (!c) return;
    if (c->started) {
        c->writes->engine->log_watch(c->writes, NULL, NULL);
        pthread_mutex_lock(&c->mutex);
        c->stopping = true;
        pthread_cond_signal(&c->wake);
        pthread_mutex_unlock(&c->mutex);
        pthread_join(c->thread, NULL);
    }
    db_close(c->db);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->wake);
    pthread_cond_destroy(&c->turn);
    memory_free(c);
}

struct writer_log checkpoint_log(struct checkpoint *c) {
    if (!c) return (struct writer_log){0};
    pthread_mutex_lock(&c->mutex);
    struct writer_log log = c->log;
    log.size = c->size;
    pthread_mutex_unlock(&c->mutex);
    return log;
}
