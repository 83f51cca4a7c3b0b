#include "app/lenient.h"

#include "base/buf.h"
#include "base/utf8.h"

static void decode(slice text, struct buf *out) {
    for (size_t i = 0; i < text.n; i++) {
        int octet = slice_percent_octet(text, i);
        if (octet >= 0) {
            buf_add_char(out, (char)octet);
            i += 2;
        } else {
            buf_add_char(out, text.p[i] == '+' ? ' ' : text.p[i]);
        }
    }
}

static void add_readable(slice text, struct buf *out) {
    uint32_t point;
    while (utf8_next(&text, &point)) utf8_add(out, point ? point : 0xFFFD);
}

slice lenient_field(struct arena *arena, slice body, slice name) {
    while (body.p) {
        slice pair = slice_cut(&body, '&'), key = slice_cut(&pair, '=');
        if (!slice_equal(key, name)) continue;
        struct buf decoded, readable;
        buf_init(&decoded, pair.n + 8);
        buf_init(&readable, 3 * pair.n + 8);
        decode(pair, &decoded);
        add_readable(buf_slice(&decoded), &readable);
        slice field = arena_copy(arena, buf_slice(&readable));
        buf_fini(&decoded);
        buf_fini(&readable);
        return field;
    }
    return S("");
}
