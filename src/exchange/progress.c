#include "exchange/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    REDRAW_MS = 100,
    LINE_MS = 5000,
    WIDTH_DEFAULT = 80,
    WIDTH_MAX = 240,
    BAR_MIN = 8, /* columns below which a bar says nothing */
    BAR_MAX = 40,
};

void progress_init(struct progress *progress, int fd, const char *label) {
    const char *term = getenv("TERM");
    bool dumb = term && strcmp(term, "dumb") == 0;
    *progress = (struct progress){
        .fd = fd, .terminal = isatty(fd) == 1 && !dumb, .label = label, .began_ms = clock_monotonic_ms()};
    progress->shown_ms = progress->terminal ? 0 : progress->began_ms;
}

static size_t width_of(int fd) {
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return WIDTH_DEFAULT;
    return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

static void put(int fd, slice text) {
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n <= 0) return; /* nobody looks any more: the import goes on */
        text = slice_after(text, (size_t)n);
    }
}

static int percent_of(const struct progress_figures *f) {
    if (f->bytes_total <= 0) return -1;
    return f->bytes_done >= f->bytes_total ? 100 : (int)(f->bytes_done * 100 / f->bytes_total);
}

static slice written(char *out, size_t size, int n) {
    if (n < 0) return (slice){NULL, 0};
    return (slice){out, (size_t)n < size ? (size_t)n : size - 1};
}

slice progress_line(char *out, size_t size, const char *label, const struct progress_figures *f, bool bar,
                    size_t width) {
    char figures[160], filled[BAR_MAX + sizeof "[] "] = "";
    int percent = percent_of(f);
    double seconds = (double)(f->elapsed_ms > 0 ? f->elapsed_ms : 1) / 1000;
    int n = f->are_rows ? snprintf(figures, sizeof figures, "%jd rows (%.0f rows/s)", (intmax_t)f->bytes_done,
                                   (double)f->bytes_done / seconds)
                        : snprintf(figures, sizeof figures, "%jd articles, %jd comments, %.1f MB (%.1f MB/s)",
                                   (intmax_t)f->articles, (intmax_t)f->comments, (double)f->bytes_done / 1e6,
                                   (double)f->bytes_done / 1e6 / seconds);
    size_t taken = strlen(label) + (n > 0 ? (size_t)n : 0) + sizeof " 100%  " + 2;
    size_t cells = width > taken ? width - taken : 0;
    if (cells > BAR_MAX) cells = BAR_MAX;
    if (bar && percent >= 0 && cells >= BAR_MIN) {
        size_t full = cells * (size_t)percent / 100;
        filled[0] = '[';
        memset(filled + 1, '#', full);
        memset(filled + 1 + full, '.', cells - full);
        memcpy(filled + 1 + cells, "] ", 2);
    }
    int m = percent >= 0 ? snprintf(out, size, "%s %s%3d%% %s", label, filled, percent, figures)
                         : snprintf(out, size, "%s %s", label, figures);
    return slice_sub(written(out, size, m), 0, width);
}

static void show(struct progress *progress, struct progress_figures figures) {
    int64_t now = clock_monotonic_ms();
    if (now - progress->shown_ms < (progress->terminal ? REDRAW_MS : LINE_MS)) return;
    progress->shown_ms = now;
    figures.elapsed_ms = now - progress->began_ms;
    char text[2 * WIDTH_MAX + 8];
    size_t width = progress->terminal ? width_of(progress->fd) - 1 : WIDTH_MAX;
    slice line = progress_line(text, sizeof text - 8, progress->label, &figures, progress->terminal, width);
    char out[sizeof text + 8];
    int n = snprintf(out, sizeof out, progress->terminal ? "\r%.*s\033[K" : "%.*s\n", SLICE_FMT(line));
    put(progress->fd, written(out, sizeof out, n));
    progress->shown = true;
}

void progress_show(struct progress *progress, int64_t bytes_done, int64_t bytes_total, int64_t articles,
                   int64_t comments) {
    show(progress,
         (struct progress_figures){
             .bytes_done = bytes_done, .bytes_total = bytes_total, .articles = articles, .comments = comments});
}

void progress_show_rows(struct progress *progress, int64_t done, int64_t total) {
    show(progress, (struct progress_figures){.bytes_done = done, .bytes_total = total, .are_rows = true});
}

void progress_turn(struct progress *progress, const char *label) {
    progress->label = label;
    progress->began_ms = clock_monotonic_ms();
    progress->shown_ms = progress->terminal ? 0 : progress->began_ms;
    if (!progress->terminal) return;
    char out[WIDTH_MAX];
    int n = snprintf(out, sizeof out, "\r%.*s\033[K", (int)width_of(progress->fd) - 1, label);
    put(progress->fd, written(out, sizeof out, n));
    progress->shown = true;
}

void progress_end(struct progress *progress) {
    if (progress->terminal && progress->shown) put(progress->fd, S("\r\033[K"));
    progress->shown = false;
}
