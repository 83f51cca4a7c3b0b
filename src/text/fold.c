#include "text/fold.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/unicode.h"

#include <assert.h>
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

slice text_fold_search(struct arena *arena, slice text) {
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
