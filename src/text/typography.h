/* Typography for display (PRODUCT A10); the source text is kept as typed.
   French (Lexique des règles typographiques en usage à l'Imprimerie nationale): "x" → « x » with no-break spaces
   (U+00A0) inside; narrow no-break space (U+202F) before ; ! ? and no-break space before : — put there when it is
   missing; ... → …; ' → ’ after a letter or at an elision; where a space is typed, no-break spaces inside 760 000, 12 km,
   7 h 15, 100 %, n° 3, p. 12, M. Dupont (typography_number.h). Untouched: times (01:19), smileys, addresses, file names,
   dashes, '(...)'.
   English: “ ” ‘ ’ and …, no spaces. Any other language: nothing. */
#ifndef PALABRE_TEXT_TYPOGRAPHY_H
#define PALABRE_TEXT_TYPOGRAPHY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

enum typography { TYPOGRAPHY_NONE, TYPOGRAPHY_FRENCH, TYPOGRAPHY_ENGLISH };

/* From a language tag ("fr", "fr-CA", "en_GB"). */
enum typography typography_of(slice language);

/* What carries over from one inline text node to the next in the same block. Zeroed = start of a block. */
struct typography_state {
    uint32_t before; /* the last code point seen, 0 at the start */
    bool in_double;  /* a double quotation is open */
    bool in_single;
};

/* Appends one text node, not escaped, set in the typography. Linear in text. */
void typography_apply(enum typography typography, slice text, struct typography_state *state, struct buf *out);

/* Tells the state that something that is not set (code, an image, a link's address) stood here. */
void typography_skip(struct typography_state *state);

/* A whole line of plain text. Lives in the arena (or is text itself where nothing changes). */
slice typography_line(struct arena *arena, enum typography typography, slice text);

#endif
