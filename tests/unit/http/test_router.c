#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "http/router.h"

enum { HOME, ARTICLE, BARE, PAGE, FEED, OF, NUMBER, POST_COMMENT, NEW, ANY, SECTION };

static const struct http_route ROUTES[] = {
    {HTTP_GET, "/articles/{id:int}-{slug}", ARTICLE, NULL},
    {HTTP_GET, "/", HOME, NULL},
    {HTTP_GET, "/articles/{id:int}", BARE, NULL},
    {HTTP_GET, "/articles/{id:int}-{slug}/comments/{page:int}", PAGE, NULL},
    {HTTP_GET, "/articles/{id:int}-{slug}/comments.{format}", FEED, NULL},
    {HTTP_GET, "/feeds/articles.{format}", OF, NULL},
    {HTTP_GET, "/comments/{number:int}", NUMBER, NULL},
    {HTTP_POST, "/articles/{id:int}/comments", POST_COMMENT, NULL},
    {HTTP_GET | HTTP_POST, "/moderation/new", NEW, NULL},
    {HTTP_GET, "/moderation/{name}", ANY, NULL},
    {HTTP_GET, "/sections/{slug}", SECTION, NULL},
};

static struct http_router *router;

static int set_up(void **state) {
    struct error error = {0};
    (void)state;
    assert_int_equal(http_router_new(ROUTES, ARRAY_COUNT(ROUTES), &router, &error), OK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    http_router_free(router);
    return 0;
}

static struct http_match find(enum http_method method, const char *path) {
    struct http_match match;
    http_router_find(router, method, slice_of(path), &match);
    return match;
}

static void finds_each(void **state) {
    (void)state;
    static const struct {
        const char *path;
        int id;
        const char *parameters[3];
    } CASES[] = {
        {"/", HOME, {0}},
        {"/articles/12-un-titre-2", ARTICLE, {"12", "un-titre-2"}},
        {"/articles/12--", ARTICLE, {"12", "-"}},
        {"/articles/12", BARE, {"12"}},
        {"/articles/0", BARE, {"0"}},
        {"/articles/9223372036854775807", BARE, {"9223372036854775807"}},
        {"/articles/7-x/comments/3", PAGE, {"7", "x", "3"}},
        {"/articles/7-x.y/comments.atom", FEED, {"7", "x.y", "atom"}},
        {"/feeds/articles.rss", OF, {"rss"}},
        {"/feeds/articles.a.b", OF, {"a.b"}},
        {"/comments/2878763", NUMBER, {"2878763"}},
        {"/moderation/new", NEW, {0}},
        {"/moderation/newer", ANY, {"newer"}},
        {"/sections/\xc3\xa9t\xc3\xa9", SECTION, {"\xc3\xa9t\xc3\xa9"}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct http_match match = find(HTTP_GET, CASES[i].path);
        assert_int_equal(match.kind, HTTP_MATCH_FOUND);
        assert_int_equal(match.route->id, CASES[i].id);
        for (size_t p = 0; p < 3 && CASES[i].parameters[p]; p++) {
            assert_true(slice_equal(match.parameters[p], slice_of(CASES[i].parameters[p])));
            assert_true(match.parameter_count > p);
        }
        assert_int_equal(find(HTTP_HEAD, CASES[i].path).kind, HTTP_MATCH_FOUND);
    }
}

static void finds_nothing_else(void **state) {
    (void)state;
    static const char *const PATHS[] = {
        "",
        "//",
        "/articles",
        "/articles/",
        "/articles/x",
        "/articles/12-",
        "/articles/012",
        "/articles/+1",
        "/articles/-1",
        "/articles/9223372036854775808",
        "/articles/12/x",
        "/articles/7-x/comments/",
        "/articles/7-x/comments/x",
        "/articles/7-x/comments.",
        "/articles/7-x/y/comments.atom",
        "/feeds/articles.",
        "/feeds/articlesxatom",
        "/sections/",
        "/sections/a/b",
        "/comments/1x",
        "/Articles/12",
        "/articles/7-x/comments/3//",
        "*",
        "/../articles/12",
    };
    for (size_t i = 0; i < ARRAY_COUNT(PATHS); i++) {
        if (find(HTTP_GET, PATHS[i]).kind != HTTP_MATCH_NOT_FOUND) {
            fail_msg("%s is found", PATHS[i]);
        }
    }
}

static void tells_what_is_allowed(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 256);
    struct http_match match = find(HTTP_POST, "/articles/12");
    assert_int_equal(match.kind, HTTP_MATCH_NOT_ALLOWED);
    http_methods_add(&b, match.allowed);
    assert_true(slice_equal(buf_slice(&b), S("GET, HEAD, OPTIONS")));
    match = find(HTTP_GET, "/articles/12/comments");
    assert_int_equal(match.kind, HTTP_MATCH_NOT_ALLOWED);
    buf_clear(&b);
    http_methods_add(&b, match.allowed);
    assert_true(slice_equal(buf_slice(&b), S("POST, OPTIONS")));
    /* What a later route allows counts too. */
    match = find(HTTP_DELETE, "/moderation/new");
    assert_int_equal(match.kind, HTTP_MATCH_NOT_ALLOWED);
    assert_int_equal(match.allowed, HTTP_GET | HTTP_POST);
    assert_int_equal(find(HTTP_OPTIONS, "/moderation/new").kind, HTTP_MATCH_OPTIONS);
    assert_int_equal(find(HTTP_OPTIONS, "*").kind, HTTP_MATCH_OPTIONS);
    assert_int_equal(find(HTTP_OPTIONS, "/nothing").kind, HTTP_MATCH_NOT_FOUND);
    buf_fini(&b);
}

static void redirects_one_slash_too_many(void **state) {
    (void)state;
    struct http_match match = find(HTTP_GET, "/articles/12/");
    assert_int_equal(match.kind, HTTP_MATCH_REDIRECT);
    assert_true(slice_equal(match.redirect, S("/articles/12")));
    /* Never to another host: "//host" is no path of ours. */
    assert_int_equal(find(HTTP_GET, "//example.org/").kind, HTTP_MATCH_NOT_FOUND);
    assert_int_equal(find(HTTP_GET, "/articles/12//").kind, HTTP_MATCH_NOT_FOUND);
    assert_int_equal(find(HTTP_POST, "/articles/12/").kind, HTTP_MATCH_NOT_FOUND);
}

static void names_its_parameters(void **state) {
    (void)state;
    struct http_match match = find(HTTP_GET, "/articles/7-x/comments/3");
    assert_true(slice_equal(http_match_get(&match, S("id")), S("7")));
    assert_true(slice_equal(http_match_get(&match, S("slug")), S("x")));
    assert_true(slice_equal(http_match_get(&match, S("page")), S("3")));
    assert_null(http_match_get(&match, S("other")).p);
    assert_int_equal(match.numbers[0], 7);
    assert_int_equal(match.numbers[2], 3);
}

static void refuses_malformed_patterns(void **state) {
    (void)state;
    static const char *const PATTERNS[] = {
        "", "x", "/{", "/{}", "/{A}", "/{id:float}", "/{a}{b}", "/{a}/{b}/{c}/{d}/{e}", "/{id", "/{id:int:int}"};
    for (size_t i = 0; i < ARRAY_COUNT(PATTERNS); i++) {
        struct http_route route = {HTTP_GET, PATTERNS[i], 0, NULL};
        struct http_router *other = NULL;
        struct error error = {0};
        if (http_router_new(&route, 1, &other, &error) != INVALID) {
            fail_msg("'%s' is taken", PATTERNS[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each),
        cmocka_unit_test(finds_nothing_else),
        cmocka_unit_test(tells_what_is_allowed),
        cmocka_unit_test(redirects_one_slash_too_many),
        cmocka_unit_test(names_its_parameters),
        cmocka_unit_test(refuses_malformed_patterns),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
