/* Foreign HTML → safe, valid HTML: what a WordPress export holds, made fit for our pages.
   A tokenizer of our own reads the tags; a builder writes its own tags from an allow-list, balanced, in an order that
   an HTML5 parser does not change (so nothing mutates in a browser). Linear time, bounded depth. Any thread.

   Article: p, h2–h6, blockquote, q, figure, figcaption, img, ul, ol, li, dl, dt, dd, table, caption, thead, tbody,
   tr, th, td, pre, code, kbd, samp, var, em, strong, b, i, u, s, small, mark, cite, dfn, abbr, sub, sup, del, ins, time,
   a, br, hr.
   Attributes: href, src, alt, title, cite, width and height (img, digits), colspan, rowspan, lang, dir, start, reversed,
   datetime; loading="lazy" is added to img, rel="noopener" to a. No id, no class, no style, ever.
   Comment: p, br, blockquote, ul, ol, li, em, strong, b, i, a, code, pre, del; links with rel="nofollow ugc noopener".
   Other elements give their text; in an article an iframe, audio or video gives a link to its address. With their content
   go: script, style, head, title, template, object, applet, noembed, noframes, noscript, form fields, svg, math, canvas,
   and comments.

   WordPress: blank lines make paragraphs and newlines breaks, as its wpautop does, unless the text was made by the block
   editor (it holds '<!-- wp:'); '<!--more-->', '<!--nextpage-->' and block comments go; [caption] becomes a figure,
   [embed], [audio], [video] a link, [gallery] and [playlist] go (counted), [code] is code; any other shortcode stays as
   text (counted). Headings: the highest becomes h2, since the page's own headline is its h1, and none
   skips a level (h2, h4 → h2, h3). */
#ifndef PALABRE_TEXT_SANITIZE_H
#define PALABRE_TEXT_SANITIZE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "text/html.h"

enum {
    SANITIZE_VERSION = 1,                  /* as MARKDOWN_VERSION */
    SANITIZE_MAX_SOURCE = 4 * 1024 * 1024, /* bytes; longer is LIMIT */
    SANITIZE_MAX_DEPTH = 32,               /* blocks inside each other, and inline elements likewise; deeper tags go,
                                               their text stays */
};

struct sanitize_options {
    slice language;     /* as in markdown.h: typography of the text; empty: none */
    slice base_address; /* http(s) address of the page, against which relative links are resolved; empty: "/…" and "#…"
                           stay, other relative links lose their href */
    bool plain_html;    /* not from WordPress: no paragraphs from newlines, no shortcodes */
};

/* What was left out; each call adds to it, so that one report can serve a whole import. */
struct sanitize_report {
    size_t elements_dropped;   /* with their content: script, iframe… */
    size_t elements_unwrapped; /* unknown or not allowed; their text stayed (div and span are not counted) */
    size_t attributes_dropped; /* on* handlers, style, id, class… */
    size_t addresses_dropped;  /* links and images whose address is not allowed */
    size_t galleries_dropped;  /* [gallery], [playlist] */
    size_t shortcodes_kept;    /* unknown shortcodes, left as text */
};

/* options and report may be NULL. INVALID: not UTF-8. LIMIT: source over SANITIZE_MAX_SOURCE, or output over 16 times
   the source plus 64 kB. NUL and other control characters are left out. */
enum status sanitize_article_html(struct arena *arena, slice source, const struct sanitize_options *options,
                                  struct sanitize_report *report, struct html *out, struct error *error) MUST_USE;
enum status sanitize_comment_html(struct arena *arena, slice source, const struct sanitize_options *options,
                                  struct sanitize_report *report, struct html *out, struct error *error) MUST_USE;

/* The words alone of foreign HTML (or of a struct html), as markdown_plain gives them. */
enum status sanitize_plain(struct arena *arena, slice source, size_t max_chars, slice *out,
                           struct error *error) MUST_USE;

#endif
