#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct status_info INFO[] = {
    [OK] = {"ok", 200, 0, "OK"},
    [NOT_FOUND] = {"not_found", 404, 66, "Not found"},
    [CONFLICT] = {"conflict", 409, 65, "Conflict"},
    [FORBIDDEN] = {"forbidden", 403, 77, "Forbidden"},
    [INVALID] = {"invalid", 422, 65, "Invalid input"},
    [BUSY] = {"busy", 503, 75, "Busy"},
    [LIMIT] = {"limit", 429, 75, "Too many requests"},
    [UNAVAILABLE] = {"unavailable", 503, 69, "Unavailable"},
    [INTERNAL] = {"internal", 500, 70, "Internal error"},
};

const struct status_info *status_info(enum status status) {
    return (size_t)status < ARRAY_COUNT(INFO) ? &INFO[status] : &INFO[INTERNAL];
}

enum status error_set(struct error *e, enum status status, const char *format, ...) {
    if (e) {
        va_list arguments;
        va_start(arguments, format);
        e->status = status;
        vsnprintf(e->detail, sizeof e->detail, format, arguments);
        va_end(arguments);
    }
    return status;
}

enum status error_prefix(struct error *e, const char *format, ...) {
    if (!e) return INTERNAL;
    struct error before = *e;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(e->detail, sizeof e->detail, format, arguments);
    va_end(arguments);
    size_t at = n < 0 ? 0 : (size_t)n;
    if (at >= sizeof e->detail) return e->status;
    n = snprintf(e->detail + at, sizeof e->detail - at, ": %s", before.detail);
    if (n < 0) e->detail[at] = '\0'; /* a cut detail is still a detail */
    return e->status;
}
