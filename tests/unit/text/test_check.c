/* Checks of input, and addresses. */
#include "case.h"

#include "base/buf.h"
#include "text/address.h"
#include "text/check.h"
#include "text/link.h"

#include <string.h>

struct check_case {
    const char *in;
    enum text_problem problem;
    const char *out;
};

typedef enum text_problem (*checker)(struct arena *, slice, slice *);

static void check_table(const struct check_case *table, size_t count, checker check) {
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        slice out = S("untouched");
        enum text_problem problem = check(arena, slice_of(table[i].in), &out);
        if (problem != table[i].problem) {
            print_error("%s: %s, wanted %s\n", table[i].in, text_problem_name(problem),
                        text_problem_name(table[i].problem));
            wrong++;
        }
        wrong += case_differs(table[i].in, out, problem == TEXT_FINE ? table[i].out : "untouched");
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static enum text_problem line_of_ten(struct arena *arena, slice in, slice *out) {
    return text_check_line(arena, in, 10, out);
}

static enum text_problem body_of_forty(struct arena *arena, slice in, slice *out) {
    return text_check_body(arena, in, 40, out);
}

static void checks_lines(void **state) {
    (void)state;
    static const struct check_case CASES[] = {
        {"mot", TEXT_FINE, "mot"},
        {"  un \t deux\r\n", TEXT_FINE, "un deux"},
        {"a\u2028b", TEXT_FINE, "a b"},
        {"\uFEFFmot\u200B", TEXT_FINE, "mot"},
        {"e\u0301te\u0301", TEXT_FINE, "été"},
        {"0123456789", TEXT_FINE, "0123456789"},
        {"éééééééééé", TEXT_FINE, "éééééééééé"},
        {"01234567890", TEXT_TOO_LONG, NULL},
        {"", TEXT_EMPTY, NULL},
        {" \u00A0\u3000\n", TEXT_EMPTY, NULL},
        {"\xC3(", TEXT_INVALID_UTF8, NULL},
        {"\xED\xA0\x80", TEXT_INVALID_UTF8, NULL},
        {"a\x07", TEXT_CONTROL, NULL},
        {"a\u202E", TEXT_CONTROL, NULL},
        {"a\xC2\x85", TEXT_CONTROL, NULL},
    };
    check_table(CASES, ARRAY_COUNT(CASES), line_of_ten);
    struct arena *arena = arena_new(1 << 20);
    slice out = {NULL, 0};
    assert_int_equal(text_check_line(arena, S("a\0b"), 10, &out), TEXT_CONTROL);
    arena_free(arena);
}

static void checks_bodies(void **state) {
    (void)state;
    static const struct check_case CASES[] = {
        {"un\r\ndeux\rtrois\n", TEXT_FINE, "un\ndeux\ntrois"},
        {"\n\n  code\n    plus  \n\n\n\nfin", TEXT_FINE, "  code\n    plus\n\nfin"},
        {"a\n \n\t\nb", TEXT_FINE, "a\n\nb"},
        {"\u00A0\n", TEXT_EMPTY, NULL},
        {"0123456789012345678901234567890123456789", TEXT_FINE, "0123456789012345678901234567890123456789"},
        {"01234567890123456789012345678901234567890", TEXT_TOO_LONG, NULL},
        {"a\x1B[0m", TEXT_CONTROL, NULL},
        {"\x80", TEXT_INVALID_UTF8, NULL},
    };
    check_table(CASES, ARRAY_COUNT(CASES), body_of_forty);
}

static void checks_names(void **state) {
    (void)state;
    static const struct check_case CASES[] = {
        {"Élodie", TEXT_FINE, "Élodie"},
        {"山田", TEXT_FINE, "山田"},
        {"J.-P. O'Neill 2", TEXT_FINE, "J.-P. O'Neill 2"},
        {"❤️", TEXT_FINE, "❤️"},
        {"👩‍💻", TEXT_FINE, "👩‍💻"},
        {"<script>", TEXT_FINE, "<script>"}, /* a name like another: it is escaped where it is shown */
        {"...", TEXT_NOT_A_NAME, NULL},
        {"-", TEXT_NOT_A_NAME, NULL},
        {"\u3164", TEXT_NOT_A_NAME, NULL},
        {"\u2800\u2800", TEXT_NOT_A_NAME, NULL},
        {"ad\u200Dmin\u2060", TEXT_NOT_A_NAME, NULL},
        {"a\u0301\u0302\u0303\u0304\u0305\u0306\u0307", TEXT_NOT_A_NAME, NULL},
        {"", TEXT_EMPTY, NULL},
        {"0123456789012345678901234567890123456789012345678901234567890", TEXT_TOO_LONG, NULL},
    };
    check_table(CASES, ARRAY_COUNT(CASES), text_check_name);
}

static void checks_emails(void **state) {
    (void)state;
    static const struct check_case CASES[] = {
        {"a@b.org", TEXT_FINE, "a@b.org"},
        {" Jean.Dupont+x@Example.ORG ", TEXT_FINE, "Jean.Dupont+x@example.org"},
        {"rené@exemple.été", TEXT_FINE, "rené@exemple.été"},
        {"o'neill@a-b.co.uk", TEXT_FINE, "o'neill@a-b.co.uk"},
        {"", TEXT_EMPTY, NULL},
        {"a", TEXT_NOT_AN_EMAIL, NULL},
        {"a@b", TEXT_NOT_AN_EMAIL, NULL},
        {"@b.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a@", TEXT_NOT_AN_EMAIL, NULL},
        {"a@@b.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a b@b.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a@b..org", TEXT_NOT_AN_EMAIL, NULL},
        {".a@b.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a..b@b.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a@-b.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a@1.2.3.4", TEXT_NOT_AN_EMAIL, NULL},
        {"<a@b.org>", TEXT_NOT_AN_EMAIL, NULL},
        {"a@b.org,c@d.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a@b.org\nBcc: c@d.org", TEXT_NOT_AN_EMAIL, NULL},
        {"a@b.org\x01", TEXT_CONTROL, NULL},
    };
    check_table(CASES, ARRAY_COUNT(CASES), text_check_email);
}

static void checks_websites(void **state) {
    (void)state;
    static const struct check_case CASES[] = {
        {"https://a.org/x?y#z", TEXT_FINE, "https://a.org/x?y#z"},
        {"http://A.org", TEXT_FINE, "http://A.org"},
        {"www.a.org", TEXT_FINE, "https://www.a.org"},
        {"a.org/x", TEXT_FINE, "https://a.org/x"},
        {"", TEXT_EMPTY, NULL},
        {"javascript:alert(1)", TEXT_NOT_A_WEBSITE, NULL},
        {"javascript://a.org/%0Aalert(1)", TEXT_NOT_A_WEBSITE, NULL},
        {"data:text/html,x", TEXT_NOT_A_WEBSITE, NULL},
        {"ftp://a.org", TEXT_NOT_A_WEBSITE, NULL},
        {"mailto:a@b.org", TEXT_NOT_A_WEBSITE, NULL},
        {"https://", TEXT_NOT_A_WEBSITE, NULL},
        {"https://user:pw@a.org", TEXT_NOT_A_WEBSITE, NULL},
        {"https://localhost", TEXT_NOT_A_WEBSITE, NULL},
        {"https://127.0.0.1/", TEXT_NOT_A_WEBSITE, NULL},
        {"https://a.org/\"onclick=", TEXT_NOT_A_WEBSITE, NULL},
        {"mot", TEXT_NOT_A_WEBSITE, NULL},
    };
    check_table(CASES, ARRAY_COUNT(CASES), text_check_website);
}

static void knows_safe_addresses(void **state) {
    (void)state;
    static const char *const safe[] = {
        "http://a",       "https://a.org:80/x",   "HTTPS://a.org",       "https://[::1]/", "http://127.0.0.1:80/",
        "mailto:a@b.org", "https://été.fr/ü?é#è", "mailto:a@b?subject=x"};
    static const char *const unsafe[] = {"",
                                         "a",
                                         "/a",
                                         "//a.org",
                                         "javascript:alert(1)",
                                         "JaVaScRiPt:alert(1)",
                                         "java\tscript:alert(1)",
                                         " https://a.org",
                                         "data:text/html,x",
                                         "vbscript:x",
                                         "https:a.org",
                                         "https:///a",
                                         "https://a b",
                                         "https://a\"b",
                                         "https://a'b",
                                         "https://a<b",
                                         "https://a\\b",
                                         "https://u@a.org",
                                         "https://a:port/",
                                         "http://a.1.2",
                                         "http://1.2.3.256",
                                         "http://1.2.3",
                                         "https://a:",
                                         "mailto:",
                                         "mailto:a",
                                         "mailto:@",
                                         "file:///etc/passwd",
                                         "blob:https://a.org/x",
                                         "https://a\x7F"};
    for (size_t i = 0; i < ARRAY_COUNT(safe); i++) {
        if (!url_is_safe(slice_of(safe[i]))) fail_msg("%s should be safe", safe[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(unsafe); i++) {
        if (url_is_safe(slice_of(unsafe[i]))) fail_msg("%s should not be safe", unsafe[i]);
    }
    assert_false(url_is_safe(S("https://a\0b")));
    char *longest = test_malloc(URL_MAX + 1);
    memset(longest, 'a', URL_MAX + 1);
    memcpy(longest, "http://", 7);
    assert_true(url_is_safe((slice){longest, URL_MAX}));
    assert_false(url_is_safe((slice){longest, URL_MAX + 1}));
    test_free(longest);
    assert_true(url_is_local(S("/a")) && url_is_local(S("/")) && url_is_local(S("#a")));
    assert_false(url_is_local(S("//a")) || url_is_local(S("/\\a")) || url_is_local(S("a")) || url_is_local(S("")));
}

static void finds_hosts(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"https://a.org/x", "a.org"},
        {"http://u:p@a.org:80?x", "a.org"},
        {"https://[::1]:80/", "::1"},
        {"mailto:a@b", ""},
        {"https://a.org#x@y", "a.org"},
        {"//a.org/x", "a.org"},
        {"", ""},
        {"https://", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        assert_int_equal(case_differs(CASES[i].in, url_host(slice_of(CASES[i].in)), CASES[i].out), 0);
    }
}

/* The examples of RFC 3986 §5.4, but for those whose scheme is not ours. */
static void joins(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"https://b.org/x", "https://b.org/x"},
        {"javascript:alert(1)", ""},
        {" java\nscript:alert(1)", ""},
        {"g:h", ""},
        {"a b", "http://a/b/c/a%20b"},
        {"mailto:a@b.org", "mailto:a@b.org"},
    };
    struct arena *arena = arena_new(1 << 22);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        slice got = url_join(arena, S("http://a/b/c/d;p?q"), slice_of(CASES[i].in));
        wrong += case_differs(CASES[i].in, got, CASES[i].out);
    }
    assert_int_equal(url_join(arena, S("javascript:x"), S("a")).n, 0);
    assert_int_equal(url_join(arena, S("relative"), S("a")).n, 0);
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void finds_bare_addresses(void **state) {
    (void)state;
    /* out: every href, separated by spaces */
    static const struct text_case CASES[] = {
        {"voir http://a.org/x.", "http://a.org/x"},
        {"(https://fr.wikipedia.org/wiki/A_(b))", "https://fr.wikipedia.org/wiki/A_(b)"},
        {"«https://a.org/é»", "https://a.org/é"},
        {"l'https://a.org", "https://a.org"},
        {"www.a.org, www.b.org!", "http://www.a.org http://www.b.org"},
        {"a@b.org; c.d+e@f-g.co.uk.", "mailto:a@b.org mailto:c.d+e@f-g.co.uk"},
        {"http://a", ""},
        {"http://localhost/", ""},
        {"xhttp://a.org", ""},
        {"www.", ""},
        {"www.a", ""},
        {"a@b", ""},
        {"a@b.c", ""},
        {"@b.org", ""},
        {"http://a.org|b", "http://a.org"},
        {"<http://a.org>", "http://a.org"},
        {"http://a.org\u00A0!", "http://a.org"},
        {"http://a.org/\"x", "http://a.org/"},
        {"http://u:p@a.org/", "mailto:p@a.org"},
        {"HTTP://A.ORG/B", "HTTP://A.ORG/B"},
        {"http://a.org/%zz", "http://a.org/%25zz"},
        {"http://a..b/", ""},
        {"http://a.” b", ""},
        {"www.a.” b", ""},
        {"http://é.fr/", "http://é.fr/"},
        {"javascript:alert(1)//http://a.org", "http://a.org"},
    };
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        slice text = slice_of(CASES[i].in);
        CLEANUP(buf_fini) struct buf b;
        buf_init(&b, 10000);
        struct address a;
        for (size_t from = 0; address__find(text, from, &a); from = a.end) {
            slice href = address__href(arena, text, &a);
            if (b.n && href.n) buf_add_char(&b, ' ');
            buf_add(&b, href);
        }
        wrong += case_differs(CASES[i].in, buf_slice(&b), CASES[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_lines),  cmocka_unit_test(checks_bodies),   cmocka_unit_test(checks_names),
        cmocka_unit_test(checks_emails), cmocka_unit_test(checks_websites), cmocka_unit_test(knows_safe_addresses),
        cmocka_unit_test(finds_hosts),   cmocka_unit_test(joins),           cmocka_unit_test(finds_bare_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
