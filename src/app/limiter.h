/* Token buckets in a table of fixed size: so many acts per key in so many seconds. A full table forgets the one that was
   refilled longest ago. Any thread. */
#ifndef PALABRE_APP_LIMITER_H
#define PALABRE_APP_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;
/* most acts at once; all of them come back evenly within window_s. */
struct limiter *limiter_new(int64_t most, int64_t window_s);
void limiter_free(struct limiter *limiter);
/* Takes one; false when there is none, *retry_s (may be NULL) says in how many seconds there will be. */
bool limiter_take(struct limiter *limiter, uint64_t key, int64_t *retry_s);
void limiter_give_back(struct limiter *limiter, uint64_t key);

#endif
