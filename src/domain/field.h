/* Checks of what editors and administrators type, with one manner of saying what is wrong: "field: what". For this room
   only; any thread. */
#ifndef PALABRE_DOMAIN_FIELD_H
#define PALABRE_DOMAIN_FIELD_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

enum field_need { FIELD_OPTIONAL, FIELD_REQUIRED };

/* A line of at most max_chars characters, normalised in place. INVALID. */
enum status field__line(struct arena *arena, const char *field, enum field_need need, size_t max_chars, slice *value,
                        struct error *error) MUST_USE;
/* A text of several lines, likewise. */
enum status field__body(struct arena *arena, const char *field, enum field_need need, size_t max_chars, slice *value,
                        struct error *error) MUST_USE;
/* A language tag: "fr", "en", "fr-CA". */
enum status field__language(const char *field, slice value, struct error *error) MUST_USE;
/* Where it is empty, one made from the title. */
enum status field__slug(struct arena *arena, const char *field, slice title, slice *value,
                        struct error *error) MUST_USE;

#endif
