#include "base/slice.h"

slice slice_of(const char *text) { return text ? (slice){text, strlen(text)} : (slice){NULL, 0}; }

static unsigned char lower(char c) {
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

bool slice_equal_nocase(slice a, slice b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (a.p[i] != b.p[i] && lower(a.p[i]) != lower(b.p[i])) return false;
    return true;
}

int slice_compare(slice a, slice b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0) return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool slice_starts_nocase(slice s, slice prefix) {
    return s.n >= prefix.n && slice_equal_nocase(slice_sub(s, 0, prefix.n), prefix);
}

bool slice_ends(slice s, slice suffix) {
    return s.n >= suffix.n && slice_equal(slice_after(s, s.n - suffix.n), suffix);
}

bool slice_is_empty(slice s) { return s.n == 0; }

size_t slice_find_char(slice s, char c) {
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : SIZE_MAX;
}

size_t slice_find(slice s, slice needle) {
    if (needle.n == 0) return 0;
    if (s.n < needle.n) return SIZE_MAX;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at ? (size_t)(at - s.p) : SIZE_MAX;
}

bool slice_contains(slice s, slice needle) { return slice_find(s, needle) != SIZE_MAX; }

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

slice slice_trim(slice s) {
    while (s.n && is_space(s.p[0])) s = slice_after(s, 1);
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

slice slice_cut(slice *rest, char separator) {
    size_t at = slice_find_char(*rest, separator);
    slice before = slice_sub(*rest, 0, at);
    *rest = at == SIZE_MAX ? (slice){NULL, 0} : slice_after(*rest, at + 1);
    return before;
}

bool slice_to_uint64(slice s, uint64_t *out) {
    if (s.n == 0) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool slice_to_int64(slice s, int64_t *out) {
    bool negative = s.n > 0 && s.p[0] == '-';
    uint64_t magnitude;
    if (!slice_to_uint64(negative ? slice_after(s, 1) : s, &magnitude)) return false;
    if (magnitude > (uint64_t)INT64_MAX) return false;
    *out = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

int slice_hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

int slice_percent_octet(slice s, size_t i) {
    if (i >= s.n || s.n - i < 3 || s.p[i] != '%') return -1;
    int high = slice_hex_digit(s.p[i + 1]), low = slice_hex_digit(s.p[i + 2]);
    return high >= 0 && low >= 0 ? high << 4 | low : -1;
}

uint64_t slice_hash(slice s) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++) {
        hash ^= (unsigned char)s.p[i];
        hash *= 1099511628211u;
    }
    return hash;
}

slice slice_from_int64(char out[static SLICE_INT_BYTES], int64_t value) {
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    size_t at = SLICE_INT_BYTES;
    do {
        out[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) out[--at] = '-';
    return (slice){out + at, SLICE_INT_BYTES - at};
}
