/* Randomness, hashes, sealed tokens, passwords: libsodium under the names we use, and nettle for SHA-256, which takes the
   processor's own instructions where it has them (libsodium's is plain C, eight times as slow). crypto_init once, first. */
#ifndef PALABRE_BASE_CRYPTO_H
#define PALABRE_BASE_CRYPTO_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

enum {
    CRYPTO_HASH_BYTES = 32, /* SHA-256, and HMAC-SHA-256 */
    CRYPTO_KEY_BYTES = 32,
    CRYPTO_TOKEN_CHARS = 32, /* a token as text: 24 random bytes in base64url */
};

struct crypto_hash {
    unsigned char bytes[CRYPTO_HASH_BYTES];
};
struct crypto_key {
    unsigned char bytes[CRYPTO_KEY_BYTES];
};

enum status crypto_init(struct error *error) MUST_USE;

void crypto_random(void *out, size_t n);
slice crypto_token(struct arena *arena); /* a fresh secret of 192 bits, base64url, CRYPTO_TOKEN_CHARS characters */

struct crypto_hash crypto_sha256(slice data);
struct crypto_hash crypto_sha256_two(slice first, slice second); /* of the concatenation */
struct crypto_hash
crypto_blake2b(slice data); /* BLAKE2b-256, RFC 7693: five times as fast, for what stays in this process */
struct crypto_hash crypto_hmac(const struct crypto_key *key, slice data);
bool crypto_equal(const void *a, const void *b, size_t n); /* constant time */

void crypto_add_hex(struct buf *b, slice bytes);
void crypto_add_base64url(struct buf *b, slice bytes); /* without padding, RFC 4648 §5 */
/* False (and nothing written) when text is not base64url of exactly n bytes. */
bool crypto_from_base64url(slice text, void *out, size_t n);
/* RFC 4648 §4, with padding. False (and nothing written) when text is not base64, or more than the buffer takes. */
bool crypto_from_base64(slice text, struct buf *out);

/* Argon2id with libsodium's interactive limits (64 MiB, about 100 ms): on a worker, never on a loop. Gives the PHC
   string. */
enum status crypto_password_hash(struct arena *arena, slice password, slice *out, struct error *error) MUST_USE;
bool crypto_password_verify(slice phc, slice password);

/* Secretbox: nonce and ciphertext together. For addresses at rest. */
void crypto_seal(const struct crypto_key *key, slice plain, struct buf *out);
bool crypto_open(const struct crypto_key *key, slice sealed, struct buf *out);

#endif
