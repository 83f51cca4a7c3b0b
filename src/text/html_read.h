/* Reads HTML as a sequence of tags, text and comments (HTML §13.2.5, without the rare states). Says nothing of what may
   stay: the reader is only as exact as it takes to keep what people wrote; safety is the writer's. For this room only. */
#ifndef PALABRE_TEXT_HTML_READ_H
#define PALABRE_TEXT_HTML_READ_H

#include "base/slice.h"

enum html_token_kind { TOKEN_TEXT, TOKEN_START, TOKEN_END, TOKEN_COMMENT, TOKEN_SHORTCODE, TOKEN_SHORTCODE_END };

struct html_token {
    enum html_token_kind kind;
    slice name; /* of a tag or shortcode, as written */
    slice body; /* text, not decoded; the inside of a comment; the attributes of a tag or shortcode */
};

struct html_reader {
    slice source;
    size_t at;
    bool shortcodes;       /* WordPress's are told apart: those that html__shortcode_is_known names */
    bool text_only;        /* the last tag had no end: the rest is text */
    bool no_plain_end;     /* for sanitize_plain: an element that goes has no end tag */
    bool no_shortcode_end; /* one was looked for up to the end of the source, and not found */
};

/* False at the end. Slices are parts of the source. Linear over a whole source. */
bool html__next(struct html_reader *reader, struct html_token *token);

struct html_attribute {
    slice name, value; /* as written, value without its quotes and not decoded; p is NULL when there is none */
};
/* The next attribute of a token's body; *rest starts as the body. */
bool html__next_attribute(slice *rest, struct html_attribute *attribute);

/* Passes over everything up to the end tag of name, and over that: up to the end of the source when there is none. Gives
   what was passed over. For elements whose content is no markup. */
slice html__skip_raw(struct html_reader *reader, slice name);

/* Where in the source the next end tag of name starts; SIZE_MAX when there is none. */
size_t html__find_end_tag(const struct html_reader *reader, slice name);

bool html__shortcode_is_known(slice name);
/* Passes over everything up to and including [/name]; false, and nothing is passed over, when there is none. */
bool html__skip_shortcode(struct html_reader *reader, slice name, slice *content);

#endif
