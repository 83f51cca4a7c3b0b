#include "view/xml.h"

#include "base/utf8.h"

/* The length of what may stand as it is from the start of s: up to the next character to leave out. */
static size_t allowed(slice s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return i;
        bool noncharacter = c == 0xEF && s.n - i >= 3 && (unsigned char)s.p[i + 1] == 0xBF &&
                            (unsigned char)s.p[i + 2] >= 0xBE; /* U+FFFE, U+FFFF */
        if (noncharacter) return i;
    }
    return s.n;
}

static void add_valid(struct buf *out, slice text) {
    while (text.n > 0) {
        size_t n = allowed(text);
        buf_add_html(out, slice_sub(text, 0, n));
        if (n == text.n) return;
        text = slice_after(text, n + ((unsigned char)text.p[n] == 0xEF ? 3 : 1));
    }
}

void xml_add_text(struct buf *out, slice text) {
    size_t invalid;
    while ((invalid = utf8_find_invalid(text)) != SIZE_MAX) {
        add_valid(out, slice_sub(text, 0, invalid));
        text = slice_after(text, invalid + 1);
    }
    add_valid(out, text);
}

void xml_add_element(struct buf *out, slice name, slice text) {
    if (text.n == 0) return;
    buf_add_char(out, '<');
    buf_add(out, name);
    buf_add_char(out, '>');
    xml_add_text(out, text);
    buf_add(out, S("</"));
    buf_add(out, name);
    buf_add(out, S(">\n"));
}

void xml_add_attribute(struct buf *out, slice name, slice value) {
    buf_add_char(out, ' ');
    buf_add(out, name);
    buf_add(out, S("=\""));
    xml_add_text(out, value);
    buf_add_char(out, '"');
}
