/* Markup that is safe to put in a page as it is.
   Only this room makes it: Markdown (markdown.h), the sanitizer (sanitize.h), escaping (below). Everything else is text,
   and text is escaped where it is written. Do not write (struct html){…} outside src/text. */
#ifndef PALABRE_TEXT_HTML_H
#define PALABRE_TEXT_HTML_H

#include "base/arena.h"
#include "base/slice.h"

/* A fragment of HTML5: balanced, and holding only the elements, attributes and schemes that markdown.h and sanitize.h
   name. Valid as element content, not as an attribute value. Owned by whoever owns the bytes (an arena, mostly). */
struct html {
    slice s;
};

/* Plain text as markup: & < > " ' escaped, nothing else done. The bytes live in the arena. */
struct html html_escape(struct arena *arena, slice plain);

/* Plain text as markup for display: typography of the language (typography.h), then escaped. For headlines, names of
   sections, titles of comments. */
struct html html_escape_typographic(struct arena *arena, slice language, slice plain);

/* The same for a headline: short words with hyphens (restera-t-il, Fontaine-Basse) stand in <span class="whole">, which
   the style sheet does not break. */
struct html html_escape_headline(struct arena *arena, slice language, slice plain);

/* Only for bytes that came out of this room and were stored in our own database since. Borrowed. */
struct html html_from_stored(slice stored);

#endif
