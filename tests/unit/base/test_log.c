#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void quotes(slice value, const char *expected) {
    char out[256];
    assert_string_equal(log_quote(out, sizeof out, value), expected);
}

static void plain_words_stay_plain(void **state) {
    (void)state;
    quotes(S("/articles/12-le-pont"), "/articles/12-le-pont");
    quotes(S("été"), "été");
    quotes(S(""), "\"\"");
    quotes(S("two words"), "\"two words\"");
    quotes(S("a=b"), "\"a=b\"");
    quotes(S("say \"no\" \\ yes"), "\"say \\\"no\\\" \\\\ yes\"");
}

/* No line can be forged, no terminal be driven, no order of reading be turned. */
static void what_would_be_obeyed_is_shown(void **state) {
    (void)state;
    quotes(S("a\nlevel=info"), "\"a\\x0alevel=info\"");
    quotes(S("\x1b[2J"), "\"\\x1b[2J\"");
    quotes(S("\x7f"), "\"\\x7f\"");
    quotes(S("\xc2\x9b"
             "31m"),
           "\"\\xc2\\x9b31m\""); /* CSI, in C1 */
    quotes(S("\xe2\x80\xae"
             "gpj"),
           "\"\\xe2\\x80\\xaegpj\"");                 /* right-to-left override */
    quotes(S("\xe2\x81\xa6"), "\"\\xe2\\x81\\xa6\""); /* an isolate */
    quotes(S("\xe2\x80\xa8"), "\"\\xe2\\x80\\xa8\""); /* LINE SEPARATOR */
    quotes(slice_make("a\0b", 3), "\"a\\x00b\"");
}

static void malformed_utf8_is_shown_as_bytes(void **state) {
    (void)state;
    quotes(S("\xff"), "\"\\xff\"");
    quotes(S("caf\xe9"), "\"caf\\xe9\"");
    quotes(S("\x9b"
             "31m"),
           "\"\\x9b31m\"");
    quotes(S("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"");
    quotes(S("\xef\xbf\xbd"), "\xef\xbf\xbd"); /* U+FFFD itself is a character */
}

static void long_values_are_cut_between_characters(void **state) {
    (void)state;
    slice values[] = {S("ééééééééééééééééé"), S("\n\n\n\n\n\n\n\n\n"), S("\"\"\"\"\"\"\"\"\"\"\"\""),
                      S("\xe2\x80\xae\xe2\x80\xae\xe2\x80\xae")};
    for (size_t size = 8; size < 32; size++) {
        for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
            char out[40];
            memset(out, '#', sizeof out);
            log_quote(out, size, values[i]);
            assert_true(strlen(out) < size);
            assert_true(out[size] == '#');
            if (out[0] == '"') assert_true(out[strlen(out) - 1] == '"');
        }
        char out[40];
        size_t n = strlen(log_quote(out, size, values[0]));
        assert_int_equal(n % 2, 0); /* no half of an é */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_stay_plain),
        cmocka_unit_test(what_would_be_obeyed_is_shown),
        cmocka_unit_test(malformed_utf8_is_shown_as_bytes),
        cmocka_unit_test(long_values_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
