/* Many words looked for at once, in one pass over a text (Aho and Corasick, 1975). Words and text are sequences of
   symbols, any 32-bit numbers. Immutable once built: any number of threads. */
#ifndef PALABRE_TEXT_AUTOMATON_H
#define PALABRE_TEXT_AUTOMATON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct automaton;

struct automaton_word {
    const uint32_t *symbols;
    size_t count; /* 0: found nowhere */
};
enum { AUTOMATON_SYMBOLS_MAX = 4 * 1024 * 1024 }; /* of all words together; more is the caller's mistake */

/* words are copied. Memory: some 30 bytes for each symbol. The same word may come several times. */
struct automaton *automaton_new(const struct automaton_word *words, size_t count);
void automaton_free(struct automaton *automaton); /* NULL is fine */
size_t automaton_bytes(const struct automaton *automaton);

/* Calls found for each occurrence of each word, by the place of its end, then from the longest word to the shortest:
   index is the word's, start that of its first symbol in text. False from found ends it. Time: the text's length and
   what is found. */
void automaton_scan(const struct automaton *automaton, const uint32_t *text, size_t count,
                    bool (*found)(void *ctx, size_t index, size_t start), void *ctx);

#endif
