#include "text/fold.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/unicode.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uspoof.h>

static slice collapse(struct arena *arena, slice s) {
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, s.n + 1);
    slice rest = s;
    bool pending = false;
    for (uint32_t c; utf8_next(&rest, &c);) {
        if (unicode__is_space(c)) {
            pending = b.n > 0;
            continue;
        }
        if (pending) buf_add_char(&b, ' ');
        pending = false;
        utf8_add(&b, c);
    }
    return arena_copy(arena, buf_slice(&b));
}

static slice fold_ascii(struct arena *arena, slice s) {
    char *p = arena_alloc(arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = (char)unicode__fold((unsigned char)s.p[i]);
    return (slice){p, s.n};
}

static slice fold(struct arena *arena, slice s) {
    if (unicode__is_ascii(s)) return fold_ascii(arena, s);
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKCCasefoldInstance(&code);
    assert(U_SUCCESS(code));
    return unicode__normalize(arena, form, s);
}

slice text_fold_name(struct arena *arena, slice name) { return collapse(arena, fold(arena, name)); }

slice text_skeleton(struct arena *arena, slice name) {
    UErrorCode code = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&code);
    slice plain = collapse(arena, name);
    struct utf16 in = unicode__from_utf8(arena, plain);
    int32_t n = uspoof_getSkeleton(checker, 0, in.p, in.n, NULL, 0, &code);
    if (code == U_BUFFER_OVERFLOW_ERROR) code = U_ZERO_ERROR;
    struct utf16 out = {ARENA_ARRAY(arena, (size_t)n + 1, UChar), 0};
    out.n = uspoof_getSkeleton(checker, 0, in.p, in.n, out.p, n + 1, &code);
    uspoof_close(checker);
    if (U_FAILURE(code)) return text_fold_name(arena, name); /* a name we cannot skeletonise still compares */
    return text_fold_name(arena, unicode__to_utf8(arena, out));
}

static void add_without_marks(struct buf *b, uint32_t c) {
    switch (c) {
    case 0xE6: buf_add(b, S("ae")); return;
    case 0x153: buf_add(b, S("oe")); return;
    case 0xF8: buf_add_char(b, 'o'); return;
    case 0x142: buf_add_char(b, 'l'); return;
    case 0x111: buf_add_char(b, 'd'); return;
    case 0x2019: buf_add_char(b, '\''); return;
    default: break;
    }
    if (c < 0x300 || (U_GET_GC_MASK((UChar32)c) & U_GC_MN_MASK) == 0) utf8_add(b, c);
}

static slice fold_search_any(struct arena *arena, slice text) {
    slice folded = text_fold_name(arena, text);
    if (unicode__is_ascii(folded)) return folded;
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&code);
    assert(U_SUCCESS(code));
    slice rest = unicode__normalize(arena, nfd, folded);
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, rest.n + 1);
    for (uint32_t c; utf8_next(&rest, &c);) add_without_marks(&b, c);
    return unicode__nfc(arena, arena_copy(arena, buf_slice(&b)));
}

/* What nearly all of a text in a European language is made of folds character by character, whatever stands beside it:
   those up to U+024F, and U+2000 to U+203F. How each does is found out once, by folding it alone and among others; those
   of which that is not the same (an accent that stands alone, a soft hyphen) are not known here. */
enum { SIMPLE_LATIN = 0x250, SIMPLE_MARKS_FROM = 0x2000, SIMPLE_MARKS = 0x40, SIMPLE_BYTES = 4 };
struct simple {
    unsigned char n; /* 0: not known */
    char bytes[SIMPLE_BYTES];
};
static struct simple simple_latin[SIMPLE_LATIN], simple_marks[SIMPLE_MARKS];

static bool folds_to(struct arena *arena, slice before, uint32_t c, slice after, slice wanted) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 64);
    buf_add(&b, before);
    utf8_add(&b, c);
    buf_add(&b, after);
    return slice_equal(fold_search_any(arena, buf_slice(&b)), wanted);
}

static void find_simple(struct arena *arena, uint32_t c, struct simple *out) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 64);
    buf_add_char(&b, 'a');
    utf8_add(&b, c);
    buf_add_char(&b, 'a');
    slice among = fold_search_any(arena, buf_slice(&b));
    if (among.n < 3 || among.n > 2 + SIMPLE_BYTES || among.p[0] != 'a' || among.p[among.n - 1] != 'a') return;
    slice alone = slice_sub(among, 1, among.n - 1);
    bool same;
    if (slice_equal(alone, S(" ")))
        same = folds_to(arena, S(""), c, S("a"), S("a")) && folds_to(arena, S("a"), c, S(""), S("a")) &&
               folds_to(arena, S("a "), c, S(" a"), S("a a"));
    else
        same = folds_to(arena, S(""), c, S("a"), slice_after(among, 1)) &&
               folds_to(arena, S("a"), c, S(""), slice_sub(among, 0, among.n - 1)) &&
               folds_to(arena, S(""), c, S(""), alone) && slice_find_char(alone, ' ') == SIZE_MAX;
    if (!same) return;
    out->n = (unsigned char)alone.n;
    memcpy(out->bytes, alone.p, alone.n);
}

static void find_all_simple(void) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(1 << 20);
    for (uint32_t c = 0x80; c < SIMPLE_LATIN; c++) {
        find_simple(arena, c, &simple_latin[c]);
        arena_reset(arena);
    }
    for (uint32_t c = 0; c < SIMPLE_MARKS; c++) {
        find_simple(arena, SIMPLE_MARKS_FROM + c, &simple_marks[c]);
        arena_reset(arena);
    }
}

/* The character at the front, which is not of ASCII; NULL: not known. */
static const struct simple *simple_of(slice rest, size_t *width) {
    uint32_t c;
    slice after = rest;
    if (!utf8_next(&after, &c)) return NULL;
    *width = rest.n - after.n;
    const struct simple *simple = NULL;
    if (c < SIMPLE_LATIN)
        simple = &simple_latin[c];
    else if (c >= SIMPLE_MARKS_FROM && c < SIMPLE_MARKS_FROM + SIMPLE_MARKS)
        simple = &simple_marks[c - SIMPLE_MARKS_FROM];
    return simple && simple->n ? simple : NULL;
}

/* False: there is something in it that this does not know. */
static bool fold_search_simple(struct arena *arena, slice text, slice *out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const struct simple SPACE = {1, " "};
    pthread_once(&once, find_all_simple);
    /* two bytes or more become at most SIMPLE_BYTES, one stays one */
    char *p = arena_alloc(arena, text.n * 2 + 1);
    size_t n = 0;
    bool pending = false;
    for (size_t i = 0; i < text.n;) {
        unsigned char c = (unsigned char)text.p[i];
        struct simple ascii = {1, {(char)(c >= 'A' && c <= 'Z' ? c + 32 : c)}};
        const struct simple *simple = c == ' ' || (c >= '\t' && c <= '\r') ? &SPACE : &ascii;
        size_t width = 1;
        if (c >= 0x80) simple = simple_of(slice_after(text, i), &width);
        if (!simple) return false;
        i += width;
        if (simple->bytes[0] == ' ') {
            pending = n > 0;
            continue;
        }
        if (pending) p[n++] = ' ';
        pending = false;
        for (size_t k = 0; k < simple->n; k++) p[n++] = simple->bytes[k];
    }
    *out = (slice){p, n};
    return true;
}

slice text_fold_search(struct arena *arena, slice text) {
    slice folded;
    return fold_search_simple(arena, text, &folded) ? folded : fold_search_any(arena, text);
}
