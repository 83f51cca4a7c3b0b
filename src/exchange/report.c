#include "exchange/report.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    ARENA_MAX = 1024 * 1024,
    TEXT_MAX = 200, /* bytes of one remark */
    TITLE_MAX = 60, /* characters of an item's title */
};

void import_report_init(struct import_report *report) {
    *report = (struct import_report){.arena = arena_new(ARENA_MAX)};
}

void import_report_fini(struct import_report *report) {
    arena_free(report->arena);
    report->arena = NULL;
}

void import_report_add(struct import_report *report, enum report_group group, int64_t count, slice what) {
    if (!count) return;
    struct import_report_lines *lines = &report->groups[group];
    for (size_t i = 0; i < lines->count; i++) {
        if (!slice_equal(lines->items[i].what, what)) continue;
        lines->items[i].count += count;
        return;
    }
    if (lines->count == REPORT_LINES_MAX) {
        lines->others += count;
        return;
    }
    lines->items[lines->count++] = (struct import_report_line){arena_copy(report->arena, what), count};
}

/* The text in a buffer of the caller's, cut where it would not fit. */
static slice PRINTF_LIKE(3, 0) say(char *out, size_t size, const char *format, va_list arguments) {
    int n = vsnprintf(out, size, format, arguments);
    if (n < 0) return (slice){0};
    slice text = {out, (size_t)n < size ? (size_t)n : size - 1};
    size_t invalid = utf8_find_invalid(text); /* a cut inside a character */
    return slice_sub(text, 0, invalid);
}

void import_report_add_format(struct import_report *report, enum report_group group, int64_t count, const char *format,
                              ...) {
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    import_report_add(report, group, count, say(text, sizeof text, format, arguments));
    va_end(arguments);
}

void import_report_problem(struct import_report *report, int64_t line, slice title, const char *format, ...) {
    if (report->problem_count++ >= REPORT_PROBLEMS_MAX) return;
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    slice what = say(text, sizeof text, format, arguments);
    va_end(arguments);
    report->problems[report->problem_count - 1] = (struct import_report_problem){
        line, arena_copy(report->arena, utf8_prefix(slice_trim(title), TITLE_MAX)), arena_copy(report->arena, what)};
}

/* Only the lines in use: this is done for each comment. */
static void copy_lines(struct import_report_lines *to, const struct import_report_lines *from) {
    for (size_t i = 0; i < from->count; i++) to->items[i] = from->items[i];
    to->count = from->count;
    to->others = from->others;
}

void import_report_mark(const struct import_report *report, struct import_report_mark *out) {
    for (size_t i = 0; i < REPORT_GROUPS; i++) copy_lines(&out->groups[i], &report->groups[i]);
    out->problem_count = report->problem_count;
}

void import_report_take_back(struct import_report *report, const struct import_report_mark *mark) {
    for (size_t i = 0; i < REPORT_GROUPS; i++) copy_lines(&report->groups[i], &mark->groups[i]);
    report->problem_count = mark->problem_count;
}

/* Names come from the file: nothing of them may steer a terminal. */
static void add_clean(struct buf *out, slice text) {
    uint32_t c;
    while (utf8_next(&text, &c)) {
        bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
                       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        utf8_add(out, control ? ' ' : c);
    }
}

static void add_count(struct buf *out, int64_t count, slice what) {
    buf_add_format(out, "  %7jd  ", (intmax_t)count);
    add_clean(out, what);
    buf_add_char(out, '\n');
}

static void add_kind(struct buf *out, const struct import_report_kind *kind, slice what) {
    buf_add_format(out, "  %7jd  %.*s", (intmax_t)kind->made, SLICE_FMT(what));
    if (kind->known) buf_add_format(out, " (%jd more were already there)", (intmax_t)kind->known);
    buf_add_char(out, '\n');
}

static void add_states(struct buf *out, const struct import_report *report) {
    slice separator = S("           of which ");
    for (int state = 0; state < COMMENT_STATES; state++) {
        int64_t count = report->comments_by_state[state];
        if (!count) continue;
        slice name = comment_state_name((enum comment_state)state);
        buf_add_format(out, "%.*s%jd %.*s", SLICE_FMT(separator), (intmax_t)count, SLICE_FMT(name));
        separator = S(", ");
    }
    if (report->comments.made) buf_add_char(out, '\n');
}

static void add_group(struct buf *out, const struct import_report_lines *lines, slice title) {
    if (!lines->count) return;
    buf_add_format(out, "\n%.*s\n", SLICE_FMT(title));
    for (size_t i = 0; i < lines->count; i++) add_count(out, lines->items[i].count, lines->items[i].what);
    if (lines->others) add_count(out, lines->others, S("others"));
}

static void add_problems(struct buf *out, const struct import_report *report) {
    if (!report->problem_count) return;
    buf_add(out, S("\nTo look at\n"));
    int64_t named = report->problem_count < REPORT_PROBLEMS_MAX ? report->problem_count : REPORT_PROBLEMS_MAX;
    for (int64_t i = 0; i < named; i++) {
        const struct import_report_problem *p = &report->problems[i];
        buf_add_format(out, "  line %jd", (intmax_t)p->line);
        if (p->title.n) {
            buf_add(out, S(", \""));
            add_clean(out, p->title);
            buf_add_char(out, '"');
        }
        buf_add(out, S(": "));
        add_clean(out, p->what);
        buf_add_char(out, '\n');
    }
    if (report->problem_count > named)
        buf_add_format(out, "  and %jd more\n", (intmax_t)(report->problem_count - named));
}

void import_report_write(const struct import_report *report, struct buf *out) {
    buf_add_format(out, "%s ", report->dry_run ? "Would import from" : "Imported from");
    add_clean(out, report->program);
    if (report->version.n) {
        buf_add_char(out, ' ');
        add_clean(out, report->version);
    }
    if (report->name.n) {
        buf_add(out, S(", \""));
        add_clean(out, report->name);
        buf_add_char(out, '"');
    }
    if (report->address.n) {
        buf_add(out, S(", "));
        add_clean(out, report->address);
    }
    buf_add_char(out, '\n');
    add_kind(out, &report->articles, S("articles"));
    add_kind(out, &report->pages, S("pages"));
    if (report->drafts || report->withdrawn)
        buf_add_format(out, "           of which %jd drafts, %jd withdrawn\n", (intmax_t)report->drafts,
                       (intmax_t)report->withdrawn);
    add_kind(out, &report->sections, S("sections"));
    add_kind(out, &report->comments, S("comments"));
    add_states(out, report);
    add_count(out, report->addresses, S("old addresses that redirect"));
    add_group(out, &report->groups[REPORT_CHANGED], S("Changed on the way"));
    add_group(out, &report->groups[REPORT_LEFT], S("Not taken over"));
    add_problems(out, report);
    if (report->dry_run) buf_add(out, S("\nThis was a dry run: nothing has been written.\n"));
}
