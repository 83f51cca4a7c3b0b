#include "text/html.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/typography.h"
#include "text/unicode.h"

struct html html_escape(struct arena *arena, slice plain) {
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, plain.n * 6); /* the longest escape is &quot; */
    buf_add_html(&b, plain);
    return (struct html){arena_copy(arena, buf_slice(&b))};
}

struct html html_escape_typographic(struct arena *arena, slice language, slice plain) {
    return html_escape(arena, typography_line(arena, typography_of(language), plain));
}

/* The bytes of the letters, digits and hyphens at the front; *characters of them; *hyphenated: a hyphen stands inside. */
static size_t word_width(slice s, size_t *characters, bool *hyphenated) {
    size_t n = 0;
    *characters = 0;
    *hyphenated = false;
    uint32_t c;
    for (slice rest = s; utf8_next(&rest, &c) && (c == '-' || unicode__is_alnum(c)); n = s.n - rest.n) {
        if (c == '-') *hyphenated |= n > 0 && unicode__is_alnum(unicode__at(rest, 0));
        ++*characters;
    }
    return n;
}

/* A byte at which a word may begin; bytes inside a character begin none. */
static bool starts_word(slice text, size_t at) {
    if (((unsigned char)text.p[at] & 0xC0) == 0x80) return false;
    uint32_t c = unicode__at(text, at);
    return c == '-' || unicode__is_alnum(c);
}

struct html html_escape_headline(struct arena *arena, slice language, slice plain) {
    enum { WHOLE_MAX = 16 }; /* longer ones would not fit on a narrow screen */
    slice text = typography_line(arena, typography_of(language), plain);
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, text.n * 32 + 64);
    for (size_t i = 0, from = 0; from < text.n; from = i) {
        size_t characters;
        bool hyphenated;
        i += word_width(slice_after(text, i), &characters, &hyphenated);
        bool whole = hyphenated && characters <= WHOLE_MAX;
        if (i == from) i++; /* no word begins here */
        while (!whole && i < text.n && !starts_word(text, i)) i++;
        slice piece = html_escape(arena, slice_sub(text, from, i)).s;
        buf_add(&b, whole ? S("<span class=\"whole\">") : S(""));
        buf_add(&b, piece);
        buf_add(&b, whole ? S("</span>") : S(""));
    }
    if (b.status != OK) return html_escape(arena, text);
    return (struct html){arena_copy(arena, buf_slice(&b))};
}

struct html html_from_stored(slice stored) {
    return (struct html){stored};
}
