#include "base/arena.h"

#include "base/memory.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 8 * 1024, SECOND_BLOCK = 16 * 1024, BIGGEST_STEP = 1024 * 1024 };

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *current, *first;
    size_t max, reserved, used;
};

static struct block *block_new(size_t size) {
    struct block *block = memory_alloc(sizeof *block + size);
    block->size = size;
    return block;
}

struct arena *arena_new_kept(size_t max_bytes, size_t kept_bytes) {
    struct arena *arena = NEW(struct arena);
    arena->max = max_bytes;
    arena->first = arena->current = block_new(kept_bytes);
    arena->reserved = kept_bytes;
    return arena;
}

struct arena *arena_new(size_t max_bytes) {
    return arena_new_kept(max_bytes, FIRST_BLOCK);
}

static void free_after(struct block *block) {
    for (struct block *b = block->next; b;) {
        struct block *next = b->next;
        memory_free(b);
        b = next;
    }
    block->next = NULL;
}

void arena_free(struct arena *arena) {
    if (!arena) return;
    free_after(arena->first);
    memory_free(arena->first);
    memory_free(arena);
}

void arena_free_p(struct arena **arena) { arena_free(*arena); }

void arena_reset(struct arena *arena) {
    free_after(arena->first);
    memset(arena->first->bytes, 0, arena->first->used);
    arena->first->used = 0;
    arena->current = arena->first;
    arena->reserved = arena->first->size;
    arena->used = 0;
}

size_t arena_used(const struct arena *arena) { return arena->used; }

size_t arena_room(const struct arena *arena) { return arena->used < arena->max ? arena->max - arena->used : 0; }

bool arena_is_over(const struct arena *arena) { return arena->used > arena->max; }

static size_t rounded_up(size_t size) {
    size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    return rounded < size ? SIZE_MAX : rounded;
}

static void *take(struct arena *arena, size_t rounded) {
    struct block *block = arena->current;
    if (rounded > block->size - block->used) {
        size_t want = block->size < BIGGEST_STEP ? block->size * 2 : BIGGEST_STEP;
        if (want < SECOND_BLOCK) want = SECOND_BLOCK;
        if (want < rounded) want = rounded;
        block->next = block_new(want);
        arena->current = block = block->next;
        arena->reserved += want;
    }
    void *p = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    return p;
}

void *arena_try_alloc(struct arena *arena, size_t size) {
    size_t rounded = rounded_up(size);
    return rounded > arena_room(arena) ? NULL : take(arena, rounded);
}

void *arena_alloc(struct arena *arena, size_t size) {
    size_t rounded = rounded_up(size);
    if (rounded / ARENA_HARD > arena->max || (arena->used + rounded) / ARENA_HARD > arena->max) {
        fprintf(stderr, "palabre: arena far over its ceiling of %zu bytes\n", arena->max);
        abort();
    }
    return take(arena, rounded);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size) {
    size_t bytes;
    bool overflow = __builtin_mul_overflow(count, size, &bytes);
    assert(!overflow);
    return arena_alloc(arena, bytes);
}

slice arena_copy(struct arena *arena, slice s) {
    char *p = arena_alloc(arena, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return (slice){p, s.n};
}

const char *arena_cstring(struct arena *arena, slice s) {
    if (s.n && memchr(s.p, 0, s.n)) return NULL;
    return arena_copy(arena, s).p;
}

slice arena_format_v(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    struct block *block = arena->current;
    char *at = block->bytes + block->used; /* mostly there is room, and it is formatted once */
    size_t room = block->size - block->used;
    int n = vsnprintf(at, room, format, arguments);
    assert(n >= 0);
    bool fits = (size_t)n < room;
    if (!fits) memset(at, 0, room);
    char *p = arena_alloc(arena, (size_t)n + 1);
    if (fits && p == at) {
        va_end(again);
        return (slice){p, (size_t)n};
    }
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (slice){p, (size_t)n};
}

slice arena_format(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    slice s = arena_format_v(arena, format, arguments);
    va_end(arguments);
    return s;
}
