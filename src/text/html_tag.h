/* The elements of HTML, as far as the sanitizer knows them. For this room only. */
#ifndef PALABRE_TEXT_HTML_TAG_H
#define PALABRE_TEXT_HTML_TAG_H

#include "base/slice.h"

/* What may come out, and what is told apart on the way. */
enum tag {
    TAG_NONE = 0, /* an element that leaves only its text */
    TAG_A,
    TAG_ABBR,
    TAG_B,
    TAG_BLOCKQUOTE,
    TAG_BR,
    TAG_CAPTION,
    TAG_CITE,
    TAG_CODE,
    TAG_DD,
    TAG_DEL,
    TAG_DFN,
    TAG_DL,
    TAG_DT,
    TAG_EM,
    TAG_FIGCAPTION,
    TAG_FIGURE,
    TAG_H1,
    TAG_H2,
    TAG_H3,
    TAG_H4,
    TAG_H5,
    TAG_H6,
    TAG_HR,
    TAG_I,
    TAG_IMG,
    TAG_INS,
    TAG_KBD,
    TAG_LI,
    TAG_MARK,
    TAG_OL,
    TAG_P,
    TAG_PRE,
    TAG_Q,
    TAG_S,
    TAG_SAMP,
    TAG_SMALL,
    TAG_STRONG,
    TAG_SUB,
    TAG_SUP,
    TAG_TABLE,
    TAG_TBODY,
    TAG_TD,
    TAG_TH,
    TAG_THEAD,
    TAG_TIME,
    TAG_TR,
    TAG_U,
    TAG_UL,
    TAG_VAR,
    TAG_COUNT,
};

enum tag_class {
    CLASS_TEXT,     /* an inline element that leaves its text: span, font, whatever is unknown */
    CLASS_INLINE,   /* an inline element that stays */
    CLASS_BOUNDARY, /* a block that leaves its text: div, section; paragraphs end there */
    CLASS_BLOCK,    /* a block that stays */
    CLASS_VOID,     /* br, hr, img */
    CLASS_DROP,     /* goes with its content, which is markup: svg, object, select */
    CLASS_DROP_RAW, /* goes with its content, which is no markup: script, style, textarea */
    CLASS_DROP_TAG, /* has no content: input, embed, meta */
    CLASS_MEDIA,    /* goes with its content, but for its address: iframe, audio, video */
};

struct tag_info {
    slice name; /* in lower case */
    enum tag_class class;
    enum tag article, comment; /* what it is in either; TAG_NONE: its text only */
    bool silent;               /* not worth counting in a report: div, span */
};

/* By its name in any case; for an unknown one, what is done with those. Static. */
const struct tag_info *tag__find(slice name);

slice tag__name(enum tag tag); /* "blockquote"; static */

#endif
