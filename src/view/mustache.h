/* Mustache templates: https://github.com/mustache/spec (version 1.4), everything in it but lambdas: comments, delimiters,
   interpolation, inverted sections, partials, sections, and the optional inheritance and dynamic names. And translation
   (see catalog below). web/templates/README.md is the manual for those who write templates.

   A compiled template is immutable once linked: any number of threads may render it at once. Every error says
   NAME:LINE. Ceilings: source MUSTACHE_MAX_SOURCE, nesting of tags and of partials MUSTACHE_MAX_DEPTH, work
   MUSTACHE_MAX_STEPS; output is bounded by the caller's buffer. */
#ifndef PALABRE_VIEW_MUSTACHE_H
#define PALABRE_VIEW_MUSTACHE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"
#include "view/catalog.h"
#include "view/value.h"

enum {
    MUSTACHE_MAX_SOURCE = 256 * 1024, /* bytes of one template */
    MUSTACHE_MAX_DEPTH = 64,
    MUSTACHE_MAX_STEPS = 1000 * 1000, /* tags and texts written in one rendering */
};

/* All zero: the public specification to the letter. */
struct mustache_options {
    /* A string is escaped in {{{triple}}} and {{&ampersand}}, too: only struct html comes out raw. On in the product. */
    bool always_escape;
    /* Nothing is escaped at all: for plain text, as in mail. */
    bool plain_text;
    /* White space at the beginning of a template's lines and blank lines are dropped, standalone partials are not
       indented. Data is never touched. On in the product for markup. */
    bool drop_indentation;
    /* Linking fails on a partial or parent that does not exist, where the specification writes nothing. */
    bool strict;
    /* When set, {{#t}}…{{/t}} and {{#tn}}…{{/tn}} are translated, at compile time, by it: it must outlive the template.
       When NULL they are sections like any other. */
    const struct catalog *catalog;
};

struct mustache;

/* name stands in errors ("templates/article.mustache"). source, name and options are not kept. INVALID with file and
   line on a mistake of the template's; LIMIT over a ceiling. The result is ready to be rendered: without linking, it has
   no partials. */
enum status mustache_compile(slice source, slice name, const struct mustache_options *options_or_null,
                             struct mustache **out, struct error *error) MUST_USE;
void mustache_free(struct mustache *template); /* NULL is fine */
void mustache_free_p(struct mustache **template);

/* Resolves partials, parents and dynamic names: find gives the template of a name, or NULL. Called once, before the
   template is shared; find and context are kept for dynamic names and called by any thread. What find returns must live
   as long as this template. Cycles are fine: rendering stops them at MUSTACHE_MAX_DEPTH. NOT_FOUND when strict. */
typedef const struct mustache *(*mustache_find_fn)(const void *context, slice name);
enum status mustache_link(struct mustache *template, mustache_find_fn find, const void *context,
                          struct error *error) MUST_USE;

/* Appends to out. LIMIT when a ceiling was passed (depth, steps, or out's own): what was appended is then incomplete.
   Nothing else can go wrong: a name that the data lacks gives nothing. */
enum status mustache_render(const struct mustache *template, const struct value *data, struct buf *out,
                            struct error *error) MUST_USE;

#endif
