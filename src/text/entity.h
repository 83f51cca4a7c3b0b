/* Character references of HTML. For this room only. */
#ifndef PALABRE_TEXT_ENTITY_H
#define PALABRE_TEXT_ENTITY_H

#include "base/buf.h"
#include "base/slice.h"

/* at starts with '&'. Appends what the reference stands for and gives its length in bytes; 0, and nothing appended, when
   it is none that we know (the names of HTML 4, and numbers). ';' may be missing after a number and the names of
   Latin-1, as HTML allows; in an attribute not before '=' ("?a=1&copy=2"). Never gives control characters. */
enum entity_place { ENTITY_IN_TEXT, ENTITY_IN_ATTRIBUTE };
size_t entity__decode(slice at, enum entity_place place, struct buf *out);

/* The text with all its references decoded, appended. */
void entity__decode_all(slice text, enum entity_place place, struct buf *out);

#endif
