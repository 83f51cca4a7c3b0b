#include "text/proofread.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/unicode.h"
#include "text/words.h"

#include <unicode/uchar.h>

enum {
    WORD_BYTES = 60, /* longer ones are no words */
    LOOK_AHEAD = 64, /* words of the source that may stand between two of the HTML: a link's address */
    LAST_LATIN = 0x24F,
};

struct reader {
    struct arena *arena;
    const struct proofread_options *options;
    struct words_flat flat;
    slice source;
    struct proofread *out;
    struct proofread_mark *marks;
    slice *asked;
    bool french;
    struct word_list shown;
    /* Of the source, once a word is to be marked: its words, and the first that has no counterpart before `matched`. */
    struct word_list typed;
    size_t matched, next;
};

/* --- What is left alone ---------------------------------------------------------------------------------------------- */

static bool is_upper(uint32_t c) { return c < 0x80 ? c >= 'A' && c <= 'Z' : u_isupper((UChar32)c); }

/* Digits, other scripts, capitals behind the front: not for a dictionary. */
static bool is_plain_word(slice word) {
    size_t letters = 0;
    uint32_t c;
    for (slice rest = word; utf8_next(&rest, &c); letters++) {
        if (c >= 'a' && c <= 'z') continue;
        bool apostrophe = c == 0x2019 || c == 0x2011;
        if (u_isdigit((UChar32)c) || c == 0xB7 || (c > LAST_LATIN && !apostrophe)) return false;
        if (letters > 0 && is_upper(c)) return false;
    }
    return letters > 1 && word.n <= WORD_BYTES;
}

static bool is_alnum_before(slice text, size_t at) { return at > 0 && unicode__is_alnum(unicode__before(text, at)); }

/* Part of an address, a file's name, a form such as auteur(trice), a word half of which stands in a tag. */
static bool is_part_of_more(const struct words_flat *f, const struct word *w) {
    slice text = f->text;
    char before = w->start > 0 ? text.p[w->start - 1] : ' ', after = w->end < text.n ? text.p[w->end] : ' ';
    bool letter_after = w->end + 1 < text.n && unicode__is_alnum(unicode__at(text, w->end + 1));
    bool letter_before = w->start > 0 && is_alnum_before(text, w->start - 1);
    if ((f->flags[w->start] & WORDS_TAG) && is_alnum_before(text, w->start)) return true;
    if (w->end < text.n && (f->flags[w->end] & WORDS_TAG) && unicode__is_alnum(unicode__at(text, w->end))) return true;
    if (slice_find_char(S("@#/\\_&="), before) != SIZE_MAX) return true;
    if (slice_find_char(S(".()"), before) != SIZE_MAX && letter_before) return true;
    return slice_find_char(S("@/\\_.("), after) != SIZE_MAX && letter_after;
}

/* Whether a sentence starts here: at the front of a line, or after its end, brackets and quotation marks aside. */
static bool starts_sentence(slice text, size_t at) {
    static const uint32_t ENDS[] = U".!?…:;\n\v";
    static const uint32_t PASSED[] = U" \t\u00A0\u202F\"'«»“”‘’()[]-–—*";
    while (at > 0) {
        uint32_t c = unicode__before(text, at);
        for (const uint32_t *end = ENDS; *end; end++)
            if (*end == c) return true;
        const uint32_t *passed = PASSED;
        while (*passed && *passed != c) passed++;
        if (!*passed) return false;
        at--;
        while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80) at--;
    }
    return true;
}

static bool has_capital(slice word) { return is_upper(unicode__at(word, 0)); }

static bool is_left_alone(const struct words_flat *f, const struct word *w) {
    slice word = slice_sub(f->text, w->start, w->end);
    if ((f->flags[w->start] & WORDS_ASIDE) || !is_plain_word(word) || is_part_of_more(f, w)) return true;
    return has_capital(word) && !starts_sentence(f->text, w->start);
}

/* --- What is known --------------------------------------------------------------------------------------------------- */

static bool dictionary_knows(struct reader *r, slice word) { return r->options->knows(r->options->ctx, word); }

/* oe for œ, ae for æ: keyboards have no key for them. */
static bool knows_with_ligatures(struct reader *r, slice word) {
    static const struct {
        slice typed, meant;
    } LIGATURES[] = {{S_INIT("oe"), S_INIT("œ")}, {S_INIT("Oe"), S_INIT("Œ")}, {S_INIT("ae"), S_INIT("æ")}};
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 4 * WORD_BYTES);
    bool any = false;
    for (size_t i = 0; i < word.n;) {
        size_t k = 0;
        while (k < ARRAY_COUNT(LIGATURES) && !slice_starts(slice_after(word, i), LIGATURES[k].typed)) k++;
        bool found = k < ARRAY_COUNT(LIGATURES);
        buf_add(&b, found ? LIGATURES[k].meant : slice_sub(word, i, i + 1));
        i += found ? 2 : 1;
        any = any || found;
    }
    return any && dictionary_knows(r, buf_slice(&b));
}

/* Many leave capitals without their accents. */
static bool knows_with_accent(struct reader *r, slice word) {
    static const slice MEANT[] = {S_INIT("É"), S_INIT("À"), S_INIT("È"), S_INIT("Ê"), S_INIT("Ç"),
                                  S_INIT("Â"), S_INIT("Î"), S_INIT("Ô"), S_INIT("Û")};
    static const char TYPED[] = "EAEECAIOU";
    for (size_t i = 0; i < ARRAY_COUNT(MEANT); i++) {
        if (word.p[0] != TYPED[i]) continue;
        slice meant = arena_format(r->arena, "%.*s%.*s", SLICE_FMT(MEANT[i]), SLICE_FMT(slice_after(word, 1)));
        if (dictionary_knows(r, meant)) return true;
    }
    return false;
}

static bool knows(struct reader *r, slice word) {
    if (dictionary_knows(r, word)) return true;
    if (r->french && (knows_with_ligatures(r, word) || knows_with_accent(r, word))) return true;
    return r->options->excuses && r->options->excuses(r->options->ctx, word);
}

/* The length of an elision at the front ("l’", "jusqu'"); 0: none. */
static size_t elision(slice word) {
    static const slice ELISIONS[] = {S_INIT("l"),      S_INIT("d"),      S_INIT("j"),      S_INIT("m"),
                                     S_INIT("t"),      S_INIT("s"),      S_INIT("n"),      S_INIT("c"),
                                     S_INIT("qu"),     S_INIT("jusqu"),  S_INIT("lorsqu"), S_INIT("puisqu"),
                                     S_INIT("quoiqu"), S_INIT("presqu"), S_INIT("quelqu"), S_INIT("entr")};
    for (size_t i = 0; i < ARRAY_COUNT(ELISIONS); i++) {
        if (!slice_starts_nocase(word, ELISIONS[i])) continue;
        size_t n = words__apostrophe(slice_after(word, ELISIONS[i].n));
        if (n) return ELISIONS[i].n + n;
    }
    return 0;
}

/* The length of an English genitive at the end ("’s", "s’"); 0: none. */
static size_t genitive(slice word) {
    static const slice ENDINGS[] = {S_INIT("'s"), S_INIT("’s")};
    for (size_t i = 0; i < ARRAY_COUNT(ENDINGS); i++)
        if (slice_ends(word, ENDINGS[i])) return ENDINGS[i].n;
    return 0;
}

/* What stands before a hyphen and is no word alone. */
static bool is_prefix(slice part) {
    static const slice PREFIXES[] = {
        S_INIT("ex"),       S_INIT("anti"),  S_INIT("non"),   S_INIT("mi"),    S_INIT("semi"),   S_INIT("demi"),
        S_INIT("pro"),      S_INIT("auto"),  S_INIT("co"),    S_INIT("quasi"), S_INIT("franco"), S_INIT("anglo"),
        S_INIT("germano"),  S_INIT("italo"), S_INIT("sino"),  S_INIT("afro"),  S_INIT("euro"),   S_INIT("socio"),
        S_INIT("politico"), S_INIT("éco"),   S_INIT("néo"),   S_INIT("post"),  S_INIT("pré"),    S_INIT("sous"),
        S_INIT("vice"),     S_INIT("ultra"), S_INIT("micro"), S_INIT("mini"),  S_INIT("multi"),  S_INIT("inter"),
        S_INIT("extra"),    S_INIT("super"), S_INIT("hyper"), S_INIT("re"),    S_INIT("self"),   S_INIT("t"),
    };
    for (size_t i = 0; i < ARRAY_COUNT(PREFIXES); i++)
        if (slice_equal_nocase(part, PREFIXES[i])) return true;
    return false;
}

/* --- Marking ---------------------------------------------------------------------------------------------------------- */

/* So many bytes of `of` are so many characters, and so many bytes of `in`: apostrophes differ in length. */
static size_t same_place(slice of, size_t bytes, slice in) {
    return utf8_prefix(in, utf8_length(slice_sub(of, 0, bytes))).n;
}

static size_t find_word(struct proofread *p, slice word) {
    for (size_t i = 0; i < p->word_count; i++)
        if (slice_equal(p->words[i], word)) return i;
    if (p->word_count == PROOFREAD_WORDS) return SIZE_MAX;
    p->words[p->word_count] = word;
    return p->word_count++;
}

/* Of a word of the flat text, the word of the source that it was made from; NULL: there is none near. All words before it
   are gone through in their order; it is asked for in that order, too. */
static const struct word *counterpart(struct reader *r, const struct word *w) {
    const struct word *at = NULL;
    if (!r->typed.items) r->typed = words__split(r->arena, r->source, NULL);
    for (size_t i = (size_t)(w - r->shown.items); r->matched <= i; r->matched++) {
        const struct word *shown = &r->shown.items[r->matched];
        slice word = slice_sub(r->flat.text, shown->start, shown->end);
        size_t k = r->next, end = r->next + LOOK_AHEAD < r->typed.count ? r->next + LOOK_AHEAD : r->typed.count;
        while (k < end && !words__equal(word, slice_sub(r->source, r->typed.items[k].start, r->typed.items[k].end)))
            k++;
        at = k < end ? &r->typed.items[k] : NULL;
        if (at) r->next = k + 1;
    }
    return at;
}

/* w: of the flat text; at: its counterpart in the source, or NULL; [from, to): bytes of the word. */
static void mark(struct reader *r, const struct word *w, const struct word *at, size_t from, size_t to) {
    if (!at || r->out->mark_count == PROOFREAD_MARKS) return;
    slice word = slice_sub(r->flat.text, w->start, w->end), typed = slice_sub(r->source, at->start, at->end);
    size_t start = same_place(word, from, typed), end = same_place(word, to, typed);
    size_t number = find_word(r->out, slice_sub(typed, start, end));
    if (number == SIZE_MAX) return;
    r->marks[r->out->mark_count++] = (struct proofread_mark){
        .html_start = r->flat.origin[w->start + from],
        .html_end = r->flat.past[w->start + to - 1],
        .source_start = at->start + start,
        .source_end = at->start + end,
        .word = number,
    };
}

/* The parts between hyphens that nobody knows. */
static bool mark_parts(struct reader *r, const struct word *w, size_t from, size_t to) {
    slice word = slice_sub(r->flat.text, w->start, w->end);
    const struct word *at = counterpart(r, w);
    bool any = false;
    while (from < to) {
        size_t n = slice_find_char(slice_sub(word, from, to), '-');
        size_t end = n == SIZE_MAX ? to : from + n;
        slice part = slice_sub(word, from, end);
        if (utf8_length(part) > 1 && !is_prefix(part) && !knows(r, part)) {
            mark(r, w, at, from, end);
            any = true;
        }
        from = end + 1;
    }
    return any;
}

static void look_at(struct reader *r, const struct word *w) {
    slice word = slice_sub(r->flat.text, w->start, w->end);
    if (is_left_alone(&r->flat, w)) return;
    r->asked[r->out->asked_count++] = word;
    if (knows(r, word)) return;
    size_t from = 0, to = word.n;
    for (size_t n; r->french && (n = elision(slice_sub(word, from, to))) > 0;) from += n;
    if (!r->french) to -= genitive(word);
    if (from >= to || ((from || to < word.n) && knows(r, slice_sub(word, from, to)))) return;
    if (mark_parts(r, w, from, to)) r->out->unknown_count++;
}

void proofread_find(struct arena *arena, const struct proofread_options *options, struct html html, slice source,
                    struct proofread *out) {
    *out = (struct proofread){.html = html, .source = source};
    struct reader r = {.arena = arena,
                       .options = options,
                       .flat = words__flatten(arena, html),
                       .source = source,
                       .out = out,
                       .french = slice_starts_nocase(options->language, S("fr"))};
    r.shown = words__split(arena, r.flat.text, r.flat.flags);
    r.marks = ARENA_ARRAY(arena, PROOFREAD_MARKS, struct proofread_mark);
    r.asked = ARENA_ARRAY(arena, r.shown.count + 1, slice);
    out->marks = r.marks;
    out->asked = r.asked;
    for (size_t i = 0; i < r.shown.count; i++) look_at(&r, &r.shown.items[i]);
}

/* --- What becomes of the marks ------------------------------------------------------------------------------------------ */

/* Characters outside the Basic Multilingual Plane are two units. */
static size_t utf16_units(slice text) {
    size_t units = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c & 0xC0) != 0x80) units += c >= 0xF0 ? 2 : 1;
    }
    return units;
}

struct html proofread_mark_html(struct arena *arena, const struct proofread *p) {
    if (p->mark_count == 0) return p->html;
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, p->html.s.n + p->mark_count * 96);
    size_t done = 0, counted = 0, units = 0;
    for (size_t i = 0; i < p->mark_count; i++) {
        const struct proofread_mark *m = &p->marks[i];
        units += utf16_units(slice_sub(p->source, counted, m->source_start));
        counted = m->source_start;
        buf_add(&b, slice_sub(p->html.s, done, m->html_start));
        buf_add_format(&b, "<u class=\"unknown\" data-word=\"%zu\" data-at=\"%zu\">", m->word, units);
        buf_add(&b, slice_sub(p->html.s, m->html_start, m->html_end));
        buf_add(&b, S("</u>"));
        done = m->html_end;
    }
    buf_add(&b, slice_after(p->html.s, done));
    return (struct html){arena_copy(arena, buf_slice(&b))};
}

static const struct proofread_change *change_of(slice word, const struct proofread_change *changes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(changes[i].word, word)) return &changes[i];
    return NULL;
}

slice proofread_apply(struct arena *arena, const struct proofread *p, const struct proofread_change *changes,
                      size_t count) {
    size_t most = p->source.n, done = 0;
    for (size_t i = 0; i < count; i++) most += PROOFREAD_MARKS * changes[i].to.n;
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, most);
    for (size_t i = 0; i < p->mark_count; i++) {
        const struct proofread_mark *m = &p->marks[i];
        const struct proofread_change *change = change_of(p->words[m->word], changes, count);
        if (!change) continue;
        buf_add(&b, slice_sub(p->source, done, m->source_start));
        buf_add(&b, change->to);
        done = m->source_end;
    }
    buf_add(&b, slice_after(p->source, done));
    return arena_copy(arena, buf_slice(&b));
}
