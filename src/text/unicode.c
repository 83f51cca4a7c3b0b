#include "text/unicode.h"

#include "base/utf8.h"

#include <assert.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

bool unicode__is_ascii(slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80) return false;
    }
    return true;
}

struct utf16 unicode__from_utf8(struct arena *arena, slice s) {
    assert(s.n <= INT32_MAX / 4);
    int32_t room = (int32_t)s.n + 1;
    struct utf16 out = {ARENA_ARRAY(arena, (size_t)room, UChar), 0};
    UErrorCode code = U_ZERO_ERROR;
    u_strFromUTF8WithSub(out.p, room, &out.n, s.n ? s.p : "", (int32_t)s.n, 0xFFFD, NULL, &code);
    assert(U_SUCCESS(code));
    return out;
}

slice unicode__to_utf8(struct arena *arena, struct utf16 s) {
    int32_t room = s.n * 3 + 1, n = 0;
    char *p = arena_alloc(arena, (size_t)room);
    UErrorCode code = U_ZERO_ERROR;
    u_strToUTF8WithSub(p, room, &n, s.p, s.n, 0xFFFD, NULL, &code);
    assert(U_SUCCESS(code));
    return (slice){p, (size_t)n};
}

slice unicode__normalize(struct arena *arena, const UNormalizer2 *form, slice s) {
    struct utf16 in = unicode__from_utf8(arena, s);
    UErrorCode code = U_ZERO_ERROR;
    if (unorm2_isNormalized(form, in.p, in.n, &code) && U_SUCCESS(code)) return s;
    code = U_ZERO_ERROR;
    struct utf16 out = {NULL, unorm2_normalize(form, in.p, in.n, NULL, 0, &code)};
    code = U_ZERO_ERROR;
    int32_t room = out.n + 1;
    out.p = ARENA_ARRAY(arena, (size_t)room, UChar);
    out.n = unorm2_normalize(form, in.p, in.n, out.p, room, &code);
    assert(U_SUCCESS(code));
    return unicode__to_utf8(arena, out);
}

/* Whether a look at the bytes is enough to say that the text is in NFC: nothing from U+0300 on but U+2002 to U+203F and
   the euro sign. No character of those is a mark, or composes, or decomposes canonically (UAX #15, NFC_Quick_Check). */
static bool is_surely_nfc(slice s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0xCC) continue;
        if (c != 0xE2 || i + 2 >= s.n) return false;
        unsigned char second = (unsigned char)s.p[i + 1], third = (unsigned char)s.p[i + 2];
        bool punctuation = second == 0x80 && third >= 0x82;
        if (!punctuation && !(second == 0x82 && third == 0xAC)) return false;
        i += 2;
    }
    return true;
}

slice unicode__nfc(struct arena *arena, slice s) {
    if (is_surely_nfc(s)) return s;
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
    assert(U_SUCCESS(code)); /* the data is linked in */
    return unicode__normalize(arena, nfc, s);
}

bool unicode__is_space(uint32_t c) {
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
    return u_isUWhiteSpace((UChar32)c);
}

bool unicode__is_alnum(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return (U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

uint32_t unicode__fold(uint32_t c) {
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

uint32_t unicode__before(slice s, size_t at) {
    if (at == 0) return 0;
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && ((unsigned char)s.p[start] & 0xC0) == 0x80) start--;
    slice last = slice_sub(s, start, at);
    uint32_t c = 0;
    (void)utf8_next(&last, &c);
    return c;
}

uint32_t unicode__at(slice s, size_t at) {
    if (at < s.n && (unsigned char)s.p[at] < 0x80) return (unsigned char)s.p[at];
    slice rest = slice_after(s, at);
    uint32_t c = 0;
    (void)utf8_next(&rest, &c);
    return c;
}
