#include "text/expression.h"

#include "base/memory.h"
#include "base/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    STEPS_MAX = 200000, /* some milliseconds */
    DEPTH_MAX = 2000,
    HEAP_MAX_KIB = 4096,
    PARENTHESES_MAX = 50,
    COMPILED_MAX_BYTES = 256 * 1024, /* "(a{1000}){1000}" */
    MESSAGE_BYTES = 160,
};

struct expression {
    pcre2_code *code;
    pcre2_match_context *limits;
};

static enum status refuse(int code, size_t offset, slice source, size_t *at, struct error *error) {
    char message[MESSAGE_BYTES];
    if (pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message) < 0) message[0] = 0;
    if (at) *at = utf8_length(slice_sub(source, 0, offset));
    return error_set(error, INVALID, "%s", message);
}

static size_t compiled_bytes(const pcre2_code *code) {
    size_t bytes = 0;
    return pcre2_pattern_info(code, PCRE2_INFO_SIZE, &bytes) == 0 ? bytes : SIZE_MAX;
}

static bool matches_nothing(const pcre2_code *code) {
    uint32_t empty = 0;
    return pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &empty) == 0 && empty;
}

enum status expression_new(slice source, struct expression **out, size_t *at, struct error *error) {
    int code = 0;
    PCRE2_SIZE offset = 0;
    if (at) *at = 0;
    if (source.n == 0 || source.n > EXPRESSION_BYTES_MAX || !utf8_is_valid(source))
        return error_set(error, INVALID, "an expression is 1 to %d bytes of UTF-8", EXPRESSION_BYTES_MAX);
    pcre2_compile_context *how = pcre2_compile_context_create(NULL);
    pcre2_set_parens_nest_limit(how, PARENTHESES_MAX);
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)source.p, source.n, PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C,
                      &code, &offset, how);
    pcre2_compile_context_free(how);
    if (!compiled) return refuse(code, offset, source, at, error);
    if (matches_nothing(compiled) || compiled_bytes(compiled) > COMPILED_MAX_BYTES) {
        bool nothing = matches_nothing(compiled);
        pcre2_code_free(compiled);
        return error_set(error, INVALID, nothing ? "it matches an empty text, so any text" : "it is too large");
    }
    (void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without it, it is only slower */
    struct expression *expression = NEW(struct expression);
    expression->code = compiled;
    expression->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(expression->limits, STEPS_MAX);
    pcre2_set_depth_limit(expression->limits, DEPTH_MAX);
    pcre2_set_heap_limit(expression->limits, HEAP_MAX_KIB);
    *out = expression;
    return OK;
}

void expression_free(struct expression *expression) {
    if (!expression) return;
    pcre2_code_free(expression->code);
    pcre2_match_context_free(expression->limits);
    memory_free(expression);
}

enum status expression_find(const struct expression *e, slice text, size_t *from, size_t *to) {
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int rc = pcre2_match(e->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, data, e->limits);
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(data);
    if (rc >= 0) {
        *from = place[0] < place[1] ? place[0] : place[1]; /* \K in a look-ahead may turn them round */
        *to = place[1];
    }
    pcre2_match_data_free(data);
    if (rc >= 0) return OK;
    return rc == PCRE2_ERROR_NOMATCH ? NOT_FOUND : LIMIT;
}
