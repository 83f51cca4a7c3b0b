/* What a word may have been meant to be: words one slip away from it. For the speller only. */
#ifndef PALABRE_TEXT_SPELLER_NEAR_H
#define PALABRE_TEXT_SPELLER_NEAR_H

#include "base/slice.h"
#include "text/speller.h"

struct speller_found {
    char words[SPELLER_SUGGESTIONS][SPELLER_WORD_BYTES * 2];
    size_t count;
};

/* Asks knows(ctx, candidate) about candidates, the likeliest slips first; stops at SPELLER_SUGGESTIONS, or when
   go_on(ctx), asked every few candidates, says no: false then, and what was found is not all there is. word: UTF-8 in
   small letters but for a capital at the front, which the suggestions get, too. */
enum speller_reach {
    SPELLER_LIKELY, /* the likeliest slips: some sixty questions */
    SPELLER_FAR,    /* any other letter anywhere, or two slips: a thousand */
};
bool speller__near(slice word, enum speller_reach reach, bool (*knows)(void *ctx, slice candidate),
                   bool (*go_on)(void *ctx), void *ctx, struct speller_found *out);

#endif
