/* What the engine does beyond the specification: safety, ceilings, clear errors, translation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "view/mustache.h"

static const struct mustache_options PRODUCT = {.always_escape = true, .drop_indentation = true, .strict = true};

static int new_arena(void **state) {
    *state = arena_new(1 << 22);
    return 0;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

/* The template finds itself under the name "self". */
static const struct mustache *find_self(const void *context, slice name) {
    return slice_equal(name, S("self")) ? context : NULL;
}

static void expect_with(const struct mustache_options *options, const char *source, const struct value *data,
                        const char *expected) {
    struct mustache *template;
    struct error error = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    if (mustache_compile(slice_of(source), S("x"), options, &template, &error) != OK ||
        mustache_link(template, find_self, template, &error) != OK ||
        mustache_render(template, data, &out, &error) != OK) {
        fail_msg("%s", error.detail);
    }
    buf_add_char(&out, '\0');
    assert_string_equal(out.p, expected);
    buf_fini(&out);
    mustache_free(template);
}

static void expect_mistake(const struct mustache_options *options, const char *source, enum status status,
                           const char *detail) {
    struct mustache *template = NULL;
    struct error error = {0};
    assert_int_equal(mustache_compile(slice_of(source), S("dir/x.mustache"), options, &template, &error), status);
    assert_null(template);
    assert_int_equal(error.status, status);
    assert_string_equal(error.detail, detail);
}

static void only_markup_comes_out_raw(void **state) {
    struct value *data = value_object(*state);
    value_set_string(data, S("text"), S("<b>&\"'</b>"));
    value_set_html(data, S("html"), html_from_stored(S("<b>&amp;</b>")));
    expect_with(&PRODUCT, "{{text}}|{{{text}}}|{{&text}}", data,
                "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;|&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;|"
                "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;");
    expect_with(&PRODUCT, "{{html}}|{{{html}}}|{{&html}}", data, "<b>&amp;</b>|<b>&amp;</b>|<b>&amp;</b>");
    const struct mustache_options plain = {.plain_text = true};
    expect_with(&plain, "  {{text}}\n", data, "  <b>&\"'</b>\n");
}

static void knows_what_is_true(void **state) {
    struct value *data = value_object(*state);
    value_set_null(data, S("null"));
    value_set_bool(data, S("false"), false);
    value_set_bool(data, S("true"), true);
    value_set_int(data, S("zero"), 0);
    value_set_int(data, S("one"), -1);
    value_set_string(data, S("empty"), S(""));
    value_set_string(data, S("text"), S("0"));
    value_set_html(data, S("nothing"), html_from_stored(S("")));
    value_set_html(data, S("html"), html_from_stored(S("<i></i>")));
    value_set_object(data, S("object"));
    value_set_list(data, S("none"));
    value_list_add_int(value_set_list(data, S("some")), 0);
    expect_with(
        NULL,
        "{{#null}}1{{/null}}{{#false}}2{{/false}}{{#zero}}3{{/zero}}{{#empty}}4{{/empty}}{{#nothing}}5{{/nothing}}"
        "{{#none}}6{{/none}}{{#missing}}7{{/missing}}"
        "{{^true}}1{{/true}}{{^one}}2{{/one}}{{^text}}3{{/text}}{{^html}}4{{/html}}{{^object}}5{{/object}}"
        "{{^some}}6{{/some}}",
        data, "");
    expect_with(NULL, "{{#true}}{{.}}{{/true}} {{one}} {{#some}}[{{.}}]{{/some}} {{object}}{{none}}", data,
                "true -1 [0] ");
}

static void null_hides_what_is_further_out(void **state) {
    struct value *data = value_object(*state);
    value_set_string(data, S("a"), S("outer"));
    value_set_null(value_set_object(data, S("in")), S("a"));
    expect_with(NULL, "{{#in}}({{a}}){{/in}}{{a}}", data, "()outer");
}

static void a_later_value_replaces_an_earlier_one(void **state) {
    struct value *data = value_object(*state);
    for (int i = 0; i < 40; i++) {
        value_set_int(data, arena_format(*state, "key %d of an object", i), i);
        value_set_int(data, S("same"), i);
    }
    value_set_string(data, S("key 17 of an object"), S("seventeen"));
    assert_int_equal(value_get(data, S("same"))->integer, 39);
    assert_true(slice_equal(value_get(data, S("key 17 of an object"))->text, S("seventeen")));
    for (int i = 18; i < 40; i++) {
        assert_int_equal(value_get(data, arena_format(*state, "key %d of an object", i))->integer, i);
    }
    assert_null(value_get(data, S("key 40 of an object")));
}

/* The fingerprint reads both ends and the length: these have equal ones. */
static void keys_with_one_fingerprint_differ(void **state) {
    struct value *data = value_object(*state);
    slice one = S("beginning-1-the-end-");
    slice two = S("beginning-2-the-end-");
    assert_true(value_key_hash(one) == value_key_hash(two));
    value_set_int(data, one, 1);
    value_set_int(data, two, 2);
    assert_int_equal(value_get(data, one)->integer, 1);
    assert_int_equal(value_get(data, two)->integer, 2);
}

static void drops_the_indentation_of_markup_only(void **state) {
    struct value *data = value_object(*state);
    value_set_string(data, S("text"), S("a\n  b\n\n  c"));
    value_set_bool(data, S("yes"), true);
    expect_with(&PRODUCT,
                "<div>\n    <pre>{{text}}</pre>\n\n\n\t{{#yes}}\n        <p> x\n    </p>\n    {{/yes}}\n"
                "    {{#yes}}y {{/yes}} z\n</div>\n",
                data, "<div>\n<pre>a\n  b\n\n  c</pre>\n<p> x\n</p>\ny  z\n</div>\n");
}

static void says_where_the_mistake_is(void **state) {
    (void)state;
    expect_mistake(NULL, "a\n{{b", INVALID, "dir/x.mustache:2: a tag is not closed");
    expect_mistake(NULL, "a\n\n{{{b}}", INVALID, "dir/x.mustache:3: a tag is not closed");
    expect_mistake(NULL, "{{ }}", INVALID, "dir/x.mustache:1: a tag is empty");
    expect_mistake(NULL, "{{#}}{{/}}", INVALID, "dir/x.mustache:1: a tag is empty");
    expect_mistake(NULL, "\n{{#a}}\n\n", INVALID, "dir/x.mustache:2: is not closed: a");
    expect_mistake(NULL, "{{/a}}", INVALID, "dir/x.mustache:1: closes what is not open here: a");
    expect_mistake(NULL, "{{#a}}\n{{^b}}\n{{/a}}{{/b}}", INVALID, "dir/x.mustache:3: closes what is not open here: a");
    expect_mistake(NULL, "{{!\n\n}}{{a b}}", INVALID, "dir/x.mustache:3: a name with white space in it: a b");
    expect_mistake(NULL, "{{a..b}}", INVALID, "dir/x.mustache:1: not a name: a..b");
    expect_mistake(NULL, "{{.a}}", INVALID, "dir/x.mustache:1: not a name: .a");
    expect_mistake(NULL, "{{a.}}", INVALID, "dir/x.mustache:1: not a name: a.");
    expect_mistake(NULL, "{{=<%=}}", INVALID,
                   "dir/x.mustache:1: delimiters are two words without '=', as in {{=<% %>=}}");
    expect_mistake(NULL, "{{= 12345678901234567 > =}}", INVALID,
                   "dir/x.mustache:1: delimiters are two words without '=', as in {{=<% %>=}}");
    expect_mistake(NULL, "{{<a}}{{$b}}{{/a}}", INVALID, "dir/x.mustache:1: closes what is not open here: a");
}

static void a_missing_partial_is_a_mistake_when_strict(void **state) {
    (void)state;
    struct mustache *template;
    struct error error = {0};
    assert_int_equal(mustache_compile(S("a\n{{>gone}}"), S("x"), &PRODUCT, &template, &error), OK);
    assert_int_equal(mustache_link(template, find_self, template, &error), NOT_FOUND);
    assert_string_equal(error.detail, "x:2: there is no template 'gone'");
    mustache_free(template);
}

static void a_template_that_is_not_linked_has_no_partials(void **state) {
    struct value *data = value_object(*state);
    value_set_string(data, S("name"), S("self"));
    struct mustache *template;
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(mustache_compile(S("a{{>self}}{{>*name}}{{<*name}}{{/*name}}b"), S("x"), NULL, &template, NULL),
                     OK);
    assert_int_equal(mustache_render(template, data, &out, NULL), OK);
    assert_true(slice_equal(buf_slice(&out), S("ab")));
    buf_fini(&out);
    mustache_free(template);
}

/* Renders until a ceiling is met, and gives the detail of the error. */
static void expect_limit(struct arena *arena, const struct value *data, const char *source, size_t max,
                         const char *detail) {
    struct mustache *template;
    struct error error = {0};
    struct buf out;
    buf_init(&out, max);
    (void)arena;
    assert_int_equal(mustache_compile(slice_of(source), S("x"), NULL, &template, &error), OK);
    assert_int_equal(mustache_link(template, find_self, template, &error), OK);
    assert_int_equal(mustache_render(template, data, &out, &error), LIMIT);
    assert_string_equal(error.detail, detail);
    assert_int_equal(error.status, LIMIT);
    assert_true(out.n <= max);
    buf_fini(&out);
    mustache_free(template);
}

static void recursion_ends(void **state) {
    struct value *data = value_object(*state);
    value_set_string(data, S("name"), S("self"));
    const char *levels = "x:1: too many levels: a recursion without end?";
    expect_limit(*state, data, "{{>self}}", 1000, levels);
    expect_limit(*state, data, "{{>*name}}", 1000, levels);
    expect_limit(*state, data, "{{<self}}{{/self}}", 1000, levels);
    expect_limit(*state, data, "{{<self}}{{$a}}{{$a}}{{/a}}{{/a}}{{/self}}{{$a}}{{/a}}", 1000, levels);
    expect_limit(*state, data, "  {{>self}}\n", 1000, levels);
}

/* Two calls on each level, and nothing written. */
static void work_has_a_ceiling(void **state) {
    struct value *data = value_object(*state);
    struct value *list = value_set_list(data, S("list"));
    for (int i = 0; i < 100; i++) {
        value_list_add_int(list, i);
    }
    expect_limit(*state, data,
                 "{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}", 1000,
                 "x:1: too much to do: a recursion without end?");
}

static void output_has_the_ceiling_of_its_buffer(void **state) {
    struct value *data = value_object(*state);
    struct value *list = value_set_list(data, S("list"));
    for (int i = 0; i < 100; i++) {
        value_list_add_string(list, S("0123456789"));
    }
    expect_limit(*state, data, "\n{{#list}}{{.}}{{/list}}", 999, "x:2: the page is too long");
    expect_limit(*state, data, "0123456789", 9, "x:1: the page is too long");
}

static void nesting_and_length_have_ceilings(void **state) {
    (void)state;
    struct buf source;
    buf_init(&source, MUSTACHE_MAX_SOURCE + 2);
    for (int i = 0; i <= MUSTACHE_MAX_DEPTH; i++) {
        buf_add(&source, S("{{#a}}"));
    }
    struct mustache *template = NULL;
    struct error error = {0};
    assert_int_equal(mustache_compile(buf_slice(&source), S("x"), NULL, &template, &error), LIMIT);
    assert_string_equal(error.detail, "x:1: tags nested deeper than 64");
    buf_clear(&source);
    while (source.n <= MUSTACHE_MAX_SOURCE) {
        buf_add_char(&source, 'a');
    }
    assert_int_equal(mustache_compile(buf_slice(&source), S("x"), NULL, &template, &error), LIMIT);
    source.n--;
    assert_int_equal(mustache_compile(buf_slice(&source), S("x"), NULL, &template, &error), OK);
    mustache_free(template);
    buf_fini(&source);
}

/* The densest sources fit into the arena, whose overflow would be fatal. */
static void dense_sources_compile(void **state) {
    (void)state;
    static const char *const pieces[] = {"{{a}}x",
                                         "{{.}}",
                                         "{{a.a.a.a.a.a.a.a}}",
                                         "{{#a}}{{/a}}",
                                         "{{>a}}",
                                         "{{<a}}{{$b}}x{{/b}}{{/a}}",
                                         "{{#t}}a{{/t}}",
                                         "{{#tn}}a|b|c{{/tn}}",
                                         "{{#tn}}a|{{b}}|{{c}}{{/tn}}"};
    const struct mustache_options options = {.catalog = catalog_english()};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct buf source;
        buf_init(&source, MUSTACHE_MAX_SOURCE);
        while (source.status == OK) {
            buf_add(&source, slice_of(pieces[i]));
        }
        struct mustache *template;
        struct error error = {0};
        char name[400];
        memset(name, 'n', sizeof name);
        enum status status =
            mustache_compile(buf_slice(&source), slice_make(name, sizeof name), &options, &template, &error);
        assert_int_equal(status, OK);
        mustache_free(template);
        buf_fini(&source);
    }
}

static void errors_name_the_template_a_block_stands_in(void **state) {
    struct mustache *layout, *page;
    struct error error = {0};
    assert_int_equal(mustache_compile(S("{{$a}}{{/a}}"), S("layout"), NULL, &layout, &error), OK);
    assert_int_equal(
        mustache_compile(S("\n\n{{<layout}}\n{{$a}}\n{{b}}\n{{/a}}{{/layout}}"), S("page"), NULL, &page, &error), OK);
    assert_int_equal(mustache_link(page, find_self, layout, &error), OK);
    mustache_free(page);
    assert_int_equal(
        mustache_compile(S("\n\n{{<self}}\n{{$a}}\n{{b}}\n{{/a}}{{/self}}"), S("page"), NULL, &page, &error), OK);
    assert_int_equal(mustache_link(page, find_self, layout, &error), OK);
    struct value *data = value_object(*state);
    value_set_string(data, S("b"), S("0123456789"));
    struct buf out;
    buf_init(&out, 5);
    assert_int_equal(mustache_render(page, data, &out, &error), LIMIT);
    assert_string_equal(error.detail, "page:5: the page is too long");
    buf_fini(&out);
    mustache_free(page);
    mustache_free(layout);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, new_arena, free_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_ARENA(only_markup_comes_out_raw),
        WITH_ARENA(knows_what_is_true),
        WITH_ARENA(null_hides_what_is_further_out),
        WITH_ARENA(a_later_value_replaces_an_earlier_one),
        WITH_ARENA(keys_with_one_fingerprint_differ),
        WITH_ARENA(drops_the_indentation_of_markup_only),
        WITH_ARENA(says_where_the_mistake_is),
        WITH_ARENA(a_missing_partial_is_a_mistake_when_strict),
        WITH_ARENA(a_template_that_is_not_linked_has_no_partials),
        WITH_ARENA(recursion_ends),
        WITH_ARENA(work_has_a_ceiling),
        WITH_ARENA(output_has_the_ceiling_of_its_buffer),
        WITH_ARENA(nesting_and_length_have_ceilings),
        WITH_ARENA(dense_sources_compile),
        WITH_ARENA(errors_name_the_template_a_block_stands_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
