#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static _Atomic int threshold = LOG_INFO;

void log_set_level(enum log_level least) { atomic_store(&threshold, (int)least); }

bool log_enabled(enum log_level level) { return (int)level >= atomic_load_explicit(&threshold, memory_order_relaxed); }

void log_line(enum log_level level, const char *event, const char *format, ...) {
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    if (!log_enabled(level)) return;
    char line[4096];
    time_ms now = clock_now();
    time_t seconds = (time_t)(now / 1000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t at = strftime(line, sizeof line, "time=%Y-%m-%dT%H:%M:%S", &utc);
    int n = snprintf(line + at, sizeof line - at, ".%03dZ level=%s event=%s ", (int)(now % 1000), NAMES[level], event);
    at += n > 0 ? (size_t)n : 0;
    va_list arguments;
    va_start(arguments, format);
    n = vsnprintf(line + at, sizeof line - at - 1, format, arguments);
    va_end(arguments);
    at += n > 0 ? (size_t)n : 0;
    if (at > sizeof line - 2) at = sizeof line - 2;
    while (at > 0 && line[at - 1] == ' ') at--;
    line[at++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, at);
    (void)written; /* there is nowhere left to say that the log cannot be written */
}

/* What a terminal or a reader of the log would obey instead of show: C0, DEL, C1, separators of lines, controls of
   direction, the byte order mark. */
static bool is_control(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

/* Takes the next character and gives the bytes it came in; *as_bytes: it is to be shown as numbers. */
static slice next_character(slice *rest, bool *as_bytes) {
    slice before = *rest;
    uint32_t c = 0;
    (void)utf8_next(rest, &c);
    slice bytes = slice_sub(before, 0, before.n - rest->n);
    bool malformed = c == 0xFFFD && bytes.n == 1;
    *as_bytes = malformed || is_control(c);
    return bytes;
}

static bool needs_quotes(slice value) {
    bool quote = value.n == 0, as_bytes = false;
    for (slice rest = value; rest.n && !quote;) {
        char c = next_character(&rest, &as_bytes).p[0];
        quote = as_bytes || c == ' ' || c == '"' || c == '=' || c == '\\';
    }
    return quote;
}

const char *log_quote(char *out, size_t size, slice value) {
    static const char HEX[] = "0123456789abcdef";
    enum { ESCAPED = 4, END = 2 }; /* "\xNN"; the closing quote and NUL */
    bool quote = needs_quotes(value), as_bytes;
    size_t at = 0;
    if (quote) out[at++] = '"';
    for (slice rest = value; rest.n;) {
        slice bytes = next_character(&rest, &as_bytes);
        if (at + bytes.n * ESCAPED + END > size) break; /* whole characters only */
        for (size_t i = 0; i < bytes.n; i++) {
            unsigned char c = (unsigned char)bytes.p[i];
            if (c == '"' || c == '\\' || as_bytes) out[at++] = '\\';
            if (as_bytes) {
                out[at++] = 'x';
                out[at++] = HEX[c >> 4];
                out[at++] = HEX[c & 15];
            } else {
                out[at++] = (char)c;
            }
        }
    }
    if (quote) out[at++] = '"';
    out[at] = '\0';
    return out;
}
