#include "text/mark.h"

#include "base/buf.h"

enum { MARK_BYTES = 64 * 1024 * 1024 };

/* Length of the word that stands at the start of rest; 0: none does. */
static size_t word_at(slice rest, const struct html *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (words[i].s.n && slice_starts(rest, words[i].s)) return words[i].s.n;
    return 0;
}

static void mark_text(struct buf *out, slice text, const struct html *words, size_t count) {
    while (text.n > 0) {
        size_t n = word_at(text, words, count);
        if (n) {
            buf_add(out, S("<mark>"));
            buf_add(out, slice_sub(text, 0, n));
            buf_add(out, S("</mark>"));
        } else { /* a character reference is one, whole */
            size_t end = text.p[0] == '&' ? slice_find_char(text, ';') : SIZE_MAX;
            n = end == SIZE_MAX ? 1 : end + 1;
            buf_add(out, slice_sub(text, 0, n));
        }
        text = slice_after(text, n);
    }
}

struct html text_mark(struct arena *arena, struct html markup, const slice *words, size_t count) {
    struct buf out CLEANUP(buf_fini);
    struct html *escaped = ARENA_ARRAY(arena, count + 1, struct html);
    buf_init(&out, MARK_BYTES);
    for (size_t i = 0; i < count; i++) escaped[i] = html_escape(arena, words[i]);
    slice rest = markup.s;
    while (rest.n > 0) {
        size_t tag = slice_find_char(rest, '<');
        mark_text(&out, slice_sub(rest, 0, tag), escaped, count);
        if (tag == SIZE_MAX) break;
        rest = slice_after(rest, tag);
        size_t end = slice_find_char(rest, '>'); /* an attribute's value holds none: it is escaped there */
        if (end == SIZE_MAX) end = rest.n;
        buf_add(&out, slice_sub(rest, 0, end + 1));
        rest = slice_after(rest, end + 1);
    }
    if (out.status != OK) return markup;
    return (struct html){arena_copy(arena, buf_slice(&out))};
}
