/* What is asked more often than written: feeds, the desk, search, likeness; and proofreading. */
#include "budget.h"

#include "domain/decision.h"
#include "domain/likeness.h"
#include "domain/likeness_fill.h"
#include "domain/proofreading.h"
#include "domain/search.h"
#include "view/feed.h"
#include "view/page_desk_queue.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Feeds and the desk */

static void turn_feed(struct bench *b) {
    static struct view_comment comments[COMMENTS];
    for (int i = 0; i < COMMENTS; i++) comments[i] = b->page.threads[i].root;
    const struct feed_comments feed = {b->page.article, comments, COMMENTS};
    must(feed_write_comments(&b->context, FEED_ATOM, &feed, &b->out, &error));
}

static void turn_desk(struct bench *b) {
    static const struct view_viewer viewer = {.display_name = S_INIT("Maud"), .csrf = S_INIT("0123456789abcdef")};
    static struct view_queue_entry entries[COMMENTS];
    for (int i = 0; i < COMMENTS; i++)
        entries[i] = (struct view_queue_entry){
            .comment = &b->page.threads[i].root, .version = 1, .headline = b->page.article->headline};
    struct view_context context = b->context;
    context.viewer = &viewer;
    const struct view_desk_queue page = {
        .list = {.entries = entries, .count = COMMENTS, .more = true, .pending_count = 100000, .oldest_pending = 1},
        .now = (time_ms)1641514740 * 1000};
    must(view_desk_queue(&context, &page, &b->out, &error));
}

void measure_views(struct bench *b) {
    measure(b, "feed_of_50_comments", turn_feed);
    measure(b, "desk_page_of_50", turn_desk);
}

/* Questions */

static void turn_queue(struct bench *b) {
    const struct queue_filter filter = {.kind = QUEUE_PENDING, .limit = COMMENTS};
    struct queue_page page;
    must(queue_load(b->db, b->arena, &filter, &page, &error));
    if (page.count < COMMENTS / 2) must(error_set(&error, INTERNAL, "the queue has %zu messages", page.count));
}

static struct search_stemmers *stemmers;

static void turn_search(struct bench *b) {
    struct search_query query;
    struct search_result result;
    search_query_parse(b->arena, stemmers, S("rivière hiver"), &query);
    const struct search_request request = {.kind = SEARCH_OF_MESSAGES, .query = &query, .limit = SEARCH_PAGE_MAX};
    must(db_read_begin(b->db, &error));
    must(search_run(b->db, b->arena, &request, &result, &error));
    db_read_end(b->db);
    if (result.count == 0) must(error_set(&error, INTERNAL, "nothing was found"));
}

static void turn_likeness(struct bench *b) {
    struct evasion text = text_evasion(b->arena, slice_make(b->text, sizeof b->text));
    struct likeness_mark mark = likeness_mark(&text);
    struct likeness_near near;
    must(db_read_begin(b->db, &error));
    struct likeness_of of = {.article = b->article, .sketch = mark.sketch, .text = slice_make(b->text, sizeof b->text)};
    memcpy(of.keys, mark.keys, sizeof of.keys);
    must(likeness_find(b->db, b->arena, &of, 80, &near, &error));
    db_read_end(b->db);
    if (near.count == 0) must(error_set(&error, INTERNAL, "nothing alike was found"));
}

/* Proofreading, with a dictionary that costs nothing: Hunspell's own work is not what is held here. */

static void *open_words(const char *aff_path, const char *dic_path) {
    static char words;
    (void)aff_path, (void)dic_path;
    return &words;
}

static void close_words(void *words) { (void)words; }

static bool knows_word(void *words, const char *word) {
    (void)words;
    return !strchr(word, 'v');
}

static void suggest_words(void *words, const char *word, size_t most, struct buf *out) {
    (void)words, (void)word, (void)most, (void)out;
}

static struct proofreading_tools tools;

static void turn_proofread(struct bench *b) {
    static const slice languages[] = {S_INIT("fr")};
    struct comment_draft draft = {
        .input = {.name = S("Solange"), .text = slice_make(b->checked, sizeof b->checked), .language = S("fr")},
        .html = html_from_stored(slice_make(b->checked, sizeof b->checked)).s,
        .checks = S("[]")};
    struct site_options options;
    struct proofreading p;
    site_options_init(&options);
    tools.languages = languages;
    tools.language_count = ARRAY_COUNT(languages);
    must(proofreading_run(b->db, b->arena, &tools, &options, &draft, &p, &error));
    if (p.text.word_count == 0) must(error_set(&error, INTERNAL, "no word was looked at"));
}

static void measure_proofreading(struct bench *b, const char *folder) {
    static const struct speller_engine engine = {open_words, close_words, knows_word, suggest_words};
    static const char *const FILES[] = {"fr.aff", "fr.dic"};
    char names[ARRAY_COUNT(FILES)][128];
    for (size_t i = 0; i < ARRAY_COUNT(FILES); i++) {
        snprintf(names[i], sizeof names[i], "%s/%s", folder, FILES[i]);
        FILE *file = fopen(names[i], "w");
        if (!file || fclose(file) != 0) must(error_set(&error, UNAVAILABLE, "%s cannot be made", names[i]));
    }
    for (size_t i = 0; i < sizeof b->checked; i++) b->checked[i] = SENTENCE[i % (sizeof SENTENCE_TEXT - 1)];
    b->checked[sizeof b->checked - 1] = b->checked[sizeof b->checked - 2] = '.';
    tools.speller =
        speller_new(&(struct speller_options){.folder = slice_of(folder), .waiting_max = 1, .engine = &engine});
    measure(b, "proofreading_2000", turn_proofread);
    speller_free(tools.speller);
    for (size_t i = 0; i < ARRAY_COUNT(FILES); i++) unlink(names[i]);
}

void measure_reads(struct bench *b, const char *folder) {
    struct db *writes = b->db;
    char path[128];
    bool complete = false;
    must(search_index_all(writes, NULL, NULL, &error));
    while (!complete) {
        must(db_write_begin(writes, &error));
        must(likeness_fill_step(writes, 1000, &complete, &error));
        must(db_write_commit(writes, &error));
    }
    snprintf(path, sizeof path, "%s/palabre.db", folder);
    must(db_open(slice_of(path), DB_READ, &b->db, &error));
    stemmers = search_stemmers_new();
    measure(b, "desk_queue_of_50", turn_queue);
    measure(b, "search_first_page", turn_search);
    measure(b, "likeness_look_up", turn_likeness);
    measure_proofreading(b, folder);
    search_stemmers_free(stemmers);
    db_close(b->db);
    b->db = writes;
}
