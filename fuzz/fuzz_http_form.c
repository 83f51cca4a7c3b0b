/* Forms: whatever comes, what is taken is UTF-8 without NUL, within its ceilings, and says the same when written down and
 * read again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "http/cookie.h"
#include "http/form.h"
#include "http/negotiate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fine) {
    if (!fine) {
        abort();
    }
}

static void check_text(slice s, size_t max) {
    require(s.p && s.n <= max && utf8_is_valid(s) && slice_find_char(s, 0) == SIZE_MAX);
}

static void check_again(struct arena *arena, const struct http_form *form, const struct http_form_limits *limits) {
    struct buf b;
    struct http_form again;
    buf_init(&b, 1 << 22);
    for (size_t i = 0; i < form->count; i++) {
        check_text(form->fields[i].name, limits->name_bytes);
        check_text(form->fields[i].value, limits->value_bytes);
        buf_add_char(&b, '&');
        buf_add_url(&b, form->fields[i].name);
        buf_add_char(&b, '=');
        buf_add_url(&b, form->fields[i].value);
    }
    require(b.status == OK);
    require(http_form_parse(arena, buf_slice(&b), limits, &again, NULL) == OK && again.count == form->count);
    for (size_t i = 0; i < form->count; i++) {
        require(slice_equal(again.fields[i].name, form->fields[i].name));
        require(slice_equal(again.fields[i].value, form->fields[i].value));
    }
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct http_form_limits SMALL = {.fields = 8, .name_bytes = 16, .value_bytes = 256};
    static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en")};
    const struct http_form_limits *const all[] = {&HTTP_FORM_LIMITS, &SMALL};
    slice text = slice_make(data, size);
    struct arena *arena = arena_new(64 << 20);
    for (size_t i = 0; i < 2; i++) {
        struct http_form form;
        if (http_form_parse(arena, text, all[i], &form, NULL) == OK) {
            check_again(arena, &form, all[i]);
        }
    }
    /* What else reads header values. */
    (void)http_form_is_type(text);
    slice cookie = http_cookie_find(text, S("session"));
    require(cookie.n <= size);
    require(http_encoding_choose(text, 0xe) <= HTTP_BROTLI);
    (void)http_etag_matches(text, S("\"e\""));
    require(http_language_choose(text, LANGUAGES, 2, 0) < 2);
    arena_free(arena);
    return 0;
}
