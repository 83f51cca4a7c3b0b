/* Who is told of what: decided when the time has come, by what is true then. */
#include "discussion_fixture.h"

#include "domain/follow.h"
#include "domain/notice.h"

enum { LEASE_MS = 60000, NOW = 1700000000 };

static comment_number pending(struct fixture *f, comment_number reply_to, const char *device, const char *email) {
    struct comment_input input = fixture_input(f, ARTICLE, reply_to);
    input.device_token = slice_of(device);
    input.email = slice_of(email);
    comment_number number = fixture_send(f, &input).number;
    assert_int_equal(WRITE(f, notice_want(f->db, ARTICLE, number, email[0] != 0, &f->error)), OK);
    return number;
}

static int64_t waiting(struct fixture *f, enum outbox_kind kind) {
    struct outbox_list list;
    int64_t count = 0;
    assert_int_equal(outbox_list_load(f->db, f->arena, false, 50, &list, &f->error), OK);
    for (size_t i = 0; i < list.count; i++) count += list.items[i].kind == kind;
    return count;
}

/* What the courier does when held rows are due. */
static void time_has_come(struct fixture *f, comment_number number) {
    assert_int_equal(WRITE(f, notice_due(f->db, ARTICLE, number, NOW, NOW + 5000, &f->error)), OK);
}

static int64_t follow(struct fixture *f, const char *address, enum follow_frequency frequency, const char *device) {
    struct follow_request request = {.article = ARTICLE,
                                     .email = slice_of(address),
                                     .hash = crypto_sha256(slice_of(address)),
                                     .frequency = frequency,
                                     .language = S("fr"),
                                     .device_token = slice_of(device),
                                     .now = NOW - 1000};
    assert_int_equal(WRITE(f, follow_ask(f->db, f->arena, &request, &f->error)), OK);
    struct subscription found;
    int64_t id = 0;
    while (follow_get(f->db, f->arena, ++id, ARTICLE, &found, &f->error) == OK &&
           !slice_equal(found.email, request.email))
        continue;
    assert_int_equal(WRITE(f, follow_confirm(f->db, &found, NOW - 900, &f->error)), OK);
    return id;
}

static void an_author_is_told_of_a_state_once(void **state) {
    struct fixture *f = *state;
    comment_number number = pending(f, NOBODY, "device-1", "lea@example.net");
    assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
    assert_int_equal(waiting(f, OUTBOX_STATE), 1);
    time_has_come(f, number);
    assert_int_equal(waiting(f, OUTBOX_PUBLISHED), 1);
    time_has_come(f, number);
    assert_int_equal(waiting(f, OUTBOX_PUBLISHED), 1);
    assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
    time_has_come(f, number);
    assert_int_equal(waiting(f, OUTBOX_REFUSED), 1);
}

static void what_was_undone_sends_nothing(void **state) {
    struct fixture *f = *state;
    comment_number number = pending(f, NOBODY, "device-1", "lea@example.net");
    assert_int_equal(fixture_decide(f, number, ACT_REJECT), OK);
    assert_int_equal(fixture_undo(f, number), OK);
    assert_int_equal(waiting(f, OUTBOX_STATE), 0);
    time_has_come(f, number);
    assert_int_equal(waiting(f, OUTBOX_REFUSED), 0);
}

static void who_sends_spam_or_wants_nothing_hears_nothing(void **state) {
    struct fixture *f = *state;
    comment_number spam = pending(f, NOBODY, "device-1", "lea@example.net"),
                   silent = pending(f, NOBODY, "device-2", "");
    bool wanted = false;
    assert_int_equal(notice_wanted(f->db, ARTICLE, spam, &wanted, &f->error), OK);
    assert_true(wanted);
    assert_int_equal(notice_wanted(f->db, ARTICLE, silent, &wanted, &f->error), OK);
    assert_false(wanted);
    assert_int_equal(fixture_decide(f, spam, ACT_SPAM), OK);
    assert_int_equal(fixture_decide(f, silent, ACT_PUBLISH), OK);
    time_has_come(f, spam);
    time_has_come(f, silent);
    time_has_come(f, (comment_number){999}); /* erased meanwhile */
    assert_int_equal(waiting(f, OUTBOX_STATE) + waiting(f, OUTBOX_PUBLISHED) + waiting(f, OUTBOX_REFUSED), 0);
}

static void answered_when_the_answer_is_published_and_by_somebody_else(void **state) {
    struct fixture *f = *state;
    comment_number root = pending(f, NOBODY, "device-1", "lea@example.net");
    assert_int_equal(fixture_decide(f, root, ACT_PUBLISH), OK);
    comment_number answer = pending(f, root, "device-2", ""), own = pending(f, root, "device-1", "");
    comment_number same_address = pending(f, root, "device-3", "LEA@example.net");
    time_has_come(f, answer);
    assert_int_equal(waiting(f, OUTBOX_ANSWERED), 0); /* it waits for a moderator */
    assert_int_equal(fixture_decide(f, answer, ACT_REJECT), OK);
    time_has_come(f, answer);
    assert_int_equal(waiting(f, OUTBOX_ANSWERED), 0);
    assert_int_equal(fixture_undo(f, answer), OK);
    assert_int_equal(fixture_decide(f, answer, ACT_PUBLISH), OK);
    assert_int_equal(fixture_decide(f, own, ACT_PUBLISH), OK);
    assert_int_equal(fixture_decide(f, same_address, ACT_PUBLISH), OK);
    time_has_come(f, own);
    time_has_come(f, same_address);
    assert_int_equal(waiting(f, OUTBOX_ANSWERED), 0);
    time_has_come(f, answer);
    assert_int_equal(waiting(f, OUTBOX_ANSWERED), 1);
    time_has_come(f, answer);
    assert_int_equal(waiting(f, OUTBOX_ANSWERED), 1);
}

static void followers_are_told_once_each_in_their_way(void **state) {
    struct fixture *f = *state;
    (void)follow(f, "each@example.net", FOLLOW_EACH, "");
    int64_t daily = follow(f, "daily@example.net", FOLLOW_DAILY, "");
    (void)follow(f, "author@example.net", FOLLOW_EACH, "device-1"); /* no news of one's own */
    comment_number first = fixture_published(f, ARTICLE, NOBODY), second = fixture_published(f, ARTICLE, NOBODY);
    time_has_come(f, first);
    time_has_come(f, first);
    assert_int_equal(waiting(f, OUTBOX_MESSAGE), 1);
    assert_int_equal(waiting(f, OUTBOX_DIGEST), 1);
    time_has_come(f, second);
    assert_int_equal(waiting(f, OUTBOX_MESSAGE), 2);
    assert_int_equal(waiting(f, OUTBOX_DIGEST), 1); /* one a day */
    struct follow_news news;
    assert_int_equal(follow_news_load(f->db, f->arena, daily, NOW, 1, &news, &f->error), OK);
    assert_true(news.count == 1 && news.more);
    assert_int_equal(fixture_decide(f, first, ACT_REMOVE), OK);
    assert_int_equal(follow_news_load(f->db, f->arena, daily, NOW, 10, &news, &f->error), OK);
    assert_true(news.count == 1 && !news.more && news.numbers[0].v == second.v);
    assert_int_equal(WRITE(f, follow_told(f->db, daily, NOW, &f->error)), OK);
    assert_int_equal(follow_news_load(f->db, f->arena, daily, NOW + 1000, 10, &news, &f->error), OK);
    assert_int_equal(news.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_author_is_told_of_a_state_once),
        TEST(what_was_undone_sends_nothing),
        TEST(who_sends_spam_or_wants_nothing_hears_nothing),
        TEST(answered_when_the_answer_is_published_and_by_somebody_else),
        TEST(followers_are_told_once_each_in_their_way),
    };
    return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}
