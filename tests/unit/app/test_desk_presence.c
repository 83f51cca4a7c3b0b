/* Who has what open at the desk: one message each, for two minutes, never one's own. */
#include "app/desk_presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

struct fixture {
    struct desk_presence *presence;
    struct arena *arena;
};

static int open_fixture(void **state) {
    struct fixture *f = test_malloc(sizeof *f);
    *f = (struct fixture){desk_presence_new(), arena_new(1024 * 1024)};
    *state = f;
    return 0;
}

static int shut(void **state) {
    struct fixture *f = *state;
    desk_presence_free(f->presence);
    arena_free(f->arena);
    test_free(f);
    return 0;
}

static void open_at(struct fixture *f, int64_t account, slice name, int64_t number, time_ms now) {
    desk_presence_open(f->presence, (account_id){account}, name, (comment_number){number}, now);
}

static size_t others(struct fixture *f, int64_t account, time_ms now, const struct desk_opened **opened) {
    size_t count;
    *opened = desk_presence_others(f->presence, f->arena, (account_id){account}, now, &count);
    return count;
}

static void others_see_it_and_oneself_does_not(void **state) {
    struct fixture *f = *state;
    const struct desk_opened *opened;
    assert_int_equal(others(f, 1, 1000, &opened), 0);
    open_at(f, 1, S("Maud"), 12, 1000);
    assert_int_equal(others(f, 1, 1000, &opened), 0);
    assert_int_equal(others(f, 2, 1000, &opened), 1);
    assert_int_equal(opened[0].number.v, 12);
    assert_true(slice_equal(opened[0].name, S("Maud")));
}

static void who_opens_another_leaves_the_first(void **state) {
    struct fixture *f = *state;
    const struct desk_opened *opened;
    open_at(f, 1, S("Maud"), 12, 1000);
    open_at(f, 1, S("Maud"), 13, 2000);
    assert_int_equal(others(f, 2, 2000, &opened), 1);
    assert_int_equal(opened[0].number.v, 13);
    open_at(f, 1, S("Maud"), 0, 3000);
    assert_int_equal(others(f, 2, 3000, &opened), 0);
}

static void it_is_forgotten_after_two_minutes(void **state) {
    struct fixture *f = *state;
    const struct desk_opened *opened;
    open_at(f, 1, S("Maud"), 12, 1000);
    assert_int_equal(others(f, 2, 1000 + DESK_PRESENCE_MS, &opened), 1);
    assert_int_equal(others(f, 2, 1001 + DESK_PRESENCE_MS, &opened), 0);
}

static void the_one_seen_longest_ago_makes_room(void **state) {
    struct fixture *f = *state;
    const struct desk_opened *opened;
    for (int64_t i = 1; i <= DESK_PRESENCE_MAX + 1; i++) open_at(f, i, S("X"), 100 + i, 1000 + i);
    size_t count = others(f, 999, 2000, &opened);
    assert_int_equal(count, DESK_PRESENCE_MAX);
    for (size_t i = 0; i < count; i++) assert_int_not_equal(opened[i].number.v, 101);
}

static void long_names_are_cut_between_characters(void **state) {
    struct fixture *f = *state;
    const struct desk_opened *opened;
    char name[DESK_NAME_BYTES + 2];
    for (size_t i = 0; i < sizeof name; i += 2) { /* é: two bytes each, the first at an odd place */
        name[i] = (char)0xA9;
        name[i + 1] = (char)0xC3;
    }
    name[0] = 'x';
    open_at(f, 1, slice_make(name, sizeof name), 12, 1000);
    assert_int_equal(others(f, 2, 1000, &opened), 1);
    assert_int_equal(opened[0].name.n, DESK_NAME_BYTES - 1);
}

static void nobody_is_where_there_is_no_table(void **state) {
    size_t count = 7;
    (void)state;
    desk_presence_open(NULL, (account_id){1}, S("x"), (comment_number){1}, 1);
    assert_null(desk_presence_others(NULL, NULL, (account_id){1}, 1, &count));
    assert_int_equal(count, 0);
    desk_presence_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(others_see_it_and_oneself_does_not, open_fixture, shut),
        cmocka_unit_test_setup_teardown(who_opens_another_leaves_the_first, open_fixture, shut),
        cmocka_unit_test_setup_teardown(it_is_forgotten_after_two_minutes, open_fixture, shut),
        cmocka_unit_test_setup_teardown(the_one_seen_longest_ago_makes_room, open_fixture, shut),
        cmocka_unit_test_setup_teardown(long_names_are_cut_between_characters, open_fixture, shut),
        cmocka_unit_test(nobody_is_where_there_is_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
