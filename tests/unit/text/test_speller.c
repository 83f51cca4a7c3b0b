/* The dictionaries of the system, and a slow one of our own. */
#include "case.h"

#include "base/clock.h"
#include "text/speller.h"
#include "text/tongue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define FOLDER S("/usr/share/hunspell")

static void knows_the_words_of_a_language(void **state) {
    (void)state;
    struct speller *s = speller_new(&(struct speller_options){.folder = FOLDER});
    assert_true(speller_has(s, S("fr")) && speller_has(s, S("fr-CA")) && speller_has(s, S("en")) &&
                speller_has(s, S("en-GB")));
    for (int again = 0; again < 2; again++) { /* the second time from the table */
        assert_true(speller_knows(s, S("fr"), S("maison")));
        assert_true(speller_knows(s, S("fr"), S("Maison")));
        assert_true(speller_knows(s, S("fr"), S("aujourd’hui")));
        assert_true(speller_knows(s, S("fr"), S("aujourd'hui")));
        assert_true(speller_knows(s, S("fr-CA"), S("anticonstitutionnellement")));
        assert_false(speller_knows(s, S("fr"), S("maizon")));
        assert_true(speller_knows(s, S("en"), S("colour")) && speller_knows(s, S("en"), S("color")));
        assert_false(speller_knows(s, S("en-GB"), S("color")));
        assert_false(speller_knows(s, S("en"), S("maison")));
    }
    speller_free(s);
}

static void a_missing_dictionary_breaks_nothing(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct speller *s = speller_new(&(struct speller_options){.folder = S("/nonexistent"), .waiting_max = 1});
    static const char *const TAGS[] = {"fr", "en", "tlh", "", "../../etc/passwd", "a-very-long-tag-that-nobody-has"};
    for (size_t i = 0; i < ARRAY_COUNT(TAGS); i++) {
        struct speller_suggestions out[1];
        assert_false(speller_has(s, slice_of(TAGS[i])));
        assert_true(speller_knows(s, slice_of(TAGS[i]), S("maizon")));
        speller_suggest(s, arena, slice_of(TAGS[i]), (slice[]){S("maizon")}, 1, 1000, out);
        assert_true(out[0].count == 0 && !out[0].pending);
    }
    speller_free(s);
    arena_free(arena);
}

static void suggests_what_was_meant(void **state) {
    (void)state;
    static const struct {
        const char *language, *typed, *meant;
    } CASES[] = {
        {"fr", "exellent", "excellent"},
        {"fr", "hommme", "homme"},
        {"fr", "bonjuor", "bonjour"},
        {"fr", "ortographe", "orthographe"},
        {"fr", "farmacien", "pharmacien"},
        {"fr", "language", "langage"},
        {"fr", "Ecole", "École"},
        {"fr", "Exellent", "Excellent"},
        {"fr", "dévelopement", "développement"},
        {"fr", "interressant", "intéressant"},
        {"fr", "vraimment", "vraiment"},
        {"en", "teh", "the"},
        {"en", "recieve", "receive"},
        {"en", "definately", "definitely"},
        {"en", "accomodate", "accommodate"},
    };
    struct arena *arena = arena_new(1 << 20);
    struct speller *s = speller_new(&(struct speller_options){.folder = FOLDER, .waiting_max = 1});
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct speller_suggestions out[1];
        slice word = slice_of(CASES[i].typed);
        assert_false(speller_knows(s, slice_of(CASES[i].language), word));
        speller_suggest(s, arena, slice_of(CASES[i].language), &word, 1, 20000, out);
        bool among = false;
        for (size_t k = 0; k < out[0].count; k++) among = among || slice_is(out[0].items[k], CASES[i].meant);
        assert_false(out[0].pending);
        if (!among) wrong += case_differs(CASES[i].typed, out[0].count ? out[0].items[0] : S(""), CASES[i].meant);
    }
    speller_free(s);
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

/* --- A slow dictionary ------------------------------------------------------------------------------------------------ */

static _Atomic int opened, closed, inside, thought;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *slow_open(const char *aff_path, const char *dic_path) {
    static int handle[16];
    (void)aff_path, (void)dic_path;
    return &handle[opened++];
}
static void slow_close(void *handle) {
    (void)handle;
    closed++;
}
static bool slow_knows(void *handle, const char *word) {
    assert_int_equal((*(int *)handle)++, 0); /* one thread at a time */
    bool known = slice_equal(slice_of(word), S("mot"));
    --*(int *)handle;
    return known;
}
/* Thinks for as long as the gate is shut. */
static void slow_suggest(void *handle, const char *word, size_t most, struct buf *out) {
    (void)most;
    assert_int_equal((*(int *)handle)++, 0);
    inside++;
    pthread_mutex_lock(&gate);
    buf_add_format(out, "%s-a\n%s-b\n", word, word);
    pthread_mutex_unlock(&gate);
    inside--;
    thought++;
    --*(int *)handle;
}
static const struct speller_engine SLOW = {slow_open, slow_close, slow_knows, slow_suggest};

static void nobody_waits_beyond_the_budget(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct speller *s = speller_new(
        &(struct speller_options){.folder = FOLDER, .waiting_max = 1, .idle_ms = 3600 * 1000, .engine = &SLOW});
    slice words[12];
    struct speller_suggestions out[12];
    for (size_t i = 0; i < 12; i++) words[i] = arena_format(arena, "zzzzz%c", (char)('a' + i));
    assert_false(speller_knows(s, S("fr"), words[0]));
    pthread_mutex_lock(&gate);
    int64_t start = clock_monotonic_ms();
    speller_suggest(s, arena, S("fr"), words, 12, 60, out);
    int64_t took = clock_monotonic_ms() - start;
    assert_true(took >= 60); /* it did wait; how much longer depends on the machine: not for the dictionary's gate */
    for (size_t i = 0; i < 12; i++) assert_true(out[i].pending && out[i].count == 0);
    pthread_mutex_unlock(&gate);
    /* Computed afterwards: the next question has them all. */
    speller_suggest(s, arena, S("fr"), words, 12, 60000, out);
    for (size_t i = 0; i < 12; i++) {
        assert_false(out[i].pending);
        assert_int_equal(out[i].count, 2);
        assert_true(slice_starts(out[i].items[0], words[i]) && slice_ends(out[i].items[0], S("-a")));
    }
    assert_int_equal(thought, 12);
    speller_suggest(s, arena, S("fr"), words, 12, 60000, out);
    assert_int_equal(thought, 12); /* and nothing is thought of twice */
    assert_int_equal(opened, 2);
    speller_free(s);
    assert_int_equal(closed, 2);
    arena_free(arena);
}

static void nobody_waits_where_too_many_wait(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct speller *s = speller_new(
        &(struct speller_options){.folder = FOLDER, .waiting_max = 0, .idle_ms = 3600 * 1000, .engine = &SLOW});
    slice word = S("yyyyyyy");
    struct speller_suggestions out[1];
    pthread_mutex_lock(&gate);
    speller_suggest(s, arena, S("fr"), &word, 1, 3600 * 1000, out); /* would not return within the test's time */
    pthread_mutex_unlock(&gate);
    assert_true(out[0].pending);
    speller_free(s);
    arena_free(arena);
}

static void what_is_not_used_is_given_back(void **state) {
    (void)state;
    opened = closed = 0;
    struct speller *s = speller_new(&(struct speller_options){.folder = FOLDER, .idle_ms = 10, .engine = &SLOW});
    assert_true(speller_knows(s, S("fr"), S("mot")));
    assert_int_equal(opened, 1);
    struct timespec moment = {0, 1000000};
    for (int i = 0; i < 10000 && closed == 0; i++) nanosleep(&moment, NULL);
    assert_int_equal(closed, 1);
    assert_true(speller_knows(s, S("fr"), S("mot"))); /* and opened again */
    assert_int_equal(opened, 2);
    speller_free(s);
}

static void *ask_much(void *speller) {
    struct arena *arena = arena_new(1 << 22);
    static const char *const WORDS[] = {"maison", "maizon", "bonjour", "bonjuor", "hommme", "voiture"};
    for (size_t i = 0; i < 60; i++) {
        slice word = slice_of(WORDS[i % ARRAY_COUNT(WORDS)]);
        struct speller_suggestions out[1];
        if (!speller_knows(speller, S("fr"), word)) speller_suggest(speller, arena, S("fr"), &word, 1, 200, out);
    }
    arena_free(arena);
    return NULL;
}

static void many_threads_may_ask(void **state) {
    (void)state;
    struct speller *s = speller_new(&(struct speller_options){.folder = FOLDER, .waiting_max = 1});
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, ask_much, s), 0);
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    assert_false(speller_knows(s, S("fr"), S("maizon")));
    assert_true(speller_knows(s, S("fr"), S("voiture")));
    speller_free(s);
}

static void tells_languages_apart(void **state) {
    (void)state;
    static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en")};
    static const struct text_case CASES[] = {
        {"Je ne suis pas d’accord avec vous : le pont devait être refait depuis longtemps.", "fr"},
        {"I do not agree with you at all: the bridge should have been rebuilt long ago.", "en"},
        {"Merci pour cet article, qui dit enfin ce que chacun pense dans la vallée.", "fr"},
        {"Thanks for this article, it says what everybody in the valley has been thinking.", "en"},
    };
    struct tongue *tongue;
    struct error error;
    assert_int_equal(tongue_new(S("/nonexistent"), LANGUAGES, 2, &tongue, &error), UNAVAILABLE);
    assert_int_equal(tongue_new(S("/usr/share/libexttextcat"), LANGUAGES, 2, &tongue, &error), OK);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++)
        wrong += case_differs(CASES[i].in, tongue_guess(tongue, slice_of(CASES[i].in)), CASES[i].out);
    assert_true(slice_is(tongue_guess(tongue, S("")), ""));
    tongue_free(tongue);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_words_of_a_language),
        cmocka_unit_test(a_missing_dictionary_breaks_nothing),
        cmocka_unit_test(suggests_what_was_meant),
        cmocka_unit_test(nobody_waits_beyond_the_budget),
        cmocka_unit_test(nobody_waits_where_too_many_wait),
        cmocka_unit_test(what_is_not_used_is_given_back),
        cmocka_unit_test(many_threads_may_ask),
        cmocka_unit_test(tells_languages_apart),
    };
    return cmocka_run_group_tests_name("speller", tests, NULL, NULL);
}
