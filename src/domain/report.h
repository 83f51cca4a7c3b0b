/* Readers' reports as the desk reads them. For this room only. */
#ifndef PALABRE_DOMAIN_REPORT_H
#define PALABRE_DOMAIN_REPORT_H

#include "domain/decision.h"

/* The latest reports about a comment, newest first, in any state: at most limit. */
enum status report__list_comment(struct db *db, struct arena *arena, comment_number number, size_t limit,
                                 struct report **items, size_t *count, struct error *error) MUST_USE;

#endif
