#include "base/buf.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SMALLEST = 256 };

void buf_init(struct buf *b, size_t max_bytes) { *b = (struct buf){.max = max_bytes}; }

void buf_fini(struct buf *b) {
    memory_free(b->p);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b) {
    b->n = 0;
    b->status = OK;
}

slice buf_slice(const struct buf *b) { return (slice){b->p, b->n}; }

/* Makes room for `more` bytes and a NUL; false (and sticky) when that would pass the ceiling. */
static bool make_room(struct buf *b, size_t more) {
    if (b->status != OK) return false;
    if (more > b->max - b->n || b->n > b->max) {
        b->status = LIMIT;
        return false;
    }
    if (b->n + more + 1 <= b->capacity) return true;
    size_t capacity = b->capacity ? b->capacity : SMALLEST;
    while (capacity < b->n + more + 1) capacity *= 2;
    b->p = memory_realloc_array(b->p, capacity, 1);
    b->capacity = capacity;
    return true;
}

void buf_reserve(struct buf *b, size_t more) { (void)make_room(b, more); }

/* Most appends find room. */
static inline bool has_room(const struct buf *b, size_t more) {
    return b->status == OK && b->n <= b->max && more <= b->max - b->n && b->n + more < b->capacity;
}

void buf_add(struct buf *b, slice s) {
    if (s.n == 0 || !(has_room(b, s.n) || make_room(b, s.n))) return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void buf_add_char(struct buf *b, char c) {
    if (has_room(b, 1) || make_room(b, 1)) b->p[b->n++] = c;
}

void buf_add_int(struct buf *b, int64_t value) {
    char digits[SLICE_INT_BYTES];
    buf_add(b, slice_from_int64(digits, value));
}

void buf_add_format(struct buf *b, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n > 0 && make_room(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

/* Runs of plain bytes are copied whole. */
void buf_add_html(struct buf *b, slice text) {
    static const slice ESCAPES[256] = {
        ['&'] = S_INIT("&amp;"),  ['<'] = S_INIT("&lt;"),   ['>'] = S_INIT("&gt;"),
        ['"'] = S_INIT("&quot;"), ['\''] = S_INIT("&#39;"),
    };
    size_t start = 0;
    for (size_t i = 0; i < text.n; i++) {
        const slice *with = &ESCAPES[(unsigned char)text.p[i]];
        if (!with->p) continue;
        buf_add(b, slice_sub(text, start, i));
        buf_add(b, *with);
        start = i + 1;
    }
    buf_add(b, slice_after(text, start));
}

void buf_add_url(struct buf *b, slice text) {
    static const char HEX[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        if (plain)
            buf_add_char(b, (char)c);
        else
            buf_add(b, (slice){(char[]){'%', HEX[c >> 4], HEX[c & 15]}, 3});
    }
}

static void add_json_byte(struct buf *b, unsigned char c) {
    switch (c) {
    case '"': buf_add(b, S("\\\"")); return;
    case '\\': buf_add(b, S("\\\\")); return;
    case '\n': buf_add(b, S("\\n")); return;
    case '\r': buf_add(b, S("\\r")); return;
    case '\t': buf_add(b, S("\\t")); return;
    default: buf_add_format(b, "\\u%04x", c);
    }
}

void buf_add_json(struct buf *b, slice text) {
    size_t start = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        /* U+2028 and U+2029 (E2 80 A8/A9) end a line in old JavaScript. */
        bool separator = c == 0xE2 && i + 2 < text.n && (unsigned char)text.p[i + 1] == 0x80 &&
                         ((unsigned char)text.p[i + 2] & 0xFE) == 0xA8;
        if (!separator && c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') continue;
        buf_add(b, slice_sub(text, start, i));
        if (separator) {
            buf_add(b, (unsigned char)text.p[i + 2] == 0xA8 ? S("\\u2028") : S("\\u2029"));
            i += 2;
        } else {
            add_json_byte(b, c);
        }
        start = i + 1;
    }
    buf_add(b, slice_after(text, start));
}

slice buf_take(struct buf *b) {
    if (make_room(b, 0)) b->p[b->n] = '\0';
    slice taken = buf_slice(b);
    *b = (struct buf){.max = b->max};
    return taken;
}
