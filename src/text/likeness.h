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
    LIKENESS_VERSION = 1,      /* of keys and sketch: with another, stored ones say nothing */
    LIKENESS_SKETCH_BYTES = 128,
    LIKENESS_ERROR = 10, /* percent by which an estimate is off in less than 1 of 100 cases */
};

/* What is kept of a text: keys to look it up by, and what its likeness is estimated from. All 0: it is too short. */
struct likeness_mark {
    int64_t keys[LIKENESS_KEYS]; /* never 0 otherwise */
    uint8_t sketch[LIKENESS_SKETCH_BYTES];
};
struct likeness_mark likeness_mark(const struct evasion *text);

/* In percent, from the sketches alone (128 minima, one permutation; Li, Owen, Zhang, 2012): some hundred instructions. */
int likeness_estimate(const uint8_t a[LIKENESS_SKETCH_BYTES], const uint8_t b[LIKENESS_SKETCH_BYTES]);

/* What texts are compared by exactly: sorted, each once; in the arena. count 0: too short. */
struct likeness {
    uint32_t *shingles; /* hashes of them */
    size_t count;
};
struct likeness text_likeness(struct arena *arena, const struct evasion *text);

/* In percent. 0 when one of them is too short. */
int likeness_percent(const struct likeness *a, const struct likeness *b);

#endif
