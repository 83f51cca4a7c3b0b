/* Internet addresses and blocks of them (CIDR), IPv4 and IPv6 alike. Plain values; any thread. */
#ifndef PALABRE_OS_ADDRESS_H
#define PALABRE_OS_ADDRESS_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum address_family {
    ADDRESS_NONE, /* not known */
    ADDRESS_IPV4,
    ADDRESS_IPV6,
    ADDRESS_LOCAL, /* the other end of a Unix socket */
};

/* Padding is none and unused bytes are zero: equal addresses are equal bytes. */
struct address {
    uint8_t family;    /* enum address_family */
    uint8_t bytes[16]; /* network order; IPv4 in the first four */
};

struct address_block {
    struct address first;
    uint8_t bits; /* of the prefix; 0 to 32, or to 128 */
};

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; an IPv4-mapped IPv6 address gives the IPv4 one. False: anything else (names,
   ports, zones), *out untouched. */
bool address_parse(slice text, struct address *out) MUST_USE;
/* The same as Forwarded and X-Forwarded-For write it: a port may follow ("192.0.2.1:4711", "[2001:db8::1]:80"). */
bool address_parse_with_port(slice text, struct address *out) MUST_USE;
/* "192.0.2.0/24", "2001:db8::/32", a single address, or "unix". Bits past the prefix must be zero. */
bool address_block_parse(slice text, struct address_block *out) MUST_USE;

bool address_equal(const struct address *a, const struct address *b);
bool address_is_loopback(const struct address *address); /* 127/8, ::1; and the other end of a Unix socket */
/* Of the public internet, for one machine: none of the blocks that the registries of special purposes (IANA; RFC 6890 and those
   after it) give to private networks, to the machine itself, to links, documentation, tests, groups, or to carry another
   address inside (6to4, Teredo, NAT64). */
bool address_is_public(const struct address *address);
bool address_block_contains(const struct address_block *block, const struct address *address);
/* The block of the address: its first ipv4_bits or ipv6_bits, the rest zero. For limits per neighbourhood. */
struct address_block address_block_of(const struct address *address, unsigned ipv4_bits, unsigned ipv6_bits);

/* From a socket's. Unknown families give ADDRESS_NONE. */
struct address address_of_socket(const struct sockaddr *socket_address);

enum { ADDRESS_TEXT_MAX = 48 };
/* "192.0.2.1", "2001:db8::1" (RFC 5952), "unix", or "unknown". */
void address_add(struct buf *b, const struct address *address);
slice address_text(const struct address *address, char text[static ADDRESS_TEXT_MAX]); /* borrowed from text */

#endif
