#include "text/check.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/link.h"
#include "text/unicode.h"

#include <unicode/uchar.h>

static const struct {
    const char *name, *message;
} PROBLEMS[] = {
    [TEXT_FINE] = {"fine", ""},
    [TEXT_EMPTY] = {"empty", "This field is empty."},
    [TEXT_TOO_LONG] = {"too_long", "This text is too long."},
    [TEXT_INVALID_UTF8] = {"invalid_utf8", "This text is not valid UTF-8."},
    [TEXT_CONTROL] = {"control", "This text holds control characters."},
    [TEXT_NOT_A_NAME] = {"not_a_name", "This name cannot be used: it needs letters or digits that can be seen."},
    [TEXT_NOT_AN_EMAIL] = {"not_an_email", "This is not an e-mail address."},
    [TEXT_NOT_A_WEBSITE] = {"not_a_website", "This is not the address of a website (https://…)."},
};

const char *text_problem_message(enum text_problem problem) {
    return (size_t)problem < ARRAY_COUNT(PROBLEMS) ? PROBLEMS[problem].message : "";
}

const char *text_problem_name(enum text_problem problem) {
    return (size_t)problem < ARRAY_COUNT(PROBLEMS) ? PROBLEMS[problem].name : "unknown";
}

static bool is_line_end(uint32_t c) { return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }

/* Byte order mark and zero-width space: nobody types them, pages that people copy from are full of them. */
static bool is_nothing(uint32_t c) { return c == 0xFEFF || c == 0x200B; }

static slice trim(slice s) {
    while (s.n) {
        uint32_t c = unicode__at(s, 0);
        if (!unicode__is_space(c) && !is_nothing(c)) break;
        s = slice_after(s, c < 0x80 ? 1 : c < 0x800 ? 2 : 3);
    }
    while (s.n) {
        uint32_t c = unicode__before(s, s.n);
        if (!unicode__is_space(c) && !is_nothing(c)) break;
        s.n -= c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }
    return s;
}

/* What every input must be, and a first look at its length, before anything is allocated for it: normalising makes a
   text at most three times shorter in characters (a letter and its marks), and newlines may be two bytes. */
static enum text_problem look(slice input, size_t max_chars, slice *trimmed) {
    if (!utf8_is_valid(input)) return TEXT_INVALID_UTF8;
    if (utf8_find_control(input) != SIZE_MAX) return TEXT_CONTROL;
    *trimmed = trim(input);
    if (trimmed->n == 0) return TEXT_EMPTY;
    if (trimmed->n / 16 > max_chars) return TEXT_TOO_LONG;
    return TEXT_FINE;
}

static enum text_problem finish(struct arena *arena, const struct buf *b, size_t max_chars, slice *out) {
    slice s = unicode__nfc(arena, arena_copy(arena, buf_slice(b)));
    if (utf8_length(s) > max_chars) return TEXT_TOO_LONG;
    *out = s;
    return TEXT_FINE;
}

enum text_problem text_check_line(struct arena *arena, slice input, size_t max_chars, slice *out) {
    slice rest;
    enum text_problem problem = look(input, max_chars, &rest);
    if (problem != TEXT_FINE) return problem;
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, rest.n);
    bool space = false;
    for (uint32_t c; utf8_next(&rest, &c);) {
        if (c == ' ' || c == '\t' || is_line_end(c)) {
            space = true;
        } else if (!is_nothing(c)) {
            if (space) buf_add_char(&b, ' ');
            space = false;
            utf8_add(&b, c);
        }
    }
    return finish(arena, &b, max_chars, out);
}

/* One line of a body: kept but for the white space at its end. Empty lines are counted, and written (one at most)
   when something follows. */
static void add_body_line(struct buf *b, slice line, size_t *empty_lines) {
    while (line.n && unicode__is_space(unicode__before(line, line.n))) {
        do line.n--;
        while (line.n && ((unsigned char)line.p[line.n] & 0xC0) == 0x80);
    }
    if (line.n == 0) {
        ++*empty_lines;
        return;
    }
    if (b->n > 0) buf_add(b, *empty_lines ? S("\n\n") : S("\n"));
    *empty_lines = 0;
    size_t done = 0;
    for (size_t i = 0; i < line.n; i++) {
        unsigned char lead = (unsigned char)line.p[i];
        if ((lead != 0xE2 && lead != 0xEF) || !is_nothing(unicode__at(line, i))) continue;
        buf_add(b, slice_sub(line, done, i));
        done = i + 3; /* both are three bytes */
    }
    buf_add(b, slice_after(line, done));
}

/* Cuts the first line off *rest; CRLF, CR, LF and the separators U+2028 and U+2029 end one. */
static slice cut_line(slice *rest) {
    size_t i = 0;
    for (; i < rest->n; i++) {
        unsigned char c = (unsigned char)rest->p[i];
        if (c == '\n' || c == '\r') break;
        if (c == 0xE2 && is_line_end(unicode__at(*rest, i))) break;
    }
    slice line = slice_sub(*rest, 0, i);
    size_t end = 1;
    if (i < rest->n && rest->p[i] == '\r' && i + 1 < rest->n && rest->p[i + 1] == '\n') end = 2;
    if (i < rest->n && (unsigned char)rest->p[i] == 0xE2) end = 3;
    *rest = slice_after(*rest, i + end);
    return line;
}

/* Trimmed of empty lines and trailing space, but with the indentation of the first line, which may be code's. */
static slice with_indentation(slice input, slice trimmed) {
    size_t start = (size_t)(trimmed.p - input.p), end = start + trimmed.n;
    while (start > 0 && (input.p[start - 1] == ' ' || input.p[start - 1] == '\t')) start--;
    return slice_sub(input, start, end);
}

enum text_problem text_check_body(struct arena *arena, slice input, size_t max_chars, slice *out) {
    slice trimmed;
    enum text_problem problem = look(input, max_chars, &trimmed);
    if (problem != TEXT_FINE) return problem;
    slice rest = with_indentation(input, trimmed);
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, rest.n);
    size_t empty_lines = 0;
    while (rest.n) add_body_line(&b, cut_line(&rest), &empty_lines);
    if (b.n == 0) return TEXT_EMPTY;
    return finish(arena, &b, max_chars, out);
}

/* Letters, digits and symbols that leave ink. U+2800 is an empty Braille cell; the Hangul fillers are letters by their
   category, and are default-ignorable. */
static bool is_visible(uint32_t c) {
    uint32_t category = U_GET_GC_MASK((UChar32)c);
    if (c == 0x2800 || u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return false;
    return (category & (U_GC_L_MASK | U_GC_N_MASK | U_GC_S_MASK)) != 0;
}

static bool is_allowed_in_name(uint32_t c, bool inside) {
    if (c == 0xFE0F) return inside;                /* the emoji form of what stands before it */
    if (c == 0x200C || c == 0x200D) return inside; /* joiners have their place in Persian, in Indic scripts, in emoji */
    if (c == 0x2800) return false;
    if (u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return false;
    return (U_GET_GC_MASK((UChar32)c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK)) ==
           0;
}

enum text_problem text_check_name(struct arena *arena, slice input, slice *out) {
    enum { MOST_MARKS = 4 }; /* on one letter; Thai and Tibetan need three */
    slice line;
    enum text_problem problem = text_check_line(arena, input, TEXT_MAX_NAME, &line);
    if (problem != TEXT_FINE) return problem;
    size_t visible = 0, marks = 0;
    slice rest = line;
    for (uint32_t c; utf8_next(&rest, &c);) {
        if (!is_allowed_in_name(c, visible > 0)) return TEXT_NOT_A_NAME;
        marks = (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) != 0 ? marks + 1 : 0;
        if (marks > MOST_MARKS) return TEXT_NOT_A_NAME;
        visible += is_visible(c);
    }
    if (visible == 0) return TEXT_NOT_A_NAME;
    *out = line;
    return TEXT_FINE;
}

/* One label of a host's name: 1–63 bytes, letters and digits of any script, '-' inside. */
static bool is_label(slice label) {
    if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
    for (uint32_t c; utf8_next(&label, &c);) {
        if (c != '-' && !unicode__is_alnum(c)) return false;
    }
    return true;
}

/* At least two labels, and the last is not a number (so no IPv4 address either). */
static bool is_domain(slice domain) {
    size_t labels = 0;
    slice last = {NULL, 0};
    for (slice rest = domain; rest.p;) {
        last = slice_cut(&rest, '.');
        if (!is_label(last)) return false;
        labels++;
    }
    uint64_t number;
    return labels >= 2 && last.n >= 2 && !slice_to_uint64(last, &number);
}

static bool is_local_part(slice local) {
    if (local.n == 0 || local.n > 64 || local.p[0] == '.' || local.p[local.n - 1] == '.') return false;
    if (slice_contains(local, S(".."))) return false;
    static const slice REFUSED = S_INIT("<>()[]\\,;:\"@");
    for (uint32_t c; utf8_next(&local, &c);) {
        if (unicode__is_space(c) || (c < 0x80 && slice_find_char(REFUSED, (char)c) != SIZE_MAX)) return false;
    }
    return true;
}

static slice lower(struct arena *arena, slice s) {
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, s.n * 3);
    for (uint32_t c; utf8_next(&s, &c);) utf8_add(&b, unicode__fold(c));
    return arena_copy(arena, buf_slice(&b));
}

enum text_problem text_check_email(struct arena *arena, slice input, slice *out) {
    slice line;
    enum text_problem problem = text_check_line(arena, input, TEXT_MAX_EMAIL, &line);
    if (problem != TEXT_FINE) return problem;
    if (line.n > TEXT_MAX_EMAIL) return TEXT_TOO_LONG;
    slice domain = line;
    slice local = slice_cut(&domain, '@');
    if (!domain.p || !is_local_part(local) || !is_domain(domain)) return TEXT_NOT_AN_EMAIL;
    domain = lower(arena, domain);
    *out = arena_format(arena, "%.*s@%.*s", SLICE_FMT(local), SLICE_FMT(domain));
    return TEXT_FINE;
}

enum text_problem text_check_website(struct arena *arena, slice input, slice *out) {
    slice line;
    enum text_problem problem = text_check_line(arena, input, TEXT_MAX_WEBSITE, &line);
    if (problem != TEXT_FINE) return problem;
    if (!slice_contains(line, S("://"))) line = arena_format(arena, "https://%.*s", SLICE_FMT(line));
    if (!url_is_web(line) || !is_domain(url_host(line))) return TEXT_NOT_A_WEBSITE;
    *out = line;
    return TEXT_FINE;
}
