#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "http/negotiate.h"

enum { ALL = 1 << HTTP_GZIP | 1 << HTTP_ZSTD | 1 << HTTP_BROTLI };

static void chooses_an_encoding(void **state) {
    (void)state;
    static const struct {
        const char *header;
        unsigned available;
        enum http_encoding expected;
    } CASES[] = {
        {NULL, ALL, HTTP_IDENTITY},
        {"", ALL, HTTP_IDENTITY},
        {"gzip, deflate, br, zstd", ALL, HTTP_BROTLI},
        {"gzip, deflate", ALL, HTTP_GZIP},
        {"zstd, gzip", ALL, HTTP_ZSTD},
        {"br;q=0.5, gzip", ALL, HTTP_GZIP},
        {"br;q=0, gzip;q=0.001", ALL, HTTP_GZIP},
        {"GZIP", ALL, HTTP_GZIP},
        {"x-gzip", ALL, HTTP_GZIP},
        {"*", ALL, HTTP_BROTLI},
        {"*;q=0.1, br;q=0", ALL, HTTP_ZSTD},
        {"*;q=0", ALL, HTTP_IDENTITY},
        {"identity;q=0", ALL, HTTP_IDENTITY},
        {"identity, gzip;q=0.5", ALL, HTTP_IDENTITY},
        {"identity;q=0.5, gzip;q=0.5", ALL, HTTP_GZIP},
        {"br", 1 << HTTP_GZIP, HTTP_IDENTITY},
        {"br, gzip", 1 << HTTP_GZIP, HTTP_GZIP},
        {"br", 0, HTTP_IDENTITY},
        {"br;q=nonsense, gzip;q=0.1", ALL, HTTP_GZIP},
        {"br;q=1.001, gzip;q=0.1", ALL, HTTP_GZIP},
        {"br ; q=0.2 , gzip ; q=0.8", ALL, HTTP_GZIP},
        {",,, br,", ALL, HTTP_BROTLI},
        {"deflate", ALL, HTTP_IDENTITY},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        enum http_encoding got = http_encoding_choose(slice_of(CASES[i].header), CASES[i].available);
        if (got != CASES[i].expected) {
            fail_msg("'%s': %s", CASES[i].header ? CASES[i].header : "", http_encoding_name(got));
        }
    }
}

static void matches_entity_tags(void **state) {
    (void)state;
    static const struct {
        const char *header;
        bool expected;
    } CASES[] = {
        {"\"abc\"", true},
        {"W/\"abc\"", true},
        {"\"x\", \"abc\"", true},
        {"\"x\",W/\"abc\" ", true},
        {"*", true},
        {" * ", true},
        {"\"a,b\", \"abc\"", true},
        {"\"ab\"", false},
        {"abc", false},
        {"", false},
        {"\"abc", false},
        {"\"x\" \"abc\"", false},
        {"W/\"x\"", false},
        {"w/\"abc\"", false},
        {NULL, false},
        {"\"ABC\"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        if (http_etag_matches(slice_of(CASES[i].header), S("\"abc\"")) != CASES[i].expected) {
            fail_msg("%s", CASES[i].header ? CASES[i].header : "");
        }
    }
    assert_true(http_etag_matches(S("\"abc\""), S("W/\"abc\"")));
}

static void chooses_a_language(void **state) {
    (void)state;
    static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en"), S_INIT("pt-br")};
    static const struct {
        const char *header;
        size_t expected;
    } CASES[] = {
        {NULL, 9},    {"de", 9},     {"en", 1},    {"fr-CA, en;q=0.9", 0},      {"de, en;q=0.5, fr;q=0.6", 0},
        {"EN-gb", 1}, {"pt-BR", 2},  {"pt", 9},    {"zh-Hant-TW, en;q=0.1", 1}, {"fr;q=0, en;q=0.1", 1},
        {"*", 9},     {"en;q=0", 9}, {"-, en", 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        size_t got = http_language_choose(slice_of(CASES[i].header), LANGUAGES, ARRAY_COUNT(LANGUAGES), 9);
        if (got != CASES[i].expected) {
            fail_msg("'%s': %zu", CASES[i].header ? CASES[i].header : "", got);
        }
    }
}

static void tells_json_from_html(void **state) {
    (void)state;
    assert_true(http_accept_is_json(S("application/json")));
    assert_true(http_accept_is_json(S("text/html;q=0.5, application/problem+json")));
    assert_false(http_accept_is_json(S("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")));
    assert_false(http_accept_is_json(S("*/*")));
    assert_false(http_accept_is_json((slice){NULL, 0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_an_encoding),
        cmocka_unit_test(matches_entity_tags),
        cmocka_unit_test(chooses_a_language),
        cmocka_unit_test(tells_json_from_html),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
