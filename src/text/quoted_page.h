/* What a page of another publication says of itself, for a press excerpt: OpenGraph, the JSON-LD of schema.org (Article and
   its kinds), and the HTML, read with Gumbo. The page may be hostile: memory has a ceiling, nothing recurses with its depth,
   and all that comes out is text.

   Any thread that may take some tens of milliseconds. */
#ifndef PALABRE_TEXT_QUOTED_PAGE_H
#define PALABRE_TEXT_QUOTED_PAGE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"

/* Plain text, normalised and cut to what the fields of an article hold; empty where the page does not say. In the arena. */
struct quoted_page {
    slice title, author, site;
    slice url;      /* canonical, http or https; empty: none of the same host */
    slice language; /* "fr", "en-GB" … */
    time_ms date;   /* 0: not said */
    slice markdown; /* its first paragraphs, as Markdown that shows exactly that text */
    size_t paragraphs;
};

/* html: as fetched; content_type: the header's value; url: where it was fetched. Paragraphs are taken while they fit into
   max_chars characters; the first is cut at a sentence or a word where it alone is longer. INVALID: it is not HTML, or says
   nothing that could be quoted; LIMIT: it takes too much memory, or more than a second, to read. */
enum status quoted_page_read(struct arena *arena, slice html, slice content_type, slice url, size_t max_chars,
                             struct quoted_page *out, struct error *error) MUST_USE;

#endif
