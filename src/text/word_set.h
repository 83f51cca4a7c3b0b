/* A list of words and phrases, looked for in a text through all that evasion.h sees through, at word boundaries:
   'con' is in « sale c0n ! » and « c o n », not in « second » nor « Scunthorpe ». Immutable: any number of threads. */
#ifndef PALABRE_TEXT_WORD_SET_H
#define PALABRE_TEXT_WORD_SET_H

#include "text/evasion.h"

enum {
    WORD_SET_LETTERS_MAX = 100, /* of one word or phrase */
    WORD_SET_WORDS_MAX = 20000,
};

struct word_set;

/* Whether something can be looked for: it holds 2 to WORD_SET_LETTERS_MAX letters. A '*' at its start or end lets the
   word go on there: 'connard*' is in « connards », too. */
bool word_set_accepts(slice word);

/* words: at most WORD_SET_WORDS_MAX; those that are not accepted are found nowhere. Copied. */
struct word_set *word_set_new(const slice *words, size_t count);
void word_set_free(struct word_set *set); /* NULL is fine */

struct word_found {
    size_t word;     /* its index */
    size_t from, to; /* bytes of the source */
};
/* At most max, in the order of their ends; each word once at each place. The count. */
size_t word_set_find(const struct word_set *set, struct arena *arena, const struct evasion *text,
                     struct word_found *out, size_t max);

#endif
