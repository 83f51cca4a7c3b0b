#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/attributes.h"
#include "os/pool.h"

enum { THREADS = 3, QUEUE = 8, PATIENCE_MS = 60000 };

static _Atomic int started, ended, sum;

static void *start_thread(void *ctx, size_t index) {
    (void)ctx;
    atomic_fetch_add(&started, 1);
    int *state = calloc(1, sizeof *state);
    *state = (int)index;
    return state;
}

static void end_thread(void *state) {
    atomic_fetch_add(&ended, 1);
    free(state);
}

/* A gate: jobs wait at it until it is opened. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_open;
static int waiting;

static void wait_at_gate(void *job, void *state) {
    (void)job;
    assert_non_null(state);
    pthread_mutex_lock(&mutex);
    waiting++;
    pthread_cond_broadcast(&changed);
    while (!is_open) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
}

static void wait_until_waiting(int count) {
    pthread_mutex_lock(&mutex);
    while (waiting < count) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
}

static void set_gate(bool open) {
    pthread_mutex_lock(&mutex);
    is_open = open;
    waiting = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

static void add(void *job, void *state) {
    (void)state;
    atomic_fetch_add(&sum, *(int *)job);
}

static void runs_every_job(void **state) {
    (void)state;
    int one = 1;
    struct pool *pool = pool_new(THREADS, 100000, start_thread, end_thread, NULL);
    assert_int_equal(atomic_load(&started), THREADS);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(i % 2 ? pool_submit(pool, add, &one) : pool_submit_urgent(pool, add, &one), OK);
    }
    pool_stop(pool);
    assert_int_equal(atomic_load(&sum), 10000);
    assert_int_equal(atomic_load(&ended), THREADS);
    assert_int_equal(pool_submit(pool, add, &one), UNAVAILABLE);
    pool_stop(pool);
    pool_free(pool);
    pool_free(NULL);
}

static void is_bounded(void **state) {
    (void)state;
    int one = 1;
    struct pool *pool = pool_new(1, QUEUE, start_thread, end_thread, NULL);
    set_gate(false);
    assert_int_equal(pool_submit(pool, wait_at_gate, NULL), OK);
    wait_until_waiting(1);
    for (int i = 0; i < QUEUE; i++) {
        assert_int_equal(pool_submit(pool, add, &one), OK);
    }
    assert_int_equal(pool_submit(pool, add, &one), BUSY);
    assert_int_equal(pool_submit_urgent(pool, add, &one), OK);
    assert_int_equal(pool_waiting(pool), QUEUE + 1);
    set_gate(true);
    pool_free(pool);
}

static int order[4];
static int at;

static void note(void *job, void *state) {
    (void)state;
    order[at++] = *(int *)job;
}

static void takes_the_urgent_first(void **state) {
    (void)state;
    int jobs[] = {1, 2, 3, 4};
    struct pool *pool = pool_new(1, QUEUE, start_thread, end_thread, NULL);
    set_gate(false);
    assert_int_equal(pool_submit(pool, wait_at_gate, NULL), OK);
    wait_until_waiting(1);
    assert_int_equal(pool_submit(pool, note, &jobs[2]), OK);
    assert_int_equal(pool_submit_urgent(pool, note, &jobs[0]), OK);
    assert_int_equal(pool_submit(pool, note, &jobs[3]), OK);
    assert_int_equal(pool_submit_urgent(pool, note, &jobs[1]), OK);
    set_gate(true);
    pool_stop(pool);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(order[i], i + 1);
    }
    pool_free(pool);
}

static void note_late(void *job, void *state) {
    assert_non_null(state);
    order[at++] = -*(int *)job;
}

static void sleep_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

static enum status offer(struct pool *pool, enum pool_lane lane, int *job, int64_t waited_ms) {
    return pool_offer(pool, &(struct pool_offer){lane, note, note_late, job, waited_ms});
}

/* What was offered and waited too long is told so; while such a one waits, others are refused; what may not be refused
   runs, and what continues comes first. */
static void refuses_what_would_wait_too_long(void **state) {
    (void)state;
    int jobs[] = {1, 2, 3, 4};
    struct pool *pool = pool_new(1, QUEUE, start_thread, end_thread, NULL);
    pool_set_patience(pool, PATIENCE_MS);
    set_gate(false);
    at = 0;
    assert_int_equal(pool_submit(pool, wait_at_gate, NULL), OK);
    wait_until_waiting(1);
    assert_int_equal(offer(pool, POOL_NORMAL, &jobs[0], PATIENCE_MS + 1), BUSY); /* before it came here */
    assert_int_equal(offer(pool, POOL_NORMAL, &jobs[0], PATIENCE_MS - 100), OK);
    sleep_ms(200);
    assert_int_equal(offer(pool, POOL_NORMAL, &jobs[1], 0), BUSY);
    assert_int_equal(offer(pool, POOL_URGENT, &jobs[1], 0), OK); /* its own lane has nobody waiting */
    assert_int_equal(pool_submit(pool, note, &jobs[2]), OK);
    assert_int_equal(pool_continue(pool, note, &jobs[3]), OK);
    set_gate(true);
    pool_stop(pool);
    const int expected[] = {4, 2, -1, 3};
    assert_int_equal(at, 4);
    assert_memory_equal(order, expected, sizeof expected);
    struct pool_figures figures = pool_figures(pool);
    assert_int_equal(figures.refused, 2);
    assert_int_equal(figures.stale, 1);
    assert_int_equal(figures.late, 1);
    assert_int_equal(figures.run, 4);
    assert_true(figures.longest_wait_ns > 0 && figures.longest_wait_ns <= PATIENCE_MS * INT64_C(1000000));
    assert_int_equal(pool_continue(pool, note, &jobs[3]), UNAVAILABLE);
    pool_free(pool);
}

static void continues_whatever_waits(void **state) {
    (void)state;
    enum { MANY = 1000 };
    int one = 1;
    struct pool *pool = pool_new(1, 1, start_thread, end_thread, NULL);
    set_gate(false);
    atomic_store(&sum, 0);
    assert_int_equal(pool_submit(pool, wait_at_gate, NULL), OK);
    wait_until_waiting(1);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(pool_continue(pool, add, &one), OK);
    }
    assert_int_equal(pool_waiting(pool), MANY);
    set_gate(true);
    pool_free(pool);
    assert_int_equal(atomic_load(&sum), MANY);
}

static int many_order[8];

static void note_many(void *job, void *state) {
    (void)state;
    many_order[at++] = *(int *)job;
}

static void lets_normal_ones_through(void **state) {
    (void)state;
    int urgent = 1, normal = 2;
    struct pool *pool = pool_new(1, QUEUE, start_thread, end_thread, NULL);
    set_gate(false);
    at = 0;
    assert_int_equal(pool_submit(pool, wait_at_gate, NULL), OK);
    wait_until_waiting(1);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(pool_submit_urgent(pool, note_many, &urgent), OK);
    }
    assert_int_equal(pool_submit(pool, note_many, &normal), OK);
    assert_int_equal(pool_submit(pool, note_many, &normal), OK);
    set_gate(true);
    pool_free(pool);
    const int expected[] = {1, 1, 1, 2, 1, 1, 1, 2};
    assert_memory_equal(many_order, expected, sizeof expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_every_job),           cmocka_unit_test(is_bounded),
        cmocka_unit_test(takes_the_urgent_first),   cmocka_unit_test(refuses_what_would_wait_too_long),
        cmocka_unit_test(continues_whatever_waits), cmocka_unit_test(lets_normal_ones_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
