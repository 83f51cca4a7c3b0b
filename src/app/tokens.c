#include "app/tokens.h"

enum { MAC_BYTES = 16, MINUTE_MS = 60 * 1000 };

static struct crypto_hash mac_of(const struct app *app, slice purpose, int64_t minutes) {
    struct buf b;
    buf_init(&b, 512);
    buf_add_int(&b, minutes);
    buf_add_char(&b, ' ');
    buf_add(&b, purpose);
    struct crypto_hash mac = crypto_hmac(&app->keys.form, buf_slice(&b));
    buf_fini(&b);
    return mac;
}

slice token_make(const struct app *app, struct arena *arena, slice purpose, time_ms now, int64_t step_minutes) {
    int64_t minutes = now / MINUTE_MS / step_minutes * step_minutes;
    struct crypto_hash mac = mac_of(app, purpose, minutes);
    struct buf b;
    buf_init(&b, 128);
    buf_add_int(&b, minutes);
    buf_add_char(&b, '.');
    crypto_add_base64url(&b, slice_make(mac.bytes, MAC_BYTES));
    slice token = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return token;
}

bool token_check(const struct app *app, slice token, slice purpose, time_ms now) {
    slice rest = token, head = slice_cut(&rest, '.');
    int64_t minutes, age;
    unsigned char got[MAC_BYTES];
    if (!slice_to_int64(head, &minutes) || !crypto_from_base64url(rest, got, sizeof got)) return false;
    age = now / MINUTE_MS - minutes;
    if (minutes < 0 || age < 0 || age > TOKEN_LIFE_MINUTES) return false;
    struct crypto_hash mac = mac_of(app, purpose, minutes);
    return crypto_equal(got, mac.bytes, MAC_BYTES);
}

slice token_derive(const struct app *app, struct arena *arena, slice what, slice of) {
    struct buf b;
    buf_init(&b, 1024 * 1024);
    buf_add(&b, what);
    buf_add(&b, of);
    struct crypto_hash mac = crypto_hmac(&app->keys.form, buf_slice(&b));
    buf_clear(&b);
    crypto_add_base64url(&b, slice_make(mac.bytes, CRYPTO_TOKEN_CHARS / 4 * 3));
    slice token = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return token;
}

time_ms token_step_end(time_ms now) {
    int64_t step = (int64_t)TOKEN_STEP_MINUTES * MINUTE_MS;
    return (now / step + 1) * step;
}
