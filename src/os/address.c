#include "os/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct address from_ipv6(const void *bytes) {
    static const unsigned char MAPPED[12] = {[10] = 0xff, [11] = 0xff};
    struct address address = {.family = ADDRESS_IPV6};
    memcpy(address.bytes, bytes, 16);
    if (memcmp(address.bytes, MAPPED, sizeof MAPPED) == 0) {
        struct address mapped = {.family = ADDRESS_IPV4};
        memcpy(mapped.bytes, address.bytes + sizeof MAPPED, 4);
        return mapped;
    }
    return address;
}

bool address_parse(slice text, struct address *out) {
    char copy[INET6_ADDRSTRLEN];
    if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
        text = slice_sub(text, 1, text.n - 1);
        if (slice_find_char(text, ':') == SIZE_MAX) {
            return false;
        }
    }
    if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, 0, text.n)) {
        return false;
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    unsigned char bytes[16];
    if (inet_pton(AF_INET, copy, bytes) == 1) {
        struct address address = {.family = ADDRESS_IPV4};
        memcpy(address.bytes, bytes, 4);
        *out = address;
        return true;
    }
    if (inet_pton(AF_INET6, copy, bytes) == 1) {
        *out = from_ipv6(bytes);
        return true;
    }
    return false;
}

static bool is_port(slice text) {
    uint64_t port;
    return text.n <= 5 && slice_to_uint64(text, &port) && port <= 65535;
}

bool address_parse_with_port(slice text, struct address *out) {
    if (address_parse(text, out)) {
        return true;
    }
    if (slice_starts(text, S("["))) {
        size_t end = slice_find(text, S("]:"));
        return end != SIZE_MAX && is_port(slice_after(text, end + 2)) &&
               address_parse(slice_sub(text, 0, end + 1), out);
    }
    size_t colon = slice_find_char(text, ':');
    struct address address;
    if (colon == SIZE_MAX || !is_port(slice_after(text, colon + 1)) ||
        !address_parse(slice_sub(text, 0, colon), &address) || address.family != ADDRESS_IPV4) {
        return false;
    }
    *out = address;
    return true;
}

static unsigned family_bits(uint8_t family) { return family == ADDRESS_IPV4 ? 32 : family == ADDRESS_IPV6 ? 128 : 0; }

static void mask(struct address *address, unsigned bits) {
    for (unsigned i = 0; i < sizeof address->bytes; i++) {
        unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
        if (keep < 8) {
            address->bytes[i] &= (uint8_t)(0xff00U >> keep);
        }
    }
}

bool address_block_parse(slice text, struct address_block *out) {
    if (slice_equal(text, S("unix"))) {
        *out = (struct address_block){.first = {.family = ADDRESS_LOCAL}};
        return true;
    }
    size_t slash = slice_find_char(text, '/');
    struct address_block block = {0};
    if (!address_parse(slice_sub(text, 0, slash), &block.first)) {
        return false;
    }
    uint64_t bits = family_bits(block.first.family);
    if (slash != SIZE_MAX &&
        (!slice_to_uint64(slice_after(text, slash + 1), &bits) || bits > family_bits(block.first.family))) {
        return false;
    }
    struct address masked = block.first;
    mask(&masked, (unsigned)bits);
    if (!address_equal(&masked, &block.first)) {
        return false;
    }
    block.bits = (uint8_t)bits;
    *out = block;
    return true;
}

bool address_equal(const struct address *a, const struct address *b) { return memcmp(a, b, sizeof *a) == 0; }

bool address_is_loopback(const struct address *address) {
    static const unsigned char ONE[16] = {[15] = 1};
    switch ((enum address_family)address->family) {
    case ADDRESS_IPV4: return address->bytes[0] == 127;
    case ADDRESS_IPV6: return memcmp(address->bytes, ONE, sizeof ONE) == 0;
    case ADDRESS_LOCAL: return true;
    case ADDRESS_NONE: break;
    }
    return false;
}

/* Of IPv4: blocks that are not public. Of IPv6: only 2000::/3 is, without these. */
bool address_is_public(const struct address *address) {
    static const struct address_block IPV4[] = {
        {{ADDRESS_IPV4, {0}}, 8},
        {{ADDRESS_IPV4, {10}}, 8},
        {{ADDRESS_IPV4, {100, 64}}, 10},
        {{ADDRESS_IPV4, {127}}, 8},
        {{ADDRESS_IPV4, {169, 254}}, 16},
        {{ADDRESS_IPV4, {172, 16}}, 12},
        {{ADDRESS_IPV4, {192, 0, 0}}, 24},
        {{ADDRESS_IPV4, {192, 0, 2}}, 24},
        {{ADDRESS_IPV4, {192, 88, 99}}, 24},
        {{ADDRESS_IPV4, {192, 168}}, 16},
        {{ADDRESS_IPV4, {198, 18}}, 15},
        {{ADDRESS_IPV4, {198, 51, 100}}, 24},
        {{ADDRESS_IPV4, {203, 0, 113}}, 24},
        {{ADDRESS_IPV4, {224}}, 3},
    };
    static const struct address_block IPV6_GLOBAL = {{ADDRESS_IPV6, {0x20}}, 3};
    static const struct address_block IPV6[] = {
        {{ADDRESS_IPV6, {0x20, 0x01}}, 23},             /* protocols: Teredo, ORCHID, benchmarks … */
        {{ADDRESS_IPV6, {0x20, 0x01, 0x0d, 0xb8}}, 32}, /* documentation */
        {{ADDRESS_IPV6, {0x20, 0x02}}, 16},             /* 6to4 */
        {{ADDRESS_IPV6, {0x3f, 0xff}}, 20},             /* documentation */
    };
    bool is_ipv4 = address->family == ADDRESS_IPV4;
    if (!is_ipv4 && !address_block_contains(&IPV6_GLOBAL, address)) return false;
    const struct address_block *blocks = is_ipv4 ? IPV4 : IPV6;
    size_t count = is_ipv4 ? ARRAY_COUNT(IPV4) : ARRAY_COUNT(IPV6);
    for (size_t i = 0; i < count; i++)
        if (address_block_contains(&blocks[i], address)) return false;
    return true;
}

bool address_block_contains(const struct address_block *block, const struct address *address) {
    if (block->first.family != address->family) {
        return false;
    }
    struct address masked = *address;
    mask(&masked, block->bits);
    return address_equal(&masked, &block->first);
}

struct address_block address_block_of(const struct address *address, unsigned ipv4_bits, unsigned ipv6_bits) {
    unsigned most = family_bits(address->family);
    unsigned bits = address->family == ADDRESS_IPV4 ? ipv4_bits : ipv6_bits;
    struct address_block block = {.first = *address, .bits = (uint8_t)(bits < most ? bits : most)};
    mask(&block.first, block.bits);
    return block;
}

struct address address_of_socket(const struct sockaddr *socket_address) {
    struct address address = {.family = ADDRESS_NONE};
    if (socket_address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, socket_address, sizeof in);
        address.family = ADDRESS_IPV4;
        memcpy(address.bytes, &in.sin_addr, 4);
    } else if (socket_address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, socket_address, sizeof in6);
        address = from_ipv6(&in6.sin6_addr);
    } else if (socket_address->sa_family == AF_UNIX) {
        address.family = ADDRESS_LOCAL;
    }
    return address;
}

slice address_text(const struct address *address, char text[static ADDRESS_TEXT_MAX]) {
    switch ((enum address_family)address->family) {
    case ADDRESS_IPV4: return slice_of(inet_ntop(AF_INET, address->bytes, text, ADDRESS_TEXT_MAX));
    case ADDRESS_IPV6: return slice_of(inet_ntop(AF_INET6, address->bytes, text, ADDRESS_TEXT_MAX));
    case ADDRESS_LOCAL: return S("unix");
    case ADDRESS_NONE: break;
    }
    return S("unknown");
}

void address_add(struct buf *b, const struct address *address) {
    char text[ADDRESS_TEXT_MAX];
    buf_add(b, address_text(address, text));
}
