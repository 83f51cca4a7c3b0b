/* What can go wrong, and how it is said.
   A function that can fail returns enum status and says the detail in the caller's struct error. Only the outermost
   layers log. One table (status_info) turns a status into its HTTP status and exit code. */
#ifndef PALABRE_BASE_ERROR_H
#define PALABRE_BASE_ERROR_H

#include "base/attributes.h"

enum status {
    OK = 0,
    NOT_FOUND,   /* what was named does not exist */
    CONFLICT,    /* somebody else changed it meanwhile, or the state does not allow it */
    FORBIDDEN,   /* the caller may not */
    INVALID,     /* the input is wrong; the detail says what and where */
    BUSY,        /* try again soon */
    LIMIT,       /* a ceiling was reached: size, rate, depth */
    UNAVAILABLE, /* a part we need is away: disk full, database closed */
    INTERNAL,    /* our own mistake */
};

struct error {
    enum status status;
    char detail[512]; /* NUL-terminated UTF-8, one line, English; for logs and terminals */
};

struct status_info {
    const char *name;  /* "not_found" */
    int http_status;   /* 404 */
    int exit_code;     /* of a command; sysexits(3) where one fits */
    const char *title; /* RFC 9457 title, English */
};

const struct status_info *status_info(enum status status); /* borrowed, static */

/* Sets the error (e may be NULL) and gives back the status, so that one can `return error_set(e, INVALID, "…")`. */
enum status error_set(struct error *e, enum status status, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts a context before the detail: "comments.json: line 3: …". Gives back e's status. */
enum status error_prefix(struct error *e, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
