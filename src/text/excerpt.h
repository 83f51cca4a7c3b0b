/* Shortening. Lengths are in characters (code points); a cut never falls inside a grapheme's base and its marks. */
#ifndef PALABRE_TEXT_EXCERPT_H
#define PALABRE_TEXT_EXCERPT_H

#include "base/arena.h"
#include "base/slice.h"

/* A title, cut at a word where it is longer than max_chars, as "Début du titre (...)" (PRODUCT A6): max_chars counts the
   mark. The whole title, borrowed, when it is short enough. max_chars at least 8. */
slice text_cut_title(struct arena *arena, slice title, size_t max_chars);

/* Plain text of at most max_chars characters, at the end of a sentence where there is one in the last third, otherwise
   at a word with '…'. Newlines and runs of white space become one space. */
slice text_excerpt(struct arena *arena, slice plain, size_t max_chars);

#endif
