/* Holds the engine to the public specification's own tests, all of them but lambdas':
   $PALABRE_SHARED/spec/mustache/NAME.json, or ../shared/spec/mustache/ beside the source tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/mustache.h"

static void set_value(struct arena *arena, struct value *object, slice key, json_t *json);

static void fill_object(struct arena *arena, struct value *object, json_t *json) {
    const char *key;
    json_t *member;
    json_object_foreach(json, key, member) { set_value(arena, object, arena_copy(arena, slice_of(key)), member); }
}

/* Numbers with a fraction come to a template as text: how they look is the language's business. */
static slice decimal(struct arena *arena, json_t *json) { return arena_format(arena, "%.10g", json_real_value(json)); }

static void fill_list(struct arena *arena, struct value *list, json_t *json) {
    size_t i;
    json_t *item;
    json_array_foreach(json, i, item) {
        switch (json_typeof(item)) {
        case JSON_OBJECT: fill_object(arena, value_list_add_object(list), item); break;
        case JSON_ARRAY: fill_list(arena, value_list_add_list(list), item); break;
        case JSON_STRING: value_list_add_string(list, slice_of(json_string_value(item))); break;
        case JSON_INTEGER: value_list_add_int(list, json_integer_value(item)); break;
        case JSON_REAL: value_list_add_string(list, decimal(arena, item)); break;
        case JSON_TRUE:
        case JSON_FALSE:
        case JSON_NULL: fail_msg("a list of these is in no test");
        }
    }
}

static void set_value(struct arena *arena, struct value *object, slice key, json_t *json) {
    switch (json_typeof(json)) {
    case JSON_OBJECT: fill_object(arena, value_set_object(object, key), json); break;
    case JSON_ARRAY: fill_list(arena, value_set_list(object, key), json); break;
    case JSON_STRING: value_set_string(object, key, slice_of(json_string_value(json))); break;
    case JSON_INTEGER: value_set_int(object, key, json_integer_value(json)); break;
    case JSON_REAL: value_set_string(object, key, decimal(arena, json)); break;
    case JSON_TRUE:
    case JSON_FALSE: value_set_bool(object, key, json_is_true(json)); break;
    case JSON_NULL: value_set_null(object, key); break;
    }
}

enum { MAX_PARTIALS = 16 };

struct partials {
    size_t count;
    slice names[MAX_PARTIALS];
    struct mustache *templates[MAX_PARTIALS];
};

static const struct mustache *find(const void *context, slice name) {
    const struct partials *partials = context;
    for (size_t i = 0; i < partials->count; i++) {
        if (slice_equal(partials->names[i], name)) {
            return partials->templates[i];
        }
    }
    return NULL;
}

static enum status compile_all(json_t *test, struct partials *partials, struct error *error) {
    static const char MAIN[] = "main template";
    slice source = slice_of(json_string_value(json_object_get(test, "template")));
    enum status status = mustache_compile(source, S("main"), NULL, &partials->templates[0], error);
    partials->names[0] = slice_of(MAIN);
    partials->count = status == OK;
    const char *name;
    json_t *text;
    json_object_foreach(json_object_get(test, "partials"), name, text) {
        assert_true(partials->count < MAX_PARTIALS);
        if (status == OK) {
            status = mustache_compile(slice_of(json_string_value(text)), slice_of(name), NULL,
                                      &partials->templates[partials->count], error);
            partials->names[partials->count] = slice_of(name);
            partials->count += status == OK;
        }
    }
    for (size_t i = 0; i < partials->count && status == OK; i++) {
        status = mustache_link(partials->templates[i], find, partials, error);
    }
    return status;
}

/* The root may be anything, so it comes as the value of a key. */
static bool passes(json_t *test) {
    struct arena *arena = arena_new(1 << 20);
    struct value *holder = value_object(arena);
    set_value(arena, holder, S("data"), json_object_get(test, "data"));
    struct partials partials = {0};
    struct error error = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    enum status status = compile_all(test, &partials, &error);
    if (status == OK) {
        status = mustache_render(partials.templates[0], value_get(holder, S("data")), &out, &error);
    }
    slice expected = slice_of(json_string_value(json_object_get(test, "expected")));
    bool passed = status == OK && slice_equal(buf_slice(&out), expected);
    if (!passed) {
        print_error("%s: expected <<%.*s>>, got <<%.*s>> %s\n", json_string_value(json_object_get(test, "name")),
                    SLICE_FMT(expected), SLICE_FMT(buf_slice(&out)), error.detail);
    }
    for (size_t i = 0; i < partials.count; i++) {
        mustache_free(partials.templates[i]);
    }
    buf_fini(&out);
    arena_free(arena);
    return passed;
}

static void holds(void **state) {
    const char *shared = getenv("PALABRE_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/spec/mustache/%s.json", shared ? shared : "../shared", (const char *)*state);
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    if (!file) {
        fail_msg("cannot read the Mustache specification's tests, %s: %s (line %d). They belong beside the source "
                 "tree, in ../shared, or where the environment variable PALABRE_SHARED points.",
                 path, error.text, error.line);
    }
    size_t i;
    json_t *test;
    size_t failed = 0;
    json_t *tests = json_object_get(file, "tests");
    json_array_foreach(tests, i, test) { failed += !passes(test); }
    assert_true(json_array_size(tests) > 10);
    assert_int_equal(failed, 0);
    json_decref(file);
}

int main(void) {
    static char names[][20] = {"comments", "delimiters", "interpolation", "inverted",
                               "partials", "sections",   "~inheritance",  "~dynamic-names"};
    struct CMUnitTest tests[8];
    for (size_t i = 0; i < 8; i++) {
        tests[i] = (struct CMUnitTest){names[i], holds, NULL, NULL, names[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
