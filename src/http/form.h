/* application/x-www-form-urlencoded: forms and queries (WHATWG URL §5.1, but strict: what is malformed is refused and not
   guessed at). Plain functions; any thread. */
#ifndef PALABRE_HTTP_FORM_H
#define PALABRE_HTTP_FORM_H

#include "base/arena.h"
#include "base/attributes.h"
#include "base/error.h"
#include "base/slice.h"

struct http_form_limits {
    size_t fields;      /* most fields */
    size_t name_bytes;  /* of one name, decoded */
    size_t value_bytes; /* of one value, decoded */
};

/* 100 fields, names of 64 bytes, values of 1 MiB. */
extern const struct http_form_limits HTTP_FORM_LIMITS;

struct http_field {
    slice name, value; /* decoded; valid UTF-8 without NUL; line ends as sent (browsers send CR LF) */
};

struct http_form {
    const struct http_field *fields; /* in the order sent, the arena's */
    size_t count;
};

/* "a=1&b=x+y%21". Empty pieces between '&' are skipped; a piece without '=' is a name with an empty value. LIMIT: over a
   ceiling. INVALID: '%' without two hexadecimal digits, bytes that are not UTF-8, or a NUL. Needs as much of the arena as
   text is long and 32 bytes a field. *out is written on success only. */
enum status http_form_parse(struct arena *arena, slice text, const struct http_form_limits *limits,
                            struct http_form *out, struct error *error) MUST_USE;

slice http_form_get(const struct http_form *form, slice name); /* the first of that name; p == NULL: none */
bool http_form_has(const struct http_form *form, slice name);

/* Whether a Content-Type is application/x-www-form-urlencoded, with no charset or utf-8. */
bool http_form_is_type(slice content_type);

/* Decodes %XX once. INVALID: '%' without two hexadecimal digits, or invalid UTF-8, or a NUL. Gives text itself when there
   is nothing to decode. plus_is_space: as forms do. */
enum status http_percent_decode(struct arena *arena, slice text, bool plus_is_space, slice *out) MUST_USE;

#endif
