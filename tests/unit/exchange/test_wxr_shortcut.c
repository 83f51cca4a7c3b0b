#include "exchange/wxr_shortcut.h"

#include "base/buf.h"
#include "base/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                                           \
    "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">\n<channel>\n"    \
    "<title>Blog</title>\n<item>\n<title>Un</title>\n"
#define TAIL "\n<title>Deux</title></item></channel></rss>\n"
#define FIRST                                                                                                          \
    "<wp:comment>\n<wp:comment_id>1</wp:comment_id>\n<wp:comment_author><![CDATA[Zoé <b>]]></wp:comment_author>\n"    \
    "<wp:comment_author_url/><wp:comment_content><![CDATA[Un.\n\nDeux & trois]]></wp:comment_content>\n"               \
    "<wp:comment_user_id>0</wp:comment_user_id><wp:commentmeta>\n<wp:meta_key>k</wp:meta_key>\n"                       \
    "<wp:meta_value><![CDATA[<wp:comment>]]></wp:meta_value></wp:commentmeta></wp:comment>"
#define SECOND                                                                                                         \
    "<wp:comment><wp:comment_content>deux</wp:comment_content><wp:comment_id>2</wp:comment_id>"                        \
    "<wp:comment_type></wp:comment_type></wp:comment>"

static void assert_slice(slice got, const char *wanted) {
    if (!slice_equal(got, slice_of(wanted))) fail_msg("got '%.*s', wanted '%s'", SLICE_FMT(got), wanted);
}

/* All that the parser would be given, asked for in so many bytes at a time. */
static slice pass(struct wxr_shortcut **shortcut, slice text, size_t at_once, struct buf *out) {
    static struct xml_input input;
    char bytes[4096];
    xml_input_init_memory(&input, text);
    *shortcut = wxr_shortcut_new(&input);
    buf_clear(out);
    for (size_t n; (n = input.more(input.more_ctx, bytes, at_once)) > 0;) buf_add(out, slice_make(bytes, n));
    return buf_slice(out);
}

static void runs_of_comments_are_kept_aside(void **state) {
    (void)state;
    static const size_t SIZES[] = {1, 7, 100, 4096};
    slice text = S(HEAD FIRST "\n\n" SECOND TAIL), run_text = S(FIRST "\n\n" SECOND);
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < ARRAY_COUNT(SIZES); i++) {
        struct wxr_shortcut *shortcut;
        slice got = pass(&shortcut, text, SIZES[i], &out);
        size_t at = slice_find(text, run_text), end = at + run_text.n;
        assert_true(got.n < text.n && slice_starts(got, slice_sub(text, 0, at)));
        assert_true(slice_ends(got, slice_after(text, end)));
        slice place = slice_sub(got, at, got.n - (text.n - end));
        assert_true(slice_starts(place, S("<wp:comment n=\"")));
        size_t lines = 0, wanted = 0;
        for (size_t k = 0; k < place.n; k++) lines += place.p[k] == '\n';
        for (size_t k = 0; k < run_text.n; k++) wanted += run_text.p[k] == '\n';
        assert_int_equal(lines, wanted);
        slice mark = slice_after(place, sizeof "<wp:comment n=\"" - 1);
        mark = slice_sub(mark, 0, slice_find_char(mark, '"'));
        assert_null(wxr_shortcut_take(shortcut, S("0000000000000000")));
        struct wxr_run *run = wxr_shortcut_take(shortcut, mark);
        assert_non_null(run);
        assert_int_equal(run->count, 2);
        assert_int_equal(run->comments[0].line, 7);
        assert_slice(run->comments[0].author, "Zoé <b>");
        assert_slice(run->comments[0].website, "");
        assert_slice(run->comments[0].content, "Un.\n\nDeux & trois");
        assert_int_equal(run->comments[1].line, 17);
        assert_slice(run->comments[1].id, "2");
        assert_slice(run->comments[1].content, "deux");
        assert_null(wxr_shortcut_take(shortcut, mark)); /* once */
        wxr_run_free(run);
        wxr_shortcut_free(shortcut);
    }
    buf_fini(&out);
}

static void all_else_passes_as_it_is(void **state) {
    (void)state;
    static const char *const OTHERS[] = {
        HEAD "<wp:comment a=\"b\"><wp:comment_id>1</wp:comment_id></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A &amp; B</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A > B</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A<b>B</b></wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author><![CDATA[A]]>B</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author x=\"y\">AAAAAAAAAAAA</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment>AAAAAAAAAAAAAAAAAAAAAAAAAA<wp:comment_id>1</wp:comment_id></wp:comment>" TAIL,
        HEAD "<wp:comment><!-- AAAAAAAAAA --><wp:comment_id>1</wp:comment_id></wp:comment>" TAIL,
        HEAD "<wp:comment><dc:comment_id>1111111111111111</dc:comment_id></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_id>1111111111111111</wp:comment_ix></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A\r\nAAAAAAAAAAAA</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A\bAAAAAAAAAAAAAA</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A\xffzAAAAAAAAAAAA</wp:comment_author></wp:comment>" TAIL,
        HEAD "<wp:comment><wp:comment_author>A\xEF\xBF\xBEzAAAAAAAAAA</wp:comment_author></wp:comment>" TAIL,
        HEAD "<x>" FIRST "</x>" TAIL,
        HEAD "<content><![CDATA[" SECOND "]]></content>" TAIL,
        HEAD "<!-- " SECOND " -->" TAIL,
        HEAD "<?x " SECOND " ?>" TAIL,
        HEAD "<x a='>" SECOND "'/>" TAIL,
        HEAD "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content><![CDATA[cut off: ",
        "<!DOCTYPE rss>" HEAD SECOND TAIL,
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><channel><item>" SECOND TAIL,
        "<?xml version='1.1'?><rss><channel><item>" SECOND TAIL,
        "<rss><channel><title>" SECOND "</title>" TAIL,
        "<rss><channel>" SECOND TAIL,
    };
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < ARRAY_COUNT(OTHERS); i++) {
        struct wxr_shortcut *shortcut;
        slice got = pass(&shortcut, slice_of(OTHERS[i]), 50, &out);
        if (!slice_equal(got, slice_of(OTHERS[i]))) fail_msg("%s\nbecame\n%.*s", OTHERS[i], SLICE_FMT(got));
        wxr_shortcut_free(shortcut);
    }
    buf_fini(&out);
}

/* "<wp:comment >" is the same to XML, and none of the shortcut's. */
static void write_export(struct buf *out, bool shortcut) {
    const char *begin = shortcut ? "<wp:comment>" : "<wp:comment >";
    buf_add(out, S(HEAD));
    for (int i = 1; i <= 3000; i++) {
        buf_add_format(out, "%s<wp:comment_id>%d</wp:comment_id>\n<wp:comment_content><![CDATA[", begin, i);
        for (int k = 0; k < i % 300; k++) buf_add_format(out, "Le mot n° %d.\n", k);
        buf_add_format(out, "]]></wp:comment_content>%s</wp:comment>\n",
                       i % 7 ? "" : "<wp:comment_parent>&#49;</wp:comment_parent>");
        if (i % 1000 == 0) buf_add(out, S("</item>\n<item>\n"));
    }
    buf_add(out, S(TAIL));
}

static void assert_same(const struct wxr_comment *a, const struct wxr_comment *b, bool lines) {
#define SAME(name, member) assert_true(slice_equal(a->member, b->member));
    WXR_COMMENT_FIELDS(SAME)
#undef SAME
    if (lines) assert_int_equal(a->line, b->line);
}

static void a_large_export_reads_the_same_both_ways(void **state) {
    (void)state;
    struct buf texts[2];
    struct wxr_reader *readers[2];
    struct arena *arenas[2];
    struct wxr_item items[2];
    struct error error;
    for (int i = 0; i < 2; i++) {
        buf_init(&texts[i], 64 << 20);
        write_export(&texts[i], i == 0);
        arenas[i] = arena_new(WXR_ARENA_MAX);
        assert_int_equal(wxr_open_memory(buf_slice(&texts[i]), &readers[i], &error), OK);
    }
    for (int n = 0; n < 4; n++) {
        for (int i = 0; i < 2; i++) assert_int_equal(wxr_next(readers[i], arenas[i], &items[i], &error), OK);
        assert_int_equal(items[0].comment_count, n < 3 ? 1000 : 0);
        assert_int_equal(items[0].comment_count, items[1].comment_count);
        for (size_t c = 0; c < items[0].comment_count; c++)
            assert_same(&items[0].comments[c], &items[1].comments[c], items[1].comments[c].line < UINT16_MAX);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(wxr_next(readers[i], arenas[i], &items[i], &error), NOT_FOUND);
        assert_int_equal(wxr_bytes_read(readers[i]), wxr_bytes_total(readers[i]));
        wxr_close(readers[i]);
        arena_free(arenas[i]);
        buf_fini(&texts[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_comments_are_kept_aside),
        cmocka_unit_test(all_else_passes_as_it_is),
        cmocka_unit_test(a_large_export_reads_the_same_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
