/* Feeds, sitemap, robots.txt, descriptions, addresses: read back by the libraries that others read them with. */
#include "samples.h"

#include "view/address.h"
#include "view/feed.h"
#include "view/jsonld.h"
#include "view/sitemap.h"
#include "view/xml.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static struct samples samples;

static int open_samples(void **state) {
    (void)state;
    samples_init(&samples, S("fr"));
    return 0;
}

static int shut_samples(void **state) {
    (void)state;
    samples_fini(&samples);
    return 0;
}

static const struct {
    const char *prefix, *uri;
} namespaces[] = {{"a", "http://www.w3.org/2005/Atom"},
                  {"thr", "http://purl.org/syndication/thread/1.0"},
                  {"content", "http://purl.org/rss/1.0/modules/content/"},
                  {"dc", "http://purl.org/dc/elements/1.1/"},
                  {"slash", "http://purl.org/rss/1.0/modules/slash/"},
                  {"wfw", "http://wellformedweb.org/CommentAPI/"},
                  {"sm", "http://www.sitemaps.org/schemas/sitemap/0.9"}};

/* The string value of an XPath expression; in the samples' arena. */
static const char *value(const struct buf *xml, const char *xpath) {
    xmlDocPtr doc = xmlReadMemory(xml->p, (int)xml->n, "feed", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    for (size_t i = 0; i < ARRAY_COUNT(namespaces); i++) {
        xmlXPathRegisterNs(context, (const xmlChar *)namespaces[i].prefix, (const xmlChar *)namespaces[i].uri);
    }
    xmlXPathObjectPtr object = xmlXPathEvalExpression((const xmlChar *)xpath, context);
    assert_non_null(object);
    xmlChar *text = xmlXPathCastToString(object);
    slice copy = arena_copy(samples.arena, slice_of((const char *)text));
    xmlFree(text);
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return copy.p;
}

static void write_articles(struct buf *out, enum feed_format format) {
    struct error error;
    static struct view_article articles[4];
    articles[0] = samples.article;
    articles[1] = samples.excerpt;
    articles[2] = samples.article;
    articles[2].is_draft = true;
    articles[3] = samples.article;
    articles[3].kind = VIEW_ARTICLE_PAGE;
    const struct feed_articles feed = {articles, ARRAY_COUNT(articles)};
    buf_init(out, 1 << 20);
    assert_int_equal(feed_write_articles(&samples.context, format, &feed, out, &error), OK);
}

static void write_comments(struct buf *out, enum feed_format format) {
    struct error error;
    struct view_comment comments[4] = {samples.threads[0].replies[1], samples.threads[3].root, samples.threads[0].root,
                                       samples.threads[1].root};
    comments[2].name = format == FEED_JSON ? S("A\x01<b>") : S("A\x01<b> & \xEF\xBF\xBF\xFF");
    const struct feed_comments feed = {&samples.article, comments, ARRAY_COUNT(comments)};
    buf_init(out, 1 << 20);
    assert_int_equal(feed_write_comments(&samples.context, format, &feed, out, &error), OK);
}

static void atom_holds_what_rfc4287_asks(void **state) {
    (void)state;
    struct buf b CLEANUP(buf_fini) = {0};
    write_articles(&b, FEED_ATOM);
    assert_string_equal(value(&b, "count(/a:feed/a:entry)"), "2"); /* neither drafts nor pages */
    assert_string_equal(value(&b, "/a:feed/a:id"), "https://courrier.example/");
    assert_string_equal(value(&b, "/a:feed/a:updated"), "2022-01-07T04:19:00Z");
    assert_string_equal(value(&b, "/a:feed/a:link[@rel='self']/@href"), "https://courrier.example/feeds/articles.atom");
    assert_string_equal(
        value(&b, "count(/a:feed/a:entry[a:id and a:title and a:updated and a:author/a:name and a:content])"), "2");
    assert_string_equal(value(&b, "/a:feed/a:entry[1]/a:id"), "https://courrier.example/articles/12");
    assert_string_equal(value(&b, "/a:feed/a:entry[1]/a:link[@rel='replies']/@thr:count"), "1248");
    assert_string_equal(value(&b, "/a:feed/a:entry[1]/a:link[@rel='replies']/@href"),
                        "https://courrier.example/articles/12-le-pont-ne-rouvrira-pas/comments.atom");
    assert_string_equal(value(&b, "/a:feed/a:entry[2]/a:author/a:name"), "Le Courrier des deux cols");
    assert_string_equal(value(&b, "/a:feed/a:entry[2]/@xml:lang"), "en");
    /* Addresses in the text are absolute: a reader of feeds has no page to take them from. */
    assert_non_null(strstr(value(&b, "/a:feed/a:entry[1]/a:content"),
                           "src=\"https://courrier.example/static/demo/old-bridge.svg\""));
}

static void atom_threads_by_rfc4685(void **state) {
    (void)state;
    struct buf b CLEANUP(buf_fini) = {0};
    write_comments(&b, FEED_ATOM);
    assert_string_equal(value(&b, "count(//a:entry)"), "3"); /* no stubs */
    assert_string_equal(value(&b, "//a:entry[1]/thr:in-reply-to/@ref"), "https://courrier.example/comments/2878764");
    assert_string_equal(value(&b, "//a:entry[2]/thr:in-reply-to/@ref"), "https://courrier.example/articles/12");
    assert_string_equal(value(&b, "//a:entry[2]/a:author/a:name"), "A<b> & ");
    assert_non_null(strstr(value(&b, "//a:entry[2]/a:title"), "(...)"));
    assert_string_equal(value(&b, "//a:entry[3]/a:title"), "Et en hiver\u202F?");
    assert_non_null(strstr(value(&b, "/a:feed/a:title"), "Commentaires"));
}

static void rss_has_its_modules(void **state) {
    (void)state;
    struct buf b CLEANUP(buf_fini) = {0};
    write_articles(&b, FEED_RSS);
    assert_string_equal(value(&b, "/rss/@version"), "2.0");
    assert_string_equal(value(&b, "count(/rss/channel[title and link and description])"), "1");
    assert_string_equal(value(&b, "/rss/channel/item[1]/slash:comments"), "1248");
    assert_string_equal(value(&b, "/rss/channel/item[1]/wfw:commentRss"),
                        "https://courrier.example/articles/12-le-pont-ne-rouvrira-pas/comments.rss");
    assert_string_equal(value(&b, "/rss/channel/item[1]/pubDate"), "Thu, 06 Jan 2022 01:19:00 +0100");
    assert_non_null(strstr(value(&b, "/rss/channel/item[1]/content:encoded"), "<h2>"));
    assert_string_equal(value(&b, "/rss/channel/item[1]/dc:creator"), "Hélène Roux");
    struct buf c CLEANUP(buf_fini) = {0};
    write_comments(&c, FEED_RSS);
    assert_string_equal(value(&c, "count(/rss/channel/item[guid and link and pubDate and description])"), "3");
}

static void json_feed_is_one(void **state) {
    (void)state;
    struct buf b CLEANUP(buf_fini) = {0};
    write_articles(&b, FEED_JSON);
    json_error_t error;
    json_t *feed = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &error);
    if (!feed) fail_msg("%s", error.text);
    assert_string_equal(json_string_value(json_object_get(feed, "version")), "https://jsonfeed.org/version/1.1");
    json_t *items = json_object_get(feed, "items");
    assert_int_equal(json_array_size(items), 2);
    json_t *first = json_array_get(items, 0);
    assert_string_equal(json_string_value(json_object_get(first, "id")), "https://courrier.example/articles/12");
    assert_string_equal(json_string_value(json_object_get(first, "date_published")), "2022-01-06T00:19:00Z");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(first, "_palabre"), "comment_count")), 1248);
    assert_non_null(strstr(json_string_value(json_object_get(first, "content_html")), "<blockquote>"));
    json_decref(feed);

    struct buf c CLEANUP(buf_fini) = {0};
    write_comments(&c, FEED_JSON);
    feed = json_loadb(c.p, c.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!feed) fail_msg("%s", error.text);
    first = json_array_get(json_object_get(feed, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(first, "_palabre"), "in_reply_to")),
                        "https://courrier.example/comments/2878764");
    json_decref(feed);
}

static void empty_feeds_are_feeds(void **state) {
    (void)state;
    struct error error;
    for (int i = 0; i < FEED_FORMATS; i++) {
        struct buf b CLEANUP(buf_fini) = {0};
        buf_init(&b, 1 << 16);
        assert_int_equal(
            feed_write_articles(&samples.context, (enum feed_format)i, &(struct feed_articles){0}, &b, &error), OK);
        if (i == FEED_JSON) {
            json_t *feed = json_loadb(b.p, b.n, 0, NULL);
            assert_non_null(feed);
            json_decref(feed);
        } else {
            assert_string_equal(value(&b, "count(//a:entry | //item)"), "0");
        }
        struct buf small CLEANUP(buf_fini) = {0};
        buf_init(&small, 100);
        assert_int_equal(
            feed_write_articles(&samples.context, (enum feed_format)i, &(struct feed_articles){0}, &small, &error),
            LIMIT);
    }
}

static json_t *description(struct html html) {
    json_error_t error;
    json_t *json = json_loadb(html.s.p, html.s.n, JSON_REJECT_DUPLICATES, &error);
    if (!json) fail_msg("%s at %d", error.text, error.position);
    assert_true(slice_find_char(html.s, '<') == SIZE_MAX);
    return json;
}

static void descriptions_are_json(void **state) {
    (void)state;
    struct view_comment hostile = samples.threads[0].root;
    hostile.name = S("</script><script>alert(1)</script>");
    struct view_thread threads[3] = {samples.threads[0], samples.threads[3], samples.threads[1]};
    threads[0].root = hostile;
    const struct view_discussion page = {.article = &samples.article,
                                         .is_article = true,
                                         .page = 1,
                                         .page_count = 1,
                                         .threads = threads,
                                         .thread_count = 3};
    json_t *json = description(jsonld_discussion(&samples.context, &page));
    assert_string_equal(json_string_value(json_object_get(json, "@type")), "NewsArticle");
    assert_int_equal(json_integer_value(json_object_get(json, "commentCount")), 1248);
    json_t *comments = json_object_get(json, "comment");
    assert_int_equal(json_array_size(comments), 2); /* the withdrawn root is not among them */
    json_t *first = json_array_get(comments, 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(first, "author"), "name")),
                        "</script><script>alert(1)</script>");
    assert_int_equal(json_array_size(json_object_get(first, "comment")), 3);
    assert_string_equal(
        json_string_value(json_object_get(first, "text")),
        "Enfin une décision. J’habite rive gauche depuis trente ans\u00A0: le bruit, c’était toute la nuit.");
    json_decref(json);
    const struct view_thread_page thread = {
        .article = &samples.article, .thread = &samples.threads[3], .page = 1, .page_count = 1};
    json_decref(description(jsonld_thread(&samples.context, &thread)));
    json_decref(description(jsonld_site(&samples.context)));
}

static void sitemap_is_one(void **state) {
    (void)state;
    struct buf b CLEANUP(buf_fini) = {0};
    buf_init(&b, 1 << 16);
    sitemap_begin(&b);
    sitemap_add(&b, samples.arena, S("https://courrier.example"), S("/articles/1-a&b"), (time_ms)1641514740 * 1000);
    sitemap_add(&b, samples.arena, S("https://courrier.example"), S("/"), 0);
    sitemap_end(&b);
    assert_string_equal(value(&b, "count(/sm:urlset/sm:url)"), "2");
    assert_string_equal(value(&b, "/sm:urlset/sm:url[1]/sm:loc"), "https://courrier.example/articles/1-a&b");
    assert_string_equal(value(&b, "/sm:urlset/sm:url[1]/sm:lastmod"), "2022-01-07T00:19:00Z");
    buf_clear(&b);
    sitemap_write_index(&b, samples.arena, S("https://courrier.example"), 3);
    assert_string_equal(value(&b, "/sm:sitemapindex/sm:sitemap[3]/sm:loc"), "https://courrier.example/sitemap-3.xml");
    buf_clear(&b);
    robots_write(&b, S("https://courrier.example"));
    assert_true(slice_contains(buf_slice(&b), S("\nSitemap: https://courrier.example/sitemap.xml\n")));
    assert_true(slice_contains(buf_slice(&b), S("\nDisallow: /moderation\n")));
}

static void assert_slice(slice s, const char *expected) {
    if (!slice_equal(s, slice_of(expected))) fail_msg("%.*s, not %s", SLICE_FMT(s), expected);
}

static void addresses_read_back(void **state) {
    (void)state;
    struct arena *a = samples.arena;
    assert_slice(address_article(a, 3, S("le-pont")), "/articles/3-le-pont");
    assert_slice(address_article(a, 3, S("")), "/articles/3");
    assert_slice(address_article(a, 3, S("a/b?c\"")), "/articles/3-a%2Fb%3Fc%22");
    assert_slice(address_article_page(a, 3, S("p"), 2), "/articles/3-p/comments/2");
    assert_slice(address_thread(a, 3, S("p"), 71, 2), "/articles/3-p/threads/71/2");
    assert_slice(address_with_anchor(a, address_article(a, 3, S("p")), 71), "/articles/3-p#comment-71");
    assert_slice(address_absolute(a, S("https://x.example"), S("/a")), "https://x.example/a");
    assert_slice(address_absolute(a, S("https://x.example"), S("https://y.example/a")), "https://y.example/a");
    assert_slice(address_section_older(a, S("s"), -5, 12), "/sections/s?before=-5-12");

    int64_t id;
    slice slug;
    time_ms at;
    assert_true(address_parse_article(S("3-le-pont"), &id, &slug));
    assert_int_equal(id, 3);
    assert_slice(slug, "le-pont");
    assert_true(address_parse_article(S("3"), &id, &slug));
    assert_slice(slug, "");
    static const char *const wrong[] = {"", "-3", "0-a", "03-a", "x", "3x", "99999999999999999999-a", " 3-a", "+3"};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) assert_false(address_parse_article(slice_of(wrong[i]), &id, &slug));
    assert_true(address_parse_before(S("-5-12"), &at, &id));
    assert_int_equal(at, -5);
    assert_int_equal(id, 12);
    assert_false(address_parse_before(S("5"), &at, &id));
    assert_false(address_parse_before(S("-5"), &at, &id));
    int year, month;
    assert_true(address_parse_month(S("2022-01"), &year, &month));
    assert_int_equal(year, 2022);
    assert_int_equal(month, 1);
    assert_false(address_parse_month(S("2022-13"), &year, &month));
    assert_false(address_parse_month(S("2022-1"), &year, &month));
    assert_false(address_parse_month(S("0022-01"), &year, &month));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atom_holds_what_rfc4287_asks),
        cmocka_unit_test(atom_threads_by_rfc4685),
        cmocka_unit_test(rss_has_its_modules),
        cmocka_unit_test(json_feed_is_one),
        cmocka_unit_test(empty_feeds_are_feeds),
        cmocka_unit_test(descriptions_are_json),
        cmocka_unit_test(sitemap_is_one),
        cmocka_unit_test(addresses_read_back),
    };
    return cmocka_run_group_tests(tests, open_samples, shut_samples);
}
