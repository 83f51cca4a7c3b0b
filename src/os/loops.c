/* A posted task goes onto its loop's list under a mutex, and an eventfd (uv_async) wakes the loop. The list is taken whole
   and run outside the mutex, so that a task may post. */
#include "os/loops.h"

#include "base/clock.h"
#include "base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct loop {
    uv_loop_t uv;
    uv_async_t wake;
    pthread_t thread;
    size_t index;
    bool started;
    struct loop_task stop;

    /* The lag: how long the last wakes waited for their turn. */
    int64_t lags_ms[LOOP_LAG_WAKES]; /* in no order */
    unsigned wakes;
    int64_t measured_at_ms; /* libuv's time */
    bool is_probing;
    struct loop_task probe;
    _Atomic int64_t longest_lag_ms; /* written by the loop's thread alone */

    pthread_mutex_t mutex; /* guards the rest */
    struct loop_task *first, *last;
    int64_t woken_ns; /* when the first one was posted */
};

struct loops {
    size_t count;
    bool stopped;
    struct loop *loops;
};

struct loop_timer {
    uv_timer_t uv; /* first: the handle is the timer */
    void (*fn)(void *ctx);
    void *ctx;
};

static _Thread_local struct loop *current;

static int64_t least_lag(const struct loop *loop) {
    int64_t least = loop->lags_ms[0];
    for (size_t i = 1; i < LOOP_LAG_WAKES; i++) {
        least = loop->lags_ms[i] < least ? loop->lags_ms[i] : least;
    }
    return least;
}

static void note_lag(struct loop *loop, int64_t woken_ns) {
    loop->measured_at_ms = (int64_t)uv_now(&loop->uv);
    loop->lags_ms[loop->wakes++ % LOOP_LAG_WAKES] = (clock_monotonic_ns() - woken_ns) / 1000000;
    int64_t lag = least_lag(loop);
    if (lag > atomic_load_explicit(&loop->longest_lag_ms, memory_order_relaxed)) {
        atomic_store_explicit(&loop->longest_lag_ms, lag, memory_order_relaxed);
    }
}

static void run_posted(struct loop *loop) {
    pthread_mutex_lock(&loop->mutex);
    struct loop_task *task = loop->first;
    int64_t woken_ns = loop->woken_ns;
    loop->first = loop->last = NULL;
    pthread_mutex_unlock(&loop->mutex);
    if (task) {
        note_lag(loop, woken_ns);
    }
    while (task) {
        struct loop_task *next = task->next;
        task->run(task);
        task = next;
    }
}

static void on_wake(uv_async_t *wake) { run_posted(wake->data); }

int64_t loop_lag_ms(struct loop *loop) {
    assert(current == loop);
    int64_t since_ms = (int64_t)uv_now(&loop->uv) - loop->measured_at_ms;
    if (!loop->is_probing && since_ms >= LOOP_LAG_PROBE_MS) {
        loop->is_probing = true;
        loop_post(loop, &loop->probe);
    }
    return since_ms < LOOP_LAG_KEPT_MS ? least_lag(loop) : 0;
}

int64_t loops_longest_lag_ms(const struct loops *loops) {
    int64_t longest = 0;
    for (size_t i = 0; i < loops->count; i++) {
        int64_t lag = atomic_load_explicit(&loops->loops[i].longest_lag_ms, memory_order_relaxed);
        longest = lag > longest ? lag : longest;
    }
    return longest;
}

static void *loop_main(void *argument) {
    struct loop *loop = argument;
    char name[16];
    snprintf(name, sizeof name, "loop-%u", (unsigned)(loop->index % 1000));
    pthread_setname_np(pthread_self(), name);
    current = loop;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    return NULL;
}

static void on_timer_closed(uv_handle_t *handle) { memory_free(handle); }

static void close_left_over(uv_handle_t *handle, void *ctx) {
    (void)ctx;
    if (!uv_is_closing(handle)) {
        assert(handle->type == UV_TIMER); /* whoever opened another kind closes it before loops_stop */
        uv_close(handle, on_timer_closed);
    }
}

/* The last task of a loop: with no handle left, uv_run returns. */
static void on_stop(struct loop_task *task) {
    (void)task;
    uv_close((uv_handle_t *)&current->wake, NULL);
    uv_walk(&current->uv, close_left_over, NULL);
}

static void on_probe(struct loop_task *task) {
    (void)task;
    current->is_probing = false;
}

static bool loop_start(struct loop *loop, size_t index) {
    loop->index = index;
    pthread_mutex_init(&loop->mutex, NULL);
    if (uv_loop_init(&loop->uv) != 0) {
        return false;
    }
    if (uv_async_init(&loop->uv, &loop->wake, on_wake) != 0) {
        uv_loop_close(&loop->uv);
        return false;
    }
    loop->wake.data = loop;
    loop->stop.run = on_stop;
    loop->probe.run = on_probe;
    if (pthread_create(&loop->thread, NULL, loop_main, loop) != 0) {
        uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_run(&loop->uv, UV_RUN_DEFAULT);
        uv_loop_close(&loop->uv);
        return false;
    }
    loop->started = true;
    return true;
}

static size_t processors(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? (size_t)count : 1;
}

enum status loops_new(size_t count, struct loops **out, struct error *error) {
    /* Writing to a connection that has gone is an error like others, and no reason to die. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    struct loops *loops = NEW(struct loops);
    loops->count = count ? count : processors();
    loops->loops = memory_alloc_array(loops->count, sizeof *loops->loops);
    for (size_t i = 0; i < loops->count; i++) {
        if (!loop_start(&loops->loops[i], i)) {
            loops_free(loops);
            return error_set(error, UNAVAILABLE, "event loop %zu cannot be started", i);
        }
    }
    *out = loops;
    return OK;
}

size_t loops_count(const struct loops *loops) { return loops->count; }

struct loop *loops_at(struct loops *loops, size_t index) {
    assert(index < loops->count);
    return &loops->loops[index];
}

void loops_stop(struct loops *loops) {
    assert(!current);
    if (loops->stopped) {
        return;
    }
    loops->stopped = true;
    for (size_t i = 0; i < loops->count; i++) {
        if (loops->loops[i].started) {
            loop_post(&loops->loops[i], &loops->loops[i].stop);
        }
    }
    for (size_t i = 0; i < loops->count; i++) {
        if (loops->loops[i].started) {
            pthread_join(loops->loops[i].thread, NULL);
            int failed = uv_loop_close(&loops->loops[i].uv);
            assert(!failed);
        }
    }
}

void loops_free(struct loops *loops) {
    if (!loops) {
        return;
    }
    loops_stop(loops);
    for (size_t i = 0; i < loops->count; i++) {
        if (loops->loops[i].started) {
            pthread_mutex_destroy(&loops->loops[i].mutex);
        }
    }
    memory_free(loops->loops);
    memory_free(loops);
}

void loop_post(struct loop *loop, struct loop_task *task) {
    task->next = NULL;
    pthread_mutex_lock(&loop->mutex);
    bool was_empty = !loop->first;
    if (was_empty) {
        loop->first = task;
        loop->woken_ns = clock_monotonic_ns();
    } else {
        loop->last->next = task;
    }
    loop->last = task;
    /* Under the mutex, lest the loop run an on_stop posted meanwhile, and close the handle. Only the first of a list has to
       wake it. */
    if (was_empty) {
        uv_async_send(&loop->wake);
    }
    pthread_mutex_unlock(&loop->mutex);
}

struct waiting_call {
    struct loop_task task; /* first */
    void (*fn)(void *ctx);
    void *ctx;
    pthread_mutex_t mutex;
    pthread_cond_t done_changed;
    bool done;
};

static void run_waiting_call(struct loop_task *task) {
    struct waiting_call *call = (struct waiting_call *)(void *)task;
    call->fn(call->ctx);
    pthread_mutex_lock(&call->mutex);
    call->done = true;
    pthread_cond_signal(&call->done_changed);
    pthread_mutex_unlock(&call->mutex);
}

void loop_call(struct loop *loop, void (*fn)(void *ctx), void *ctx) {
    assert(current != loop);
    struct waiting_call call = {.task.run = run_waiting_call, .fn = fn, .ctx = ctx};
    pthread_mutex_init(&call.mutex, NULL);
    pthread_cond_init(&call.done_changed, NULL);
    loop_post(loop, &call.task);
    pthread_mutex_lock(&call.mutex);
    while (!call.done) {
        pthread_cond_wait(&call.done_changed, &call.mutex);
    }
    pthread_mutex_unlock(&call.mutex);
    pthread_cond_destroy(&call.done_changed);
    pthread_mutex_destroy(&call.mutex);
}

struct loop *loop_current(void) {
    return current;
}

uv_loop_t *loop_uv(struct loop *loop) { return &loop->uv; }

size_t loop_index(const struct loop *loop) { return loop->index; }

int64_t loop_now_ms(struct loop *loop) { return (int64_t)uv_now(&loop->uv); }

static void on_timer(uv_timer_t *uv) {
    struct loop_timer *timer = (struct loop_timer *)(void *)uv;
    timer->fn(timer->ctx);
}

struct loop_timer *loop_timer_new(struct loop *loop, int64_t first_ms, int64_t repeat_ms, void (*fn)(void *ctx),
                                  void *ctx) {
    assert(current == loop);
    struct loop_timer *timer = NEW(struct loop_timer);
    timer->fn = fn;
    timer->ctx = ctx;
    uv_timer_init(&loop->uv, &timer->uv);
    uv_timer_start(&timer->uv, on_timer, (uint64_t)first_ms, (uint64_t)repeat_ms);
    return timer;
}

void loop_timer_restart(struct loop_timer *timer, int64_t first_ms, int64_t repeat_ms) {
    uv_timer_start(&timer->uv, on_timer, (uint64_t)first_ms, (uint64_t)repeat_ms);
}

void loop_timer_free(struct loop_timer *timer) {
    if (timer) {
        uv_close((uv_handle_t *)&timer->uv, on_timer_closed);
    }
}
