#include "discussion_fixture.h"

#include "domain/recommendation.h"

static struct recommendation_order order_of(comment_number number, slice reader) {
    return (struct recommendation_order){
        .number = number, .reader_token = reader, .author_token = S(""), .fingerprint = S("")};
}

static enum status set(struct fixture *f, const struct recommendation_order *order, struct recommendation_result *out) {
    return WRITE(f, recommendation_set(f->db, order, out, &f->error));
}

static void one_of_each_reader(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct recommendation_result result = {0};
    struct recommendation_order ana = order_of(number, S("ana")), luc = order_of(number, S("luc"));
    int64_t version = fixture_get(f, number).version;
    assert_int_equal(set(f, &ana, &result), OK);
    assert_true(result.changed);
    assert_int_equal(result.count, 1);
    assert_int_equal(result.root.v, number.v);
    assert_int_equal(result.root_ordinal, fixture_get(f, number).ordinal);
    assert_int_equal(set(f, &ana, &result), OK);
    assert_false(result.changed);
    assert_int_equal(set(f, &luc, &result), OK);
    assert_int_equal(fixture_get(f, number).recommendation_count, 2);
    assert_int_equal(fixture_get(f, number).version, version); /* no decision misses because somebody agrees */
    bool found = false;
    assert_int_equal(recommendation_find(f->db, ARTICLE, number, S("ana"), &found, &f->error), OK);
    assert_true(found);
    ana.undo = true;
    assert_int_equal(set(f, &ana, &result), OK);
    assert_int_equal(result.count, 1);
    assert_int_equal(set(f, &ana, &result), OK);
    assert_false(result.changed);
    assert_int_equal(recommendation_find(f->db, ARTICLE, number, S("ana"), &found, &f->error), OK);
    assert_false(found);
    assert_int_equal(fixture_get(f, number).recommendation_count, 1);
}

static void a_block_of_addresses_has_so_many_voices(void **state) {
    static const slice READERS[] = {S_INIT("a"), S_INIT("b"), S_INIT("c"), S_INIT("d"), S_INIT("e")};
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct recommendation_result result = {0};
    for (size_t i = 0; i < RECOMMENDATIONS_PER_BLOCK; i++) {
        struct recommendation_order order = order_of(number, READERS[i]);
        order.fingerprint = S("block");
        assert_int_equal(set(f, &order, &result), OK);
    }
    struct recommendation_order more = order_of(number, S("f"));
    more.fingerprint = S("block");
    assert_int_equal(set(f, &more, &result), LIMIT);
    more.fingerprint = S("elsewhere");
    assert_int_equal(set(f, &more, &result), OK);
    assert_int_equal(result.count, RECOMMENDATIONS_PER_BLOCK + 1);
}

static void only_what_is_published_and_of_others(void **state) {
    struct fixture *f = *state;
    comment_number waiting = fixture_pending(f, ARTICLE, NOBODY), number = fixture_published(f, ARTICLE, NOBODY);
    struct recommendation_result result = {0};
    struct recommendation_order order = order_of(waiting, S("ana"));
    assert_int_equal(set(f, &order, &result), NOT_FOUND);
    order.number.v = 999999;
    assert_int_equal(set(f, &order, &result), NOT_FOUND);
    struct crypto_hash hash = crypto_sha256(S("author"));
    struct buf sql CLEANUP(buf_fini);
    buf_init(&sql, 4096);
    buf_add_format(&sql, "UPDATE comment SET device_hash = %s", store_bytes());
    crypto_add_hex(&sql, slice_make(hash.bytes, sizeof hash.bytes));
    buf_add_format(&sql, "' WHERE number = %lld", (long long)number.v);
    buf_add_char(&sql, 0);
    (void)fixture_sql(f, sql.p);
    order = order_of(number, S("ana"));
    order.author_token = S("author");
    assert_int_equal(set(f, &order, &result), FORBIDDEN);
    order.author_token = S("somebody");
    assert_int_equal(set(f, &order, &result), OK);
}

static void the_order_is_by_count_then_by_age(void **state) {
    struct fixture *f = *state;
    struct recommendation_result result = {0};
    comment_number first = fixture_published(f, ARTICLE, NOBODY), second = fixture_published(f, ARTICLE, NOBODY);
    comment_number third = fixture_published(f, ARTICLE, NOBODY), reply = fixture_published(f, ARTICLE, first);
    (void)fixture_published(f, ARTICLE, NOBODY);
    const struct recommendation_order orders[] = {order_of(second, S("a")), order_of(third, S("a")),
                                                  order_of(third, S("b")),  order_of(first, S("a")),
                                                  order_of(reply, S("a")),  order_of(reply, S("b"))};
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) assert_int_equal(set(f, &orders[i], &result), OK);
    struct discussion_page page;
    assert_int_equal(discussion_recommended_load(f->db, f->arena, ARTICLE, 1, 2, 5, &page, &f->error), OK);
    assert_int_equal(page.page_count, 2);
    assert_int_equal(page.thread_count, 2);
    assert_int_equal(page.threads[0].root.number.v, third.v);
    assert_int_equal(page.threads[1].root.number.v, first.v);
    assert_int_equal(page.threads[1].reply_count, 1);
    assert_int_equal(page.threads[1].replies[0].recommendation_count, 2);
    assert_int_equal(discussion_recommended_load(f->db, f->arena, ARTICLE, 2, 2, 5, &page, &f->error), OK);
    assert_int_equal(page.thread_count, 1);
    assert_int_equal(page.threads[0].root.number.v, second.v);
    assert_int_equal(discussion_recommended_load(f->db, f->arena, ARTICLE, 3, 2, 5, &page, &f->error), NOT_FOUND);
}

static void picks_are_the_latest_five_published(void **state) {
    struct fixture *f = *state;
    struct recommendation_result result = {0};
    struct article article;
    struct comment_list picks;
    comment_number numbers[7];
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        numbers[i] = fixture_published(f, ARTICLE, NOBODY);
        clock_set_offset((int64_t)i * 1000);
        assert_int_equal(WRITE(f, comment_pick(f->db, numbers[i], true, SACHA, &result, &f->error)), OK);
        assert_true(result.changed);
    }
    assert_int_equal(WRITE(f, comment_pick(f->db, numbers[6], true, SACHA, &result, &f->error)), OK);
    assert_false(result.changed);
    assert_int_equal(WRITE(f, comment_pick(f->db, numbers[6], false, SACHA, &result, &f->error)), OK);
    assert_int_equal(article_get_brief(f->db, f->arena, ARTICLE, &article, &f->error), OK);
    assert_int_equal(discussion_picks(f->db, f->arena, &article, &picks, &f->error), OK);
    assert_int_equal(picks.count, DISCUSSION_PICKS);
    assert_int_equal(picks.items[0].number.v, numbers[5].v);
    assert_true(picks.items[0].picked_at > 0);
    assert_int_equal(fixture_sql(f, "SELECT count(*) FROM journal WHERE act = 'comment.pick'"), 7);
    assert_int_equal(fixture_sql(f, "SELECT count(*) FROM journal WHERE act = 'comment.unpick'"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(one_of_each_reader),
        TEST(a_block_of_addresses_has_so_many_voices),
        TEST(only_what_is_published_and_of_others),
        TEST(the_order_is_by_count_then_by_age),
        TEST(picks_are_the_latest_five_published),
    };
    return cmocka_run_group_tests_name("domain/recommendation", tests, NULL, NULL);
}
