/* Finds the tags of a template, one after another. Used by mustache_parse.c and mustache_message.c alone. */
#ifndef PALABRE_VIEW_MUSTACHE_SCAN_H
#define PALABRE_VIEW_MUSTACHE_SCAN_H

#include "base/error.h"
#include "base/slice.h"

enum tag_kind {
    TAG_VALUE,      /* {{name}} */
    TAG_RAW,        /* {{{name}}} {{&name}} */
    TAG_SECTION,    /* {{#name}} */
    TAG_INVERTED,   /* {{^name}} */
    TAG_CLOSE,      /* {{/name}} */
    TAG_PARTIAL,    /* {{>name}} */
    TAG_PARENT,     /* {{<name}} */
    TAG_BLOCK,      /* {{$name}} */
    TAG_COMMENT,    /* {{! anything }} */
    TAG_DELIMITERS, /* {{=<% %>=}}: the scanner has already changed to them */
};

struct tag {
    enum tag_kind kind;
    slice content;     /* without sigil, trimmed */
    size_t begin, end; /* in the source */
    unsigned line;
};

struct scanner {
    slice source; /* borrowed, and so is all that comes out of it */
    slice name;   /* for errors */
    size_t at;    /* where the next search begins; the caller may move it forward */
    unsigned line;
    size_t line_at; /* the lines are counted up to here */
    slice open, close;
};

void scanner_init(struct scanner *scanner, slice source, slice name);

/* The next tag, and *found; not found at the end of the source. at is left behind the tag. INVALID on a tag that is not
   closed, is empty, or has delimiters that are none. */
enum status scanner_next(struct scanner *scanner, struct tag *tag, bool *found, struct error *error) MUST_USE;

/* The line a tag stands on: what is before it when that is only blanks, and where the next line begins when there are
   only blanks behind it. */
struct tag_line {
    bool blank_before, blank_after;
    size_t begin; /* of the line; valid when blank_before */
    size_t next;  /* behind the newline, or the end of the source; valid when blank_after */
};
struct tag_line scanner_line_of(const struct scanner *scanner, const struct tag *tag);

/* Spaces and tabs at the front. */
slice scanner_indentation(slice text);

#endif
