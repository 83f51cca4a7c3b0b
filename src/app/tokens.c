#include "app/tokens.h"

enum { MAC_BYTES = 16, MINUTE_MS = 60 * 1000 };

static struct crypto_hash mac_of(const struct app *app, slice purpose, int64_t when) {
    struct buf b;
    buf_init(&b, 512);
    buf_add_int(&b, when);
    buf_add_char(&b, ' ');
    buf_add(&b, purpose);
    struct crypto_hash mac = crypto_hmac(&app->keys.form, buf_slice(&b));
    buf_fini(&b);
    return mac;
}

static slice write_token(const struct app *app, struct arena *arena, slice purpose, int64_t when) {
    struct crypto_hash mac = mac_of(app, purpose, when);
    struct buf b;
    buf_init(&b, 128);
    buf_add_int(&b, when);
    buf_add_char(&b, '.');
    crypto_add_base64url(&b, slice_make(mac.bytes, MAC_BYTES));
    slice token = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return token;
}

static bool read_token(const struct app *app, slice token, slice purpose, int64_t *when) {
    slice rest = token, head = slice_cut(&rest, '.');
    unsigned char got[MAC_BYTES];
    if (!slice_to_int64(head, when) || *when < 0 || !crypto_from_base64url(rest, got, sizeof got)) return false;
    struct crypto_hash mac = mac_of(app, purpose, *when);
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

slice token_make(const struct app *app, struct arena *arena, slice purpose, time_ms now, int64_t step_minutes) {
    return write_token(app, arena, purpose, now / MINUTE_MS / step_minutes * step_minutes);
}

bool token_check(const struct app *app, slice token, slice purpose, time_ms now) {
    int64_t minutes;
    if (!read_token(app, token, purpose, &minutes)) return false;
    int64_t age = now / MINUTE_MS - minutes;
    return age >= 0 && age <= TOKEN_LIFE_MINUTES;
}

/* A stamp's purpose begins with a word no token's does: neither passes for the other. */
static slice stamp_of(struct arena *arena, slice purpose) {
    return arena_format(arena, "stamp %.*s", SLICE_FMT(purpose));
}

slice token_stamp(const struct app *app, struct arena *arena, slice purpose, time_ms now) {
    return write_token(app, arena, stamp_of(arena, purpose), now / 1000);
}

int64_t token_stamp_age_s(const struct app *app, struct arena *arena, slice stamp, slice purpose, time_ms now) {
    int64_t seconds;
    if (!read_token(app, stamp, stamp_of(arena, purpose), &seconds)) return -1;
    int64_t age = now / 1000 - seconds;
    return age >= 0 && age <= (int64_t)TOKEN_LIFE_MINUTES * 60 ? age : -1;
}

time_ms token_step_end(time_ms now) {
    int64_t step = (int64_t)TOKEN_STEP_MINUTES * MINUTE_MS;
    return (now / step + 1) * step;
}
