#include "text/entity.h"

#include "base/utf8.h"

#include <libxml/HTMLparser.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_alnum(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/* HTML §13.2.5.80: numbers of C1 controls mean what Windows-1252 has there. */
static uint32_t mend(uint32_t c) {
    static const uint16_t WINDOWS_1252[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                              0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
    if (c >= 0x80 && c <= 0x9F) return WINDOWS_1252[c - 0x80];
    bool control = (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
    bool none = c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
    return control || none ? 0xFFFD : c;
}

/* &#123; and &#x7B; */
static size_t decode_number(slice at, struct buf *out) {
    size_t i = 2;
    int base = 10;
    if (i < at.n && (at.p[i] | 0x20) == 'x') {
        base = 16;
        i++;
    }
    size_t start = i;
    uint32_t value = 0;
    for (int digit; i < at.n && (digit = slice_hex_digit(at.p[i])) >= 0 && digit < base; i++) {
        if (value <= 0x10FFFF) value = value * (uint32_t)base + (uint32_t)digit;
    }
    if (i == start) return 0;
    if (i < at.n && at.p[i] == ';') i++;
    utf8_add(out, mend(value));
    return i;
}

static size_t decode_name(slice at, enum entity_place place, struct buf *out) {
    enum { LONGEST_NAME = 8 }; /* thetasym */
    char name[LONGEST_NAME + 1];
    size_t n = 0;
    while (1 + n < at.n && n < LONGEST_NAME && is_alnum(at.p[1 + n])) {
        name[n] = at.p[1 + n];
        n++;
    }
    name[n] = '\0';
    if (n == 0 || (1 + n < at.n && is_alnum(at.p[1 + n]))) return 0;
    bool ended = 1 + n < at.n && at.p[1 + n] == ';';
    if (place == ENTITY_IN_ATTRIBUTE && 1 + n < at.n && at.p[1 + n] == '=') return 0;
    uint32_t value = 0;
    if (strcmp(name, "apos") == 0) {
        value = ended ? '\'' : 0;
    } else {
        const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
        if (entity && (ended || entity->value < 0x100)) value = entity->value;
    }
    if (value == 0) return 0;
    utf8_add(out, value);
    return 1 + n + ended;
}

size_t entity__decode(slice at, enum entity_place place, struct buf *out) {
    if (at.n < 2) return 0;
    return at.p[1] == '#' ? decode_number(at, out) : decode_name(at, place, out);
}

void entity__decode_all(slice text, enum entity_place place, struct buf *out) {
    while (text.n) {
        size_t plain = slice_find_char(text, '&');
        buf_add(out, slice_sub(text, 0, plain));
        text = slice_after(text, plain);
        if (text.n == 0) return;
        size_t width = entity__decode(text, place, out);
        if (width == 0) {
            buf_add_char(out, '&');
            width = 1;
        }
        text = slice_after(text, width);
    }
}
