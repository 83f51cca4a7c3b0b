#include "domain/comment_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NO COMMENT_STATES

/* PRODUCT.md's states: what each act makes of each; NO where the act is illegal. */
static const enum comment_state EXPECTED[COMMENT_STATES][COMMENT_ACTS] = {
    /*                      publish            reject            spam          remove           withdraw */
    [COMMENT_PENDING] = {COMMENT_PUBLISHED, COMMENT_REJECTED, COMMENT_SPAM, NO, COMMENT_WITHDRAWN},
    [COMMENT_PUBLISHED] = {NO, NO, COMMENT_SPAM, COMMENT_REMOVED, COMMENT_WITHDRAWN},
    [COMMENT_REJECTED] = {COMMENT_PUBLISHED, NO, COMMENT_SPAM, NO, NO},
    [COMMENT_SPAM] = {COMMENT_PUBLISHED, COMMENT_REJECTED, NO, NO, NO},
    [COMMENT_REMOVED] = {COMMENT_PUBLISHED, NO, NO, NO, NO},
    [COMMENT_WITHDRAWN] = {NO, NO, NO, NO, NO},
};

static void every_edge_is_as_written(void **state) {
    (void)state;
    for (int from = 0; from < COMMENT_STATES; from++) {
        for (int act = 0; act < COMMENT_ACTS; act++) {
            enum comment_state to = NO;
            bool legal = comment_state_after((enum comment_state)from, (enum comment_act)act, &to);
            assert_int_equal(legal, EXPECTED[from][act] != NO);
            assert_int_equal(to, EXPECTED[from][act]); /* left alone when illegal */
        }
    }
}

static void names_go_there_and_back(void **state) {
    (void)state;
    for (int i = 0; i < COMMENT_STATES; i++) {
        enum comment_state parsed = NO;
        assert_true(comment_state_parse(comment_state_name((enum comment_state)i), &parsed));
        assert_int_equal(parsed, i);
    }
    for (int i = 0; i < COMMENT_ACTS; i++) {
        enum comment_act parsed = COMMENT_ACTS;
        assert_true(comment_act_parse(comment_act_name((enum comment_act)i), &parsed));
        assert_int_equal(parsed, i);
    }
    enum comment_state unknown = NO;
    enum comment_act none = COMMENT_ACTS;
    assert_false(comment_state_parse(S("Pending"), &unknown));
    assert_false(comment_state_parse(S(""), &unknown));
    assert_false(comment_act_parse(S("undo"), &none));
    assert_int_equal(unknown, NO);
    assert_int_equal(none, COMMENT_ACTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_as_written),
        cmocka_unit_test(names_go_there_and_back),
    };
    return cmocka_run_group_tests_name("domain/comment_state", tests, NULL, NULL);
}
