#include "base/log.h"

#include "base/clock.h"

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

const char *log_quote(char *out, size_t size, slice value) {
    bool quote = value.n == 0;
    for (size_t i = 0; i < value.n; i++)
        quote |= (unsigned char)value.p[i] <= ' ' || value.p[i] == '"' || value.p[i] == '=' || value.p[i] == '\\';
    size_t at = 0;
    if (quote) out[at++] = '"';
    for (size_t i = 0; i < value.n && at + 4 < size; i++) {
        char c = value.p[i];
        if (c == '"' || c == '\\') out[at++] = '\\';
        out[at++] = (unsigned char)c < ' ' ? ' ' : c;
    }
    if (quote) out[at++] = '"';
    out[at] = '\0';
    return out;
}
