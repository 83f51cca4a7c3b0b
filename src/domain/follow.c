#include "domain/follow.h"

#include "domain/journal_note.h"
#include "domain/outbox.h"
#include "domain/recipient.h"

#include <inttypes.h>
#include <string.h>

slice follow_frequency_name(enum follow_frequency frequency) {
    return frequency == FOLLOW_DAILY ? S("daily") : S("each");
}

bool follow_frequency_parse(slice name, enum follow_frequency *out) {
    bool daily = slice_equal(name, S("daily"));
    if (!daily && !slice_equal(name, S("each"))) return false;
    *out = daily ? FOLLOW_DAILY : FOLLOW_EACH;
    return true;
}

static void read(struct db_rows *rows, struct arena *arena, struct subscription *out) {
    slice hash = db_blob_peek(rows, "email_hash");
    *out = (struct subscription){
        .id = db_int(rows, "id"),
        .article = {db_int(rows, "article_id")},
        .active = slice_equal(db_text_peek(rows, "state"), S("active")),
        .language = db_text(rows, "language", arena),
        .asked_at = db_int(rows, "asked_at"),
        .told_at = db_int(rows, "told_at"),
        .email = db_text(rows, "email", arena),
        .headline = db_text(rows, "headline", arena),
        .slug = db_text(rows, "slug", arena),
        .article_language = db_text(rows, "article_language", arena),
        .article_published = slice_equal(db_text_peek(rows, "article_state"), S("published")),
    };
    (void)follow_frequency_parse(db_text_peek(rows, "frequency"), &out->frequency);
    memcpy(out->hash.bytes, hash.p, hash.n < sizeof out->hash.bytes ? hash.n : sizeof out->hash.bytes);
}

static slice hash_of(const struct crypto_hash *hash) { return slice_make(hash->bytes, sizeof hash->bytes); }

/* --- Asking --------------------------------------------------------------------------------------------------------- */

static enum status find(struct db *db, struct arena *arena, const struct follow_request *request,
                        struct subscription *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_FIND);
    db_bind_int(rows, "article", request->article.v);
    db_bind_blob(rows, "hash", hash_of(&request->hash));
    enum status status = db_step(rows, error);
    if (status == OK) read(rows, arena, out);
    return status;
}

/* Binds what a new wish and a repeated one have in common. */
static void bind_wish(struct db_rows *rows, const struct follow_request *request, const struct crypto_hash *device) {
    db_bind_text(rows, "frequency", follow_frequency_name(request->frequency));
    db_bind_text(rows, "language", request->language);
    db_bind_int(rows, "now", request->now);
    db_bind_blob(rows, "device", request->device_token.n ? hash_of(device) : (slice){NULL, 0});
}

static enum status insert(struct db *db, const struct follow_request *request, const struct crypto_hash *device,
                          int64_t *id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_INSERT);
    bind_wish(rows, request, device);
    db_bind_int(rows, "article", request->article.v);
    db_bind_text(rows, "email", request->email);
    db_bind_blob(rows, "hash", hash_of(&request->hash));
    enum status status = db_run(rows, NULL, error);
    if (status == OK) *id = db_last_id(db);
    return status;
}

static enum status ask_again(struct db *db, const struct follow_request *request, const struct crypto_hash *device,
                             int64_t id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_ASK_AGAIN);
    bind_wish(rows, request, device);
    db_bind_int(rows, "id", id);
    return db_run(rows, NULL, error);
}

enum status follow_ask(struct db *db, struct arena *arena, const struct follow_request *request, struct error *error) {
    struct article_standing article;
    struct subscription known;
    bool may = false;
    enum status status = article_standing(db, request->article, &article, error);
    if (status == OK && article.state != ARTICLE_PUBLISHED)
        return error_set(error, NOT_FOUND, "article %" PRId64 " is not published", request->article.v);
    if (status == OK) status = recipient_may_receive(db, &request->hash, &may, error);
    if (status != OK || !may) return status;
    struct crypto_hash device = crypto_sha256(request->device_token);
    status = find(db, arena, request, &known, error);
    if (status == NOT_FOUND)
        status = insert(db, request, &device, &known.id, error);
    else if (status == OK)
        status = ask_again(db, request, &device, known.id, error);
    return status == OK ? outbox__add_follow(db, request->article, known.id, request->now, error) : status;
}

/* --- Reading -------------------------------------------------------------------------------------------------------- */

enum status follow_get(struct db *db, struct arena *arena, int64_t id, article_id article, struct subscription *out,
                       struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_GET);
    db_bind_int(rows, "id", id);
    db_bind_int(rows, "article", article.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no such subscription");
    if (status == OK) read(rows, arena, out);
    return status;
}

enum status follow_list(struct db *db, struct arena *arena, const struct crypto_hash *hash, size_t limit,
                        struct subscription_list *out, struct error *error) {
    *out = (struct subscription_list){ARENA_ARRAY(arena, limit, struct subscription), 0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_LIST);
    db_bind_blob(rows, "hash", hash_of(hash));
    db_bind_int(rows, "limit", (int64_t)limit);
    enum status status;
    while ((status = db_step(rows, error)) == OK && out->count < limit) read(rows, arena, &out->items[out->count++]);
    return status == NOT_FOUND ? OK : status;
}

enum status follow_news_load(struct db *db, struct arena *arena, int64_t subscription, time_ms until, size_t limit,
                             struct follow_news *out, struct error *error) {
    *out = (struct follow_news){ARENA_ARRAY(arena, limit, comment_number), 0, false};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_NEWS);
    db_bind_int(rows, "id", subscription);
    db_bind_int(rows, "until", until);
    db_bind_int(rows, "limit", (int64_t)limit + 1);
    enum status status;
    while ((status = db_step(rows, error)) == OK && !out->more) {
        out->more = out->count == limit;
        if (!out->more) out->numbers[out->count++].v = db_int(rows, "number");
    }
    return status == NOT_FOUND ? OK : status;
}

/* --- What its owner does --------------------------------------------------------------------------------------------- */

static enum status journal_act(struct db *db, const struct subscription *s, const char *act, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "frequency", follow_frequency_name(s->frequency));
    return journal__note_write(&note, db, s->article.v, S("reader"), act, "subscription", s->id, error);
}

enum status follow_confirm(struct db *db, const struct subscription *subscription, time_ms now, struct error *error) {
    int64_t changed = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_CONFIRM);
    db_bind_int(rows, "id", subscription->id);
    db_bind_int(rows, "now", now);
    enum status status = db_run(rows, &changed, error);
    return status == OK && changed ? journal_act(db, subscription, "follow.begin", error) : status;
}

enum status follow_set_frequency(struct db *db, const struct subscription *subscription,
                                 enum follow_frequency frequency, time_ms now, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_SET_FREQUENCY);
    db_bind_int(rows, "id", subscription->id);
    db_bind_text(rows, "frequency", follow_frequency_name(frequency));
    db_bind_int(rows, "now", now);
    return db_run(rows, NULL, error);
}

static enum status run_id(struct db *db, enum db_statement statement, int64_t id, int64_t *changed,
                          struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, "id", id);
    return db_run(rows, changed, error);
}

enum status follow_end(struct db *db, const struct subscription *subscription, struct error *error) {
    int64_t changed = 0;
    enum status status = run_id(db, DB_SUBSCRIPTION_DELETE, subscription->id, &changed, error);
    return status == OK && changed ? journal_act(db, subscription, "follow.end", error) : status;
}

enum status follow_end_all(struct db *db, const struct subscription *subscription, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_DELETE_EMAIL);
    db_bind_blob(rows, "hash", hash_of(&subscription->hash));
    int64_t changed = 0;
    enum status status = db_run(rows, &changed, error);
    return status == OK && changed ? journal_act(db, subscription, "follow.end_all", error) : status;
}

enum status follow_told(struct db *db, int64_t subscription, time_ms until, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_TOLD);
    db_bind_int(rows, "id", subscription);
    db_bind_int(rows, "at", until);
    return db_run(rows, NULL, error);
}

enum status follow_purge(struct db *db, time_ms now, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SUBSCRIPTION_PURGE);
    db_bind_int(rows, "before", now - FOLLOW_ASKED_MS);
    return db_run(rows, NULL, error);
}
