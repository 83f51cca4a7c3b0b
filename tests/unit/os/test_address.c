#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "os/address.h"

static void check(const char *text, const char *expected) {
    struct address address;
    char out[ADDRESS_TEXT_MAX];
    if (!address_parse(slice_of(text), &address)) {
        assert_null(expected);
        return;
    }
    assert_non_null(expected);
    assert_true(slice_equal(address_text(&address, out), slice_of(expected)));
}

static void reads_and_writes(void **state) {
    (void)state;
    check("192.0.2.1", "192.0.2.1");
    check("2001:DB8:0:0::1", "2001:db8::1");
    check("[2001:db8::1]", "2001:db8::1");
    check("::ffff:192.0.2.1", "192.0.2.1");
    static const char *const BAD[] = {
        "",     "192.0.2",     "192.0.2.256", "192.0.2.1:80", "[192.0.2.1]", "fe80::1%eth0",
        "[::1", "example.org", " 192.0.2.1",  "192.0.2.01x",  "::1::"};
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        check(BAD[i], NULL);
    }
}

static void reads_ports(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool fine;
    } CASES[] = {
        {"192.0.2.1:80", true},     {"192.0.2.1", true},        {"[2001:db8::1]:80", true},
        {"2001:db8::1", true},      {"192.0.2.1:", false},      {"192.0.2.1:65536", false},
        {"[2001:db8::1]:x", false}, {"[2001:db8::1]80", false}, {"host:80", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct address address;
        assert_int_equal(address_parse_with_port(slice_of(CASES[i].text), &address), CASES[i].fine);
    }
}

static bool contains(const char *block_text, const char *address_text_) {
    struct address_block block;
    struct address address;
    assert_true(address_block_parse(slice_of(block_text), &block));
    assert_true(address_parse(slice_of(address_text_), &address));
    return address_block_contains(&block, &address);
}

static void knows_blocks(void **state) {
    (void)state;
    assert_true(contains("10.0.0.0/8", "10.255.0.1"));
    assert_false(contains("10.0.0.0/8", "11.0.0.1"));
    assert_true(contains("192.0.2.128/25", "192.0.2.200"));
    assert_false(contains("192.0.2.128/25", "192.0.2.127"));
    assert_true(contains("192.0.2.7", "192.0.2.7"));
    assert_false(contains("192.0.2.7", "192.0.2.6"));
    assert_true(contains("0.0.0.0/0", "192.0.2.6"));
    assert_false(contains("0.0.0.0/0", "2001:db8::1"));
    assert_true(contains("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(contains("2001:db8::/33", "2001:db8:8000::1"));
    static const char *const BAD[] = {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "/8", "x"};
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        struct address_block block;
        assert_false(address_block_parse(slice_of(BAD[i]), &block));
    }
}

static void finds_the_neighbourhood(void **state) {
    (void)state;
    struct address a, b;
    assert_true(address_parse(S("2001:db8:1:2:3::4"), &a) && address_parse(S("2001:db8:1:2::"), &b));
    struct address_block block = address_block_of(&a, 32, 64);
    assert_int_equal(block.bits, 64);
    assert_true(address_equal(&block.first, &b));
    assert_true(address_parse(S("192.0.2.7"), &a));
    block = address_block_of(&a, 32, 64);
    assert_int_equal(block.bits, 32);
    assert_true(address_equal(&block.first, &a));
    assert_false(address_is_loopback(&a));
    assert_true(address_parse(S("127.3.2.1"), &a) && address_is_loopback(&a));
    assert_true(address_parse(S("::1"), &a) && address_is_loopback(&a));
}

static void only_the_public_internet_is_public(void **state) {
    static const char *const PUBLIC[] = {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",    "100.63.255.255",
                                         "172.15.0.1",      "172.32.0.1",      "192.167.1.1", "198.17.0.1",
                                         "223.255.255.255", "2606:4700::1111", "2a01:e0a::1"};
    static const char *const OTHER[] = {"0.0.0.0",
                                        "10.1.2.3",
                                        "100.64.0.1",
                                        "127.0.0.1",
                                        "127.255.255.254",
                                        "169.254.169.254",
                                        "172.16.0.1",
                                        "172.31.255.255",
                                        "192.0.0.170",
                                        "192.0.2.1",
                                        "192.168.0.1",
                                        "198.18.0.1",
                                        "198.51.100.7",
                                        "203.0.113.9",
                                        "224.0.0.1",
                                        "240.0.0.1",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "::ffff:127.0.0.1",
                                        "::ffff:10.0.0.1",
                                        "::127.0.0.1",
                                        "64:ff9b::7f00:1",
                                        "fc00::1",
                                        "fd00:ec2::254",
                                        "fe80::1",
                                        "fec0::1",
                                        "ff02::1",
                                        "2001:db8::1",
                                        "2001::1",
                                        "2002:7f00:1::1",
                                        "3fff::1"};
    (void)state;
    struct address address;
    for (size_t i = 0; i < ARRAY_COUNT(PUBLIC); i++) {
        assert_true(address_parse(slice_of(PUBLIC[i]), &address));
        if (!address_is_public(&address)) fail_msg("%s is public", PUBLIC[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(OTHER); i++) {
        assert_true(address_parse(slice_of(OTHER[i]), &address));
        if (address_is_public(&address)) fail_msg("%s is not public", OTHER[i]);
    }
    assert_false(address_is_public(&(struct address){.family = ADDRESS_LOCAL}));
    assert_false(address_is_public(&(struct address){.family = ADDRESS_NONE}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_public_internet_is_public),
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(reads_ports),
        cmocka_unit_test(knows_blocks),
        cmocka_unit_test(finds_the_neighbourhood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
