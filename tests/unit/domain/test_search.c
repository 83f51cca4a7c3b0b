/* What is found, in which order, page by page; and that the index follows what is published. */
#include "discussion_fixture.h"

#include "domain/outbox.h"
#include "domain/related.h"
#include "domain/search.h"

#include <string.h>

static struct search_query parse(struct fixture *f, const char *text) {
    struct search_stemmers *stemmers = search_stemmers_new();
    struct search_query query;
    search_query_parse(f->arena, stemmers, slice_of(text), &query);
    search_stemmers_free(stemmers);
    return query;
}

static struct search_result search(struct fixture *f, enum search_kind kind, const char *text, struct search_key after,
                                   size_t limit) {
    struct search_query query = parse(f, text);
    struct search_request request = {.kind = kind, .query = &query, .after = after, .limit = limit};
    struct search_result result;
    if (search_run(f->db, f->arena, &request, &result, &f->error) != OK) fail_msg("%s: %s", text, f->error.detail);
    return result;
}

/* The numbers found, with spaces between. */
static slice found(struct fixture *f, enum search_kind kind, const char *text) {
    struct search_result result = search(f, kind, text, (struct search_key){0}, SEARCH_PAGE_MAX);
    slice list = S("");
    for (size_t i = 0; i < result.count; i++)
        list = arena_format(f->arena, "%.*s%s%lld", SLICE_FMT(list), i ? " " : "", (long long)result.hits[i].id);
    return list;
}

static slice messages(struct fixture *f, const char *text) { return found(f, SEARCH_OF_MESSAGES, text); }

static comment_number published(struct fixture *f, article_id article, const char *name, const char *title,
                                const char *text) {
    struct comment_input input = fixture_input(f, article, NOBODY);
    input.name = slice_of(name);
    input.title = slice_of(title);
    input.text = slice_of(text);
    comment_number number = fixture_send(f, &input).number;
    assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
    return number;
}

static void index_all(struct fixture *f) {
    struct search_progress progress = {0};
    while (!progress.complete) assert_int_equal(search_index_step(f->db, 2, &progress, &f->error), OK);
}

static void finds_what_was_asked(void **state) {
    struct fixture *f = *state;
    published(f, ARTICLE, "Zoé", "", "Les élections ont lieu dimanche, près du pont.");
    published(f, ARTICLE, "Jean Dupont", "", "L'élu a mangé à la cantine de l'école publique.");
    published(f, OTHER, "Élodie", "Le pont", "Une œuvre d'art, posée au milieu.");
    published(f, OTHER, "Jean", "", "The bridges of the city are old; publique et école.");
    static const struct {
        const char *query, *numbers;
    } CASES[] = {
        {"élection", "1"},
        {"ELECTIONS", "1"},
        {"pont", "3 1"},
        {"manger", "2"},
        {"mangee", "2"},
        {"oeuvre", "3"},
        {"œuvres", "3"},
        {"école", "4 2"},
        {"\"école publique\"", "2"},
        {"bridge", "4"},
        {"author:jean", "4 2"},
        {"author:\"jean dupont\"", "2"},
        {"author:dupont pont", ""},
        {"article:2", "4 3"},
        {"article:2 pont", "3"},
        {"pont -art", "1"},
        {"école -author:dupont", "4"},
        {"cantine élu", "2"},
        {"\"élu cantine\"", ""},
        {"rien", ""},
        {"pont OR rien", ""},
        {"\"", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct search_query query = parse(f, CASES[i].query);
        slice got = query.count ? messages(f, CASES[i].query) : S("");
        if (!slice_equal(got, slice_of(CASES[i].numbers)))
            fail_msg("%s: got %.*s, wanted %s", CASES[i].query, SLICE_FMT(got), CASES[i].numbers);
    }
}

/* What the index would answer, found by reading the documents: bounded to nothing, it is how every question is answered. */
static void the_documents_say_what_the_index_says(void **state) {
    struct fixture *f = *state;
    published(f, ARTICLE, "Zoé", "", "Les élections ont lieu dimanche, près du pont.");
    published(f, ARTICLE, "Jean Dupont", "", "L'élu a mangé à la cantine de l'école publique.");
    published(f, OTHER, "Élodie", "Le pont", "Une œuvre d'art, posée au milieu du pont.");
    published(f, OTHER, "Jean", "", "The bridges of the city are old; publique et école.");
    static const char *const QUERIES[] = {"élection",
                                          "pont",
                                          "mangee",
                                          "œuvres",
                                          "école",
                                          "\"école publique\"",
                                          "\"élu cantine\"",
                                          "author:jean",
                                          "author:\"jean dupont\"",
                                          "article:2",
                                          "article:2 pont",
                                          "pont -art",
                                          "école -author:dupont",
                                          "pont -\"au milieu\"",
                                          "\"de l'école\"",
                                          "\"le pont\"",
                                          "rien"};
    for (size_t i = 0; i < ARRAY_COUNT(QUERIES); i++) {
        struct search_query query = parse(f, QUERIES[i]);
        slice by_index = messages(f, QUERIES[i]), by_reading = S("");
        struct db_rows *rows = db_use(f->db, DB_SEARCH_MESSAGE_WALK);
        db_bind_int(rows, "before", INT64_MAX);
        db_bind_int(rows, "limit", 100);
        size_t hits = 0, indexed = 0;
        while (db_step(rows, &f->error) == OK) {
            if (!search_answers(&query, db_text_peek(rows, "words"))) continue;
            slice number = arena_format(f->arena, "%lld", (long long)db_int(rows, "id"));
            by_reading =
                arena_format(f->arena, "%.*s%s%.*s", SLICE_FMT(by_reading), hits++ ? " " : "", SLICE_FMT(number));
        }
        db_finish(rows);
        for (size_t k = 0; k < by_index.n; k++) indexed += by_index.p[k] == ' ';
        indexed += by_index.n > 0;
        assert_int_equal(hits, indexed);
        for (slice rest = by_reading; rest.n;) {
            slice number = slice_cut(&rest, ' '), all = by_index;
            bool same = false;
            while (all.p) same = slice_equal(slice_cut(&all, ' '), number) || same;
            if (!same) fail_msg("%s: %.*s is not in '%.*s'", QUERIES[i], SLICE_FMT(number), SLICE_FMT(by_index));
        }
    }
}

static struct search_result step_by_step(struct fixture *f, const char *text, int64_t most, struct search_key after) {
    struct search_query query = parse(f, text);
    struct search_request request = {
        .kind = SEARCH_OF_MESSAGES, .query = &query, .after = after, .limit = 2, .walk = most};
    struct search_result result;
    if (search_run(f->db, f->arena, &request, &result, &f->error) != OK) fail_msg("%s: %s", text, f->error.detail);
    return result;
}

/* A page says how far it has looked, and the next one goes on below that: together they have everything, once. */
static void what_was_not_looked_through_is_on_the_next_page(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 10; i++) {
        slice text = arena_format(f->arena, "%s %d.", i % 4 ? "Un saule" : "Le pont que voilà,", i + 100);
        published(f, ARTICLE, "Zoé", "", arena_cstring(f->arena, text));
    }
    /* 1, 5 and 9 say it; the newest five are 6 to 10 */
    struct search_result first = step_by_step(f, "\"le pont\"", 5, (struct search_key){0});
    assert_int_equal(first.walked, 5);
    assert_int_equal(first.count, 1);
    assert_int_equal(first.hits[0].id, 9);
    assert_true(first.unsure && first.more && first.next.set && !first.ranked);
    assert_int_equal(first.next.id, 6);
    struct search_result second = step_by_step(f, "\"le pont\"", 5, first.next);
    assert_int_equal(second.walked, 0);
    assert_int_equal(second.count, 2);
    assert_int_equal(second.hits[0].id, 5);
    assert_int_equal(second.hits[1].id, 1);
    assert_false(second.more);
    /* a full page goes on after its last hit */
    first = step_by_step(f, "saule", 8, (struct search_key){0});
    assert_int_equal(first.count, 2);
    assert_int_equal(first.hits[1].id, 8);
    assert_int_equal(first.next.id, 8);
    second = step_by_step(f, "saule", 8, first.next);
    assert_int_equal(second.hits[0].id, 7);
    /* nothing in what was looked through is not nothing at all */
    first = step_by_step(f, "\"le pont\"", 1, (struct search_key){0});
    assert_true(first.count == 0 && first.more && first.next.id == 10);
    /* of few documents all are seen: as without a bound */
    struct search_result all = step_by_step(f, "\"le pont\"", 11, (struct search_key){0});
    assert_true(all.walked == 0 && all.total == 3 && all.ranked && !all.unsure);
    struct search_result same = search(f, SEARCH_OF_MESSAGES, "\"le pont\"", (struct search_key){0}, 2);
    assert_int_equal(all.next.id, same.next.id);
    assert_int_equal(all.next.score, same.next.score);
}

/* More work than it may do ends a statement, and the transaction goes on. */
static void a_bound_ends_a_statement_only(void **state) {
    struct fixture *f = *state;
    published(f, ARTICLE, "Zoé", "", "Un saule.");
    assert_int_equal(db_bound_begin(f->db, 1000, &f->error), OK);
    assert_slice(fixture_site(f).language, "fr");
    db_bound_end(f->db);
    if (!store_is_postgresql()) { /* there the clock decides */
        (void)fixture_sql(f,
                          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO "
                          "mail_address SELECT CAST(CAST(i AS TEXT) AS BLOB), 0, 1, NULL, '', '' FROM n");
        struct outbox_figures figures;
        assert_int_equal(db_bound_begin(f->db, 1, &f->error), OK);
        assert_int_equal(outbox_count(f->db, &figures, &f->error), BUSY);
        db_bound_end(f->db);
        assert_int_equal(outbox_count(f->db, &figures, &f->error), OK);
        assert_int_equal(figures.paused, 3000);
    }
    assert_slice(messages(f, "saule"), "1");
    assert_int_equal(published(f, ARTICLE, "Zoé", "", "Un autre saule.").v, 2);
    assert_slice(messages(f, "saule"), "1 2"); /* the shorter text first */
}

static void follows_every_act(void **state) {
    struct fixture *f = *state;
    comment_number number = published(f, ARTICLE, "Zoé", "", "Un peuplier pousse là.");
    assert_slice(messages(f, "peupliers"), "1");
    assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
    assert_slice(messages(f, "peupliers"), "");
    assert_int_equal(fixture_undo(f, number), OK);
    assert_slice(messages(f, "peupliers"), "1");
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.text = S("Un saule pousse là.");
    struct comment_draft draft;
    struct comment_problems problems;
    assert_int_equal(fixture_prepare(f, &input, &draft, &problems), OK);
    int64_t version = fixture_get(f, number).version;
    assert_int_equal(WRITE(f, comment_edit_desk(f->db, number, version, &draft, SACHA, S(""), &f->error)), OK);
    assert_slice(messages(f, "peupliers"), "");
    assert_slice(messages(f, "saules"), "1");
    assert_int_equal(fixture_undo(f, number), OK);
    assert_slice(messages(f, "saules"), "");
    assert_slice(messages(f, "peupliers"), "1");
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK);
    assert_slice(messages(f, "peupliers"), "");
}

static void pending_and_refused_are_not_found(void **state) {
    struct fixture *f = *state;
    (void)fixture_pending(f, ARTICLE, NOBODY);
    comment_number spam = fixture_pending(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_decide(f, spam, ACT_SPAM), OK);
    assert_slice(messages(f, "message"), "");
    index_all(f);
    assert_slice(messages(f, "message"), "");
}

static void messages_of_a_withdrawn_article_are_not_found(void **state) {
    struct fixture *f = *state;
    published(f, ARTICLE, "Zoé", "", "Un peuplier pousse là.");
    index_all(f);
    assert_slice(found(f, SEARCH_OF_ARTICLES, "pont"), "1");
    assert_int_equal(WRITE(f, article_set_state(f->db, ARTICLE, ARTICLE_WITHDRAWN, 0, CAMILLE, &f->error)), OK);
    assert_slice(messages(f, "peuplier"), "");
    assert_slice(found(f, SEARCH_OF_ARTICLES, "pont"), "");
    assert_int_equal(WRITE(f, article_set_state(f->db, ARTICLE, ARTICLE_PUBLISHED, 0, CAMILLE, &f->error)), OK);
    assert_slice(messages(f, "peuplier"), "1");
    assert_slice(found(f, SEARCH_OF_ARTICLES, "pont"), "1");
}

/* Pages one after another are the whole, each once, in order. */
static void walk(struct fixture *f, const char *text, size_t expected, bool ranked) {
    struct search_key after = {0};
    bool seen[1000] = {false};
    size_t count = 0;
    for (;;) {
        struct search_result page = search(f, SEARCH_OF_MESSAGES, text, after, 7);
        assert_int_equal(page.ranked, ranked);
        for (size_t i = 0; i < page.count; i++) {
            assert_false(seen[page.hits[i].id]);
            seen[page.hits[i].id] = true;
            count++;
        }
        if (!page.more) break;
        assert_int_equal(page.count, 7);
        slice key = search_key_text(f->arena, &page.next);
        assert_true(search_key_parse(key, &after));
    }
    assert_int_equal(count, expected);
}

static void pages_have_no_doubles_and_no_gaps(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 40; i++)
        published(f, ARTICLE, "Zoé", i % 3 ? "" : "Un orme",
                  arena_format(f->arena, "Un orme%s, le n° %d.", i % 4 ? "" : " et des ormes", i).p);
    walk(f, "orme", 40, true);
    struct search_result first = search(f, SEARCH_OF_MESSAGES, "orme", (struct search_key){0}, 7);
    assert_int_equal(first.total, 40);
    assert_false(first.estimated);
    for (int i = 40; i < SEARCH_RANKED_MAX + 50; i++)
        published(f, ARTICLE, "Zoé", "", arena_format(f->arena, "Un orme, le n° %d.", i).p);
    walk(f, "orme", SEARCH_RANKED_MAX + 50, false);
    /* what began ranked goes on so */
    assert_true(search(f, SEARCH_OF_MESSAGES, "orme", first.next, 7).ranked);
}

static void keys_are_read_as_written(void **state) {
    (void)state;
    static const char *const WRONG[] = {"", "n", "x5", "n0", "n-5", "r5", "r-5", "r5-", "r5-0", "n5x", "r5-6-x", "'"};
    struct search_key key;
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_false(search_key_parse(slice_of(WRONG[i]), &key));
    assert_true(search_key_parse(S("r-12-71"), &key));
    assert_true(key.ranked && key.score == -12 && key.id == 71);
}

static void what_was_there_before_is_indexed_step_by_step(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 9; i++) published(f, ARTICLE, "Zoé", "", arena_format(f->arena, "Un orme, n° %d.", i).p);
    (void)fixture_sql(f, "DELETE FROM search_message WHERE rowid <= 7; DELETE FROM search_article;"
                         "UPDATE search_progress SET next_message = 1, next_article = 1;");
    struct search_result result = search(f, SEARCH_OF_MESSAGES, "orme", (struct search_key){0}, 20);
    assert_int_equal(result.count, 2);
    assert_false(result.index.complete);
    struct search_progress progress;
    assert_int_equal(search_index_step(f->db, 5, &progress, &f->error), OK);
    assert_false(progress.complete);
    assert_in_range(progress.percent, 1, 99);
    index_all(f);
    result = search(f, SEARCH_OF_MESSAGES, "orme", (struct search_key){0}, 20);
    assert_int_equal(result.count, 9);
    assert_true(result.index.complete);
    assert_slice(found(f, SEARCH_OF_ARTICLES, "lavoir"), "2");
}

static void another_version_is_made_anew(void **state) {
    struct fixture *f = *state;
    published(f, ARTICLE, "Zoé", "", "Un orme.");
    index_all(f);
    (void)fixture_sql(f, "DELETE FROM search_message; INSERT INTO search_message (rowid, article_id, words) "
                         "VALUES (1, 1, 'autre chose'); UPDATE search_progress SET version = 0;");
    struct search_progress progress;
    assert_int_equal(search_progress_load(f->db, &progress, &f->error), OK);
    assert_false(progress.complete);
    index_all(f);
    assert_slice(messages(f, "chose"), "");
    assert_slice(messages(f, "orme"), "1");
    assert_int_equal(search_index_again(f->db, &f->error), OK);
    index_all(f);
    assert_slice(messages(f, "orme"), "1");
}

struct faults {
    int count;
    char last[200];
};

static void count_fault(void *ctx, slice line) {
    struct faults *faults = ctx;
    faults->count++;
    (void)snprintf(faults->last, sizeof faults->last, "%.*s", SLICE_FMT(line));
}

static enum status check_index(struct fixture *f, struct faults *faults) {
    struct search_check_listener listener = {.fault = count_fault, .ctx = faults};
    return search__check(f->db, &listener, &f->error);
}

static void check_finds_an_index_that_differs(void **state) {
    struct fixture *f = *state;
    published(f, ARTICLE, "Zoé", "", "Un orme.");
    index_all(f);
    static const char *const DAMAGES[][3] = {
        {"DELETE FROM search_message", "comment 1: it is not in the search index",
         "INSERT INTO search_message (rowid, article_id, words) VALUES (1, 1, '\uE0021 un orm \uE001zo')"},
        {"UPDATE search_message SET words = 'x'", "comment 1: the search index holds another text",
         "UPDATE search_message SET words = '\uE0021 un orm \uE001zoe'"},
        {"DELETE FROM search_article WHERE rowid = 2", "article 2: it is not in the search index",
         "INSERT INTO search_article (rowid, words) VALUES (2, 'le lavoir \uE0022 x \uE001camill \uE001duval')"},
        {"INSERT INTO search_message (rowid, article_id, words) VALUES (77, 1, 'x')",
         "search of messages 2: documents, and not all of them are comments",
         "DELETE FROM search_message WHERE rowid = 77"},
    };
    for (size_t i = 0; i < sizeof DAMAGES / sizeof DAMAGES[0]; i++) {
        struct faults faults = {0};
        (void)fixture_sql(f, DAMAGES[i][0]);
        assert_int_equal(check_index(f, &faults), OK);
        assert_true(faults.count > 0);
        if (i < 3) assert_string_equal(faults.last, DAMAGES[i][1]);
        (void)fixture_sql(f, DAMAGES[i][2]);
        assert_int_equal(search_index_again(f->db, &f->error), OK);
        index_all(f);
        faults = (struct faults){0};
        assert_int_equal(check_index(f, &faults), OK);
        if (faults.count) fail_msg("%zu: %s", i, faults.last);
    }
}

static article_id write_article(struct fixture *f, const char *headline, const char *body) {
    struct article article = {.kind = ARTICLE_PLAIN,
                              .language = S("fr"),
                              .headline = slice_of(headline),
                              .body_source = slice_of(body),
                              .body_format = BODY_MARKDOWN};
    article_id id = {0};
    assert_int_equal(article_prepare(f->arena, &article, &f->error), OK);
    assert_int_equal(WRITE(f, article_save(f->db, &article, CAMILLE, &id, &f->error)), OK);
    assert_int_equal(WRITE(f, article_set_state(f->db, id, ARTICLE_PUBLISHED, 0, CAMILLE, &f->error)), OK);
    return id;
}

/* The ids shown, with spaces between. */
static slice shown(struct fixture *f, article_id id) {
    struct related related;
    struct related_article list[RELATED_CHOSEN_MAX];
    assert_int_equal(related_load(f->db, f->arena, id, &related, &f->error), OK);
    size_t count = related_shown(&related, list);
    slice text = S("");
    for (size_t i = 0; i < count; i++)
        text = arena_format(f->arena, "%.*s%s%lld", SLICE_FMT(text), i ? " " : "", (long long)list[i].id.v);
    return text;
}

static void likes_are_proposed_both_ways(void **state) {
    struct fixture *f = *state;
    article_id tram = write_article(f, "Le tramway arrive place Gambetta", "Les rails du tramway longent le canal.");
    article_id bees = write_article(f, "Des ruches sur les toits", "Les abeilles butinent les tilleuls du parc.");
    assert_slice(shown(f, tram), "");
    article_id again =
        write_article(f, "Tramway : le chantier de Gambetta reprend", "Les rails sont posés, le canal attend.");
    assert_slice(shown(f, again), "4");
    assert_slice(shown(f, tram), "6");
    assert_slice(shown(f, bees), "");
    article_id back[RELATED_BACK_MAX];
    size_t count;
    assert_int_equal(related_back(f->db, again, back, RELATED_BACK_MAX, &count, &f->error), OK);
    assert_int_equal(count, 1);
    assert_int_equal(back[0].v, tram.v);
    assert_int_equal(WRITE(f, article_set_state(f->db, tram, ARTICLE_WITHDRAWN, 0, CAMILLE, &f->error)), OK);
    assert_slice(shown(f, again), "");
}

static void an_editor_chooses(void **state) {
    struct fixture *f = *state;
    article_id tram = write_article(f, "Le tramway arrive place Gambetta", "Les rails du tramway longent le canal.");
    article_id again = write_article(f, "Tramway : Gambetta", "Les rails du canal.");
    bool changed;
    article_id both[] = {{2}, {1}}, self[] = {again}, unknown[] = {{99}}, twice[] = {{1}, {1}};
    assert_slice(shown(f, again), "4");
    assert_int_equal(WRITE(f, related_choose(f->db, again, both, 2, CAMILLE, &changed, &f->error)), OK);
    assert_true(changed);
    assert_slice(shown(f, again), "2 1");
    assert_int_equal(WRITE(f, related_choose(f->db, again, both, 2, CAMILLE, &changed, &f->error)), OK);
    assert_false(changed);
    assert_int_equal(WRITE(f, related_choose(f->db, again, self, 1, CAMILLE, &changed, &f->error)), INVALID);
    assert_int_equal(WRITE(f, related_choose(f->db, again, unknown, 1, CAMILLE, &changed, &f->error)), INVALID);
    assert_int_equal(WRITE(f, related_choose(f->db, again, twice, 2, CAMILLE, &changed, &f->error)), INVALID);
    assert_int_equal(WRITE(f, article_set_state(f->db, ARTICLE, ARTICLE_WITHDRAWN, 0, CAMILLE, &f->error)), OK);
    assert_slice(shown(f, again), "2");
    assert_int_equal(WRITE(f, related_choose(f->db, again, NULL, 0, CAMILLE, &changed, &f->error)), OK);
    assert_slice(shown(f, again), "4");
    (void)tram;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(finds_what_was_asked),
        TEST(the_documents_say_what_the_index_says),
        TEST(what_was_not_looked_through_is_on_the_next_page),
        TEST(a_bound_ends_a_statement_only),
        TEST(follows_every_act),
        TEST(pending_and_refused_are_not_found),
        TEST(messages_of_a_withdrawn_article_are_not_found),
        TEST(pages_have_no_doubles_and_no_gaps),
        TEST(keys_are_read_as_written),
        TEST(what_was_there_before_is_indexed_step_by_step),
        TEST(another_version_is_made_anew),
        TEST(check_finds_an_index_that_differs),
        TEST(likes_are_proposed_both_ways),
        TEST(an_editor_chooses),
    };
    return cmocka_run_group_tests_name("domain/search", tests, NULL, NULL);
}
