/* A buffer that grows up to a ceiling. Append errors are sticky: append as often as needed, look once at the end.
   Not for two threads at a time. */
#ifndef PALABRE_BASE_BUF_H
#define PALABRE_BASE_BUF_H

#include "base/attributes.h"
#include "base/error.h"
#include "base/slice.h"

struct buf {
    char *p;
    size_t n, capacity, max;
    enum status status; /* OK, or LIMIT after an append that would have passed max (nothing of it was appended) */
};

void buf_init(struct buf *b, size_t max_bytes); /* no allocation yet */
void buf_fini(struct buf *b);                   /* for CLEANUP, too; fine on a zeroed one */
void buf_clear(struct buf *b);                  /* empties it and forgets the error; keeps the memory */
slice buf_slice(const struct buf *b);           /* borrowed, until the next append */
void buf_reserve(struct buf *b, size_t more);

void buf_add(struct buf *b, slice s);
void buf_add_char(struct buf *b, char c);
void buf_add_int(struct buf *b, int64_t value);
void buf_add_format(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* Escaped for text and for attribute values in either quote: & < > " ' */
void buf_add_html(struct buf *b, slice text);
/* Percent-encoded but for RFC 3986 unreserved characters. */
void buf_add_url(struct buf *b, slice text);
/* The inside of a JSON string, RFC 8259, that is also safe inside <script> (< > & and U+2028/2029 escaped). */
void buf_add_json(struct buf *b, slice text);
/* The bytes as a slice of their own (owned by the caller, to be freed with memory_free; followed by a NUL that is not
   counted); the buffer is empty after. */
slice buf_take(struct buf *b);

#endif
