/* Sets of templates, translation inside them, and the product's own set in each of its languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "view/templates.h"

#define FILE_OF(path, text)                                                                                            \
    { path, (const unsigned char *)(text), sizeof(text) - 1 }

/* po/, as msgfmt compiles it, cut down to what these tests say. Made once with msgfmt from:
     "" Plural-Forms: nplurals=3; plural=n==0 ? 0 : n>1 ? 1 : 2;    Hello {{name}} -> {{name}}, bonjour
     one | many -> aucun | des {{count}} | un {{count}}     Unsafe -> {{#t}}Unsafe{{/t}}     Open -> {{#a}} */
static const struct {
    const char *id;
    size_t id_n;
    const char *text;
    size_t text_n;
} MESSAGES[] = {
#define MESSAGE(id, text)                                                                                              \
    { id, sizeof(id) - 1, text, sizeof(text) - 1 }
    MESSAGE("", "Plural-Forms: nplurals=3; plural=n==0 ? 0 : n>1 ? 1 : 2;\n"),
    MESSAGE("Hello {{name}}", "{{name}}, bonjour"),
    MESSAGE("Open", "{{#a}}"),
    MESSAGE("Unsafe", "{{#t}}Unsafe{{/t}}"),
    MESSAGE("one\0{{count}} things", "aucun\0des {{count}}\0un {{count}}"),
};

static slice make_mo(struct arena *arena) {
    const uint32_t count = ARRAY_COUNT(MESSAGES);
    char *mo = arena_alloc(arena, 2000);
    uint32_t at = 28 + count * 16;
    const uint32_t header[] = {0x950412DE, 0, count, 28, 28 + count * 8, 0, 0};
    memcpy(mo, header, sizeof header);
    for (uint32_t i = 0; i < 2 * count; i++) {
        const char *text = i < count ? MESSAGES[i].id : MESSAGES[i - count].text;
        uint32_t n = (uint32_t)(i < count ? MESSAGES[i].id_n : MESSAGES[i - count].text_n);
        memcpy(mo + 28 + 8 * i, (const uint32_t[]){n, at}, 8);
        memcpy(mo + at, text, n);
        at += n + 1;
    }
    return slice_make(mo, at);
}

struct fixture {
    struct arena *arena;
    struct catalog *french;
};

static int set_up(void **state) {
    static struct fixture fixture;
    fixture.arena = arena_new(1 << 20);
    *state = &fixture;
    return catalog_open(make_mo(fixture.arena), S("fr"), &fixture.french, NULL) == OK ? 0 : -1;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    catalog_free(fixture->french);
    arena_free(fixture->arena);
    return 0;
}

static void expect_text(const struct catalog *catalog, const char *source, const struct value *data,
                        const char *expected) {
    const struct embedded_file table[] = {{"templates/x.mustache", (const unsigned char *)source, strlen(source)}};
    struct templates *templates;
    struct error error = {0};
    struct buf out;
    buf_init(&out, 1000);
    if (templates_open_table(table, 1, catalog, &templates, &error) != OK ||
        templates_render(templates, S("x"), data, &out, &error) != OK) {
        fail_msg("%s", error.detail);
    }
    buf_add_char(&out, '\0');
    assert_string_equal(out.p, expected);
    buf_fini(&out);
    templates_free(templates);
}

static void expect_mistake(const struct catalog *catalog, const char *source, const char *detail) {
    const struct embedded_file table[] = {{"templates/x.mustache", (const unsigned char *)source, strlen(source)}};
    struct templates *templates = NULL;
    struct error error = {0};
    assert_int_equal(templates_open_table(table, 1, catalog, &templates, &error), INVALID);
    assert_string_equal(error.detail, detail);
    assert_null(templates);
}

static void translates_texts(void **state) {
    struct fixture *fixture = *state;
    struct value *data = value_object(fixture->arena);
    value_set_string(data, S("name"), S("<Zoé>"));
    const char *source = "<p>{{#t}}\n    Hello   {{name}}\n  {{/t}}</p>{{#t}}Bye & {{name}}{{/t}}";
    expect_text(fixture->french, source, data, "<p>&lt;Zoé&gt;, bonjour</p>Bye & &lt;Zoé&gt;");
    expect_text(catalog_english(), source, data, "<p>Hello &lt;Zoé&gt;</p>Bye & &lt;Zoé&gt;");
    expect_text(fixture->french, "{{=<% %>=}}<%#t%>Hello {{name}}<%/t%>", data, "{{name}}, bonjour");
    expect_text(fixture->french, "{{#t}}a{{#name}} b{{/name}}{{^name}}c{{/name}}{{/t}}", data, "a b");
}

static void translates_numbers(void **state) {
    struct fixture *fixture = *state;
    const char *source = "{{#tn}} n.count | one\n | {{n.count}} things {{/tn}}";
    const char *shared = "{{#n}}{{#tn}}count|one|{{count}} things{{/tn}}{{/n}}";
    static const struct {
        int64_t n;
        const char *french, *english, *unknown;
    } expected[] = {
        {0, "aucun", "0 things", "0 mice"}, {1, "un 1", "one", "a mouse"}, {7, "des 7", "7 things", "7 mice"}};
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        struct value *data = value_object(fixture->arena);
        value_set_int(value_set_object(data, S("n")), S("count"), expected[i].n);
        expect_text(fixture->french, shared, data, expected[i].french);
        expect_text(catalog_english(), source, data, expected[i].english);
        /* What is not translated is English, by the rule of English. */
        expect_text(fixture->french, "{{#n}}{{#tn}}count|a mouse|{{count}} mice{{/tn}}{{/n}}", data,
                    expected[i].unknown);
    }
}

static void a_mistake_in_a_message_is_told(void **state) {
    struct fixture *fixture = *state;
    expect_mistake(catalog_english(), "\n{{#t}}x", "templates/x.mustache:2: a message is not closed");
    expect_mistake(catalog_english(), "{{#t}} {{/t}}", "templates/x.mustache:1: a message is empty");
    expect_mistake(catalog_english(), "{{#t}}x\n{{#t}}",
                   "templates/x.mustache:2: a message cannot hold another one, nor "
                   "change the delimiters");
    expect_mistake(catalog_english(), "{{#tn}}a|b{{/tn}}",
                   "templates/x.mustache:1: a plural message is {{#tn}}number | singular | plural{{/tn}}");
    expect_mistake(catalog_english(), "{{#tn}}a|b|c|d{{/tn}}",
                   "templates/x.mustache:1: a plural message has too many '|'");
    expect_mistake(catalog_english(), "{{#t}}a{{/b}}{{/t}}",
                   "templates/x.mustache:1: in the translation (en):1: closes what is not open here: b");
    expect_mistake(fixture->french, "\n{{#t}}Open{{/t}}{{/a}}",
                   "templates/x.mustache:2: in the translation (fr):1: is not closed: a");
    expect_mistake(fixture->french, "{{#t}}Unsafe{{/t}}",
                   "templates/x.mustache:1: in the translation (fr):1: a message in a message: t");
}

static const struct embedded_file SET[] = {
    FILE_OF("other/x.mustache", "{{broken"),
    FILE_OF("templates/README.md", "{{broken"),
    FILE_OF("templates/a-b.mustache", "a-b {{>a}}"),
    FILE_OF("templates/a.mustache", "a{{name}} {{>a/deep}}"),
    FILE_OF("templates/a/deep.mustache", "deep"),
    FILE_OF("templates/mail.text.mustache", "  {{name}}\n\n  {{>a}}\n"),
    FILE_OF("templates/page.mustache", "{{<shell}}{{$main}}\n  <p>{{>*which}}</p>\n{{/main}}{{/shell}}"),
    FILE_OF("templates/shell.mustache", "<body>\n  {{$main}}\n  {{/main}}\n</body>\n"),
};

static void templates_find_one_another(void **state) {
    struct fixture *fixture = *state;
    struct templates *templates;
    struct error error = {0};
    if (templates_open_table(SET, ARRAY_COUNT(SET), catalog_english(), &templates, &error) != OK) {
        fail_msg("%s", error.detail);
    }
    struct value *data = value_object(fixture->arena);
    value_set_string(data, S("name"), S("&"));
    value_set_string(data, S("which"), S("a-b"));
    static const struct {
        const char *name, *text;
    } expected[] = {{"a-b", "a-b a&amp; deep"},
                    {"a/deep", "deep"},
                    {"mail.text", "  &\n\n  a&amp; deep"},
                    {"page", "<body>\n<p>a-b a&amp; deep</p>\n</body>\n"}};
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(templates_render(templates, slice_of(expected[i].name), data, &out, &error), OK);
        buf_add_char(&out, '\0');
        assert_string_equal(out.p, expected[i].text);
        buf_fini(&out);
    }
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(templates_render(templates, S("gone"), data, &out, &error), NOT_FOUND);
    assert_string_equal(error.detail, "there is no template 'gone'");
    assert_true(templates_has(templates, S("shell")) && !templates_has(templates, S("README.md")));
    assert_ptr_equal(templates_catalog(templates), catalog_english());
    templates_free(templates);
}

static void a_missing_partial_stops_the_set(void **state) {
    (void)state;
    const struct embedded_file table[] = {FILE_OF("templates/x.mustache", "\n{{>gone}}")};
    struct templates *templates = NULL;
    struct error error = {0};
    assert_int_equal(templates_open_table(table, 1, catalog_english(), &templates, &error), NOT_FOUND);
    assert_string_equal(error.detail, "templates/x.mustache:2: there is no template 'gone'");
    assert_null(templates);
    assert_int_equal(templates_open_table(table, 0, catalog_english(), &templates, &error), OK);
    assert_false(templates_has(templates, S("x")));
    templates_free(templates);
}

static void the_products_templates_compile(void **state) {
    (void)state;
    static const char *const languages[] = {"en", "fr"};
    for (size_t i = 0; i < ARRAY_COUNT(languages); i++) {
        struct catalog *catalog = NULL;
        struct templates *templates = NULL;
        struct error error = {0};
        if (catalog_open_embedded(slice_of(languages[i]), &catalog, &error) != OK ||
            templates_open(catalog, &templates, &error) != OK) {
            fail_msg("%s", error.detail);
        }
        templates_free(templates);
        catalog_free(catalog);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translates_texts),
        cmocka_unit_test(translates_numbers),
        cmocka_unit_test(a_mistake_in_a_message_is_told),
        cmocka_unit_test(templates_find_one_another),
        cmocka_unit_test(a_missing_partial_stops_the_set),
        cmocka_unit_test(the_products_templates_compile),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
