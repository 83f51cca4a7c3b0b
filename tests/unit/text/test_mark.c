/* Words marked in markup: in its text alone, whatever they hold. */
#include "case.h"

#include "text/mark.h"

static void marks_words(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"<p>un mot, deux mots</p>", "<p>un <mark>mot</mark>, deux <mark>mot</mark>s</p>"},
        {"<p title=\"mot\">rien</p>", "<p title=\"mot\">rien</p>"},
        {"<mot>a</mot>", "<mot>a</mot>"},
        {"a &lt;b&gt; &amp; c", "a <mark>&lt;b&gt;</mark> &amp; c"},
        {"&ampmot", "&amp<mark>mot</mark>"},
        {"l’été mot", "<mark>l’été</mark> <mark>mot</mark>"},
        {"m<em>ot</em>", "m<em>ot</em>"},
        {"", ""},
        {"<p", "<p"},
        {"a &lt;x", "a &lt;x"},
    };
    const slice words[] = {S("mot"), S("<b>"), S(""), S("l’été"), S("lt")};
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct html got = text_mark(arena, html_from_stored(slice_of(CASES[i].in)), words, ARRAY_COUNT(words));
        wrong += case_differs(CASES[i].in, got.s, CASES[i].out);
    }
    struct html none = text_mark(arena, html_from_stored(S("<p>mot</p>")), NULL, 0);
    assert_true(slice_is(none.s, "<p>mot</p>"));
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(marks_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
