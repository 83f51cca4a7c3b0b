/* Event loops: N libuv loops, each on a thread of its own. Whatever belongs to a loop (connections, timers) is touched on
   its thread alone; other threads post a task to it. */
#ifndef PALABRE_OS_LOOPS_H
#define PALABRE_OS_LOOPS_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct loops;
struct loop;

/* A task: storage of the caller's, usually a member of the object it is about, so that posting allocates nothing. From
   loop_post until run is called it belongs to the loop; run may post it again, or free it. */
struct loop_task {
    void (*run)(struct loop_task *task);
    struct loop_task *next; /* the queue's */
};

/* Starts `count` loops (0: one per processor this process may run on). Ignores SIGPIPE from then on. UNAVAILABLE when
   threads or descriptors are short.
   Free with loops_free. */
enum status loops_new(size_t count, struct loops **out, struct error *error) MUST_USE;

size_t loops_count(const struct loops *loops);
struct loop *loops_at(struct loops *loops, size_t index); /* borrowed, until loops_free; index < loops_count */

/* Stops all: each loop runs what was posted before, closes what timers are left, and its thread ends. From then on nothing
   may be posted. Not from a loop's thread. Whoever opened handles on a loop (http_server) has closed them before. */
void loops_stop(struct loops *loops);
void loops_free(struct loops *loops); /* stops them first; NULL is fine */

/* Any thread: runs task->run on the loop's thread soon. Tasks of one poster run in the order posted. */
void loop_post(struct loop *loop, struct loop_task *task);

/* Any thread but the loop's own: runs fn(ctx) on the loop's thread, and returns when it has run. */
void loop_call(struct loop *loop, void (*fn)(void *ctx), void *ctx);

struct loop *loop_current(void);            /* the loop whose thread this is, or NULL */
uv_loop_t *loop_uv(struct loop *loop);      /* for handles of one's own; on the loop's thread only */
size_t loop_index(const struct loop *loop); /* its place in loops_at */
int64_t loop_now_ms(struct loop *loop);     /* monotonic, as of this turn of the loop; on the loop's thread only */

/* How long what is read now has lain in its socket, because the loop comes round so late: it has too many connections, or no
   processor. On the loop's thread only. When the bytes of a request came nobody can tell; but what wakes the loop waits its
   turn among the connections, and that is known: given is the least of the last LOOP_LAG_WAKES of such waits, so that one
   halt of the machine is not taken for lag. 0 when the last one is older than LOOP_LAG_KEPT_MS. Asking has the loop wake
   itself where nobody has for LOOP_LAG_PROBE_MS. */
enum { LOOP_LAG_WAKES = 3, LOOP_LAG_PROBE_MS = 20, LOOP_LAG_KEPT_MS = 1000 };
int64_t loop_lag_ms(struct loop *loop);
int64_t loops_longest_lag_ms(const struct loops *loops); /* since they began; any thread */

/* A timer. All on the loop's thread only. Runs fn(ctx) in first_ms, and then every repeat_ms (0: once, and the timer stays
   until freed). loop_timer_free may be called from fn. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *loop, int64_t first_ms, int64_t repeat_ms, void (*fn)(void *ctx),
                                  void *ctx);
void loop_timer_restart(struct loop_timer *timer, int64_t first_ms, int64_t repeat_ms);
void loop_timer_free(struct loop_timer *timer); /* NULL is fine */

#endif
