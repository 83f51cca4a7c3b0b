#include "discussion_fixture.h"

#include "domain/report.h"

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
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S("rien"), S(""), &f->error)), OK);
    assert_int_equal(fixture_get(f, number).report_count, 0);
    assert_int_equal(fixture_site(f).report_count, 0);
    assert_slice(file_of(f, number).reports[0].state, "dismissed");
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S(""), S(""), &f->error)), CONFLICT);
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
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S(""), S(""), &f->error)), OK);
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

static void answers_reach_whoever_reported(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct report_input input = about(number, S("reader-1"));
    struct report found;
    input.secret = S("receipt-1");
    assert_int_equal(report(f, &input), OK);
    assert_int_equal(report_find_secret(f->db, f->arena, S("receipt-1"), &found, &f->error), OK);
    assert_slice(found.state, "open");
    assert_int_equal(found.comment.v, number.v);
    assert_int_equal(found.closed_at, 0);
    assert_int_equal(WRITE(f, decision_dismiss_reports(f->db, number, SACHA, S("note"), S("Il reste."), &f->error)),
                     OK);
    assert_int_equal(report_find_secret(f->db, f->arena, S("receipt-1"), &found, &f->error), OK);
    assert_slice(found.state, "dismissed");
    assert_slice(found.answer, "Il reste.");
    assert_true(found.closed_at > 0);
    assert_int_equal(fixture_undo(f, number), OK);
    assert_int_equal(report_find_secret(f->db, f->arena, S("receipt-1"), &found, &f->error), OK);
    assert_slice(found.state, "open");
    assert_slice(found.answer, "");
    struct decision_order order = {
        .number = number, .act = ACT_REMOVE, .by = SACHA, .reason = S("Injure."), .answer = S("Merci.")};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(WRITE(f, decision_make(f->db, f->arena, &order, &result, &other, &f->error)), OK);
    assert_int_equal(report_find_secret(f->db, f->arena, S("receipt-1"), &found, &f->error), OK);
    assert_slice(found.state, "upheld");
    assert_slice(found.answer, "Merci.");
    assert_int_equal(report_find_secret(f->db, f->arena, S("receipt-2"), &found, &f->error), NOT_FOUND);
    assert_int_equal(report_find_secret(f->db, f->arena, S(""), &found, &f->error), NOT_FOUND);
}

static void articles_are_reported_and_answered(void **state) {
    struct fixture *f = *state;
    struct report_input input = {
        .article = ARTICLE, .rule_code = S("insult"), .text = S("Le titre."), .fingerprint = S("a"), .secret = S("r")};
    report_id id = {0};
    struct report *list, found;
    size_t count;
    int64_t open;
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &id, &f->error)), OK);
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &id, &f->error)), CONFLICT);
    input.fingerprint = S("b");
    input.secret = S("r2");
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &id, &f->error)), OK);
    input.article = DRAFT;
    assert_int_equal(WRITE(f, report_submit(f->db, &input, &id, &f->error)), NOT_FOUND);
    assert_int_equal(fixture_site(f).report_count, 2);
    assert_int_equal(report_list_articles(f->db, f->arena, 10, &list, &count, &f->error), OK);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].article.v, ARTICLE.v);
    assert_int_equal(list[0].comment.v, 0);
    assert_int_equal(WRITE(f, report_close(f->db, list[0].id, true, S("Corrigé."), SACHA, &f->error)), OK);
    assert_int_equal(WRITE(f, report_close(f->db, list[0].id, false, S(""), SACHA, &f->error)), CONFLICT);
    assert_int_equal(WRITE(f, report_close(f->db, (report_id){999}, true, S(""), SACHA, &f->error)), NOT_FOUND);
    assert_int_equal(WRITE(f, report_close(f->db, list[1].id, true, S("a\x01"), SACHA, &f->error)), INVALID);
    assert_int_equal(report_count_articles(f->db, &open, &f->error), OK);
    assert_int_equal(open, 1);
    assert_int_equal(fixture_site(f).report_count, 1);
    assert_int_equal(report_find_secret(f->db, f->arena, S("r"), &found, &f->error), OK);
    assert_slice(found.state, "upheld");
    assert_slice(found.answer, "Corrigé.");
    assert_int_equal(
        fixture_sql(f, "SELECT count(*) FROM journal WHERE act = 'report.uphold' AND subject = 'article:1'"), 1);
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
        TEST(answers_reach_whoever_reported),
        TEST(articles_are_reported_and_answered),
        TEST(a_report_is_journalled_without_who),
    };
    return cmocka_run_group_tests_name("domain/report", tests, NULL, NULL);
}
