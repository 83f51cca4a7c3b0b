/* What a page says of itself, whoever wrote it and however; and what hostile pages come to. */
#include "text/quoted_page.h"

#include "base/utf8.h"
#include "text/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define LONG_ONE "La passerelle rouvrira en mars, a dit le maire, et personne ne l’a cru dans la salle ce soir-là."
#define LONG_TWO "Les riverains attendent depuis neuf ans, et comptent les hivers comme d’autres comptent les moutons."

static struct arena *arena;
static struct error error;

static int open_arena(void **state) {
    (void)state;
    arena = arena_new(64 * 1024 * 1024);
    return 0;
}

static int shut(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct quoted_page read_page(slice html) {
    struct quoted_page page;
    assert_int_equal(quoted_page_read(arena, html, S("text/html; charset=utf-8"), S("https://www.exemple.fr/a/b?c=1"),
                                      1000, &page, &error),
                     OK);
    return page;
}

static void assert_slice(slice is, slice expected) {
    if (!slice_equal(is, expected)) fail_msg("'%.*s' is not '%.*s'", SLICE_FMT(is), SLICE_FMT(expected));
}

static void a_page_of_a_newspaper_is_read(void **state) {
    (void)state;
    struct quoted_page page = read_page(S(
        "<!doctype html><html lang=fr><head><title>La passerelle - Le Journal</title>"
        "<meta property='og:title' content='La passerelle'><meta property='og:site_name' content='Le Journal'>"
        "<meta property='article:published_time' content='2026-11-02T08:30:00+01:00'>"
        "<meta property='article:author' content='https://www.exemple.fr/auteurs/12'>"
        "<link rel=canonical href='https://www.exemple.fr/a/b'>"
        "<script type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebSite\","
        "\"name\":\"x\"},{\"@type\":[\"NewsArticle\"],\"headline\":\"La passerelle rouvre\",\"author\":[{\"name\":\"Ada "
        "Roux\"},\"Max Blé\"],\"datePublished\":\"2026-11-01T07:00:00Z\"}]}</script></head>"
        "<body><nav><p>Abonnez-vous à notre lettre du matin, elle est gratuite et sans publicité.</p></nav>"
        "<article><h1>La passerelle</h1><p>Par Ada</p><p>" LONG_ONE
        "</p><aside><p>À lire aussi, et surtout à partager avec "
        "tous vos amis, sans attendre.</p></aside><p>" LONG_TWO "</p></article></body></html>"));
    assert_slice(page.title, S("La passerelle rouvre"));
    assert_slice(page.author, S("Ada Roux, Max Blé"));
    assert_slice(page.site, S("Le Journal"));
    assert_slice(page.language, S("fr"));
    assert_slice(page.url, S("https://www.exemple.fr/a/b"));
    assert_int_equal(page.date, INT64_C(1793516400000));
    assert_int_equal(page.paragraphs, 2);
    assert_slice(page.markdown, S(LONG_ONE "\n\n" LONG_TWO));
}

static void a_plain_page_says_what_it_can(void **state) {
    (void)state;
    struct quoted_page page = read_page(S("<title> Une\n page </title><p>" LONG_ONE "<p>" LONG_TWO));
    assert_slice(page.title, S("Une page"));
    assert_slice(page.author, S(""));
    assert_slice(page.url, S(""));
    assert_int_equal(page.date, 0);
    assert_int_equal(page.paragraphs, 2);
}

static void paragraphs_stop_at_the_length_asked_for(void **state) {
    (void)state;
    struct quoted_page page;
    slice html = S("<title>x</title><article><p>" LONG_ONE "</p><p>" LONG_TWO "</p></article>");
    assert_int_equal(quoted_page_read(arena, html, S(""), S("http://a.example/"), 120, &page, &error), OK);
    assert_slice(page.markdown, S(LONG_ONE));
    assert_int_equal(quoted_page_read(arena, html, S(""), S("http://a.example/"), 40, &page, &error), OK);
    assert_int_equal(page.paragraphs, 1);
    assert_true(utf8_length(page.markdown) <= 40);
}

static void markup_and_markdown_come_out_as_text(void **state) {
    (void)state;
    struct quoted_page page = read_page(S(
        "<title>A &amp; B <i></title><article><p># Un <b>titre</b> *fort* [lien](javascript:alert(1)) "
        "&lt;script&gt;alert(1)&lt;/script&gt; <script>alert(2)</script><style>p{}</style> et assez de mots pour compter.</p>"
        "<p>12. Ceci n’est pas une liste, mais un paragraphe qui commence par un nombre, avec assez de mots.</p></article>"));
    assert_slice(page.title, S("A & B <i>"));
    assert_true(slice_starts(page.markdown, S("\\# Un titre \\*fort\\* \\[lien\\](javascript:alert(1)) \\<script\\>")));
    assert_int_equal(slice_find(page.markdown, S("alert(2)")), SIZE_MAX);
    assert_int_not_equal(slice_find(page.markdown, S("12\\. Ceci")), SIZE_MAX);
}

static void another_hosts_canonical_address_does_not_count(void **state) {
    (void)state;
    slice html = S("<title>x</title><link rel=canonical href='https://evil.example/a'><p>" LONG_ONE LONG_TWO);
    assert_slice(read_page(html).url, S(""));
    html = S("<title>x</title><link rel=canonical href='/a/b'><p>" LONG_ONE LONG_TWO);
    assert_slice(read_page(html).url, S("https://www.exemple.fr/a/b"));
    html = S("<title>x</title><link rel=canonical href='javascript:alert(1)'><p>" LONG_ONE LONG_TWO);
    assert_slice(read_page(html).url, S(""));
}

static void what_is_no_page_is_refused(void **state) {
    (void)state;
    struct quoted_page page;
    assert_int_equal(quoted_page_read(arena, S("%PDF-1.4"), S("application/pdf"), S("http://a/"), 500, &page, &error),
                     INVALID);
    assert_int_equal(quoted_page_read(arena, S("<p></p>"), S("text/html"), S("http://a/"), 500, &page, &error),
                     INVALID);
    assert_int_equal(quoted_page_read(arena, S(""), S("text/html"), S("http://a/"), 500, &page, &error), INVALID);
}

static slice repeat(slice head, slice piece, size_t count, slice tail) {
    struct buf b;
    buf_init(&b, 16 * 1024 * 1024);
    buf_add(&b, head);
    for (size_t i = 0; i < count; i++) buf_add(&b, piece);
    buf_add(&b, tail);
    slice text = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return text;
}

static void depth_does_not_matter(void **state) {
    (void)state;
    slice deep = repeat(S("<title>Profond</title>"), S("<div>"), 300000, S("<p>" LONG_ONE LONG_TWO));
    struct quoted_page page;
    enum status status = quoted_page_read(arena, deep, S("text/html"), S("http://a.example/"), 500, &page, &error);
    assert_true(status == OK || status == LIMIT);
}

/* Each paragraph opens every formatting element again: a tree of a hundred million nodes, were it allowed to be. */
static void a_page_that_grows_in_memory_is_cut(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 4 * 1024 * 1024);
    buf_add(&b, S("<title>Bombe</title><p>"));
    for (int i = 0; i < 3000; i++) buf_add_format(&b, "<font a=%d>", i);
    for (int i = 0; i < 50000; i++) buf_add(&b, S("<p>x"));
    struct quoted_page page;
    enum status status =
        quoted_page_read(arena, buf_slice(&b), S("text/html"), S("http://a.example/"), 500, &page, &error);
    assert_int_equal(status, LIMIT);
    buf_fini(&b);
}

static void charsets_are_found(void **state) {
    (void)state;
    assert_slice(text_to_utf8(arena, S("\xE9t\xE9"), S("text/html; charset=ISO-8859-1")), S("été"));
    assert_slice(text_to_utf8(arena, S("\x93\xE9t\xE9\x94"), S("text/html")), S("“été”"));
    assert_slice(text_to_utf8(arena, S("été"), S("text/html; charset=iso-8859-1")), S("été"));
    assert_slice(text_to_utf8(arena, S("\xEF\xBB\xBFoui"), S("text/html; charset=koi8-r")), S("oui"));
    assert_slice(text_to_utf8(arena, S("\xFF\xFEo\0u\0i\0"), S("")), S("\xEF\xBB\xBFoui"));
    assert_slice(text_to_utf8(arena, S("<meta charset='windows-1251'>\xEF\xF0\xE8"), S("text/html")),
                 S("<meta charset='windows-1251'>при"));
    assert_slice(text_to_utf8(arena, S("a\xFFz"), S("text/html; charset=utf-8")), S("a\uFFFDz"));
    assert_true(utf8_is_valid(text_to_utf8(arena, S("\xE9\xFF"), S("text/html; charset=no-such-thing"))));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, shut)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_page_of_a_newspaper_is_read),
        TEST(a_plain_page_says_what_it_can),
        TEST(paragraphs_stop_at_the_length_asked_for),
        TEST(markup_and_markdown_come_out_as_text),
        TEST(another_hosts_canonical_address_does_not_count),
        TEST(what_is_no_page_is_refused),
        TEST(depth_does_not_matter),
        TEST(a_page_that_grows_in_memory_is_cut),
        TEST(charsets_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
