/* Forms of a text that are equal where people would call the texts equal. Never shown. Any thread. */
#ifndef PALABRE_TEXT_FOLD_H
#define PALABRE_TEXT_FOLD_H

#include "base/arena.h"
#include "base/slice.h"

/* A pseudonym for comparing: NFKC case folding (case, width, ligatures; UAX #31), white space trimmed and collapsed,
   invisible characters gone. Accents stay: Elodie and Élodie are two. */
slice text_fold_name(struct arena *arena, slice name);

/* The name's skeleton (UTS #39), folded: two names with the same skeleton can be taken for one another ("раlabre" with
   Cyrillic letters). Some microseconds. */
slice text_skeleton(struct arena *arena, slice name);

/* For searching: folded as above, and without accents. */
slice text_fold_search(struct arena *arena, slice text);

#endif
