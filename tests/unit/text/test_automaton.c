/* The automaton against looking for each word at each place. */
#include "case.h"

#include "text/automaton.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 60, SYMBOLS_MAX = 6, TEXT = 400, ALPHABET = 3, ROUNDS = 200, FOUND_MAX = WORDS * TEXT };

struct hit {
    size_t index, start;
};
struct hits {
    struct hit items[FOUND_MAX];
    size_t count, stop_after;
};

static bool note(void *ctx, size_t index, size_t start) {
    struct hits *hits = ctx;
    assert_true(hits->count < FOUND_MAX);
    hits->items[hits->count++] = (struct hit){index, start};
    return hits->count != hits->stop_after;
}

static uint32_t next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static int by_place(const void *a, const void *b) {
    const struct hit *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static void naive(const struct automaton_word *words, const uint32_t *text, struct hits *out) {
    for (size_t i = 0; i < WORDS; i++)
        for (size_t at = 0; words[i].count && at + words[i].count <= TEXT; at++)
            if (memcmp(text + at, words[i].symbols, words[i].count * sizeof *text) == 0) note(out, i, at);
}

static void finds_what_looking_everywhere_finds(void **state) {
    (void)state;
    static uint32_t symbols[WORDS][SYMBOLS_MAX], text[TEXT];
    struct hits *got = calloc(1, sizeof *got), *wanted = calloc(1, sizeof *wanted);
    uint64_t seed = 20261127;
    size_t total = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct automaton_word words[WORDS];
        for (size_t i = 0; i < WORDS; i++) {
            words[i] = (struct automaton_word){symbols[i], next(&seed) % (SYMBOLS_MAX + 1)};
            for (size_t k = 0; k < words[i].count; k++) symbols[i][k] = next(&seed) % ALPHABET;
        }
        for (size_t i = 0; i < TEXT; i++) text[i] = next(&seed) % ALPHABET;
        got->count = wanted->count = 0;
        struct automaton *a = automaton_new(words, WORDS);
        automaton_scan(a, text, TEXT, note, got);
        automaton_free(a);
        naive(words, text, wanted);
        qsort(got->items, got->count, sizeof *got->items, by_place);
        qsort(wanted->items, wanted->count, sizeof *wanted->items, by_place);
        assert_int_equal(got->count, wanted->count);
        assert_memory_equal(got->items, wanted->items, got->count * sizeof *got->items);
        total += got->count;
    }
    assert_true(total > ROUNDS * 100);
    free(got);
    free(wanted);
}

static void tells_in_order_and_stops(void **state) {
    (void)state;
    static const uint32_t ABC[] = {1, 2, 3}, TEXT_ABC[] = {9, 1, 2, 3, 9};
    const struct automaton_word words[] = {{ABC + 2, 1}, {ABC, 3}, {ABC + 1, 2}, {ABC, 3}, {ABC, 0}};
    struct hits *hits = calloc(1, sizeof *hits);
    struct automaton *a = automaton_new(words, 5);
    automaton_scan(a, TEXT_ABC, 5, note, hits);
    static const struct hit WANTED[] = {{1, 1}, {3, 1}, {2, 2}, {0, 3}};
    assert_int_equal(hits->count, 4);
    assert_memory_equal(hits->items, WANTED, sizeof WANTED);
    *hits = (struct hits){.stop_after = 2};
    automaton_scan(a, TEXT_ABC, 5, note, hits);
    assert_int_equal(hits->count, 2);
    automaton_free(a);
    a = automaton_new(NULL, 0);
    automaton_scan(a, TEXT_ABC, 5, note, hits);
    assert_int_equal(hits->count, 2);
    automaton_free(a);
    free(hits);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_looking_everywhere_finds),
        cmocka_unit_test(tells_in_order_and_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
