/* A pattern is compiled to a list of parts: literals (which may hold slashes) and placeholders. A path is matched from left
   to right, without going back: after a placeholder the next literal's first occurrence within the segment ends it. */
#include "http/router.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

enum part_kind { PART_LITERAL, PART_TEXT, PART_INT };

struct part {
    enum part_kind kind;
    slice text; /* the literal, or the placeholder's name */
};

enum { PARTS_MAX = 2 * HTTP_PARAMETERS_MAX + 1 };

struct pattern {
    struct part parts[PARTS_MAX];
    size_t count;
};

struct http_router {
    const struct http_route *routes;
    size_t count;
    struct pattern *patterns; /* one for each route */
};

static enum status add_part(struct pattern *pattern, struct part part) {
    if (pattern->count == PARTS_MAX) {
        return LIMIT;
    }
    bool is_placeholder = part.kind != PART_LITERAL;
    if (is_placeholder && pattern->count > 0 && pattern->parts[pattern->count - 1].kind != PART_LITERAL) {
        return INVALID; /* two in a row: nothing says where the first ends */
    }
    pattern->parts[pattern->count++] = part;
    return OK;
}

static bool is_name(slice name) {
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if ((c < 'a' || c > 'z') && c != '_') {
            return false;
        }
    }
    return name.n > 0;
}

static enum status add_placeholder(struct pattern *pattern, slice inside, size_t *parameters) {
    slice type = inside;
    struct part part = {.kind = PART_TEXT, .text = slice_cut(&type, ':')};
    if (type.p) {
        if (!slice_equal(type, S("int"))) {
            return INVALID;
        }
        part.kind = PART_INT;
    }
    if (!is_name(part.text) || ++*parameters > HTTP_PARAMETERS_MAX) {
        return INVALID;
    }
    return add_part(pattern, part);
}

static enum status compile(const char *text, struct pattern *pattern) {
    slice rest = slice_of(text);
    size_t parameters = 0;
    if (!slice_starts(rest, S("/"))) {
        return INVALID;
    }
    while (rest.n > 0) {
        size_t open = slice_find_char(rest, '{');
        size_t literal = open == SIZE_MAX ? rest.n : open;
        enum status status = OK;
        if (literal > 0) {
            status = add_part(pattern, (struct part){PART_LITERAL, slice_sub(rest, 0, literal)});
        } else {
            size_t end = slice_find_char(rest, '}');
            status = end == SIZE_MAX ? INVALID : add_placeholder(pattern, slice_sub(rest, 1, end), &parameters);
            literal = end == SIZE_MAX ? rest.n : end + 1;
        }
        if (status != OK) {
            return status;
        }
        rest = slice_after(rest, literal);
    }
    return OK;
}

enum status http_router_new(const struct http_route *routes, size_t count, struct http_router **out,
                            struct error *error) {
    struct http_router *router = NEW(struct http_router);
    router->routes = routes;
    router->count = count;
    router->patterns = memory_alloc_array(count, sizeof *router->patterns);
    for (size_t i = 0; i < count; i++) {
        if (compile(routes[i].pattern, &router->patterns[i]) != OK) {
            http_router_free(router);
            return error_set(error, INVALID, "route pattern '%s' is malformed", routes[i].pattern);
        }
    }
    *out = router;
    return OK;
}

void http_router_free(struct http_router *router) {
    if (router) {
        memory_free(router->patterns);
        memory_free(router);
    }
}

/* The bytes of path that a {name} takes, given what follows it in the pattern; 0: none. */
static size_t text_length(slice path, const struct part *next) {
    size_t slash = slice_find_char(path, '/');
    slice segment = slice_sub(path, 0, slash);
    if (!next || next->text.p[0] == '/') {
        return segment.n;
    }
    /* The literal up to its own slash has to stand in this segment. */
    slice stop = slice_sub(next->text, 0, slice_find_char(next->text, '/'));
    size_t at = slice_find(slice_after(segment, 1), stop);
    return at == SIZE_MAX ? 0 : at + 1;
}

static size_t digits_length(slice path, int64_t *number) {
    size_t n = 0;
    while (n < path.n && path.p[n] >= '0' && path.p[n] <= '9') {
        n++;
    }
    bool fine = n > 0 && (n == 1 || path.p[0] != '0') && slice_to_int64(slice_sub(path, 0, n), number);
    return fine ? n : 0;
}

static bool matches(const struct pattern *pattern, slice path, struct http_match *match) {
    size_t parameter = 0;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct part *part = &pattern->parts[i];
        size_t n = 0;
        if (part->kind == PART_LITERAL) {
            if (!slice_starts(path, part->text)) {
                return false;
            }
            n = part->text.n;
        } else {
            int64_t number = 0;
            n = part->kind == PART_INT ? digits_length(path, &number)
                                       : text_length(path, i + 1 < pattern->count ? part + 1 : NULL);
            if (n == 0) {
                return false;
            }
            match->parameters[parameter] = slice_sub(path, 0, n);
            match->numbers[parameter++] = number;
        }
        path = slice_after(path, n);
    }
    match->parameter_count = parameter;
    return path.n == 0;
}

/* The first route for the method; without one, what the path allows. */
static void find_exact(const struct http_router *router, enum http_method method, slice path,
                       struct http_match *match) {
    http_methods wanted = method == HTTP_HEAD ? (http_methods)HTTP_GET : (http_methods)method;
    for (size_t i = 0; i < router->count; i++) {
        const struct http_route *route = &router->routes[i];
        if (!matches(&router->patterns[i], path, match)) {
            continue;
        }
        if (route->methods & (wanted | (http_methods)method)) {
            match->kind = HTTP_MATCH_FOUND;
            match->route = route;
            return;
        }
        match->allowed |= route->methods;
    }
    if (match->allowed) {
        match->kind = method == HTTP_OPTIONS ? HTTP_MATCH_OPTIONS : HTTP_MATCH_NOT_ALLOWED;
    }
}

void http_router_find(const struct http_router *router, enum http_method method, slice path, struct http_match *match) {
    *match = (struct http_match){.kind = HTTP_MATCH_NOT_FOUND};
    if (method == HTTP_OPTIONS && slice_equal(path, S("*"))) {
        match->kind = HTTP_MATCH_OPTIONS;
        match->allowed = HTTP_GET | HTTP_POST;
        return;
    }
    find_exact(router, method, path, match);
    if (match->kind != HTTP_MATCH_NOT_FOUND || path.n < 3 || path.p[path.n - 1] != '/') {
        return;
    }
    struct http_match other = {.kind = HTTP_MATCH_NOT_FOUND};
    slice shorter = slice_sub(path, 0, path.n - 1);
    find_exact(router, method, shorter, &other);
    if (other.kind == HTTP_MATCH_FOUND) {
        match->kind = HTTP_MATCH_REDIRECT;
        match->redirect = shorter;
    }
}

slice http_match_get(const struct http_match *match, slice name) {
    assert(match->kind == HTTP_MATCH_FOUND);
    const char *pattern = match->route->pattern;
    size_t index = 0;
    for (slice rest = slice_of(pattern); slice_find_char(rest, '{') != SIZE_MAX; index++) {
        rest = slice_after(rest, slice_find_char(rest, '{') + 1);
        size_t end = slice_find_char(rest, '}');
        slice inside = slice_sub(rest, 0, end);
        if (slice_equal(slice_cut(&inside, ':'), name)) {
            return match->parameters[index];
        }
    }
    return (slice){NULL, 0};
}
