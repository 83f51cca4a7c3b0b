/* A slice: bytes somebody else owns, with their length. Passed by value; never assumed to end in NUL. */
#ifndef PALABRE_BASE_SLICE_H
#define PALABRE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct slice {
    const char *p; /* may be NULL when n is 0 */
    size_t n;      /* bytes */
} slice;

/* A slice of a string literal. */
#define S(literal) ((slice){"" literal, sizeof(literal) - 1})
/* The same, for static initialisers. */
#define S_INIT(literal)                                                                                                \
    { "" literal, sizeof(literal) - 1 }
/* Arguments for "%.*s". */
#define SLICE_FMT(s) (int)(s).n, ((s).p ? (s).p : "")

slice slice_of(const char *text_or_null); /* borrowed; up to the NUL; NULL gives the empty slice */

/* The next five are called thousands of times for each page and each request, and cost a few instructions in place. */
static inline slice slice_make(const void *p, size_t n) { return (slice){(const char *)p, n}; }

/* Bytes [from, to), both clamped to s.n. */
static inline slice slice_sub(slice s, size_t from, size_t to) {
    if (to > s.n) to = s.n;
    if (from > to) from = to;
    return (slice){s.p ? s.p + from : NULL, to - from};
}

static inline slice slice_after(slice s, size_t from) { return slice_sub(s, from, s.n); }

static inline bool slice_equal(slice a, slice b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

static inline bool slice_starts(slice s, slice prefix) {
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool slice_equal_nocase(slice a, slice b);       /* ASCII letters only */
int slice_compare(slice a, slice b);             /* bytewise, as memcmp, then by length */
bool slice_starts_nocase(slice s, slice prefix); /* ASCII letters only */
bool slice_ends(slice s, slice suffix);
bool slice_is_empty(slice s);

/* Index of the first occurrence, or SIZE_MAX. */
size_t slice_find_char(slice s, char c);
size_t slice_find(slice s, slice needle);
bool slice_contains(slice s, slice needle);

slice slice_trim(slice s); /* without ASCII white space (space \t \r \n \f \v) at both ends */

/* Cuts *rest at the first separator: returns what stands before it, leaves in *rest what stands after it (empty, and
   with p == NULL when there was no separator, so that a loop can stop on p == NULL). */
slice slice_cut(slice *rest, char separator);

/* A whole decimal number: an optional '-', digits, nothing else, in the range of int64_t. False leaves *out alone. */
bool slice_to_int64(slice s, int64_t *out);
/* The number in decimal, written at the end of out; much faster than printf. */
enum { SLICE_INT_BYTES = 20 };
slice slice_from_int64(char out[static SLICE_INT_BYTES], int64_t value);
bool slice_to_uint64(slice s, uint64_t *out); /* digits only */

int slice_hex_digit(char c); /* its value, 0 to 15; -1 when it is none */
/* The octet, 0 to 255, of the "%XX" at i (RFC 3986 §2.1); -1 when there is none. */
int slice_percent_octet(slice s, size_t i);

/* FNV-1a, for tables in memory; not for anything an adversary may choose at length. */
uint64_t slice_hash(slice s);

#endif
