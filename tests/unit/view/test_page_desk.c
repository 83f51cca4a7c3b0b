/* The moderators' pages: what is on them, what is not, and that nothing anybody typed gets out of its place. */
#include "samples.h"

#include "view/page_desk_journal.h"
#include "view/page_desk_queue.h"

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the first four before it */
#include <cmocka.h>

#define MINUTE ((time_ms)60 * 1000)
#define HOUR (60 * MINUTE)

static const time_ms now = (time_ms)1641514740 * 1000;
#define EVIL "<script>alert(1)</script>\"'&"
#define EVIL_ESCAPED "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"

struct fixture {
    struct samples samples;
    struct view_viewer viewer;
    struct view_comment comments[20];
    struct view_queue_entry entries[3];
    struct view_check checks[4];
    int64_t repeated;
    struct view_rule rules[11];
    struct view_report_entry reports[2];
    struct view_decision decisions[3];
    struct view_revision revisions[1];
    struct view_case message;
    struct view_desk_queue page;
    struct buf out;
};

static void fill_comments(struct fixture *f) {
    for (size_t i = 0; i < 20; i++) {
        f->comments[i] = (struct view_comment){.number = 100 + (int64_t)i,
                                               .root = i ? 100 : 0,
                                               .parent = i ? 100 : 0,
                                               .parent_name = i ? S("Claire") : S(""),
                                               .state = i == 10 ? VIEW_COMMENT_PENDING : VIEW_COMMENT_PUBLISHED,
                                               .name = S("Claire"),
                                               .title = S(""),
                                               .language = S("fr"),
                                               .website = S(""),
                                               .html = samples_comment_html(&f->samples, "Un *mot* sur le pont."),
                                               .submitted_at = now - HOUR};
    }
}

static void fill_message(struct fixture *f) {
    f->repeated = 77;
    f->checks[0] = (struct view_check){.code = S("links"), .count = 4};
    f->checks[1] = (struct view_check){.code = S("repeated"), .comments = &f->repeated, .comment_count = 1};
    f->checks[2] = (struct view_check){.code = S("capitals")};
    f->checks[3] = (struct view_check){.code = S("of-tomorrow")};
    for (size_t i = 0; i < 11; i++)
        f->rules[i] = (struct view_rule){.code = arena_format(f->samples.arena, "rule-%zu", i + 1),
                                         .title = arena_format(f->samples.arena, "Règle %zu", i + 1)};
    f->reports[0] = (struct view_report_entry){S("Ni injure"),   S("Trop fort."), S("Samir"), S("s@example.org"),
                                               VIEW_REPORT_OPEN, now - MINUTE,    S("")};
    f->reports[1] =
        (struct view_report_entry){S(""), S("Avant."), S(""), S(""), VIEW_REPORT_DISMISSED, now - HOUR, S("")};
    f->decisions[0] = (struct view_decision){.id = 9,
                                             .act = S("publish"),
                                             .to = VIEW_COMMENT_PUBLISHED,
                                             .account_name = S("Maud"),
                                             .rule = S(""),
                                             .note = S(EVIL),
                                             .reason = S(""),
                                             .at = now,
                                             .may_undo = true};
    f->decisions[1] =
        (struct view_decision){.id = 8, .act = S("undo"), .to = VIEW_COMMENT_PENDING, .account_name = S(""), .at = now};
    f->decisions[2] = (struct view_decision){.id = 7,
                                             .act = S("reject"),
                                             .to = VIEW_COMMENT_REJECTED,
                                             .account_name = S("Marc"),
                                             .rule = S("Règle 1"),
                                             .at = now,
                                             .undone = true};
    f->revisions[0] = (struct view_revision){now - HOUR, true, S("Claire"), S(""), S("Avant <b>l'heure</b>")};
    f->message = (struct view_case){.comment = &f->comments[10],
                                    .article = &f->samples.article,
                                    .version = 3,
                                    .charter_version = 2,
                                    .email = S("c@example.org"),
                                    .checks = f->checks,
                                    .check_count = 4,
                                    .thread = f->comments,
                                    .thread_count = 20,
                                    .history = {.basis = VIEW_HISTORY_DEVICE,
                                                .published = 12,
                                                .spam = 1,
                                                .latest = &f->comments[3],
                                                .latest_count = 2},
                                    .reports = f->reports,
                                    .report_count = 2,
                                    .open_reports = 1,
                                    .decisions = f->decisions,
                                    .decision_count = 3,
                                    .revisions = f->revisions,
                                    .revision_count = 1,
                                    .rules = f->rules,
                                    .rule_count = 11,
                                    .may_publish = true,
                                    .may_reject = true,
                                    .may_spam = true,
                                    .next = 111,
                                    .opened_by = S(""),
                                    .note = S(""),
                                    .reason = S("")};
}

static int open_in(void **state, slice language) {
    struct fixture *f = test_calloc(1, sizeof *f);
    samples_init(&f->samples, language);
    f->viewer = (struct view_viewer){S("Maud"), S("the-token"), false, false, 1234};
    f->samples.context.viewer = &f->viewer;
    fill_comments(f);
    fill_message(f);
    for (size_t i = 0; i < 3; i++)
        f->entries[i] = (struct view_queue_entry){.comment = &f->comments[10 + i],
                                                  .version = 3,
                                                  .headline = S("Le pont"),
                                                  .opened_by = i == 2 ? S("Marc") : S("")};
    f->page = (struct view_desk_queue){.list = {.entries = f->entries,
                                                .count = 3,
                                                .more = true,
                                                .article_headline = S(""),
                                                .pending_count = 1234,
                                                .report_count = 0,
                                                .oldest_pending = now - HOUR},
                                       .message = &f->message,
                                       .now = now};
    buf_init(&f->out, (size_t)4 * 1024 * 1024);
    *state = f;
    return 0;
}

static int open_french(void **state) { return open_in(state, S("fr")); }
static int open_english(void **state) { return open_in(state, S("en")); }

static int shut(void **state) {
    struct fixture *f = *state;
    buf_fini(&f->out);
    samples_fini(&f->samples);
    test_free(f);
    return 0;
}

static bool has(struct fixture *f, const char *needle) { return slice_contains(buf_slice(&f->out), slice_of(needle)); }
static void assert_has(struct fixture *f, const char *needle) {
    if (!has(f, needle)) fail_msg("not on the page: %s", needle);
}
static void assert_has_not(struct fixture *f, const char *needle) {
    if (has(f, needle)) fail_msg("on the page: %s", needle);
}

static int count(struct fixture *f, const char *xpath) {
    htmlDocPtr doc = htmlReadMemory(f->out.p, (int)f->out.n, "page", "utf-8",
                                    HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    assert_non_null(doc);
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr object = xmlXPathEvalExpression((const xmlChar *)xpath, context);
    assert_non_null(object);
    int n = object->nodesetval ? object->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return n;
}

#define CLASS(name) "contains(concat(' ', @class, ' '), ' " name " ')"

static void check_page(struct fixture *f, enum status status) {
    assert_int_equal(status, OK);
    assert_int_equal(f->out.status, OK);
    assert_int_equal(count(f, "//main"), 1);
    assert_int_equal(count(f, "//h1"), 1);
    assert_int_equal(count(f, "//meta[@name='robots'][@content='noindex']"), 1);
    assert_int_equal(count(f, "//*[@style] | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]"), 0);
    /* Every form that acts carries the token. */
    assert_int_equal(count(f, "//form[@method='post'][not(.//input[@name='csrf'][@value='the-token'])]"), 0);
    assert_has_not(f, "{{");
    assert_has_not(f, "(null)");
}

static void render(struct fixture *f) {
    struct error error = {OK, ""};
    buf_clear(&f->out);
    enum status status = view_desk_queue(&f->samples.context, &f->page, &f->out, &error);
    if (status != OK) print_error("%s\n", error.detail);
    check_page(f, status);
}

static void queue_lists_messages_with_what_is_known(void **state) {
    struct fixture *f = *state;
    render(f);
    assert_int_equal(count(f, "//article[" CLASS("line") "]"), 3);
    assert_int_equal(count(f, "//input[@name='numbers'][@value='110:3']"), 1);
    assert_int_equal(count(f, "//article[" CLASS("current") "][@data-number='110']"), 1);
    assert_int_equal(count(f, "//*[@data-open='112'][not(@hidden)]"), 1);
    assert_int_equal(count(f, "//*[@data-open='111'][@hidden]"), 1);
    assert_int_equal(count(f, "//a[@href='/moderation?after=112']"), 1);
    assert_has(f, "1,234");
    /* Nobody is reported: the count is there for desk.js, but is not shown. */
    assert_int_equal(count(f, "//ul[" CLASS("tabs") "]//*[@data-count='reported'][@hidden]"), 1);
}

static void filter_goes_along_everywhere(void **state) {
    struct fixture *f = *state;
    f->page.list.filter = (struct view_queue_filter){VIEW_QUEUE_REPORTED, 7};
    f->page.list.article_headline = S("Le pont");
    render(f);
    assert_int_equal(
        count(f, "//section[@data-queue='reported']//a[@href='/moderation/comments/111?queue=reported&article=7']"), 1);
    assert_int_equal(count(f, "//form[not(" CLASS("several") ")]//input[@name='queue'][@value='reported']"),
                     count(f, "//main//form[@method='post'][not(" CLASS("several") ")]"));
    assert_int_equal(count(f, "//a[@href='/moderation?queue=reported']"), 1); /* all articles: the tab keeps this one */
    assert_int_equal(count(f, "//button[@name='act'][@value='dismiss']"), 1);
    assert_int_equal(count(f, "//form[" CLASS("several") "]//button[@value='publish']"), 0);
}

static void message_shows_its_acts_by_its_state(void **state) {
    struct fixture *f = *state;
    render(f);
    assert_int_equal(count(f, "//form[" CLASS("acts") "][@action='/moderation/comments/110/decide']"), 1);
    assert_int_equal(count(f, "//form[" CLASS("acts") "]//input[@name='version'][@value='3']"), 1);
    assert_int_equal(count(f, "//button[@data-key='p'][@value='publish']/kbd"), 1);
    assert_int_equal(count(f, "//button[starts-with(@value, 'reject')]"), 13); /* 11 rules, none, and for several */
    assert_int_equal(count(f, "//button[@data-rule='9'][@value='reject:rule-9']"), 1);
    assert_int_equal(count(f, "//button[@value='reject:rule-10'][@data-rule]"), 0);
    assert_int_equal(count(f, "//a[@rel='next'][@href='/moderation/comments/111']"), 1);
    assert_int_equal(count(f, "//a[@data-key='k']"), 0);
    f->message.may_publish = f->message.may_reject = false;
    f->message.may_remove = true;
    render(f);
    assert_int_equal(count(f, "//form[" CLASS("acts") "]//button[@value='publish']"), 0);
    assert_int_equal(count(f, "//form[" CLASS("acts") "]//button[starts-with(@value, 'remove')]"), 12);
}

static void message_stands_in_its_thread(void **state) {
    struct fixture *f = *state;
    render(f);
    /* Of twenty, the root and nine around the message are open, the rest folds in two places. */
    assert_int_equal(count(f, "//article[" CLASS("standing") "]"), 20);
    assert_int_equal(count(f, "//article[" CLASS("standing") "][@aria-current]"), 1);
    assert_int_equal(count(f, "//details/article[" CLASS("standing") "]"), 10);
    assert_int_equal(count(f, "//blockquote[" CLASS("case-answered") "]"), 1);
    f->message.thread_count = 1;
    render(f);
    assert_int_equal(count(f, "//article[" CLASS("standing") "]"), 0);
}

static void message_tells_what_is_looked_at_later(void **state) {
    struct fixture *f = *state;
    render(f);
    assert_int_equal(count(f, "//section[" CLASS("case") "]/p[contains(., 'still being looked at')]"), 0);
    f->message.looked_at_later = true;
    render(f);
    assert_int_equal(count(f, "//section[" CLASS("case") "]/p[contains(., 'still being looked at')]"), 1);
}

static void message_tells_checks_reports_decisions_versions(void **state) {
    struct fixture *f = *state;
    render(f);
    assert_has(f, "4 links");
    assert_int_equal(count(f, "//ul[" CLASS("case-checks") "]//a[@href='/moderation/comments/77']"), 1);
    assert_has(f, "of-tomorrow"); /* a check that the view does not know is not hidden */
    assert_has(f, "Ni injure");
    assert_has(f, "Something else");
    assert_int_equal(count(f, "//form[@action='/moderation/comments/110/dismiss']"), 1);
    assert_has(f, "Published by Maud");
    assert_has(f, "Decision undone by Palabre");
    assert_int_equal(count(f, "//li[" CLASS("undone") "]"), 1);
    assert_int_equal(count(f, "//form[@action='/moderation/comments/110/undo']//input[@name='decision'][@value='9']"),
                     1);
    assert_has(f, "Avant &lt;b&gt;l&#39;heure&lt;/b&gt;");
    assert_has(f, "12 published");
}

static void nothing_typed_gets_out(void **state) {
    struct fixture *f = *state;
    f->comments[10].name = f->comments[10].title = f->comments[10].parent_name = S(EVIL);
    f->message.email = f->message.note = f->message.reason = f->message.opened_by = S(EVIL);
    f->comments[10].website = S("javascript:alert(1)");
    f->reports[0].rule = f->reports[0].text = f->reports[0].name = S(EVIL);
    f->revisions[0].text = S(EVIL);
    f->rules[0].title = f->rules[0].code = S(EVIL);
    f->entries[0].headline = f->entries[0].opened_by = S(EVIL);
    f->viewer.display_name = S(EVIL);
    render(f);
    assert_has_not(f, "<script>alert");
    assert_has_not(f, "javascript:");
    assert_has(f, EVIL_ESCAPED);
    assert_int_equal(count(f, "//button[@value=\"reject:<script>alert(1)</script>&quot;\"]"), 0);
}

static void notices_say_what_was_done_and_what_was_not(void **state) {
    struct fixture *f = *state;
    struct view_done done[2] = {{110, 9, S("publish"), VIEW_COMMENT_PUBLISHED, true},
                                {111, 10, S("publish"), VIEW_COMMENT_PUBLISHED, true}};
    struct view_late late = {112, S("Marc"), VIEW_COMMENT_SPAM, now - 3 * MINUTE};
    f->page.done = done;
    f->page.done_count = 1;
    render(f);
    assert_has(f, "Message #110 published.");
    assert_int_equal(count(f, "//*[@id='notices'][@role='status']//form[@action='/moderation/undo']"), 1);
    f->page.done_count = 2;
    f->page.late = &late;
    f->page.late_count = 1;
    render(f);
    assert_has(f, "2 messages published.");
    assert_int_equal(count(f, "//*[@id='notices']//input[@name='decision'][@value='111:10']"), 1);
    assert_has(f, "Marc marked message #112 as spam, 3 minutes ago.");
    done[0] = (struct view_done){110, 11, S("undo"), VIEW_COMMENT_PENDING, false};
    f->page.done_count = 1;
    render(f);
    assert_has(f, "Decision undone: message #110 is waiting again.");
    assert_int_equal(count(f, "//*[@id='notices']//form"), 0);
}

static void too_late_gives_the_words_back(void **state) {
    struct fixture *f = *state;
    struct view_late late = {110, S("Marc"), VIEW_COMMENT_PUBLISHED, now};
    f->message.late = &late;
    f->message.note = S("ma note");
    f->message.reason = S("mon motif");
    render(f);
    assert_has(f, "Marc published message #110, just now.");
    assert_int_equal(count(f, "//p[@id='overtaken']"), 1);
    assert_int_equal(count(f, "//details[" CLASS("acts-words") "][@open]"), 1);
    assert_has(f, "ma note</textarea>");
    assert_has(f, "mon motif</textarea>");
}

static void empty_queue_is_calm(void **state) {
    struct fixture *f = *state;
    f->page.message = NULL;
    f->page.list = (struct view_queue_list){.article_headline = S("")};
    render(f);
    assert_int_equal(count(f, "//section[" CLASS("nothing") "]"), 1);
    assert_int_equal(count(f, "//*[" CLASS("several-acts") "]"), 0);
}

static void navigation_follows_the_rights(void **state) {
    struct fixture *f = *state;
    render(f);
    assert_int_equal(count(f, "//nav//a"), 4);
    f->viewer.may_edit = true;
    render(f);
    assert_int_equal(count(f, "//nav//a"), 6);
    f->viewer.may_administer = true;
    render(f);
    assert_int_equal(count(f, "//nav//a"), 11);
    assert_int_equal(count(f, "//nav//a[@aria-current]"), 1);
}

static void french_is_french(void **state) {
    struct fixture *f = *state;
    struct view_done done = {110, 9, S("publish"), VIEW_COMMENT_PUBLISHED, true};
    f->page.done = &done;
    f->page.done_count = 1;
    render(f);
    assert_has(f, "<html lang=\"fr\"");
    assert_has(f, "Message #110 publié.");
    assert_has(f, "Annuler la décision");
    assert_has(f, "4 liens");
    assert_has(f, "il y a une heure");
    assert_has(f, "Indésirable");
    assert_has_not(f, ">Publish");
    assert_has_not(f, "Reject");
}

static void editing_keeps_what_was_typed(void **state) {
    struct fixture *f = *state;
    struct error error = {OK, ""};
    struct view_problem problem = {VIEW_FIELD_TEXT, VIEW_FAULT_TOO_LONG, 5};
    struct view_late late = {110, S(""), VIEW_COMMENT_PENDING, now};
    struct view_desk_edit page = {.comment = &f->comments[10],
                                  .article = &f->samples.article,
                                  .version = 4,
                                  .name = S("Claire"),
                                  .title = S(EVIL),
                                  .text = S("\n" EVIL),
                                  .note = S("n"),
                                  .late = &late,
                                  .problems = &problem,
                                  .problem_count = 1,
                                  .now = now};
    check_page(f, view_desk_edit(&f->samples.context, &page, &f->out, &error));
    assert_has(f, "Its author changed message #110, just now.");
    assert_int_equal(count(f, "//textarea[@name='text'][@aria-invalid='true']"), 1);
    assert_int_equal(count(f, "//input[@name='version'][@value='4']"), 1);
    assert_has_not(f, "<script>alert");
}

static void journal_shows_every_row(void **state) {
    struct fixture *f = *state;
    struct error error = {OK, ""};
    struct view_journal_datum data[] = {{S("rule"), S(EVIL)}, {S("from"), S("pending")}};
    struct view_journal_row rows[] = {{.id = 9,
                                       .chain = 3,
                                       .sequence = 2,
                                       .at = now,
                                       .actor = S("account:1"),
                                       .actor_name = S("Maud"),
                                       .act = S("comment.publish"),
                                       .subject = S("comment:110"),
                                       .hash = S("0123456789abcdef"),
                                       .data = data,
                                       .data_count = 2},
                                      {.id = 8,
                                       .at = now,
                                       .actor = S("system"),
                                       .actor_name = S(""),
                                       .act = S("thing.unknown"),
                                       .subject = S("site"),
                                       .hash = S("ff")},
                                      {.id = 7,
                                       .at = now,
                                       .actor = S("reader"),
                                       .actor_name = S(""),
                                       .act = S("follow.begin"),
                                       .subject = S("subscription:4"),
                                       .hash = S("fe")}};
    struct view_desk_journal page = {
        .subject = S(EVIL), .rows = rows, .count = ARRAY_COUNT(rows), .more = true, .now = now};
    check_page(f, view_desk_journal(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(count(f, "//tbody/tr"), ARRAY_COUNT(rows));
    assert_has(f, "discussion followed by e-mail");
    assert_has(f, "subscription no. 4");
    assert_has(f, "message published");
    assert_has(f, "thing.unknown");
    assert_has(f, ">message no. 110</a>");
    assert_has(f, "<dt>state before</dt><dd>Pending</dd>");
    assert_has(f, "before=7");
    assert_int_equal(count(f, "//td/a[@href='/moderation/comments/110']"), 1);
    assert_has_not(f, "<script>alert");
}

static void sessions_name_their_browsers(void **state) {
    struct fixture *f = *state;
    struct error error = {OK, ""};
    struct view_session sessions[] = {
        {1, S("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), now, now, now + HOUR, true},
        {2,
         S("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130"),
         now, now, now + HOUR, false},
        {3, S("curl/8.0"), now, now, now + HOUR, false},
        {4, S(""), now, now, now + HOUR, false}};
    struct view_desk_sessions page = {sessions, 4, VIEW_SESSIONS_CLOSED, now};
    check_page(f, view_desk_sessions(&f->samples.context, &page, &f->out, &error));
    assert_has(f, "Firefox, Linux");
    assert_has(f, "Edge, Windows");
    assert_has(f, "curl/8.0");
    assert_int_equal(count(f, "//button[@name='session']"), 5);
}

static void presence_is_json(void **state) {
    struct fixture *f = *state;
    struct view_late late = {110, S("Ma\"ud"), VIEW_COMMENT_PUBLISHED, now};
    struct view_presence presence = {.pending_count = 7,
                                     .report_count = 1,
                                     .open = &f->entries[2],
                                     .open_count = 1,
                                     .number = 110,
                                     .version = 4,
                                     .late = &late,
                                     .now = now};
    view_desk_presence(&f->samples.context, &presence, &f->out);
    assert_true(slice_equal(
        buf_slice(&f->out),
        S("{\"pending\":\"7\",\"reported\":\"1\",\"open\":[{\"number\":112,\"text\":\"Marc has it open\"}],"
          "\"message\":{\"number\":110,\"version\":4,\"text\":\"Ma\\\"ud published message #110, just now.\"}}")));
}

static void queues_have_names(void **state) {
    enum view_queue queue;
    (void)state;
    assert_true(view_queue_parse(S("decided"), &queue));
    assert_int_equal(queue, VIEW_QUEUE_DECIDED);
    assert_false(view_queue_parse(S(""), &queue));
    assert_true(slice_equal(view_queue_name(VIEW_QUEUE_PENDING), S("pending")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(queue_lists_messages_with_what_is_known, open_english, shut),
        cmocka_unit_test_setup_teardown(filter_goes_along_everywhere, open_english, shut),
        cmocka_unit_test_setup_teardown(message_shows_its_acts_by_its_state, open_english, shut),
        cmocka_unit_test_setup_teardown(message_stands_in_its_thread, open_english, shut),
        cmocka_unit_test_setup_teardown(message_tells_checks_reports_decisions_versions, open_english, shut),
        cmocka_unit_test_setup_teardown(message_tells_what_is_looked_at_later, open_english, shut),
        cmocka_unit_test_setup_teardown(nothing_typed_gets_out, open_english, shut),
        cmocka_unit_test_setup_teardown(notices_say_what_was_done_and_what_was_not, open_english, shut),
        cmocka_unit_test_setup_teardown(too_late_gives_the_words_back, open_english, shut),
        cmocka_unit_test_setup_teardown(empty_queue_is_calm, open_english, shut),
        cmocka_unit_test_setup_teardown(navigation_follows_the_rights, open_english, shut),
        cmocka_unit_test_setup_teardown(french_is_french, open_french, shut),
        cmocka_unit_test_setup_teardown(editing_keeps_what_was_typed, open_english, shut),
        cmocka_unit_test_setup_teardown(journal_shows_every_row, open_english, shut),
        cmocka_unit_test_setup_teardown(sessions_name_their_browsers, open_english, shut),
        cmocka_unit_test_setup_teardown(presence_is_json, open_english, shut),
        cmocka_unit_test(queues_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
