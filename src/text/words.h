/* The words of a text, and those of our own HTML with where they stand in it. For this room only. Linear. */
#ifndef PALABRE_TEXT_WORDS_H
#define PALABRE_TEXT_WORDS_H

#include "base/arena.h"
#include "base/slice.h"
#include "text/html.h"

/* Letters, digits and marks, and between two of them an apostrophe, a hyphen or a middle dot. */
struct word {
    size_t start, end; /* bytes of the text */
};
struct word_list {
    const struct word *items; /* in the arena */
    size_t count;
};

/* What is left of a fragment of HTML without its tags and references: one line for each block. */
struct words_flat {
    slice text;
    const unsigned char *flags;    /* of each byte, and one beyond */
    const uint32_t *origin, *past; /* of each byte: where what it was made from starts in the HTML, and ends */
};
enum {
    WORDS_ASIDE = 1, /* in code, a quotation, an address or a mention */
    WORDS_TAG = 2,   /* a tag stands right before the byte */
};
struct words_flat words__flatten(struct arena *arena, struct html html);

/* flags may be NULL. A word ends where a tag stands. */
struct word_list words__split(struct arena *arena, slice text, const unsigned char *flags);

/* The same letters, whatever the apostrophes. */
bool words__equal(slice a, slice b);

/* An apostrophe, straight or typographic: its length in bytes at the front of s; 0: none. */
size_t words__apostrophe(slice s);

#endif
