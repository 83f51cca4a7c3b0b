/* `palabre check`: is the database whole? The engine's own check, foreign keys, counters, ordinals, states, chains. */
#ifndef PALABRE_DOMAIN_CHECK_H
#define PALABRE_DOMAIN_CHECK_H

#include "domain/site.h"

struct check_report {
    int64_t articles, comments, decisions, journal_rows; /* read */
    int64_t faults;
};
/* Calls fault() with one English line for each fault found. INVALID when there was at least one. */
enum status check_run(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct check_report *out,
                      struct error *error) MUST_USE;

#endif
