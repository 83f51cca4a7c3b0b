/* How far an import, or a copy, is: a bar that redraws itself on a terminal, a plain line every few seconds elsewhere.
   Writes to a file descriptor (standard error, mostly). One thread. */
#ifndef PALABRE_EXCHANGE_PROGRESS_H
#define PALABRE_EXCHANGE_PROGRESS_H

#include "base/slice.h"

struct progress {
    int fd;
    bool terminal;
    const char *label;          /* borrowed; what is going on: "Importing" */
    int64_t began_ms, shown_ms; /* clock_monotonic_ms */
    bool shown;
};

/* A bar when fd is a terminal (and TERM is not "dumb"). */
void progress_init(struct progress *progress, int fd, const char *label);
/* Cheap to call often: draws at most ten times a second on a terminal, a line every five seconds elsewhere.
   total 0: unknown. */
void progress_show(struct progress *progress, int64_t bytes_done, int64_t bytes_total, int64_t articles,
                   int64_t comments);
void progress_show_rows(struct progress *progress, int64_t done, int64_t total); /* likewise, of rows of a database */
/* Another thing is going on from here on: figures begin anew. On a terminal its label is shown at once. */
void progress_turn(struct progress *progress, const char *label);
/* Clears the bar, so that what is printed next stands alone. */
void progress_end(struct progress *progress);

/* One bar or line as text (no newline, no carriage return), at most width columns; for tests, too. */
struct progress_figures {
    int64_t bytes_done, bytes_total, articles, comments, elapsed_ms;
    bool are_rows; /* the first two are rows; the next two are not shown */
};
slice progress_line(char *out, size_t size, const char *label, const struct progress_figures *figures, bool bar,
                    size_t width);

#endif
