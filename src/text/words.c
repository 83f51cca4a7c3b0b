#include "text/words.h"

#include "text/unicode.h"

#include <string.h>

static const slice TYPOGRAPHIC = S_INIT("’");

size_t words__apostrophe(slice s) {
    if (s.n && s.p[0] == '\'') return 1;
    return slice_starts(s, TYPOGRAPHIC) ? TYPOGRAPHIC.n : 0;
}

bool words__equal(slice a, slice b) {
    if (a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0)) return true;
    while (a.n && b.n) {
        size_t in_a = words__apostrophe(a), in_b = words__apostrophe(b);
        if ((in_a > 0) != (in_b > 0) || (in_a == 0 && a.p[0] != b.p[0])) return false;
        a = slice_after(a, in_a ? in_a : 1);
        b = slice_after(b, in_b ? in_b : 1);
    }
    return a.n == b.n;
}

/* --- Splitting ------------------------------------------------------------------------------------------------------- */

static size_t width_at(slice text, size_t at) {
    unsigned char c = (unsigned char)text.p[at];
    size_t width = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return at + width <= text.n ? width : 1;
}

static bool is_letter_at(slice text, size_t at) {
    if (at >= text.n) return false;
    unsigned char c = (unsigned char)text.p[at];
    if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return unicode__is_alnum(unicode__at(text, at));
}

/* Between letters: part of the word. */
static size_t joiner_at(slice text, size_t at) {
    static const slice JOINERS[] = {S_INIT("-"), S_INIT("\u2011"), S_INIT("·")};
    slice rest = slice_after(text, at);
    if ((unsigned char)text.p[at] < 0x80) return text.p[at] == '-' || text.p[at] == '\'';
    for (size_t i = 0; i < ARRAY_COUNT(JOINERS); i++)
        if (slice_starts(rest, JOINERS[i])) return JOINERS[i].n;
    return words__apostrophe(rest);
}

static bool has_tag(const unsigned char *flags, size_t at) { return flags && (flags[at] & WORDS_TAG); }

static size_t end_of_word(slice text, const unsigned char *flags, size_t at) {
    while (at < text.n) {
        if (is_letter_at(text, at)) {
            at += width_at(text, at);
            if (has_tag(flags, at)) return at;
            continue;
        }
        size_t joiner = joiner_at(text, at);
        if (joiner == 0 || has_tag(flags, at + joiner) || !is_letter_at(text, at + joiner)) return at;
        at += joiner;
    }
    return at;
}

struct word_list words__split(struct arena *arena, slice text, const unsigned char *flags) {
    struct word *items = ARENA_ARRAY(arena, text.n / 2 + 1, struct word);
    struct word_list list = {items, 0};
    size_t most = text.n / 2 + 1;
    for (size_t at = 0; at < text.n && list.count < most;) {
        if (!is_letter_at(text, at)) {
            at += width_at(text, at);
            continue;
        }
        size_t end = end_of_word(text, flags, at);
        items[list.count++] = (struct word){at, end};
        at = end;
    }
    return list;
}

/* --- Flattening ------------------------------------------------------------------------------------------------------ */

struct flattener {
    slice html;
    char *text;
    unsigned char *flags;
    uint32_t *origin, *past;
    size_t n;
    size_t aside; /* open elements whose words are nobody's business */
    bool tag;     /* one stood here */
};

static void add_byte(struct flattener *f, char c, size_t origin, size_t past) {
    f->text[f->n] = c;
    f->flags[f->n] = (unsigned char)((f->aside ? WORDS_ASIDE : 0) | (f->tag ? WORDS_TAG : 0));
    f->origin[f->n] = (uint32_t)origin;
    f->past[f->n] = (uint32_t)past;
    f->n++;
    f->tag = false;
}

/* Our own five. */
static size_t add_reference(struct flattener *f, size_t at) {
    static const struct {
        slice name;
        char c;
    } NAMES[] = {{S_INIT("&amp;"), '&'},
                 {S_INIT("&lt;"), '<'},
                 {S_INIT("&gt;"), '>'},
                 {S_INIT("&quot;"), '"'},
                 {S_INIT("&#39;"), '\''}};
    slice rest = slice_after(f->html, at);
    for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++) {
        if (!slice_starts(rest, NAMES[i].name)) continue;
        add_byte(f, NAMES[i].c, at, at + NAMES[i].name.n);
        return at + NAMES[i].name.n;
    }
    add_byte(f, '&', at, at + 1);
    return at + 1;
}

static bool is_one_of(slice name, const slice *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(name, names[i])) return true;
    return false;
}

/* A link whose text is an address or a name, not words somebody wrote. */
static bool is_address_link(slice after_tag) {
    slice inside = slice_sub(after_tag, 0, slice_find(after_tag, S("</a>")));
    return slice_contains(inside, S("://")) || slice_contains(inside, S("@")) || slice_starts_nocase(inside, S("www."));
}

/* tag: between < and >. */
static void pass_tag(struct flattener *f, slice tag, size_t past) {
    static const slice ASIDE[] = {S_INIT("blockquote"), S_INIT("code"), S_INIT("pre")};
    static const slice INLINE[] = {S_INIT("a"),   S_INIT("em"),   S_INIT("strong"),
                                   S_INIT("del"), S_INIT("code"), S_INIT("span")};
    bool closes = slice_starts(tag, S("/"));
    slice rest = slice_after(tag, closes), name = slice_cut(&rest, ' ');
    bool link = slice_equal(name, S("a"));
    if (is_one_of(name, INLINE, ARRAY_COUNT(INLINE)))
        f->tag = true;
    else
        add_byte(f, slice_equal(name, S("br")) ? '\n' : '\v', past, past);
    bool aside = is_one_of(name, ASIDE, ARRAY_COUNT(ASIDE));
    if (link && !closes) aside = is_address_link(slice_after(f->html, past));
    if (link && closes) aside = f->aside & 1; /* a link's is the lowest bit: it holds no other element set aside */
    if (!aside) return;
    size_t unit = link ? 1 : 2;
    if (!closes)
        f->aside += unit;
    else if (f->aside >= unit)
        f->aside -= unit;
}

/* Quoted words are somebody else's: « … », “ … ” that end in the block where they began. */
static void set_quotations_aside(struct flattener *f) {
    static const struct { slice open, close; } QUOTES[] = {{S_INIT("«"), S_INIT("»")}, {S_INIT("“"), S_INIT("”")}};
    slice text = {f->text, f->n};
    for (size_t at = 0; at < f->n; at++) {
        if ((unsigned char)f->text[at] < 0x80) continue;
        for (size_t i = 0; i < ARRAY_COUNT(QUOTES); i++) {
            if (!slice_starts(slice_after(text, at), QUOTES[i].open)) continue;
            slice rest = slice_after(text, at);
            rest = slice_sub(rest, 0, slice_find_char(rest, '\v'));
            size_t n = slice_find(rest, QUOTES[i].close);
            if (n == SIZE_MAX) continue;
            for (size_t k = at; k < at + n; k++) f->flags[k] |= WORDS_ASIDE;
            at += n;
            break;
        }
    }
}

struct words_flat words__flatten(struct arena *arena, struct html html) {
    size_t room = html.s.n + 1;
    struct flattener f = {.html = html.s};
    f.text = arena_alloc(arena, room);
    f.flags = arena_alloc(arena, room);
    f.origin = ARENA_ARRAY(arena, room, uint32_t);
    f.past = ARENA_ARRAY(arena, room, uint32_t);
    for (size_t at = 0; at < html.s.n;) {
        char c = html.s.p[at];
        if (c == '&') {
            at = add_reference(&f, at);
        } else if (c == '<') {
            slice rest = slice_after(html.s, at + 1);
            size_t n = slice_find_char(rest, '>'); /* in attributes it is written &gt; */
            if (n == SIZE_MAX) break;
            pass_tag(&f, slice_sub(rest, 0, n), at + n + 2);
            at += n + 2;
        } else {
            add_byte(&f, c, at, at + 1);
            at++;
        }
    }
    set_quotations_aside(&f);
    return (struct words_flat){{f.text, f.n}, f.flags, f.origin, f.past};
}
