/* `palabre check`: is the database whole? The engine's own check, foreign keys, counters, ordinals, states, chains. */
#ifndef PALABRE_DOMAIN_CHECK_H
#define PALABRE_DOMAIN_CHECK_H

#include "domain/site.h"

struct check_report {
    int64_t articles, comments, decisions, journal_rows; /* read */
    int64_t faults;
};
/* In one snapshot; a read connection will do. Calls fault() with one English line for each fault found. INVALID when there
   was at least one; any other failure means that not all was read. Rows cut off at the end of a chain leave no trace in the
   database itself: an exported journal shows those. Time grows with the database, memory does not. */
enum status check_run(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct check_report *out,
                      struct error *error) MUST_USE;

#endif
