#include "http/fields.h"

#include <llhttp.h>

struct collector {
    struct http_header *fields;
    size_t count, max;
    bool complete;
};

static int on_field(llhttp_t *parser, const char *at, size_t n) {
    struct collector *collector = parser->data;
    if (collector->count == collector->max) {
        return HPE_USER;
    }
    collector->fields[collector->count] = (struct http_header){slice_make(at, n), slice_make(at + n, 0)};
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t n) {
    struct collector *collector = parser->data;
    if (collector->count == collector->max) {
        return HPE_USER;
    }
    while (n > 0 && (at[n - 1] == ' ' || at[n - 1] == '\t')) { /* llhttp leaves off what stands before a value only */
        n--;
    }
    collector->fields[collector->count].value = slice_make(at, n);
    return 0;
}

static int on_value_complete(llhttp_t *parser) {
    struct collector *collector = parser->data;
    collector->count++;
    return 0;
}

static int on_headers_complete(llhttp_t *parser) {
    struct collector *collector = parser->data;
    collector->complete = true;
    return HPE_PAUSED;
}

bool http__fields_collect(slice head, struct http_header *fields, size_t count) {
    static const llhttp_settings_t SETTINGS = {
        .on_header_field = on_field,
        .on_header_value = on_value,
        .on_header_value_complete = on_value_complete,
        .on_headers_complete = on_headers_complete,
    };
    llhttp_t parser;
    llhttp_init(&parser, HTTP_REQUEST, &SETTINGS);
    struct collector collector = {.fields = fields, .max = count};
    parser.data = &collector;
    llhttp_errno_t code = llhttp_execute(&parser, head.p, head.n);
    return code == HPE_PAUSED && collector.complete && collector.count == count;
}
