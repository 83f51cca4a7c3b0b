/* A database of a test's own with a site in it, one connection that writes, an arena. */
#ifndef PALABRE_TESTS_UNIT_DOMAIN_SITE_FIXTURE_H
#define PALABRE_TESTS_UNIT_DOMAIN_SITE_FIXTURE_H

#include "../store.h"
#include "domain/account.h"
#include "domain/article.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
    struct store store;
    struct db *db;
    struct arena *arena;
    struct error error;
};

#define assert_ok(expression)                                                                                          \
    do {                                                                                                               \
        enum status ok_status = (expression);                                                                          \
        if (ok_status != OK) print_error("%s: %s\n", #expression, f->error.detail);                                    \
        assert_int_equal(ok_status, OK);                                                                               \
    } while (0)
#define assert_text(actual, expected)                                                                                  \
    do {                                                                                                               \
        slice text_actual = (actual);                                                                                  \
        slice text_expected = slice_of(expected);                                                                      \
        if (!slice_equal(text_actual, text_expected))                                                                  \
            print_error("\"%.*s\" is not \"%.*s\"\n", SLICE_FMT(text_actual), SLICE_FMT(text_expected));               \
        assert_true(slice_equal(text_actual, text_expected));                                                          \
    } while (0)
#define assert_detail(text)                                                                                            \
    do {                                                                                                               \
        if (!strstr(f->error.detail, text)) print_error("\"%s\" does not say \"%s\"\n", f->error.detail, text);        \
        assert_non_null(strstr(f->error.detail, text));                                                                \
    } while (0)

UNUSED static int fixture_init(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    store_init(&f->store);
    f->arena = arena_new(64 << 20);
    assert_ok(crypto_init(&f->error));
    assert_ok(db_open(slice_of(f->store.location), DB_WRITE, &f->db, &f->error));
    *state = f;
    return 0;
}

UNUSED static int fixture_init_site(void **state) {
    fixture_init(state);
    struct fixture *f = *state;
    struct site_defaults defaults = {S("Le Courrier"), S("Nouvelles de la vallée"), S("fr"), S("Europe/Paris")};
    assert_ok(site_create(f->db, &defaults, &f->error));
    return 0;
}

UNUSED static int fixture_fini(void **state) {
    struct fixture *f = *state;
    clock_set_offset(0);
    db_close(f->db);
    arena_free(f->arena);
    store_fini(&f->store);
    free(f);
    return 0;
}

/* A hash that only looks like one: making real ones takes long. */
#define FAKE_PHC S("$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA")

UNUSED static account_id fixture_account(struct fixture *f, slice name, enum role role) {
    struct account_input input = {.name = name, .language = S("fr"), .role = role, .password_hash = FAKE_PHC};
    account_id id = {0};
    assert_ok(account_add(f->db, &input, (account_id){0}, &id, &f->error));
    return id;
}

/* A published article whose HTML is given, so that no renderer is needed. */
UNUSED static article_id fixture_article(struct fixture *f, slice headline) {
    struct article article = {
        .kind = ARTICLE_PLAIN,
        .slug = S("article"),
        .language = S("fr"),
        .headline = headline,
        .body_source = S("Texte."),
        .body_html = S("<p>Texte.</p>"),
    };
    article_id id = {0};
    assert_ok(article_save(f->db, &article, (account_id){0}, &id, &f->error));
    assert_ok(article_set_state(f->db, id, ARTICLE_PUBLISHED, 0, (account_id){0}, &f->error));
    return id;
}

/* SQL by hand, behind the program's back. */
UNUSED static void fixture_execute(struct fixture *f, const char *sql) { (void)store_sql(&f->store, sql); }
UNUSED static int64_t fixture_query(struct fixture *f, const char *sql) { return store_sql(&f->store, sql); }

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_init_site, fixture_fini)

#endif
