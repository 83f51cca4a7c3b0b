/* What the tests of comments and decisions start from: a database of their own with a site, two accounts, a charter and
   three articles, inside one write transaction that nothing commits to the disk unless a test asks for it. Every act runs
   in a savepoint, as the writer does it. When a test ends, `palabre check` must find the database whole. */
#ifndef PALABRE_TESTS_UNIT_DOMAIN_DISCUSSION_FIXTURE_H
#define PALABRE_TESTS_UNIT_DOMAIN_DISCUSSION_FIXTURE_H

#include "../store.h"
#include "base/clock.h"
#include "domain/check.h"
#include "domain/decision.h"
#include "domain/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct store store;
    struct db *db; /* DB_WRITE */
    struct arena *arena;
    struct error error;
    int64_t sent; /* messages so far; makes each text another */
};

static const account_id CAMILLE = {1}; /* administrator; made article 1 */
static const account_id SACHA = {2};   /* moderator */
static const article_id ARTICLE = {1}; /* in French, open, under pre-moderation; by-line "Sacha Morel" */
static const article_id OTHER = {2};   /* the same, another */
static const article_id DRAFT = {3};
static const comment_number NOBODY = {0};

/* Runs SQL on a connection of its own; gives the first number of the last statement's first row. Commits what stands
   first. */
UNUSED static int64_t fixture_sql(struct fixture *f, const char *sql) {
    assert_int_equal(db_write_commit(f->db, &f->error), OK);
    int64_t number = store_sql(&f->store, sql);
    assert_int_equal(db_write_begin(f->db, &f->error), OK);
    return number;
}

static const char FIXTURE_ROWS[] =
    "INSERT INTO site VALUES (1, 'Le Tilleul', '', 'fr', 'Europe/Paris', 'pre', 0, 'stub', 0, 1, 1, 1, 0, 0, NULL, 0);"
    "INSERT INTO account VALUES (1, 'camille', 'Camille Duval', 'administrator', '', 'fr', 0, 0),"
    "                           (2, 'sacha', 'Sacha Morel', 'moderator', '', 'fr', 0, 0);"
    "INSERT INTO charter VALUES (1, 'fr', '', 0, 1);"
    "INSERT INTO charter_rule VALUES (1, 'fr', 1, 'insult', 'Pas d''insultes', '', 'high', NULL),"
    "                                (1, 'fr', 2, 'subject', 'Le sujet', '', 'low', NULL);"
    "INSERT INTO article (id, kind, state, slug, language, headline, standfirst, byline, body_source, body_format,"
    " body_html, renderer_version, source_url, source_site, source_author, source_title, discussion_closed, created_at,"
    " published_at, updated_at, account_id, revision, version, last_ordinal, comment_count, pending_count) VALUES"
    " (1, 'article', 'published', 'le-pont', 'fr', 'Le pont', '', 'Sacha Morel', 'x', 'markdown', '<p>x</p>', 1, '', '',"
    "  '', '', 0, 0, 1, 1, 1, 1, 1, 0, 0, 0),"
    " (2, 'article', 'published', 'le-lavoir', 'fr', 'Le lavoir', '', 'Camille Duval', 'x', 'markdown', '<p>x</p>', 1, "
    "'', '', '', '', 0, 0, 2, 2, 1, 1, 1, 0, 0, 0),"
    " (3, 'article', 'draft', 'brouillon', 'fr', 'Brouillon', '', '', 'x', 'markdown', '<p>x</p>', 1, '', '', '', '', 0, "
    "0, NULL, 3, 1, 1, 1, 0, 0, 0);";

/* PostgreSQL counts ids by itself, whatever was inserted with one. */
static const char FIXTURE_SEQUENCES[] = "SELECT setval(pg_get_serial_sequence('account', 'id'), 2);"
                                        "SELECT setval(pg_get_serial_sequence('article', 'id'), 3);";

UNUSED static int fixture_set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    store_init(&f->store);
    assert_int_equal(crypto_init(&f->error), OK);
    f->arena = arena_new(256 << 20);
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &f->db, &f->error), OK);
    assert_int_equal(db_write_begin(f->db, &f->error), OK);
    (void)fixture_sql(f, FIXTURE_ROWS);
    if (store_is_postgresql()) (void)fixture_sql(f, FIXTURE_SEQUENCES);
    *state = f;
    return 0;
}

UNUSED static void fixture_fault(void *ctx, slice line) {
    (void)ctx;
    print_error("check: %.*s\n", SLICE_FMT(line));
}

UNUSED static int fixture_tear_down(void **state) {
    struct fixture *f = *state;
    struct check_report report;
    assert_int_equal(db_write_commit(f->db, &f->error), OK);
    assert_int_equal(check_run(f->db, fixture_fault, NULL, &report, &f->error), OK);
    db_close(f->db);
    arena_free(f->arena);
    store_fini(&f->store);
    free(f);
    clock_set_offset(0);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

/* The status of a writing call, run in a savepoint that is undone unless it gives OK. */
#define WRITE(f, call) (assert_int_equal(db_savepoint((f)->db, &(f)->error), OK), fixture_end((f), (call)))
UNUSED static enum status fixture_end(struct fixture *f, enum status status) {
    if (status == OK)
        assert_int_equal(db_savepoint_keep(f->db, &f->error), OK);
    else
        db_savepoint_undo(f->db);
    return status;
}

#define assert_slice(actual, expected)                                                                                 \
    do {                                                                                                               \
        slice assert_slice_a = (actual);                                                                               \
        const char *assert_slice_e = (expected);                                                                       \
        if (!slice_equal(assert_slice_a, slice_of(assert_slice_e)))                                                    \
            fail_msg("'%.*s' is not '%s'", SLICE_FMT(assert_slice_a), assert_slice_e);                                 \
    } while (0)

/* A message by Zoé: its text is another each time. */
UNUSED static struct comment_input fixture_input(struct fixture *f, article_id article, comment_number reply_to) {
    return (struct comment_input){
        .article = article,
        .reply_to = reply_to,
        .name = S("Zoé"),
        .text = arena_format(f->arena, "Un message de plus, le numéro %lld.", (long long)++f->sent),
        .language = S("fr"),
        .device_token = S("device-1"),
        .fingerprint = S("block-1"),
    };
}

UNUSED static enum status fixture_prepare(struct fixture *f, const struct comment_input *input,
                                          struct comment_draft *draft, struct comment_problems *problems) {
    return comment_prepare(f->db, f->arena, input, 5000, draft, problems, &f->error);
}

/* Prepares and sends; the receipt. */
UNUSED static struct comment_receipt fixture_send(struct fixture *f, const struct comment_input *input) {
    struct comment_draft draft;
    struct comment_problems problems;
    struct comment_receipt receipt;
    if (fixture_prepare(f, input, &draft, &problems) != OK) fail_msg("not prepared: %s", f->error.detail);
    if (WRITE(f, comment_submit(f->db, f->arena, &draft, &receipt, &problems, &f->error)) != OK)
        fail_msg("not sent: %s", f->error.detail);
    return receipt;
}

UNUSED static comment_number fixture_pending(struct fixture *f, article_id article, comment_number reply_to) {
    struct comment_input input = fixture_input(f, article, reply_to);
    return fixture_send(f, &input).number;
}

UNUSED static enum status fixture_decide(struct fixture *f, comment_number number, enum comment_act act) {
    struct decision_order order = {.number = number, .act = act, .by = SACHA};
    struct decision_result result;
    struct decision_other other;
    return WRITE(f, decision_make(f->db, f->arena, &order, &result, &other, &f->error));
}

UNUSED static comment_number fixture_published(struct fixture *f, article_id article, comment_number reply_to) {
    comment_number number = fixture_pending(f, article, reply_to);
    assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
    return number;
}

UNUSED static enum status fixture_undo(struct fixture *f, comment_number number) {
    struct decision_result result;
    return WRITE(f, decision_undo(f->db, f->arena, number, (decision_id){0}, SACHA, &result, &f->error));
}

UNUSED static struct comment fixture_get(struct fixture *f, comment_number number) {
    struct comment comment = {0};
    assert_int_equal(comment_get(f->db, f->arena, number, &comment, &f->error), OK);
    return comment;
}

UNUSED static struct article fixture_article(struct fixture *f, article_id id) {
    struct article article = {0};
    assert_int_equal(article_get(f->db, f->arena, id, &article, &f->error), OK);
    return article;
}

UNUSED static struct site fixture_site(struct fixture *f) {
    struct site site = {0};
    assert_int_equal(site_load(f->db, f->arena, &site, &f->error), OK);
    return site;
}

#endif
