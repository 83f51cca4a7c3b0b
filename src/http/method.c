#include "http/method.h"

#include "base/attributes.h"

static const struct {
    enum http_method method;
    slice name;
} METHODS[] = {
    {HTTP_GET, S_INIT("GET")},         {HTTP_HEAD, S_INIT("HEAD")},   {HTTP_POST, S_INIT("POST")},
    {HTTP_PUT, S_INIT("PUT")},         {HTTP_PATCH, S_INIT("PATCH")}, {HTTP_DELETE, S_INIT("DELETE")},
    {HTTP_OPTIONS, S_INIT("OPTIONS")},
};

const char *http_method_name(enum http_method method) {
    for (size_t i = 0; i < ARRAY_COUNT(METHODS); i++) {
        if (METHODS[i].method == method) {
            return METHODS[i].name.p;
        }
    }
    return "?";
}

bool http_method_parse(slice name, enum http_method *out) {
    for (size_t i = 0; i < ARRAY_COUNT(METHODS); i++) {
        if (slice_equal(METHODS[i].name, name)) {
            *out = METHODS[i].method;
            return true;
        }
    }
    return false;
}

void http_methods_add(struct buf *b, http_methods methods) {
    methods |= HTTP_OPTIONS | (methods & HTTP_GET ? (http_methods)HTTP_HEAD : 0);
    const char *before = "";
    for (size_t i = 0; i < ARRAY_COUNT(METHODS); i++) {
        if (methods & (http_methods)METHODS[i].method) {
            buf_add(b, slice_of(before));
            buf_add(b, METHODS[i].name);
            before = ", ";
        }
    }
}

const char *http_status_phrase(int status) {
    static const struct {
        int status;
        const char *phrase;
    } PHRASES[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {451, "Unavailable For Legal Reasons"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(PHRASES); i++) {
        if (PHRASES[i].status == status) {
            return PHRASES[i].phrase;
        }
    }
    return "Unknown";
}
