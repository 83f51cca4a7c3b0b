#include "text/evasion.h"

#include "base/utf8.h"
#include "text/unicode.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

enum {
    FOLDED_MAX = 4,    /* letters that one character becomes, at most: ﬃ */
    CACHE_SLOTS = 256, /* a power of two */
    SPELT_LETTERS = 3, /* fewer letters apart are words: "y a" */
    LIGHT_SPACES = 1,  /* between two letters of a word spelt out, at most */
    LIGHT_SIGNS = 2,
};

struct folded {
    uint32_t from; /* the character; 0: slot not used */
    uint32_t c[FOLDED_MAX];
    uint8_t count; /* 0: invisible, or a mark on the letter before */
};

struct folder {
    struct arena *arena; /* of the text */
    const UNormalizer2 *case_folded, *decomposed;
    USpoofChecker *spoof; /* opened when it is first needed */
    struct folded *cache; /* likewise */
};

/* A sign or digit and what people write it for. */
static inline const char *disguise(uint32_t c) {
    static const char *const ASCII[0x80] = {
        ['0'] = "o", ['1'] = "il", ['2'] = "z", ['3'] = "e", ['4'] = "a", ['5'] = "s",  ['6'] = "g", ['7'] = "t",
        ['8'] = "b", ['9'] = "g",  ['@'] = "a", ['$'] = "s", ['!'] = "i", ['|'] = "il", ['+'] = "t",
    };
    if (c < 0x80) return ASCII[c];
    switch (c) {
    case 0x20AC: return "e";
    case 0xA3: return "l";
    case 0xA1: return "i";
    case 0xA7: return "s";
    default: return NULL;
    }
}

bool evasion_reads(uint32_t c, uint32_t letter) {
    if (c == letter) return true;
    if (letter >= 0x80 || letter == 0) return false;
    const char *letters = disguise(c);
    return letters && strchr(letters, (int)letter);
}

static inline uint32_t symbol_of(uint32_t c) {
    const char *letters = disguise(c);
    uint32_t letter = letters ? (uint32_t)(unsigned char)letters[0] : c;
    return letter == 'l' ? 'i' : letter;
}

/* --- One character ------------------------------------------------------------------------------------------------ */

static void put(struct folded *out, uint32_t c) {
    if (out->count < FOLDED_MAX) out->c[out->count++] = c;
}

static bool is_latin_or_digit(uint32_t c) { return c < 0x80 && unicode__is_alnum(c); }

/* Letters that have no decomposition. */
static bool put_special(struct folded *out, uint32_t c) {
    static const struct {
        uint32_t c;
        char letters[3];
    } SPECIAL[] = {{0xE6, "ae"}, {0x153, "oe"}, {0xF8, "o"},  {0x142, "l"}, {0x111, "d"},
                   {0xF0, "d"},  {0x127, "h"},  {0x131, "i"}, {0x167, "t"}, {0x180, "b"}};
    for (size_t i = 0; i < ARRAY_COUNT(SPECIAL); i++) {
        if (SPECIAL[i].c != c) continue;
        for (const char *p = SPECIAL[i].letters; *p; p++) put(out, (uint32_t)*p);
        return true;
    }
    return false;
}

/* What looks like letters of ours becomes them: Cyrillic а, Greek ο. UTS #39 writes I, l, 1 and | all as l: a look-alike
   of them may be read either way, as the digit may. */
static bool put_lookalike(struct folder *f, struct folded *out, uint32_t c) {
    UErrorCode code = U_ZERO_ERROR;
    if (!f->spoof) f->spoof = uspoof_open(&code);
    UChar in[2], skeleton[8];
    int32_t in_n = 0, n;
    UBool failed = false;
    U16_APPEND(in, in_n, 2, (UChar32)c, failed);
    if (failed || U_FAILURE(code)) return false;
    n = uspoof_getSkeleton(f->spoof, 0, in, in_n, skeleton, 8, &code);
    if (U_FAILURE(code) || n < 1 || n > FOLDED_MAX) return false;
    for (int32_t i = 0; i < n; i++)
        if (!is_latin_or_digit(skeleton[i])) return false;
    for (int32_t i = 0; i < n; i++) put(out, skeleton[i] == 'l' ? '1' : unicode__fold(skeleton[i]));
    return true;
}

static void fold_one(struct folder *f, struct folded *out, uint32_t c) {
    if (c < 0x80) {
        put(out, unicode__fold(c));
        return;
    }
    UErrorCode code = U_ZERO_ERROR;
    UChar in[2], folded[32], apart[64];
    UChar32 parts[64];
    int32_t in_n = 0, n;
    UBool failed = false;
    U16_APPEND(in, in_n, 2, (UChar32)c, failed);
    n = failed ? 0 : unorm2_normalize(f->case_folded, in, in_n, folded, 32, &code);
    if (!failed && U_SUCCESS(code)) n = unorm2_normalize(f->decomposed, folded, n, apart, 64, &code);
    if (!failed && U_SUCCESS(code)) u_strToUTF32(parts, 64, &n, apart, n, &code);
    if (failed || U_FAILURE(code)) { /* U+FDFA, 18 characters long, and its like are no letters of a word */
        put(out, ' ');
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        uint32_t part = (uint32_t)parts[i];
        if (U_GET_GC_MASK((UChar32)part) & U_GC_MN_MASK) continue;
        bool foreign = part >= 0x80 && unicode__is_alnum(part);
        if (foreign && put_special(out, part)) continue;
        /* The capital first: Н is no h, but it looks like H. */
        if (foreign && i == n - 1 && out->count == 0 && put_lookalike(f, out, c)) continue;
        if (foreign && put_lookalike(f, out, part)) continue;
        put(out, part);
    }
}

static void folder_open(struct folder *f) {
    UErrorCode code = U_ZERO_ERROR;
    f->case_folded = unorm2_getNFKCCasefoldInstance(&code);
    f->decomposed = unorm2_getNFDInstance(&code);
    assert(U_SUCCESS(code)); /* the data is linked in */
}

/* Nearly all that a text in a European language is made of, found out once. */
enum { LATIN = 0x250, MARKS_FROM = 0x2000, MARKS = 0x40 };
static struct folded latin[LATIN], marks[MARKS];

static void fold_usual(void) {
    struct folder f = {0};
    folder_open(&f);
    for (uint32_t c = 0; c < LATIN; c++) fold_one(&f, &latin[c], c);
    for (uint32_t c = 0; c < MARKS; c++) fold_one(&f, &marks[c], MARKS_FROM + c);
    if (f.spoof) uspoof_close(f.spoof);
}

static const struct folded *fold(struct folder *f, uint32_t c) {
    if (c < LATIN) return &latin[c];
    if (c >= MARKS_FROM && c < MARKS_FROM + MARKS) return &marks[c - MARKS_FROM];
    if (!f->case_folded) folder_open(f);
    if (!f->cache) f->cache = ARENA_ARRAY(f->arena, CACHE_SLOTS, struct folded);
    struct folded *slot = &f->cache[(c * 2654435761u >> 16) % CACHE_SLOTS];
    if (slot->from == c) return slot;
    *slot = (struct folded){.from = c};
    fold_one(f, slot, c);
    return slot;
}

/* --- The text ----------------------------------------------------------------------------------------------------- */

struct reading {
    struct evasion out;
    size_t room;
    /* since the last letter */
    size_t spaces, signs;
    bool any_gap, breaks; /* breaks: a line ends, or what is no sign of a word */
};

static bool is_joint(uint32_t c) {
    return c < 0x80 ? c && strchr("-._*~/\\+=^|", (int)c) : c == 0xB7 || c == 0x2022 || c == 0x2010 || c == 0x2011;
}

static inline bool is_plain(uint32_t c) { return c >= 'a' && c <= 'z'; }

static inline bool is_letter(uint32_t c) { return is_plain(c) || unicode__is_alnum(c); }

/* A sign is read as a letter where it stands like one: within a word, or, for those that end no sentence, at its edge. */
static bool stands_for_letter(uint32_t c, uint32_t before, uint32_t after) {
    if ((c < 0x80 && unicode__is_alnum(c)) || !disguise(c)) return false;
    bool ends_nothing = c == '@' || c == '$' || c == 0x20AC || c == 0xA3;
    if (ends_nothing) return is_letter(before) || is_letter(after) || before == c;
    return is_letter(after) && (is_letter(before) || before == c || c == '!' || c == 0xA1);
}

static void note_gap(struct reading *r, uint32_t c) {
    r->any_gap = true;
    if (unicode__is_space(c) && c != '\n')
        r->spaces++;
    else if (is_joint(c))
        r->signs++;
    else
        r->breaks = true;
}

static inline enum evasion_gap gap_of(const struct reading *r) {
    if (r->out.count == 0) return GAP_WORD;
    if (!r->any_gap) return GAP_NONE;
    return r->spaces == 0 && !r->breaks && r->signs <= LIGHT_SIGNS ? GAP_JOINT : GAP_WORD;
}

/* Little enough to stand between the letters of a word spelt out. */
static inline bool is_light(const struct reading *r) {
    return r->any_gap && !r->breaks && r->spaces <= LIGHT_SPACES && r->signs <= LIGHT_SIGNS;
}

static bool is_ambiguous(uint32_t c) {
    const char *letters = disguise(c);
    return letters && letters[1];
}

static inline bool continues_run(const struct evasion_letter *last, const struct evasion_letter *next) {
    if (last->run > UINT16_MAX - next->run) return false;
    if (last->c == next->c) return true;
    if (is_plain(last->c) && is_plain(next->c)) return false;
    if (is_ambiguous(last->c) || is_ambiguous(next->c)) return false; /* k1ll is kill, not klll */
    return evasion_reads(next->c, last->c) || evasion_reads(last->c, next->c);
}

static void merge(struct evasion_letter *last, const struct evasion_letter *next) {
    if (evasion_reads(last->c, next->c)) last->c = next->c;
    last->disguised |= next->disguised;
    last->run = (uint16_t)(last->run + next->run);
    last->to = next->to;
}

static void add_letter(struct reading *r, uint8_t *light, uint32_t c, size_t from, size_t to) {
    struct evasion_letter letter = {.c = c,
                                    .symbol = symbol_of(c),
                                    .from = (uint32_t)from,
                                    .to = (uint32_t)to,
                                    .run = 1,
                                    .gap = (uint8_t)gap_of(r),
                                    .disguised = disguise(c) != NULL};
    bool apart = is_light(r);
    r->spaces = r->signs = 0;
    r->any_gap = r->breaks = false;
    struct evasion_letter *last = r->out.count ? &r->out.letters[r->out.count - 1] : NULL;
    if (last && letter.gap == GAP_NONE && continues_run(last, &letter)) {
        merge(last, &letter);
        return;
    }
    assert(r->out.count < r->room);
    light[r->out.count] = apart;
    r->out.letters[r->out.count++] = letter;
}

/* Letters that stand alone, one after the other, are one word. */
static void settle_spelling(struct evasion *e, const uint8_t *light) {
    for (size_t i = 0; i < e->count;) {
        size_t end = i + 1;
        bool alone = e->letters[i].gap != GAP_NONE;
        while (alone && end < e->count && light[end]) end++;
        /* The last one belongs to what follows it when nothing stands between. */
        if (alone && end < e->count && e->letters[end].gap == GAP_NONE) end--;
        if (alone && end >= i + SPELT_LETTERS)
            for (size_t k = i + 1; k < end; k++) e->letters[k].gap = GAP_SPELT;
        i = end > i ? end : i + 1;
    }
}

struct evasion evasion_merged(struct arena *arena, const struct evasion *evasion, enum evasion_gap gap) {
    size_t first = 0;
    while (first < evasion->count && evasion->letters[first].gap != gap) first++;
    if (first == evasion->count) return *evasion;
    struct evasion out = {ARENA_ARRAY(arena, evasion->count + 1, struct evasion_letter), first};
    memcpy(out.letters, evasion->letters, first * sizeof *out.letters);
    for (size_t i = first; i < evasion->count; i++) {
        const struct evasion_letter *letter = &evasion->letters[i];
        struct evasion_letter *last = out.count ? &out.letters[out.count - 1] : NULL;
        if (last && letter->gap == gap && continues_run(last, letter))
            merge(last, letter);
        else
            out.letters[out.count++] = *letter;
    }
    return out;
}

/* Only where a character begins; a byte that begins none is no letter. */
static size_t room_for(slice text) {
    size_t ascii = 0, begins = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        ascii += byte < 0x80;
        begins += byte >= 0xC0;
    }
    return ascii + begins * FOLDED_MAX;
}

static void read_folded(struct reading *r, uint8_t *light, const struct folded *folded, uint32_t c, size_t from,
                        size_t to) {
    for (uint8_t i = 0; i < folded->count; i++) {
        if (is_letter(folded->c[i]))
            add_letter(r, light, folded->c[i], from, to);
        else
            note_gap(r, c);
    }
}

/* add_letter for a letter of the alphabet right after another one. */
static inline void add_next_plain(struct reading *r, uint8_t *light, uint32_t c, size_t at) {
    assert(r->out.count < r->room);
    light[r->out.count] = 0;
    r->out.letters[r->out.count++] = (struct evasion_letter){
        .c = c, .symbol = c == 'l' ? 'i' : c, .from = (uint32_t)at, .to = (uint32_t)at + 1, .run = 1, .gap = GAP_NONE};
}

/* How many letters without an accent stand here, one after the other: nearly all of a text. */
static size_t read_plain(struct reading *r, uint8_t *light, slice text, size_t at) {
    size_t i = at;
    for (; i < text.n; i++) {
        uint32_t c = (uint32_t)(unsigned char)text.p[i] | 0x20;
        if ((unsigned char)text.p[i] >= 0x80 || !is_plain(c)) break;
        uint32_t last = r->out.count && !r->any_gap ? r->out.letters[r->out.count - 1].c : 0;
        if (is_plain(last) && last != c)
            add_next_plain(r, light, c, i);
        else
            add_letter(r, light, c, i, i + 1);
    }
    return i - at;
}

struct evasion text_evasion(struct arena *arena, slice text) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fold_usual);
    struct folder f = {.arena = arena};
    assert(text.n <= UINT32_MAX);
    size_t room = room_for(text);
    struct reading r = {.room = room};
    r.out.letters = ARENA_ARRAY(arena, room + 1, struct evasion_letter);
    uint8_t *light = ARENA_ARRAY(arena, room + 1, uint8_t);
    uint32_t before = 0;
    for (size_t at = 0; at < text.n;) {
        size_t plain = read_plain(&r, light, text, at);
        at += plain;
        if (plain) before = (unsigned char)text.p[at - 1];
        if (at < text.n && text.p[at] == ' ') {
            note_gap(&r, ' ');
            before = ' ';
            at++;
            continue;
        }
        slice rest = slice_after(text, at);
        uint32_t c;
        if (!utf8_next(&rest, &c)) break;
        size_t to = text.n - rest.n;
        if (disguise(c) && stands_for_letter(c, before, unicode__at(rest, 0))) {
            add_letter(&r, light, c, at, to);
        } else {
            const struct folded *folded = fold(&f, c);
            read_folded(&r, light, folded, c, at, to);
            if (folded->count == 0) c = before; /* what cannot be seen stands between nothing */
        }
        before = c;
        at = to;
    }
    if (f.spoof) uspoof_close(f.spoof);
    settle_spelling(&r.out, light);
    return evasion_merged(arena, &r.out, GAP_SPELT);
}

/* --- As plain text ------------------------------------------------------------------------------------------------ */

/* Within a word, a sign is the letter it is written for; a number stays a number. */
static uint32_t likely(const struct evasion *e, size_t i) {
    const struct evasion_letter *l = &e->letters[i];
    if (!l->disguised || (l->c >= 'a' && l->c <= 'z')) return l->c;
    bool before = i > 0 && l->gap != GAP_WORD && !e->letters[i - 1].disguised;
    bool after = i + 1 < e->count && e->letters[i + 1].gap != GAP_WORD && !e->letters[i + 1].disguised;
    return before || after ? l->symbol : l->c;
}

slice evasion_plain(struct arena *arena, const struct evasion *evasion, const struct evasion_place **places) {
    enum { LETTER_BYTES = 2 * 4 + 1 };
    struct buf b CLEANUP(buf_fini);
    size_t room = evasion->count * LETTER_BYTES + 1, n = 0;
    buf_init(&b, room);
    struct evasion_place *at = ARENA_ARRAY(arena, room, struct evasion_place);
    for (size_t i = 0; i < evasion->count; i++) {
        const struct evasion_letter *l = &evasion->letters[i];
        if (l->gap == GAP_WORD && i > 0) buf_add_char(&b, ' ');
        while (n < b.n) at[n++] = (struct evasion_place){l->from, l->from};
        uint32_t c = likely(evasion, i);
        /* Twice is how words are spelt; more is not. */
        for (int k = 0; k < (l->run == 2 ? 2 : 1); k++) utf8_add(&b, c);
        while (n < b.n) at[n++] = (struct evasion_place){l->from, l->to};
    }
    *places = at;
    return arena_copy(arena, buf_slice(&b));
}
