#include "text/typography_number.h"

#include "text/unicode.h"

#define NBSP "\u00A0"
#define NNBSP "\u202F"

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

static bool is_apostrophe(uint32_t c) { return c == '\'' || c == 0x2019; }

/* How many digits stand at the front. */
static size_t digits_at(slice s) {
    size_t n = 0;
    while (n < s.n && is_digit((unsigned char)s.p[n])) n++;
    return n;
}

/* How many digits stand at the end. */
static size_t digits_before(slice s) {
    size_t n = 0;
    while (n < s.n && is_digit((unsigned char)s.p[s.n - 1 - n])) n++;
    return n;
}

/* "760 000", "1 234,5": one to three digits that begin a number, or three that follow such; then exactly three. */
static bool is_group(slice left, slice right) {
    size_t head = digits_before(left), tail = digits_at(right);
    if (head < 1 || head > 3 || tail != 3 || unicode__is_alnum(unicode__at(right, tail))) return false;
    uint32_t before = unicode__before(left, left.n - head);
    return !unicode__is_alnum(before) && before != '.' && before != ',' && before != '/' && before != '-';
}

/* A sign, or an abbreviation that ends there: "3 l'eau" and "2 m-2" are none. */
static bool is_unit(slice right) {
    static const slice SIGNS[] = {S_INIT("%"), S_INIT("\u2030"), S_INIT("\u20AC"),
                                  S_INIT("$"), S_INIT("\u00A3"), S_INIT("\u00B0")};
    static const slice WORDS[] = {
        S_INIT("h"),        S_INIT("min"),      S_INIT("s"),  S_INIT("km"), S_INIT("m"),       S_INIT("cm"),
        S_INIT("mm"),       S_INIT("kg"),       S_INIT("g"),  S_INIT("mg"), S_INIT("t"),       S_INIT("l"),
        S_INIT("cl"),       S_INIT("ml"),       S_INIT("ha"), S_INIT("W"),  S_INIT("kW"),      S_INIT("kWh"),
        S_INIT("MW"),       S_INIT("GW"),       S_INIT("Mo"), S_INIT("Go"), S_INIT("million"), S_INIT("millions"),
        S_INIT("milliard"), S_INIT("milliards")};
    for (size_t i = 0; i < ARRAY_COUNT(SIGNS); i++)
        if (slice_starts(right, SIGNS[i])) return true;
    for (size_t i = 0; i < ARRAY_COUNT(WORDS); i++) {
        if (!slice_starts(right, WORDS[i])) continue;
        uint32_t next = unicode__at(right, WORDS[i].n);
        if (next == 0xB2 || next == 0xB3) return true; /* m², m³ */
        if (!unicode__is_alnum(next) && !is_apostrophe(next) && next != '-' && next != '_') return true;
    }
    return false;
}

/* The bytes of the space at the end: as typed, or as this room has set it in a source that was copied from a page. */
static size_t space_before(slice s) {
    if (slice_ends(s, S(" "))) return 1;
    if (slice_ends(s, S(NBSP))) return 2;
    return slice_ends(s, S(NNBSP)) ? 3 : 0;
}

/* "7 h" before "15": the hours, then one or two digits. */
static bool is_minutes(slice left, slice right) {
    if (!slice_ends(left, S("h")) || digits_at(right) < 1 || digits_at(right) > 2) return false;
    slice hours = slice_sub(left, 0, left.n - 1);
    hours = slice_sub(hours, 0, hours.n - space_before(hours));
    return digits_before(hours) > 0;
}

/* Whether the text ends with the word and it is one. */
static bool ends_with_word(slice left, slice word) {
    if (!slice_ends(left, word)) return false;
    uint32_t before = unicode__before(left, left.n - word.n);
    return !unicode__is_alnum(before) && before != '.' && before != '-';
}

static bool ends_with_any(slice left, const slice *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (ends_with_word(left, words[i])) return true;
    return false;
}

static bool is_abbreviation(slice left) {
    static const slice WORDS[] = {S_INIT("n\u00B0"), S_INIT("N\u00B0"), S_INIT("n\u00BA"),
                                  S_INIT("N\u00BA"), S_INIT("no"),      S_INIT("p."),
                                  S_INIT("pp."),     S_INIT("art."),    S_INIT("vol.")};
    return ends_with_any(left, WORDS, ARRAY_COUNT(WORDS));
}

static bool is_title(slice left) {
    static const slice WORDS[] = {S_INIT("M."),   S_INIT("MM."),   S_INIT("Mme"), S_INIT("Mmes"),
                                  S_INIT("Mlle"), S_INIT("Mlles"), S_INIT("Dr"),  S_INIT("Mgr")};
    return ends_with_any(left, WORDS, ARRAY_COUNT(WORDS));
}

slice typography__bind(slice text, size_t at, uint32_t before) {
    slice left = slice_sub(text, 0, at), right = slice_after(text, at + 1);
    uint32_t next = unicode__at(right, 0);
    bool after_number = is_digit(at > 0 ? unicode__before(text, at) : before);
    if (after_number && is_group(left, right)) return S(NNBSP);
    if (after_number && is_unit(right)) return S(NBSP);
    if (is_digit(next) && (is_minutes(left, right) || is_abbreviation(left))) return S(NBSP);
    bool name = unicode__is_alnum(next) && !is_digit(next) && unicode__fold(next) != next;
    return name && is_title(left) ? S(NBSP) : S("");
}
