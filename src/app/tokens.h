/* Signed, dated form tokens.
   A token is "MINUTES.MAC": when it was made, and HMAC-SHA-256 over purpose and minutes, cut to 128 bits. It is bound to
   what the form may do, not to who holds it: anonymous forms act with nothing but what they carry. */
#ifndef PALABRE_APP_TOKENS_H
#define PALABRE_APP_TOKENS_H

#include "app/state.h"

enum {
    TOKEN_LIFE_MINUTES = 48 * 60, /* a form is good for so long */
    TOKEN_STEP_MINUTES = 12 * 60, /* tokens in shared pages are dated to this step, so that their bytes stay the same;
                                      such a page is made again after each step */
};

/* In the arena. now_ms rounded down by step_minutes (1: to the minute). */
slice token_make(const struct app *app, struct arena *arena, slice purpose, time_ms now, int64_t step_minutes);
bool token_check(const struct app *app, slice token, slice purpose, time_ms now);

/* A token of CRYPTO_TOKEN_CHARS that follows from what was sent: the same twice is the same thing. what: its use, "form ". */
slice token_derive(const struct app *app, struct arena *arena, slice what, slice of);
/* A stamp says when it was made, to the second. The age of one, in seconds; -1: it is not one, or older than a form may be. */
slice token_stamp(const struct app *app, struct arena *arena, slice purpose, time_ms now);
int64_t token_stamp_age_s(const struct app *app, struct arena *arena, slice stamp, slice purpose, time_ms now);

/* The end of the step that `now` is in: when a shared page with a token is to be made again. */
time_ms token_step_end(time_ms now);

#endif
