#include "app/guard.h"

#include "app/challenge.h"
#include "app/flood.h"
#include "app/nodes.h"
#include "app/tokens.h"
#include "base/memory.h"

#include <string.h>

_Static_assert((int)FLOOD_MINUTES == (int)ABUSE_WINDOW_MINUTES, "what is counted is what is said");

enum {
    KNOWN = 8192,
    CATCH_UP_MS = 1000, /* one reading, at most */
    TELL_MS = 1000,
    READ_MOST = 2000,
    READ_AGAIN = 256, /* numbers below the last: given earlier, committed later */
};

struct guard {
    pthread_mutex_t lock; /* of list */
    struct watch_list *list;
    struct flood *senders, *turned_away;
    pthread_mutex_t knowing;     /* of known: held for a moment, by loops, too */
    comment_number known[KNOWN]; /* messages that were counted, by their numbers */
    pthread_mutex_t catching_up; /* of both below: held while the database is read, by workers */
    comment_number last;         /* the greatest that was read; 0: none yet */
    int64_t caught_up_ms;        /* monotonic */
    pthread_mutex_t telling;     /* of both below */
    int64_t untold, told_ms;     /* turned away, and the others do not know it yet */
};

enum { ALL_TURNED_AWAY = 1 /* the one key of that tally */ };

struct guard *guard_new(void) {
    struct guard *guard = NEW(struct guard);
    pthread_mutex_init(&guard->lock, NULL);
    pthread_mutex_init(&guard->knowing, NULL);
    pthread_mutex_init(&guard->catching_up, NULL);
    pthread_mutex_init(&guard->telling, NULL);
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
    pthread_mutex_destroy(&guard->knowing);
    pthread_mutex_destroy(&guard->catching_up);
    pthread_mutex_destroy(&guard->telling);
    memory_free(guard);
}

/* --- Pressure ----------------------------------------------------------------------------------------------------- */

/* How many the others are to be told of now; under attack that is many at a time. */
static int64_t take_untold(struct guard *guard, int64_t now) {
    int64_t count = 0;
    pthread_mutex_lock(&guard->telling);
    guard->untold++;
    if (guard->told_ms == 0 || now - guard->told_ms >= TELL_MS) {
        count = guard->untold;
        guard->untold = 0;
        guard->told_ms = now;
    }
    pthread_mutex_unlock(&guard->telling);
    return count;
}

void guard_turned_away(struct request *r) {
    int64_t now = clock_monotonic_ms();
    flood_note(r->app->guard->turned_away, ALL_TURNED_AWAY, now);
    int64_t count = r->app->nodes ? take_untold(r->app->guard, now) : 0;
    if (count) nodes_tell_turned_away(r->app, count);
}

void guard_heard_turned_away(struct app *app, int64_t count) {
    flood_note_many(app->guard->turned_away, ALL_TURNED_AWAY, clock_monotonic_ms(), count);
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

/* Who sends no cookie is known by the address. 0: not known. device: the SHA-256 of the cookie, or empty. */
static struct sender_keys keys_of_sender(const struct app_keys *secrets, article_id article,
                                         const struct address *client, slice device) {
    struct sender_keys keys = {.network = keys_network_key(secrets, client)};
    if (device.n >= sizeof keys.author)
        memcpy(&keys.author, device.p, sizeof keys.author);
    else if (keys.network)
        keys.author = keys_limit_key(secrets, client);
    if (keys.author) keys.here = (keys.author ^ (uint64_t)article.v) * 0x9E3779B97F4A7C15u;
    return keys;
}

static struct sender_keys keys_of(struct request *r, article_id article, slice device) {
    struct address client = http_call_client(r->call);
    struct crypto_hash hash = crypto_sha256(device);
    slice mark = device.n ? slice_make(hash.bytes, sizeof hash.bytes) : S("");
    return keys_of_sender(&r->app->keys, article, &client, mark);
}

static void count(struct guard *guard, const struct sender_keys *keys, int64_t at_ms) {
    flood_note(guard->senders, keys->network, at_ms);
    flood_note(guard->senders, keys->author, at_ms);
    flood_note(guard->senders, keys->here, at_ms);
}

/* False: it has been counted. */
static bool is_new(struct guard *guard, comment_number number) {
    comment_number *place = &guard->known[number.v % KNOWN];
    pthread_mutex_lock(&guard->knowing);
    bool known = place->v == number.v;
    *place = number;
    pthread_mutex_unlock(&guard->knowing);
    return !known;
}

/* --- What the database has ---------------------------------------------------------------------------------------- */

/* A message that came by another node, or before this one was started: it counts for the limits per address, too. */
static void count_row(struct request *r, struct db_rows *rows, time_ms now) {
    struct address client = {0};
    time_ms age = now - db_int(rows, "submitted_at");
    int64_t at_ms = clock_monotonic_ms() - age;
    if (age > (time_ms)FLOOD_MINUTES * 60 * 1000) return;
    if (!keys_open_address(&r->app->keys, db_blob_peek(rows, "address_sealed"), &client)) client = (struct address){0};
    article_id article = {db_int(rows, "article_id")};
    struct sender_keys keys = keys_of_sender(&r->app->keys, article, &client, db_blob_peek(rows, "device_hash"));
    count(r->app->guard, &keys, at_ms > 0 ? at_ms : 0);
    bool recent = age < r->app->options.messages_window_s * 1000;
    if (keys.network && recent) request_count_sending(r, &client);
}

/* With the lock. */
static enum status read_lately(struct request *r, struct error *error) {
    struct guard *guard = r->app->guard;
    time_ms now = clock_now();
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(r->db, DB_COMMENT_SENT_LATELY);
    db_bind_int(rows, "after", guard->last.v > READ_AGAIN ? guard->last.v - READ_AGAIN : 0);
    db_bind_int(rows, "limit", READ_MOST);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        comment_number number = {db_int(rows, "number")};
        if (number.v > guard->last.v) guard->last = number;
        if (is_new(guard, number)) count_row(r, rows, now);
    }
    return status == NOT_FOUND ? OK : status;
}

static enum status catch_up(struct request *r, struct error *error) {
    struct guard *guard = r->app->guard;
    enum status status = OK;
    pthread_mutex_lock(&guard->catching_up);
    int64_t now = clock_monotonic_ms();
    bool first = guard->caught_up_ms == 0, due = r->app->nodes && now - guard->caught_up_ms >= CATCH_UP_MS;
    if (first || due) status = read_lately(r, error);
    if (status == OK && (first || due)) guard->caught_up_ms = now;
    pthread_mutex_unlock(&guard->catching_up);
    return status;
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
    status = catch_up(r, error);
    if (status != OK) return status;
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

void guard_taken(struct request *r, comment_number number, article_id article, slice device) {
    struct guard *guard = r->app->guard;
    if (r->signed_in || !is_new(guard, number)) return;
    struct sender_keys keys = keys_of(r, article, device);
    count(guard, &keys, clock_monotonic_ms());
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
    status = abuse_look(r->db, r->arena, request_scratch(r), list, &r->site.options, sending ? sending : &UNKNOWN,
                        draft, problems, out, error);
    watch_list_unref(list);
    return status;
}

enum status guard_report(struct db *db, const struct abuse_report *report, struct error *error) {
    enum status status = OK;
    for (size_t i = 0; i < report->overran_count && status == OK; i++)
        status = watch_overran(db, report->overran[i], error);
    return status;
}
