#include "exchange/comment_markdown.h"

#include "base/buf.h"
#include "text/sanitize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state) {
    *state = arena_new(64 << 20);
    return 0;
}

static int tear_down(void **state) {
    arena_free(*state);
    return 0;
}

static void html_becomes_the_markdown_that_says_the_same(void **state) {
    static const struct {
        const char *html, *markdown;
    } cases[] = {
        {"Un mot.", "Un mot."},
        {"Un.\n\nDeux,\nsur deux lignes.", "Un.\n\nDeux,\nsur deux lignes."},
        {"<p>Un.</p><p>Deux.</p>", "Un.\n\nDeux."},
        {"a &lt;b&gt; &amp; &eacute;", "a <b> & é"},
        {"un <em>mot</em> et <strong>deux</strong>", "un *mot* et **deux**"},
        {"un<em> mot </em>ici", "un *mot* ici"},
        {"rien<strong></strong> ici", "rien ici"},
        {"<blockquote>cité</blockquote>réponse", "> cité\n\nréponse"},
        {"avant<blockquote><p>un</p><p>deux</p></blockquote>après", "avant\n\n> un\n>\n> deux\n\naprès"},
        {"<blockquote>a<blockquote>b</blockquote>c</blockquote>", "> a\n>\n> > b\n>\n> c"},
        {"<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"},
        {"<ol><li>un</li><li>deux</li></ol>fin", "1. un\n2. deux\n\nfin"},
        {"<ul><li>un<ul><li>a</li></ul></li><li>deux</li></ul>", "- un\n  - a\n- deux"},
        {"<code>x = *p;</code>", "`x = *p;`"},
        {"<pre>a\n\n  b\n</pre>", "```\na\n\n  b\n```"},
        {"<a href=\"http://example.org/\">ici</a>", "[ici](http://example.org/)"},
        {"<a href=\"http://example.org/\">http://example.org/</a>", "http://example.org/"},
        {"<a href=\"http://example.org/(a)\">ici</a>", "[ici](<http://example.org/(a)>)"},
        {"<a href=\"javascript:alert(1)\">ici</a>", "ici"},
        {"3 * 4 * 5, a_b_c", "3 * 4 * 5, a_b_c"}, /* no mark, no backslash */
        {"*pas d'emphase*", "\\*pas d'emphase\\*"},
        {"# pas un titre", "\\# pas un titre"},
        {"&lt;b&gt; tel quel", "<b> tel quel"},
        {"<img src=\"http://example.org/a.jpg\">", "http://example.org/a.jpg"},
        {"<img src=\"a.jpg\">", ""},
        {"<script>alert(1)</script>", ""},
        {" \n ", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        slice source;
        struct html html;
        assert_int_equal(comment_markdown(*state, slice_of(cases[i].html), S(""), NULL, &source, &html, &error), OK);
        if (!slice_equal(source, slice_of(cases[i].markdown)))
            fail_msg("'%s'\ngave   '%.*s'\nwanted '%s'", cases[i].html, SLICE_FMT(source), cases[i].markdown);
    }
}

/* Whatever people wrote, its words come out of the Markdown as they went in. */
static void no_word_is_lost_or_made(void **state) {
    static const char *const texts[] = {
        "1. un\n2. deux",
        "1) un",
        "- tiret",
        "+ plus",
        "> pas une citation",
        "a\n---\nb",
        "a\n===\nb",
        "`code` ``",
        "[x](y)",
        "![x](y)",
        "[a]: http://b",
        "&amp;amp; &amp;lt;",
        "\\ \\* \\\\",
        "~~x~~ ~y~",
        "| a | b |\n| - | - |",
        "<b>gr<i>a</b>s</i>",
        "a*b*c **d",
        "***x***",
        "_x_ __y__",
        "http://x.example.org/a_b_c*d*",
        "&lt;http://a.b&gt;",
        "    indenté",
        "a  \nb",
        "<strong>\"x\"</strong>y",
        "<em>a</em>b<em>c</em>",
        "<code>a`b``c</code>",
        "<pre>```\nx\n```</pre>",
        "* * *",
        "_ _ _",
        "Le 3. Et 4) là",
        "#hash ##",
        "a@b.example.org @nom",
        "…\u00a0« »",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error;
        slice source, plain, words;
        struct html html;
        assert_int_equal(comment_markdown(*state, slice_of(texts[i]), S(""), NULL, &source, &html, &error), OK);
        assert_int_equal(sanitize_plain(*state, slice_of(texts[i]), 0, &words, &error), OK);
        assert_int_equal(sanitize_plain(*state, html.s, 0, &plain, &error), OK);
        char a[400] = "", b[400] = "";
        size_t n = 0, m = 0;
        for (size_t k = 0; k < words.n && n < sizeof a - 1; k++)
            if (!strchr(" \n\t\\", words.p[k])) a[n++] = words.p[k];
        for (size_t k = 0; k < plain.n && m < sizeof b - 1; k++)
            if (!strchr(" \n\t\\", plain.p[k])) b[m++] = plain.p[k];
        if (strcmp(a, b) != 0) fail_msg("'%s'\nbecame '%.*s'\nwords '%s' / '%s'", texts[i], SLICE_FMT(source), a, b);
    }
}

/* What is taken as its own translation is what the long way would have made of it; both ways for all else that is tried. */
static void plain_text_is_its_own_translation(void **state) {
    static const char *const texts[] = {
        "Un mot.",
        "Un.\n\nDeux,\nsur deux lignes. L'été, c'est «\u00A0fini\u00A0» ?",
        "Trois lignes\n\n\nplus bas",
        "« Ceci » — cela… 3 € et “autre” ‘chose’ ; l’eau.",
        "deux  espaces, et une \nfin",
        " au début",
        "à la fin ",
        "1986. Une année\n- tiret\n+ plus",
        "voir www.example.org ou http://example.org/",
        "a:/b (c) d! e? f... g;h:i 100% #5 \"g\" 'h'",
        "Œuvre, ŒUVRE, ÀÉÎ, straße, ñ, ø",
        "un\u200Bdeux \u2028 trois\u00ADquatre",
        "e\u0301te",
        "1 de plus",
        "\ndevant",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error;
        slice source;
        struct html html;
        struct html clean;
        assert_int_equal(comment_markdown(*state, slice_of(texts[i]), S("fr"), NULL, &source, &html, &error), OK);
        assert_int_equal(sanitize_comment_html(*state, slice_of(texts[i]), NULL, NULL, &clean, &error), OK);
        slice slow = comment_markdown_source(*state, clean, CARE_NONE);
        if (!slice_equal(source, slow)) slow = comment_markdown_source(*state, clean, CARE_ESCAPED);
        if (!slice_equal(source, slow)) fail_msg("%s: %.*s", texts[i], SLICE_FMT(source));
    }
}

static void depth_is_bounded(void **state) {
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 500; i++) buf_add(&b, S("<blockquote><ul><li>"));
    buf_add(&b, S("au fond"));
    struct error error;
    slice source;
    struct html html;
    assert_int_equal(comment_markdown(*state, buf_slice(&b), S("fr"), NULL, &source, &html, &error), OK);
    assert_true(slice_contains(html.s, S("au fond")));
    buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(html_becomes_the_markdown_that_says_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_word_is_lost_or_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_text_is_its_own_translation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_is_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
