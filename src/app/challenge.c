#include "app/challenge.h"

#include <jansson.h>
#include <string.h>

enum { RANDOM_BYTES = 12, PAYLOAD_BYTES_MAX = 4096, BOUND_BYTES = 16 };

static slice hex(struct arena *arena, const void *bytes, size_t n) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 2 * n);
    crypto_add_hex(&b, slice_make(bytes, n));
    return arena_copy(arena, buf_slice(&b));
}

static slice hash_of(struct arena *arena, slice salt, int64_t number) {
    struct crypto_hash hash = crypto_sha256(arena_format(arena, "%.*s%lld", SLICE_FMT(salt), (long long)number));
    return hex(arena, hash.bytes, sizeof hash.bytes);
}

static slice signature_of(struct arena *arena, const struct crypto_key *key, slice challenge) {
    struct crypto_hash mac = crypto_hmac(key, challenge);
    return hex(arena, mac.bytes, sizeof mac.bytes);
}

/* The last '&' keeps the salt and the number apart: neither can lend the other a digit. */
static slice parameters(struct arena *arena, slice bound, int64_t expires_s) {
    struct crypto_hash hash = crypto_sha256(bound);
    slice form = hex(arena, hash.bytes, BOUND_BYTES);
    return arena_format(arena, "?expires=%lld&form=%.*s&", (long long)expires_s, SLICE_FMT(form));
}

slice challenge_write(struct arena *arena, const struct crypto_key *key, slice bound, slice random_hex, int64_t number,
                      time_ms expires) {
    slice rest = parameters(arena, bound, expires / 1000);
    slice salt = arena_format(arena, "%.*s%.*s", SLICE_FMT(random_hex), SLICE_FMT(rest));
    slice challenge = hash_of(arena, salt, number), signature = signature_of(arena, key, challenge);
    return arena_format(arena,
                        "{\"algorithm\":\"SHA-256\",\"challenge\":\"%.*s\",\"maxnumber\":%d,\"salt\":\"%.*s\","
                        "\"signature\":\"%.*s\"}",
                        SLICE_FMT(challenge), CHALLENGE_NUMBER_MAX, SLICE_FMT(salt), SLICE_FMT(signature));
}

slice challenge_make(struct arena *arena, const struct crypto_key *key, slice bound, time_ms now) {
    unsigned char random[RANDOM_BYTES];
    uint32_t number;
    crypto_random(random, sizeof random);
    crypto_random(&number, sizeof number);
    return challenge_write(arena, key, bound, hex(arena, random, sizeof random), number % CHALLENGE_NUMBER_MAX,
                           now + (time_ms)CHALLENGE_LIFE_S * 1000);
}

struct proof {
    slice algorithm, challenge, salt, signature;
    int64_t number;
};

static slice member(struct arena *arena, const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return arena_copy(arena, slice_make(json_string_value(value), json_string_length(value)));
}

static bool read_proof(struct arena *arena, slice payload, struct proof *out) {
    struct buf json CLEANUP(buf_fini);
    buf_init(&json, PAYLOAD_BYTES_MAX);
    if (payload.n == 0 || payload.n > PAYLOAD_BYTES_MAX || !crypto_from_base64(payload, &json)) return false;
    json_t *object = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *number = json_object_get(object, "number");
    bool ok = json_is_integer(number);
    if (ok)
        *out = (struct proof){.algorithm = member(arena, object, "algorithm"),
                              .challenge = member(arena, object, "challenge"),
                              .salt = member(arena, object, "salt"),
                              .signature = member(arena, object, "signature"),
                              .number = json_integer_value(number)};
    json_decref(object);
    return ok;
}

static bool equal(slice a, slice b) { return a.n == b.n && crypto_equal(a.p, b.p, a.n); }

/* The salt's parameters are exactly those that were written, and not too old. */
static bool salt_is_ours(struct arena *arena, slice salt, slice bound, time_ms now) {
    static const slice EXPIRES = S_INIT("?expires=");
    size_t at = slice_find(salt, EXPIRES);
    int64_t expires_s;
    if (at == SIZE_MAX) return false;
    slice rest = slice_after(salt, at + EXPIRES.n);
    if (!slice_to_int64(slice_cut(&rest, '&'), &expires_s) || expires_s > INT64_MAX / 1000) return false;
    return expires_s * 1000 > now && slice_equal(slice_after(salt, at), parameters(arena, bound, expires_s));
}

bool challenge_check(struct arena *arena, const struct crypto_key *key, slice bound, slice payload, time_ms now) {
    struct proof proof;
    if (!read_proof(arena, payload, &proof)) return false;
    if (!slice_equal(proof.algorithm, S("SHA-256")) || proof.number < 0 || proof.number > CHALLENGE_NUMBER_MAX)
        return false;
    return salt_is_ours(arena, proof.salt, bound, now) &&
           equal(hash_of(arena, proof.salt, proof.number), proof.challenge) &&
           equal(signature_of(arena, key, proof.challenge), proof.signature);
}
