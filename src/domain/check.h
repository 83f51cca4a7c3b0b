/* `palabre check`: is the database whole? The engine's own check, foreign keys, counters, ordinals, states, chains. */
#ifndef PALABRE_DOMAIN_CHECK_H
#define PALABRE_DOMAIN_CHECK_H

#include "domain/site.h"

struct check_report {
    int64_t articles, comments, decisions, journal_rows; /* read */
    int64_t faults;
};
/* What it is at, in this order; how long each takes depends on the database. */
enum check_step { CHECK_ENGINE, CHECK_COMMENTS, CHECK_ORDINALS, CHECK_SEARCH, CHECK_TERMS, CHECK_JOURNAL };
struct check_listener {
    void (*fault)(void *ctx, slice line);
    /* May be NULL. At the beginning of each step, and now and then: rows passed, of so many (0: nobody knows). */
    void (*progress)(void *ctx, enum check_step step, int64_t done, int64_t total);
    void *ctx;
};
enum status check_run_shown(struct db *db, const struct check_listener *listener, struct check_report *out,
                            struct error *error) MUST_USE;

/* The same, with nobody who waits for it.
   In one snapshot; a read connection will do. Calls fault() with one English line for each fault found. INVALID when there
   was at least one; any other failure means that not all was read. Rows cut off at the end of a chain leave no trace in the
   database itself: an exported journal shows those. Time grows with the database, memory does not. */
enum status check_run(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct check_report *out,
                      struct error *error) MUST_USE;

#endif
