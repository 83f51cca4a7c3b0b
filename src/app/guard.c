#include "app/guard.h"

#include "app/challenge.h"
#include "app/flood.h"
#include "app/tokens.h"
#include "base/memory.h"

#include <string.h>

_Static_assert((int)FLOOD_MINUTES == (int)ABUSE_WINDOW_MINUTES, "what is counted is what is said");

struct guard {
    pthread_mutex_t lock; /* of list */
    struct watch_list *list;
    struct flood *senders, *turned_away;
};

enum { ALL_TURNED_AWAY = 1 /* the one key of that tally */ };

struct guard *guard_new(void) {
    struct guard *guard = NEW(struct guard);
    pthread_mutex_init(&guard->lock, NULL);
    guard->senders = flood_new();
    guard->turned_away = flood_new();
    return guard;
}

void guard_free(struct guard *guard) {
    if (!guard) return;
    watch_list_unref(guard->list);
    flood_free(guard->senders);
    flood_free(guard->turned_away);
    pthread_mutex_destroy(&guard->lock);
    memory_free(guard);
}

/* --- Pressure ----------------------------------------------------------------------------------------------------- */

void guard_turned_away(struct request *r) {
    flood_note(r->app->guard->turned_away, ALL_TURNED_AWAY, clock_monotonic_ms());
}

bool guard_asks_for_proof(struct request *r) {
    if (r->signed_in) return false;
    switch ((enum challenge_policy)site_option(&r->site.options, SITE_OPTION_CHALLENGE)) {
    case CHALLENGE_OFF: return false;
    case CHALLENGE_ALWAYS: return true;
    case CHALLENGE_PRESSURE: break;
    }
    int64_t count = flood_count(r->app->guard->turned_away, ALL_TURNED_AWAY, clock_monotonic_ms());
    return count >= site_option(&r->site.options, SITE_OPTION_PRESSURE);
}

/* --- Forms -------------------------------------------------------------------------------------------------------- */

static slice stamp_purpose(struct request *r, slice send_key) {
    return arena_format(r->arena, "form:%.*s", SLICE_FMT(send_key));
}

static int64_t stamp_age_s(struct request *r) {
    slice key = request_field(r, "send_key");
    if (key.n != CRYPTO_TOKEN_CHARS) return -1;
    return token_stamp_age_s(r->app, r->arena, request_field(r, "made"), stamp_purpose(r, key), clock_now());
}

slice guard_stamp(struct request *r, slice send_key) {
    bool same = slice_equal(send_key, request_field(r, "send_key"));
    if (same && stamp_age_s(r) >= 0) return request_field(r, "made");
    return token_stamp(r->app, r->arena, stamp_purpose(r, send_key), clock_now());
}

void challenge_reply(struct request *r) {
    slice key = request_field(r, "for");
    if (key.n != CRYPTO_TOKEN_CHARS) {
        request_reply_bytes(r, 400, S("text/plain; charset=utf-8"), S("A form's key is missing.\n"));
        return;
    }
    request_reply_bytes(r, 200, S("application/json"),
                        challenge_make(r->arena, &r->app->keys.challenge, key, clock_now()));
}

/* --- Who sends ---------------------------------------------------------------------------------------------------- */

slice guard_device_mark(struct request *r) {
    slice device = request_device(r);
    if (device.n == 0) return S("");
    struct crypto_hash hash = crypto_sha256(device);
    return ban_device_mark(r->arena, slice_make(hash.bytes, sizeof hash.bytes));
}

slice guard_network_mark(struct request *r) {
    struct address client = http_call_client(r->call);
    return keys_network_mark(&r->app->keys, r->arena, &client);
}

slice guard_network_mark_of(struct request *r, slice address_sealed) {
    struct address address;
    if (!keys_open_address(&r->app->keys, address_sealed, &address)) return S("");
    return keys_network_mark(&r->app->keys, r->arena, &address);
}

struct sender_keys {
    uint64_t network, author, here;
};

/* Who sends no cookie is known by the address. 0: not known. */
static struct sender_keys keys_of(struct request *r, article_id article, slice device) {
    struct address client = http_call_client(r->call);
    struct sender_keys keys = {.network = keys_network_key(&r->app->keys, &client)};
    if (device.n) {
        struct crypto_hash hash = crypto_sha256(device);
        memcpy(&keys.author, hash.bytes, sizeof keys.author);
    } else if (keys.network) {
        keys.author = keys_limit_key(&r->app->keys, &client);
    }
    if (keys.author) keys.here = (keys.author ^ (uint64_t)article.v) * 0x9E3779B97F4A7C15u;
    return keys;
}

/* --- Admission ---------------------------------------------------------------------------------------------------- */

static enum status look_for_ban(struct request *r, struct guard_admission *out, struct error *error) {
    struct ban ban;
    enum status status = ban_find(r->db, guard_device_mark(r), guard_network_mark(r), &ban, error);
    if (status == OK) *out = (struct guard_admission){.answer = GUARD_BANNED, .limit = ban.ends_at};
    return status == NOT_FOUND ? OK : status;
}

static void slow_down(struct request *r, const struct sender_keys *keys, struct guard_admission *out) {
    int64_t slow_ms = site_option(&r->site.options, SITE_OPTION_SLOW_SECONDS) * 1000;
    int64_t since = flood_since(r->app->guard->senders, keys->here, clock_monotonic_ms());
    if (since < 0 || since >= slow_ms) return;
    out->answer = GUARD_SLOW;
    out->limit = (slow_ms - since + 999) / 1000;
}

/* The proof; or, without a script that could find it, the time that the form has been there. */
static void ask_for_proof(struct request *r, struct guard_admission *out) {
    slice key = request_field(r, "send_key");
    if (!guard_asks_for_proof(r)) return;
    if (key.n == CRYPTO_TOKEN_CHARS &&
        challenge_check(r->arena, &r->app->keys.challenge, key, request_field(r, "altcha"), clock_now()))
        return;
    int64_t wait_s = r->app->options.proof_wait_s, age_s = out->sending.form_seconds;
    out->sending.waited = age_s >= wait_s;
    if (out->sending.waited) return;
    out->answer = GUARD_UNPROVEN;
    out->limit = age_s < 0 ? wait_s : wait_s - age_s;
}

enum status guard_admit(struct request *r, article_id article, struct guard_admission *out, struct error *error) {
    *out = (struct guard_admission){.sending.form_seconds = -1};
    if (r->signed_in) return OK;
    enum status status = look_for_ban(r, out, error);
    if (status != OK || out->answer != GUARD_ADMITS) return status;
    struct sender_keys keys = keys_of(r, article, request_device(r));
    struct flood *senders = r->app->guard->senders;
    int64_t now = clock_monotonic_ms(), age = stamp_age_s(r);
    out->sending = (struct abuse_sending){.network_messages = flood_count(senders, keys.network, now) + 1,
                                          .author_messages = flood_count(senders, keys.author, now) + 1,
                                          .form_seconds = age,
                                          .blind = age < 0};
    slow_down(r, &keys, out);
    if (out->answer == GUARD_ADMITS) ask_for_proof(r, out);
    return OK;
}

void guard_taken(struct request *r, article_id article, slice device) {
    struct sender_keys keys = keys_of(r, article, device);
    int64_t now = clock_monotonic_ms();
    if (r->signed_in) return;
    flood_note(r->app->guard->senders, keys.network, now);
    flood_note(r->app->guard->senders, keys.author, now);
    flood_note(r->app->guard->senders, keys.here, now);
}

/* --- The watch list ----------------------------------------------------------------------------------------------- */

static struct watch_list *current(struct guard *guard) {
    pthread_mutex_lock(&guard->lock);
    struct watch_list *list = guard->list ? watch_list_ref(guard->list) : NULL;
    pthread_mutex_unlock(&guard->lock);
    return list;
}

/* The list in the version that the database has; made anew by whoever finds that it has changed, here or on another
   node. Two who find it at once both make it, and the later one stays. */
static enum status list_now(struct request *r, struct watch_list **out, struct error *error) {
    struct guard *guard = r->app->guard;
    int64_t version;
    enum status status = watch_version(r->db, &version, error);
    if (status != OK) return status;
    struct watch_list *list = current(guard);
    if (list && watch_list_version(list) == version) {
        *out = list;
        return OK;
    }
    watch_list_unref(list);
    status = watch_list_make(r->db, &list, error);
    if (status != OK) return status;
    pthread_mutex_lock(&guard->lock);
    struct watch_list *before = guard->list;
    guard->list = watch_list_ref(list);
    pthread_mutex_unlock(&guard->lock);
    watch_list_unref(before);
    *out = list;
    return OK;
}

enum status guard_look(struct request *r, const struct abuse_sending *sending, struct comment_draft *draft,
                       struct comment_problems *problems, struct abuse_report *out, struct error *error) {
    static const struct abuse_sending UNKNOWN = {.form_seconds = -1};
    struct watch_list *list;
    enum status status = list_now(r, &list, error);
    if (status != OK) return status;
    status =
        abuse_look(r->db, r->arena, list, &r->site.options, sending ? sending : &UNKNOWN, draft, problems, out, error);
    watch_list_unref(list);
    return status;
}

enum status guard_report(struct db *db, const struct abuse_report *report, struct error *error) {
    enum status status = OK;
    for (size_t i = 0; i < report->overran_count && status == OK; i++)
        status = watch_overran(db, report->overran[i], error);
    return status;
}
