#include "base/crypto.h"

#include "base/memory.h"

#include <nettle/hmac.h>
#include <sodium.h>
#include <string.h>

enum status crypto_init(struct error *error) {
    if (sodium_init() < 0) return error_set(error, INTERNAL, "libsodium does not start");
    return OK;
}

/* Each thread takes some from the system at once, and forgets what it has given away. Nothing here forks. */
void crypto_random(void *out, size_t n) {
    enum { POOL_BYTES = 1024 };
    static _Thread_local unsigned char pool[POOL_BYTES];
    static _Thread_local size_t left;
    if (n > POOL_BYTES / 4) {
        randombytes_buf(out, n);
        return;
    }
    if (n > left) {
        randombytes_buf(pool, sizeof pool);
        left = sizeof pool;
    }
    unsigned char *from = pool + sizeof pool - left;
    memcpy(out, from, n);
    sodium_memzero(from, n);
    left -= n;
}

void crypto_add_base64url(struct buf *b, slice bytes) {
    size_t n = sodium_base64_encoded_len(bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = memory_alloc(n);
    sodium_bin2base64(text, n, (const unsigned char *)bytes.p, bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    buf_add(b, (slice){text, n - 1});
    memory_free(text);
}

bool crypto_from_base64url(slice text, void *out, size_t n) {
    unsigned char bytes[256];
    size_t got = 0;
    if (n > sizeof bytes) return false;
    if (sodium_base642bin(bytes, sizeof bytes, text.p, text.n, NULL, &got, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    if (got != n) return false;
    memcpy(out, bytes, n);
    return true;
}

bool crypto_from_base64(slice text, struct buf *out) {
    size_t room = text.n / 4 * 3 + 3, n = 0;
    unsigned char *bytes = memory_alloc(room);
    bool ok = sodium_base642bin(bytes, room, text.p ? text.p : "", text.n, NULL, &n, NULL,
                                sodium_base64_VARIANT_ORIGINAL) == 0;
    if (ok) buf_add(out, slice_make(bytes, n));
    memory_free(bytes);
    return ok && out->status == OK;
}

slice crypto_token(struct arena *arena) {
    unsigned char bytes[CRYPTO_TOKEN_CHARS / 4 * 3];
    char *text = arena_alloc(arena, CRYPTO_TOKEN_CHARS + 1);
    crypto_random(bytes, sizeof bytes);
    sodium_bin2base64(text, CRYPTO_TOKEN_CHARS + 1, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (slice){text, CRYPTO_TOKEN_CHARS};
}

struct crypto_hash crypto_sha256(slice data) {
    return crypto_sha256_two(data, (slice){NULL, 0});
}

struct crypto_hash crypto_sha256_two(slice first, slice second) {
    struct crypto_hash hash;
    struct sha256_ctx state;
    sha256_init(&state);
    if (first.n) sha256_update(&state, first.n, (const uint8_t *)first.p);
    if (second.n) sha256_update(&state, second.n, (const uint8_t *)second.p);
    sha256_digest(&state, sizeof hash.bytes, hash.bytes);
    return hash;
}

struct crypto_hash crypto_blake2b(slice data) {
    struct crypto_hash hash;
    crypto_generichash(hash.bytes, sizeof hash.bytes, (const unsigned char *)data.p, data.n, NULL, 0);
    return hash;
}

struct crypto_hash crypto_hmac(const struct crypto_key *key, slice data) {
    struct crypto_hash hash;
    struct hmac_sha256_ctx state;
    hmac_sha256_set_key(&state, sizeof key->bytes, key->bytes);
    if (data.n) hmac_sha256_update(&state, data.n, (const uint8_t *)data.p);
    hmac_sha256_digest(&state, sizeof hash.bytes, hash.bytes);
    sodium_memzero(&state, sizeof state);
    return hash;
}

bool crypto_equal(const void *a, const void *b, size_t n) { return sodium_memcmp(a, b, n) == 0; }

void crypto_add_hex(struct buf *b, slice bytes) {
    static const char HEX[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        buf_add(b, (slice){(char[]){HEX[c >> 4], HEX[c & 15]}, 2});
    }
}

enum status crypto_password_hash(struct arena *arena, slice password, slice *out, struct error *error) {
    char *phc = arena_alloc(arena, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str(phc, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return error_set(error, UNAVAILABLE, "not enough memory to hash a password");
    *out = slice_of(phc);
    return OK;
}

bool crypto_password_verify(slice phc, slice password) {
    char text[crypto_pwhash_STRBYTES] = {0};
    if (phc.n == 0 || phc.n >= sizeof text) return false;
    memcpy(text, phc.p, phc.n);
    return crypto_pwhash_str_verify(text, password.p, password.n) == 0;
}

void crypto_seal(const struct crypto_key *key, slice plain, struct buf *out) {
    unsigned char nonce[crypto_secretbox_NONCEBYTES];
    crypto_random(nonce, sizeof nonce);
    size_t n = plain.n + crypto_secretbox_MACBYTES;
    unsigned char *sealed = memory_alloc(n);
    crypto_secretbox_easy(sealed, (const unsigned char *)plain.p, plain.n, nonce, key->bytes);
    buf_add(out, slice_make(nonce, sizeof nonce));
    buf_add(out, slice_make(sealed, n));
    memory_free(sealed);
}

bool crypto_open(const struct crypto_key *key, slice sealed, struct buf *out) {
    enum { OVERHEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES };
    if (sealed.n < OVERHEAD) return false;
    const unsigned char *nonce = (const unsigned char *)sealed.p;
    slice box = slice_after(sealed, crypto_secretbox_NONCEBYTES);
    size_t n = sealed.n - OVERHEAD;
    unsigned char *plain = memory_alloc(n + 1);
    bool ok = crypto_secretbox_open_easy(plain, (const unsigned char *)box.p, box.n, nonce, key->bytes) == 0;
    if (ok) buf_add(out, slice_make(plain, n));
    memory_free(plain);
    return ok;
}
