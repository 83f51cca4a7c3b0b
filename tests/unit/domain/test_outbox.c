/* A row is one process's at a time, and goes only when its work is done. */
#include "discussion_fixture.h"

#include "domain/follow.h"
#include "domain/outbox.h"
#include "domain/report.h"

enum { LEASE_MS = 60000, NOW = 1700000000 };

static enum status take(struct fixture *f, const char *owner, time_ms now, struct outbox_item *out) {
    struct outbox_claim claim = {slice_of(owner), now, LEASE_MS, 0};
    return WRITE(f, outbox_take(f->db, &claim, out, &f->error));
}

/* A row of kind `follow`, due at NOW. */
static void ask(struct fixture *f, const char *address) {
    struct follow_request request = {.article = ARTICLE,
                                     .email = slice_of(address),
                                     .hash = crypto_sha256(slice_of(address)),
                                     .language = S("fr"),
                                     .now = NOW};
    assert_int_equal(WRITE(f, follow_ask(f->db, f->arena, &request, &f->error)), OK);
}

static struct outbox_figures figures(struct fixture *f) {
    struct outbox_figures out;
    assert_int_equal(outbox_count(f->db, &out, &f->error), OK);
    return out;
}

static void a_row_is_taken_once_until_its_lease_ends(void **state) {
    struct fixture *f = *state;
    struct outbox_item item, other;
    ask(f, "lea@example.net");
    assert_int_equal(take(f, "a", NOW - 1, &item), NOT_FOUND); /* not due */
    assert_int_equal(take(f, "a", NOW, &item), OK);
    assert_int_equal(item.kind, OUTBOX_FOLLOW);
    assert_int_equal(item.article.v, ARTICLE.v);
    assert_int_equal(item.attempts, 0);
    assert_int_equal(take(f, "b", NOW, &other), NOT_FOUND);
    assert_int_equal(take(f, "b", NOW + LEASE_MS, &other), OK); /* a is believed dead */
    assert_int_equal(other.id, item.id);
    assert_int_equal(WRITE(f, outbox_done(f->db, item.id, S("a"), &f->error)), OK); /* too late: not a's any more */
    assert_int_equal(figures(f).waiting, 1);
    assert_int_equal(WRITE(f, outbox_done(f->db, item.id, S("b"), &f->error)), OK);
    assert_int_equal(figures(f).waiting, 0);
}

static void due_ones_come_first_come_first_served(void **state) {
    struct fixture *f = *state;
    struct outbox_item item;
    time_ms next = 0;
    assert_int_equal(outbox_next(f->db, 0, &next, &f->error), OK);
    assert_true(next == INT64_MAX);
    ask(f, "lea@example.net");
    ask(f, "ana@example.net");
    assert_int_equal(outbox_next(f->db, 0, &next, &f->error), OK);
    assert_int_equal(next, NOW);
    assert_int_equal(take(f, "a", NOW, &item), OK);
    int64_t first = item.id;
    assert_int_equal(WRITE(f, outbox_again(f->db, first, S("a"), NOW + 500, true, S("450 later"), &f->error)), OK);
    assert_int_equal(take(f, "a", NOW, &item), OK);
    assert_true(item.id > first);
    assert_int_equal(take(f, "a", NOW + 499, &item), NOT_FOUND);
    assert_int_equal(outbox_next(f->db, 0, &next, &f->error), OK);
    assert_int_equal(next, NOW + 500);
    assert_int_equal(take(f, "a", NOW + 500, &item), OK);
    assert_int_equal(item.id, first);
    assert_int_equal(item.attempts, 1);
    /* that no server could be reached is no attempt of the mail's own */
    assert_int_equal(WRITE(f, outbox_again(f->db, first, S("a"), NOW + 600, false, S("no server"), &f->error)), OK);
    assert_int_equal(take(f, "a", NOW + 600, &item), OK);
    assert_int_equal(item.attempts, 1);
}

static void what_failed_is_kept_to_be_tried_or_forgotten(void **state) {
    struct fixture *f = *state;
    struct outbox_item item;
    struct outbox_list list;
    ask(f, "lea@example.net");
    assert_int_equal(take(f, "a", NOW, &item), OK);
    assert_int_equal(WRITE(f, outbox_fail(f->db, item.id, S("a"), NOW, S("550 no"), &f->error)), OK);
    assert_int_equal(figures(f).failed, 1);
    assert_int_equal(take(f, "a", NOW + LEASE_MS, &item), NOT_FOUND);
    assert_int_equal(outbox_list_load(f->db, f->arena, true, 10, &list, &f->error), OK);
    assert_int_equal(list.count, 1);
    assert_slice(list.items[0].error, "550 no");
    assert_slice(list.items[0].headline, "Le pont");
    assert_int_equal(WRITE(f, outbox_retry_failed(f->db, NOW + 9, CAMILLE, &f->error)), OK);
    assert_int_equal(take(f, "a", NOW + 9, &item), OK);
    assert_int_equal(item.attempts, 0);
    assert_int_equal(WRITE(f, outbox_fail(f->db, item.id, S("a"), NOW + 9, S("550 no"), &f->error)), OK);
    assert_int_equal(WRITE(f, outbox_purge(f->db, NOW + 9, &f->error)), OK); /* not old enough */
    assert_int_equal(figures(f).failed, 1);
    assert_int_equal(WRITE(f, outbox_forget_failed(f->db, CAMILLE, &f->error)), OK);
    assert_int_equal(figures(f).failed, 0);
    ask(f, "ana@example.net");
    assert_int_equal(take(f, "a", NOW + 9, &item), OK);
    assert_int_equal(WRITE(f, outbox_release(f->db, S("c"), &f->error)), OK); /* that had nothing */
    assert_int_equal(take(f, "b", NOW + 9, &item), NOT_FOUND);
    assert_int_equal(WRITE(f, outbox_release(f->db, S("a"), &f->error)), OK); /* a process that has died */
    assert_int_equal(take(f, "b", NOW + 9, &item), OK);
    assert_int_equal(WRITE(f, outbox_release_all(f->db, &f->error)), OK);
    assert_int_equal(take(f, "d", NOW + 9, &item), OK);
}

static int64_t waiting_of(struct fixture *f, enum outbox_kind kind) {
    struct outbox_list list;
    int64_t count = 0;
    assert_int_equal(outbox_list_load(f->db, f->arena, false, 50, &list, &f->error), OK);
    for (size_t i = 0; i < list.count; i++) count += list.items[i].kind == kind;
    return count;
}

static void reports_with_an_address_are_answered(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct report_input input = {
        .comment = number, .rule_code = S("insult"), .fingerprint = S("one"), .email = S("ana@example.org")};
    report_id id, silent;
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &id, &f->error)), OK);
    input.fingerprint = S("two");
    input.email = S("");
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &silent, &f->error)), OK);
    assert_int_equal(waiting_of(f, OUTBOX_RECEIVED), 1);
    assert_int_equal(waiting_of(f, OUTBOX_REPORT), 0);
    assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
    assert_int_equal(waiting_of(f, OUTBOX_REPORT), 1);
    struct outbox_claim claim = {S("a"), clock_now() + 1000, LEASE_MS, 0};
    struct outbox_item item;
    assert_int_equal(WRITE(f, outbox_take(f->db, &claim, &item, &f->error)), OK);
    assert_int_equal(item.kind, OUTBOX_RECEIVED);
    assert_int_equal(item.report.v, id.v);
    struct report report;
    assert_int_equal(report_get(f->db, f->arena, ARTICLE, id, &report, &f->error), OK);
    assert_slice(report.state, "upheld");
    assert_slice(report.told, "");
    assert_int_equal(WRITE(f, report_told(f->db, ARTICLE, id, S("dismissed"), &f->error)), OK); /* it is not so */
    assert_int_equal(report_get(f->db, f->arena, ARTICLE, id, &report, &f->error), OK);
    assert_slice(report.told, "");
    assert_int_equal(WRITE(f, report_told(f->db, ARTICLE, id, S("upheld"), &f->error)), OK);
    assert_int_equal(report_get(f->db, f->arena, ARTICLE, id, &report, &f->error), OK);
    assert_slice(report.told, "upheld");
    assert_int_equal(report_get(f->db, f->arena, OTHER, id, &report, &f->error), NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_row_is_taken_once_until_its_lease_ends),
        TEST(due_ones_come_first_come_first_served),
        TEST(what_failed_is_kept_to_be_tried_or_forgotten),
        TEST(reports_with_an_address_are_answered),
    };
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
