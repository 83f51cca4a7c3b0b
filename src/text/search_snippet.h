/* What of a text is shown among search results: the part with most of what was looked for, the hits in <mark>. */
#ifndef PALABRE_TEXT_SEARCH_SNIPPET_H
#define PALABRE_TEXT_SEARCH_SNIPPET_H

#include "text/html.h"
#include "text/search_query.h"

enum { SEARCH_SNIPPET_BYTES = 256 * 1024 /* of the text are looked at */ };

/* At most about max_chars characters of plain text, cut between words with '…', escaped; only <mark> is added. Where no
   word is a hit (they may be in the title), its beginning. language: the text's. Any thread. */
struct html search_snippet(struct arena *arena, struct search_stemmers *stemmers, const struct search_query *query,
                           slice language, slice plain, size_t max_chars);

#endif
