/* From the domain's structs to the desk's: what can be read of JSON, and what can be undone. */
#include "app/map_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static int open_arena(void **state) {
    *state = arena_new(1024 * 1024);
    return 0;
}

static int shut(void **state) {
    arena_free(*state);
    return 0;
}

static void checks_are_read_and_rubbish_is_left_out(void **state) {
    size_t count;
    const struct view_check *checks = map_checks(
        *state, S("[{\"check\":\"links\",\"count\":4},{\"check\":7},3,{\"check\":\"repeated\",\"comment\":12}]"), NULL,
        &count);
    assert_int_equal(count, 2);
    assert_true(slice_equal(checks[0].code, S("links")));
    assert_int_equal(checks[0].count, 4);
    assert_int_equal(checks[1].comment_count, 1);
    assert_int_equal(checks[1].comments[0], 12);
    static const slice rubbish[] = {S_INIT(""), S_INIT("{"), S_INIT("{}"), S_INIT("null"), S_INIT("[")};
    for (size_t i = 0; i < ARRAY_COUNT(rubbish); i++) {
        (void)map_checks(*state, rubbish[i], NULL, &count);
        assert_int_equal(count, 0);
    }
}

static void a_rule_that_is_gone_shows_its_code(void **state) {
    struct charter_rule rule = {.code = S("insult"), .title = S("No insults")};
    struct charter charter = {.rules = &rule, .rule_count = 1};
    (void)state;
    assert_true(slice_equal(map_rule(&charter, S("insult")), S("No insults")));
    assert_true(slice_equal(map_rule(&charter, S("gone")), S("gone")));
    assert_true(slice_equal(map_rule(NULL, S("insult")), S("insult")));
}

static void only_the_last_decision_that_holds_can_be_undone(void **state) {
    struct decision decisions[] = {{.id = {5}, .act = S("undo")},
                                   {.id = {4}, .act = S("reject"), .undone = true},
                                   {.id = {3}, .act = S("publish")},
                                   {.id = {2}, .act = S("edit")}};
    struct comment_file file = {.comment = {.number = {12}, .state = COMMENT_PUBLISHED, .checks = S("[]")},
                                .decisions = {decisions, 4}};
    struct view_case mapped = map_case(*state, &file, NULL);
    assert_int_equal(mapped.decision_count, 4);
    for (size_t i = 0; i < 4; i++) assert_int_equal(mapped.decisions[i].may_undo, i == 2);
    assert_true(mapped.may_remove && mapped.may_spam);
    assert_false(mapped.may_publish || mapped.may_reject);
    file.comment.state = COMMENT_WITHDRAWN;
    mapped = map_case(*state, &file, NULL);
    for (size_t i = 0; i < 4; i++) assert_false(mapped.decisions[i].may_undo);
    assert_false(mapped.may_publish || mapped.may_reject || mapped.may_spam || mapped.may_remove);
}

static void journal_rows_name_their_actors_and_open_their_data(void **state) {
    struct account account = {.id = {3}, .display_name = S("Maud")};
    struct account_list names = {&account, 1};
    struct journal_row rows[] = {
        {.id = 1, .actor = S("account:3"), .data = S("{\"rule\":\"insult\",\"decision\":7,\"parts\":[1,true,null]}")},
        {.id = 2, .actor = S("account:4"), .data = S("not json")},
        {.id = 3, .actor = S("author"), .data = S("{}")}};
    rows[0].hash.bytes[0] = 0xAB;
    const struct view_journal_row *mapped = map_journal(*state, rows, 3, &names);
    assert_true(slice_equal(mapped[0].actor_name, S("Maud")));
    assert_true(slice_starts(mapped[0].hash, S("ab00")));
    assert_int_equal(mapped[0].hash.n, 64);
    assert_int_equal(mapped[0].data_count, 3);
    assert_true(slice_equal(mapped[0].data[0].value, S("insult")));
    assert_true(slice_equal(mapped[0].data[1].value, S("7")));
    assert_true(slice_equal(mapped[0].data[2].value, S("[1,true,null]")));
    assert_true(slice_is_empty(mapped[1].actor_name));
    assert_int_equal(mapped[1].data_count, 0);
    assert_true(slice_is_empty(mapped[2].actor_name));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(checks_are_read_and_rubbish_is_left_out, open_arena, shut),
        cmocka_unit_test(a_rule_that_is_gone_shows_its_code),
        cmocka_unit_test_setup_teardown(only_the_last_decision_that_holds_can_be_undone, open_arena, shut),
        cmocka_unit_test_setup_teardown(journal_rows_name_their_actors_and_open_their_data, open_arena, shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
