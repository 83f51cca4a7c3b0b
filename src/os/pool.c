/* One mutex guards both lanes. That is enough: a job takes tens of microseconds at least, and a page that is in the cache
   never comes here. */
#include "os/pool.h"

#include "base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

struct entry {
    pool_job run;
    void *job;
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
    struct lane urgent, normal;
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

/* Waits for a job; false when there is none and will be none. */
static bool next_job(struct pool *pool, struct entry *out) {
    bool found = false;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        found = lane_pop(&pool->urgent, out) || lane_pop(&pool->normal, out);
        if (found || pool->stopping) {
            break;
        }
        pthread_cond_wait(&pool->work, &pool->mutex);
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

static enum status submit(struct pool *pool, struct lane *lane, pool_job run, void *job) {
    enum status status = OK;
    pthread_mutex_lock(&pool->mutex);
    if (pool->stopping) {
        status = UNAVAILABLE;
    } else if (!lane_push(lane, (struct entry){run, job})) {
        status = BUSY;
    } else {
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

enum status pool_submit(struct pool *pool, pool_job run, void *job) { return submit(pool, &pool->normal, run, job); }

enum status pool_submit_urgent(struct pool *pool, pool_job run, void *job) {
    return submit(pool, &pool->urgent, run, job);
}

size_t pool_waiting(struct pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    size_t count = pool->urgent.count + pool->normal.count;
    pthread_mutex_unlock(&pool->mutex);
    return count;
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
    memory_free(pool->urgent.entries);
    memory_free(pool->normal.entries);
    memory_free(pool->workers);
    memory_free(pool);
}
