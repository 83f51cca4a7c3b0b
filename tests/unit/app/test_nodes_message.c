/* What nodes say to each other comes back as it was said, in pieces that an announcement can hold. */
#include "app/nodes_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

enum { PIECES_MAX = 16 };

struct said {
    struct arena *arena;
    struct nodes_message pieces[PIECES_MAX];
    size_t count;
    enum status answer;
};

static enum status take(void *ctx, slice message, struct error *error) {
    struct said *said = ctx;
    if (said->answer != OK) return error_set(error, said->answer, "no");
    assert_true(message.n <= NODES_MESSAGE_MAX);
    assert_true(said->count < PIECES_MAX);
    nodes_message_read(said->arena, arena_copy(said->arena, message), &said->pieces[said->count++]);
    return OK;
}

static int open_said(void **state) {
    struct said *said = test_malloc(sizeof *said);
    *said = (struct said){.arena = arena_new(1024 * 1024)};
    *state = said;
    return 0;
}

static int shut(void **state) {
    struct said *said = *state;
    arena_free(said->arena);
    test_free(said);
    return 0;
}

static enum status say(struct said *said, const struct request *r) {
    struct error error;
    return nodes_message_write(S("node-1"), r, take, said, &error);
}

static void what_was_touched_and_told_comes_back(void **state) {
    struct said *said = *state;
    struct live_change second = {
        .kind = LIVE_EDITED, .article = 7, .number = 71, .version = 4, .count = 2, .gone = true};
    struct live_change first = {
        .next = &second, .kind = LIVE_PUBLISHED, .article = 7, .number = 70, .version = 3, .count = 1};
    struct request r = {.touched = {{TOUCHED_THREAD, 7, 70, 12, 0},
                                    {.what = TOUCHED_ARTICLE, .article = 9},
                                    {TOUCHED_COUNTS, 7, 70, 12, 3}},
                        .touched_count = 3,
                        .changes = &first};
    assert_int_equal(say(said, &r), OK);
    assert_int_equal(said->count, 1);
    const struct nodes_message *m = &said->pieces[0];
    assert_true(slice_equal(m->node, S("node-1")));
    assert_int_equal(m->touched_count, 3);
    assert_int_equal(m->touched[2].what, TOUCHED_COUNTS);
    assert_int_equal(m->touched[2].root, 70);
    assert_int_equal(m->touched[2].root_ordinal, 12);
    assert_int_equal(m->touched[2].ordinal, 3);
    assert_int_equal(m->touched[0].what, TOUCHED_THREAD);
    assert_int_equal(m->touched[0].article, 7);
    assert_int_equal(m->touched[0].root, 70);
    assert_int_equal(m->touched[0].root_ordinal, 12);
    assert_int_equal(m->touched[1].what, TOUCHED_ARTICLE);
    assert_int_equal(m->touched[1].article, 9);
    assert_false(m->all);
    assert_non_null(m->changes);
    assert_int_equal(m->changes->number, 70);
    assert_false(m->changes->gone);
    assert_int_equal(m->changes->next->kind, LIVE_EDITED);
    assert_int_equal(m->changes->next->version, 4);
    assert_true(m->changes->next->gone);
    assert_null(m->changes->next->next);
}

static void who_touched_nothing_says_nothing(void **state) {
    struct request r = {.touched_count = 0};
    assert_int_equal(say(*state, &r), OK);
    assert_int_equal(((struct said *)*state)->count, 0);
}

static void the_whole_site_is_one_word(void **state) {
    struct said *said = *state;
    struct request r = {
        .touched = {{.what = TOUCHED_ARTICLE, .article = 9}}, .touched_count = 1, .touched_too_many = true};
    assert_int_equal(say(said, &r), OK);
    assert_true(said->pieces[0].all);
    assert_int_equal(said->pieces[0].touched_count, 0);
}

static void a_long_message_is_said_in_pieces(void **state) {
    enum { CHANGES = 900 };
    struct said *said = *state;
    struct live_change *changes = ARENA_ARRAY(said->arena, CHANGES, struct live_change);
    for (int i = 0; i < CHANGES; i++)
        changes[i] = (struct live_change){
            .next = i + 1 < CHANGES ? &changes[i + 1] : NULL, .article = INT64_MAX, .number = i, .version = INT64_MAX};
    struct request r = {.changes = changes};
    assert_int_equal(say(said, &r), OK);
    assert_true(said->count > 1);
    int64_t number = 0;
    for (size_t i = 0; i < said->count; i++)
        for (const struct live_change *c = said->pieces[i].changes; c; c = c->next)
            assert_int_equal(c->number, number++);
    assert_int_equal(number, CHANGES);
}

static void a_failure_to_say_ends_it(void **state) {
    struct said *said = *state;
    struct request r = {.touched = {{.what = TOUCHED_SITE}}, .touched_count = 1};
    said->answer = UNAVAILABLE;
    assert_int_equal(say(said, &r), UNAVAILABLE);
}

static void presence_comes_back_whatever_the_name(void **state) {
    struct said *said = *state;
    struct nodes_message m;
    struct buf text;
    buf_init(&text, NODES_MESSAGE_MAX);
    nodes_message_write_presence(&text, S("n"), (account_id){3}, S("Maud\nA 1  du Pont"), (comment_number){88});
    nodes_message_read(said->arena, buf_slice(&text), &m);
    assert_non_null(m.presence);
    assert_int_equal(m.presence->account.v, 3);
    assert_int_equal(m.presence->number.v, 88);
    assert_true(slice_equal(m.presence->name, S("Maud A 1  du Pont")));
    assert_int_equal(m.touched_count, 0);
    buf_fini(&text);
}

static void those_turned_away_are_counted(void **state) {
    struct said *said = *state;
    struct nodes_message m;
    struct buf text;
    buf_init(&text, NODES_MESSAGE_MAX);
    nodes_message_write_turned_away(&text, S("n"), 17);
    nodes_message_read(said->arena, buf_slice(&text), &m);
    assert_int_equal(m.turned_away, 17);
    assert_null(m.presence);
    buf_fini(&text);
}

static void what_is_not_understood_is_passed_over(void **state) {
    struct said *said = *state;
    struct nodes_message m;
    nodes_message_read(said->arena, S("n\nT 1 2\nA x\nL 9 1 1 1 1 0\nL 0 1\nQ 12\n\nA 5"), &m);
    assert_int_equal(m.touched_count, 1);
    assert_int_equal(m.touched[0].article, 5);
    assert_null(m.changes);
    nodes_message_read(said->arena, S(""), &m);
    assert_int_equal(m.touched_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_said, shut)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_was_touched_and_told_comes_back),
        TEST(who_touched_nothing_says_nothing),
        TEST(the_whole_site_is_one_word),
        TEST(a_long_message_is_said_in_pieces),
        TEST(a_failure_to_say_ends_it),
        TEST(presence_comes_back_whatever_the_name),
        TEST(those_turned_away_are_counted),
        TEST(what_is_not_understood_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
