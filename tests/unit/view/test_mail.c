/* Each kind of mail, in both languages: a subject, words for people, links that are whole, nothing left to fill in. */
#include "samples.h"

#include "view/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the first four above it */
#include <cmocka.h>

struct fixture {
    struct samples samples;
    struct buf text, html;
    slice subject;
};

static int open_in(void **state, slice language) {
    struct fixture *f = test_malloc(sizeof *f);
    samples_init(&f->samples, language);
    buf_init(&f->text, 1 << 20);
    buf_init(&f->html, 1 << 20);
    *state = f;
    return 0;
}

static int open_french(void **state) { return open_in(state, S("fr")); }
static int open_english(void **state) { return open_in(state, S("en")); }

static int shut(void **state) {
    struct fixture *f = *state;
    buf_fini(&f->text);
    buf_fini(&f->html);
    samples_fini(&f->samples);
    test_free(f);
    return 0;
}

static bool has(slice text, const char *words) { return memmem(text.p, text.n, words, strlen(words)) != NULL; }

static void write_mail(struct fixture *f, const struct view_mail *mail) {
    struct error error = {0};
    buf_clear(&f->text);
    buf_clear(&f->html);
    if (view_mail_write(&f->samples.context, mail, &f->subject, &f->text, &f->html, &error) != OK)
        fail_msg("%s", error.detail);
    slice parts[] = {f->subject, buf_slice(&f->text), buf_slice(&f->html)};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        assert_true(parts[i].n > 0);
        if (has(parts[i], "{{") || has(parts[i], "}}")) fail_msg("left to fill in: %.*s", SLICE_FMT(parts[i]));
    }
    assert_false(has(f->subject, "{") || has(f->subject, "\n"));
    assert_false(has(parts[1], "&amp;") || has(parts[1], "<p>"));
    assert_false(has(parts[2], "href=\"/") || has(parts[2], "src=") || has(parts[2], "<script"));
    assert_true(has(parts[2], f->samples.french ? "<html lang=\"fr\">" : "<html lang=\"en\">"));
}

static void both_have(struct fixture *f, const char *words) {
    if (!has(buf_slice(&f->text), words)) fail_msg("not in the text: %s\n%.*s", words, SLICE_FMT(buf_slice(&f->text)));
    if (!has(buf_slice(&f->html), words)) fail_msg("not in the HTML: %s\n%.*s", words, SLICE_FMT(buf_slice(&f->html)));
}

static void neither_has(struct fixture *f, const char *words) {
    if (has(buf_slice(&f->text), words) || has(buf_slice(&f->html), words)) fail_msg("said: %s", words);
}

static void each_kind_says_something(void **state) {
    struct fixture *f = *state;
    struct view_comment comment = {
        .number = 71, .name = S("Ana <b>"), .html = samples_comment_html(&f->samples, "Un *avis*.")};
    struct view_mail_message message = {&comment, S("Un *avis*.")};
    for (int kind = 0; kind < VIEW_MAIL_KINDS; kind++) {
        bool is_test = kind == VIEW_MAIL_TEST;
        struct view_mail mail = {.kind = (enum view_mail_kind)kind,
                                 .article = is_test ? NULL : &f->samples.article,
                                 .messages = &message,
                                 .message_count = is_test ? 0 : 1,
                                 .number = 71,
                                 .address = is_test ? S("") : S("/somewhere/x")};
        write_mail(f, &mail);
        assert_true(is_test || has(buf_slice(&f->html), "/somewhere/x\""));
    }
}

static void a_message_is_as_typed_in_the_text_and_set_in_the_html(void **state) {
    struct fixture *f = *state;
    struct view_comment comment = {
        .number = 71, .name = S("Ana <b>"), .html = samples_comment_html(&f->samples, "Un *avis*.")};
    struct view_mail_message message = {&comment, S("Un *avis*.")};
    struct view_mail mail = {.kind = VIEW_MAIL_MESSAGE,
                             .article = &f->samples.article,
                             .messages = &message,
                             .message_count = 1,
                             .address = S("/comments/71"),
                             .manage = S("/follow/x")};
    write_mail(f, &mail);
    assert_true(has(f->subject, "Ana <b>"));
    assert_true(has(buf_slice(&f->text), "Un *avis*.") && has(buf_slice(&f->text), "Ana <b>"));
    assert_true(has(buf_slice(&f->html), "Un <em>avis</em>.") && has(buf_slice(&f->html), "Ana &lt;b&gt;"));
    both_have(f, "/follow/x");
}

static void a_decision_about_a_report_names_redress_where_it_is_not_upheld(void **state) {
    struct fixture *f = *state;
    const char *court = f->samples.french ? "tribunal" : "court";
    struct view_mail mail = {.kind = VIEW_MAIL_REPORT,
                             .article = &f->samples.article,
                             .number = 12,
                             .reported = 71,
                             .rule_title = S("Pas d’insultes"),
                             .reason = S("Une opinion, <rien> de plus."),
                             .address = S("/reports/x")};
    write_mail(f, &mail);
    both_have(f, f->samples.french ? "n’a pas été retenu" : "was not upheld");
    both_have(f, court);
    both_have(f, "#71");
    both_have(f, "Pas d’insultes");
    assert_true(has(buf_slice(&f->text), "Une opinion, <rien> de plus."));
    assert_true(has(buf_slice(&f->html), "Une opinion, &lt;rien&gt; de plus."));
    mail.upheld = true;
    mail.reported = 0;
    write_mail(f, &mail);
    both_have(f, f->samples.french ? "a été retenu" : "was upheld");
    neither_has(f, court);
    neither_has(f, "#71");
    mail.upheld = false;
    mail.withdrawn = true;
    write_mail(f, &mail);
    both_have(f, f->samples.french ? "a retiré le message" : "has withdrawn the message");
    neither_has(f, court);
}

static void a_refusal_gives_its_reason_where_there_is_one(void **state) {
    struct fixture *f = *state;
    struct view_mail mail = {.kind = VIEW_MAIL_REFUSED,
                             .article = &f->samples.article,
                             .number = 71,
                             .address = S("/messages/x"),
                             .stop = S("/messages/x/notices")};
    write_mail(f, &mail);
    neither_has(f, "reason\"><p>");
    both_have(f, "/messages/x/notices");
    slice before = f->subject;
    mail.rule_title = S("Le sujet");
    mail.reason = S("Hors du sujet.");
    mail.removed = true;
    write_mail(f, &mail);
    both_have(f, "Le sujet");
    both_have(f, "Hors du sujet.");
    assert_false(slice_equal(before, f->subject)); /* removed is not refused */
}

static void a_digest_counts(void **state) {
    struct fixture *f = *state;
    struct view_comment comment = {.number = 71, .name = S("Ana"), .html = samples_comment_html(&f->samples, "Oui.")};
    struct view_mail_message messages[] = {{&comment, S("Oui.")}, {&comment, S("Oui.")}};
    struct view_mail mail = {.kind = VIEW_MAIL_DIGEST,
                             .article = &f->samples.article,
                             .messages = messages,
                             .message_count = 2,
                             .address = S("/articles/1")};
    write_mail(f, &mail);
    both_have(f, f->samples.french ? "2 nouveaux messages" : "2 new messages");
    slice without = arena_copy(f->samples.arena, buf_slice(&f->text));
    mail.more = true;
    write_mail(f, &mail);
    assert_true(f->text.n > without.n);
}

#define BOTH(test)                                                                                                     \
    cmocka_unit_test_setup_teardown(test, open_french, shut), cmocka_unit_test_setup_teardown(test, open_english, shut)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(each_kind_says_something),
        BOTH(a_message_is_as_typed_in_the_text_and_set_in_the_html),
        BOTH(a_decision_about_a_report_names_redress_where_it_is_not_upheld),
        BOTH(a_refusal_gives_its_reason_where_there_is_one),
        BOTH(a_digest_counts),
    };
    return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
