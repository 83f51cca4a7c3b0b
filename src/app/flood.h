/* How much came from whom lately: acts per key in the last FLOOD_MINUTES, and when the last one was. A table of fixed
   size; a full one forgets whoever was quiet longest. Memory of one process. Any thread. */
#ifndef PALABRE_APP_FLOOD_H
#define PALABRE_APP_FLOOD_H

#include <stdint.h>

enum { FLOOD_MINUTES = 10 };

struct flood;
struct flood *flood_new(void);
void flood_free(struct flood *flood); /* NULL is fine */

/* One act more, at now_ms (monotonic, from 0), which may be somewhat earlier than the last one's. Gives how many there were in the window, with this one. key 0: nobody, 0. */
int64_t flood_note(struct flood *flood, uint64_t key, int64_t now_ms);
int64_t flood_note_many(struct flood *flood, uint64_t key, int64_t now_ms, int64_t times);
int64_t flood_count(struct flood *flood, uint64_t key, int64_t now_ms);
/* Milliseconds since the key's last act; -1: none in the memory of the table. */
int64_t flood_since(struct flood *flood, uint64_t key, int64_t now_ms);

#endif
