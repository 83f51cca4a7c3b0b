/* Bytes of a foreign page as UTF-8 (WHATWG Encoding, the part that matters): a byte order mark says it, else the charset of
   the Content-Type, else of a <meta> in the first kilobyte; else UTF-8 when it is valid UTF-8, and windows-1252 when not.
   What cannot be read becomes U+FFFD. Any thread. */
#ifndef PALABRE_TEXT_CHARSET_H
#define PALABRE_TEXT_CHARSET_H

#include "base/arena.h"
#include "base/slice.h"

/* In the arena, or the bytes themselves. content_type: a header's value, may be empty. */
slice text_to_utf8(struct arena *arena, slice bytes, slice content_type);

#endif
