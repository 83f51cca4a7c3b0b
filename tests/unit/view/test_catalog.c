#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "view/catalog.h"
#include "view/plural.h"

struct pair {
    slice id, text;
};

#define HEADER(forms)                                                                                                  \
    { S_INIT(""), S_INIT("Project-Id-Version: x\nplural-forms: " forms "\nContent-Type: text/plain; charset=UTF-8\n") }

static const struct pair FRENCH[] = {
    HEADER("nplurals=2; plural=(n > 1);"),      {S_INIT("Empty"), S_INIT("")},
    {S_INIT("Hello"), S_INIT("Bonjour")},       {S_INIT("a {count}\0many {count}"), S_INIT("un {count}\0des {count}")},
    {S_INIT("half\0halves"), S_INIT("moitié")},
};

static void put_u32(char *at, uint32_t word, bool swapped) {
    word = swapped ? __builtin_bswap32(word) : word;
    memcpy(at, &word, sizeof word);
}

/* A .mo file as msgfmt makes it, without a hash table. */
static slice make_mo(struct arena *arena, const struct pair *pairs, uint32_t count, bool swapped) {
    size_t size = 28 + (size_t)count * 16;
    for (uint32_t i = 0; i < count; i++) {
        size += pairs[i].id.n + pairs[i].text.n + 2;
    }
    char *mo = arena_alloc(arena, size);
    uint32_t at = 28 + count * 16;
    const uint32_t header[] = {0x950412DE, 0, count, 28, 28 + count * 8, 0, 0};
    for (size_t i = 0; i < 7; i++) {
        put_u32(mo + 4 * i, header[i], swapped);
    }
    for (uint32_t i = 0; i < 2 * count; i++) {
        slice s = i < count ? pairs[i].id : pairs[i - count].text;
        put_u32(mo + 28 + 8 * i, (uint32_t)s.n, swapped);
        put_u32(mo + 28 + 8 * i + 4, at, swapped);
        memcpy(mo + at, s.p, s.n);
        at += (uint32_t)s.n + 1;
    }
    assert_int_equal(at, size);
    return slice_make(mo, size);
}

static void expect_text(slice got, const char *expected) {
    if (!slice_equal(got, slice_of(expected))) {
        fail_msg("expected '%s', got '%.*s'", expected, SLICE_FMT(got));
    }
}

static void expect_french(const struct catalog *c) {
    expect_text(catalog_language(c), "fr");
    expect_text(catalog_get(c, T("Hello")), "Bonjour");
    expect_text(catalog_get(c, T("Nobody's")), "Nobody's");
    expect_text(catalog_get(c, T("Empty")), "Empty");
    expect_text(catalog_get(c, ""), "");
    expect_text(catalog_get(c, "a {count}"), "un {count}");
    expect_text(catalog_get_plural(c, TN("a {count}", "many {count}"), 0), "un {count}");
    expect_text(catalog_get_plural(c, TN("a {count}", "many {count}"), 1), "un {count}");
    expect_text(catalog_get_plural(c, TN("a {count}", "many {count}"), 2), "des {count}");
    expect_text(catalog_get_plural(c, TN("a {count}", "many {count}"), -2), "des {count}");
    expect_text(catalog_get_plural(c, TN("a {count}", "many {count}"), INT64_MIN), "des {count}");
    /* The second form is missing: English, by the rule of English. */
    expect_text(catalog_get_plural(c, TN("half", "halves"), 1), "moitié");
    expect_text(catalog_get_plural(c, TN("half", "halves"), 5), "halves");
    expect_text(catalog_get_plural(c, TN("mouse", "mice"), 0), "mice");
    assert_true(catalog_has(c, S("Hello")) && !catalog_has(c, S("Empty")) && !catalog_has(c, S("")));
    assert_int_equal(catalog_plural_forms(c), 2);
}

static void reads_both_byte_orders(void **state) {
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        struct arena *arena = arena_new(10000);
        struct catalog *c;
        struct error error;
        slice mo = make_mo(arena, FRENCH, ARRAY_COUNT(FRENCH), swapped);
        assert_int_equal(catalog_open(mo, S("fr"), &c, &error), OK);
        expect_french(c);
        catalog_free(c);
        arena_free(arena);
    }
}

static void english_is_the_message_itself(void **state) {
    (void)state;
    const struct catalog *c = catalog_english();
    expect_text(catalog_language(c), "en");
    expect_text(catalog_get(c, T("Hello")), "Hello");
    expect_text(catalog_get_plural(c, TN("one", "many"), 1), "one");
    expect_text(catalog_get_plural(c, TN("one", "many"), 0), "many");
    expect_text(catalog_get_plural(c, TN("one", "many"), 2), "many");
    expect_text(catalog_get_form(c, S("one"), S("many"), 1), "many");
}

static void the_binary_has_its_languages(void **state) {
    (void)state;
    struct catalog *c = NULL;
    struct error error;
    assert_int_equal(catalog_open_embedded(S("fr"), &c, &error), OK);
    expect_text(catalog_language(c), "fr");
    assert_int_equal(catalog_plural_form(c, 0), 0);
    assert_int_equal(catalog_plural_form(c, 2), 1);
    catalog_free(c);
    assert_int_equal(catalog_open_embedded(S("en"), &c, &error), OK);
    expect_text(catalog_get(c, "Hello"), "Hello");
    catalog_free(c);
    c = NULL;
    assert_int_equal(catalog_open_embedded(S("xx"), &c, &error), NOT_FOUND);
    assert_int_equal(catalog_open_embedded(S(""), &c, &error), INVALID);
    assert_int_equal(catalog_open_embedded(S("an-overlong-tag-of-a-language-that-nobody-speaks"), &c, &error), INVALID);
    assert_null(c);
}

/* Every prefix, and every byte changed: refused, or read without leaving the file (the sanitizers watch). */
static void survives_broken_files(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    slice mo = make_mo(arena, FRENCH, ARRAY_COUNT(FRENCH), false);
    for (size_t n = 0; n < mo.n; n++) {
        struct catalog *c = NULL;
        slice copy = arena_copy(arena, slice_sub(mo, 0, n));
        assert_int_equal(catalog_open(copy, S("fr"), &c, NULL), INVALID);
        arena_reset(arena);
        mo = make_mo(arena, FRENCH, ARRAY_COUNT(FRENCH), false);
    }
    for (size_t i = 0; i < 2 * mo.n; i++) {
        char *bytes = arena_alloc(arena, mo.n);
        memcpy(bytes, mo.p, mo.n);
        bytes[i / 2] = (char)(i % 2 ? bytes[i / 2] ^ 0x80 : 0xFF);
        struct catalog *c = NULL;
        if (catalog_open(slice_make(bytes, mo.n), S("fr"), &c, NULL) == OK) {
            (void)catalog_get_plural(c, TN("a {count}", "many {count}"), 2);
            (void)catalog_get(c, "Hello");
            catalog_free(c);
        }
    }
    arena_free(arena);
}

static void says_what_is_broken(void **state) {
    (void)state;
    struct arena *arena = arena_new(100000);
    struct error error;
    struct catalog *c = NULL;
    assert_int_equal(catalog_open(S("msgid \"x\"\nmsgstr \"y\"\n123456789"), S("fr"), &c, &error), INVALID);
    assert_string_equal(error.detail, "translations 'fr': not a .mo file: it begins with 6967736d");
    const struct pair unsorted[] = {{S_INIT("b"), S_INIT("x")}, {S_INIT("a"), S_INIT("x")}};
    assert_int_equal(catalog_open(make_mo(arena, unsorted, 2, false), S("fr"), &c, &error), INVALID);
    assert_string_equal(error.detail, "translations 'fr': a broken .mo file: message 1 is out of order");
    const struct pair latin1[] = {{S_INIT("a"), S_INIT("\xE9")}};
    assert_int_equal(catalog_open(make_mo(arena, latin1, 1, false), S("fr"), &c, &error), INVALID);
    assert_string_equal(error.detail, "translations 'fr': message 0 is not UTF-8");
    const struct pair rule[] = {HEADER("nplurals=2; plural=n >")};
    assert_int_equal(catalog_open(make_mo(arena, rule, 1, false), S("fr"), &c, &error), INVALID);
    assert_string_equal(error.detail, "translations 'fr': Plural-Forms: expected a number, n or ( at ''");
    assert_null(c);
    arena_free(arena);
}

struct expected_form {
    uint64_t n;
    unsigned form;
};

static void expect_forms(const char *line, unsigned forms, const struct expected_form *expected, size_t count) {
    struct plural_rule rule;
    struct error error = {0};
    if (plural_parse(slice_of(line), &rule, &error) != OK) {
        fail_msg("%s: %s", line, error.detail);
    }
    assert_int_equal(rule.forms, forms);
    for (size_t i = 0; i < count; i++) {
        unsigned form = plural_form(&rule, expected[i].n);
        if (form != expected[i].form) {
            fail_msg("%s: form %u for %d, not %u", line, form, (int)expected[i].n, expected[i].form);
        }
    }
}

#define FORMS(...)                                                                                                     \
    (const struct expected_form[]){__VA_ARGS__}, ARRAY_COUNT(((const struct expected_form[]){__VA_ARGS__}))

/* The rules of the gettext manual's chapter. */
static void knows_the_rules_of_languages(void **state) {
    (void)state;
    expect_forms("nplurals=1; plural=0;", 1, FORMS({0, 0}, {1, 0}, {2, 0}));
    expect_forms("nplurals=2; plural=n != 1;", 2, FORMS({0, 1}, {1, 0}, {2, 1}, {21, 1}));
    expect_forms("nplurals=2; plural=n>1;", 2, FORMS({0, 0}, {1, 0}, {2, 1}));
    expect_forms("nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;",
                 3,
                 FORMS({0, 2}, {1, 0}, {2, 1}, {4, 1}, {5, 2}, {11, 2}, {12, 2}, {21, 0}, {22, 1}, {111, 2}, {122, 1}));
    expect_forms("nplurals=4; plural=n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3;", 4,
                 FORMS({1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {101, 0}, {100, 3}));
    expect_forms("nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
                 6, FORMS({0, 0}, {1, 1}, {2, 2}, {3, 3}, {10, 3}, {11, 4}, {99, 4}, {100, 5}, {102, 5}, {103, 3}));
}

static void reckons_as_c_does(void **state) {
    (void)state;
    expect_forms("nplurals=6; plural=1+2*3%4-n", 6, FORMS({0, 3}, {2, 1}));
    expect_forms("nplurals=6; plural=!n+!!n*2", 6, FORMS({0, 1}, {5, 2}));
    expect_forms("nplurals=6; plural=(8-3)-2", 6, FORMS({0, 3}));
    expect_forms("nplurals=6; plural=8-3-2", 6, FORMS({0, 3}));
    expect_forms("nplurals=6; plural=1||1&&0", 6, FORMS({0, 1}));
    expect_forms("nplurals=6; plural=1==1!=0", 6, FORMS({0, 1}));
    expect_forms("nplurals=6; plural=n<1==n<2", 6, FORMS({0, 1}, {1, 0}, {2, 1}));
    expect_forms("nplurals=6; plural=n?n>=3?4:5:1", 6, FORMS({0, 1}, {2, 5}, {3, 4}));
    expect_forms("nplurals=6; plural=7/n", 6, FORMS({0, 0}, {3, 2}));
    expect_forms("nplurals=6; plural=7%n", 6, FORMS({0, 0}, {4, 3}));
    expect_forms("nplurals=2; plural=n", 2, FORMS({1, 1}, {2, 0}, {UINT64_MAX, 0}));
    expect_forms("nplurals=2; plural=0-n", 2, FORMS({1, 0}));
}

static void expect_refused(const char *line, enum status status) {
    struct plural_rule rule;
    if (plural_parse(slice_of(line), &rule, NULL) != status) {
        fail_msg("%s: not refused as it should be", line);
    }
}

static void refuses_what_is_no_rule(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "nplurals=",
        "nplurals=2",
        "nplurals=2; plural=",
        "nplurals=0; plural=0",
        "nplurals=7; plural=0",
        "nplurals=2; plural=m",
        "nplurals=2; plural=(n",
        "nplurals=2; plural=n)",
        "nplurals=2; plural=n n",
        "nplurals=2; plural=n=1",
        "nplurals=2; plural=n ? 1",
        "nplurals=2; plural=n?1:",
        "nplurals=2; plural=n&1",
        "nplurals=2; plural=4294967296",
        "nplurals=2; plural=n;;",
        "nplurals=2; plural=-n",
        "nplurals=2; plural=n++",
        "nplurals=99999999999999999999; plural=0",
    };
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        expect_refused(wrong[i], INVALID);
    }
}

static void an_expression_has_ceilings(void **state) {
    (void)state;
    static const char *const repeated[] = {"(", "!", "n?", "n?n:", "n+"};
    for (size_t i = 0; i < ARRAY_COUNT(repeated); i++) {
        struct buf line;
        buf_init(&line, 10000);
        buf_add(&line, S("nplurals=2; plural="));
        for (int k = 0; k < 200; k++) {
            buf_add(&line, slice_of(repeated[i]));
        }
        buf_add(&line, S("n"));
        buf_add_char(&line, '\0');
        expect_refused(line.p, LIMIT);
        buf_fini(&line);
    }
}

static void fills_the_places_of_a_message(void **state) {
    (void)state;
    struct arena *arena = arena_new(10000);
    const struct catalog_argument arguments[] = {
        {S("name"), S("{count} & co")}, {S("count"), S("3")}, {S("no"), S("")}};
    expect_text(catalog_format(arena, S("{count} of {name}"), arguments, 3), "3 of {count} & co");
    expect_text(catalog_format(arena, S("{name}{no}{name}"), arguments, 3), "{count} & co{count} & co");
    expect_text(catalog_format(arena, S("{other} {{count} {count"), arguments, 3), "{other} {3 {count");
    expect_text(catalog_format(arena, S("} {} {"), arguments, 3), "} {} {");
    expect_text(catalog_format(arena, S(""), arguments, 3), "");
    expect_text(catalog_format(arena, S("{name}"), NULL, 0), "{name}");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_byte_orders),
        cmocka_unit_test(english_is_the_message_itself),
        cmocka_unit_test(the_binary_has_its_languages),
        cmocka_unit_test(survives_broken_files),
        cmocka_unit_test(says_what_is_broken),
        cmocka_unit_test(knows_the_rules_of_languages),
        cmocka_unit_test(reckons_as_c_does),
        cmocka_unit_test(refuses_what_is_no_rule),
        cmocka_unit_test(an_expression_has_ceilings),
        cmocka_unit_test(fills_the_places_of_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
