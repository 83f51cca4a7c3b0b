/* One mutex guards the lanes. That is enough: a job takes tens of microseconds at least, and a page that is in the cache
   never comes here. */
#include "os/pool.h"

#include "base/clock.h"
#include "base/memory.h"
#include "os/limits.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

/* Urgent jobs started in a row while normal ones wait. */
enum { URGENT_IN_A_ROW = 3, CONTINUED_AT_FIRST = 64 };

struct entry {
    pool_job run, late; /* late NULL: may not be refused */
    void *job;
    int64_t queued_ns;
};

/* A ring of `max` entries. */
struct lane {
    struct entry *entries;
    size_t first, count, max;
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    size_t index;
};

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t work, ready;
    struct lane continued, urgent, normal;
    int urgent_in_a_row;
    int64_t patience_ns;
    struct pool_figures figures;
    struct worker *workers;
    size_t worker_count, ready_count;
    bool stopping, joined;
    void *(*thread_init)(void *ctx, size_t index);
    void (*thread_fini)(void *thread_state);
    void *ctx;
};

static void lane_init(struct lane *lane, size_t max) {
    lane->entries = memory_alloc_array(max, sizeof *lane->entries);
    lane->max = max;
}

static bool lane_push(struct lane *lane, struct entry entry) {
    if (lane->count == lane->max) {
        return false;
    }
    lane->entries[(lane->first + lane->count) % lane->max] = entry;
    lane->count++;
    return true;
}

static bool lane_pop(struct lane *lane, struct entry *out) {
    if (lane->count == 0) {
        return false;
    }
    *out = lane->entries[lane->first];
    lane->first = (lane->first + 1) % lane->max;
    lane->count--;
    return true;
}

/* Makes room, whatever waits. */
static void lane_grow(struct lane *lane) {
    struct lane larger = {NULL, 0, 0, 0};
    struct entry entry;
    if (lane->count < lane->max) {
        return;
    }
    lane_init(&larger, 2 * lane->max);
    while (lane_pop(lane, &entry)) {
        (void)lane_push(&larger, entry);
    }
    memory_free(lane->entries);
    *lane = larger;
}

/* With the mutex. */
static bool pop(struct pool *pool, struct entry *out) {
    if (lane_pop(&pool->continued, out)) {
        return true;
    }
    bool urgent = pool->urgent.count > 0 && (pool->urgent_in_a_row < URGENT_IN_A_ROW || pool->normal.count == 0);
    pool->urgent_in_a_row = urgent ? pool->urgent_in_a_row + 1 : 0;
    return lane_pop(urgent ? &pool->urgent : &pool->normal, out);
}

/* With the mutex: whether an offered job's turn came too late; counts it. */
static bool is_late(struct pool *pool, const struct entry *entry) {
    pool->figures.run++;
    if (!entry->late) {
        return false;
    }
    int64_t waited = clock_monotonic_ns() - entry->queued_ns;
    if (pool->patience_ns && waited > pool->patience_ns) {
        pool->figures.run--;
        pool->figures.late++;
        return true;
    }
    if (waited > pool->figures.longest_wait_ns) {
        pool->figures.longest_wait_ns = waited;
    }
    return false;
}

/* Waits for a job; false when there is none and will be none. What is late is left with its `late` to be run. */
static bool next_job(struct pool *pool, struct entry *out) {
    bool found = false;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        found = pop(pool, out);
        if (found || pool->stopping) {
            break;
        }
        pthread_cond_wait(&pool->work, &pool->mutex);
    }
    if (found && is_late(pool, out)) {
        out->run = out->late;
    }
    pthread_mutex_unlock(&pool->mutex);
    return found;
}

static void *worker_main(void *argument) {
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    char name[16];
    snprintf(name, sizeof name, "worker-%u", (unsigned)(worker->index % 1000));
    pthread_setname_np(pthread_self(), name);
    limits_step_back(LIMITS_WORKER);
    void *state = pool->thread_init ? pool->thread_init(pool->ctx, worker->index) : NULL;
    pthread_mutex_lock(&pool->mutex);
    pool->ready_count++;
    pthread_cond_signal(&pool->ready);
    pthread_mutex_unlock(&pool->mutex);
    struct entry entry;
    while (next_job(pool, &entry)) {
        entry.run(entry.job, state);
    }
    if (pool->thread_fini) {
        pool->thread_fini(state);
    }
    return NULL;
}

struct pool *pool_new(size_t threads, size_t max_queue, void *(*thread_init)(void *ctx, size_t index),
                      void (*thread_fini)(void *thread_state), void *ctx) {
    assert(threads > 0 && max_queue > 0);
    struct pool *pool = NEW(struct pool);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->ready, NULL);
    lane_init(&pool->continued, CONTINUED_AT_FIRST);
    lane_init(&pool->urgent, max_queue);
    lane_init(&pool->normal, max_queue);
    pool->thread_init = thread_init;
    pool->thread_fini = thread_fini;
    pool->ctx = ctx;
    pool->workers = memory_alloc_array(threads, sizeof *pool->workers);
    for (size_t i = 0; i < threads; i++) {
        pool->workers[i].pool = pool;
        pool->workers[i].index = i;
        int failed = pthread_create(&pool->workers[i].thread, NULL, worker_main, &pool->workers[i]);
        /* Without its workers the program is nothing: as final as no memory, and as rare. */
        assert(!failed);
        pool->worker_count++;
    }
    pthread_mutex_lock(&pool->mutex);
    while (pool->ready_count < pool->worker_count) {
        pthread_cond_wait(&pool->ready, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return pool;
}

/* With the mutex: whether the oldest of the lane waits for longer than whoever is offered now should, or has waited for as
   long before it was. */
static bool is_slow(struct pool *pool, const struct lane *lane, const struct entry *entry, int64_t now) {
    if (!entry->late || !pool->patience_ns) {
        return false;
    }
    bool is_stale = now - entry->queued_ns > pool->patience_ns;
    pool->figures.stale += is_stale;
    return is_stale || (lane->count > 0 && now - lane->entries[lane->first].queued_ns > pool->patience_ns);
}

static enum status submit(struct pool *pool, struct lane *lane, struct entry entry, int64_t waited_ms) {
    enum status status = OK;
    int64_t now = clock_monotonic_ns();
    entry.queued_ns = now - waited_ms * 1000000;
    pthread_mutex_lock(&pool->mutex);
    if (pool->stopping) {
        status = UNAVAILABLE;
    } else if (is_slow(pool, lane, &entry, now) || !lane_push(lane, entry)) {
        pool->figures.refused++;
        status = BUSY;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (status == OK) pthread_cond_signal(&pool->work); /* now: or whoever wakes would wait for the mutex at once */
    return status;
}

enum status pool_submit(struct pool *pool, pool_job run, void *job) {
    return submit(pool, &pool->normal, (struct entry){.run = run, .job = job}, 0);
}

enum status pool_submit_urgent(struct pool *pool, pool_job run, void *job) {
    return submit(pool, &pool->urgent, (struct entry){.run = run, .job = job}, 0);
}

enum status pool_offer(struct pool *pool, const struct pool_offer *offer) {
    struct lane *lane = offer->lane == POOL_URGENT ? &pool->urgent : &pool->normal;
    struct entry entry = {.run = offer->run, .late = offer->late, .job = offer->job};
    return submit(pool, lane, entry, offer->waited_ms);
}

enum status pool_continue(struct pool *pool, pool_job run, void *job) {
    pthread_mutex_lock(&pool->mutex);
    bool stopping = pool->stopping;
    if (!stopping) {
        lane_grow(&pool->continued);
        (void)lane_push(&pool->continued, (struct entry){.run = run, .job = job});
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!stopping) pthread_cond_signal(&pool->work);
    return stopping ? UNAVAILABLE : OK;
}

void pool_set_patience(struct pool *pool, int64_t ms) {
    pthread_mutex_lock(&pool->mutex);
    pool->patience_ns = ms * 1000000;
    pthread_mutex_unlock(&pool->mutex);
}

size_t pool_waiting(struct pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    size_t count = pool->continued.count + pool->urgent.count + pool->normal.count;
    pthread_mutex_unlock(&pool->mutex);
    return count;
}

struct pool_figures pool_figures(struct pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    struct pool_figures figures = pool->figures;
    pthread_mutex_unlock(&pool->mutex);
    return figures;
}

void pool_stop(struct pool *pool) {
    if (pool->joined) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->worker_count; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pool->joined = true;
}

void pool_free(struct pool *pool) {
    if (!pool) {
        return;
    }
    pool_stop(pool);
    pthread_mutex_destroy(&pool->mutex);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->ready);
    memory_free(pool->continued.entries);
    memory_free(pool->urgent.entries);
    memory_free(pool->normal.entries);
    memory_free(pool->workers);
    memory_free(pool);
}
