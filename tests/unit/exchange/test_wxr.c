#include "exchange/wxr.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD(version)                                                                                                  \
    "<rss version=\"2.0\" xmlns:excerpt=\"http://wordpress.org/export/" version "/excerpt/\" "                         \
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "        \
    "xmlns:wp=\"http://wordpress.org/export/" version "/\">\n<channel>"
#define TAIL "</channel></rss>"

struct fixture {
    struct arena *arena;
    struct wxr_reader *reader;
    struct error error;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_new(WXR_ARENA_MAX);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    wxr_close(f->reader);
    arena_free(f->arena);
    free(f);
    return 0;
}

static void open_text(struct fixture *f, const char *text) {
    assert_int_equal(wxr_open_memory(slice_of(text), &f->reader, &f->error), OK);
}

static void assert_slice(slice got, const char *wanted) {
    if (!slice_equal(got, slice_of(wanted))) fail_msg("got '%.*s', wanted '%s'", SLICE_FMT(got), wanted);
}

static void every_field_of_an_item_is_read(void **state) {
    struct fixture *f = *state;
    open_text(f, HEAD("1.2") "<title>Blog</title><link>http://b.example.org</link><language>fr-FR</language>"
                             "<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>http://b.example.org/x"
                             "</wp:base_blog_url>\n<item><title>A &amp; <![CDATA[<B>]]></title><link>l</link>"
                             "<pubDate>p</pubDate><dc:creator>jean</dc:creator><guid isPermaLink=\"false\">g</guid>"
                             "<description>no</description><content:encoded><![CDATA[c]]></content:encoded>"
                             "<excerpt:encoded>e</excerpt:encoded><wp:post_id>7</wp:post_id><wp:status>s</wp:status>"
                             "<wp:post_type>post</wp:post_type><wp:post_name/><wp:post_password>pw</wp:post_password>"
                             "<category domain=\"category\" nicename=\"n\">N</category><category>old</category>"
                             "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key></wp:postmeta>"
                             "<wp:postmeta><wp:meta_key>mood</wp:meta_key></wp:postmeta></item>" TAIL);
    struct wxr_item item;
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), OK);
    assert_int_equal(item.line, 3);
    assert_slice(item.title, "A & <B>");
    assert_slice(item.link, "l");
    assert_slice(item.pub_date, "p");
    assert_slice(item.creator, "jean");
    assert_slice(item.guid, "g");
    assert_slice(item.content, "c");
    assert_slice(item.excerpt, "e");
    assert_slice(item.post_id, "7");
    assert_slice(item.status, "s");
    assert_slice(item.post_type, "post");
    assert_slice(item.post_name, "");
    assert_slice(item.post_password, "pw");
    assert_int_equal(item.term_count, 2);
    assert_slice(item.terms[0].domain, "category");
    assert_slice(item.terms[0].nicename, "n");
    assert_slice(item.terms[0].name, "N");
    assert_slice(item.terms[1].domain, "");
    assert_slice(item.terms[1].name, "old");
    assert_true(item.has_thumbnail);
    assert_int_equal(item.meta_count, 1);
    const struct wxr_channel *channel = wxr_channel(f->reader);
    assert_slice(channel->title, "Blog");
    assert_slice(channel->language, "fr-FR");
    assert_slice(channel->version, "1.2");
    assert_slice(channel->base_blog_url, "http://b.example.org/x");
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), NOT_FOUND);
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), NOT_FOUND);
}

static void comments_and_names_are_read(void **state) {
    struct fixture *f = *state;
    open_text(f, HEAD("1.1") "<wp:author><wp:author_login>jean</wp:author_login><wp:author_display_name>Jean D."
                             "</wp:author_display_name></wp:author><wp:category><wp:category_nicename>n"
                             "</wp:category_nicename><wp:category_description>d</wp:category_description>"
                             "</wp:category><item><wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content>a"
                             "</wp:comment_content><wp:commentmeta><wp:meta_key>k</wp:meta_key><wp:meta_value>v"
                             "</wp:meta_value></wp:commentmeta></wp:comment><wp:comment><wp:comment_id>2"
                             "</wp:comment_id><wp:comment_parent>1</wp:comment_parent></wp:comment></item>"
                             "<item/>" TAIL);
    struct wxr_item item;
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), OK);
    assert_int_equal(item.comment_count, 2);
    assert_slice(item.comments[0].content, "a");
    assert_slice(item.comments[1].content, ""); /* nothing of the first one */
    assert_slice(item.comments[1].parent, "1");
    assert_int_equal(item.meta_count, 0); /* commentmeta is not postmeta */
    assert_slice(wxr_author_name(f->reader, S("jean")), "Jean D.");
    assert_slice(wxr_author_name(f->reader, S("paul")), "");
    assert_slice(wxr_category_description(f->reader, S("n")), "d");
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), OK); /* an empty item is one */
    assert_int_equal(item.comment_count, 0);
}

static void fields_elsewhere_are_not_taken(void **state) {
    struct fixture *f = *state;
    open_text(f, HEAD("1.0") "<image><title>not this</title></image><title>this</title><item><title>a<b>b</b>c</title>"
                             "<x><title>no</title><wp:comment/></x><wp:title>no</wp:title>"
                             "<y:title xmlns:y=\"urn:y\">no</y:title></item>" TAIL);
    struct wxr_item item;
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), OK);
    assert_slice(item.title, "abc");
    assert_int_equal(item.comment_count, 0);
    assert_slice(wxr_channel(f->reader)->title, "this");
}

static void any_prefix_and_https_are_wordpress(void **state) {
    struct fixture *f = *state;
    open_text(f,
              "<rss xmlns:w='https://wordpress.org/export/1.2/'><channel><item><w:post_id>4</w:post_id></item>" TAIL);
    struct wxr_item item;
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), OK);
    assert_slice(item.post_id, "4");
}

static void control_characters_are_left_out_and_counted(void **state) {
    struct fixture *f = *state;
    open_text(f, HEAD("1.2") "<item><title>a\x08\x1b"
                             "b\tc</title></item>" TAIL);
    struct wxr_item item;
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), OK);
    assert_slice(item.title, "ab\tc");
    assert_int_equal(wxr_controls_dropped(f->reader), 2);
}

static void what_is_broken_says_where(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *text;
        const char *says;
    } cases[] = {
        {"", "line 1: not XML, or empty"},
        {"{\"a\": 1}", "line 1: not XML, or empty"},
        {"\x1f\x8b\x08", "compressed"},
        {"PK\x03\x04", "compressed"},
        {"<html><body/></html>", "line 1: not a WordPress export: the document is <html>"},
        {"\n<rss version='2.0'><channel/></rss>", "line 2: an RSS feed, but not a WordPress export"},
        {"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", "a document type declaration"},
        {HEAD("1.2") "\n<item>\n<title>a</title>", "line 4: the document ends too early"},
        {HEAD("1.2") "\n<item>\n<title>a</titl", "is the file cut off?"},
        {HEAD("1.2") "<item><title><![CDATA[a", "is the file cut off?"},
        {HEAD("1.2") "\n\n<item></itm>" TAIL, "line 4: not well-formed XML: Opening and ending tag mismatch"},
        {HEAD("1.2") "\n<item>&nbsp;</item>" TAIL, "line 3: not well-formed XML: Entity 'nbsp' not defined"},
        {HEAD("1.2") "\n<item>\xff</item>" TAIL, "line 3: not well-formed XML: Input is not proper UTF-8"},
        {"<?xml version='1.0' encoding='EUC-JP'?>" HEAD("1.2") "<item>\x80\x80 \xff\xff</item>" TAIL,
         "characters that are not in the encoding"},
        {HEAD("1.2") TAIL "<more/>", "not well-formed XML: Extra content"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct wxr_reader *reader = NULL;
        struct wxr_item item;
        enum status status = wxr_open_memory(slice_of(cases[i].text), &reader, &f->error);
        while (status == OK) status = wxr_next(reader, f->arena, &item, &f->error);
        if (status != INVALID || !strstr(f->error.detail, cases[i].says))
            fail_msg("case %zu: status %d, '%s'", i, status, f->error.detail);
        wxr_close(reader);
    }
}

static void a_failed_reader_goes_on_failing(void **state) {
    struct fixture *f = *state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_add(&b, S(HEAD("1.2")));
    for (int i = 0; i < 100; i++) buf_add(&b, S("<item><title>far from the end</title></item>\n"));
    buf_add(&b, S("<item></itm>" TAIL));
    assert_int_equal(wxr_open_memory(buf_slice(&b), &f->reader, &f->error), OK);
    struct wxr_item item;
    int items = 0;
    enum status status;
    while ((status = wxr_next(f->reader, f->arena, &item, &f->error)) == OK) items++;
    assert_int_equal(status, INVALID);
    assert_non_null(strstr(f->error.detail, "line 102: "));
    assert_in_range(items, 80, 100);
    assert_int_equal(wxr_next(f->reader, f->arena, &item, &f->error), INVALID);
    buf_fini(&b);
}

static void files_that_cannot_be_read_say_so(void **state) {
    struct fixture *f = *state;
    assert_int_equal(wxr_open_file("/nowhere/export.xml", &f->reader, &f->error), NOT_FOUND);
    assert_int_equal(wxr_open_file("/", &f->reader, &f->error), INVALID);
    assert_non_null(strstr(f->error.detail, "folder"));
}

/* The doubling entities of a "billion laughs" would make a gigabyte; a declaration alone is refused. */
static void entities_are_not_expanded(void **state) {
    struct fixture *f = *state;
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_add(&b, S("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY e0 \"lol\">"));
    for (int i = 1; i < 30; i++) buf_add_format(&b, "<!ENTITY e%d \"&e%d;&e%d;\">", i, i - 1, i - 1);
    buf_add(&b, S("]>" HEAD("1.2") "<item><title>&e29;</title></item>" TAIL));
    assert_int_equal(wxr_open_memory(buf_slice(&b), &f->reader, &f->error), INVALID);
    buf_fini(&b);
}

/* 9 MB in one CDATA section are read; 11 MB are refused. */
static void long_texts_are_bounded(void **state) {
    struct fixture *f = *state;
    for (size_t mb = 9; mb <= 11; mb += 2) {
        struct buf b;
        buf_init(&b, 16 << 20);
        buf_add(&b, S(HEAD("1.2") "<item><content:encoded><![CDATA["));
        for (size_t i = 0; i < mb * 1000 * 1000 / 10; i++) buf_add(&b, S("123456789\n"));
        buf_add(&b, S("]]></content:encoded></item>" TAIL));
        struct wxr_reader *reader = NULL;
        struct wxr_item item = {0};
        assert_int_equal(wxr_open_memory(buf_slice(&b), &reader, &f->error), OK);
        enum status status = wxr_next(reader, f->arena, &item, &f->error);
        if (mb == 9) {
            assert_int_equal(status, OK);
            assert_int_equal(item.content.n, mb * 1000 * 1000);
            assert_int_equal(wxr_bytes_read(reader), b.n);
        } else {
            assert_true(status == INVALID || status == LIMIT);
            assert_true(strncmp(f->error.detail, "line ", 5) == 0);
        }
        wxr_close(reader);
        buf_fini(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_field_of_an_item_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(comments_and_names_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fields_elsewhere_are_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_prefix_and_https_are_wordpress, set_up, tear_down),
        cmocka_unit_test_setup_teardown(control_characters_are_left_out_and_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_broken_says_where, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_reader_goes_on_failing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(entities_are_not_expanded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_texts_are_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
