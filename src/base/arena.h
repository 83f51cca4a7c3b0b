/* An arena: memory that is given back all at once. One per request, per job, per rendering; with a ceiling.
   Not for two threads at a time; may be handed from one to another. Nothing that outlives it keeps a pointer into it. */
#ifndef PALABRE_BASE_ARENA_H
#define PALABRE_BASE_ARENA_H

#include "base/attributes.h"
#include "base/slice.h"

#include <stdarg.h>

struct arena;

/* A new arena for max_bytes in all. The ceiling is soft, so that no input, however odd, ends the process: beyond it
   arena_alloc still gives memory, up to ARENA_HARD times as much, and arena_is_over tells; whoever made the arena looks
   at the end, and answers with an error. arena_try_alloc gives NULL instead. Beyond ARENA_HARD it is our own mistake, and
   fatal. Free with arena_free. */
enum { ARENA_HARD = 16 };
struct arena *arena_new(size_t max_bytes);
/* The same with a first block of that size, which a reset keeps: for one that is emptied and filled again and again. */
struct arena *arena_new_kept(size_t max_bytes, size_t kept_bytes);
void arena_free(struct arena *arena);          /* NULL is fine */
void arena_free_p(struct arena **arena);       /* for CLEANUP */
void arena_reset(struct arena *arena);         /* empties it, keeps its first block */
size_t arena_used(const struct arena *arena);  /* bytes handed out since new or reset */
bool arena_is_over(const struct arena *arena); /* more than max_bytes were handed out since new or reset */
size_t arena_room(const struct arena *arena);  /* bytes to the ceiling */

void *arena_alloc(struct arena *arena, size_t size);                     /* zeroed, aligned for any type */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size); /* zeroed; overflow aborts */
void *arena_try_alloc(struct arena *arena, size_t size);                 /* zeroed; NULL over the ceiling */
slice arena_copy(struct arena *arena, slice s);                          /* followed by a NUL that is not counted */
const char *arena_cstring(struct arena *arena, slice s);                 /* NUL-terminated; NULL if s holds a NUL */
slice arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
slice arena_format_v(struct arena *arena, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

#endif
