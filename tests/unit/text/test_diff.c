#include "text/diff.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state) {
    (void)state;
    arena = arena_new(64 << 20);
    return 0;
}

static int close_arena(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void expect(const char *before, const char *after, const char *expected) {
    slice got = diff_words(arena, slice_of(before), slice_of(after)).s;
    if (!slice_equal(got, slice_of(expected))) fail_msg("'%.*s' is not '%s'", SLICE_FMT(got), expected);
}

static void changed_words_stand_beside_each_other(void **state) {
    (void)state;
    expect("", "", "");
    expect("Le pont", "Le pont", "Le pont");
    expect("Le pont est beau.", "Le pont est vieux.", "Le pont est <del>beau</del><ins>vieux</ins>.");
    expect("Le pont.", "Le vieux pont.", "Le <ins>vieux </ins>pont.");
    expect("Le vieux pont.", "Le pont.", "Le <del>vieux </del>pont.");
    expect("", "Tout.", "<ins>Tout.</ins>");
    expect("Tout.", "", "<del>Tout.</del>");
    expect("Un beau jour ici", "Un triste soir ici", "Un <del>beau jour</del><ins>triste soir</ins> ici");
    expect("été, puis hiver", "Été, puis hiver", "<del>été</del><ins>Été</ins>, puis hiver");
    expect("a\n\nb", "a\n\nc", "a\n\n<del>b</del><ins>c</ins>");
}

static void markup_is_escaped(void **state) {
    (void)state;
    expect("<b>", "<i>", "&lt;<del>b</del><ins>i</ins>&gt;");
    expect("<del>x</del>", "", "<del>&lt;del&gt;x&lt;/del&gt;</del>");
}

/* The marked text without one of the two elements. */
static slice without(slice marked, slice open, slice close) {
    struct buf out;
    buf_init(&out, 1 << 20);
    while (marked.n > 0) {
        size_t at = slice_find(marked, open);
        buf_add(&out, slice_sub(marked, 0, at == SIZE_MAX ? marked.n : at));
        if (at == SIZE_MAX) break;
        marked = slice_after(marked, at);
        marked = slice_after(marked, slice_find(marked, close) + close.n);
    }
    slice text = arena_copy(arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

static slice without_tags(slice text) {
    struct buf out;
    bool inside = false;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '<') inside = true;
        if (!inside) buf_add_char(&out, text.p[i]);
        if (text.p[i] == '>') inside = false;
    }
    slice plain = arena_copy(arena, buf_slice(&out));
    buf_fini(&out);
    return plain;
}

static slice random_text(unsigned *seed, size_t words) {
    static const char *const WORDS[] = {"le", " ", "pont", "\n\n", ",", "été", " ", "neuf", "."};
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < words; i++) {
        *seed = *seed * 1103515245u + 12345u;
        buf_add(&out, slice_of(WORDS[(*seed >> 16) % 9]));
    }
    slice text = arena_copy(arena, buf_slice(&out));
    buf_fini(&out);
    return text;
}

static void both_texts_can_be_read_from_it(void **state) {
    (void)state;
    unsigned seed = 7;
    for (size_t i = 0; i < 400; i++) {
        slice before = random_text(&seed, i % 60), after = random_text(&seed, (i * 7) % 60);
        slice marked = diff_words(arena, before, after).s;
        slice old = without_tags(without(marked, S("<ins>"), S("</ins>")));
        slice new = without_tags(without(marked, S("<del>"), S("</del>")));
        assert_true(slice_equal(old, before));
        assert_true(slice_equal(new, after));
        arena_reset(arena);
    }
}

static void what_differs_too_much_is_replaced_whole(void **state) {
    (void)state;
    struct buf before, after;
    buf_init(&before, 1 << 20);
    buf_init(&after, 1 << 20);
    for (int i = 0; i < 2000; i++) {
        buf_add_format(&before, "a%d ", i);
        buf_add_format(&after, "b%d ", i);
    }
    slice marked = diff_words(arena, buf_slice(&before), buf_slice(&after)).s;
    assert_true(slice_starts(marked, S("<del>a0 a1 ")));
    assert_true(slice_find(marked, S("</del><ins>b0 b1 ")) != SIZE_MAX);
    buf_fini(&before);
    buf_fini(&after);
    assert_false(arena_is_over(arena));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(changed_words_stand_beside_each_other),
        TEST(markup_is_escaped),
        TEST(both_texts_can_be_read_from_it),
        TEST(what_differs_too_much_is_replaced_whole),
    };
    return cmocka_run_group_tests_name("text/diff", tests, NULL, NULL);
}
