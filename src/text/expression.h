/* Regular expressions written by administrators (PCRE2: UTF, without regard to case). Whatever the expression, looking
   for it in a text ends soon: matching is bounded in steps, depth and memory. Immutable: any number of threads. */
#ifndef PALABRE_TEXT_EXPRESSION_H
#define PALABRE_TEXT_EXPRESSION_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

enum { EXPRESSION_BYTES_MAX = 1000 };

struct expression;

/* INVALID: *at (may be NULL) is the place of the mistake, in characters from 0; error says what it is, in English. An
   expression that can match nothing at all ("a*") is INVALID, too: it would be found in every text. */
enum status expression_new(slice source, struct expression **out, size_t *at, struct error *error) MUST_USE;
void expression_free(struct expression *expression); /* NULL is fine */

/* OK: found, bytes [*from, *to) of the text. NOT_FOUND. LIMIT: it takes too long. text: valid UTF-8. */
enum status expression_find(const struct expression *expression, slice text, size_t *from, size_t *to) MUST_USE;

#endif
