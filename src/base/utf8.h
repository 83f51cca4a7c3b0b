/* UTF-8, RFC 3629. */
#ifndef PALABRE_BASE_UTF8_H
#define PALABRE_BASE_UTF8_H

#include "base/buf.h"
#include "base/slice.h"

/* Offset of the first byte that is not well-formed UTF-8 (overlong, surrogate, above U+10FFFF, cut short), or SIZE_MAX. */
size_t utf8_find_invalid(slice s);
bool utf8_is_valid(slice s);

/* Takes one code point off the front of *rest; on a malformed byte gives U+FFFD and takes that byte. False when empty. */
bool utf8_next(slice *rest, uint32_t *code_point);
void utf8_add(struct buf *b, uint32_t code_point);
size_t utf8_length(slice s);                    /* code points */
slice utf8_prefix(slice s, size_t code_points); /* the first so many code points */

/* Offset of the first control character (C0 but \t \n \r, DEL, C1) or bidirectional override or non-character, or
   SIZE_MAX. Text from people must have none. */
size_t utf8_find_control(slice s);

#endif
