#include "http/known.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* Of a head's beginning, which holds its target, and of its end: enough to find a place by. */
enum { SAMPLE_BYTES = 32, LEAST_BYTES = 2 * SAMPLE_BYTES, ARENA_BYTES = 16 * 1024 };

struct place {
    struct http__known *known; /* NULL: empty */
    uint64_t seen;             /* hash of a whole head that was here once, and is not kept yet */
};

struct http__known_heads {
    struct place places[HTTP__KNOWN_HEADS];
    uint64_t last_number;
};

struct http__known_heads *http__known_heads_new(void) {
    return NEW(struct http__known_heads);
}

void http__known_heads_free(struct http__known_heads *heads) {
    for (size_t i = 0; heads && i < HTTP__KNOWN_HEADS; i++) {
        http__known_unref(heads->places[i].known);
    }
    memory_free(heads);
}

struct http__known *http__known_ref(struct http__known *known) {
    known->refs++;
    return known;
}

void http__known_unref(struct http__known *known) {
    if (!known || --known->refs > 0) {
        return;
    }
    arena_free(known->arena);
    memory_free(known);
}

static uint64_t mix(uint64_t hash, const char *p, size_t n) {
    uint64_t word;
    for (size_t i = 0; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    }
    return hash;
}

/* Never 0. Two heads with the same sample take each other's place, no more. */
static uint64_t sample_of(slice bytes) {
    uint64_t hash = mix(mix(bytes.n, bytes.p, SAMPLE_BYTES), bytes.p + bytes.n - SAMPLE_BYTES, SAMPLE_BYTES);
    return hash ? hash : 1;
}

static bool may_be_kept(slice bytes) { return bytes.n >= LEAST_BYTES && bytes.n <= HTTP__KNOWN_BYTES; }

struct http__known *http__known_find(const struct http__known_heads *heads, slice input) {
    if (!may_be_kept(input)) {
        return NULL;
    }
    struct http__known *known = heads->places[sample_of(input) % HTTP__KNOWN_HEADS].known;
    bool same = known && known->bytes.n == input.n && memcmp(known->bytes.p, input.p, input.n) == 0;
    return same ? known : NULL;
}

static bool holds_secret(const struct http__head *head) {
    bool holds = head->has_cookies;
    for (size_t i = 0; i < head->header_count; i++) {
        holds |= slice_equal_nocase(head->headers[i].name, S("authorization"));
    }
    return holds;
}

/* Read once more, into memory of its own. */
static struct http__known *known_new(slice bytes, size_t lines) {
    struct http__known *known = NEW(struct http__known);
    known->refs = 1;
    known->arena = arena_new(ARENA_BYTES);
    known->bytes = arena_copy(known->arena, bytes);
    struct http__refusal refusal = http__head_read(known->bytes, lines, known->arena, &known->head);
    assert(refusal.status == 0);
    (void)refusal;
    return known;
}

void http__known_remember(struct http__known_heads *heads, slice bytes, size_t lines, const struct http__head *head) {
    if (!may_be_kept(bytes) || head->body != HTTP__BODY_NONE) {
        return;
    }
    struct place *place = &heads->places[sample_of(bytes) % HTTP__KNOWN_HEADS];
    /* All of it: heads that differ in their middle alone (an address that a proxy names) share a sample. */
    uint64_t whole =
        mix(mix(bytes.n, bytes.p, bytes.n), bytes.p + bytes.n - SAMPLE_BYTES, SAMPLE_BYTES); /* and its last word */
    if (place->seen != whole) {
        place->seen = whole;
        return;
    }
    place->seen = 0;
    if (holds_secret(head)) {
        return;
    }
    http__known_unref(place->known);
    place->known = known_new(bytes, lines);
    place->known->number = ++heads->last_number;
}
