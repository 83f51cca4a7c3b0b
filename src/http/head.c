/* Two walls. First our own pass over the raw bytes: line ends, control characters, folding, the request line; then llhttp,
   in its strict mode, over the whole head at once, so that its spans are never cut. What it does not look at (how many Host,
   which codings) is checked on what it found. */
#include "http/head.h"

#include "http/fields.h"

#include <assert.h>
#include <string.h>

#define REFUSE(status, reason) ((struct http__refusal){(status), (reason)})
static const struct http__refusal TAKEN = {0, NULL};

bool http__is_token_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

bool http__is_token(slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if (!http__is_token_char(s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

bool http__list_next(slice *rest, slice *element) {
    while (rest->p) {
        *element = slice_trim(slice_cut(rest, ','));
        if (element->n > 0) {
            return true;
        }
    }
    return false;
}

/* Eight bytes at a time: whether any is below 0x20, or is 0x7f. ("Determine if a word has a byte less than n": exact as to
   whether there is one; Bit Twiddling Hacks, S. E. Anderson.) */
static bool has_control_8(const char *p) {
    const uint64_t ones = 0x0101010101010101U;
    const uint64_t highs = 0x8080808080808080U;
    uint64_t x;
    memcpy(&x, p, sizeof x);
    uint64_t del = x ^ ones * 0x7f;
    return (((x - ones * 0x20) & ~x) | ((del - ones) & ~del)) & highs;
}

/* Every byte of every request passes here. A tab is a control character that may stand in a field. */
static bool has_control(slice s) {
    size_t i = 0;
    while (i + 8 <= s.n && !has_control_8(s.p + i)) {
        i += 8;
    }
    for (; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return true;
        }
    }
    return false;
}

/* Refuses a line that has no end yet but is too long already. */
static struct http__refusal check_length(slice input, const struct http__scan *scan,
                                         const struct http__head_limits *limits) {
    if (scan->lines == 0 && input.n > limits->line_bytes) {
        return REFUSE(414, "The request line is too long.");
    }
    if (input.n > limits->head_bytes) {
        return REFUSE(431, "The head of the request is too large.");
    }
    return TAKEN;
}

/* Takes the line that ends with the LF at `end`. */
static struct http__refusal take_line(slice input, size_t end, struct http__scan *scan,
                                      const struct http__head_limits *limits) {
    size_t start = scan->line_start;
    if (scan->lines == 0 && end + 1 > limits->line_bytes) {
        return REFUSE(414, "The request line is too long.");
    }
    if (end + 1 > limits->head_bytes) {
        return REFUSE(431, "The head of the request is too large.");
    }
    if (end == start || input.p[end - 1] != '\r') {
        return REFUSE(400, "A line does not end in CR LF.");
    }
    if (input.p[start] == ' ' || input.p[start] == '\t') {
        return REFUSE(400, "A line begins with white space.");
    }
    if (has_control(slice_sub(input, start, end - 1))) {
        return REFUSE(400, "There is a control character in the head.");
    }
    bool is_empty = end - start == 1;
    if (is_empty && scan->lines == 0) {
        return REFUSE(400, "Empty lines stand before the request.");
    }
    if (!is_empty && scan->lines > limits->header_count) {
        return REFUSE(431, "There are too many header fields.");
    }
    scan->lines += !is_empty;
    scan->line_start = scan->searched = (uint32_t)(end + 1);
    return TAKEN;
}

size_t http__head_find_end(slice input, struct http__scan *scan, const struct http__head_limits *limits,
                           struct http__refusal *refusal) {
    while (scan->searched < input.n) {
        const char *lf = memchr(input.p + scan->searched, '\n', input.n - scan->searched);
        if (!lf) {
            break;
        }
        size_t end = (size_t)(lf - input.p);
        bool is_last = end - scan->line_start == 1;
        *refusal = take_line(input, end, scan, limits);
        if (refusal->status) {
            return 0;
        }
        if (is_last) {
            return end + 1;
        }
    }
    scan->searched = (uint32_t)input.n;
    *refusal = check_length(input, scan, limits);
    return 0;
}

static struct http__refusal check_version(slice version, bool *is_1_1) {
    bool formed = version.n == 8 && slice_starts(version, S("HTTP/")) && version.p[6] == '.' && version.p[5] >= '0' &&
                  version.p[5] <= '9' && version.p[7] >= '0' && version.p[7] <= '9';
    if (!formed) {
        return REFUSE(400, "The request line has no valid HTTP version.");
    }
    if (version.p[5] != '1' || version.p[7] > '1') {
        return REFUSE(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    }
    *is_1_1 = version.p[7] == '1';
    return TAKEN;
}

/* method SP target SP version. */
static struct http__refusal read_request_line(slice line, struct http__head *head, slice *target) {
    slice rest = line;
    slice method = slice_cut(&rest, ' ');
    if (!rest.p || !http__is_token(method)) {
        return REFUSE(400, "The request line is malformed.");
    }
    *target = slice_cut(&rest, ' ');
    if (!rest.p || target->n == 0) {
        return REFUSE(400, "The request line is malformed.");
    }
    struct http__refusal refusal = check_version(rest, &head->is_1_1);
    if (refusal.status) {
        return refusal;
    }
    if (http_method_parse(method, &head->method)) {
        return TAKEN;
    }
    bool is_known = slice_equal(method, S("TRACE")) || slice_equal(method, S("CONNECT"));
    return is_known ? REFUSE(405, "This method is not allowed here.") : REFUSE(501, "This method is not known.");
}

/* --- What the fields mean ----------------------------------------------------------------------------------------- */

struct framing {
    slice content_length, transfer_encoding, expect;
    size_t hosts, lengths, codings, expects;
    bool close, keep_alive;
};

static void read_connection(slice value, struct framing *framing) {
    slice token;
    while (http__list_next(&value, &token)) {
        framing->close |= slice_equal_nocase(token, S("close"));
        framing->keep_alive |= slice_equal_nocase(token, S("keep-alive"));
    }
}

/* By the length of the name first: nearly all fields are passed over by that one comparison. */
static void read_field(const struct http_header *field, struct http__head *head, struct framing *framing) {
    switch (field->name.n) {
    case 4:
        if (slice_equal_nocase(field->name, S("host"))) {
            head->host = field->value;
            framing->hosts++;
        }
        break;
    case 6:
        if (slice_equal_nocase(field->name, S("expect"))) {
            framing->expect = field->value;
            framing->expects++;
        }
        head->has_cookies |= slice_equal_nocase(field->name, S("cookie"));
        break;
    case 10:
        if (slice_equal_nocase(field->name, S("connection"))) {
            read_connection(field->value, framing);
        }
        break;
    case 13:
        if (!head->if_none_match.p && slice_equal_nocase(field->name, S("if-none-match"))) {
            head->if_none_match = field->value;
        }
        break;
    case 14:
        if (slice_equal_nocase(field->name, S("content-length"))) {
            framing->content_length = field->value;
            framing->lengths++;
        }
        break;
    case 15:
        if (!head->accept_encoding.p && slice_equal_nocase(field->name, S("accept-encoding"))) {
            head->accept_encoding = field->value;
        }
        break;
    case 17:
        if (slice_equal_nocase(field->name, S("transfer-encoding"))) {
            framing->transfer_encoding = field->value;
            framing->codings++;
        }
        break;
    default: break;
    }
}

static struct http__refusal read_body_framing(const struct framing *framing, struct http__head *head) {
    if (framing->lengths > 1 || framing->codings > 1 || (framing->lengths && framing->codings)) {
        return REFUSE(400, "The length of the body is given twice.");
    }
    if (framing->codings) {
        if (!head->is_1_1) {
            return REFUSE(400, "HTTP/1.0 has no Transfer-Encoding.");
        }
        if (!slice_equal_nocase(framing->transfer_encoding, S("chunked"))) {
            return REFUSE(501, "Of the transfer codings only chunked is known.");
        }
        head->body = HTTP__BODY_CHUNKED;
        return TAKEN;
    }
    if (framing->lengths) {
        if (framing->content_length.n > 18 || !slice_to_uint64(framing->content_length, &head->content_length)) {
            return REFUSE(400, "Content-Length is not a number.");
        }
        head->body = head->content_length ? HTTP__BODY_LENGTH : HTTP__BODY_NONE;
    }
    return TAKEN;
}

static struct http__refusal read_fields(struct http__head *head) {
    struct framing framing = {0};
    for (size_t i = 0; i < head->header_count; i++) {
        read_field(&head->headers[i], head, &framing);
    }
    if (framing.hosts > 1 || (framing.hosts == 0 && head->is_1_1)) {
        return REFUSE(400, "There must be exactly one Host.");
    }
    if (framing.hosts == 1 && !http__host_is_valid(head->host)) {
        return REFUSE(400, "Host is malformed.");
    }
    struct http__refusal refusal = read_body_framing(&framing, head);
    if (refusal.status) {
        return refusal;
    }
    if (framing.expects > 1 || (framing.expects && !slice_equal_nocase(framing.expect, S("100-continue")))) {
        return REFUSE(417, "Of the expectations only 100-continue is known.");
    }
    head->expects_continue = framing.expects && head->is_1_1;
    head->keep_alive = !framing.close && (head->is_1_1 || framing.keep_alive);
    return TAKEN;
}

struct http__refusal http__head_read(slice bytes, size_t lines, struct arena *arena, struct http__head *out) {
    assert(lines > 0 && bytes.n > 4);
    *out = (struct http__head){0};
    slice line = slice_sub(bytes, 0, slice_find_char(bytes, '\r'));
    slice target = {0};
    struct http__refusal refusal = read_request_line(line, out, &target);
    if (refusal.status) {
        return refusal;
    }
    out->headers = ARENA_ARRAY(arena, lines, struct http_header);
    out->header_count = lines - 1;
    if (!http__fields_collect(bytes, out->headers, out->header_count)) {
        return REFUSE(400, "A header field is malformed.");
    }
    refusal = read_fields(out);
    if (refusal.status) {
        return refusal;
    }
    return http__target_read(target, arena, out);
}
