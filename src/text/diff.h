/* What changed between two texts, word by word, as people read it: for the moderator who looks at an author's edit. */
#ifndef PALABRE_TEXT_DIFF_H
#define PALABRE_TEXT_DIFF_H

#include "text/html.h"

/* Texts that differ in more words than that are shown as one taken out and the other put in. */
enum { DIFF_EDITS_MAX = 500 };

/* The later text, escaped, with what is new in <ins> and, before it, what is gone in <del>; line breaks stay as they are
   (show it with white-space: pre-line). Without <ins> it is the earlier text, without <del> the later. By Myers' algorithm
   (An O(ND) Difference Algorithm, 1986): time (words + edits) · edits, memory edits². In the arena. Any thread. */
struct html diff_words(struct arena *arena, slice before, slice after);

#endif
