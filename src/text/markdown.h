/* Markdown → safe HTML, in two dialects.
   md4c (CommonMark 0.30) finds the structure in linear time; every tag is written here, so nothing else can come out.
   Any thread; nothing is kept between calls. Output is made in the caller's arena.

   Comment (PRODUCT B3): p, br (a newline is a line break, as people type), blockquote, ul/ol/li, em, strong, a, code,
   pre. HTML and entities are shown as typed. A heading is a paragraph in strong; an image is a link to its address;
   '---' is text; a line right below a quotation is not part of it; a reference definition is text. Links to http, https
   and mailto only, each with rel="nofollow ugc noopener"; bare addresses (http://, https://, www., name@host) are
   links. An @name that is among the names offered is a link.

   Article (PRODUCT A2): all that, and h2–h6 (the highest heading is h2, and none skips a level), images (figure with
   figcaption from the title when they stand alone in their paragraph; src http, https, or of this site: "/…"), table, del,
   hr, reference definitions, entities, hard line breaks only. Links may also point into this site ("/…", "#…") and have
   rel="noopener". */
#ifndef PALABRE_TEXT_MARKDOWN_H
#define PALABRE_TEXT_MARKDOWN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "text/html.h"

enum {
    /* Grows when the same source gives other HTML; stored beside derived HTML, which is made anew when it differs. */
    MARKDOWN_VERSION = 1,
    MARKDOWN_MAX_SOURCE = 1024 * 1024, /* bytes; longer is LIMIT */
    MARKDOWN_MAX_DEPTH = 16,           /* quotations and lists inside each other; what is deeper is flattened */
    MARKDOWN_MAX_COLUMNS = 64,         /* of a table; wider is LIMIT */
    MARKDOWN_MAX_MENTIONS = 64,        /* @ signs looked at in one source */
};

/* A name that '@name' may stand for, and where its link goes (a site-relative or absolute address). Names may hold
   spaces; the longest that matches wins; letters' case does not count; no letter or digit may stand right before the @
   or right after the name. */
struct markdown_mention {
    slice name;
    slice href;
};

struct markdown_options {
    slice language; /* "fr", "en", "fr-CA"…: typography.h is applied to what is not code or an
                                                address; empty or unknown: none */
    const struct markdown_mention *mentions; /* borrowed for the call; may be NULL with mention_count 0 */
    size_t mention_count;
};

enum markdown_dialect { MARKDOWN_COMMENT, MARKDOWN_ARTICLE };

/* options may be NULL. INVALID: the source is not UTF-8. LIMIT: a ceiling above, or output over 16 times the source
   plus 64 kB. An empty source gives an empty fragment. */
enum status markdown_comment(struct arena *arena, slice source, const struct markdown_options *options,
                             struct html *out, struct error *error) MUST_USE;
enum status markdown_article(struct arena *arena, slice source, const struct markdown_options *options,
                             struct html *out, struct error *error) MUST_USE;

/* The words alone, without markup: blocks are separated by one newline, line breaks and runs of white space are one
   space, images give their alternative text. Not escaped, no typography. For excerpts, summaries of feeds, meta
   descriptions, mail. max_chars > 0 cuts it at a word, with '…' (excerpt.h: text_excerpt). */
enum status markdown_plain(struct arena *arena, enum markdown_dialect dialect, slice source, size_t max_chars,
                           slice *out, struct error *error) MUST_USE;

#endif
