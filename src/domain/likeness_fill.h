/* Giving keys of their likeness to messages that came without: imported ones, and those of before there were any. Step by
   step, in ascending order; what has keys already keeps them. */
#ifndef PALABRE_DOMAIN_LIKENESS_FILL_H
#define PALABRE_DOMAIN_LIKENESS_FILL_H

#include "domain/likeness.h"

/* Writer, in the caller's transaction: looks at up to `most` more messages, some tens of microseconds each. Call it again,
   in another transaction, until *complete. */
enum status likeness_fill_step(struct db *db, int64_t most, bool *complete, struct error *error) MUST_USE;

/* The same to the end, in transactions of its own. For commands. */
enum status likeness_fill_all(struct db *db, struct error *error) MUST_USE;

#endif
