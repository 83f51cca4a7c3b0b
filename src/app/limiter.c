#include "app/limiter.h"

#include "base/clock.h"
#include "base/memory.h"

#include <pthread.h>

enum { SETS = 4096, WAYS = 4 };

struct bucket {
    uint64_t key;
    double left;
    int64_t at_ms; /* when `left` was true; 0: free */
};

struct limiter {
    pthread_mutex_t lock;
    double most, per_ms;
    struct bucket buckets[SETS][WAYS];
};

struct limiter *limiter_new(int64_t most, int64_t window_s) {
    struct limiter *limiter = NEW(struct limiter);
    pthread_mutex_init(&limiter->lock, NULL);
    limiter->most = (double)most;
    limiter->per_ms = (double)most / ((double)window_s * 1000);
    return limiter;
}

void limiter_free(struct limiter *limiter) {
    if (!limiter) return;
    pthread_mutex_destroy(&limiter->lock);
    memory_free(limiter);
}

/* With the lock: the key's bucket, filled up to now; the one left alone longest gives way to a new key. */
static struct bucket *find(struct limiter *limiter, uint64_t key) {
    int64_t now = clock_monotonic_ms() + 1; /* never 0 */
    struct bucket *set = limiter->buckets[key % SETS], *oldest = &set[0];
    for (int i = 0; i < WAYS; i++) {
        struct bucket *b = &set[i];
        if (b->at_ms && b->key == key) {
            b->left += (double)(now - b->at_ms) * limiter->per_ms;
            if (b->left > limiter->most) b->left = limiter->most;
            b->at_ms = now;
            return b;
        }
        if (b->at_ms < oldest->at_ms) oldest = b;
    }
    *oldest = (struct bucket){key, limiter->most, now};
    return oldest;
}

bool limiter_take(struct limiter *limiter, uint64_t key, int64_t *retry_s) {
    pthread_mutex_lock(&limiter->lock);
    struct bucket *bucket = find(limiter, key);
    bool ok = bucket->left >= 1;
    if (ok) bucket->left -= 1;
    if (retry_s) *retry_s = ok ? 0 : (int64_t)((1 - bucket->left) / limiter->per_ms / 1000) + 1;
    pthread_mutex_unlock(&limiter->lock);
    return ok;
}

void limiter_give_back(struct limiter *limiter, uint64_t key) {
    pthread_mutex_lock(&limiter->lock);
    struct bucket *bucket = find(limiter, key);
    bucket->left += 1;
    if (bucket->left > limiter->most) bucket->left = limiter->most;
    pthread_mutex_unlock(&limiter->lock);
}
