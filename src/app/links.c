#include "app/links.h"

enum { MAC_BYTES = 16 };

static void add_mac(const struct app_keys *keys, slice what, struct buf *out) {
    struct crypto_hash mac = crypto_hmac(&keys->link, what);
    crypto_add_base64url(out, slice_make(mac.bytes, MAC_BYTES));
}

static bool mac_is(const struct app_keys *keys, slice what, slice mac) {
    unsigned char got[MAC_BYTES];
    struct crypto_hash right = crypto_hmac(&keys->link, what);
    return crypto_from_base64url(mac, got, sizeof got) && crypto_equal(got, right.bytes, MAC_BYTES);
}

static slice follow_matter(struct arena *arena, const struct subscription *s) {
    struct buf b;
    buf_init(&b, 256);
    buf_add_format(&b, "follow %lld %lld ", (long long)s->article.v, (long long)s->id);
    crypto_add_hex(&b, slice_make(s->hash.bytes, sizeof s->hash.bytes));
    slice matter = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return matter;
}

/* What is sent: the words that name it, and behind them our signature of the matter. */
static slice signed_link(const struct app_keys *keys, struct arena *arena, slice head, slice matter) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 128);
    buf_add(&b, head);
    add_mac(keys, matter, &b);
    return arena_copy(arena, buf_slice(&b));
}

static enum status check_link(const struct app_keys *keys, slice matter, slice mac, struct error *error) {
    return mac_is(keys, matter, mac) ? OK : error_set(error, NOT_FOUND, "this link is not signed by us");
}

/* ARTICLE.ID.MAC */
static bool read_link(slice token, int64_t *article, int64_t *id, slice *mac) {
    slice rest = token, first = slice_cut(&rest, '.'), second = slice_cut(&rest, '.');
    *mac = rest;
    return rest.p && slice_to_int64(first, article) && slice_to_int64(second, id);
}

slice links_follow(const struct app_keys *keys, struct arena *arena, const struct subscription *s) {
    return signed_link(keys, arena, arena_format(arena, "%lld.%lld.", (long long)s->article.v, (long long)s->id),
                       follow_matter(arena, s));
}

enum status links_find_follow(const struct app_keys *keys, struct db *db, struct arena *arena, slice token,
                              struct subscription *out, struct error *error) {
    int64_t article, id;
    slice mac;
    if (!read_link(token, &article, &id, &mac)) return error_set(error, NOT_FOUND, "this is no link of ours");
    enum status status = follow_get(db, arena, id, (article_id){article}, out, error);
    return status == OK ? check_link(keys, follow_matter(arena, out), mac, error) : status;
}

static slice message_matter(struct arena *arena, const struct comment *c) {
    return arena_format(arena, "message %lld %lld", (long long)c->number.v, (long long)c->submitted_at);
}

slice links_message(const struct app_keys *keys, struct arena *arena, const struct comment *comment) {
    return signed_link(keys, arena, arena_format(arena, "%lld.", (long long)comment->number.v),
                       message_matter(arena, comment));
}

enum status links_find_message(const struct app_keys *keys, struct db *db, struct arena *arena, slice token,
                               struct comment *out, struct error *error) {
    int64_t number;
    slice mac = token, head = slice_cut(&mac, '.');
    if (!mac.p || !slice_to_int64(head, &number)) return comment_find_secret(db, arena, token, out, error);
    enum status status = comment_get(db, arena, (comment_number){number}, out, error);
    return status == OK ? check_link(keys, message_matter(arena, out), mac, error) : status;
}

static slice report_matter(struct arena *arena, const struct report *r) {
    return arena_format(arena, "report %lld %lld %lld", (long long)r->article.v, (long long)r->id.v, (long long)r->at);
}

slice links_report(const struct app_keys *keys, struct arena *arena, const struct report *report) {
    return signed_link(keys, arena,
                       arena_format(arena, "%lld.%lld.", (long long)report->article.v, (long long)report->id.v),
                       report_matter(arena, report));
}

enum status links_find_report(const struct app_keys *keys, struct db *db, struct arena *arena, slice token,
                              struct report *out, struct error *error) {
    int64_t article, id;
    slice mac;
    if (!read_link(token, &article, &id, &mac)) return report_find_secret(db, arena, token, out, error);
    enum status status = report_get(db, arena, (article_id){article}, (report_id){id}, out, error);
    return status == OK ? check_link(keys, report_matter(arena, out), mac, error) : status;
}
