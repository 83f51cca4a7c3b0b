/* The charter in force is read and made once; whoever asks again is given a copy, and the database is not asked. */
#include "../domain/site_fixture.h"

#include "app/charters.h"

#include <pthread.h>

enum { KEPT = 8 }; /* languages, as in charters.c */

struct kept_fixture {
    struct fixture *f;
    struct charters *charters;
    struct site site;
};

static void read_site(struct kept_fixture *k) {
    struct fixture *f = k->f;
    assert_ok(site_load(f->db, f->arena, &k->site, &f->error));
}

static int start(void **state) {
    struct kept_fixture *k = calloc(1, sizeof *k);
    void *made;
    fixture_init_site(&made);
    k->f = made;
    k->charters = charters_new();
    read_site(k);
    *state = k;
    return 0;
}

static int stop(void **state) {
    struct kept_fixture *k = *state;
    void *made = k->f;
    charters_free(k->charters);
    free(k);
    return fixture_fini(&made);
}

static const struct view_charter *get(struct kept_fixture *k, slice language) {
    const struct view_charter *charter = charters_get(k->charters, k->f->db, k->f->arena, &k->site, language);
    assert_non_null(charter);
    return charter;
}

/* Without a connection: only what is kept can be given. */
static const struct view_charter *get_kept(struct kept_fixture *k, struct arena *arena, slice language) {
    const struct view_charter *charter = charters_get(k->charters, NULL, arena, &k->site, language);
    assert_non_null(charter);
    return charter;
}

static void save(struct kept_fixture *k, slice title) {
    struct fixture *f = k->f;
    struct charter_rule rule = {.code = S("calm"), .title = title, .text = S("Du *calme*."), .severity = SEVERITY_LOW};
    struct charter charters[] = {
        {.language = S("fr"), .introduction = S("Ici, on parle."), .rules = &rule, .rule_count = 1},
        {.language = S("en"), .introduction = S("Here we talk."), .rules = &rule, .rule_count = 1}};
    assert_ok(charter_save(f->db, charters, ARRAY_COUNT(charters), (account_id){0}, &f->error));
}

static void what_was_read_once_is_given_again_as_a_copy(void **state) {
    struct kept_fixture *k = *state;
    save(k, S("Restez *calmes*"));
    read_site(k);
    const struct view_charter *first = get(k, S("fr"));
    struct arena *arena = arena_new(1 << 20);
    const struct view_charter *again = get_kept(k, arena, S("fr"));
    charters_free(k->charters); /* nothing of what was given is its own */
    k->charters = NULL;
    assert_ptr_not_equal(first, again);
    assert_true(again->is_made);
    assert_int_equal(again->version, 2);
    assert_int_equal(again->created_at, first->created_at);
    assert_text(again->language, "fr");
    assert_text(again->introduction, "Ici, on parle.");
    assert_text(again->introduction_html.s, "<p>Ici, on parle.</p>\n");
    assert_int_equal(again->rule_count, 1);
    assert_text(again->rules[0].code, "calm");
    assert_text(again->rules[0].title, "Restez *calmes*");
    assert_true(slice_equal(again->rules[0].title_html.s, first->rules[0].title_html.s));
    assert_text(again->rules[0].text, "Du *calme*.");
    assert_text(again->rules[0].text_html.s, "<p>Du <em>calme</em>.</p>\n");
    arena_free(arena);
}

static void each_language_has_its_own_and_an_unknown_one_the_site_s(void **state) {
    struct kept_fixture *k = *state;
    const slice languages[] = {S("fr"), S("en"), S("de")};
    const char *const given[] = {"fr", "en", "fr"};
    for (size_t i = 0; i < ARRAY_COUNT(languages); i++) assert_text(get(k, languages[i])->language, given[i]);
    for (size_t i = 0; i < ARRAY_COUNT(languages); i++)
        assert_text(get_kept(k, k->f->arena, languages[i])->language, given[i]);
    (void)store_sql(&k->f->store, "UPDATE site SET language = 'en'");
    read_site(k); /* what was kept for who asks in German goes by it */
    assert_text(get(k, S("de"))->language, "en");
}

static void a_new_version_is_read(void **state) {
    struct kept_fixture *k = *state;
    struct site before = k->site;
    assert_int_equal(get(k, S("fr"))->version, 1);
    save(k, S("Du calme"));
    read_site(k);
    assert_int_equal(get(k, S("fr"))->version, 2);
    assert_text(get_kept(k, k->f->arena, S("fr"))->rules[0].title, "Du calme");
    k->site = before; /* a request that began before */
    assert_int_equal(get_kept(k, k->f->arena, S("fr"))->version, 1);
    /* What has been overtaken between the site's row and the charter's is not kept as what it is not. */
    assert_int_equal(get(k, S("en"))->version, 2);
    save(k, S("Encore plus de calme"));
    assert_int_equal(get(k, S("en"))->version, 3);
}

static void so_many_are_kept_and_the_oldest_goes(void **state) {
    struct kept_fixture *k = *state;
    char names[KEPT + 1][4];
    for (int i = 0; i <= KEPT; i++) {
        (void)snprintf(names[i], sizeof names[i], "x%d", i);
        (void)get(k, slice_of(names[i]));
    }
    for (int i = 1; i <= KEPT; i++) (void)get_kept(k, k->f->arena, slice_of(names[i]));
    save(k, S("Du calme")); /* told by what is read: the first one is read again, with the version there is now */
    assert_int_equal(get(k, slice_of(names[0]))->version, 2);
    assert_int_equal(get(k, slice_of(names[1]))->version, 1);
}

static void *ask_many_times(void *ctx) {
    struct kept_fixture *k = ctx;
    struct arena *arena = arena_new(1 << 20);
    for (int i = 0; i < 200; i++) {
        const struct view_charter *charter = get_kept(k, arena, i % 2 ? S("fr") : S("en"));
        assert_text(charter->language, i % 2 ? "fr" : "en");
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void several_threads_ask_while_another_is_kept(void **state) {
    struct kept_fixture *k = *state;
    pthread_t threads[3];
    char name[4];
    (void)get(k, S("fr"));
    (void)get(k, S("en"));
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_many_times, k), 0);
    for (int i = 0; i < KEPT - 2; i++) {
        (void)snprintf(name, sizeof name, "x%d", i);
        (void)get(k, slice_of(name));
    }
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++) pthread_join(threads[i], NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_was_read_once_is_given_again_as_a_copy),
        TEST(each_language_has_its_own_and_an_unknown_one_the_site_s),
        TEST(a_new_version_is_read),
        TEST(so_many_are_kept_and_the_oldest_goes),
        TEST(several_threads_ask_while_another_is_kept),
    };
    return cmocka_run_group_tests_name("charters", tests, NULL, NULL);
}
