/* Addresses that refuse mail are let alone, those of people who want none for ever. */
#include "discussion_fixture.h"

#include "domain/follow.h"
#include "domain/notice.h"
#include "domain/recipient.h"

enum { NOW = 1700000000 };

static const char ADDRESS[] = "lea@example.net";

static struct recipient_refusal refusal(bool no_such_address) {
    return (struct recipient_refusal){crypto_sha256(slice_of(ADDRESS)), slice_of(ADDRESS), S("550 not here"),
                                      no_such_address, NOW};
}

static bool may(struct fixture *f, const char *address) {
    struct crypto_hash hash = crypto_sha256(slice_of(address));
    bool may = false;
    assert_int_equal(recipient_may_receive(f->db, &hash, &may, &f->error), OK);
    return may;
}

static bool refused(struct fixture *f, bool no_such_address) {
    struct recipient_refusal r = refusal(no_such_address);
    bool paused = false;
    assert_int_equal(WRITE(f, recipient_refused(f->db, &r, &paused, &f->error)), OK);
    return paused;
}

static size_t paused(struct fixture *f) {
    struct recipient_list list;
    assert_int_equal(recipient_list_paused(f->db, f->arena, 10, &list, &f->error), OK);
    if (list.count) {
        assert_slice(list.items[0].email, ADDRESS);
        assert_slice(list.items[0].reason, "550 not here");
        assert_int_equal(list.items[0].paused_at, NOW);
    }
    return list.count;
}

static void refusals_one_after_another_pause(void **state) {
    struct fixture *f = *state;
    struct crypto_hash hash = crypto_sha256(slice_of(ADDRESS));
    assert_true(may(f, ADDRESS));
    assert_false(refused(f, false));
    assert_false(refused(f, false));
    assert_int_equal(WRITE(f, recipient_taken(f->db, &hash, &f->error)), OK); /* it works again: counted anew */
    assert_false(refused(f, false));
    assert_false(refused(f, false));
    assert_true(may(f, ADDRESS));
    assert_true(refused(f, false));
    assert_false(may(f, ADDRESS));
    assert_true(may(f, "ana@example.net"));
    assert_int_equal(paused(f), 1);
}

static void no_such_mailbox_pauses_at_once_until_resumed(void **state) {
    struct fixture *f = *state;
    struct crypto_hash hash = crypto_sha256(slice_of(ADDRESS));
    assert_int_equal(WRITE(f, recipient_resume(f->db, &hash, SACHA, &f->error)), NOT_FOUND);
    assert_true(refused(f, true));
    assert_false(may(f, ADDRESS));
    assert_int_equal(WRITE(f, recipient_resume(f->db, &hash, SACHA, &f->error)), OK);
    assert_true(may(f, ADDRESS));
    assert_int_equal(paused(f), 0);
    struct recipient_refusal by_hand = refusal(false);
    assert_int_equal(WRITE(f, recipient_pause(f->db, &by_hand, SACHA, &f->error)), OK);
    assert_int_equal(paused(f), 1);
}

static void never_is_for_everything(void **state) {
    struct fixture *f = *state;
    struct crypto_hash hash = crypto_sha256(slice_of(ADDRESS));
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.email = slice_of(ADDRESS);
    comment_number number = fixture_send(f, &input).number;
    struct follow_request request = {
        .article = ARTICLE, .email = slice_of(ADDRESS), .hash = hash, .language = S("fr"), .now = NOW};
    bool wanted = true;
    assert_int_equal(WRITE(f, notice_want(f->db, ARTICLE, number, true, &f->error)), OK);
    assert_int_equal(WRITE(f, follow_ask(f->db, f->arena, &request, &f->error)), OK);
    assert_int_equal(WRITE(f, recipient_never(f->db, &hash, slice_of(ADDRESS), NOW, &f->error)), OK);
    assert_false(may(f, ADDRESS));
    assert_int_equal(notice_wanted(f->db, ARTICLE, number, &wanted, &f->error), OK);
    assert_false(wanted);
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM subscription"), 0);
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM mail_address WHERE email != ''"),
                     0); /* known by its hash alone */
    assert_int_equal(WRITE(f, recipient_resume(f->db, &hash, SACHA, &f->error)), NOT_FOUND); /* nobody undoes that */
    assert_false(may(f, ADDRESS));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(refusals_one_after_another_pause),
        TEST(no_such_mailbox_pauses_at_once_until_resumed),
        TEST(never_is_for_everything),
    };
    return cmocka_run_group_tests_name("recipient", tests, NULL, NULL);
}
