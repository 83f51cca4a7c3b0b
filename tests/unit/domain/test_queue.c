#include "discussion_fixture.h"

#include "domain/likeness_due.h"

static struct queue_page load(struct fixture *f, const struct queue_filter *filter) {
    struct queue_page page;
    struct queue_numbers numbers;
    if (queue_load(f->db, f->arena, filter, &page, &f->error) != OK) fail_msg("%s", f->error.detail);
    assert_int_equal(queue_numbers_load(f->db, f->arena, filter, &numbers, &f->error), OK);
    assert_int_equal(numbers.count, page.count);
    for (size_t i = 0; i < page.count; i++) assert_int_equal(numbers.items[i].v, page.items[i].comment.number.v);
    return page;
}

static struct comment_file file_of(struct fixture *f, comment_number number) {
    struct comment_file file;
    if (comment_file_load(f->db, f->arena, number, &file, &f->error) != OK) fail_msg("%s", f->error.detail);
    return file;
}

static void assert_numbers(const struct queue_page *page, const comment_number *expected, size_t count) {
    assert_int_equal(page->count, count);
    for (size_t i = 0; i < count; i++) assert_int_equal(page->items[i].comment.number.v, expected[i].v);
}

static void report(struct fixture *f, comment_number number, const char *fingerprint) {
    struct report_input input = {.comment = number, .text = S("Voyez."), .fingerprint = slice_of(fingerprint)};
    report_id id;
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &id, &f->error)), OK);
}

static void what_is_put_off_is_said_until_it_is_done(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY), other = fixture_pending(f, ARTICLE, NOBODY);
    assert_false(file_of(f, number).looked_at_later);
    struct likeness_mark mark = {0};
    assert_int_equal(WRITE(f, likeness_put_off(f->db, number, ARTICLE, &mark, true, &f->error)), OK);
    assert_true(file_of(f, number).looked_at_later);
    assert_false(file_of(f, other).looked_at_later);
    struct likeness_due step = {.work_ns = INT64_C(1000000000)};
    while (!step.complete) assert_int_equal(WRITE(f, likeness_due_step(f->db, &step, &f->error)), OK);
    assert_false(file_of(f, number).looked_at_later);
}

static void pending_ones_wait_oldest_first(void **state) {
    struct fixture *f = *state;
    comment_number numbers[5];
    for (int i = 0; i < 5; i++) {
        clock_set_offset(i == 3 ? 500000 : (5 - i) * 1000); /* the clock was set back in between */
        numbers[i] = fixture_pending(f, i % 2 ? OTHER : ARTICLE, NOBODY);
    }
    clock_set_offset(0);
    struct queue_filter filter = {.kind = QUEUE_PENDING, .limit = 2};
    struct queue_page page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[4], numbers[2]}, 2);
    assert_true(page.more);
    assert_int_equal(page.pending_count, 5);
    assert_int_equal(page.oldest_pending, fixture_get(f, numbers[4]).submitted_at);
    assert_slice(page.items[0].article_headline, "Le pont");
    assert_slice(page.items[0].article_slug, "le-pont");
    assert_slice(page.items[0].comment.fingerprint, "block-1");
    assert_slice(page.items[0].comment.checks, "[]");
    filter.after = numbers[2];
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[1], numbers[0]}, 2);
    assert_int_equal(fixture_decide(f, numbers[0], ACT_SPAM), OK); /* the next page starts there all the same */
    filter.after = numbers[0];
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[3]}, 1);
    assert_false(page.more);
    filter = (struct queue_filter){.kind = QUEUE_PENDING, .limit = 10, .article = OTHER};
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[1], numbers[3]}, 2);
    filter.after = numbers[1];
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[3]}, 1);
    filter.after.v = 999;
    struct queue_numbers none;
    assert_int_equal(queue_load(f->db, f->arena, &filter, &page, &f->error), NOT_FOUND);
    assert_int_equal(queue_numbers_load(f->db, f->arena, &filter, &none, &f->error), NOT_FOUND);
}

static void an_empty_queue_says_so(void **state) {
    struct fixture *f = *state;
    for (int kind = QUEUE_PENDING; kind <= QUEUE_DECIDED; kind++) {
        struct queue_page page = load(f, &(struct queue_filter){.kind = (enum queue_kind)kind, .limit = 1});
        assert_int_equal(page.count, 0);
        assert_false(page.more);
        assert_int_equal(page.pending_count + page.report_count + page.oldest_pending, 0);
    }
}

static void the_most_reported_come_first(void **state) {
    struct fixture *f = *state;
    comment_number numbers[4];
    for (int i = 0; i < 4; i++) numbers[i] = fixture_published(f, i == 3 ? OTHER : ARTICLE, NOBODY);
    report(f, numbers[0], "a");
    report(f, numbers[2], "a");
    report(f, numbers[3], "a");
    report(f, numbers[3], "b");
    struct queue_filter filter = {.kind = QUEUE_REPORTED, .limit = 2};
    struct queue_page page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[3], numbers[0]}, 2);
    assert_true(page.more);
    assert_int_equal(page.report_count, 4);
    filter.after = numbers[0];
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[2]}, 1);
    filter = (struct queue_filter){.kind = QUEUE_REPORTED, .limit = 9, .article = OTHER};
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[3]}, 1);
}

static void the_refused_are_listed_by_the_decision_that_holds(void **state) {
    struct fixture *f = *state;
    comment_number numbers[5];
    for (int i = 0; i < 5; i++) numbers[i] = fixture_pending(f, i == 4 ? OTHER : ARTICLE, NOBODY);
    assert_int_equal(fixture_decide(f, numbers[0], ACT_REJECT), OK);
    assert_int_equal(fixture_decide(f, numbers[1], ACT_SPAM), OK);
    assert_int_equal(fixture_decide(f, numbers[2], ACT_PUBLISH), OK);
    assert_int_equal(fixture_decide(f, numbers[3], ACT_REJECT), OK);
    assert_int_equal(fixture_decide(f, numbers[4], ACT_REJECT), OK);
    assert_int_equal(fixture_decide(f, numbers[2], ACT_REMOVE), OK);
    assert_int_equal(fixture_decide(f, numbers[0], ACT_SPAM), OK);
    assert_int_equal(fixture_decide(f, numbers[0], ACT_REJECT), OK); /* there and back: once in the list */
    assert_int_equal(fixture_undo(f, numbers[3]), OK);
    struct queue_filter filter = {.kind = QUEUE_DECIDED, .limit = 2};
    struct queue_page page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[0], numbers[2]}, 2);
    assert_true(page.more);
    filter.after = numbers[2];
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[4], numbers[1]}, 2);
    assert_false(page.more);
    assert_int_equal(fixture_decide(f, numbers[1], ACT_PUBLISH), OK);
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[4]}, 1);
    assert_int_equal(fixture_undo(f, numbers[1]), OK); /* back in spam, by its first decision */
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[4], numbers[1]}, 2);
    filter = (struct queue_filter){.kind = QUEUE_DECIDED, .limit = 9, .article = OTHER};
    page = load(f, &filter);
    assert_numbers(&page, (comment_number[]){numbers[4]}, 1);
}

static void the_file_shows_the_thread_and_the_neighbours(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY), reply = fixture_pending(f, ARTICLE, root);
    comment_number rejected = fixture_pending(f, ARTICLE, root), other = fixture_pending(f, ARTICLE, NOBODY);
    comment_number last = fixture_pending(f, ARTICLE, root);
    assert_int_equal(fixture_decide(f, rejected, ACT_REJECT), OK);
    report(f, root, "a");
    struct comment_file file = file_of(f, last);
    assert_int_equal(file.comment.number.v, last.v);
    assert_slice(file.article.headline, "Le pont");
    assert_slice(file.article.body_html, "");
    assert_int_equal(file.thread.count, 4);
    assert_int_equal(file.thread.items[0].number.v, root.v);
    assert_int_equal(file.thread.items[1].number.v, reply.v);
    assert_int_equal(file.thread.items[2].number.v, rejected.v);
    assert_int_equal(file.thread.items[3].number.v, last.v);
    assert_false(file.thread.more);
    assert_int_equal(file.previous.v, other.v);
    assert_int_equal(file.next.v, 0);
    file = file_of(f, reply);
    assert_int_equal(file.previous.v, 0);
    assert_int_equal(file.next.v, other.v);
    assert_int_equal(file.thread.count, 4);
    file = file_of(f, root);
    assert_int_equal(file.thread.count, 4);
    assert_int_equal(file.thread.items[0].number.v, root.v);
    assert_int_equal(file.report_count, 1);
    assert_int_equal(file.decisions.count, 1);
    assert_int_equal(file.next.v, reply.v); /* from anywhere, the queue goes on behind it */
    assert_int_equal(comment_file_load(f->db, f->arena, (comment_number){999}, &file, &f->error), NOT_FOUND);
}

static void history_is_by_device_then_address_then_name(void **state) {
    struct fixture *f = *state;
    comment_number published = fixture_published(f, ARTICLE, NOBODY), spam = fixture_pending(f, OTHER, NOBODY);
    assert_int_equal(fixture_decide(f, spam, ACT_SPAM), OK);
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.device_token = S("");
    comment_number bare = fixture_send(f, &input).number;
    struct comment_file file = file_of(f, published);
    assert_slice(file.history.basis, "device");
    assert_int_equal(file.history.spam, 1);
    assert_int_equal(file.history.published, 0); /* without this one */
    assert_int_equal(file.history.latest.count, 1);
    assert_int_equal(file.history.latest.items[0].number.v, spam.v);
    file = file_of(f, bare);
    assert_slice(file.history.basis, "address");
    assert_int_equal(file.history.published, 1);
    assert_int_equal(file.history.spam, 1);
    input = fixture_input(f, ARTICLE, NOBODY);
    input.device_token = input.fingerprint = S("");
    comment_number unknown = fixture_send(f, &input).number;
    file = file_of(f, unknown);
    assert_slice(file.history.basis, "name");
    assert_int_equal(file.history.published + file.history.spam + file.history.pending, 3);
    assert_int_equal(file.history.latest.items[0].number.v, bare.v);
    for (int i = 0; i < 12; i++) (void)fixture_pending(f, ARTICLE, NOBODY);
    file = file_of(f, published);
    assert_int_equal(file.history.pending, 12);
    assert_int_equal(file.history.latest.count, 10);
    assert_true(file.history.latest.more);
}

static void a_long_thread_is_shown_around_the_message(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY);
    (void)root;
    (void)fixture_sql(
        f,
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 501) "
        "INSERT INTO comment (number, article_id, root_number, parent_number, last_reply_ordinal, reply_count, state, "
        "version, name, title, text_source, html, renderer_version, language, website, submitted_at, edited_by_desk, "
        "charter_version, checks, report_count, secret_hash, email, fingerprint) "
        "SELECT i, 1, 1, 1, 0, 0, 'pending', 1, 'Ana', '', 'x', '<p>x</p>', 1, 'fr', '', i, 0, 1, '[]', 0, "
        "CAST(CAST(i AS TEXT) AS BLOB), '', '' FROM n;"
        "UPDATE article SET pending_count = 500 WHERE id = 1; UPDATE site SET pending_count = 500;");
    struct comment_file file = file_of(f, (comment_number){250});
    assert_int_equal(file.thread.count, 200);
    assert_true(file.thread.more);
    assert_int_equal(file.thread.items[0].number.v, 1);
    assert_int_equal(file.thread.items[1].number.v, 151);
    assert_int_equal(file.thread.items[100].number.v, 250);
    assert_int_equal(file.thread.items[199].number.v, 349);
    assert_int_equal(file.next.v, 251);
    assert_int_equal(file.previous.v, 249);
    file = file_of(f, (comment_number){1});
    assert_int_equal(file.thread.count, 101);
    assert_int_equal(file.thread.items[1].number.v, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_off_is_said_until_it_is_done),
        TEST(pending_ones_wait_oldest_first),
        TEST(an_empty_queue_says_so),
        TEST(the_most_reported_come_first),
        TEST(the_refused_are_listed_by_the_decision_that_holds),
        TEST(the_file_shows_the_thread_and_the_neighbours),
        TEST(history_is_by_device_then_address_then_name),
        TEST(a_long_thread_is_shown_around_the_message),
    };
    return cmocka_run_group_tests_name("domain/queue", tests, NULL, NULL);
}
