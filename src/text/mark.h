/* Words marked in a fragment of markup, for whoever has to find them there. Any thread. */
#ifndef PALABRE_TEXT_MARK_H
#define PALABRE_TEXT_MARK_H

#include "text/html.h"

/* The same fragment with each occurrence of each of the words, as plain text, in <mark>…</mark>: those that stand within
   one run of text; the first of those that begin at one place is taken. Words that are empty are passed over. In the
   arena; markup itself is never changed. */
struct html text_mark(struct arena *arena, struct html markup, const slice *words, size_t count);

#endif
