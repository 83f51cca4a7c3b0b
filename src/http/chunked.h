/* The chunked transfer coding, RFC 9112 §7.1, decoded strictly. Inside src/http only.
 *
 * llhttp can do this too; we need to know, at every byte, how long a line and how large the body has become, and where exactly
 * the message ends, and that is most of a decoder. */
#ifndef PALABRE_HTTP_CHUNKED_H
#define PALABRE_HTTP_CHUNKED_H

#include "base/buf.h"
#include "http/head.h"

enum {
    HTTP__CHUNK_LINE_MAX = 256,     /* bytes of a chunk's size and extensions */
    HTTP__CHUNK_DIGITS_MAX = 16,    /* of its size, leading zeros included */
    HTTP__TRAILER_BYTES_MAX = 4096, /* of all trailer fields */
};

enum http__chunked_state {
    HTTP__CHUNK_SIZE,
    HTTP__CHUNK_EXTENSION,
    HTTP__CHUNK_SIZE_LF,
    HTTP__CHUNK_DATA,
    HTTP__CHUNK_DATA_CR,
    HTTP__CHUNK_DATA_LF,
    HTTP__TRAILER_START,
    HTTP__TRAILER_NAME,
    HTTP__TRAILER_VALUE,
    HTTP__TRAILER_LF,
    HTTP__CHUNK_LAST_LF,
    HTTP__CHUNK_DONE,
};

struct http__chunked { /* zeroed for a new body */
    enum http__chunked_state state;
    uint64_t left;       /* data bytes of this chunk that have not come */
    uint32_t line_bytes; /* of this size line */
    uint32_t digits;     /* of this size */
    uint32_t trailer_bytes;
};

/* Decodes from the front of *input (and takes off what it has read) to the end of body, whose ceiling is the body's: 413
   when it would be passed. Stops behind the last byte of the message: then state is HTTP__CHUNK_DONE. */
struct http__refusal http__chunked_feed(struct http__chunked *chunked, slice *input, struct buf *body);

#endif
