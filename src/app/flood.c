#include "app/flood.h"

#include "base/memory.h"

#include <pthread.h>
#include <string.h>

enum { SETS = 1024, WAYS = 4, MINUTE_MS = 60 * 1000 };

struct tally {
    uint64_t key;
    int64_t last_ms; /* of the last act; 0: free */
    int64_t minute;  /* that counts[minute % FLOOD_MINUTES] belongs to */
    uint32_t counts[FLOOD_MINUTES];
};

struct flood {
    pthread_mutex_t lock;
    struct tally tallies[SETS][WAYS];
};

struct flood *flood_new(void) {
    struct flood *flood = NEW(struct flood);
    pthread_mutex_init(&flood->lock, NULL);
    return flood;
}

void flood_free(struct flood *flood) {
    if (!flood) return;
    pthread_mutex_destroy(&flood->lock);
    memory_free(flood);
}

/* With the lock. The minutes that have passed since are empty. */
static void move_on(struct tally *t, int64_t minute) {
    if (minute <= t->minute) return;
    if (minute - t->minute >= FLOOD_MINUTES) memset(t->counts, 0, sizeof t->counts);
    for (int64_t m = t->minute + 1; m <= minute && m <= t->minute + FLOOD_MINUTES; m++)
        t->counts[m % FLOOD_MINUTES] = 0;
    t->minute = minute;
}

static struct tally *find(struct flood *flood, uint64_t key) {
    struct tally *set = flood->tallies[key % SETS];
    for (int i = 0; i < WAYS; i++)
        if (set[i].last_ms && set[i].key == key) return &set[i];
    return NULL;
}

static int64_t sum(const struct tally *t) {
    int64_t total = 0;
    for (int i = 0; i < FLOOD_MINUTES; i++) total += t->counts[i];
    return total;
}

int64_t flood_note(struct flood *flood, uint64_t key, int64_t now_ms) { return flood_note_many(flood, key, now_ms, 1); }

int64_t flood_note_many(struct flood *flood, uint64_t key, int64_t now_ms, int64_t times) {
    if (key == 0) return 0;
    pthread_mutex_lock(&flood->lock);
    struct tally *t = find(flood, key);
    if (!t) {
        t = flood->tallies[key % SETS];
        for (int i = 1; i < WAYS; i++)
            if (flood->tallies[key % SETS][i].last_ms < t->last_ms) t = &flood->tallies[key % SETS][i];
        *t = (struct tally){.key = key, .minute = now_ms / MINUTE_MS};
    }
    int64_t minute = now_ms / MINUTE_MS;
    move_on(t, minute);
    if (t->minute - minute < FLOOD_MINUTES) t->counts[minute % FLOOD_MINUTES] += (uint32_t)times;
    if (t->last_ms <= now_ms) t->last_ms = now_ms ? now_ms : 1;
    int64_t count = sum(t);
    pthread_mutex_unlock(&flood->lock);
    return count;
}

int64_t flood_count(struct flood *flood, uint64_t key, int64_t now_ms) {
    pthread_mutex_lock(&flood->lock);
    struct tally *t = find(flood, key);
    if (t) move_on(t, now_ms / MINUTE_MS);
    int64_t count = t ? sum(t) : 0;
    pthread_mutex_unlock(&flood->lock);
    return count;
}

int64_t flood_since(struct flood *flood, uint64_t key, int64_t now_ms) {
    pthread_mutex_lock(&flood->lock);
    const struct tally *t = find(flood, key);
    int64_t since = t ? now_ms - t->last_ms : -1;
    pthread_mutex_unlock(&flood->lock);
    return since;
}
