/* The readable part of an article's or a section's address. */
#ifndef PALABRE_TEXT_SLUG_H
#define PALABRE_TEXT_SLUG_H

#include "base/arena.h"
#include "base/slice.h"

enum { SLUG_MAX = 80 }; /* bytes, which are ASCII */

/* From a headline in any script: Latin letters without accents (œ → oe, ß → ss, Д → d), lower case, digits, single '-'
   between them; cut at a word at SLUG_MAX; "article" where nothing is left. Any thread. Slow (a millisecond) for scripts
   other than Latin. */
slice text_slug(struct arena *arena, slice headline);

/* Whether it is [a-z0-9] words joined by single '-', 1–SLUG_MAX bytes. */
bool text_slug_is_valid(slice slug);

#endif
