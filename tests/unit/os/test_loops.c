#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "os/loops.h"

enum { LOOPS = 3, POSTERS = 4, POSTS = 5000 };

static struct loops *loops;
static _Atomic int ran;

static int set_up(void **state) {
    struct error error = {0};
    (void)state;
    assert_int_equal(loops_new(LOOPS, &loops, &error), OK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    loops_free(loops);
    return 0;
}

struct numbered {
    struct loop_task task; /* first */
    struct loop *loop;
    int poster, number;
};

static int last[POSTERS]; /* touched on one loop only */

static void take_number(struct loop_task *task) {
    struct numbered *numbered = (struct numbered *)(void *)task;
    assert_ptr_equal(loop_current(), numbered->loop);
    assert_int_equal(last[numbered->poster], numbered->number);
    last[numbered->poster]++;
    free(numbered);
    atomic_fetch_add(&ran, 1);
}

static void *post_many(void *argument) {
    int poster = *(int *)argument;
    for (int i = 0; i < POSTS; i++) {
        struct numbered *numbered = calloc(1, sizeof *numbered);
        *numbered = (struct numbered){{take_number, NULL}, loops_at(loops, 1), poster, i};
        loop_post(numbered->loop, &numbered->task);
    }
    return NULL;
}

static void nothing(void *ctx) { *(int *)ctx += 1; }

static void keeps_each_posters_order(void **state) {
    (void)state;
    pthread_t threads[POSTERS];
    int posters[POSTERS];
    for (int i = 0; i < POSTERS; i++) {
        posters[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &posters[i]), 0);
    }
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(threads[i], NULL);
    }
    int called = 0;
    loop_call(loops_at(loops, 1), nothing, &called); /* behind all the others */
    assert_int_equal(called, 1);
    assert_int_equal(atomic_load(&ran), POSTERS * POSTS);
    assert_null(loop_current());
}

struct ticking {
    struct loop_timer *timer;
    int ticks;
    _Atomic bool done;
    int64_t began_ms, took_ms;
};

static void tick(void *ctx) {
    struct ticking *ticking = ctx;
    if (++ticking->ticks == 3) {
        loop_timer_free(ticking->timer);
        ticking->took_ms = loop_now_ms(loop_current()) - ticking->began_ms;
        atomic_store(&ticking->done, true);
    }
}

static void start_ticking(void *ctx) {
    struct ticking *ticking = ctx;
    ticking->began_ms = loop_now_ms(loop_current());
    ticking->timer = loop_timer_new(loop_current(), 5, 10, tick, ticking);
}

static void look(void *ctx) { (void)ctx; }

static void has_timers(void **state) {
    (void)state;
    struct ticking ticking = {0};
    loop_call(loops_at(loops, 0), start_ticking, &ticking);
    while (!atomic_load(&ticking.done)) {
        loop_call(loops_at(loops, 0), look, NULL);
    }
    assert_int_equal(ticking.ticks, 3);
    assert_true(ticking.took_ms >= 25);
}

static void sleep_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

/* A task that says how much the loop lags, and holds it up until it is let go. */
struct holding {
    struct loop_task task; /* first */
    sem_t is_running, go_on;
    int64_t lag_ms;
};

static void hold_up(struct loop_task *task) {
    struct holding *holding = (struct holding *)(void *)task;
    holding->lag_ms = loop_lag_ms(loop_current());
    sem_post(&holding->is_running);
    sem_wait(&holding->go_on);
}

static void ask_lag(void *ctx) { *(int64_t *)ctx = loop_lag_ms(loop_current()); }

/* Each is posted while the one before it holds the loop up, and has to wait. */
static void knows_how_late_it_comes_round(void **state) {
    (void)state;
    enum { TASKS = LOOP_LAG_WAKES + 1, LATE_MS = 30 };
    struct holding tasks[TASKS] = {0};
    struct loops *others = NULL;
    struct error error = {0};
    int64_t lag_ms = -1;
    assert_int_equal(loops_new(1, &others, &error), OK);
    struct loop *loop = loops_at(others, 0);
    for (int i = 0; i < TASKS; i++) {
        tasks[i].task.run = hold_up;
        sem_init(&tasks[i].is_running, 0, 0);
        sem_init(&tasks[i].go_on, 0, 0);
        loop_post(loop, &tasks[i].task);
        if (i > 0) {
            sleep_ms(LATE_MS);
            sem_post(&tasks[i - 1].go_on);
        }
        sem_wait(&tasks[i].is_running);
    }
    sem_post(&tasks[TASKS - 1].go_on);
    assert_int_equal(tasks[1].lag_ms, 0); /* once is no lag yet */
    assert_true(tasks[TASKS - 1].lag_ms >= LATE_MS - 1);
    assert_true(loops_longest_lag_ms(others) >= tasks[TASKS - 1].lag_ms);
    for (int i = 0; lag_ms != 0 && i < 10000; i++) { /* it catches up */
        sleep_ms(1);
        loop_call(loop, ask_lag, &lag_ms);
    }
    assert_int_equal(lag_ms, 0);
    loops_free(others);
    for (int i = 0; i < TASKS; i++) {
        sem_destroy(&tasks[i].is_running);
        sem_destroy(&tasks[i].go_on);
    }
}

static void leave_a_timer(void *ctx) { (void)loop_timer_new(loop_current(), 100000, 0, look, ctx); }

static void runs_what_was_posted_before_it_stops(void **state) {
    (void)state;
    struct loops *others = NULL;
    struct error error = {0};
    assert_int_equal(loops_new(0, &others, &error), OK);
    assert_true(loops_count(others) >= 1);
    loop_call(loops_at(others, 0), leave_a_timer, NULL);
    loops_stop(others);
    loops_free(others);
    loops_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_each_posters_order),
        cmocka_unit_test(has_timers),
        cmocka_unit_test(knows_how_late_it_comes_round),
        cmocka_unit_test(runs_what_was_posted_before_it_stops),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
