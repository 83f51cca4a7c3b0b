#include "text/slug.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/fold.h"
#include "text/unicode.h"

#include <unicode/utrans.h>

static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* Scripts other than Latin. The transliterator is opened each time, since one may not be shared by threads and this is
   rare. */
static slice transliterate(struct arena *arena, slice s) {
    static const UChar ID[] = u"Any-Latin; Latin-ASCII; Lower";
    UErrorCode code = U_ZERO_ERROR;
    UTransliterator *t = utrans_openU(ID, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    if (U_FAILURE(code)) return s;
    struct utf16 in = unicode__from_utf8(arena, s);
    int32_t room = in.n * 8 + 64, limit = in.n, n = in.n;
    UChar *text = ARENA_ARRAY(arena, (size_t)room, UChar);
    for (int32_t i = 0; i < n; i++) text[i] = in.p[i];
    utrans_transUChars(t, text, &n, room, 0, &limit, &code);
    utrans_close(t);
    if (U_FAILURE(code) || n > room) return s;
    return unicode__to_utf8(arena, (struct utf16){text, n});
}

/* What is neither letter nor digit becomes '-', so that a French quotation mark alone calls for no transliteration. */
static slice separate_words(struct arena *arena, slice s) {
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, s.n + 1);
    slice rest = s;
    for (uint32_t c; utf8_next(&rest, &c);) {
        if (unicode__is_alnum(c)) {
            utf8_add(&b, c);
        } else {
            buf_add_char(&b, '-');
        }
    }
    return arena_copy(arena, buf_slice(&b));
}

/* The next run of [a-z0-9]; other characters are passed over. Empty at the end. */
static slice next_word(slice *rest) {
    size_t start = 0;
    while (start < rest->n && !is_word(rest->p[start])) start++;
    size_t end = start;
    while (end < rest->n && is_word(rest->p[end])) end++;
    slice word = slice_sub(*rest, start, end);
    *rest = slice_after(*rest, end);
    return word;
}

slice text_slug(struct arena *arena, slice headline) {
    enum { LONGEST_HEADLINE = 1024 }; /* bytes: more cannot matter to 80 characters */
    size_t end = headline.n < LONGEST_HEADLINE ? headline.n : LONGEST_HEADLINE;
    while (end > 0 && end < headline.n && ((unsigned char)headline.p[end] & 0xC0) == 0x80) end--;
    slice rest = separate_words(arena, text_fold_search(arena, slice_sub(headline, 0, end)));
    if (!unicode__is_ascii(rest)) rest = transliterate(arena, rest);

    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, SLUG_MAX);
    for (slice word = next_word(&rest); word.n > 0; word = next_word(&rest)) {
        size_t joint = b.n > 0;
        if (b.n + joint + word.n > SLUG_MAX) {
            if (b.n == 0) buf_add(&b, slice_sub(word, 0, SLUG_MAX));
            break;
        }
        if (joint) buf_add_char(&b, '-');
        buf_add(&b, word);
    }
    return b.n > 0 ? arena_copy(arena, buf_slice(&b)) : S("article");
}

bool text_slug_is_valid(slice slug) {
    if (slug.n == 0 || slug.n > SLUG_MAX) return false;
    for (size_t i = 0; i < slug.n; i++) {
        bool joint = slug.p[i] == '-' && i > 0 && i + 1 < slug.n && slug.p[i - 1] != '-';
        if (!joint && !is_word(slug.p[i])) return false;
    }
    return true;
}
