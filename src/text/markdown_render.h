/* From md4c's events to HTML. For markdown.c only. */
#ifndef PALABRE_TEXT_MARKDOWN_RENDER_H
#define PALABRE_TEXT_MARKDOWN_RENDER_H

#include "base/buf.h"
#include "text/markdown.h"
#include "text/outline.h"
#include "text/running.h"

#include <md4c.h>

/* What a callback gives to stop md4c, beside -1 for output that has become too long. Only what is negative stops it
   everywhere, whatever its header says. */
enum { MARKDOWN__TOO_WIDE = -2 };

enum { MARKDOWN__MAX_SPANS = 32 };

struct renderer {
    struct arena *arena;
    enum markdown_dialect dialect;
    struct running running;
    struct outline outline;
    unsigned heading; /* the level of the one that is open */
    struct buf out;
    struct buf pending;                     /* running text that md4c gives in pieces: set and searched as a whole */
    struct buf code;                        /* the same inside code, and an image's alternative text */
    struct buf figures;                     /* what the paragraph becomes if it holds images alone */
    size_t depth;                           /* quotations and lists that are open */
    MD_SPANTYPE spans[MARKDOWN__MAX_SPANS]; /* that are open and written */
    size_t span_count;
    size_t spans_beyond; /* that are open and not written, there being too many */
    size_t images;       /* images that are open, one inside the other's alternative text */
    size_t paragraph;    /* where the paragraph starts in out, when it may become figures; otherwise SIZE_MAX */
    bool link_is_open;
    bool in_code_block;
    slice link_href;
};

void markdown__init(struct renderer *r, struct arena *arena, enum markdown_dialect dialect,
                    const struct markdown_options *options, size_t source_bytes);
void markdown__fini(struct renderer *r);

const MD_PARSER *markdown__parser(enum markdown_dialect dialect); /* its context: a struct renderer */

/* Checks, cleans and prepares the source, and lets md4c read it. */
enum status markdown__read(enum markdown_dialect dialect, slice source, const MD_PARSER *parser, void *context,
                           struct error *error) MUST_USE;

#endif
