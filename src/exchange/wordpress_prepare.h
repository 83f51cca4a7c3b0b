/* What a comment of an export becomes, as far as the comment alone says: the dear part of taking it over, which needs
   neither the database nor the other comments. For this folder only. */
#ifndef PALABRE_EXCHANGE_WORDPRESS_PREPARE_H
#define PALABRE_EXCHANGE_WORDPRESS_PREPARE_H

#include "exchange/wordpress.h"
#include "exchange/wxr.h"

struct prepared_comment {
    slice name, email, website, text_source, html;
    slice fingerprint, address_sealed;
    bool unsafe_website; /* one was given, and left out */
    bool no_text;        /* a text of ours stands in its place */
    size_t dropped;      /* elements and addresses that its text lost */
    size_t bytes;        /* of the arena */
    enum status status;  /* INVALID, LIMIT: the text could not be read; another one but OK: what failed */
    slice why;           /* its detail */
};

/* Texts are in the arena, or the comment's own. Any thread. */
void wordpress__prepare(const struct wordpress_options *options, slice language, const struct wxr_comment *c,
                        struct arena *arena, struct prepared_comment *out);

#endif
