/* What an import did, and what it could not do: counted while it runs, said at its end.
   One thread. Everything lives in the report's own arena; memory is bounded (kinds of lines and problems have ceilings). */
#ifndef PALABRE_EXCHANGE_REPORT_H
#define PALABRE_EXCHANGE_REPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "domain/comment_state.h"

enum {
    REPORT_LINES_MAX = 200,   /* kinds of remarks in a group; the rest is counted as one */
    REPORT_PROBLEMS_MAX = 20, /* problems named one by one; the rest is counted */
};

enum report_group {
    REPORT_CHANGED, /* taken over, but not as it was: "private posts, kept as drafts" */
    REPORT_LEFT,    /* not taken over: "tags" */
    REPORT_GROUPS
};

struct import_report_line {
    slice what;
    int64_t count;
};
struct import_report_lines {
    struct import_report_line items[REPORT_LINES_MAX];
    size_t count;
    int64_t others;
};

struct import_report_problem {
    int64_t line; /* of the file */
    slice title;  /* of the item; may be empty */
    slice what;
};

struct import_report_kind {
    int64_t made, known; /* known: they were there from an earlier import */
};

struct import_report {
    struct arena *arena;
    slice program, version; /* where it comes from: "WordPress", "1.2" */
    slice name, address;    /* of the site it comes from */
    bool dry_run;
    struct import_report_kind articles, pages, sections, comments;
    int64_t drafts, withdrawn; /* of the articles and pages made */
    int64_t comments_by_state[COMMENT_STATES];
    int64_t addresses; /* old ones that now redirect */
    struct import_report_lines groups[REPORT_GROUPS];
    struct import_report_problem problems[REPORT_PROBLEMS_MAX];
    int64_t problem_count; /* all of them; the first REPORT_PROBLEMS_MAX are named */
};

void import_report_init(struct import_report *report);
void import_report_fini(struct import_report *report); /* fine on a zeroed one */

/* Adds to the line of this text (copied when it is new). count 0 does nothing. */
void import_report_add(struct import_report *report, enum report_group group, int64_t count, slice what);
void import_report_add_format(struct import_report *report, enum report_group group, int64_t count, const char *format,
                              ...) PRINTF_LIKE(4, 5);
/* One thing to look at. */
void import_report_problem(struct import_report *report, int64_t line, slice title, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* What was remarked about something that turns out to be there from an earlier import is taken back: the remarks as they
   stood at the mark. */
struct import_report_mark {
    struct import_report_lines groups[REPORT_GROUPS];
    int64_t problem_count;
};
void import_report_mark(const struct import_report *report, struct import_report_mark *out);
void import_report_take_back(struct import_report *report, const struct import_report_mark *mark);

/* The whole report as text for a terminal or a log: English, lines of at most about 100 characters, no control
   characters. */
void import_report_write(const struct import_report *report, struct buf *out);

#endif
