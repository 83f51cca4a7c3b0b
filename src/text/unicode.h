/* Between UTF-8 and ICU's UTF-16, and small questions about characters. For this room only. */
#ifndef PALABRE_TEXT_UNICODE_H
#define PALABRE_TEXT_UNICODE_H

#include "base/arena.h"
#include "base/slice.h"

#include <unicode/unorm2.h>
#include <unicode/utypes.h>

struct utf16 {
    UChar *p; /* in the arena */
    int32_t n;
};

/* What is not well-formed becomes U+FFFD. s.n at most INT32_MAX / 4. */
struct utf16 unicode__from_utf8(struct arena *arena, slice s);
slice unicode__to_utf8(struct arena *arena, struct utf16 s);

/* s itself when it is in that form already. */
slice unicode__normalize(struct arena *arena, const UNormalizer2 *form, slice s);
slice unicode__nfc(struct arena *arena, slice s);

bool unicode__is_ascii(slice s);
bool unicode__is_space(uint32_t c); /* ASCII white space, U+00A0, Zs, Zl, Zp */
bool unicode__is_alnum(uint32_t c); /* a letter, a digit, or a mark on one */
uint32_t unicode__fold(uint32_t c); /* simple case folding */

/* The code point that ends right before at; 0 at the start. */
uint32_t unicode__before(slice s, size_t at);
/* The code point that starts at at; 0 at the end. */
uint32_t unicode__at(slice s, size_t at);

#endif
