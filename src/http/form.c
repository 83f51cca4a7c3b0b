#include "http/form.h"

#include "base/utf8.h"

#include <string.h>

const struct http_form_limits HTTP_FORM_LIMITS = {.fields = 100, .name_bytes = 64, .value_bytes = 1024 * 1024};

static bool needs_decoding(slice text, bool plus_is_space) {
    return (text.n && memchr(text.p, '%', text.n)) || (plus_is_space && text.n && memchr(text.p, '+', text.n));
}

/* Writes at most text.n bytes to out; gives how many, or SIZE_MAX when a '%' is broken. */
static size_t decode(slice text, bool plus_is_space, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '%') {
            int octet = slice_percent_octet(text, i);
            if (octet < 0) {
                return SIZE_MAX;
            }
            c = (char)(unsigned char)octet;
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[n++] = c;
    }
    return n;
}

enum status http_percent_decode(struct arena *arena, slice text, bool plus_is_space, slice *out) {
    slice decoded = text;
    if (needs_decoding(text, plus_is_space)) {
        char *p = arena_alloc(arena, text.n + 1);
        size_t n = decode(text, plus_is_space, p);
        if (n == SIZE_MAX) {
            return INVALID;
        }
        decoded = slice_make(p, n);
    }
    if (!utf8_is_valid(decoded) || slice_find_char(decoded, 0) != SIZE_MAX) {
        return INVALID;
    }
    *out = decoded;
    return OK;
}

static size_t count_pieces(slice text) {
    size_t count = 0;
    while (text.p) {
        count += slice_cut(&text, '&').n > 0;
    }
    return count;
}

static enum status read_field(struct arena *arena, slice piece, const struct http_form_limits *limits,
                              struct http_field *field, struct error *error) {
    slice value = piece;
    slice name = slice_cut(&value, '=');
    if (!value.p) {
        value = S("");
    }
    if (http_percent_decode(arena, name, true, &field->name) != OK) {
        return error_set(error, INVALID, "the name of a field is not well-formed UTF-8, percent-encoded");
    }
    if (field->name.n > limits->name_bytes) {
        return error_set(error, LIMIT, "the name of a field is longer than %zu bytes", limits->name_bytes);
    }
    if (http_percent_decode(arena, value, true, &field->value) != OK) {
        return error_set(error, INVALID, "field '%.*s' is not well-formed UTF-8, percent-encoded",
                         SLICE_FMT(field->name));
    }
    if (field->value.n > limits->value_bytes) {
        return error_set(error, LIMIT, "field '%.*s' is longer than %zu bytes", SLICE_FMT(field->name),
                         limits->value_bytes);
    }
    return OK;
}

enum status http_form_parse(struct arena *arena, slice text, const struct http_form_limits *limits,
                            struct http_form *out, struct error *error) {
    size_t count = count_pieces(text);
    if (count > limits->fields) {
        return error_set(error, LIMIT, "there are more than %zu fields", limits->fields);
    }
    struct http_field *fields = ARENA_ARRAY(arena, count + 1, struct http_field);
    size_t at = 0;
    while (text.p) {
        slice piece = slice_cut(&text, '&');
        if (piece.n == 0) {
            continue;
        }
        enum status status = read_field(arena, piece, limits, &fields[at++], error);
        if (status != OK) {
            return status;
        }
    }
    *out = (struct http_form){fields, count};
    return OK;
}

slice http_form_get(const struct http_form *form, slice name) {
    for (size_t i = 0; i < form->count; i++) {
        if (slice_equal(form->fields[i].name, name)) {
            return form->fields[i].value;
        }
    }
    return (slice){NULL, 0};
}

bool http_form_has(const struct http_form *form, slice name) { return http_form_get(form, name).p != NULL; }

bool http_form_is_type(slice content_type) {
    slice rest = content_type;
    slice type = slice_trim(slice_cut(&rest, ';'));
    if (!slice_equal_nocase(type, S("application/x-www-form-urlencoded"))) {
        return false;
    }
    while (rest.p) {
        slice value = slice_trim(slice_cut(&rest, ';'));
        slice name = slice_trim(slice_cut(&value, '='));
        value = slice_trim(value);
        if (slice_equal_nocase(name, S("charset")) && !slice_equal_nocase(value, S("utf-8")) &&
            !slice_equal_nocase(value, S("\"utf-8\""))) {
            return false;
        }
    }
    return true;
}
