/* The JSON-LD of a page (schema.org Article, NewsArticle, BlogPosting and their kinds), as far as a press excerpt needs it.
   For this room only. */
#ifndef PALABRE_TEXT_QUOTED_JSON_H
#define PALABRE_TEXT_QUOTED_JSON_H

#include "base/arena.h"
#include "base/slice.h"

/* As written, entities and all; empty where it is not said. In the arena. */
struct quoted_json {
    slice headline, author, publisher, date, body;
};

/* Adds what one <script type="application/ld+json"> says to what others have said; what is no JSON says nothing. */
void quoted_json_read(struct arena *arena, slice text, struct quoted_json *out);

#endif
