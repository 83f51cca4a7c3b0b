#include "text/typography.h"

#include "text/address.h"
#include "text/typography_number.h"
#include "text/typography_set.h"
#include "text/unicode.h"

#include <string.h>

enum {
    NBSP = 0xA0,
    NNBSP = 0x202F,
    LEFT_GUILLEMET = 0xAB,
    RIGHT_GUILLEMET = 0xBB,
    ELLIPSIS = 0x2026,
    APOSTROPHE = 0x2019,
};

enum typography typography_of(slice language) {
    slice primary = slice_sub(language, 0, 2);
    bool whole = language.n == 2 || (language.n > 2 && (language.p[2] == '-' || language.p[2] == '_'));
    if (whole && slice_equal_nocase(primary, S("fr"))) return TYPOGRAPHY_FRENCH;
    if (whole && slice_equal_nocase(primary, S("en"))) return TYPOGRAPHY_ENGLISH;
    return TYPOGRAPHY_NONE;
}

/* One text node on its way. Spaces are held back until it is known what follows them. */
struct setter {
    slice text;
    size_t i;                      /* what stands before it is done */
    size_t spaces_from, spaces_to; /* held-back spaces, when not equal */
    struct typography_state *state;
    struct buf *out;
};

static uint32_t next_of(const struct setter *s, size_t width) { return unicode__at(s->text, s->i + width); }

static bool has_spaces(const struct setter *s) { return s->spaces_to > s->spaces_from; }

static void flush_spaces(struct setter *s) {
    if (has_spaces(s)) buf_add(s->out, slice_sub(s->text, s->spaces_from, s->spaces_to));
    s->spaces_from = s->spaces_to = 0;
}

static void drop_spaces(struct setter *s) { s->spaces_from = s->spaces_to = 0; }

/* Writes the next width bytes of the text as they are. */
static void copy(struct setter *s, size_t width) {
    flush_spaces(s);
    buf_add(s->out, slice_sub(s->text, s->i, s->i + width));
    s->i += width;
    s->state->before = unicode__before(s->text, s->i);
}

/* Writes something else in place of the next width bytes. */
static void replace(struct setter *s, size_t width, slice with) {
    flush_spaces(s);
    buf_add(s->out, with);
    s->i += width;
    s->state->before = unicode__before(with, with.n);
}

static bool is_opener(uint32_t c) {
    return c == '(' || c == '[' || c == '{' || c == LEFT_GUILLEMET || c == 0x201C || c == 0x2018;
}

static bool is_dash(uint32_t c) { return c == '-' || c == 0x2013 || c == 0x2014; }

static bool is_closer(uint32_t c) {
    return c == ')' || c == ']' || c == '}' || c == RIGHT_GUILLEMET || c == 0x201D || c == APOSTROPHE || c == '"' ||
           c == '\'' || c == '%' || c == 0xB0 || c == 0x20AC || c == ELLIPSIS;
}

static bool is_mark(uint32_t c) { return c == '!' || c == '?'; }

static bool is_start(uint32_t c) { return c == 0 || unicode__is_space(c); }

static bool is_letter(uint32_t c) { return unicode__is_alnum(c) && !(c >= '0' && c <= '9'); }

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

/* The character before the next one, held-back spaces included. */
static uint32_t before_of(const struct setter *s) { return has_spaces(s) ? ' ' : s->state->before; }

/* "..." alone becomes one character, but in "(...)" and "[...]", which are marks of omission, and not in longer runs. */
static void set_dots(struct setter *s) {
    size_t end = s->i;
    while (end < s->text.n && s->text.p[end] == '.') end++;
    size_t count = end - s->i;
    uint32_t before = before_of(s), after = unicode__at(s->text, end);
    bool omission = (before == '(' && after == ')') || (before == '[' && after == ']');
    if (count == 3 && before != '.' && !omission) {
        replace(s, count, S("\u2026"));
    } else {
        copy(s, count);
    }
}

/* The bytes of a smiley or an emoji's short name (":-)", ";)", ":smile:") at the front of s, or 0. */
static size_t smiley_width(slice s, bool after_space) {
    size_t i = 1;
    bool nose = i < s.n && (s.p[i] == '-' || s.p[i] == '\'');
    if (nose) i++;
    const char *mouths = nose || after_space ? ")(DPpoOxX/|\\*3<>$][" : ")(";
    bool mouth = i < s.n && strchr(mouths, s.p[i]) != NULL;
    if (mouth && (nose || after_space || s.p[0] == ';') && !unicode__is_alnum(unicode__at(s, i + 1))) return i + 1;
    if (!after_space || s.p[0] != ':') return 0;
    for (i = 1; i < s.n && i < 40; i++) {
        char c = s.p[i];
        if (c == ':') return i > 2 ? i + 1 : 0;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-')) break;
    }
    return 0;
}

/* ; ! ? and : with the space that belongs before them. */
static void set_high_mark(struct setter *s) {
    char c = s->text.p[s->i];
    uint32_t before = s->state->before, next = next_of(s, 1);
    bool colon = c == ':';
    if (colon || c == ';') {
        size_t width = smiley_width(slice_after(s->text, s->i), has_spaces(s) || is_start(before) || is_opener(before));
        if (width) {
            copy(s, width);
            return;
        }
    }
    bool wanted;
    if (has_spaces(s)) {
        wanted = !is_start(before) && !is_opener(before) && !(colon && next == ':');
    } else {
        bool ends = is_start(next) || (!colon && (is_closer(next) || is_mark(next) || next == '.' || next == ','));
        wanted = ends && (unicode__is_alnum(before) || is_closer(before));
    }
    if (wanted) {
        drop_spaces(s);
        buf_add(s->out, colon ? S("\u00A0") : S("\u202F"));
    }
    copy(s, 1);
}

static void open_guillemet(struct setter *s, size_t width) {
    replace(s, width, S("\u00AB\u00A0"));
    s->state->before = LEFT_GUILLEMET; /* the spaces that follow it are swallowed */
}

static void close_guillemet(struct setter *s, size_t width) {
    bool has_one = s->state->before == LEFT_GUILLEMET;
    drop_spaces(s);
    replace(s, width, has_one ? S("\u00BB") : S("\u00A0\u00BB"));
}

static void set_french_double(struct setter *s) {
    uint32_t before = before_of(s), next = next_of(s, 1);
    bool may_open = is_start(before) || is_opener(before) || is_dash(before) || before == '\'' ||
                    before == APOSTROPHE || before == '/';
    bool opens = may_open && (!s->state->in_double || unicode__is_alnum(next));
    if (opens) {
        s->state->in_double = true;
        open_guillemet(s, 1);
    } else if (s->state->in_double) {
        s->state->in_double = false;
        close_guillemet(s, 1);
    } else {
        copy(s, 1);
    }
}

/* Whether a quotation in single quotes that opens here is closed soon: ' after a letter and before none. */
static bool single_is_closed(const struct setter *s) {
    enum { LOOK_AHEAD = 200 };
    slice rest = slice_sub(s->text, s->i + 1, s->i + 1 + LOOK_AHEAD);
    for (size_t i = 1; i < rest.n; i++) {
        if (rest.p[i] == '\'' && !unicode__is_alnum(unicode__at(rest, i + 1))) return true;
    }
    return false;
}

/* At the end of a node the word goes on in the next one, if what stands here is what French elides: l'<em>été</em>. */
static bool is_elided(const struct setter *s) {
    if (s->i == 0) return false;
    char last = s->text.p[s->i - 1];
    uint32_t before = unicode__before(s->text, s->i - 1);
    if (last == 'u' || last == 'U') return before == 'q' || before == 'Q';
    return last != '\0' && strchr("cdjlmnstCDJLMNST", last) && !unicode__is_alnum(before);
}

static void set_french_single(struct setter *s) {
    uint32_t before = before_of(s), next = next_of(s, 1);
    bool inside = is_letter(before) && (unicode__is_alnum(next) || next == LEFT_GUILLEMET || next == '"' ||
                                        next == 0x201C || (next == 0 && is_elided(s)));
    bool elision = (is_start(before) || is_opener(before)) && is_letter(next) && !single_is_closed(s);
    if (inside || elision) {
        replace(s, 1, S("\u2019"));
    } else {
        copy(s, 1);
    }
}

static void set_english_double(struct setter *s) {
    uint32_t before = before_of(s);
    bool opens = is_start(before) || is_opener(before) || is_dash(before) || before == '/' || before == '=';
    if (!opens && !s->state->in_double && is_digit(before)) { /* inches */
        copy(s, 1);
        return;
    }
    s->state->in_double = opens;
    replace(s, 1, opens ? S("\u201C") : S("\u201D"));
}

/* Words that begin with an apostrophe: 'tis the season, rock 'n' roll, the '90s. */
static bool begins_with_apostrophe(slice after) {
    static const slice WORDS[] = {S_INIT("tis"),   S_INIT("twas"), S_INIT("em"),   S_INIT("til"),
                                  S_INIT("cause"), S_INIT("n"),    S_INIT("bout"), S_INIT("round")};
    if (after.n >= 2 && is_digit((unsigned char)after.p[0]) && is_digit((unsigned char)after.p[1])) return true;
    for (size_t i = 0; i < ARRAY_COUNT(WORDS); i++) {
        if (slice_starts_nocase(after, WORDS[i]) && !unicode__is_alnum(unicode__at(after, WORDS[i].n))) return true;
    }
    return false;
}

static void set_english_single(struct setter *s) {
    uint32_t before = before_of(s), next = next_of(s, 1);
    if (is_digit(before) && !is_letter(next) && !s->state->in_single) { /* feet, minutes */
        copy(s, 1);
        return;
    }
    bool opens = (is_start(before) || is_opener(before) || is_dash(before) || before == '"') && !is_start(next) &&
                 !begins_with_apostrophe(slice_after(s->text, s->i + 1));
    s->state->in_single = opens;
    replace(s, 1, opens ? S("\u2018") : S("\u2019"));
}

static void hold_space(struct setter *s, size_t width) {
    if (s->state->before == LEFT_GUILLEMET && !has_spaces(s)) { /* the one after « is there already */
        s->i += width;
        return;
    }
    if (!has_spaces(s)) s->spaces_from = s->i;
    s->i += width;
    s->spaces_to = s->i;
}

/* The bytes of the space at the front that a mark may swallow (U+0020, U+00A0, U+2009, U+202F), or 0. */
static size_t space_width(slice s) {
    if (s.p[0] == ' ') return 1;
    if (slice_starts(s, S("\u00A0"))) return 2;
    return slice_starts(s, S("\u202F")) || slice_starts(s, S("\u2009")) ? 3 : 0;
}

static void set_french(struct setter *s) {
    slice rest = slice_after(s->text, s->i);
    size_t space = space_width(rest);
    slice bound = rest.p[0] == ' ' && !has_spaces(s) ? typography__bind(s->text, s->i, s->state->before) : S("");
    if (bound.n) {
        replace(s, 1, bound);
    } else if (space) {
        hold_space(s, space);
    } else if (slice_starts(rest, S("\u00AB"))) {
        open_guillemet(s, 2);
    } else if (slice_starts(rest, S("\u00BB"))) {
        close_guillemet(s, 2);
    } else if (rest.p[0] == '"') {
        set_french_double(s);
    } else if (rest.p[0] == '\'') {
        set_french_single(s);
    } else if (rest.p[0] == '.') {
        set_dots(s);
    } else if (rest.p[0] == ':' || rest.p[0] == ';' || rest.p[0] == '!' || rest.p[0] == '?') {
        set_high_mark(s);
    } else {
        copy(s, 1);
    }
}

static void set_english(struct setter *s) {
    switch (s->text.p[s->i]) {
    case '"': set_english_double(s); break;
    case '\'': set_english_single(s); break;
    case '.': set_dots(s); break;
    default: copy(s, 1);
    }
}

static bool is_small(char c) { return c >= 'a' && c <= 'z'; }

/* How many bytes at the front no rule looks at; whole characters. A space between small letters is bound to neither. */
static size_t plain_run(slice s) {
    static const bool LOOKED_AT[256] = {[' '] = true, ['"'] = true, ['\''] = true, ['.'] = true,  [':'] = true,
                                        [';'] = true, ['!'] = true, ['?'] = true,  [0xC2] = true, [0xE2] = true};
    size_t i = 0;
    for (; i < s.n; i++) {
        if (!LOOKED_AT[(unsigned char)s.p[i]]) continue;
        bool bound = s.p[i] != ' ' || i == 0 || !is_small(s.p[i - 1]) || i + 1 == s.n || !is_small(s.p[i + 1]);
        if (bound) break;
    }
    return i;
}

static size_t character_width(slice s) {
    size_t i = 1;
    while (i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80) i++;
    return i;
}

void typography__set(enum typography typography, slice text, struct typography_state *state, struct buf *out) {
    if (typography == TYPOGRAPHY_NONE || text.n == 0) {
        buf_add(out, text);
        return;
    }
    struct setter s = {.text = text, .state = state, .out = out};
    while (s.i < text.n) {
        slice rest = slice_after(text, s.i);
        size_t plain = plain_run(rest);
        size_t before = s.i;
        if (plain) {
            copy(&s, plain);
        } else if (typography == TYPOGRAPHY_FRENCH) {
            set_french(&s);
        } else {
            set_english(&s);
        }
        /* A character of several bytes that no rule took is copied whole. */
        if (s.i == before + 1 && (unsigned char)text.p[before] >= 0x80) {
            size_t width = character_width(rest);
            buf_add(out, slice_sub(rest, 1, width));
            s.i = before + width;
            state->before = unicode__before(text, s.i);
        }
    }
    if (has_spaces(&s)) {
        flush_spaces(&s);
        state->before = ' ';
    }
}

void typography_skip(struct typography_state *state) { state->before = 'x'; }

void typography_apply(enum typography typography, slice text, struct typography_state *state, struct buf *out) {
    struct address address;
    size_t done = 0;
    while (typography != TYPOGRAPHY_NONE && address__find(text, done, &address)) {
        typography__set(typography, slice_sub(text, done, address.start), state, out);
        buf_add(out, slice_sub(text, address.start, address.end));
        typography_skip(state);
        done = address.end;
    }
    typography__set(typography, slice_after(text, done), state, out);
}

slice typography_line(struct arena *arena, enum typography typography, slice text) {
    if (typography == TYPOGRAPHY_NONE) return text;
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, text.n * 4 + 16); /* at most a two-byte space and a two-byte quote for one byte */
    struct typography_state state = {0};
    typography_apply(typography, text, &state, &b);
    return b.status == OK ? arena_copy(arena, buf_slice(&b)) : text;
}
