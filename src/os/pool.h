/* The worker pool: threads that may block (database, rendering, compression, passwords), fed by two bounded queues.
   Every function may be called from any thread unless it says otherwise. */
#ifndef PALABRE_OS_POOL_H
#define PALABRE_OS_POOL_H

#include "base/attributes.h"
#include "base/error.h"

#include <stddef.h>

struct pool;

/* Runs a job on a worker. thread_state is what thread_init gave for that worker; job belongs to the run function. */
typedef void (*pool_job)(void *job, void *thread_state);

/* Starts `threads` (≥ 1) workers. max_queue (≥ 1) is the most jobs that may wait in each of the two lanes.
   thread_init, if any, runs on each worker before its first job and gives its state (a read connection, an arena);
   thread_fini, if any, runs on the same worker after its last job. pool_new returns when every thread_init has run.
   Free with pool_free. */
struct pool *pool_new(size_t threads, size_t max_queue, void *(*thread_init)(void *ctx, size_t index),
                      void (*thread_fini)(void *thread_state), void *ctx);

/* Queues run(job, thread_state). BUSY: the lane is full; UNAVAILABLE: pool_stop has been called. In both cases run will
   not be called, and the job stays the caller's. Jobs of one lane start in the order they came. */
enum status pool_submit(struct pool *pool, pool_job run, void *job) MUST_USE;

/* The same, ahead of all that pool_submit queued: for renderings that readers wait for. */
enum status pool_submit_urgent(struct pool *pool, pool_job run, void *job) MUST_USE;

size_t pool_waiting(struct pool *pool); /* jobs in both lanes that have not started; for metrics */

/* Takes no more jobs, lets every queued one run, and returns when all workers have ended. Not from a worker. Once or
   more often: later calls do nothing. */
void pool_stop(struct pool *pool);
void pool_free(struct pool *pool); /* stops it first; NULL is fine */

#endif
