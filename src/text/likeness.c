#include "text/likeness.h"

#include <string.h>

enum {
    SHINGLE = 5, /* letters */
    ROWS = 4,    /* hashes in a band */
    HASHES = LIKENESS_KEYS * ROWS,
};

/* splitmix64's finaliser: a good permutation of 64 bits. */
static uint64_t mix(uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* By 11 bits three times; spare has as much room. */
static void sort(uint32_t *items, uint32_t *spare, size_t n) {
    enum { BITS = 11, DIGITS = 1 << BITS, PASSES = 3 };
    uint32_t *from = items, *to = spare;
    for (int pass = 0; pass < PASSES; pass++) {
        uint32_t starts[DIGITS + 1] = {0};
        int shift = pass * BITS;
        for (size_t i = 0; i < n; i++) starts[(from[i] >> shift & (DIGITS - 1)) + 1]++;
        for (int d = 0; d < DIGITS; d++) starts[d + 1] += starts[d];
        for (size_t i = 0; i < n; i++) to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint32_t *swapped = from;
        from = to;
        to = swapped;
    }
    memcpy(items, from, n * sizeof *items);
}

struct likeness text_likeness(struct arena *arena, const struct evasion *text) {
    struct likeness out = {0};
    if (text->count < LIKENESS_LETTERS_MIN) return out;
    size_t n = text->count - SHINGLE + 1, kept = 0;
    out.shingles = ARENA_ARRAY(arena, n, uint32_t);
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = 0;
        for (size_t k = 0; k < SHINGLE; k++) hash = hash * 0x100000001B3u + text->letters[i + k].symbol;
        out.shingles[i] = (uint32_t)(mix(hash + 1) >> 32);
    }
    sort(out.shingles, ARENA_ARRAY(arena, n, uint32_t), n);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || out.shingles[kept - 1] != out.shingles[i]) out.shingles[kept++] = out.shingles[i];
    out.count = kept;
    return out;
}

/* A permutation each: an odd factor and an offset, made from its number. The high bits of the product are the good ones. */
void likeness_keys(const struct likeness *likeness, int64_t keys[LIKENESS_KEYS]) {
    if (likeness->count == 0) return;
    for (uint64_t band = 0; band < LIKENESS_KEYS; band++) {
        uint64_t key = mix(band + LIKENESS_VERSION * 1000);
        for (uint64_t row = 0; row < ROWS; row++) {
            uint64_t number = band * ROWS + row, factor = mix(number + 1) | 1, offset = mix(number + HASHES + 1);
            uint64_t least = UINT64_MAX;
            for (size_t i = 0; i < likeness->count; i++) {
                uint64_t hash = likeness->shingles[i] * factor + offset;
                least = hash < least ? hash : least;
            }
            key = mix(key ^ least);
        }
        keys[band] = (int64_t)(key & INT64_MAX);
        if (keys[band] == 0) keys[band] = 1;
    }
}

int likeness_percent(const struct likeness *a, const struct likeness *b) {
    size_t i = 0, k = 0, shared = 0;
    if (a->count == 0 || b->count == 0) return 0;
    while (i < a->count && k < b->count) {
        uint32_t x = a->shingles[i], y = b->shingles[k];
        shared += x == y;
        i += x <= y;
        k += y <= x;
    }
    return (int)(shared * 100 / (a->count + b->count - shared));
}
