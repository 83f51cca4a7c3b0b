/* Who has which message open at the desk: in memory only, forgotten two minutes after the last sign of life. It keeps
   two moderators from reading the same message; that no two decisions apply is the version's work, not this one's.
   Any thread (a lock of its own). */
#ifndef PALABRE_APP_DESK_PRESENCE_H
#define PALABRE_APP_DESK_PRESENCE_H

#include "base/arena.h"
#include "base/clock.h"
#include "domain/ids.h"

struct desk_presence;

enum {
    DESK_PRESENCE_MS = 2 * 60 * 1000,
    DESK_PRESENCE_MAX = 128, /* accounts at a time; the one that was seen longest ago makes room */
    DESK_NAME_BYTES = 240,   /* of a name; a longer one is cut */
};

struct desk_presence *desk_presence_new(void);
void desk_presence_free(struct desk_presence *presence); /* NULL is fine, here and below: nobody is there then */

/* This account has opened that message, and so no other (0: none). */
void desk_presence_open(struct desk_presence *presence, account_id account, slice name, comment_number number,
                        time_ms now);

struct desk_opened {
    comment_number number;
    slice name; /* whose; in the arena */
};
/* What others have open now; at most one entry for each of them. In the arena. */
const struct desk_opened *desk_presence_others(struct desk_presence *presence, struct arena *arena, account_id account,
                                               time_ms now, size_t *count);

#endif
