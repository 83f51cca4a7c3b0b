#include "site_fixture.h"

#include "domain/check.h"
#include "domain/import.h"

static const slice SOURCE = S_INIT("wordpress:https://example.org");

static struct import_article article_input(const char *key) {
    return (struct import_article){
        .source = SOURCE,
        .key = slice_of(key),
        .article =
            {
                .kind = ARTICLE_PLAIN,
                .state = ARTICLE_PUBLISHED,
                .slug = S("bonjour"),
                .language = S("fr"),
                .headline = S("Bonjour"),
                .body_source = S("<p>Bonjour</p>"),
                .body_format = BODY_HTML,
                .body_html = S("<p>Bonjour</p>"),
                .published_at = 1000,
            },
    };
}

static struct import_comment comment_input(article_id article, const char *key, const char *parent_key,
                                           enum comment_state state) {
    return (struct import_comment){
        .source = SOURCE,
        .key = slice_of(key),
        .parent_key = slice_of(parent_key),
        .article = article,
        .state = state,
        .name = S("Lucie"),
        .text_source = S("Bien dit."),
        .html = S("<p>Bien dit.</p>"),
        .language = S("fr"),
        .submitted_at = 5000,
    };
}

static article_id import_article(struct fixture *f, const char *key) {
    struct import_article input = article_input(key);
    article_id id;
    bool made = false;
    assert_ok(import_article_add(f->db, &input, &id, &made, &f->error));
    assert_true(made);
    return id;
}

static comment_number import_comment(struct fixture *f, const struct import_comment *input) {
    comment_number number = {0};
    bool made = false;
    assert_ok(import_comment_add(f->db, input, &number, &made, &f->error));
    assert_true(made);
    return number;
}

static void print_fault(void *ctx, slice line) {
    (void)ctx;
    print_error("%.*s\n", SLICE_FMT(line));
}

static void assert_whole(struct fixture *f) {
    struct check_report report;
    assert_ok(check_run(f->db, print_fault, NULL, &report, &f->error));
}

static struct comment get(struct fixture *f, comment_number number) {
    struct comment comment;
    assert_ok(comment_get(f->db, f->arena, number, &comment, &f->error));
    return comment;
}

static void an_article_is_taken_in_once(void **state) {
    struct fixture *f = *state;
    slice paths[] = {S("/2020/01/bonjour/"), S("/?p=7")};
    struct import_article input = article_input("7");
    input.old_paths = paths;
    input.old_path_count = 2;
    article_id id;
    article_id again;
    bool made;
    assert_ok(import_article_add(f->db, &input, &id, &made, &f->error));
    assert_true(made);
    input.article.headline = S("Autre chose");
    assert_ok(import_article_add(f->db, &input, &again, &made, &f->error));
    assert_false(made);
    assert_int_equal(again.v, id.v);
    struct article article;
    assert_ok(article_get(f->db, f->arena, id, &article, &f->error));
    assert_text(article.headline, "Bonjour");
    assert_int_equal(article.state, ARTICLE_PUBLISHED);
    assert_int_equal(article.published_at, 1000);
    assert_int_equal(article.created_at, 1000);
    assert_int_equal(article.updated_at, 1000);
    assert_int_equal(article.author.v, 0);
    article_id target = {0};
    comment_number comment = {0};
    assert_ok(redirect_find(f->db, S("/?p=7"), &target, &comment, &f->error));
    assert_int_equal(target.v, id.v);
    assert_int_equal(comment.v, 0);
    assert_int_equal(redirect_find(f->db, S("/?p=8"), &target, &comment, &f->error), NOT_FOUND);
    /* another post may not take its path */
    input = article_input("8");
    input.old_paths = paths;
    input.old_path_count = 1;
    assert_ok(import_article_add(f->db, &input, &again, &made, &f->error));
    assert_ok(redirect_find(f->db, paths[0], &target, &comment, &f->error));
    assert_int_equal(target.v, id.v);
    input.key = S("");
    assert_int_equal(import_article_add(f->db, &input, &again, &made, &f->error), INVALID);
    /* the same key from elsewhere is another article */
    input = article_input("7");
    input.source = S("disqus:x");
    assert_ok(import_article_add(f->db, &input, &again, &made, &f->error));
    assert_true(made && again.v != id.v);
    assert_whole(f);
}

static void comments_take_their_places(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1");
    struct import_comment input = comment_input(article, "c1", "", COMMENT_PUBLISHED);
    comment_number first = import_comment(f, &input);
    input = comment_input(article, "c2", "", COMMENT_PUBLISHED);
    comment_number second = import_comment(f, &input);
    input = comment_input(article, "c3", "c1", COMMENT_PUBLISHED);
    comment_number reply = import_comment(f, &input);
    input = comment_input(article, "c4", "c3", COMMENT_PUBLISHED);
    comment_number deeper = import_comment(f, &input);
    assert_int_equal(get(f, first).ordinal, 1);
    assert_int_equal(get(f, second).ordinal, 2);
    assert_int_equal(get(f, reply).ordinal, 1);
    assert_int_equal(get(f, deeper).ordinal, 2);
    assert_int_equal(get(f, deeper).root.v, first.v);
    assert_int_equal(get(f, deeper).parent.v, reply.v);
    assert_int_equal(get(f, first).reply_count, 2);
    assert_int_equal(get(f, first).published_at, 5000);
    assert_int_equal(get(f, first).version, 1);
    struct article loaded;
    assert_ok(article_get(f->db, f->arena, article, &loaded, &f->error));
    assert_int_equal(loaded.comment_count, 4);
    assert_int_equal(loaded.last_ordinal, 2);
    comment_number number;
    bool made;
    assert_ok(import_comment_add(f->db, &input, &number, &made, &f->error));
    assert_false(made);
    assert_int_equal(number.v, deeper.v);
    assert_whole(f);
}

static void every_state_is_kept_and_counted(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1");
    for (int i = COMMENT_PENDING; i < COMMENT_STATES; i++) {
        char key[8];
        snprintf(key, sizeof key, "c%d", i);
        struct import_comment input = comment_input(article, key, "", (enum comment_state)i);
        comment_number number = import_comment(f, &input);
        assert_int_equal(get(f, number).state, i);
        assert_int_equal(get(f, number).ordinal, i == COMMENT_PUBLISHED);
    }
    struct site site;
    assert_ok(site_load(f->db, f->arena, &site, &f->error));
    assert_int_equal(site.pending_count, 1);
    /* a published reply to a root that never was: the root keeps its place, as a stub */
    struct import_comment input = comment_input(article, "r", "c3", COMMENT_PUBLISHED);
    comment_number reply = import_comment(f, &input);
    assert_int_equal(get(f, reply).ordinal, 1);
    assert_int_equal(get(f, get(f, reply).root).ordinal, 2);
    assert_whole(f);
}

static void numbers_are_kept_where_they_are_free(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1");
    struct import_comment input = comment_input(article, "a", "", COMMENT_PUBLISHED);
    input.wanted_number = 4711;
    assert_int_equal(import_comment(f, &input).v, 4711);
    input.key = S("b");
    assert_int_equal(import_comment(f, &input).v, 4712);
    input.key = S("c");
    input.wanted_number = 12;
    assert_int_equal(import_comment(f, &input).v, 12);
    input.key = S("d");
    input.wanted_number = INT64_MAX;
    assert_int_equal(import_comment(f, &input).v, 4713);
    input.key = S("e");
    input.wanted_number = -1;
    assert_int_equal(import_comment(f, &input).v, 4714);
    assert_whole(f);
}

static void a_parent_must_be_there(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1");
    article_id other = import_article(f, "2");
    struct import_comment input = comment_input(article, "a", "", COMMENT_PUBLISHED);
    import_comment(f, &input);
    comment_number number;
    bool made;
    input = comment_input(article, "b", "zzz", COMMENT_PUBLISHED);
    assert_int_equal(import_comment_add(f->db, &input, &number, &made, &f->error), INVALID);
    assert_detail("has not been imported");
    input = comment_input(other, "b", "a", COMMENT_PUBLISHED);
    assert_int_equal(import_comment_add(f->db, &input, &number, &made, &f->error), INVALID);
    assert_detail("another article");
    input = comment_input(other, "", "", COMMENT_PUBLISHED);
    assert_int_equal(import_comment_add(f->db, &input, &number, &made, &f->error), INVALID);
    assert_whole(f);
}

static void each_row_is_journalled(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1");
    struct import_comment input = comment_input(article, "a", "", COMMENT_SPAM);
    import_comment(f, &input);
    slice sql = arena_format(f->arena,
                             "SELECT count(*) FROM journal WHERE actor = 'import' AND chain = %lld AND act IN"
                             " ('article.import', 'comment.import') AND data LIKE '%%text_sha256%%'",
                             (long long)article.v);
    assert_int_equal(fixture_query(f, sql.p), 2);
}

/* Together: what import_comment_add gives one by one, but for the journal. */

enum { MANY = 400 };

/* Threads, every state, wanted numbers (some taken, some below the highest), a key that comes twice. */
static void make_many(struct fixture *f, article_id article, const char *source, struct import_comment *items) {
    uint32_t seed = 7;
    for (int i = 0; i < MANY; i++) {
        seed = seed * 1664525 + 1013904223;
        unsigned draw = seed >> 16;
        items[i] = comment_input(article, "", "",
                                 draw % 4 ? COMMENT_PUBLISHED : (enum comment_state)(draw / 4 % COMMENT_STATES));
        items[i].source = slice_of(source);
        items[i].key = arena_format(f->arena, "k%d", i == 300 ? 299 : i);
        if (i > 0 && draw % 3 == 0) items[i].parent_key = arena_format(f->arena, "k%u", draw % (unsigned)i % 299);
        if (draw % 5 == 0) items[i].wanted_number = (int64_t)(5000 + draw % 900);
        items[i].submitted_at = 5000 + i;
    }
}

static void assert_same(struct fixture *f, comment_number alone, comment_number together) {
    struct comment a = get(f, alone), b = get(f, together);
    assert_int_equal(a.state, b.state);
    assert_int_equal(a.ordinal, b.ordinal);
    assert_int_equal(a.reply_count, b.reply_count);
    assert_int_equal(a.version, b.version);
    assert_int_equal(a.submitted_at, b.submitted_at);
    assert_int_equal(a.published_at, b.published_at);
    assert_int_equal(a.root.v != 0, b.root.v != 0);
    assert_int_equal(a.parent.v != 0, b.parent.v != 0);
}

static void together_is_as_one_by_one(void **state) {
    struct fixture *f = *state;
    static struct import_comment one[MANY], all[MANY];
    static struct import_result results[MANY];
    comment_number numbers[MANY];
    article_id article = import_article(f, "1"), other = import_article(f, "2");
    make_many(f, article, "alone", one);
    for (int i = 0; i < MANY; i++) {
        bool made;
        assert_ok(import_comment_add(f->db, &one[i], &numbers[i], &made, &f->error));
        assert_int_equal(made, i != 300);
    }
    make_many(f, other, "together", all);
    /* in three calls: answers go to older roots, too */
    assert_ok(import_comments_add(f->db, all, 150, results, &f->error));
    assert_ok(import_comments_add(f->db, all + 150, 140, results + 150, &f->error));
    assert_ok(import_comments_add(f->db, all + 290, MANY - 290, results + 290, &f->error));
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(results[i].made, i != 300);
        assert_same(f, numbers[i], results[i].number);
    }
    struct article a, b;
    assert_ok(article_get(f->db, f->arena, article, &a, &f->error));
    assert_ok(article_get(f->db, f->arena, other, &b, &f->error));
    assert_int_equal(a.comment_count, b.comment_count);
    assert_int_equal(a.last_ordinal, b.last_ordinal);
    assert_whole(f);
    assert_ok(import_comments_add(f->db, all, MANY, results, &f->error)); /* again: all there */
    for (int i = 0; i < MANY; i++) assert_false(results[i].made);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM journal WHERE act = 'comments.import'"), 3);
    assert_whole(f);
}

static void numbers_of_many_are_kept_where_they_are_free(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1");
    struct import_comment before = comment_input(article, "z", "", COMMENT_PUBLISHED);
    before.wanted_number = 100;
    import_comment(f, &before);
    static const struct {
        int64_t wanted, given;
    } cases[] = {{100, 101}, {4711, 4711},      {0, 4712},  {12, 12},
                 {12, 4713}, {INT64_MAX, 4714}, {-1, 4715}, {4713, 4716}};
    struct import_comment items[ARRAY_COUNT(cases)];
    struct import_result results[ARRAY_COUNT(cases)];
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        items[i] = comment_input(article, "", "", COMMENT_PUBLISHED);
        items[i].key = arena_format(f->arena, "%zu", i);
        items[i].wanted_number = cases[i].wanted;
    }
    assert_ok(import_comments_add(f->db, items, ARRAY_COUNT(cases), results, &f->error));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) assert_int_equal(results[i].number.v, cases[i].given);
    struct import_comment after = comment_input(article, "after", "", COMMENT_PUBLISHED);
    assert_int_equal(import_comment(f, &after).v, 4717);
    assert_whole(f);
}

static void parents_of_many_must_be_there_or_not(void **state) {
    struct fixture *f = *state;
    article_id article = import_article(f, "1"), other = import_article(f, "2");
    struct import_comment first = comment_input(other, "a", "", COMMENT_PUBLISHED);
    import_comment(f, &first);
    struct import_comment items[2] = {comment_input(article, "b", "zzz", COMMENT_PUBLISHED),
                                      comment_input(article, "c", "a", COMMENT_PUBLISHED)};
    struct import_result results[2];
    assert_int_equal(import_comments_add(f->db, items, 1, results, &f->error), INVALID);
    assert_detail("has not been imported");
    assert_int_equal(import_comments_add(f->db, items + 1, 1, results, &f->error), INVALID);
    assert_detail("another article");
    items[0].or_root = items[1].or_root = true;
    assert_ok(import_comments_add(f->db, items, 2, results, &f->error));
    assert_true(results[0].is_root && results[1].is_root);
    assert_int_equal(get(f, results[1].number).ordinal, 2);
    items[1].article = other;
    assert_int_equal(import_comments_add(f->db, items, 2, results, &f->error), INVALID);
    assert_detail("one article");
    items[0].article.v = items[1].article.v = 77;
    assert_int_equal(import_comments_add(f->db, items, 2, results, &f->error), INVALID);
    assert_whole(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(an_article_is_taken_in_once),
        FIXTURE_TEST(comments_take_their_places),
        FIXTURE_TEST(every_state_is_kept_and_counted),
        FIXTURE_TEST(numbers_are_kept_where_they_are_free),
        FIXTURE_TEST(together_is_as_one_by_one),
        FIXTURE_TEST(numbers_of_many_are_kept_where_they_are_free),
        FIXTURE_TEST(parents_of_many_must_be_there_or_not),
        FIXTURE_TEST(a_parent_must_be_there),
        FIXTURE_TEST(each_row_is_journalled),
    };
    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
