/* Writes HTML that an HTML5 parser reads back as it was written, whatever the order in which tags are asked for: blocks
   are closed and implied as the content model wants, inline elements are closed at the ends of blocks and opened again,
   paragraphs are made of what stands alone, empty blocks never appear. Everything that the sanitizer lets through passes
   here, and every tag is written here. For this room only. */
#ifndef PALABRE_TEXT_HTML_BUILD_H
#define PALABRE_TEXT_HTML_BUILD_H

#include "base/buf.h"
#include "text/html_tag.h"
#include "text/outline.h"
#include "text/running.h"
#include "text/sanitize.h"

struct build_block {
    enum tag tag;
    slice attributes; /* ' name="value"…', escaped, in the arena */
    bool implied;     /* a paragraph that nobody asked for */
    bool written;     /* its start tag is out */
    bool has_text;    /* the last thing in it is text or an inline element */
    bool has_children;
    enum tag last_child; /* the block that was closed last in it */
    bool has_rows;       /* table: a group of rows is there */
    bool has_image;
    bool has_caption;   /* figure: its figcaption is closed */
    bool captions_text; /* figure of a [caption]: text after the image is its caption */
};

struct build_inline {
    enum tag tag;    /* TAG_NONE: writes nothing, but its end tag is known (an <a> without a safe address) */
    enum tag source; /* which end tag closes it */
    slice attributes;
    size_t depth; /* blocks open when it was opened, implied paragraphs apart */
    bool written;
};

enum { BUILD_MOST_BLOCKS = SANITIZE_MAX_DEPTH + 8 /* for what is implied */ };

struct builder {
    struct buf out;
    struct buf text; /* running text that waits, to be set and searched as a whole */
    struct running running;
    struct outline outline;
    bool breaks; /* newlines mean something: one is br, two end a paragraph (wpautop) */
    struct build_block blocks[BUILD_MOST_BLOCKS];
    size_t block_count; /* blocks[0] is the root */
    struct build_inline inlines[SANITIZE_MAX_DEPTH];
    size_t inline_count, inlines_written;
    bool space;          /* white space waits */
    bool newline;        /* a line break waits, from a newline or the end of a block without a tag of its own */
    size_t line_breaks;  /* <br>s wait */
    bool after_open_pre; /* the tag was the last thing read */
};

void build__init(struct builder *b, const struct running *running, bool breaks, size_t most_bytes);
void build__fini(struct builder *b);

void build__text(struct builder *b, slice text); /* decoded, not escaped; control characters are left out */
/* False when it is too deep, or has no place here: its text comes then as if it were not there. */
bool build__open_block(struct builder *b, enum tag tag, slice attributes);
bool build__open_inline(struct builder *b, enum tag tag, enum tag source, slice attributes);
void build__close_block(struct builder *b, enum tag tag);
void build__close_inline(struct builder *b, enum tag source);
void build__boundary(struct builder *b); /* of a block that leaves only its text */
void build__break(struct builder *b);    /* br */
void build__rule(struct builder *b);     /* hr */
void build__image(struct builder *b, slice attributes);
void build__link(struct builder *b, slice href, slice text); /* a paragraph of one link */
void build__mark_caption(struct builder *b);                 /* the figure opened last is a [caption]'s */
bool build__is_in_link(const struct builder *b);
void build__finish(struct builder *b);

#endif
