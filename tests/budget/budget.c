/* What hot paths cost, in instructions: script/check-budget runs this under callgrind and compares with budgets.txt. Each
   figure is one turn, after a first one that fills what is made at first use. */
#include "budget.h"

#include "base/crypto.h"
#include "domain/decision.h"
#include "domain/import.h"
#include "domain/proofreading.h"
#include "text/markdown.h"
#include "view/mustache.h"
#include "view/page_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

enum { MAX_PAGE = 1 << 22, WORDS = 5000 };

struct error error;

void must(enum status status) {
    if (status == OK) return;
    fprintf(stderr, "budget: %s\n", error.detail);
    exit(EXIT_FAILURE);
}

const char SENTENCE[] = SENTENCE_TEXT;

void measure(struct bench *b, const char *name, void (*turn)(struct bench *)) {
    for (int i = 0; i < 2; i++) {
        buf_clear(&b->out);
        arena_reset(b->arena);
        CALLGRIND_ZERO_STATS;
        turn(b);
        if (i == 1) CALLGRIND_DUMP_STATS_AT(name);
    }
}

/* Markdown */

static void turn_markdown(struct bench *b) {
    const struct markdown_options options = {.language = S_INIT("fr")};
    struct html html;
    must(markdown_comment(b->arena, slice_make(b->text, sizeof b->text), &options, &html, &error));
}

static void measure_markdown(struct bench *b) {
    for (size_t i = 0; i < sizeof b->text; i++) b->text[i] = SENTENCE[i % (sizeof SENTENCE_TEXT - 1)];
    while ((b->text[sizeof b->text - 1] & 0x80) != 0) b->text[sizeof b->text - 1] = '.';
    measure(b, "markdown_comment_500", turn_markdown);
}

/* Templates */

static const char TEMPLATE[] =
    "<section>{{#comments}}\n<article id=\"comment-{{number}}\"{{#own}} class=\"own\"{{/own}}>\n"
    "<h3>{{#website}}<a href=\"{{website}}\">{{name}}</a>{{/website}}{{^website}}{{name}}{{/website}}</h3>\n"
    "{{#title}}<p lang=\"{{lang}}\">{{title}}</p>{{/title}}<div lang=\"{{lang}}\">{{{html}}}</div>\n"
    "<p><a href=\"{{reply}}\">{{#t}}Reply{{/t}}</a></p></article>\n{{/comments}}</section>\n";

static void turn_mustache(struct bench *b) {
    struct value *data = value_object(b->arena);
    struct value *comments = value_set_list(data, S("comments"));
    for (int64_t i = 0; i < COMMENTS; i++) {
        struct value *comment = value_list_add(comments);
        value_set_int(comment, S("number"), 2878763 + i);
        value_set_bool(comment, S("own"), i % 9 == 0);
        value_set_string(comment, S("name"), S("un habitant du haut & d'à côté"));
        value_set_string(comment, S("website"), i % 4 ? S("") : S("https://www.example.org/"));
        value_set_string(comment, S("lang"), S("fr"));
        value_set_string(comment, S("title"), S("Le pont, l’eau & la vallée (...)"));
        value_set_html(comment, S("html"), html_from_stored(S("<p>Le détour par le chemin bas prend du temps.</p>")));
        value_set_string(comment, S("reply"), S("/comments/2878763/reply"));
    }
    must(mustache_render(b->template, data, &b->out, &error));
}

/* Pages */

static void turn_page(struct bench *b) { must(view_discussion(&b->context, &b->page, &b->out, &error)); }

/* The page after one more message was published, while it is read: fifty threads, one of them new. */
static void turn_one_more(struct bench *b) {
    struct view_parts *made = NULL;
    b->page.made = &made;
    must(view_discussion(&b->context, &b->page, &b->out, &error));
    b->page.made = NULL;
    if (!b->parts) {
        b->page.former = b->parts = made;
        return;
    }
    if (view_parts_rendered(made) != 1) must(error_set(&error, INTERNAL, "not one thread was rendered"));
    view_parts_free(made);
}

static void measure_one_more(struct bench *b) {
    b->page.thread_count = COMMENTS - 1;
    turn_one_more(b); /* the page before it */
    b->page.thread_count = COMMENTS;
    measure(b, "page_after_one_message", turn_one_more);
    view_parts_free(b->parts);
}

static void measure_page(struct bench *b, const struct catalog *catalog) {
    static const struct view_site site = {
        .name = S_INIT("La Vallée"), .base_url = S_INIT("https://example.org"), .language = S_INIT("fr")};
    static const struct view_article article = {.id = 12,
                                                .slug = S_INIT("le-pont"),
                                                .language = S_INIT("fr"),
                                                .headline = S_INIT("Le vieux pont ne rouvrira pas aux voitures"),
                                                .published_at = 1641514740000,
                                                .comment_count = COMMENTS,
                                                .accepts_comments = true};
    static struct view_thread threads[COMMENTS];
    struct templates *templates = NULL;
    struct date_formats *dates = NULL;
    must(templates_open(catalog, &templates, &error));
    must(date_formats_new(S("fr"), S("Europe/Paris"), &dates, &error));
    for (int i = 0; i < COMMENTS; i++)
        threads[i].root = (struct view_comment){.number = 2878763 + i,
                                                .name = S("un habitant du haut"),
                                                .language = S("fr"),
                                                .html = html_from_stored(S("<p>Le détour prend huit minutes.</p>")),
                                                .submitted_at = (1641514740 + i * 61) * (time_ms)1000,
                                                .published_at = (1641514740 + i * 67) * (time_ms)1000};
    b->context = (struct view_context){.arena = b->arena, .templates = templates, .dates = dates, .site = &site};
    b->page = (struct view_discussion){.article = &article, .page = 1, .page_count = 1, .threads = threads};
    measure(b, "page_without_comments", turn_page);
    b->page.thread_count = COMMENTS;
    measure(b, "page_of_50_comments", turn_page);
    measure_one_more(b);
    measure_views(b);
    templates_free(templates);
    date_formats_free(dates);
}

/* Decisions */

static void make_discussion(struct bench *b) {
    struct site_defaults defaults = {S("Banc d'essai"), S(""), S("fr"), S("Europe/Paris")};
    struct import_article in = {.source = S("budget"),
                                .key = S("1"),
                                .article = {.kind = ARTICLE_PLAIN,
                                            .state = ARTICLE_PUBLISHED,
                                            .slug = S("banc"),
                                            .language = S("fr"),
                                            .headline = S("Banc d'essai"),
                                            .published_at = 1641514740000}};
    struct import_comment comments[COMMENTS];
    struct import_result results[COMMENTS];
    article_id article;
    bool made;
    must(site_create(b->db, &defaults, &error));
    must(import_article_add(b->db, &in, &article, &made, &error));
    for (int i = 0; i < COMMENTS; i++)
        comments[i] = (struct import_comment){.source = S("budget"),
                                              .key = arena_format(b->arena, "%d", i),
                                              .article = article,
                                              .state = COMMENT_PENDING,
                                              .name = S("Solange"),
                                              .text_source = slice_of(SENTENCE),
                                              .html = slice_of(SENTENCE),
                                              .language = S("fr"),
                                              .submitted_at = 1641514740000 + i};
    must(import_comments_add(b->db, comments, COMMENTS, results, &error));
    b->next = results[0].number;
    b->article = article;
}

static void turn_decision(struct bench *b) {
    struct decision_order order = {.number = {b->next.v++}, .act = ACT_PUBLISH};
    struct decision_result result;
    struct decision_other other;
    must(decision_make(b->db, b->arena, &order, &result, &other, &error));
}

/* Messages: what a worker prepares, and what the writer does with it. */

static struct comment_input input_of(struct bench *b) {
    struct comment_input input = {.article = b->article,
                                  .name = S("Solange du haut"),
                                  .text = arena_format(b->arena, "%.*s %d", (int)sizeof b->text, b->text, b->messages),
                                  .email = S("solange@example.org"),
                                  .device_token = arena_format(b->arena, "device %d", b->messages),
                                  .fingerprint = arena_format(b->arena, "block %d", b->messages),
                                  .secret = arena_format(b->arena, "secret %d", b->messages)};
    b->messages++;
    return input;
}

static void turn_prepare(struct bench *b) {
    struct comment_input input = input_of(b);
    struct comment_problems problems;
    must(comment_prepare(b->db, b->arena, &input, 10000, &b->draft, &problems, &error));
}

static void turn_submit(struct bench *b) {
    struct comment_receipt receipt;
    struct comment_problems problems;
    b->draft.counts_later = true; /* in the server a batch is counted once */
    must(comment_submit(b->db, b->arena, &b->draft, &receipt, &problems, &error));
}

/* The draft is made before each turn, so that only what the writer does is measured. */
static void measure_messages(struct bench *b) {
    measure(b, "message_prepare", turn_prepare);
    for (int i = 0; i < 2; i++) {
        arena_reset(b->arena);
        turn_prepare(b);
        CALLGRIND_ZERO_STATS;
        turn_submit(b);
        if (i == 1) CALLGRIND_DUMP_STATS_AT("message_submit");
    }
}

/* Checks: a message of 2,000 characters against 5,000 words, its likeness looked up, its links counted. */

static void turn_checks(struct bench *b) {
    static const struct abuse_sending sending = {.form_seconds = -1};
    struct comment_draft draft = {.input = {.name = S("Solange"), .text = slice_make(b->checked, sizeof b->checked)},
                                  .html = S("<p></p>"),
                                  .checks = S("[]")};
    struct comment_problems problems = {0};
    struct abuse_report report;
    struct site_options options;
    site_options_init(&options);
    draft.input.language = S("fr");
    must(abuse_look(b->db, b->arena, b->arena, b->watched, &options, &sending, &draft, &problems, &report, &error));
}

/* All that a worker does of a message that is sent: what is put off is not among it. */
static void turn_taken(struct bench *b) {
    static const struct abuse_sending sending = {.form_seconds = -1};
    struct site_options options;
    struct proofreading found;
    struct comment_problems problems = {0};
    struct abuse_report report;
    site_options_init(&options);
    turn_prepare(b);
    if (!proofreading_run_later(b->arena, &options, &b->draft, &found) || !b->draft.unread)
        must(error_set(&error, INTERNAL, "the words were read at once"));
    must(abuse_look(b->db, b->arena, b->arena, b->watched, &options, &sending, &b->draft, &problems, &report, &error));
}

static void measure_checks(struct bench *b) {
    static const char LETTERS[] = "aeioubcdlmnprst";
    struct watch_entry *entries = ARENA_ARRAY(b->arena, WORDS, struct watch_entry);
    for (size_t i = 0; i < WORDS; i++) {
        char word[12];
        for (size_t k = 0; k < sizeof word; k++)
            word[k] = LETTERS[(i * 7919 + k * (i + 13) * 31) % (sizeof LETTERS - 1)];
        entries[i] = (struct watch_entry){
            .pattern = arena_copy(b->arena, slice_make(word, 5 + i % 8)), .rule_code = S(""), .language = S("")};
    }
    b->watched = watch_list_of(entries, WORDS);
    for (size_t i = 0; i < sizeof b->checked; i++) b->checked[i] = SENTENCE[i * 31 % (sizeof SENTENCE_TEXT - 1)];
    for (size_t i = 0; i < sizeof b->checked; i++)
        if (b->checked[i] & 0x80) b->checked[i] = 'e';
    measure(b, "checks_2000_with_5000_words", turn_checks);
    measure(b, "message_taken_500_with_5000_words", turn_taken);
    watch_list_unref(b->watched);
}

static void measure_decision(struct bench *b) {
    char folder[] = "/tmp/palabre-budget-XXXXXX";
    if (!mkdtemp(folder)) exit(EXIT_FAILURE);
    slice path = arena_format(b->arena, "%s/palabre.db", folder);
    char name[64];
    snprintf(name, sizeof name, "%.*s", SLICE_FMT(path));
    must(db_open(slice_of(name), DB_WRITE, &b->db, &error));
    must(db_write_begin(b->db, &error)); /* not committed before: what is measured is the work in memory */
    make_discussion(b);
    measure(b, "decision_publish", turn_decision);
    measure_messages(b);
    measure_checks(b);
    must(db_write_commit(b->db, &error));
    measure_reads(b, folder);
    db_close(b->db);
    static const char *const FILES[] = {"palabre.db", "palabre.db-wal", "palabre.db-shm", "palabre.db.lock"};
    for (size_t i = 0; i < ARRAY_COUNT(FILES); i++) {
        snprintf(name, sizeof name, "%s/%s", folder, FILES[i]);
        unlink(name);
    }
    rmdir(folder);
}

int main(void) {
    static struct bench b;
    struct catalog *catalog = NULL;
    b.arena = arena_new((size_t)1 << 26);
    buf_init(&b.out, MAX_PAGE);
    must(crypto_init(&error));
    must(catalog_open_embedded(S("fr"), &catalog, &error));
    const struct mustache_options options = {.always_escape = true, .drop_indentation = true, .catalog = catalog};
    must(mustache_compile(slice_make(TEMPLATE, sizeof TEMPLATE - 1), S("budget"), &options, &b.template, &error));
    measure_markdown(&b);
    measure(&b, "mustache_50_objects", turn_mustache);
    measure_page(&b, catalog);
    measure_decision(&b);
    mustache_free(b.template);
    catalog_free(catalog);
    buf_fini(&b.out);
    arena_free(b.arena);
    return 0;
}
