#include "text/likeness.h"

#include <string.h>

enum {
    SHINGLE = 5, /* letters */
    ROWS = 4,    /* hashes in a band */
    HASHES = LIKENESS_KEYS * ROWS,
    PART = (1 << 30) / (LIKENESS_SKETCH_BYTES / 4), /* of the 2^32 hashes, a byte of the sketch each */
};

/* splitmix64's finaliser: a good permutation of 64 bits. */
static uint64_t mix(uint64_t x) {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* By 8 bits four times, which for some hundreds costs less than by more three times; spare has as much room. */
static void sort(uint32_t *items, uint32_t *spare, size_t n) {
    enum { BITS = 8, DIGITS = 1 << BITS, PASSES = 4 };
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

#define PRIME UINT64_C(0x100000001B3)
#define PRIME_4 (PRIME * PRIME * PRIME * PRIME)

/* The sequences of a text, one after the other: each is made from the one before it. */
struct shingles {
    const struct evasion *text;
    size_t next; /* the letter that comes into it */
    uint64_t hash;
};

static struct shingles shingles_of(const struct evasion *text) {
    struct shingles s = {text, 0, 0};
    while (s.next + 1 < SHINGLE) s.hash = s.hash * PRIME + text->letters[s.next++].symbol;
    return s;
}

static inline uint32_t next_shingle(struct shingles *s) {
    const struct evasion_letter *letters = s->text->letters;
    uint64_t hash = s->hash * PRIME + letters[s->next].symbol;
    s->hash = hash - letters[s->next - (SHINGLE - 1)].symbol * PRIME_4;
    s->next++;
    return (uint32_t)(mix(hash + 1) >> 32);
}

struct likeness text_likeness(struct arena *arena, const struct evasion *text) {
    struct likeness out = {0};
    if (text->count < LIKENESS_LETTERS_MIN) return out;
    size_t n = text->count - SHINGLE + 1, kept = 0;
    out.shingles = ARENA_ARRAY(arena, n, uint32_t);
    struct shingles shingles = shingles_of(text);
    for (size_t i = 0; i < n; i++) out.shingles[i] = next_shingle(&shingles);
    sort(out.shingles, ARENA_ARRAY(arena, n, uint32_t), n);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || out.shingles[kept - 1] != out.shingles[i]) out.shingles[kept++] = out.shingles[i];
    out.count = kept;
    return out;
}

/* The least hash of each of as many parts of the numbers as the sketch has bytes; UINT32_MAX: none is there. */
static void find_minima(const struct evasion *text, uint32_t minima[LIKENESS_SKETCH_BYTES]) {
    for (size_t i = 0; i < LIKENESS_SKETCH_BYTES; i++) minima[i] = UINT32_MAX;
    struct shingles shingles = shingles_of(text);
    while (shingles.next < text->count) {
        uint32_t hash = next_shingle(&shingles);
        uint32_t *least = &minima[hash / PART];
        if (hash % PART < *least) *least = hash % PART;
    }
}

/* A hash of a band is the least of its share of the parts; where nothing is, it borrows the next one's, told from it by
   how far that is (Shrivastava, Li, 2014), so that short texts have as many chances. */
static void make_keys(const uint32_t minima[LIKENESS_SKETCH_BYTES], int64_t keys[LIKENESS_KEYS]) {
    enum { SHARE = LIKENESS_SKETCH_BYTES / HASHES };
    uint64_t hashes[HASHES];
    bool there[HASHES] = {false};
    for (size_t i = 0; i < LIKENESS_SKETCH_BYTES; i++) {
        size_t hash = i / SHARE;
        if (minima[i] == UINT32_MAX || there[hash]) continue;
        hashes[hash] = (uint64_t)i << 32 | minima[i];
        there[hash] = true;
    }
    for (size_t band = 0; band < LIKENESS_KEYS; band++) {
        uint64_t key = mix(band + LIKENESS_VERSION * 1000);
        for (size_t row = 0; row < ROWS; row++) {
            size_t at = band * ROWS + row, far = 0;
            while (!there[(at + far) % HASHES]) far++;
            key = mix(key ^ (hashes[(at + far) % HASHES] + ((uint64_t)far << 48)));
        }
        keys[band] = (int64_t)(key & INT64_MAX);
        if (keys[band] == 0) keys[band] = 1;
    }
}

struct likeness_mark likeness_mark(const struct evasion *text) {
    struct likeness_mark out = {{0}, {0}};
    uint32_t minima[LIKENESS_SKETCH_BYTES];
    if (text->count < LIKENESS_LETTERS_MIN) return out;
    find_minima(text, minima);
    make_keys(minima, out.keys);
    for (size_t i = 0; i < LIKENESS_SKETCH_BYTES; i++)
        if (minima[i] != UINT32_MAX) out.sketch[i] = (uint8_t)(minima[i] % 255 + 1);
    return out;
}

int likeness_estimate(const uint8_t a[LIKENESS_SKETCH_BYTES], const uint8_t b[LIKENESS_SKETCH_BYTES]) {
    int same = 0, empty = 0;
    for (size_t i = 0; i < LIKENESS_SKETCH_BYTES; i++) {
        empty += !(a[i] | b[i]);
        same += a[i] == b[i];
    }
    return empty == LIKENESS_SKETCH_BYTES ? 0 : (same - empty) * 100 / (LIKENESS_SKETCH_BYTES - empty);
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
