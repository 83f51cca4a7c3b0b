/* Double opt-in, and an end that takes the address with it. */
#include "discussion_fixture.h"

#include "domain/follow.h"
#include "domain/outbox.h"
#include "domain/recipient.h"

enum { NOW = 1700000000 };

static struct follow_request wish(article_id article, const char *address) {
    return (struct follow_request){.article = article,
                                   .email = slice_of(address),
                                   .hash = crypto_sha256(slice_of(address)),
                                   .frequency = FOLLOW_EACH,
                                   .language = S("fr"),
                                   .now = NOW};
}

static enum status ask(struct fixture *f, const struct follow_request *request) {
    return WRITE(f, follow_ask(f->db, f->arena, request, &f->error));
}

static struct subscription get(struct fixture *f, int64_t id, article_id article) {
    struct subscription found = {0};
    assert_int_equal(follow_get(f->db, f->arena, id, article, &found, &f->error), OK);
    return found;
}

static enum status look(struct fixture *f, int64_t id, article_id article) {
    struct subscription found;
    return follow_get(f->db, f->arena, id, article, &found, &f->error);
}

static size_t followed(struct fixture *f, const char *address) {
    struct crypto_hash hash = crypto_sha256(slice_of(address));
    struct subscription_list list;
    assert_int_equal(follow_list(f->db, f->arena, &hash, 10, &list, &f->error), OK);
    return list.count;
}

static int64_t mails(struct fixture *f) {
    struct outbox_figures figures;
    assert_int_equal(outbox_count(f->db, &figures, &f->error), OK);
    return figures.waiting;
}

static void names_are_as_stored(void **state) {
    (void)state;
    enum follow_frequency frequency = FOLLOW_EACH;
    assert_true(follow_frequency_parse(follow_frequency_name(FOLLOW_DAILY), &frequency));
    assert_int_equal(frequency, FOLLOW_DAILY);
    assert_true(follow_frequency_parse(follow_frequency_name(FOLLOW_EACH), &frequency));
    assert_int_equal(frequency, FOLLOW_EACH);
    assert_false(follow_frequency_parse(S("hourly"), &frequency));
}

static void a_wish_counts_once_it_is_confirmed(void **state) {
    struct fixture *f = *state;
    struct follow_request request = wish(ARTICLE, "lea@example.net");
    assert_int_equal(ask(f, &request), OK);
    assert_int_equal(mails(f), 1);
    struct subscription s = get(f, 1, ARTICLE);
    assert_false(s.active);
    assert_slice(s.email, "lea@example.net");
    assert_slice(s.headline, "Le pont");
    assert_int_equal(followed(f, "lea@example.net"), 0);
    request.frequency = FOLLOW_DAILY; /* asked again, otherwise: one row, another mail */
    assert_int_equal(ask(f, &request), OK);
    assert_int_equal(mails(f), 2);
    assert_int_equal(get(f, 1, ARTICLE).frequency, FOLLOW_DAILY);
    assert_int_equal(look(f, 2, ARTICLE), NOT_FOUND);
    assert_int_equal(WRITE(f, follow_confirm(f->db, &s, NOW + 5, &f->error)), OK);
    assert_int_equal(WRITE(f, follow_confirm(f->db, &s, NOW + 6, &f->error)), OK);
    assert_true(get(f, 1, ARTICLE).active);
    assert_int_equal(followed(f, "lea@example.net"), 1);
    /* who asks for an address that follows already changes nothing of it */
    request.frequency = FOLLOW_EACH;
    assert_int_equal(ask(f, &request), OK);
    assert_int_equal(get(f, 1, ARTICLE).frequency, FOLLOW_DAILY);
    assert_int_equal(look(f, 1, OTHER), NOT_FOUND);
}

static void only_what_is_published_is_followed(void **state) {
    struct fixture *f = *state;
    struct follow_request draft = wish(DRAFT, "lea@example.net"), none = wish((article_id){99}, "lea@example.net");
    assert_int_equal(ask(f, &draft), NOT_FOUND);
    assert_int_equal(ask(f, &none), NOT_FOUND);
    assert_int_equal(mails(f), 0);
}

static void an_end_takes_the_address_with_it(void **state) {
    struct fixture *f = *state;
    struct follow_request here = wish(ARTICLE, "lea@example.net"), there = wish(OTHER, "lea@example.net");
    assert_int_equal(ask(f, &here), OK);
    assert_int_equal(ask(f, &there), OK);
    struct subscription first = get(f, 1, ARTICLE), second = get(f, 2, OTHER);
    assert_int_equal(WRITE(f, follow_confirm(f->db, &first, NOW, &f->error)), OK);
    assert_int_equal(WRITE(f, follow_confirm(f->db, &second, NOW, &f->error)), OK);
    assert_int_equal(WRITE(f, follow_set_frequency(f->db, &first, FOLLOW_DAILY, NOW, &f->error)), OK);
    assert_int_equal(get(f, 1, ARTICLE).frequency, FOLLOW_DAILY);
    assert_int_equal(get(f, 2, OTHER).frequency, FOLLOW_EACH);
    assert_int_equal(WRITE(f, follow_end(f->db, &first, &f->error)), OK);
    assert_int_equal(WRITE(f, follow_end(f->db, &first, &f->error)), OK);
    assert_int_equal(look(f, 1, ARTICLE), NOT_FOUND);
    assert_int_equal(followed(f, "lea@example.net"), 1);
    assert_int_equal(WRITE(f, follow_end_all(f->db, &second, &f->error)), OK);
    assert_int_equal(followed(f, "lea@example.net"), 0);
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM subscription"), 0);
}

static void an_unconfirmed_wish_is_forgotten(void **state) {
    struct fixture *f = *state;
    struct follow_request one = wish(ARTICLE, "lea@example.net"), two = wish(ARTICLE, "ana@example.net");
    assert_int_equal(ask(f, &one), OK);
    assert_int_equal(ask(f, &two), OK);
    struct subscription kept = get(f, 2, ARTICLE);
    assert_int_equal(WRITE(f, follow_confirm(f->db, &kept, NOW, &f->error)), OK);
    assert_int_equal(WRITE(f, follow_purge(f->db, NOW + FOLLOW_ASKED_MS, &f->error)), OK);
    assert_int_equal(look(f, 1, ARTICLE), OK);
    assert_int_equal(WRITE(f, follow_purge(f->db, NOW + FOLLOW_ASKED_MS + 1, &f->error)), OK);
    assert_int_equal(look(f, 1, ARTICLE), NOT_FOUND);
    assert_int_equal(look(f, 2, ARTICLE), OK);
}

static void who_wants_no_mail_gets_none(void **state) {
    struct fixture *f = *state;
    struct follow_request request = wish(ARTICLE, "lea@example.net");
    assert_int_equal(WRITE(f, recipient_never(f->db, &request.hash, request.email, NOW, &f->error)), OK);
    assert_int_equal(ask(f, &request), OK); /* nothing says so */
    assert_int_equal(mails(f), 0);
    assert_int_equal(look(f, 1, ARTICLE), NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(names_are_as_stored),
        TEST(a_wish_counts_once_it_is_confirmed),
        TEST(only_what_is_published_is_followed),
        TEST(an_end_takes_the_address_with_it),
        TEST(an_unconfirmed_wish_is_forgotten),
        TEST(who_wants_no_mail_gets_none),
    };
    return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
