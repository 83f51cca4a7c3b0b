#include "http/chunked.h"

#define REFUSE(status, reason) ((struct http__refusal){(status), (reason)})
static const struct http__refusal TAKEN = {0, NULL};

/* Visible, space, tab, or above ASCII: what a value may hold. */
static bool is_text(char c) {
    unsigned char u = (unsigned char)c;
    return u == '\t' || (u >= 0x20 && u != 0x7f);
}

static struct http__refusal take_size(struct http__chunked *chunked, char c) {
    int value = slice_hex_digit(c);
    if (value >= 0) {
        if (++chunked->digits > HTTP__CHUNK_DIGITS_MAX) {
            return REFUSE(400, "The size of a chunk is too long.");
        }
        chunked->left = chunked->left << 4 | (uint64_t)value;
        return TAKEN;
    }
    if (chunked->digits == 0 || (c != '\r' && c != ';')) {
        return REFUSE(400, "The size of a chunk is malformed.");
    }
    chunked->state = c == ';' ? HTTP__CHUNK_EXTENSION : HTTP__CHUNK_SIZE_LF;
    return TAKEN;
}

static struct http__refusal take_extension(struct http__chunked *chunked, char c) {
    if (c == '\r') {
        chunked->state = HTTP__CHUNK_SIZE_LF;
    } else if (!is_text(c)) {
        return REFUSE(400, "A chunk extension is malformed.");
    } else if (++chunked->line_bytes > HTTP__CHUNK_LINE_MAX) {
        return REFUSE(400, "A chunk extension is too long.");
    }
    return TAKEN;
}

static struct http__refusal begin_data(struct http__chunked *chunked, const struct buf *body) {
    if (chunked->left > body->max - body->n) {
        return REFUSE(413, "The body is too large.");
    }
    chunked->state = chunked->left ? HTTP__CHUNK_DATA : HTTP__TRAILER_START;
    return TAKEN;
}

static void begin_size(struct http__chunked *chunked) { *chunked = (struct http__chunked){.state = HTTP__CHUNK_SIZE}; }

static struct http__refusal take_trailer(struct http__chunked *chunked, char c) {
    if (++chunked->trailer_bytes > HTTP__TRAILER_BYTES_MAX) {
        return REFUSE(431, "The trailer is too large.");
    }
    if (chunked->state == HTTP__TRAILER_START && c == '\r') {
        chunked->state = HTTP__CHUNK_LAST_LF;
    } else if (chunked->state == HTTP__TRAILER_VALUE) {
        if (c == '\r') {
            chunked->state = HTTP__TRAILER_LF;
        } else if (!is_text(c)) {
            return REFUSE(400, "A trailer field is malformed.");
        }
    } else if (chunked->state == HTTP__TRAILER_NAME && c == ':') {
        chunked->state = HTTP__TRAILER_VALUE;
    } else if (http__is_token_char(c)) {
        chunked->state = HTTP__TRAILER_NAME;
    } else {
        return REFUSE(400, "A trailer field is malformed.");
    }
    return TAKEN;
}

/* The CR or LF that must stand here, and nothing else. */
static struct http__refusal take_end(struct http__chunked *chunked, char c, const struct buf *body) {
    if (c != (chunked->state == HTTP__CHUNK_DATA_CR ? '\r' : '\n')) {
        return REFUSE(400, "A line of the chunked body does not end in CR LF.");
    }
    switch (chunked->state) {
    case HTTP__CHUNK_SIZE_LF: return begin_data(chunked, body);
    case HTTP__CHUNK_DATA_CR: chunked->state = HTTP__CHUNK_DATA_LF; break;
    case HTTP__CHUNK_DATA_LF: begin_size(chunked); break;
    case HTTP__TRAILER_LF: chunked->state = HTTP__TRAILER_START; break;
    case HTTP__CHUNK_LAST_LF: chunked->state = HTTP__CHUNK_DONE; break;
    case HTTP__CHUNK_SIZE:
    case HTTP__CHUNK_EXTENSION:
    case HTTP__CHUNK_DATA:
    case HTTP__TRAILER_START:
    case HTTP__TRAILER_NAME:
    case HTTP__TRAILER_VALUE:
    case HTTP__CHUNK_DONE: break;
    }
    return TAKEN;
}

static struct http__refusal take_byte(struct http__chunked *chunked, char c, const struct buf *body) {
    switch (chunked->state) {
    case HTTP__CHUNK_SIZE: return take_size(chunked, c);
    case HTTP__CHUNK_EXTENSION: return take_extension(chunked, c);
    case HTTP__TRAILER_START:
    case HTTP__TRAILER_NAME:
    case HTTP__TRAILER_VALUE: return take_trailer(chunked, c);
    case HTTP__CHUNK_SIZE_LF:
    case HTTP__CHUNK_DATA_CR:
    case HTTP__CHUNK_DATA_LF:
    case HTTP__TRAILER_LF:
    case HTTP__CHUNK_LAST_LF:
    case HTTP__CHUNK_DATA:
    case HTTP__CHUNK_DONE: break;
    }
    return take_end(chunked, c, body);
}

struct http__refusal http__chunked_feed(struct http__chunked *chunked, slice *input, struct buf *body) {
    size_t at = 0;
    struct http__refusal refusal = TAKEN;
    while (at < input->n && chunked->state != HTTP__CHUNK_DONE && !refusal.status) {
        if (chunked->state != HTTP__CHUNK_DATA) {
            refusal = take_byte(chunked, input->p[at++], body);
            continue;
        }
        size_t n = input->n - at < chunked->left ? input->n - at : (size_t)chunked->left;
        buf_add(body, slice_sub(*input, at, at + n));
        at += n;
        chunked->left -= n;
        chunked->state = chunked->left ? HTTP__CHUNK_DATA : HTTP__CHUNK_DATA_CR;
    }
    *input = slice_after(*input, at);
    return refusal;
}
