#include "text/search_words.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "text/unicode.h"

#include <assert.h>
#include <libstemmer.h>
#include <string.h>
#include <unicode/uchar.h>

enum { E_ACUTE = 0xE9 };

/* A word of some texts, and its term. */
enum { MET_BYTES = 23, MET_SLOTS = 8192 };
struct met {
    uint8_t word_n, term_n; /* word_n 0: free */
    char word[MET_BYTES], term[MET_BYTES];
};

struct search_stemmers {
    struct sb_stemmer *french, *english;
    const UNormalizer2 *nfd;
    struct met *met[2]; /* French, English; NULL: nothing is remembered. By the word's hash; the latest stays */
};

struct search_stemmers *search_stemmers_new(void) {
    struct search_stemmers *s = NEW(struct search_stemmers);
    UErrorCode code = U_ZERO_ERROR;
    s->french = sb_stemmer_new("french", NULL);
    s->english = sb_stemmer_new("english", NULL);
    s->nfd = unorm2_getNFDInstance(&code);
    assert(s->french && s->english && U_SUCCESS(code)); /* all three are linked in */
    return s;
}

void search_stemmers_free(struct search_stemmers *s) {
    if (!s) return;
    sb_stemmer_delete(s->french);
    sb_stemmer_delete(s->english);
    for (size_t i = 0; i < ARRAY_COUNT(s->met); i++) memory_free(s->met[i]);
    memory_free(s);
}

void search_stemmers_remember(struct search_stemmers *s) {
    for (size_t i = 0; i < ARRAY_COUNT(s->met); i++)
        if (!s->met[i]) s->met[i] = memory_alloc_array(MET_SLOTS, sizeof **s->met);
}

void search_stemmers_free_p(struct search_stemmers **s) { search_stemmers_free(*s); }

enum search_language search_language_of(slice tag) {
    bool whole = tag.n == 2 || (tag.n > 2 && tag.p[2] == '-');
    if (whole && slice_starts_nocase(tag, S("fr"))) return SEARCH_FRENCH;
    if (whole && slice_starts_nocase(tag, S("en"))) return SEARCH_ENGLISH;
    return SEARCH_OTHER;
}

/* Characters */

static bool is_apostrophe(uint32_t c) { return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0xFF07; }

/* Soft hyphens and joiners, which stand inside words and are not seen. */
static bool is_invisible(uint32_t c) { return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060; }

/* Written without spaces between words: each is a word. */
static bool stands_alone(uint32_t c) {
    if (c < 0x0E00) return false;
    return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x3040 && c <= 0x30FF) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_IDEOGRAPHIC);
}

static bool in_word(uint32_t c) { return unicode__is_alnum(c) && !is_apostrophe(c); }

/* Terms being made: small buffers of their own, since millions of words pass here. */

struct word_buf {
    char *p;
    size_t n;
};

static void put(struct word_buf *w, uint32_t c) {
    char bytes[4];
    size_t n = 0;
    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xC0 | c >> 6);
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xE0 | c >> 12);
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    } else {
        bytes[n++] = (char)(0xF0 | c >> 18);
        bytes[n++] = (char)(0x80 | (c >> 12 & 0x3F));
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (c & 0x3F));
    }
    if (w->n + n > SEARCH_TERM_BYTES) return;
    memcpy(w->p + w->n, bytes, n);
    w->n += n;
}

static void put_two(struct word_buf *w, char a, char b) {
    put(w, (uint32_t)a);
    put(w, (uint32_t)b);
}

static void put_small(struct word_buf *w, uint32_t c) {
    if (c < 0x80) {
        put(w, c >= 'A' && c <= 'Z' ? c + 32 : c);
        return;
    }
    switch (c) {
    case 0xC6:
    case 0xE6: put_two(w, 'a', 'e'); return;
    case 0x152:
    case 0x153: put_two(w, 'o', 'e'); return;
    case 0xDF:
    case 0x1E9E: put_two(w, 's', 's'); return;
    case 0x132:
    case 0x133: put_two(w, 'i', 'j'); return;
    case 0xFB00: put_two(w, 'f', 'f'); return;
    case 0xFB01: put_two(w, 'f', 'i'); return;
    case 0xFB02: put_two(w, 'f', 'l'); return;
    default: break;
    }
    if (c >= 0xFF01 && c <= 0xFF5E) { /* full width */
        put_small(w, c - 0xFEE0);
        return;
    }
    if (!is_invisible(c)) put(w, (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT));
}

static slice small(slice word, char room[static SEARCH_TERM_BYTES]) {
    struct word_buf w = {room, 0};
    for (uint32_t c; utf8_next(&word, &c);) put_small(&w, c);
    return slice_make(w.p, w.n);
}

static void put_bare(const struct search_stemmers *s, struct word_buf *w, uint32_t c) {
    switch (c) {
    case 0xF8: put(w, 'o'); return;
    case 0x142: put(w, 'l'); return;
    case 0x111:
    case 0xF0: put(w, 'd'); return;
    case 0x131: put(w, 'i'); return;
    default: break;
    }
    UChar parts[8];
    UErrorCode code = U_ZERO_ERROR;
    bool is_hangul = c >= 0xAC00 && c <= 0xD7A3;
    int32_t n = is_hangul ? -1 : unorm2_getDecomposition(s->nfd, (UChar32)c, parts, ARRAY_COUNT(parts), &code);
    if (n < 0 || U_FAILURE(code)) {
        if ((U_GET_GC_MASK((UChar32)c) & U_GC_MN_MASK) == 0) put(w, c);
        return;
    }
    for (int32_t i = 0; i < n;) { /* well-formed UTF-16: ICU's own */
        uint32_t part = parts[i++];
        if (U16_IS_LEAD(part) && i < n) part = (uint32_t)U16_GET_SUPPLEMENTARY(part, parts[i++]);
        if ((U_GET_GC_MASK((UChar32)part) & U_GC_MN_MASK) == 0)
            put(w, (uint32_t)u_foldCase((UChar32)part, U_FOLD_CASE_DEFAULT));
    }
}

static slice bare(const struct search_stemmers *s, slice word, char room[static SEARCH_TERM_BYTES]) {
    if (unicode__is_ascii(word)) {
        memmove(room, word.p, word.n);
        return slice_make(room, word.n);
    }
    struct word_buf w = {room, 0};
    for (uint32_t c; utf8_next(&word, &c);) {
        if (c < 0x80)
            put(&w, c);
        else
            put_bare(s, &w, c);
    }
    return slice_make(w.p, w.n);
}

static slice stem(struct sb_stemmer *stemmer, slice word) {
    const sb_symbol *out = sb_stemmer_stem(stemmer, (const sb_symbol *)word.p, (int)word.n);
    return slice_make(out, (size_t)sb_stemmer_length(stemmer));
}

static bool has_digit(slice word) {
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] >= '0' && word.p[i] <= '9') return true;
    return false;
}

/* word with its last e, or the first of two, as é: in room, which is not where word stands. */
static slice with_acute(slice word, size_t at, char room[static SEARCH_TERM_BYTES + 2]) {
    struct word_buf w = {room, 0};
    for (size_t i = 0; i < word.n; i++) {
        if (i == at)
            put(&w, E_ACUTE);
        else if (w.n < SEARCH_TERM_BYTES)
            w.p[w.n++] = word.p[i];
    }
    return slice_make(w.p, w.n);
}

/* The e of a French ending that stands for é where accents were left out: always of -ee and -ees (no French word is
   written so); on request of -e and -es, too. SIZE_MAX: none. */
static size_t lost_acute(slice word, bool restore) {
    size_t end = slice_ends(word, S("s")) ? word.n - 1 : word.n;
    if (word.n < 5 || end < 4 || word.p[end - 1] != 'e') return SIZE_MAX;
    if (word.p[end - 2] == 'e') return end - 2;
    if (!restore || !unicode__is_ascii(word)) return SIZE_MAX;
    slice before = slice_sub(word, 0, end - 1);
    bool short_ite = slice_ends(before, S("it")) && end < 8; /* petite, visite: not what they say */
    return short_ite ? SIZE_MAX : end - 1;
}

static slice term_french(struct search_reader *r, slice word) {
    struct search_stemmers *s = r->stemmers;
    char plain[SEARCH_TERM_BYTES], acute[SEARCH_TERM_BYTES + 2];
    if (r->form == SEARCH_UNACCENTED) word = bare(s, word, plain);
    size_t at = lost_acute(word, r->form == SEARCH_RESTORED);
    if (at != SIZE_MAX) word = with_acute(word, at, acute);
    return bare(s, stem(s->french, word), r->term);
}

static slice make_term(struct search_reader *r, slice word) {
    char room[SEARCH_TERM_BYTES], plain[SEARCH_TERM_BYTES];
    slice low = small(word, room);
    bool stems = !has_digit(low);
    if (stems && r->language == SEARCH_FRENCH) return term_french(r, low);
    if (!stems || r->language == SEARCH_OTHER) return bare(r->stemmers, low, r->term);
    return bare(r->stemmers, stem(r->stemmers->english, bare(r->stemmers, low, plain)), r->term);
}

/* Where this word would be remembered; NULL: nowhere. */
static struct met *met_of(const struct search_reader *r, slice word) {
    if (r->language == SEARCH_OTHER || r->form != SEARCH_AS_WRITTEN || word.n > MET_BYTES) return NULL;
    struct met *met = r->stemmers->met[r->language];
    return met ? &met[slice_hash(word) % MET_SLOTS] : NULL;
}

static slice term_of(struct search_reader *r, slice word) {
    struct met *met = met_of(r, word);
    if (!met) return make_term(r, word);
    if (!slice_equal(slice_make(met->word, met->word_n), word)) {
        slice term = make_term(r, word);
        if (term.n > MET_BYTES) return term;
        memcpy(met->word, word.p, word.n);
        memcpy(met->term, term.p, term.n);
        met->word_n = (uint8_t)word.n;
        met->term_n = (uint8_t)term.n;
    }
    memcpy(r->term, met->term, met->term_n);
    return slice_make(r->term, met->term_n);
}

/* Reading */

static bool is_elided(slice word) {
    static const slice ELIDED[] = {S_INIT("l"),  S_INIT("d"),     S_INIT("c"),      S_INIT("j"),
                                   S_INIT("m"),  S_INIT("n"),     S_INIT("s"),      S_INIT("t"),
                                   S_INIT("qu"), S_INIT("jusqu"), S_INIT("lorsqu"), S_INIT("puisqu")};
    for (size_t i = 0; i < ARRAY_COUNT(ELIDED); i++)
        if (slice_equal_nocase(word, ELIDED[i])) return true;
    return false;
}

void search_reader_init(struct search_reader *r, struct search_stemmers *stemmers, enum search_language language,
                        slice text) {
    r->stemmers = stemmers;
    r->language = language;
    r->form = SEARCH_AS_WRITTEN;
    r->text = text;
    r->at = 0;
}

/* How many letters and digits of ASCII stand at the front: most of what words are made of. */
static size_t ascii_run(slice s) {
    size_t i = 0;
    for (; i < s.n; i++) {
        char c = s.p[i], small_c = (char)(c | 0x20);
        if (!(c >= '0' && c <= '9') && !(small_c >= 'a' && small_c <= 'z')) break;
    }
    return i;
}

/* The next run of a word's characters; before, after: what stands around it. */
static bool find_word(struct search_reader *r, size_t *from, size_t *to, uint32_t *before, uint32_t *after) {
    slice rest = slice_after(r->text, r->at);
    uint32_t c = 0, last = unicode__before(r->text, r->at);
    size_t at = r->at;
    while (utf8_next(&rest, &c) && !in_word(c)) {
        last = c;
        at = r->text.n - rest.n;
    }
    if (at == r->text.n) return false;
    *from = at;
    *before = last;
    bool alone = stands_alone(c);
    at = *to = r->text.n - rest.n;
    *after = 0;
    for (;;) {
        size_t plain = alone ? 0 : ascii_run(rest);
        if (plain) {
            rest = slice_after(rest, plain);
            at = *to = r->text.n - rest.n;
            *after = 0;
        }
        if (!utf8_next(&rest, &c)) break;
        bool mark = c >= 0x300 && (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) != 0;
        bool goes_on = mark || is_invisible(c) || (!alone && in_word(c) && !stands_alone(c));
        *after = c;
        if (!goes_on) break;
        at = *to = r->text.n - rest.n;
        *after = 0;
    }
    r->at = at;
    return true;
}

/* Whether it is only the elided or possessive part of another word. */
static bool is_part(const struct search_reader *r, slice word, uint32_t before, uint32_t after) {
    if (r->language == SEARCH_FRENCH && is_apostrophe(after) && is_elided(word)) {
        slice rest = slice_after(r->text, r->at);
        uint32_t c;
        return utf8_next(&rest, &c) && utf8_next(&rest, &c) && in_word(c);
    }
    return r->language == SEARCH_ENGLISH && is_apostrophe(before) && slice_equal_nocase(word, S("s")) &&
           (size_t)(word.p - r->text.p) >= 2;
}

bool search_read(struct search_reader *r, struct search_word *out) {
    uint32_t before, after;
    while (find_word(r, &out->from, &out->to, &before, &after)) {
        slice word = slice_sub(r->text, out->from, out->to);
        if (is_part(r, word, before, after)) continue;
        out->term = term_of(r, word);
        if (out->term.n) return true;
    }
    return false;
}

bool search_is_common(slice term) {
    /* Stems of French and English: articles, pronouns, prepositions, the commonest auxiliaries. */
    static const slice COMMON[] = {
        S_INIT("a"),    S_INIT("ai"),    S_INIT("an"),    S_INIT("and"),  S_INIT("are"),  S_INIT("as"),
        S_INIT("at"),   S_INIT("au"),    S_INIT("aux"),   S_INIT("avec"), S_INIT("be"),   S_INIT("but"),
        S_INIT("by"),   S_INIT("ce"),    S_INIT("cel"),   S_INIT("ces"),  S_INIT("cet"),  S_INIT("cett"),
        S_INIT("comm"), S_INIT("dan"),   S_INIT("dans"),  S_INIT("de"),   S_INIT("des"),  S_INIT("du"),
        S_INIT("elle"), S_INIT("elles"), S_INIT("en"),    S_INIT("est"),  S_INIT("et"),   S_INIT("eux"),
        S_INIT("for"),  S_INIT("from"),  S_INIT("had"),   S_INIT("has"),  S_INIT("have"), S_INIT("he"),
        S_INIT("her"),  S_INIT("his"),   S_INIT("i"),     S_INIT("il"),   S_INIT("ils"),  S_INIT("in"),
        S_INIT("is"),   S_INIT("it"),    S_INIT("its"),   S_INIT("je"),   S_INIT("la"),   S_INIT("le"),
        S_INIT("les"),  S_INIT("leur"),  S_INIT("leurs"), S_INIT("lui"),  S_INIT("ma"),   S_INIT("mais"),
        S_INIT("me"),   S_INIT("mes"),   S_INIT("moi"),   S_INIT("mon"),  S_INIT("ne"),   S_INIT("nos"),
        S_INIT("not"),  S_INIT("notr"),  S_INIT("nous"),  S_INIT("of"),   S_INIT("on"),   S_INIT("or"),
        S_INIT("ou"),   S_INIT("par"),   S_INIT("pas"),   S_INIT("pour"), S_INIT("qu"),   S_INIT("que"),
        S_INIT("qui"),  S_INIT("sa"),    S_INIT("se"),    S_INIT("ses"),  S_INIT("she"),  S_INIT("si"),
        S_INIT("son"),  S_INIT("sont"),  S_INIT("sur"),   S_INIT("ta"),   S_INIT("te"),   S_INIT("tes"),
        S_INIT("that"), S_INIT("the"),   S_INIT("their"), S_INIT("they"), S_INIT("this"), S_INIT("to"),
        S_INIT("toi"),  S_INIT("ton"),   S_INIT("tu"),    S_INIT("un"),   S_INIT("une"),  S_INIT("vos"),
        S_INIT("votr"), S_INIT("vous"),  S_INIT("was"),   S_INIT("we"),   S_INIT("were"), S_INIT("with"),
        S_INIT("y"),    S_INIT("you"),   S_INIT("your"),
    };
    for (size_t i = 0; i < ARRAY_COUNT(COMMON); i++)
        if (slice_equal(term, COMMON[i])) return true;
    return false;
}
