/* The worker pool: threads that may block (database, rendering, compression, passwords), fed by three lanes: what ends
   something already done (pool_continue), what readers wait for (urgent), everything else (normal). Lanes are bounded in
   length, and what is offered also in the time it waits: so that under more load than there are workers for, what is
   taken on is answered soon, and the rest is refused at once.
   Every function may be called from any thread unless it says otherwise. */
#ifndef PALABRE_OS_POOL_H
#define PALABRE_OS_POOL_H

#include "base/attributes.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct pool;

/* Runs a job on a worker. thread_state is what thread_init gave for that worker; job belongs to the run function. */
typedef void (*pool_job)(void *job, void *thread_state);

/* Starts `threads` (≥ 1) workers. max_queue (≥ 1) is the most jobs that may wait in the urgent, and in the normal lane.
   thread_init, if any, runs on each worker before its first job and gives its state (a read connection, an arena);
   thread_fini, if any, runs on the same worker after its last job. pool_new returns when every thread_init has run.
   Free with pool_free. */
struct pool *pool_new(size_t threads, size_t max_queue, void *(*thread_init)(void *ctx, size_t index),
                      void (*thread_fini)(void *thread_state), void *ctx);

/* Queues run(job, thread_state). BUSY: the lane is full; UNAVAILABLE: pool_stop has been called. In both cases run will
   not be called, and the job stays the caller's. Jobs of one lane start in the order they came. */
enum status pool_submit(struct pool *pool, pool_job run, void *job) MUST_USE;

/* The same, ahead of what pool_submit queued: for renderings that readers wait for. After three such jobs in a row a
   normal one has its turn all the same. */
enum status pool_submit_urgent(struct pool *pool, pool_job run, void *job) MUST_USE;

enum pool_lane { POOL_NORMAL, POOL_URGENT };
/* A job that may be refused: BUSY also while the oldest one of its lane waits for longer than the patience, or where it has
   itself; and where its own turn comes later than that, `late` is called on the worker in place of run. It must be quick. */
struct pool_offer {
    enum pool_lane lane;
    pool_job run, late;
    void *job;
    int64_t waited_ms; /* before it could be offered: counts as if it had waited here */
};
enum status pool_offer(struct pool *pool, const struct pool_offer *offer) MUST_USE;
/* Milliseconds; 0 (at first): for ever. Before the first job is offered. */
void pool_set_patience(struct pool *pool, int64_t ms);

/* Queues the end of something that has been done (written to the disk): ahead of all others, and whatever waits, there is
   room. UNAVAILABLE after pool_stop. The caller sees to it that there is not too much of it. */
enum status pool_continue(struct pool *pool, pool_job run, void *job) MUST_USE;

size_t pool_waiting(struct pool *pool); /* jobs in all lanes that have not started */

struct pool_figures {
    int64_t run;             /* jobs started */
    int64_t refused;         /* BUSY was said */
    int64_t stale;           /* of these, to what had waited for too long before it was offered */
    int64_t late;            /* offered, queued, and told that they were late */
    int64_t longest_wait_ns; /* of an offered job that was run */
};
struct pool_figures pool_figures(struct pool *pool);

/* Takes no more jobs, lets every queued one run, and returns when all workers have ended. Not from a worker. Once or
   more often: later calls do nothing. */
void pool_stop(struct pool *pool);
void pool_free(struct pool *pool); /* stops it first; NULL is fine */

#endif
