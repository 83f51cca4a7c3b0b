/* Every page, in both languages. With PALABRE_SAMPLES=FOLDER set, each is written there to be looked at
   (FOLDER/LANGUAGE-PAGE.html): tests/browser reads them too. */
#include "samples.h"

#include "view/page_read.h"
#include "view/page_system.h"
#include "view/page_write.h"

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants the first four before it */
#include <cmocka.h>

struct fixture {
    struct samples samples;
    struct buf out;
};

static int open_in(void **state, slice language) {
    struct fixture *f = test_malloc(sizeof *f);
    samples_init(&f->samples, language);
    buf_init(&f->out, (size_t)8 * 1024 * 1024);
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

static void write_sample(const struct fixture *f, const char *name) {
    const char *folder = getenv("PALABRE_SAMPLES");
    if (!folder) return;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s-%s.html", folder, f->samples.french ? "fr" : "en", name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(f->out.p, 1, f->out.n, file), f->out.n);
    fclose(file);
}

static const char *page_text(struct fixture *f) {
    buf_add_char(&f->out, '\0');
    f->out.n--;
    return f->out.p;
}

static bool has(struct fixture *f, const char *needle) { return strstr(page_text(f), needle) != NULL; }

static void assert_has(struct fixture *f, const char *needle) {
    if (!has(f, needle)) fail_msg("not on the page: %s", needle);
}

static void assert_has_not(struct fixture *f, const char *needle) {
    if (has(f, needle)) fail_msg("on the page: %s", needle);
}

/* How many nodes an XPath expression finds, as a browser's parser (nearly) sees the page. */
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

/* What holds on every page. */
static void check_page(struct fixture *f, const char *name, enum status status) {
    assert_int_equal(status, OK);
    assert_int_equal(f->out.status, OK);
    write_sample(f, name);
    assert_true(slice_starts(buf_slice(&f->out), S("<!DOCTYPE html>")));
    assert_int_equal(count(f, "//main"), 1);
    assert_int_equal(count(f, "//h1"), 1);
    assert_int_equal(count(f, "//title"), 1);
    assert_has(f, f->samples.french ? "<html lang=\"fr\">" : "<html lang=\"en\">");
    /* Content-Security-Policy without 'unsafe-inline': nothing for it to stop. */
    assert_int_equal(count(f, "//*[@style] | //style"), 0);
    assert_int_equal(count(f, "//script[not(@src) and @type != 'application/ld+json']"), 0);
    assert_int_equal(count(f, "//@*[starts-with(name(), 'on')]"), 0);
    /* Nothing is fetched from another site. */
    assert_int_equal(
        count(f, "//script[starts-with(@src, 'http')] | //link[@rel='stylesheet'][starts-with(@href, 'http')] |"
                 "//iframe | //object | //embed"),
        0);
    assert_has_not(f, "{{");
    assert_has_not(f, "(null)");
}

static enum status render_discussion(struct fixture *f, struct view_discussion *page) {
    struct error error = {0};
    buf_clear(&f->out);
    enum status status = view_discussion(&f->samples.context, page, &f->out, &error);
    if (status != OK) print_error("%s\n", error.detail);
    return status;
}

static struct view_discussion article_page(struct samples *s) {
    return (struct view_discussion){.article = &s->article,
                                    .is_article = true,
                                    .page = 3,
                                    .page_count = 3,
                                    .threads = s->threads,
                                    .thread_count = SAMPLE_THREADS,
                                    .fold_lines = 18,
                                    .charter = &s->charter,
                                    .form = &s->form};
}

static void home_lists_the_articles(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    const struct view_home page = {.articles = s->articles, .article_count = 6, .more = true};
    check_page(f, "home", view_home(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//article[" CLASS("h-entry") "]"), 6);
    assert_int_equal(count(f, "//link[@rel='alternate'][@type='application/atom+xml']"), 1);
    assert_int_equal(count(f, "//link[@hreflang]"), 2);
    assert_has(f, "<link rel=\"canonical\" href=\"https://courrier.example/\">");
    assert_has(f, "/archive/2021-12");
    assert_has(f, s->french ? "1\u202F248 commentaires" : "1,248 comments");
    assert_has(f, s->french ? ">1 commentaire<" : ">1 comment<");

    buf_clear(&f->out);
    check_page(f, "home-empty", view_home(&s->context, &(struct view_home){0}, &f->out, &error));
}

static void section_and_archive_list_theirs(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    const struct view_section_page section = {
        .section = &s->site.sections[0], .articles = s->articles, .article_count = 4, .more = true};
    check_page(f, "section", view_section(&s->context, &section, &f->out, &error));
    assert_int_equal(count(f, "//nav//a[@aria-current]"), 1);
    assert_has(f, "?before=");
    buf_clear(&f->out);
    const struct view_archive archive = {
        .month = {2021, 12}, .older = {2021, 11}, .newer = {2022, 1}, .articles = s->articles + 2, .article_count = 4};
    check_page(f, "archive", view_archive(&s->context, &archive, &f->out, &error));
    assert_has(f, s->french ? "décembre 2021" : "December 2021");
    assert_has(f, "/archive/2021-11");
    assert_has(f, "/archive/2022-01");
    assert_has(f, "href=\"/archive\"");
    buf_clear(&f->out);
    const struct view_archive_month months[] = {{{2022, 1}, 1}, {{2021, 12}, 1204}, {{2020, 2}, 3}};
    const struct view_archive_index index = {
        .months = months, .month_count = 3, .pages = s->articles + 4, .page_count = 2};
    check_page(f, "archive-index", view_archive_index(&s->context, &index, &f->out, &error));
    assert_int_equal(count(f, "//main//section"), 4);
    assert_int_equal(count(f, "//main//section[2]//li"), 1);
    assert_has(f, s->french ? ">décembre</a> <span>1\u202F204 articles</span>"
                            : ">December</a> <span>1,204 articles</span>");
    assert_has(f, "href=\"/archive/2021-12\"");
    buf_clear(&f->out);
    check_page(f, "archive-index-empty",
               view_archive_index(&s->context, &(struct view_archive_index){0}, &f->out, &error));
    buf_clear(&f->out);
    check_page(f, "charter", view_charter(&s->context, &s->charter, &f->out, &error));
    assert_int_equal(count(f, "//main//ol/li"), 3);
    slice page = arena_copy(s->arena, buf_slice(&f->out));
    buf_clear(&f->out);
    const struct view_charter *made = view_charter_made(s->arena, &s->charter);
    assert_true(made->is_made && made->rules[0].text_html.s.n > 0);
    assert_int_equal(view_charter(&s->context, made, &f->out, &error), OK);
    assert_true(slice_equal(buf_slice(&f->out), page));
}

static void article_holds_the_contract(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct view_discussion page = article_page(s);
    check_page(f, "article", render_discussion(f, &page));
    /* Addresses (a contract): the elements that other programs rely on. */
    assert_int_equal(count(f, "//article[@id='comment-2878763'][" CLASS("h-entry") "]"), 1);
    assert_int_equal(count(f, "//article[@id='comment-2878763']//*[" CLASS("p-author") "]"), 1);
    assert_int_equal(count(f, "//article[@id='comment-2878763']//time[" CLASS("dt-published") "][@datetime]"), 1);
    assert_int_equal(count(f, "//article[@id='comment-2878763']//*[" CLASS("e-content") "]"), 1);
    assert_int_equal(count(f, "//article[@id='comment-2878763']//a[" CLASS("u-url") "][@href='/comments/2878763']"), 1);
    assert_int_equal(count(f, "//article[" CLASS("message") "]"), SAMPLE_THREADS + 5);
    assert_int_equal(count(f, "//article[" CLASS("stub") "]"), 2);
    /* 'in reply to' only where a reply answers a reply. */
    assert_int_equal(count(f, "//p[@class='answers']"), 2);
    assert_int_equal(count(f, "//p[@class='answers']/a[@href='#comment-2878764']"), 2);
    assert_has(f, "/threads/2878763/2\"");
    assert_int_equal(count(f, "//*[@class='fold fold-18']"), 1);
    assert_int_equal(count(f, "//form[@action='/articles/12/comments'][@method='post']"), 1);
    assert_int_equal(
        count(f, "//form//*[@name='name' or @name='text' or @name='title' or @name='email' or @name='website' "
                 "or @name='reply_to' or @name='token' or @name='send_key' or @name='address2']"),
        9);
    assert_int_equal(count(f, "//button[@name='action'][@value='send']"), 0); /* a shared page's token would be old */
    assert_int_equal(count(f, "//article[" CLASS("own") "]"), 0);
    assert_int_equal(count(f, "//script[@type='application/ld+json']"), 1);
    assert_has(f, "\"@type\":\"NewsArticle\"");
    assert_has(f, "<meta property=\"og:image\" content=\"https://courrier.example/static/demo/old-bridge.svg\">");
    assert_has(f, s->french ? "Le 7 janvier 2022 à " : "7 January 2022 at ");
    assert_has(f, s->french ? "Afficher les commentaires précédents" : "Show earlier comments");
    assert_has(f, s->french ? "«\u00A0une place, pas une impasse\u00A0»" : "“a square, not a dead end”");
    assert_has(f, "(...)");
}

static void older_pages_name_the_article(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct view_discussion page = article_page(s);
    page.is_article = false;
    page.page = 2;
    check_page(f, "comments-2", render_discussion(f, &page));
    assert_int_equal(count(f, "//*[" CLASS("prose") "]"), 0);
    assert_int_equal(count(f, "//link[@rel='prev']"), 1);
    assert_int_equal(count(f, "//link[@rel='next']"), 1);
    assert_int_equal(count(f, "//nav[" CLASS("pager") "]"), 1); /* the one below is no landmark */
    assert_int_equal(count(f, "//*[" CLASS("pager") "]"), 2);
    assert_has(f, "\"@type\":\"DiscussionForumPosting\"");

    page.order = VIEW_NEWEST_FIRST;
    check_page(f, "comments-newest", render_discussion(f, &page));
    assert_true(strstr(page_text(f), "id=\"comment-2878777\"") < strstr(page_text(f), "id=\"comment-2878763\""));
    assert_has(f, "/newest/1");
    assert_has(f, "noindex");
}

static void own_messages_stand_at_their_place(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct view_discussion page = article_page(s);
    page.own = s->own;
    page.own_count = 2;
    check_page(f, "article-own", render_discussion(f, &page));
    assert_int_equal(count(f, "//article[" CLASS("own") "]"), 2);
    assert_int_equal(count(f, "//*[@class='replies']/article[@id='comment-2878791']"), 1);
    assert_int_equal(count(f, "//section[@class='thread']/article[@id='comment-2878790']"), 1);
    assert_has(f, "/messages/kd93jf_0sdf-3jf93");
    page.page = 1;
    assert_int_equal(render_discussion(f, &page), OK);
    assert_int_equal(count(f, "//article[" CLASS("own") "]"), 1); /* a root stands on the newest page only */

    struct error error;
    buf_clear(&f->out);
    assert_int_equal(view_own(&s->context, &s->article, s->own, 2, &f->out, &error), OK);
    assert_int_equal(count(f, "//article[@data-root]"), 2);
}

static void other_articles_look_right(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct view_discussion page = {.article = &s->excerpt,
                                   .is_article = true,
                                   .page = 1,
                                   .page_count = 1,
                                   .charter = &s->charter,
                                   .form = &s->form};
    check_page(f, "excerpt", render_discussion(f, &page));
    assert_int_equal(count(f, "//blockquote[@cite='https://www.example.com/science/swifts?page=2&view=full']"), 1);
    assert_has(f, s->french ? "Lire la suite de l’article sur example.com"
                            : "Read the rest of the article on example.com");
    assert_has(f, s->french ? "lang=\"en\"" : "lang=\"fr\"");
    assert_has(f, "The Valley Observer");

    page.article = &s->article;
    page.form = NULL;
    page.threads = s->threads;
    page.thread_count = 2;
    check_page(f, "closed", render_discussion(f, &page));
    assert_int_equal(count(f, "//main//form"), 0);
    assert_int_equal(count(f, "//a[@data-reply]"), 0);

    struct view_article about = s->article;
    about.kind = VIEW_ARTICLE_PAGE;
    about.comment_count = 0;
    about.accepts_comments = false;
    page = (struct view_discussion){.article = &about, .is_article = true, .page = 1, .page_count = 1};
    check_page(f, "page", render_discussion(f, &page));
    assert_int_equal(count(f, "//*[@id='comments']"), 0);

    about.is_draft = true;
    const struct view_viewer viewer = {S("Hélène Roux"), S("c5rf"), true, false, 14};
    s->context.viewer = &viewer;
    check_page(f, "draft", render_discussion(f, &page));
    assert_has(f, "noindex");
    assert_has(f, "name=\"csrf\" value=\"c5rf\"");
    s->context.viewer = NULL;
}

static void thread_has_pages_of_its_own(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    const struct view_thread_page page = {.article = &s->article,
                                          .thread = &s->threads[0],
                                          .page = 2,
                                          .page_count = 3,
                                          .charter = &s->charter,
                                          .form = &s->form};
    check_page(f, "thread", view_thread(&s->context, &page, &f->out, &error));
    assert_has(f, "/threads/2878763/1\"");
    assert_has(f, "/threads/2878763/3\"");
    assert_int_equal(count(f, "//section[@class='thread']"), 1);
}

static void composing_shows_preview_and_problems(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    struct view_form form = s->form;
    form.name = S("Camille <b>");
    form.text = S("\"Bonjour\" & <script>alert(1)</script>");
    form.token = S("t0k3n");
    form.send_key = S("k3y");
    form.may_send = true;
    struct view_comment preview = {.name = form.name,
                                   .html = samples_comment_html(s, "\"Bonjour\" & <script>alert(1)</script>"),
                                   .submitted_at = s->own[0].submitted_at,
                                   .title = S("<i>")};
    struct view_compose page = {.article = &s->article, .form = &form, .preview = &preview, .charter = &s->charter};
    check_page(f, "preview", view_compose(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//button[@value='send']"), 2);
    assert_int_equal(count(f, "//button[@form='form'][@value='send']"), 1);
    assert_int_equal(count(f, "//script[not(@src)]"), 0);
    assert_int_equal(count(f, "//b | //i"), 0);
    assert_has(f, "&lt;script&gt;alert(1)&lt;/script&gt;</textarea>");
    assert_has(f, "value=\"t0k3n\"");

    const struct view_problem problems[] = {{VIEW_FIELD_FORM, VIEW_FAULT_STALE, 0},
                                            {VIEW_FIELD_NAME, VIEW_FAULT_EMPTY, 0},
                                            {VIEW_FIELD_TEXT, VIEW_FAULT_TOO_LONG, 10000},
                                            {VIEW_FIELD_EMAIL, VIEW_FAULT_FORM, 0},
                                            {VIEW_FIELD_REPLY_TO, VIEW_FAULT_REPLY_GONE, 0}};
    form.problems = problems;
    form.problem_count = ARRAY_COUNT(problems);
    form.reply_to = s->threads[0].replies[0].number;
    page.preview = NULL;
    page.answered = &s->threads[0].replies[0];
    buf_clear(&f->out);
    check_page(f, "compose-wrong", view_compose(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//*[@id='problems']//li"), 5);
    assert_int_equal(count(f, "//*[@id='problems']//a[@href='#field-email']"), 1);
    assert_int_equal(count(f, "//*[@aria-invalid='true']"), 3);
    assert_int_equal(count(f, "//details[@open]//input[@name='email'][@aria-describedby='help-email wrong-email']"), 1);
    assert_int_equal(count(f, "//input[@name='reply_to'][@value='2878764']"), 1);
    assert_has(f, s->french ? "10\u202F000 caractères au plus" : "at most 10,000 characters");

    form.problem_count = 0;
    form.name = form.text = S("");
    buf_clear(&f->out);
    check_page(f, "reply", view_compose(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//*[@id='problems']"), 0);
    assert_int_equal(count(f, "//blockquote[@class='answered']//article"), 1);
}

static void every_problem_has_words(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    for (int field = 0; field < VIEW_FIELDS; field++) {
        for (int fault = 1; fault < VIEW_FAULTS; fault++) {
            const struct view_problem problem = {(enum view_field)field, (enum view_fault)fault, 42};
            struct view_form form = s->form;
            form.problems = &problem;
            form.problem_count = 1;
            const struct view_compose page = {.article = &s->article, .form = &form};
            buf_clear(&f->out);
            assert_int_equal(view_compose(&s->context, &page, &f->out, &error), OK);
            assert_int_equal(count(f, "//*[@id='problems']//li[string-length(normalize-space(.)) > 10]"), 1);
        }
    }
}

static void authors_see_what_became_of_it(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    struct view_received received = {.article = &s->article, .message = &s->own[1], .secret = S("kd93jf_0sdf-3jf93")};
    check_page(f, "received", view_received(&s->context, &received, &f->out, &error));
    assert_has(f, "https://courrier.example/messages/kd93jf_0sdf-3jf93");
    assert_int_equal(count(f, "//main[@data-sent]"), 1);
    assert_has(f, s->french ? "Votre message attend la lecture d’un modérateur" : "Your message waits for a moderator");

    struct view_form form = s->form;
    form.name = S("Camille");
    form.text = S("Et pourquoi pas un bac ?");
    struct view_message page = {.article = &s->article,
                                .message = &s->own[0],
                                .secret = S("kd93jf"),
                                .version = S("4"),
                                .may_edit = true,
                                .may_withdraw = true,
                                .form = &form,
                                .token = S("t0k3n"),
                                .notice = VIEW_MESSAGE_SAVED};
    buf_clear(&f->out);
    check_page(f, "message-pending", view_message(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//form[@action='/messages/kd93jf']//input[@name='version'][@value='4']"), 1);
    assert_int_equal(count(f, "//form[@action='/messages/kd93jf/withdraw']//input[@name='token'][@value='t0k3n']"), 1);

    static const enum view_comment_state states[] = {VIEW_COMMENT_PUBLISHED, VIEW_COMMENT_REJECTED,
                                                     VIEW_COMMENT_REMOVED, VIEW_COMMENT_WITHDRAWN, VIEW_COMMENT_SPAM};
    static const char *const names[] = {"message-published", "message-refused", "message-removed", "message-withdrawn",
                                        "message-spam"};
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        struct view_comment message = s->own[0];
        message.state = states[i];
        page = (struct view_message){.article = &s->article, .message = &message, .secret = S("kd93jf")};
        if (message.state == VIEW_COMMENT_REJECTED) {
            page.rule_title = S("Respecter les personnes");
            page.reason = S("Le surnom donné à la maire.");
        }
        buf_clear(&f->out);
        check_page(f, names[i], view_message(&s->context, &page, &f->out, &error));
        assert_int_equal(count(f, "//main//form"), 0);
        assert_int_equal(count(f, "//span[" CLASS("state") "][string-length(.) > 3]"), 1);
    }
}

static void readers_report(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    const struct view_problem problem = {VIEW_FIELD_RULE, VIEW_FAULT_EMPTY, 0};
    struct view_report page = {.article = &s->article,
                               .comment = &s->threads[1].root,
                               .charter = &s->charter,
                               .token = S("t0k3n"),
                               .rule_code = S("respect")};
    check_page(f, "report", view_report(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//input[@type='radio'][@name='rule']"), 4);
    assert_int_equal(count(f, "//input[@type='radio'][@checked]"), 1);
    page.problems = &problem;
    page.problem_count = 1;
    buf_clear(&f->out);
    check_page(f, "report-wrong", view_report(&s->context, &page, &f->out, &error));
    page.repeated = true;
    page.problem_count = 0;
    buf_clear(&f->out);
    check_page(f, "report-repeated", view_report(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//main//form"), 0);
    page.repeated = false;
    page.comment = NULL;
    buf_clear(&f->out);
    check_page(f, "report-article", view_report(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//form[@action='/articles/12/report']"), 1);
    assert_int_equal(count(f, "//article"), 0);
}

static void receipt_says_what_came_of_a_report(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    struct view_receipt page = {.article = &s->article,
                                .number = 41,
                                .comment = 2878763,
                                .is_public = true,
                                .rule = S("Pas d'injures"),
                                .text = S("<b>Voyez</b>"),
                                .at = 1641513600000,
                                .secret = S("s3cret")};
    check_page(f, "receipt", view_receipt(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//span[" CLASS("waiting") "]"), 1);
    assert_int_equal(count(f, "//a[@href='/comments/2878763']"), 1);
    assert_has(f, "&lt;b&gt;Voyez");
    page.is_public = false;
    page.state = VIEW_REPORT_UPHELD;
    page.closed_at = 1641600000000;
    page.answer = S("Merci : retiré.");
    buf_clear(&f->out);
    check_page(f, "receipt-upheld", view_receipt(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//a[@href='/comments/2878763']"), 0);
    assert_has(f, "Merci : retiré.");
    assert_int_equal(count(f, "//time"), 2);
}

static void newsroom_comes_in(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    const struct view_problem problem = {VIEW_FIELD_FORM, VIEW_FAULT_WRONG, 0};
    struct view_sign_in page = {
        .token = S("t"), .next = S("/moderation"), .account = S("helene"), .problems = &problem, .problem_count = 1};
    check_page(f, "sign-in", view_sign_in(&s->context, &page, &f->out, &error));
    assert_int_equal(count(f, "//input[@type='password']"), 1);
    buf_clear(&f->out);
    const struct view_problem differ = {VIEW_FIELD_PASSWORD_AGAIN, VIEW_FAULT_DIFFERENT, 0};
    const struct view_setup setup = {.secret = S("s3cret"),
                                     .token = S("t"),
                                     .publication = S("Le Courrier"),
                                     .language = S("en"),
                                     .time_zone = S("Europe/Paris"),
                                     .password_min = 10,
                                     .problems = &differ,
                                     .problem_count = 1};
    check_page(f, "set-up", view_setup(&s->context, &setup, &f->out, &error));
    assert_int_equal(count(f, "//form[@action='/set-up/s3cret']"), 1);
    assert_int_equal(count(f, "//option[@value='en'][@selected]"), 1);
}

static void errors_say_what_to_do(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    struct error error;
    static const int statuses[] = {400, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 503, 507};
    for (size_t i = 0; i < ARRAY_COUNT(statuses); i++) {
        for (int about = 0; about <= VIEW_ERROR_SETUP; about++) {
            const struct view_error page = {.http_status = statuses[i],
                                            .about = (enum view_error_about)about,
                                            .request_id = S("r-7f3a"),
                                            .retry_after_s = about == 1 ? 30 : 0};
            buf_clear(&f->out);
            char name[32];
            snprintf(name, sizeof name, "error-%d-%d", statuses[i], about);
            check_page(f, name, view_error(&s->context, &page, &f->out, &error));
            assert_int_equal(has(f, "r-7f3a"), statuses[i] >= 500);
        }
    }
    const struct view_error kept = {.http_status = 413,
                                    .about = VIEW_ERROR_FORM,
                                    .kept_text = S("</textarea><b>mine"),
                                    .back = S("/articles/12-le-pont")};
    buf_clear(&f->out);
    check_page(f, "error-kept", view_error(&s->context, &kept, &f->out, &error));
    assert_has(f, "&lt;/textarea&gt;&lt;b&gt;mine</textarea>");
    assert_int_equal(count(f, "//b"), 0);
}

/* What could not be taken is given back whole, in a form that sends the same again. */
static void busy_gives_back_what_was_typed(void **state) {
    struct fixture *f = *state;
    struct error error;
    const struct view_busy_field fields[] = {{S("token"), S("t<\"k")},
                                             {S("text"), S("</textarea><b>mine")},
                                             {S("note"), S("one\r\ntwo")},
                                             {S("action"), S("send")}};
    const struct view_busy page = {
        .action = S("/articles/12/comments"), .fields = fields, .field_count = ARRAY_COUNT(fields), .retry_after_s = 2};
    check_page(f, "busy-kept", view_busy(&f->samples.context, &page, &f->out, &error));
    assert_has(f, "action=\"/articles/12/comments\"");
    assert_has(f, "name=\"token\" value=\"t&lt;&quot;k\"");
    assert_has(f, "name=\"action\" value=\"send\"");
    assert_has(f, "&lt;/textarea&gt;&lt;b&gt;mine</textarea>");
    assert_int_equal(count(f, "//textarea"), 2);
    assert_int_equal(count(f, "//input[@type='hidden']"), 2);
    assert_int_equal(count(f, "//b"), 0);

    const struct view_busy nothing = {.back = S("/comments/7?x=1&y=2")};
    buf_clear(&f->out);
    check_page(f, "busy", view_busy(&f->samples.context, &nothing, &f->out, &error));
    assert_int_equal(count(f, "//form"), 0);
    assert_has(f, "href=\"/comments/7?x=1&amp;y=2\"");
}

/* Script in any field is inert. */
static void hostile_words_are_inert(void **state) {
    struct fixture *f = *state;
    struct samples *s = &f->samples;
    static const char *const hostile[] = {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
                                          "' onmouseover='alert(1)",   "</title></script><svg onload=alert(1)>",
                                          "javascript:alert(1)",       "{{name}} {{{html}}} \xE2\x80\xAE"};
    for (size_t i = 0; i < ARRAY_COUNT(hostile); i++) {
        slice bad = slice_of(hostile[i]);
        struct view_article article = s->article;
        article.headline = article.standfirst = article.byline = article.section_title = bad;
        article.slug = article.section_slug = bad;
        article.kind = VIEW_ARTICLE_EXCERPT;
        article.source_url = article.source_site = article.source_author = article.source_title = bad;
        struct view_comment root = s->threads[0].root, reply = s->threads[0].replies[1];
        root.name = root.title = root.website = root.language = bad;
        reply.name = reply.parent_name = reply.title = reply.secret = bad;
        reply.is_own = true;
        struct view_thread thread = {.root = root, .replies = &reply, .reply_count = 1, .more_replies = 2};
        const struct view_rule rule = {.code = bad, .title = bad, .text = bad, .legal_ground = bad};
        const struct view_charter charter = {
            .version = 1, .language = bad, .introduction = bad, .rules = &rule, .rule_count = 1};
        struct view_form form = s->form;
        form.name = form.text = form.title = form.email = form.website = form.token = form.send_key = bad;
        struct view_site site = s->site;
        site.name = site.tagline = bad;
        s->context.site = &site;
        struct view_discussion page = {.article = &article,
                                       .is_article = true,
                                       .page = 2,
                                       .page_count = 3,
                                       .threads = &thread,
                                       .thread_count = 1,
                                       .charter = &charter,
                                       .form = &form};
        assert_int_equal(render_discussion(f, &page), OK);
        assert_int_equal(count(f, "//script"), 2); /* ours: site.js and the description */
        assert_int_equal(count(f, "//*[@onerror or @onload or @onmouseover] | //main//svg | //img[@src='x']"), 0);
        assert_int_equal(count(f, "//a[starts-with(@href, 'javascript')]"), 0);
        s->context.site = &s->site;
    }
}

static void a_full_buffer_is_an_error(void **state) {
    struct fixture *f = *state;
    struct view_discussion page = article_page(&f->samples);
    struct error error = {0};
    struct buf small CLEANUP(buf_fini) = {0};
    buf_init(&small, 1000);
    assert_int_equal(view_discussion(&f->samples.context, &page, &small, &error), LIMIT);
}

#define BOTH(test)                                                                                                     \
    cmocka_unit_test_setup_teardown(test, open_french, shut), cmocka_unit_test_setup_teardown(test, open_english, shut)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(home_lists_the_articles),
        BOTH(section_and_archive_list_theirs),
        BOTH(article_holds_the_contract),
        BOTH(older_pages_name_the_article),
        BOTH(own_messages_stand_at_their_place),
        BOTH(other_articles_look_right),
        BOTH(thread_has_pages_of_its_own),
        BOTH(composing_shows_preview_and_problems),
        BOTH(every_problem_has_words),
        BOTH(authors_see_what_became_of_it),
        BOTH(readers_report),
        BOTH(receipt_says_what_came_of_a_report),
        BOTH(newsroom_comes_in),
        BOTH(errors_say_what_to_do),
        BOTH(busy_gives_back_what_was_typed),
        BOTH(hostile_words_are_inert),
        BOTH(a_full_buffer_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
