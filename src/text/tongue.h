/* Which of a few languages a text is in, by its letters: libexttextcat, with the fingerprints of those languages alone.
   Sure from 60 characters on; some 50 µs. It always names one of its own: ask a dictionary, too, whether it is any of
   them. Any thread. */
#ifndef PALABRE_TEXT_TONGUE_H
#define PALABRE_TEXT_TONGUE_H

#include "base/error.h"
#include "base/slice.h"

struct tongue;

/* folder: of the fingerprints (fr.lm); read now, and never again. languages: "fr", "en". UNAVAILABLE. */
enum status tongue_new(slice folder, const slice *languages, size_t count, struct tongue **out,
                       struct error *error) MUST_USE;
void tongue_free(struct tongue *tongue); /* NULL is fine */

/* The likeliest of them, borrowed; empty when it cannot tell. */
slice tongue_guess(struct tongue *tongue, slice text);

#endif
