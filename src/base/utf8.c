#include "base/utf8.h"

#include <string.h>

/* Length of the well-formed sequence at the start of s, or 0. */
static size_t sequence(slice s, uint32_t *code_point) {
    const unsigned char *u = (const unsigned char *)s.p;
    if (u[0] < 0x80) return *code_point = u[0], 1;
    size_t n = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
    if (u[0] < 0xC2 || u[0] > 0xF4 || s.n < n) return 0;
    uint32_t c = u[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (u[i] & 0x3Fu);
    }
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < LEAST[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
    *code_point = c;
    return n;
}

/* How many bytes at the front are plain ASCII, eight at a time. */
static size_t ascii_run(slice s) {
    size_t i = 0;
    for (uint64_t word; i + 8 <= s.n; i += 8) {
        memcpy(&word, s.p + i, 8);
        if (word & 0x8080808080808080u) break;
    }
    return i;
}

size_t utf8_find_invalid(slice s) {
    for (size_t i = 0; i < s.n;) {
        i += ascii_run(slice_after(s, i));
        if (i == s.n) break;
        uint32_t c;
        size_t n = sequence(slice_after(s, i), &c);
        if (n == 0) return i;
        i += n;
    }
    return SIZE_MAX;
}

bool utf8_is_valid(slice s) { return utf8_find_invalid(s) == SIZE_MAX; }

bool utf8_next(slice *rest, uint32_t *code_point) {
    if (rest->n == 0) return false;
    if ((unsigned char)rest->p[0] < 0x80) {
        *code_point = (unsigned char)rest->p[0];
        rest->p++;
        rest->n--;
        return true;
    }
    size_t n = sequence(*rest, code_point);
    if (n == 0) {
        *code_point = 0xFFFD;
        n = 1;
    }
    rest->p += n;
    rest->n -= n;
    return true;
}

void utf8_add(struct buf *b, uint32_t c) {
    char out[4];
    size_t n = 0;
    if (c < 0x80) {
        buf_add_char(b, (char)c);
        return;
    }
    if (c < 0x800) {
        out[n++] = (char)(0xC0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out[n++] = (char)(0xE0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        out[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        out[n++] = (char)(0xF0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        out[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        out[n++] = (char)(0x80 | (c & 0x3F));
    }
    buf_add(b, (slice){out, n});
}

size_t utf8_length(slice s) {
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

slice utf8_prefix(slice s, size_t code_points) {
    slice rest = s;
    uint32_t c;
    while (code_points-- && utf8_next(&rest, &c)) continue;
    return slice_sub(s, 0, s.n - rest.n);
}

static bool is_control(uint32_t c) {
    if (c < 0x20) return c != '\t' && c != '\n' && c != '\r';
    if (c >= 0x7F && c <= 0x9F) return true;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) return true; /* bidirectional embeddings */
    return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

/* How many bytes at the front are from 0x20 to 0x7E, eight at a time. */
static size_t printable_run(slice s) {
    const uint64_t high = 0x8080808080808080u, ones = 0x0101010101010101u;
    size_t i = 0;
    for (uint64_t word; i + 8 <= s.n; i += 8) {
        memcpy(&word, s.p + i, 8);
        /* Without a high bit anywhere a byte below 0x20 borrows into its own, and 0x7F carries into it. */
        if ((word | (word - 0x20 * ones) | (word + ones)) & high) break;
    }
    return i;
}

size_t utf8_find_control(slice s) {
    for (size_t i = 0; i < s.n;) {
        i += printable_run(slice_after(s, i));
        if (i == s.n) break;
        unsigned char first = (unsigned char)s.p[i];
        if (first >= 0x20 && first < 0x7F) {
            i++;
            continue;
        }
        slice rest = slice_after(s, i);
        uint32_t c;
        (void)utf8_next(&rest, &c);
        if (is_control(c)) return i;
        i = s.n - rest.n;
    }
    return SIZE_MAX;
}
