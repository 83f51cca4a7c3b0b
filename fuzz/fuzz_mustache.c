/* Compiles templates and renders them over one fixed tree of values.
   Input: a byte of options, the template, then pairs of a partial's name and its source; a NUL between the parts. */
#include "view/mustache.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_TEMPLATES = 8, MAX_OUTPUT = 64 * 1024 };

struct set {
    size_t count;
    slice names[MAX_TEMPLATES];
    struct mustache *templates[MAX_TEMPLATES];
};

static const struct mustache *find(const void *context, slice name) {
    const struct set *set = context;
    for (size_t i = 0; i < set->count; i++) {
        if (slice_equal(set->names[i], name)) {
            return set->templates[i];
        }
    }
    return NULL;
}

/* Short names, so that the fuzzer hits them. */
static struct value *make_data(struct arena *arena) {
    struct value *data = value_object(arena);
    value_set_string(data, S("a"), S("text <&>\n  more"));
    value_set_html(data, S("h"), html_from_stored(S("<p>safe</p>\n")));
    value_set_int(data, S("n"), INT64_MIN);
    value_set_bool(data, S("y"), true);
    value_set_null(data, S("z"));
    value_set_string(data, S("p"), S("p"));
    value_set_int(value_set_object(data, S("o")), S("b"), 1);
    struct value *list = value_set_list(data, S("l"));
    for (int i = 0; i < 3; i++) {
        struct value *item = value_list_add(list);
        value_set_int(item, S("n"), i);
        value_set_string(item, S("p"), i ? S("p") : S("q"));
        value_list_add_string(value_set_list(item, S("l")), S("deep"));
    }
    value_list_add_list(list);
    return data;
}

static void compile_all(slice rest, const struct mustache_options *options, struct set *set) {
    slice name = S("x");
    struct error error;
    while (rest.p && set->count < MAX_TEMPLATES) {
        slice source = slice_cut(&rest, '\0');
        if (mustache_compile(source, name, options, &set->templates[set->count], &error) == OK) {
            set->names[set->count++] = name;
        } else {
            assert(error.detail[0] && error.status != OK);
        }
        name = slice_cut(&rest, '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    const struct mustache_options options = {
        .always_escape = data[0] & 1,
        .plain_text = data[0] & 2,
        .drop_indentation = data[0] & 4,
        .strict = data[0] & 8,
        .catalog = data[0] & 16 ? catalog_english() : NULL,
    };
    struct set set = {0};
    struct error error = {0};
    compile_all(slice_make(data + 1, size - 1), &options, &set);
    struct arena *arena = arena_new(1 << 20);
    struct value *values = make_data(arena);
    struct buf out;
    buf_init(&out, MAX_OUTPUT);
    bool linked = true;
    for (size_t i = 0; i < set.count; i++) {
        linked = mustache_link(set.templates[i], find, &set, &error) == OK && linked;
    }
    if (set.count > 0 && linked) {
        enum status status = mustache_render(set.templates[0], values, &out, &error);
        assert(status == OK || status == LIMIT);
    }
    buf_fini(&out);
    arena_free(arena);
    for (size_t i = 0; i < set.count; i++) {
        mustache_free(set.templates[i]);
    }
    return 0;
}
