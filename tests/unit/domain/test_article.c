#include "site_fixture.h"

#include "domain/journal.h"

static struct article draft(void) {
    return (struct article){
        .kind = ARTICLE_PLAIN,
        .language = S("fr"),
        .headline = S("  La halle  rouvre "),
        .standfirst = S("Après deux ans."),
        .byline = S("Ana"),
        .body_source = S("Du *monde*.\r\n\r\nEt du soleil.\r"),
    };
}

static void preparing_checks_and_renders(void **state) {
    struct fixture *f = *state;
    struct article article = draft();
    assert_ok(article_prepare(f->arena, &article, &f->error));
    assert_text(article.headline, "La halle rouvre");
    assert_text(article.slug, "la-halle-rouvre");
    assert_text(article.body_source, "Du *monde*.\n\nEt du soleil.\n");
    assert_true(slice_contains(article.body_html, S("<em>monde</em>")));
    article.body_format = BODY_HTML;
    article.body_source = S("<p onclick=x>Du <b>monde</b></p><script>alert(1)</script>");
    assert_ok(article_prepare(f->arena, &article, &f->error));
    assert_true(slice_contains(article.body_html, S("<b>monde</b>")));
    assert_false(slice_contains(article.body_html, S("alert")));
}

static void preparing_names_the_field(void **state) {
    struct fixture *f = *state;
    char *long_text = calloc(1, 300);
    memset(long_text, 'a', 299);
    struct {
        struct article article;
        const char *says;
    } cases[14];
    size_t n = 0;
#define CASE(member, value, text)                                                                                      \
    cases[n].article = draft();                                                                                        \
    cases[n].article.member = value;                                                                                   \
    cases[n++].says = text
    CASE(headline, S("  "), "headline: ");
    CASE(headline, slice_of(long_text), "headline: longer than 250");
    CASE(headline, S("\xc3"), "headline: ");
    CASE(headline,
         S("a\xe2\x80\xae"
           "b"),
         "headline: ");
    CASE(language, S(""), "language: ");
    CASE(language, S("fr_FR"), "language: ");
    CASE(byline, slice_of(long_text), "byline: ");
    CASE(slug, S("Pas un slug"), "slug: ");
    CASE(body_source, S("\xff"), "body: not UTF-8");
    CASE(body_source, S("a\x07"), "body: holds control");
    CASE(source_url, S("javascript:alert(1)"), "source_url: ");
    CASE(kind, ARTICLE_EXCERPT, "source_url: ");
    CASE(source_date, -1, "source_date: ");
    CASE(source_site, slice_make("a\0b", 3), "source_site: ");
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(article_prepare(f->arena, &cases[i].article, &f->error), INVALID);
        assert_detail(cases[i].says);
    }
    struct article excerpt = draft();
    excerpt.kind = ARTICLE_EXCERPT;
    excerpt.source_url = S(" https://example.org/a ");
    assert_ok(article_prepare(f->arena, &excerpt, &f->error));
    assert_text(excerpt.source_url, "https://example.org/a");
    free(long_text);
}

static void a_save_needs_the_revision_it_was_made_from(void **state) {
    struct fixture *f = *state;
    account_id by = fixture_account(f, S("edi"), ROLE_EDITOR);
    struct article article = draft();
    article.slug = S("halle");
    article.body_html = S("<p>Du monde.</p>");
    article.source_date = 5;
    article_id id;
    assert_ok(article_save(f->db, &article, by, &id, &f->error));
    struct article loaded;
    assert_ok(article_get(f->db, f->arena, id, &loaded, &f->error));
    assert_int_equal(loaded.state, ARTICLE_DRAFT);
    assert_int_equal(loaded.revision, 1);
    assert_int_equal(loaded.author.v, by.v);
    assert_int_equal(loaded.published_at, 0);
    assert_int_equal(loaded.source_date, 5);
    assert_false(loaded.accepts_comments);
    struct article first = loaded;
    first.headline = S("Halle : elle rouvre");
    assert_ok(article_save(f->db, &first, by, &id, &f->error));
    struct article second = loaded;
    second.headline = S("Autre titre");
    assert_int_equal(article_save(f->db, &second, by, &id, &f->error), CONFLICT);
    assert_ok(article_get(f->db, f->arena, id, &loaded, &f->error));
    assert_text(loaded.headline, "Halle : elle rouvre");
    assert_int_equal(loaded.revision, 2);
    assert_int_equal(loaded.version, 2);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM article_revision"), 1);
    assert_int_equal(fixture_query(f, "SELECT headline = '  La halle  rouvre ' AND revision = 1 FROM article_revision"),
                     1);
    struct article brief;
    assert_ok(article_get_brief(f->db, f->arena, id, &brief, &f->error));
    assert_text(brief.body_html, "");
    assert_text(brief.headline, "Halle : elle rouvre");
    second.id.v = 99;
    assert_int_equal(article_save(f->db, &second, by, &id, &f->error), NOT_FOUND);
    assert_int_equal(article_get(f->db, f->arena, (article_id){99}, &brief, &f->error), NOT_FOUND);
    second = draft();
    second.slug = S("x");
    second.section.v = 4;
    assert_int_equal(article_save(f->db, &second, by, &id, &f->error), INVALID);
    assert_detail("section: ");
}

static struct article load(struct fixture *f, article_id id) {
    struct article article;
    assert_ok(article_get_brief(f->db, f->arena, id, &article, &f->error));
    return article;
}

static int64_t site_version(struct fixture *f) { return fixture_query(f, "SELECT version FROM site"); }

static void states_follow_their_steps(void **state) {
    struct fixture *f = *state;
    struct article article = draft();
    article.slug = S("halle");
    article_id id;
    account_id none = {0};
    assert_ok(article_save(f->db, &article, none, &id, &f->error));
    int64_t version = site_version(f);
    assert_int_equal(article_set_state(f->db, id, ARTICLE_WITHDRAWN, 0, none, &f->error), CONFLICT);
    assert_ok(article_set_state(f->db, id, ARTICLE_DRAFT, 0, none, &f->error));
    assert_int_equal(site_version(f), version);
    assert_ok(article_set_state(f->db, id, ARTICLE_PUBLISHED, 1000, none, &f->error));
    assert_int_equal(load(f, id).published_at, 1000);
    assert_true(load(f, id).accepts_comments);
    assert_int_equal(site_version(f), version + 1);
    assert_ok(article_set_state(f->db, id, ARTICLE_WITHDRAWN, 0, none, &f->error));
    assert_int_equal(load(f, id).state, ARTICLE_WITHDRAWN);
    assert_false(load(f, id).accepts_comments);
    assert_int_equal(article_set_state(f->db, id, ARTICLE_DRAFT, 0, none, &f->error), CONFLICT);
    assert_ok(article_set_state(f->db, id, ARTICLE_PUBLISHED, 2000, none, &f->error));
    assert_int_equal(load(f, id).published_at, 1000);
    assert_ok(article_set_state(f->db, id, ARTICLE_DRAFT, 0, none, &f->error));
    assert_int_equal(article_set_state(f->db, (article_id){9}, ARTICLE_DRAFT, 0, none, &f->error), NOT_FOUND);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM journal WHERE act = 'article.state'"), 4);
}

static void a_discussion_opens_and_closes(void **state) {
    struct fixture *f = *state;
    article_id id = fixture_article(f, S("Un"));
    int64_t version = load(f, id).version;
    assert_int_equal(load(f, id).effective, MODERATION_PRE);
    assert_ok(article_set_discussion(f->db, id, true, MODERATION_POST, (account_id){0}, &f->error));
    assert_true(load(f, id).discussion_closed);
    assert_false(load(f, id).accepts_comments);
    assert_int_equal(load(f, id).effective, MODERATION_POST);
    assert_int_equal(load(f, id).version, version + 1);
    assert_ok(article_set_discussion(f->db, id, true, MODERATION_POST, (account_id){0}, &f->error));
    assert_int_equal(load(f, id).version, version + 1);
    assert_ok(article_set_discussion(f->db, id, false, MODERATION_INHERIT, (account_id){0}, &f->error));
    assert_true(load(f, id).accepts_comments);
    assert_int_equal(load(f, id).moderation, MODERATION_INHERIT);
}

static void policies_meet(void **state) {
    (void)state;
    enum { I = MODERATION_INHERIT, PRE = MODERATION_PRE, POST = MODERATION_POST, CLOSED = MODERATION_CLOSED };
    static const struct {
        bool strict;
        int article, section, site, effective;
    } CASES[] = {
        {false, I, I, PRE, PRE},       {false, I, I, POST, POST},        {false, I, POST, PRE, POST},
        {false, PRE, POST, POST, PRE}, {false, POST, CLOSED, PRE, POST}, {false, I, CLOSED, POST, CLOSED},
        {true, POST, I, POST, PRE},    {true, I, POST, POST, PRE},       {true, CLOSED, POST, POST, CLOSED},
        {true, I, I, CLOSED, CLOSED},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct article_policy policy = {
            .strict = CASES[i].strict,
            .of_article = (enum moderation)CASES[i].article,
            .of_section = (enum moderation)CASES[i].section,
            .of_site = (enum moderation)CASES[i].site,
            .state = ARTICLE_PUBLISHED,
        };
        assert_int_equal(article_policy_effective(&policy), CASES[i].effective);
        assert_int_equal(article_policy_accepts(&policy, 0), CASES[i].effective != CLOSED);
    }
    struct article_policy old = {
        .of_site = MODERATION_PRE, .state = ARTICLE_PUBLISHED, .published_at = 1000, .close_after_days = 2};
    assert_true(article_policy_accepts(&old, 1000 + 2 * 86400000 - 1));
    assert_false(article_policy_accepts(&old, 1000 + 2 * 86400000));
    old.close_after_days = 0;
    assert_true(article_policy_accepts(&old, INT64_C(1) << 50));
    old.discussion_closed = true;
    assert_false(article_policy_accepts(&old, 1000));
}

static article_id make(struct fixture *f, const char *slug, section_id section, enum article_kind kind, time_ms at,
                       const char *language) {
    struct article article = draft();
    article.slug = slice_of(slug);
    article.section = section;
    article.kind = kind;
    article.language = slice_of(language);
    article.body_html = S("<p>x</p>");
    article_id id;
    assert_ok(article_save(f->db, &article, (account_id){0}, &id, &f->error));
    if (at) assert_ok(article_set_state(f->db, id, ARTICLE_PUBLISHED, at, (account_id){0}, &f->error));
    return id;
}

static struct article_list list_of(struct fixture *f, struct article_filter filter) {
    struct article_list list;
    if (filter.limit == 0) filter.limit = 100;
    assert_ok(article_list_load(f->db, f->arena, &filter, &list, &f->error));
    return list;
}

static enum status count_article(void *ctx, const struct article *article) {
    assert_true(article->slug.n > 0);
    ++*(int *)ctx;
    return OK;
}

static enum status keep_moment(void *ctx, time_ms published_at) {
    time_ms **next = ctx;
    *(*next)++ = published_at;
    return OK;
}

static void lists_are_by_date(void **state) {
    struct fixture *f = *state;
    struct section city = {.title = S("Ville"), .language = S("fr")};
    section_id section;
    assert_ok(section_save(f->db, &city, (account_id){0}, &section, &f->error));
    section_id none = {0};
    make(f, "a", section, ARTICLE_PLAIN, 1000, "fr");
    make(f, "b", none, ARTICLE_PLAIN, 3000, "fr");
    article_id c = make(f, "c", section, ARTICLE_PLAIN, 2000, "en");
    article_id d = make(f, "d", section, ARTICLE_PLAIN, 2000, "fr");
    make(f, "page", section, ARTICLE_PAGE, 9000, "fr");
    article_id e = make(f, "e", section, ARTICLE_PLAIN, 0, "fr");

    struct article_list all = list_of(f, (struct article_filter){0});
    assert_int_equal(all.count, 4);
    assert_text(all.items[0].slug, "b");
    assert_text(all.items[1].slug, "d");
    assert_text(all.items[1].section_slug, "ville");
    assert_text(all.items[0].section_slug, "");
    assert_text(all.items[2].slug, "c");
    assert_text(all.items[3].slug, "a");
    assert_text(all.items[0].body_html, "");
    assert_false(all.more);
    struct article_list pages;
    assert_ok(article_list_pages(f->db, f->arena, &pages, &f->error));
    assert_int_equal(pages.count, 1);
    assert_text(pages.items[0].slug, "page");
    time_ms moments[5] = {0}, *next = moments;
    assert_ok(article_each_moment(f->db, keep_moment, &next, &f->error));
    assert_true(next == moments + 4 && moments[0] == 3000 && moments[1] == 2000 && moments[3] == 1000);
    struct article_list page = list_of(f, (struct article_filter){.limit = 2});
    assert_int_equal(page.count, 2);
    assert_true(page.more);
    page = list_of(f, (struct article_filter){.limit = 2, .before = 2000, .before_id = d});
    assert_int_equal(page.count, 2);
    assert_text(page.items[0].slug, "c");
    assert_false(page.more);
    page = list_of(f, (struct article_filter){.before = 2000});
    assert_int_equal(page.count, 1);
    page = list_of(f, (struct article_filter){.since = 2000, .before = 3000});
    assert_int_equal(page.count, 2);
    page = list_of(f, (struct article_filter){.section = section, .with_body = true});
    assert_int_equal(page.count, 3);
    assert_text(page.items[0].body_html, "<p>x</p>");
    page = list_of(f, (struct article_filter){.section = section, .language = S("en")});
    assert_int_equal(page.count, 1);
    assert_int_equal(page.items[0].id.v, c.v);
    page = list_of(f, (struct article_filter){.all_states = true});
    assert_int_equal(page.count, 6);
    page = list_of(f, (struct article_filter){.all_states = true, .section = section});
    assert_int_equal(page.count, 5);
    bool has_draft = false;
    for (size_t i = 0; i < page.count; i++) has_draft = has_draft || page.items[i].id.v == e.v;
    assert_true(has_draft);
    int visited = 0;
    assert_ok(article_each(f->db, count_article, &visited, &f->error));
    assert_int_equal(visited, 5);
}

/* As SQLite plans it: lists must walk an index from its newest end, however many articles there are. */
static void lists_sort_nothing(void **state) {
    struct fixture *f = *state;
    static const char *const QUERIES[] = {
        "SELECT id FROM article a WHERE a.state = 'published' AND a.kind != 'page' AND (a.published_at, a.id) < (9, 9)"
        " AND a.published_at >= 0 AND (:l = '' OR a.language = :l) ORDER BY a.published_at DESC, a.id DESC LIMIT 20",
        "SELECT id FROM article a WHERE a.section_id = 1 AND a.state = 'published' AND a.kind != 'page'"
        " AND (a.published_at, a.id) < (9, 9) ORDER BY a.published_at DESC, a.id DESC LIMIT 20",
        "SELECT id FROM article a WHERE (a.updated_at, a.id) < (9, 9) AND (:s = 0 OR a.section_id = :s)"
        " ORDER BY a.updated_at DESC, a.id DESC LIMIT 20",
        "SELECT published_at FROM article WHERE state = 'published' AND kind != 'page'"
        " ORDER BY published_at DESC, id DESC",
    };
    sqlite3 *raw;
    assert_int_equal(sqlite3_open(f->store.folder.database, &raw), SQLITE_OK);
    for (size_t i = 0; i < ARRAY_COUNT(QUERIES); i++) {
        sqlite3_stmt *statement;
        slice sql = arena_format(f->arena, "EXPLAIN QUERY PLAN %s", QUERIES[i]);
        assert_int_equal(sqlite3_prepare_v2(raw, sql.p, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *line = (const char *)sqlite3_column_text(statement, 3);
            assert_null(strstr(line, "TEMP B-TREE"));
            assert_non_null(strstr(line, "INDEX"));
        }
        sqlite3_finalize(statement);
    }
    sqlite3_close(raw);
}

static void the_journal_says_which_text(void **state) {
    struct fixture *f = *state;
    article_id id = fixture_article(f, S("Un"));
    struct journal_list list;
    struct journal_filter filter = {.subject = arena_format(f->arena, "article:%lld", (long long)id.v), .limit = 5};
    assert_ok(journal_list_load(f->db, f->arena, &filter, &list, &f->error));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].chain, id.v);
    assert_text(list.items[0].act, "article.state");
    assert_text(list.items[1].act, "article.save");
    struct crypto_hash hash = crypto_sha256(S("2:Un0:6:Texte."));
    struct buf hex;
    buf_init(&hex, 100);
    crypto_add_hex(&hex, slice_make(hash.bytes, sizeof hash.bytes));
    assert_true(slice_contains(list.items[1].data, buf_slice(&hex)));
    buf_fini(&hex);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(preparing_checks_and_renders),
        FIXTURE_TEST(preparing_names_the_field),
        FIXTURE_TEST(a_save_needs_the_revision_it_was_made_from),
        FIXTURE_TEST(states_follow_their_steps),
        FIXTURE_TEST(a_discussion_opens_and_closes),
        cmocka_unit_test(policies_meet),
        FIXTURE_TEST(lists_are_by_date),
        FIXTURE_TEST(the_journal_says_which_text),
    };
    const struct CMUnitTest sqlite_tests[] = {FIXTURE_TEST(lists_sort_nothing)};
    return store_run_groups("article", tests, sqlite_tests);
}
