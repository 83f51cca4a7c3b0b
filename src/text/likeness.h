/* How alike two texts are, and how to find those that are nearly the same among a million: MinHash (Broder, 1997) over
   shingles of the folded letters, in bands. Any thread.

   The likeness of two texts is the share of five-letter sequences they have in common (Jaccard's). Texts whose likeness
   is .9 share one of their LIKENESS_KEYS keys in 99 of 100 cases, .8 in 88, .5 in 22, .2 in less than 1. */
#ifndef PALABRE_TEXT_LIKENESS_H
#define PALABRE_TEXT_LIKENESS_H

#include "text/evasion.h"

enum {
    LIKENESS_KEYS = 4,
    LIKENESS_LETTERS_MIN = 30, /* shorter texts say nothing: many are nearly "I agree" */
    LIKENESS_VERSION = 1,      /* of the keys: with another, stored ones say nothing */
};

/* What a text is compared by: sorted, each once; in the arena. count 0: too short. */
struct likeness {
    uint32_t *shingles; /* hashes of them */
    size_t count;
};
struct likeness text_likeness(struct arena *arena, const struct evasion *text);

/* keys to look it up by; never 0. Nothing is written where count is 0. */
void likeness_keys(const struct likeness *likeness, int64_t keys[LIKENESS_KEYS]);

/* In percent. 0 when one of them is too short. */
int likeness_percent(const struct likeness *a, const struct likeness *b);

#endif
