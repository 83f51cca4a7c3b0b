/* The keys of this publication, all derived from the one secret file of the data folder. */
#ifndef PALABRE_APP_KEYS_H
#define PALABRE_APP_KEYS_H

#include "base/arena.h"
#include "base/crypto.h"
#include "base/error.h"
#include "os/address.h"

struct app_keys {
    struct crypto_key form, fingerprint, seal, challenge, link, mail;
    struct crypto_hash check; /* tells one secret from another, and nothing about it */
};

/* Makes the file (mode 0600) when it is missing. UNAVAILABLE, INVALID (not 32 bytes). */
enum status keys_load(slice secret_file, struct app_keys *out, struct error *error) MUST_USE;

/* What is kept of an address: a keyed fingerprint (of an IPv4 address, of an IPv6 /64; empty for others) that moderators
   may compare, and the address itself, sealed. In the arena. */
slice keys_fingerprint(const struct app_keys *keys, struct arena *arena, const struct address *address);
uint64_t keys_limit_key(const struct app_keys *keys, const struct address *address);
/* Of an IPv6 /48: who has one has 65,536 times the key above. 0: another family has no wider one. */
uint64_t keys_limit_key_wide(const struct app_keys *keys, const struct address *address);
/* Of the network: an IPv4 /24, an IPv6 /48. 0, empty: not known, or this very machine. */
uint64_t keys_network_key(const struct app_keys *keys, const struct address *address);
slice keys_network_mark(const struct app_keys *keys, struct arena *arena, const struct address *address);
uint64_t keys_limit_key_name(const struct app_keys *keys, slice folded_name);
/* Of a mail address, whatever its capitals: what is kept of one whose owner has left. */
struct crypto_hash keys_mail_hash(const struct app_keys *keys, slice email);
slice keys_seal_address(const struct app_keys *keys, struct arena *arena, const struct address *address);

/* What was sealed. False: it was not, or not with these keys. */
bool keys_open_address(const struct app_keys *keys, slice sealed, struct address *out);

#endif
