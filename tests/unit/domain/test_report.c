#include "discussion_fixture.h"

static enum status report(struct fixture *f, const struct report_input *input) {
    report_id id = {0};
    enum status status = WRITE(f, report_submit(f->db, input, &id, &f->error));
    assert_int_equal(status == OK, id.v != 0);
    return status;
}

static struct report_input about(comment_number number, slice fingerprint) {
    return (struct report_input){
        .comment = number, .rule_code = S("insult"), .text = S("Voyez la fin."), .fingerprint = fingerprint};
}

static struct comment_file file_of(struct fixture *f, comment_number number) {
    struct comment_file file;
    assert_int_equal(comment_file_load(f->db, f->arena, number, &file, &f->error), OK);
    return file;
}

static void a_report_counts_and_shows(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct comment before = fixture_get(f, number);
    struct report_input input = about(number, S("reader-1"));
    input.name = S(" Ana ");
    input.email = S("ana@example.org");
    assert_int_equal(report(f, &input), OK);
    assert_int_equal(fixture_get(f, number).report_count, 1);
    assert_int_equal(fixture_get(f, number).version, before.version); /* no decision misses because somebody reports */
    assert_int_equal(fixture_site(f).report_count, 1);
    struct comment_file file = file_of(f, number);
    assert_int_equal(file.report_count, 1);
    assert_slice(file.reports[0].name, "Ana");
    assert_slice(file.reports[0].email, "ana@example.org");
    assert_slice(file.reports[0].rule_code, "insult");
    assert_slice(file.reports[0].state, "open");
}

static void one_open_report_for_each_hand(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct report_input input = about(number, S("reader-1")), another = about(number, S("reader-2"));
    struct report_input nameless = about(number, S(""));
    assert_int_equal(report(f, &input), OK);
    assert_int_equal(report(f, &input), CONFLICT);
    assert_int_equal(report(f, &another), OK);
    assert_int_equal(report(f, &nameless), OK);
    assert_int_equal(report(f, &nameless), OK);
    assert_int_equal(fixture_get(f, number).report_count, 4);
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S("rien"), &f->error)), OK);
    assert_int_equal(fixture_get(f, number).report_count, 0);
    assert_int_equal(fixture_site(f).report_count, 0);
    assert_slice(file_of(f, number).reports[0].state, "dismissed");
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S(""), &f->error)), CONFLICT);
    assert_int_equal(report(f, &input), OK); /* the earlier one is closed */
}

static void only_what_is_published_is_reported(void **state) {
    struct fixture *f = *state;
    comment_number pending = fixture_pending(f, ARTICLE, NOBODY), removed = fixture_published(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_decide(f, removed, ACT_REMOVE), OK);
    struct report_input input = about(pending, S("r"));
    assert_int_equal(report(f, &input), NOT_FOUND);
    input.comment = removed;
    assert_int_equal(report(f, &input), NOT_FOUND);
    input.comment.v = 999;
    assert_int_equal(report(f, &input), NOT_FOUND);
}

static void what_a_reader_types_is_checked(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct report_input input = about(number, S("r"));
    input.rule_code = S("unknown");
    assert_int_equal(report(f, &input), INVALID);
    input = about(number, S("r"));
    input.email = S("not an address");
    assert_int_equal(report(f, &input), INVALID);
    input = about(number, S("r"));
    input.text = S("a\xff");
    assert_int_equal(report(f, &input), INVALID);
    static char text[REPORT_TEXT_MAX + 1];
    memset(text, 'a', sizeof text);
    input.text = slice_make(text, sizeof text);
    assert_int_equal(report(f, &input), INVALID);
    input.text.n--;
    input.rule_code = S("");
    assert_int_equal(report(f, &input), OK);
    input = (struct report_input){.comment = number, .fingerprint = S("r2")};
    assert_int_equal(report(f, &input), INVALID); /* neither rule nor text */
    input.rule_code = S("subject");
    assert_int_equal(report(f, &input), OK);
}

static void decisions_close_reports_and_undo_opens_them(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct report_input input = about(number, S("reader-1"));
    assert_int_equal(report(f, &input), OK);
    assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
    assert_slice(file_of(f, number).reports[0].state, "upheld");
    assert_int_equal(fixture_get(f, number).report_count, 0);
    assert_int_equal(fixture_site(f).report_count, 0);
    assert_int_equal(fixture_undo(f, number), OK);
    assert_slice(file_of(f, number).reports[0].state, "open");
    assert_int_equal(fixture_get(f, number).report_count, 1);
    assert_int_equal(fixture_site(f).report_count, 1);
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S(""), &f->error)), OK);
    assert_int_equal(fixture_undo(f, number), OK); /* a dismissal is a decision, too */
    assert_slice(file_of(f, number).reports[0].state, "open");
    assert_int_equal(fixture_get(f, number).state, COMMENT_PUBLISHED);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK);
    assert_int_equal(fixture_site(f).report_count, 0);
}

static void undone_into_a_refusal_nothing_stays_open(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
    assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
    struct report_input input = about(number, S("reader-1"));
    assert_int_equal(report(f, &input), OK);
    assert_int_equal(fixture_undo(f, number), OK);
    assert_int_equal(fixture_get(f, number).state, COMMENT_REMOVED);
    assert_int_equal(fixture_site(f).report_count, 0);
}

static void a_report_is_journalled_without_who(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct report_input input = about(number, S("reader-1"));
    input.email = S("ana@example.org");
    assert_int_equal(report(f, &input), OK);
    struct journal_list list;
    struct journal_filter filter = {.limit = 1};
    assert_int_equal(journal_list_load(f->db, f->arena, &filter, &list, &f->error), OK);
    assert_slice(list.items[0].act, "report.submit");
    assert_slice(list.items[0].actor, "reader");
    assert_false(slice_contains(list.items[0].data, S("ana@")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_report_counts_and_shows),
        TEST(one_open_report_for_each_hand),
        TEST(only_what_is_published_is_reported),
        TEST(what_a_reader_types_is_checked),
        TEST(decisions_close_reports_and_undo_opens_them),
        TEST(undone_into_a_refusal_nothing_stays_open),
        TEST(a_report_is_journalled_without_who),
    };
    return cmocka_run_group_tests_name("domain/report", tests, NULL, NULL);
}
