/* The head of a request: where it ends, and what it says. Inside src/http only. */
#ifndef PALABRE_HTTP_HEAD_H
#define PALABRE_HTTP_HEAD_H

#include "base/arena.h"
#include "base/slice.h"
#include "http/call.h"
#include "http/method.h"

#include <stdbool.h>
#include <stdint.h>

/* Why the server will not take a request; status 0: it takes it. */
struct http__refusal {
    int status;
    const char *reason; /* English, static; sent as the body */
};

struct http__head_limits {
    size_t head_bytes, line_bytes, header_count;
};

/* How far the search for the end of a head has come; zeroed for each new one. Offsets are from the head's first byte. */
struct http__scan {
    uint32_t searched;   /* no line end before this, from line_start on */
    uint32_t line_start; /* of the line that has no end yet */
    uint32_t lines;      /* complete ones: the request line and the fields */
};

/* The length of the head at the start of input, its empty line included; 0: it is not there yet (call again with more); or
   *refusal is set. Looks at ceilings, line ends and control characters, and so refuses early. */
size_t http__head_find_end(slice input, struct http__scan *scan, const struct http__head_limits *limits,
                           struct http__refusal *refusal);

enum http__body {
    HTTP__BODY_NONE,
    HTTP__BODY_LENGTH,
    HTTP__BODY_CHUNKED,
};

struct http__head {
    enum http_method method;
    bool is_1_1;
    bool keep_alive;
    bool expects_continue;
    enum http__body body;
    uint64_t content_length;
    slice target; /* in origin form */
    slice path;   /* decoded */
    slice query;  /* p == NULL: none */
    slice host;
    slice accept_encoding, if_none_match; /* the first of that name; p == NULL: none */
    bool has_cookies;
    struct http_header *headers;
    size_t header_count;
};

/* Reads a whole head that http__head_find_end found. bytes must stay as long as the result is used (the arena's, say);
   `lines` is scan.lines. */
struct http__refusal http__head_read(slice bytes, size_t lines, struct arena *arena, struct http__head *out);

/* RFC 9110 §5.6.2. */
bool http__is_token_char(char c);
bool http__is_token(slice s);

/* Takes the next element off a comma-separated list, trimmed; empty elements are skipped. False at the end. */
bool http__list_next(slice *rest, slice *element);

/* Splits and decodes a target: origin form, absolute form whose authority equals host, or "*" for OPTIONS. Sets target, path
   and query of *head; reads its method and host. */
struct http__refusal http__target_read(slice target, struct arena *arena, struct http__head *head);
bool http__host_is_valid(slice host);

#endif
