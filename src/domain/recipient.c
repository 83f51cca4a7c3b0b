#include "domain/recipient.h"

#include "domain/journal_note.h"

#include <string.h>

static void bind_hash(struct db_rows *rows, const struct crypto_hash *hash) {
    db_bind_blob(rows, "hash", slice_make(hash->bytes, sizeof hash->bytes));
}

static enum status run_hash(struct db *db, enum db_statement statement, const struct crypto_hash *hash,
                            int64_t *changed, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    bind_hash(rows, hash);
    return db_run(rows, changed, error);
}

/* The journal is for ever: it names the address by the beginning of its keyed hash. */
static enum status journal_act(struct db *db, const struct crypto_hash *hash, slice actor, const char *act,
                               struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_hash(&note, "address", hash);
    return journal__note_write(&note, db, 0, actor, act, "mail_address", 0, error);
}

enum status recipient_may_receive(struct db *db, const struct crypto_hash *hash, bool *may, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_MAIL_ADDRESS_GET);
    bind_hash(rows, hash);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) *may = true;
    if (status == OK) *may = db_is_null(rows, "paused_at") && db_is_null(rows, "never_at");
    return status == NOT_FOUND ? OK : status;
}

enum status recipient_taken(struct db *db, const struct crypto_hash *hash, struct error *error) {
    return run_hash(db, DB_MAIL_ADDRESS_TAKEN, hash, NULL, error);
}

static enum status count_refusals(struct db *db, const struct crypto_hash *hash, int64_t *count, struct error *error) {
    enum status status = run_hash(db, DB_MAIL_ADDRESS_REFUSED, hash, NULL, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_MAIL_ADDRESS_GET);
    bind_hash(rows, hash);
    status = db_step(rows, error);
    if (status == OK) *count = db_int(rows, "refusals");
    return status;
}

enum status recipient_pause(struct db *db, const struct recipient_refusal *refusal, account_id by,
                            struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_MAIL_ADDRESS_PAUSE);
    bind_hash(rows, &refusal->hash);
    db_bind_int(rows, "now", refusal->now);
    db_bind_text(rows, "reason", refusal->said);
    db_bind_text(rows, "email", refusal->email);
    enum status status = db_run(rows, NULL, error);
    char actor[JOURNAL_ACTOR_SIZE];
    return status == OK ? journal_act(db, &refusal->hash, journal__actor(actor, by), "mail.pause", error) : status;
}

enum status recipient_refused(struct db *db, const struct recipient_refusal *refusal, bool *paused,
                              struct error *error) {
    int64_t count = 0;
    enum status status = count_refusals(db, &refusal->hash, &count, error);
    *paused = refusal->no_such_address || count >= RECIPIENT_REFUSALS_MAX;
    if (status != OK || !*paused) return status;
    return recipient_pause(db, refusal, (account_id){0}, error);
}

enum status recipient_resume(struct db *db, const struct crypto_hash *hash, account_id by, struct error *error) {
    int64_t changed = 0;
    enum status status = run_hash(db, DB_MAIL_ADDRESS_RESUME, hash, &changed, error);
    if (status == OK && changed == 0) return error_set(error, NOT_FOUND, "this address is not paused");
    char actor[JOURNAL_ACTOR_SIZE];
    return status == OK ? journal_act(db, hash, journal__actor(actor, by), "mail.resume", error) : status;
}

enum status recipient_never(struct db *db, const struct crypto_hash *hash, slice email, time_ms now,
                            struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_MAIL_ADDRESS_NEVER);
    bind_hash(rows, hash);
    db_bind_int(rows, "now", now);
    enum status status = db_run(rows, NULL, error);
    if (status == OK) status = run_hash(db, DB_SUBSCRIPTION_DELETE_EMAIL, hash, NULL, error);
    struct db_rows *notices CLEANUP(db_finish_p) = db_use(db, DB_NOTICE_END_EMAIL);
    db_bind_text(notices, "email", email);
    if (status == OK) status = db_run(notices, NULL, error);
    return status == OK ? journal_act(db, hash, S("reader"), "mail.never", error) : status;
}

enum status recipient_list_paused(struct db *db, struct arena *arena, size_t limit, struct recipient_list *out,
                                  struct error *error) {
    *out = (struct recipient_list){ARENA_ARRAY(arena, limit, struct recipient), 0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_MAIL_ADDRESS_LIST_PAUSED);
    db_bind_int(rows, "limit", (int64_t)limit);
    enum status status;
    while ((status = db_step(rows, error)) == OK && out->count < limit) {
        struct recipient *r = &out->items[out->count++];
        slice hash = db_blob_peek(rows, "email_hash");
        *r = (struct recipient){.email = db_text(rows, "email", arena),
                                .reason = db_text(rows, "reason", arena),
                                .paused_at = db_int(rows, "paused_at")};
        memcpy(r->hash.bytes, hash.p, hash.n < sizeof r->hash.bytes ? hash.n : sizeof r->hash.bytes);
    }
    return status == NOT_FOUND ? OK : status;
}
