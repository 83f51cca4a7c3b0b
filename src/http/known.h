/* Heads that come again byte for byte, as they were read the first time: who asks for one page, asks in few ways. What a head
   means follows from its bytes alone (and from the server's ceilings, which do not change), so that nothing is parsed, looked
   for or checked again: it was taken once, and is taken again. Kept are heads without a body and without Cookie or
   Authorization, once they have come twice. Inside src/http only; one for each loop, touched on its thread alone. */
#ifndef PALABRE_HTTP_KNOWN_H
#define PALABRE_HTTP_KNOWN_H

#include "http/head.h"

enum { HTTP__KNOWN_HEADS = 64, HTTP__KNOWN_BYTES = 1024 }; /* places; a longer head is not kept */

struct http__known {
    uint32_t refs;
    uint64_t number; /* of these very bytes, for ever; never 0 */
    slice bytes;     /* the whole head, its empty line included */
    struct http__head head;
    struct arena *arena; /* what the head's slices point into */
};

struct http__known_heads;
struct http__known_heads *http__known_heads_new(void);
void http__known_heads_free(struct http__known_heads *heads); /* calls keep theirs */

/* The head that input begins with, if it is kept, borrowed; only looked for where input is that head and no more, which is
   how requests come that are not pipelined. */
struct http__known *http__known_find(const struct http__known_heads *heads, slice input);
/* A head that was just read, and taken. */
void http__known_remember(struct http__known_heads *heads, slice bytes, size_t lines, const struct http__head *head);

struct http__known *http__known_ref(struct http__known *known);
void http__known_unref(struct http__known *known); /* NULL is fine */

#endif
