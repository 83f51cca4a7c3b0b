#include "text/excerpt.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/unicode.h"

#include <unicode/uchar.h>

/* Marks and joiners belong to the character before them. */
static bool is_extender(uint32_t c) { return c >= 0x300 && u_hasBinaryProperty((UChar32)c, UCHAR_GRAPHEME_EXTEND); }

static bool is_sentence_end(uint32_t c) { return c == '.' || c == '!' || c == '?' || c == 0x2026; }

/* Where the first max_chars characters of s end, moved back so that no mark loses its base. */
static size_t hard_cut(slice s, size_t max_chars) {
    size_t at = utf8_prefix(s, max_chars).n;
    while (at > 0 && is_extender(unicode__at(s, at))) {
        do at--;
        while (at > 0 && ((unsigned char)s.p[at] & 0xC0) == 0x80);
    }
    return at;
}

/* The last place at or before cut where a word has ended; cut itself when the only word is longer. */
static size_t word_cut(slice s, size_t cut) {
    size_t at = cut;
    while (at > 0) {
        if (unicode__is_space(unicode__at(s, at))) break;
        do at--;
        while (at > 0 && ((unsigned char)s.p[at] & 0xC0) == 0x80);
    }
    return at == 0 ? cut : at;
}

/* Without what looks lost before a mark of omission: spaces, commas, opening brackets. */
static size_t trim_end(slice s, size_t end) {
    while (end > 0) {
        uint32_t c = unicode__before(s, end);
        bool goes = unicode__is_space(c) || c == ',' || c == ';' || c == ':' || c == '(' || c == '[' || c == '-' ||
                    c == 0xAB /* « */ || c == 0x2013 || c == 0x2014 || c == 0x201C;
        if (!goes) break;
        do end--;
        while (end > 0 && ((unsigned char)s.p[end] & 0xC0) == 0x80);
    }
    return end;
}

slice text_cut_title(struct arena *arena, slice title, size_t max_chars) {
    static const size_t MARK_CHARS = sizeof " (...)" - 1;
    if (utf8_length(title) <= max_chars) return title;
    size_t keep = max_chars > MARK_CHARS ? max_chars - MARK_CHARS : 1;
    size_t end = word_cut(title, hard_cut(title, keep));
    size_t trimmed = trim_end(title, end);
    slice start = slice_sub(title, 0, trimmed ? trimmed : end);
    return arena_format(arena, "%.*s (...)", SLICE_FMT(start));
}

static slice collapse_spaces(struct arena *arena, slice plain) {
    char *p = arena_alloc(arena, plain.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < plain.n; i++) {
        char c = plain.p[i];
        bool space = c == ' ' || (c >= '\t' && c <= '\r');
        if (!space) {
            p[n++] = c;
        } else if (n > 0 && p[n - 1] != ' ') {
            p[n++] = ' ';
        }
    }
    while (n > 0 && p[n - 1] == ' ') n--;
    return (slice){p, n};
}

/* The end of the last sentence that ends in (least, most], or 0. */
static size_t sentence_cut(slice s, size_t least, size_t most) {
    for (size_t at = most; at > least; at--) {
        if (s.p[at - 1] != ' ' && at < s.n && s.p[at] == ' ' && is_sentence_end(unicode__before(s, at))) return at;
    }
    return 0;
}

slice text_excerpt(struct arena *arena, slice plain, size_t max_chars) {
    slice s = collapse_spaces(arena, plain);
    if (utf8_length(s) <= max_chars) return s;
    if (max_chars < 2) return slice_sub(s, 0, hard_cut(s, max_chars));
    size_t most = hard_cut(s, max_chars - 1); /* one for the mark */
    size_t sentence = sentence_cut(s, most / 3 * 2, most);
    if (sentence) return slice_sub(s, 0, sentence);
    size_t end = word_cut(s, most);
    size_t trimmed = trim_end(s, end);
    slice start = slice_sub(s, 0, trimmed ? trimmed : end);
    return arena_format(arena, "%.*s\u2026", SLICE_FMT(start));
}
