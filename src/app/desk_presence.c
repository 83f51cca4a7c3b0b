#include "app/desk_presence.h"

#include "base/memory.h"

#include <pthread.h>
#include <string.h>

struct place {
    account_id account; /* 0: free */
    comment_number number;
    time_ms seen_at;
    size_t name_bytes;
    char name[DESK_NAME_BYTES];
};

struct desk_presence {
    pthread_mutex_t lock;
    struct place places[DESK_PRESENCE_MAX];
};

struct desk_presence *desk_presence_new(void) {
    struct desk_presence *presence = NEW(struct desk_presence);
    pthread_mutex_init(&presence->lock, NULL);
    return presence;
}

void desk_presence_free(struct desk_presence *presence) {
    if (!presence) return;
    pthread_mutex_destroy(&presence->lock);
    memory_free(presence);
}

/* The account's own place, else the one to take: a free one has never been seen, and so is the oldest. */
static struct place *find_place(struct desk_presence *presence, account_id account) {
    struct place *oldest = &presence->places[0];
    for (size_t i = 0; i < DESK_PRESENCE_MAX; i++) {
        struct place *place = &presence->places[i];
        if (place->account.v == account.v) return place;
        if (place->seen_at < oldest->seen_at) oldest = place;
    }
    return oldest;
}

void desk_presence_open(struct desk_presence *presence, account_id account, slice name, comment_number number,
                        time_ms now) {
    if (!presence) return;
    size_t bytes = name.n < DESK_NAME_BYTES ? name.n : DESK_NAME_BYTES;
    while (bytes > 0 && bytes < name.n && (name.p[bytes] & 0xC0) == 0x80) bytes--; /* between characters */
    pthread_mutex_lock(&presence->lock);
    struct place *place = find_place(presence, account);
    *place = (struct place){.account = account, .number = number, .seen_at = now, .name_bytes = bytes};
    if (bytes > 0) memcpy(place->name, name.p, bytes);
    pthread_mutex_unlock(&presence->lock);
}

const struct desk_opened *desk_presence_others(struct desk_presence *presence, struct arena *arena, account_id account,
                                               time_ms now, size_t *count) {
    *count = 0;
    if (!presence) return NULL;
    struct desk_opened *opened = ARENA_ARRAY(arena, DESK_PRESENCE_MAX, struct desk_opened);
    pthread_mutex_lock(&presence->lock);
    for (size_t i = 0; i < DESK_PRESENCE_MAX; i++) {
        const struct place *place = &presence->places[i];
        bool is_other = place->account.v != 0 && place->account.v != account.v && place->number.v != 0;
        if (!is_other || now - place->seen_at > DESK_PRESENCE_MS) continue;
        opened[(*count)++] =
            (struct desk_opened){place->number, arena_copy(arena, slice_make(place->name, place->name_bytes))};
    }
    pthread_mutex_unlock(&presence->lock);
    return opened;
}
