/* Which attributes stay, and how they are written. For the sanitizer. */
#ifndef PALABRE_TEXT_HTML_ATTRIBUTES_H
#define PALABRE_TEXT_HTML_ATTRIBUTES_H

#include "base/arena.h"
#include "base/buf.h"
#include "text/html_tag.h"
#include "text/sanitize.h"

struct attribute_writer {
    struct arena *kept;    /* what is written, as long as the writer lives */
    struct arena *scratch; /* emptied at each tag */
    struct buf value, written;
    slice base_address;
    const char *rel;
    bool comment;
    bool in_link; /* what comes is inside a link */
    struct sanitize_report *report;
};

void attributes__init(struct attribute_writer *w, slice base_address, const char *rel, bool comment,
                      struct sanitize_report *report, size_t source_bytes);
void attributes__fini(struct attribute_writer *w);

/* The attributes of a start tag that may stay on the element, ready to be written (' href="…" rel="…"'). Empty for an <a>,
   <img> or <time> that is nothing without the attribute it lacks. Lives as long as the writer. */
slice attributes__write(struct attribute_writer *w, enum tag tag, slice body);

/* The same for an <a> to an address that is known to be safe. */
slice attributes__link(struct attribute_writer *w, slice href);

/* Where an image leads, and its alternative text, decoded; empty when it may not. */
slice attributes__image_address(struct attribute_writer *w, slice body, slice *text);
/* Where an iframe, audio or video leads; http and https only. */
slice attributes__media_address(struct attribute_writer *w, slice body);
/* [audio mp3="https://…"], [video https://…] */
slice attributes__shortcode_address(struct attribute_writer *w, slice body);
/* [caption … caption="…"], decoded. */
slice attributes__caption(struct attribute_writer *w, slice body);

/* What is in the buffer, without characters of utf8_find_control, and with line ends as HTML reads them: LF. Borrowed. */
slice text__drop_controls(struct buf *b);

#endif
