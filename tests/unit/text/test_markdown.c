#include "case.h"

#include "base/buf.h"
#include "text/markdown.h"

#include <string.h>

#define REL "rel=\"nofollow ugc noopener\""
#define BIG_ARENA ((size_t)64 << 20)

static const struct text_case COMMENTS[] = {
    {"", ""},
    {"un\ndeux\n\ntrois", "<p>un<br>\ndeux</p>\n<p>trois</p>\n"},
    {"*a* **b** _c_ __d__ snake_case",
     "<p><em>a</em> <strong>b</strong> <em>c</em> <strong>d</strong> snake_case</p>\n"},
    {"`a <b>` c", "<p><code>a &lt;b&gt;</code> c</p>\n"},
    {"```\na <b>\n\n  c\n```", "<pre><code>a &lt;b&gt;\n\n  c\n</code></pre>\n"},
    {"- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
    {"3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"},
    {"1. a\n   - b", "<ol>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>\n"},
    {"> a\n> b\n\nc", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n<p>c</p>\n"},
    /* the answer right below a quotation */
    {"> a\nb", "<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n"},
    {">> a\n> b\nc", "<blockquote>\n<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n</blockquote>\n<p>c</p>\n"},
    {"> ```\n> a\nb", "<blockquote>\n<pre><code>a\n</code></pre>\n</blockquote>\n<p>b</p>\n"},
    /* headings, rules, references, tables, indented code: not in a comment */
    {"# Titre", "<p><strong>Titre</strong></p>\n"},
    {"#sujet", "<p>#sujet</p>\n"},
    {"Texte\n---", "<p>Texte<br>\n---</p>\n"},
    {"Texte\n===", "<p>Texte<br>\n===</p>\n"},
    {"a\n\n* * *\n\nb", "<p>a</p>\n<p>* * *</p>\n<p>b</p>\n"},
    {"a\n- - -\nb", "<p>a<br>\n- - -<br>\nb</p>\n"},
    {"> ---", "<blockquote>\n<p>---</p>\n</blockquote>\n"},
    {"-", "<p>-</p>\n"},
    {"[1]: voir la suite", "<p>[1]: voir la suite</p>\n"},
    {"[a\nb]: x", "<p>[a<br>\nb]: x</p>\n"},
    {"[a\\]b]: x", "<p>[a]b]: x</p>\n"},
    {"| a | b |\n|---|---|\n| 1 | 2 |", "<p>| a | b |<br>\n|---|---|<br>\n| 1 | 2 |</p>\n"},
    {"~~a~~", "<p>~~a~~</p>\n"},
    {"    a\n    b", "<p>a<br>\nb</p>\n"},
    /* HTML and entities as typed */
    {"<b>x</b> <script>alert(1)</script>", "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
    {"<div onclick=x>\ny", "<p>&lt;div onclick=x&gt;<br>\ny</p>\n"},
    {"<!-- x -->", "<p>&lt;!-- x --&gt;</p>\n"},
    {"&amp; &lt;script&gt; &eacute; &#60;", "<p>&amp;amp; &amp;lt;script&amp;gt; &amp;eacute; &amp;#60;</p>\n"},
    /* links */
    {"[x](https://a.org/b?c=1&d=2)", "<p><a href=\"https://a.org/b?c=1&amp;d=2\" " REL ">x</a></p>\n"},
    {"[x](http://a.org \"t\")", "<p><a href=\"http://a.org\" " REL ">x</a></p>\n"},
    {"<https://a.org/_b_>", "<p><a href=\"https://a.org/_b_\" " REL ">https://a.org/_b_</a></p>\n"},
    {"<a@b.org>", "<p><a href=\"mailto:a@b.org\" " REL ">a@b.org</a></p>\n"},
    {"voir https://a.org/_x_/*y*z.",
     "<p>voir <a href=\"https://a.org/_x_/*y*z\" " REL ">https://a.org/_x_/*y*z</a>.</p>\n"},
    {"*http://a.org*", "<p><em><a href=\"http://a.org\" " REL ">http://a.org</a></em></p>\n"},
    {"www.a.org et a@b.org",
     "<p><a href=\"http://www.a.org\" " REL ">www.a.org</a> et <a href=\"mailto:a@b.org\" " REL ">a@b.org</a></p>\n"},
    {"[x](www.a.org)", "<p><a href=\"http://www.a.org\" " REL ">x</a></p>\n"},
    {"[http://a.org](http://b.org)", "<p><a href=\"http://b.org\" " REL ">http://a.org</a></p>\n"},
    {"`http://a.org/_b_`", "<p><code>http://a.org/_b_</code></p>\n"},
    {"```\nhttp://a.org/_b_\n```", "<pre><code>http://a.org/_b_\n</code></pre>\n"},
    {"[x](<http://a.org/a b>)", "<p><a href=\"http://a.org/a%20b\" " REL ">x</a></p>\n"},
    /* schemes */
    {"[x](javascript:alert(1))", "<p>x</p>\n"},
    {"[x](JaVaScRiPt:alert(1))", "<p>x</p>\n"},
    {"[x](<java\tscript:alert(1)>)", "<p>x</p>\n"},
    {"[x](javascript&colon;alert(1))", "<p>x</p>\n"},
    {"[x](&#106;avascript:alert(1))", "<p>x</p>\n"},
    {"[x](data:text/html;base64,PHNjcmlwdD4=)", "<p>x</p>\n"},
    {"[x](vbscript:msgbox)", "<p>x</p>\n"},
    {"[x](/local)", "<p>x</p>\n"},
    {"[x](//a.org)", "<p>x</p>\n"},
    {"[x](http://a.org/\"onmouseover=\"alert(1))",
     "<p><a href=\"http://a.org/%22onmouseover=%22alert(1)\" " REL ">x</a></p>\n"},
    {"<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n"},
    {"<ftp://a.org>", "<p>ftp://a.org</p>\n"},
    {"[x](https://user:pw@a.org)", "<p>x</p>\n"},
    /* images are links */
    {"![alt](https://a.org/i.png)", "<p><a href=\"https://a.org/i.png\" " REL ">alt</a></p>\n"},
    {"![](https://a.org/i.png)", "<p><a href=\"https://a.org/i.png\" " REL ">https://a.org/i.png</a></p>\n"},
    {"![<x>](javascript:x)", "<p>&lt;x&gt;</p>\n"},
    {"[![a](http://a.org/i.png)](http://b.org)", "<p><a href=\"http://b.org\" " REL ">a</a></p>\n"},
    {"![a *b* [c](http://d.org)](http://a.org)", "<p><a href=\"http://a.org\" " REL ">a b c</a></p>\n"},
};

static const struct text_case ARTICLES[] = {
    {"# Un\n## Deux\n###### Six", "<h2>Un</h2>\n<h3>Deux</h3>\n<h4>Six</h4>\n"},
    {"## Un\n### Deux\n## Trois\n# Quatre\n## Cinq",
     "<h2>Un</h2>\n<h3>Deux</h3>\n<h2>Trois</h2>\n<h2>Quatre</h2>\n<h3>Cinq</h3>\n"},
    {"Titre\n=====", "<h2>Titre</h2>\n"},
    {"a\nb  \nc", "<p>a\nb<br>\nc</p>\n"},
    {"---", "<hr>\n"},
    {"- - - - - - - - - - - - - - - - - - - - - -", "<hr>\n"},
    {"~~a~~", "<p><del>a</del></p>\n"},
    {"| a | b |\n|---|:-:|\n| 1 | `2` |",
     "<table>\n<thead>\n<tr><th>a</th><th>b</th></tr>\n</thead>\n<tbody>\n<tr><td>1</td><td><code>2</code></td></tr>\n</tbody>\n"
     "</table>\n"},
    {"[x](/articles/1-a) [y](#z) [w](http://a.org)",
     "<p><a href=\"/articles/1-a\">x</a> <a href=\"#z\">y</a> <a href=\"http://a.org\" rel=\"noopener\">w</a></p>\n"},
    {"[x][1]\n\n[1]: http://a.org", "<p><a href=\"http://a.org\" rel=\"noopener\">x</a></p>\n"},
    {"&eacute; &lt;b&gt; &#233; &inconnu;", "<p>é &lt;b&gt; é &amp;inconnu;</p>\n"},
    {"[x](javascript&#58;alert(1)) [y](java&#x0A;script:alert(1))", "<p>x y</p>\n"},
    {"<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"},
    {"    code http://a.org/_b_", "<pre><code>code http://a.org/_b_\n</code></pre>\n"},
    {"> a\nb", "<blockquote>\n<p>a\nb</p>\n</blockquote>\n"},
    /* images */
    {"![alt](https://a.org/i.png)",
     "<figure><img src=\"https://a.org/i.png\" alt=\"alt\" loading=\"lazy\"></figure>\n"},
    {"![alt](/i.png \"Une légende\")",
     "<figure><img src=\"/i.png\" alt=\"alt\" loading=\"lazy\"><figcaption>Une légende</figcaption></figure>\n"},
    {"![a](/i.png)\n![b](/j.png)", "<figure><img src=\"/i.png\" alt=\"a\" loading=\"lazy\"></figure>\n"
                                   "<figure><img src=\"/j.png\" alt=\"b\" loading=\"lazy\"></figure>\n"},
    {"[![a](/i.png)](http://b.org)", "<figure><a href=\"http://b.org\" rel=\"noopener\"><img src=\"/i.png\" alt=\"a\" "
                                     "loading=\"lazy\"></a></figure>\n"},
    {"voir ![a \"b\"](/i.png) là", "<p>voir <img src=\"/i.png\" alt=\"a &quot;b&quot;\" loading=\"lazy\"> là</p>\n"},
    {"![a](javascript:x)", "<p>a</p>\n"},
    {"![a](data:image/svg+xml,x)", "<p>a</p>\n"},
    {"![a](mailto:a@b.org)", "<p>a</p>\n"},
    {"![a\" onerror=\"x](/i.png)",
     "<figure><img src=\"/i.png\" alt=\"a&quot; onerror=&quot;x\" loading=\"lazy\"></figure>\n"},
};

static const struct text_case FRENCH[] = {
    {"Bonjour ! *\"Vraiment\"* ?", "<p>Bonjour\u202F! <em>«\u00A0Vraiment\u00A0»</em>\u202F?</p>\n"},
    {"L'eau : `l'eau : \"x\" !`", "<p>L’eau\u00A0: <code>l&#39;eau : &quot;x&quot; !</code></p>\n"},
    {"http://a.org/l'eau : ...",
     "<p><a href=\"http://a.org/l%27eau\" " REL ">http://a.org/l&#39;eau</a>\u00A0: …</p>\n"},
    {"\"**gras**\" fin", "<p>«\u00A0<strong>gras</strong>\u00A0» fin</p>\n"},
    {"un \"mot\n\ndeux\" mots", "<p>un «\u00A0mot</p>\n<p>deux&quot; mots</p>\n"},
    {"> \"a\"\n\n\"b\"", "<blockquote>\n<p>«\u00A0a\u00A0»</p>\n</blockquote>\n<p>«\u00A0b\u00A0»</p>\n"},
};

typedef enum status (*renderer)(struct arena *, slice, const struct markdown_options *, struct html *, struct error *);

static void check_table(const struct text_case *table, size_t count, renderer render,
                        const struct markdown_options *options) {
    struct arena *arena = arena_new(BIG_ARENA);
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct html html;
        struct error error = {0};
        assert_int_equal(render(arena, slice_of(table[i].in), options, &html, &error), OK);
        wrong += case_differs(table[i].in, html.s, table[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void renders_comments(void **state) {
    (void)state;
    check_table(COMMENTS, ARRAY_COUNT(COMMENTS), markdown_comment, NULL);
}

static void renders_articles(void **state) {
    (void)state;
    check_table(ARTICLES, ARRAY_COUNT(ARTICLES), markdown_article, NULL);
}

static void sets_typography(void **state) {
    (void)state;
    const struct markdown_options french = {.language = S_INIT("fr")};
    check_table(FRENCH, ARRAY_COUNT(FRENCH), markdown_comment, &french);
}

static void links_names(void **state) {
    (void)state;
    static const struct markdown_mention NAMES[] = {
        {S_INIT("Jean"), S_INIT("/comments/1")},  {S_INIT("Jean Dupont"), S_INIT("/comments/2")},
        {S_INIT("Élodie"), S_INIT("#comment-3")}, {S_INIT("Evil"), S_INIT("javascript:alert(1)")},
        {S_INIT("<b>"), S_INIT("/comments/4")},   {S_INIT(""), S_INIT("/comments/5")},
    };
    const struct markdown_options options = {.mentions = NAMES, .mention_count = ARRAY_COUNT(NAMES)};
    static const struct text_case CASES[] = {
        {"@Jean oui", "<p><a href=\"/comments/1\">@Jean</a> oui</p>\n"},
        {"(@jean dupont)", "<p>(<a href=\"/comments/2\">@jean dupont</a>)</p>\n"},
        {"@Jeanne et a@Jean", "<p>@Jeanne et a@Jean</p>\n"},
        {"@élodie, @Elodie", "<p><a href=\"#comment-3\">@élodie</a>, @Elodie</p>\n"},
        {"@Evil", "<p>@Evil</p>\n"},
        {"@<b>", "<p><a href=\"/comments/4\">@&lt;b&gt;</a></p>\n"},
        {"`@Jean` [@Jean](http://a.org)", "<p><code>@Jean</code> <a href=\"http://a.org\" " REL ">@Jean</a></p>\n"},
        {"*@Jean*", "<p><em><a href=\"/comments/1\">@Jean</a></em></p>\n"},
        {"@ @@Jean", "<p>@ @<a href=\"/comments/1\">@Jean</a></p>\n"},
    };
    check_table(CASES, ARRAY_COUNT(CASES), markdown_comment, &options);
}

static void gives_plain_text(void **state) {
    (void)state;
    static const struct {
        enum markdown_dialect dialect;
        const char *in, *out;
    } CASES[] = {
        {MARKDOWN_COMMENT, "", ""},
        {MARKDOWN_COMMENT, "un *deux*\ntrois\n\n> quatre\n\n- cinq\n- six", "un deux trois\nquatre\ncinq\nsix"},
        {MARKDOWN_COMMENT, "<b> &amp; `c`", "<b> &amp; c"},
        {MARKDOWN_ARTICLE, "# T\n\n&amp; ![alt](/x \"t\") [l](http://a.org)", "T\n& alt l"},
        {MARKDOWN_ARTICLE, "```\na\n  b\n```\nc", "a b\nc"},
    };
    struct arena *arena = arena_new(BIG_ARENA);
    slice out;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        assert_int_equal(markdown_plain(arena, CASES[i].dialect, slice_of(CASES[i].in), 0, &out, NULL), OK);
        wrong += case_differs(CASES[i].in, out, CASES[i].out);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(markdown_plain(arena, MARKDOWN_COMMENT, S("un deux trois quatre"), 12, &out, NULL), OK);
    assert_int_equal(case_differs("cut", out, "un deux…"), 0);
    arena_free(arena);
}

static void refuses_what_is_too_much(void **state) {
    (void)state;
    struct arena *arena = arena_new(BIG_ARENA);
    struct html html;
    struct error error = {0};
    assert_int_equal(markdown_comment(arena, S("a\xFF"), NULL, &html, &error), INVALID);
    char *big = test_malloc(MARKDOWN_MAX_SOURCE + 1);
    memset(big, 'a', MARKDOWN_MAX_SOURCE + 1);
    assert_int_equal(markdown_comment(arena, (slice){big, MARKDOWN_MAX_SOURCE}, NULL, &html, &error), OK);
    assert_int_equal(markdown_comment(arena, (slice){big, MARKDOWN_MAX_SOURCE + 1}, NULL, &html, &error), LIMIT);
    test_free(big);
    /* 65 columns */
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, 10000);
    for (int i = 0; i < 65; i++) buf_add(&b, S("|a"));
    buf_add_char(&b, '\n');
    for (int i = 0; i < 65; i++) buf_add(&b, S("|---"));
    assert_int_equal(markdown_article(arena, buf_slice(&b), NULL, &html, &error), LIMIT);
    /* a definition of 2,000 bytes used 20,000 times */
    buf_clear(&b);
    b.max = 1 << 20;
    buf_add(&b, S("[a]: http://a.org/"));
    for (int i = 0; i < 1990; i++) buf_add_char(&b, 'x');
    buf_add(&b, S("\n\n"));
    for (int i = 0; i < 20000; i++) buf_add(&b, S("[a] "));
    assert_int_equal(markdown_article(arena, buf_slice(&b), NULL, &html, &error), LIMIT);
    arena_free(arena);
    /* an arena without room for the result is said, not died of */
    arena = arena_new(100);
    assert_int_equal(markdown_comment(arena,
                                      S("0123456789012345678901234567890123456789012345678901234567890123456789"
                                        "0123456789012345678901234567890123456789"),
                                      NULL, &html, &error),
                     LIMIT);
    arena_free(arena);
}

static void drops_control_characters(void **state) {
    (void)state;
    struct arena *arena = arena_new(BIG_ARENA);
    struct html html;
    assert_int_equal(markdown_comment(arena, S("a\0b\x1B\r\nc\rd"), NULL, &html, NULL), OK);
    assert_int_equal(case_differs("controls", html.s, "<p>ab<br>\nc<br>\nd</p>\n"), 0);
    arena_free(arena);
}

static size_t count(slice s, slice what) {
    size_t n = 0;
    for (size_t at; (at = slice_find(s, what)) != SIZE_MAX; s = slice_after(s, at + what.n)) n++;
    return n;
}

static void flattens_what_is_too_deep(void **state) {
    (void)state;
    struct arena *arena = arena_new(BIG_ARENA);
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, 1 << 20);
    struct html html;
    for (int i = 0; i < 100; i++) buf_add(&b, S("> "));
    buf_add(&b, S("fond"));
    assert_int_equal(markdown_comment(arena, buf_slice(&b), NULL, &html, NULL), OK);
    assert_int_equal(count(html.s, S("<blockquote>")), MARKDOWN_MAX_DEPTH);
    assert_true(slice_contains(html.s, S("&gt; fond")));
    buf_clear(&b);
    for (int i = 0; i < 40; i++) {
        for (int k = 0; k < i; k++) buf_add(&b, S("  "));
        buf_add_format(&b, "- n%d\n", i);
    }
    assert_int_equal(markdown_article(arena, buf_slice(&b), NULL, &html, NULL), OK);
    assert_int_equal(count(html.s, S("<ul>")), MARKDOWN_MAX_DEPTH);
    assert_int_equal(count(html.s, S("</ul>")), MARKDOWN_MAX_DEPTH);
    assert_int_equal(count(html.s, S("<li>")), count(html.s, S("</li>")));
    assert_true(slice_contains(html.s, S("n39")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_comments),         cmocka_unit_test(renders_articles),
        cmocka_unit_test(sets_typography),          cmocka_unit_test(links_names),
        cmocka_unit_test(gives_plain_text),         cmocka_unit_test(refuses_what_is_too_much),
        cmocka_unit_test(drops_control_characters), cmocka_unit_test(flattens_what_is_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
