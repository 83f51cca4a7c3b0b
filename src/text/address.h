/* Addresses in running text: where they begin and end, and how they are written into href. For this room only. */
#ifndef PALABRE_TEXT_ADDRESS_H
#define PALABRE_TEXT_ADDRESS_H

#include "base/arena.h"
#include "base/slice.h"

/* As a browser would read it and RFC 3986 would write it: ignored characters gone, forbidden ones percent-encoded.
   Empty when too long. Says nothing of safety: ask url_is_safe of the result. Lives in the arena. */
slice address__clean(struct arena *arena, slice url);

enum address_kind { ADDRESS_WEB, ADDRESS_WWW, ADDRESS_MAIL };

struct address {
    size_t start, end; /* bytes of the text */
    enum address_kind kind;
};

/* The first bare address (http://…, https://…, www.…, name@host.tld) in text that starts at from or after it. Punctuation
   that belongs to the sentence is left out, and so is a closing bracket that was opened before the address. Looks at each
   byte a bounded number of times. */
bool address__find(slice text, size_t from, struct address *out);

/* What goes into href for it; lives in the arena or is borrowed from the text. Empty when it is not safe. */
slice address__href(struct arena *arena, slice text, const struct address *address);

#endif
