/* The editors' and administrators' pages: what is on them in each state, and that nothing typed gets out of its place. */
#include "samples.h"

#include "view/page_desk_edit.h"
#include "view/page_desk_edit_account.h"
#include "view/page_desk_edit_charter.h"
#include "view/page_desk_edit_site.h"

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the first four before it */
#include <cmocka.h>

#define EVIL "<script>alert(1)</script>\"'&"
#define EVIL_ESCAPED "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"

static const time_ms now = (time_ms)1641514740 * 1000;

struct fixture {
    struct samples samples;
    struct view_viewer viewer;
    struct view_article_form form;
    struct view_article_status status;
    struct buf out;
};

static int open_in(void **state, slice language) {
    struct fixture *f = test_calloc(1, sizeof *f);
    samples_init(&f->samples, language);
    buf_init(&f->out, (size_t)8 * 1024 * 1024);
    f->viewer = (struct view_viewer){
        .display_name = S("Edith"), .csrf = S("csrf-of-edith"), .may_edit = true, .may_administer = true};
    f->samples.context.viewer = &f->viewer;
    f->form = (struct view_article_form){.id = 7,
                                         .revision = 3,
                                         .headline = S(EVIL),
                                         .standfirst = S(EVIL),
                                         .byline = S(EVIL),
                                         .body = S(EVIL),
                                         .section = S("culture"),
                                         .language = S("fr"),
                                         .kind = S("article"),
                                         .source_url = S(""),
                                         .source_site = S(EVIL),
                                         .source_author = S(EVIL),
                                         .source_title = S(EVIL),
                                         .source_date = S("2022-01-07"),
                                         .moderation = S("post"),
                                         .discussion = S("closed"),
                                         .was_moderation = S(""),
                                         .was_discussion = S("open")};
    f->status = (struct view_article_status){.state = VIEW_ARTICLE_PUBLISHED,
                                             .effective = VIEW_MODERATION_POST,
                                             .accepts_comments = true,
                                             .comment_count = 2,
                                             .pending_count = 1,
                                             .published_at = now,
                                             .changed_at = now};
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

/* How many nodes an XPath finds on the page. */
static int found(struct fixture *f, const char *path) {
    htmlDocPtr document = htmlReadMemory(f->out.p, (int)f->out.n, NULL, "utf-8",
                                         HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    xmlXPathContextPtr context = xmlXPathNewContext(document);
    xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)path, context);
    assert_non_null(result);
    int count = result->nodesetval ? result->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(result);
    xmlXPathFreeContext(context);
    xmlFreeDoc(document);
    return count;
}

static bool holds(const struct fixture *f, const char *text) {
    return slice_contains(buf_slice(&f->out), slice_of(text));
}

/* Every form that acts carries the token; nothing that was typed became markup. */
static void check_page(struct fixture *f, enum status status) {
    assert_int_equal(status, OK);
    assert_int_equal(found(f, "//form[@method='post'][not(input[@name='csrf'][@value='csrf-of-edith'])]"), 0);
    assert_int_equal(found(f, "//script[not(@src)][not(@type='application/ld+json')]"), 0);
    assert_int_equal(found(f, "//*[@style or @onclick or @onerror]"), 0);
    assert_int_equal(found(f, "//h1"), 1);
    assert_false(holds(f, "<script>alert"));
}

static enum status show(struct fixture *f, const struct view_desk_article *page) {
    struct error error;
    buf_clear(&f->out);
    return view_desk_article(&f->samples.context, page, &f->out, &error);
}

/* --- Articles ----------------------------------------------------------------------------------------------------- */

static void gives_each_state_its_buttons(void **state) {
    struct fixture *f = *state;
    static const struct {
        enum view_article_state state;
        const char *actions[5];
    } cases[] = {{VIEW_ARTICLE_DRAFT, {"preview", "save", "publish"}},
                 {VIEW_ARTICLE_PUBLISHED, {"preview", "save", "draft", "withdraw"}},
                 {VIEW_ARTICLE_WITHDRAWN, {"preview", "save", "publish"}}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        f->status.state = cases[i].state;
        struct view_desk_article page = {.form = &f->form, .status = &f->status, .slug = S("le-pont"), .now = now};
        check_page(f, show(f, &page));
        int expected = 0;
        for (; cases[i].actions[expected]; expected++) {
            char path[100];
            snprintf(path, sizeof path, "//button[@name='action'][@value='%s']", cases[i].actions[expected]);
            assert_int_equal(found(f, path), 1);
        }
        assert_int_equal(found(f, "//button[@name='action'][@value!='read']"), expected);
        assert_int_equal(found(f, "//button[@name='action'][@value='read']"), 1);
        assert_int_equal(found(f, "//form[@id='form']//button[contains(@class, 'primary')]"), 1);
    }
}

static void keeps_what_was_typed(void **state) {
    struct fixture *f = *state;
    struct view_desk_article page = {.form = &f->form, .status = &f->status, .slug = S("le-pont"), .now = now};
    check_page(f, show(f, &page));
    assert_true(holds(f, "name=\"headline\" value=\"" EVIL_ESCAPED "\""));
    assert_int_equal(found(f, "//input[@name='revision'][@value='3']"), 1);
    assert_int_equal(found(f, "//input[@name='was_discussion'][@value='open']"), 1);
    assert_int_equal(found(f, "//input[@name='discussion'][@value='closed'][@checked]"), 1);
    assert_int_equal(found(f, "//select[@name='moderation']/option[@value='post'][@selected]"), 1);
    assert_int_equal(found(f, "//select[@name='language']/option[@value='fr'][@selected]"), 1);
    f->form.language = S("pt-BR"); /* imported */
    check_page(f, show(f, &page));
    assert_int_equal(found(f, "//select[@name='language']/option[@value='pt-BR'][@selected]"), 1);
}

static void says_what_is_wrong_beside_the_field(void **state) {
    struct fixture *f = *state;
    static const enum view_field fields[] = {VIEW_FIELD_HEADLINE,     VIEW_FIELD_STANDFIRST,   VIEW_FIELD_BYLINE,
                                             VIEW_FIELD_BODY,         VIEW_FIELD_SECTION,      VIEW_FIELD_LANGUAGE,
                                             VIEW_FIELD_SOURCE_URL,   VIEW_FIELD_SOURCE_SITE,  VIEW_FIELD_SOURCE_DATE,
                                             VIEW_FIELD_SOURCE_TITLE, VIEW_FIELD_SOURCE_AUTHOR};
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        struct view_problem problem = {fields[i], VIEW_FAULT_TOO_LONG, 200};
        f->form.problems = &problem;
        f->form.problem_count = 1;
        struct view_desk_article page = {.form = &f->form, .now = now};
        check_page(f, show(f, &page));
        char path[200];
        slice name = view_field_name(fields[i]);
        snprintf(path, sizeof path, "//*[@id='field-%.*s'][@aria-invalid='true'][@name='%.*s']", SLICE_FMT(name),
                 SLICE_FMT(name));
        assert_int_equal(found(f, path), 1);
        snprintf(path, sizeof path, "//*[@id='wrong-%.*s'][contains(., '200')]", SLICE_FMT(name));
        assert_int_equal(found(f, path), 1);
        snprintf(path, sizeof path, "//*[@id='problems']//a[@href='#field-%.*s']", SLICE_FMT(name));
        assert_int_equal(found(f, path), 1);
    }
}

static void shows_a_colleagues_text_beside_ones_own(void **state) {
    struct fixture *f = *state;
    const struct view_article_conflict conflict = {S("Marc"), now - 60000, S("Autre"), S(""), S(EVIL)};
    struct view_desk_article page = {
        .form = &f->form, .status = &f->status, .slug = S("x"), .conflict = &conflict, .now = now};
    check_page(f, show(f, &page));
    assert_int_equal(found(f, "//*[@role='alert'][contains(., 'Marc')]//pre"), 1);
    page.conflict = NULL;
    check_page(f, show(f, &page));
    assert_int_equal(found(f, "//*[@role='alert']"), 0);
}

static void lists_articles_with_their_switch(void **state) {
    struct fixture *f = *state;
    struct error error;
    struct view_article_row rows[2] = {{&f->samples.article, f->status}, {&f->samples.excerpt, f->status}};
    rows[1].status.state = VIEW_ARTICLE_DRAFT;
    rows[1].status.discussion_closed = true;
    struct view_desk_articles page = {
        .rows = rows, .count = 2, .more = true, .here = S("/moderation/articles"), .now = now};
    check_page(f, view_desk_articles(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//li[contains(@class, 'desk-item')]"), 2);
    assert_int_equal(found(f, "//button[@name='discussion'][@value='closed']"), 1);
    assert_int_equal(found(f, "//button[@name='discussion'][@value='open']"), 1);
    assert_int_equal(found(f, "//a[contains(@href, '/moderation/articles?before=')]"), 1);
    assert_int_equal(found(f, "//a[contains(@href, '/moderation?article=')]"), 2); /* what waits */
}

static void previews_the_readers_page(void **state) {
    struct fixture *f = *state;
    struct error error;
    struct view_article_preview page = {.article = &f->samples.article, .state = VIEW_ARTICLE_DRAFT, .form = &f->form};
    check_page(f, view_article_preview(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//h1[contains(@class, 'p-name')]"), 1);
    assert_int_equal(found(f, "//div[contains(@class, 'e-content')]"), 1);
    assert_int_equal(found(f, "//meta[@name='robots'][@content='noindex']"), 1);
    assert_int_equal(found(f, "//*[@id='comments']"), 0);
    assert_true(holds(f, "name=\"body\" value=\"" EVIL_ESCAPED "\""));
    assert_int_equal(found(f, "//button[@name='action'][@value='edit']"), 1);
    buf_clear(&f->out);
    page.form = NULL;
    page.id = 7;
    check_page(f, view_article_preview(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//button[@name='action']"), 0);
    assert_int_equal(found(f, "//a[@href='/moderation/articles/7']"), 1);
}

/* --- The house ---------------------------------------------------------------------------------------------------- */

static void orders_sections(void **state) {
    struct fixture *f = *state;
    struct error error;
    const struct view_section_row rows[] = {{1, S("a"), S("A"), S(EVIL), S("fr"), S("")},
                                            {2, S("b"), S(EVIL), S(""), S("en"), S("closed")},
                                            {3, S("c"), S("C"), S(""), S("fr"), S("post")}};
    struct view_desk_sections page = {.rows = rows, .count = 3};
    check_page(f, view_desk_sections(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//button[@name='up']"), 2);
    assert_int_equal(found(f, "//button[@name='down']"), 2);
    assert_int_equal(found(f, "//ol/li[1]//button[@name='up']"), 0);
    assert_int_equal(found(f, "//ol/li[3]//button[@name='down']"), 0);
}

static void says_what_is_wrong_in_a_rule(void **state) {
    struct fixture *f = *state;
    struct error error;
    const struct view_charter_text texts[2] = {{S(EVIL), S(EVIL), S(EVIL)}, {S(""), S(""), S("")}};
    const struct view_charter_rule rules[2] = {{S("insult"), S("high"), texts}, {S(""), S("low"), texts}};
    const slice introductions[2] = {S_INIT(EVIL), S_INIT("")};
    const struct view_charter_problem problems[] = {
        {{VIEW_FIELD_TITLE, VIEW_FAULT_EMPTY, 0}, 1, 0},
        {{VIEW_FIELD_CODE, VIEW_FAULT_TAKEN, 0}, 0, 1},
        {{VIEW_FIELD_INTRODUCTION, VIEW_FAULT_TOO_LONG, 4000}, 0, 0},
        {{VIEW_FIELD_FORM, VIEW_FAULT_EMPTY, 0}, 0, 0},
    };
    assert_int_equal(f->samples.context.site->language_count, 2);
    struct view_desk_charter page = {.version = 4,
                                     .introductions = introductions,
                                     .rules = rules,
                                     .rule_count = 2,
                                     .problems = problems,
                                     .problem_count = 4,
                                     .now = now};
    check_page(f, view_desk_charter(&f->samples.context, &page, &f->out, &error));
    slice first = f->samples.context.site->languages[0].tag, second = f->samples.context.site->languages[1].tag;
    char path[200];
    snprintf(path, sizeof path, "//*[@id='wrong-title_%.*s_0']", SLICE_FMT(second));
    assert_int_equal(found(f, path), 1);
    snprintf(path, sizeof path, "//*[@id='wrong-introduction_%.*s']", SLICE_FMT(first));
    assert_int_equal(found(f, path), 1);
    assert_int_equal(found(f, "//*[@id='wrong-code_1']"), 1);
    assert_int_equal(found(f, "//p[contains(@class, 'wrong')]"), 3);
    assert_int_equal(found(f, "//*[@id='problems']//li"), 4);
    assert_int_equal(found(f, "//*[@id='problems']//a"), 3);
    assert_int_equal(found(f, "//input[@name='rules'][@value='2']"), 1);
    assert_int_equal(found(f, "//button[@value='up-1']"), 1);
    assert_int_equal(found(f, "//button[@value='up-0'] | //button[@value='down-1']"), 0);
}

static void keeps_passwords_to_itself(void **state) {
    struct fixture *f = *state;
    struct error error;
    struct view_desk_account page = {
        .form = {.id = 0, .account = S("zoe"), .display_name = S(EVIL), .role = S("editor"), .language = S("fr")},
        .password_min = 10};
    check_page(f, view_desk_account(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//input[@type='password'][@value]"), 0);
    assert_int_equal(found(f, "//input[@type='password']"), 2);
    assert_int_equal(found(f, "//input[@name='role'][@value='editor'][@checked]"), 1);
    buf_clear(&f->out);
    page.form.id = 3; /* another's account: a form of its own for the password */
    check_page(f, view_desk_account(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//form[@action='/moderation/accounts/3/password']"), 1);
    assert_int_equal(found(f, "//input[@name='account'][not(@readonly)]"), 0);
    buf_clear(&f->out);
    page.form.is_self = true; /* one's own asks for the one it replaces */
    check_page(f, view_desk_account(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//input[@type='password']"), 0);
}

static void shows_the_switch_as_it_stands(void **state) {
    struct fixture *f = *state;
    struct error error;
    struct view_desk_site page = {.publication = S(EVIL),
                                  .language = S("fr"),
                                  .time_zone = S("Europe/Paris"),
                                  .moderation = S("pre"),
                                  .removed = S("hide"),
                                  .close_after_days = S("0")};
    check_page(f, view_desk_site(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//button[@name='strict'][@value='1']"), 1);
    assert_int_equal(found(f, "//input[@name='removed'][@value='hide'][@checked]"), 1);
    assert_int_equal(found(f, "//input[@name='gives_reasons'][@checked]"), 0);
    buf_clear(&f->out);
    page.strict = page.gives_reasons = true;
    check_page(f, view_desk_site(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//button[@name='strict'][@value='0']"), 1);
    assert_int_equal(found(f, "//input[@name='gives_reasons'][@checked]"), 1);
}

static void shows_the_options_in_their_groups(void **state) {
    struct fixture *f = *state;
    struct error error;
    static const struct view_site_option_choice choices[] = {{S_INIT("off"), "Off"}, {S_INIT("on"), "On"}};
    const struct view_site_option options[] = {
        {.name = S("a"), .group = "First", .label = "A", .help = "", .type = VIEW_SITE_OPTION_SWITCH, .value = S("1")},
        {.name = S("b"),
         .group = "First",
         .label = "B",
         .help = "Help",
         .type = VIEW_SITE_OPTION_CHOICE,
         .choices = choices,
         .choice_count = 2,
         .value = S("on")},
        {.name = S("c"),
         .group = "Second",
         .label = "C",
         .help = "",
         .type = VIEW_SITE_OPTION_NUMBER,
         .least = 1,
         .most = 9000,
         .value = S(EVIL),
         .fault = VIEW_FAULT_NUMBER},
        {.name = S("d"),
         .group = "Second",
         .label = "D",
         .help = "",
         .type = VIEW_SITE_OPTION_TEXT,
         .value = S(EVIL),
         .fault = VIEW_FAULT_TOO_LONG,
         .limit = 3},
    };
    struct view_desk_site page = {.language = S("fr"), .options = options, .option_count = 4};
    check_page(f, view_desk_site(&f->samples.context, &page, &f->out, &error));
    assert_int_equal(found(f, "//input[@type='checkbox'][@name='option_a'][@checked]"), 1);
    assert_int_equal(found(f, "//select[@name='option_b'][@aria-describedby='help-option_b']"), 1);
    assert_int_equal(found(f, "//select[@name='option_b']/option[@value='on'][@selected]"), 1);
    assert_int_equal(found(f, "//input[@name='option_c'][@aria-invalid='true']"), 1);
    assert_int_equal(found(f, "//*[@id='wrong-option_c'] | //*[@id='wrong-option_d']"), 2);
    assert_int_equal(found(f, "//*[@id='problems']//a[@href='#field-option_c']"), 1);
    assert_int_equal(found(f, "//*[@id='problems']//li"), 2);
    assert_int_equal(found(f, "//h2[text()='First'] | //h2[text()='Second']"), 2);
    assert_int_equal(found(f, "//h2[text()='Second']/following::input[@name='option_c']"), 1);
}

#define BOTH(test)                                                                                                     \
    {#test " in French", test, open_french, shut, NULL}, { #test " in English", test, open_english, shut, NULL }

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(gives_each_state_its_buttons),
        BOTH(keeps_what_was_typed),
        BOTH(says_what_is_wrong_beside_the_field),
        BOTH(shows_a_colleagues_text_beside_ones_own),
        BOTH(lists_articles_with_their_switch),
        BOTH(previews_the_readers_page),
        BOTH(orders_sections),
        BOTH(says_what_is_wrong_in_a_rule),
        BOTH(keeps_passwords_to_itself),
        BOTH(shows_the_switch_as_it_stands),
        BOTH(shows_the_options_in_their_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
