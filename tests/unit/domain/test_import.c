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

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(an_article_is_taken_in_once),     FIXTURE_TEST(comments_take_their_places),
        FIXTURE_TEST(every_state_is_kept_and_counted), FIXTURE_TEST(numbers_are_kept_where_they_are_free),
        FIXTURE_TEST(a_parent_must_be_there),          FIXTURE_TEST(each_row_is_journalled),
    };
    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
