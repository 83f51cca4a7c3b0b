/* Structured log lines on standard error, logfmt. Only the outermost layers log. Any thread; one write(2) a line.
   log_line(LOG_INFO, "started", "listen=%s workers=%d", address, n)
   gives  time=2026-11-23T06:50:21.123Z level=info event=started listen=… workers=2
   Values that may hold spaces or quotes go through log_quote. */
#ifndef PALABRE_BASE_LOG_H
#define PALABRE_BASE_LOG_H

#include "base/attributes.h"
#include "base/slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level least); /* with the offset of the clock, the only mutable globals of the program */
bool log_enabled(enum log_level level);
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* The value as a logfmt value in a buffer of the caller's, of at least 8 bytes (quoted when it has to be, cut to fit);
   gives back out. What is malformed UTF-8, or a control character (of a terminal, or of direction), is written as its
   bytes: \xNN. */
const char *log_quote(char *out, size_t out_size, slice value);

#endif
