/* Requests: heads and chunked bodies. What is taken whole must be taken in pieces too, and with the same meaning; a head that
 * is taken holds no byte that could be read as another request's. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/chunked.h"
#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 4096 };

static void require(bool fine) {
    if (!fine) {
        abort();
    }
}

/* The end of the head when bytes come `step` at a time; 0: none, or refused. */
static size_t find_end(slice input, size_t step, struct http__scan *scan, struct http__refusal *refusal) {
    static const struct http__head_limits LIMITS = {4096, 1024, 32};
    size_t have = 0;
    size_t end = 0;
    *scan = (struct http__scan){0};
    *refusal = (struct http__refusal){0};
    while (have < input.n && !end && !refusal->status) {
        have = input.n - have < step ? input.n : have + step;
        end = http__head_find_end(slice_sub(input, 0, have), scan, &LIMITS, refusal);
    }
    return end;
}

static void check_head(slice bytes, const struct http__head *head) {
    size_t hosts = 0;
    size_t lengths = 0;
    for (size_t i = 0; i < head->header_count; i++) {
        const struct http_header *field = &head->headers[i];
        require(http__is_token(field->name) && field->value.p);
        require(field->value.p >= bytes.p && field->value.p + field->value.n <= bytes.p + bytes.n);
        for (size_t k = 0; k < field->value.n; k++) {
            unsigned char c = (unsigned char)field->value.p[k];
            require((c >= 0x20 || c == '\t') && c != 0x7f);
        }
        hosts += slice_equal_nocase(field->name, S("host"));
        lengths += slice_equal_nocase(field->name, S("content-length")) ||
                   slice_equal_nocase(field->name, S("transfer-encoding"));
    }
    require(hosts == 1 || (hosts == 0 && !head->is_1_1));
    require(lengths <= 1);
    require(head->body == HTTP__BODY_NONE || lengths == 1);
    require(head->path.n > 0 && (head->path.p[0] == '/' || slice_equal(head->path, S("*"))));
    require(utf8_is_valid(head->path) && slice_find_char(head->path, 0) == SIZE_MAX);
}

/* Decodes a body `step` bytes at a time; the bytes used. */
static size_t decode(slice input, size_t step, struct buf *body, struct http__chunked *chunked,
                     struct http__refusal *refusal) {
    size_t used = 0;
    *chunked = (struct http__chunked){0};
    *refusal = (struct http__refusal){0};
    while (used < input.n && chunked->state != HTTP__CHUNK_DONE && !refusal->status) {
        slice some = slice_sub(input, used, used + step);
        size_t before = some.n;
        *refusal = http__chunked_feed(chunked, &some, body);
        used += before - some.n;
    }
    return used;
}

static void check_body(slice input) {
    struct buf whole, pieces;
    struct http__chunked a, b;
    struct http__refusal refused_a, refused_b;
    buf_init(&whole, BODY_MAX);
    buf_init(&pieces, BODY_MAX);
    size_t used_a = decode(input, input.n, &whole, &a, &refused_a);
    size_t used_b = decode(input, 1, &pieces, &b, &refused_b);
    require(used_a == used_b && a.state == b.state && refused_a.status == refused_b.status);
    require(slice_equal(buf_slice(&whole), buf_slice(&pieces)) && whole.n <= BODY_MAX && whole.status == OK);
    buf_fini(&whole);
    buf_fini(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    slice input = slice_make(data, size);
    struct http__scan scan, scan_again;
    struct http__refusal refusal, refusal_again;
    size_t end = find_end(input, size ? size : 1, &scan, &refusal);
    size_t again = find_end(input, 1, &scan_again, &refusal_again);
    require(end == again && refusal.status == refusal_again.status);
    require(!end || scan.lines == scan_again.lines);
    struct arena *arena = arena_new(1 << 20);
    if (end) {
        struct http__head head;
        slice bytes = arena_copy(arena, slice_sub(input, 0, end));
        refusal = http__head_read(bytes, scan.lines, arena, &head);
        if (!refusal.status) {
            check_head(bytes, &head);
        }
    }
    check_body(slice_after(input, end));
    arena_free(arena);
    return 0;
}
