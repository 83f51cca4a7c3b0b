#include "domain/account.h"
#include "domain/account_row.h"
#include "domain/journal_note.h"

#include "base/utf8.h"

enum { USER_AGENT_MAX_CHARS = 300, SESSIONS_LISTED_MAX = 100 };

static enum status run_for_account(struct db *db, enum db_statement statement, account_id account, bool with_now,
                                   struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, "account_id", account.v);
    if (with_now) db_bind_int(rows, "now", clock_now());
    return db_run(rows, NULL, error);
}

enum status session__close_all(struct db *db, account_id account, struct error *error) {
    return run_for_account(db, DB_SESSION_CLOSE_ALL, account, false, error);
}

/* What a browser sends may be anything. */
static slice tame(slice user_agent) {
    if (!utf8_is_valid(user_agent) || utf8_find_control(user_agent) != SIZE_MAX) return S("");
    return utf8_prefix(user_agent, USER_AGENT_MAX_CHARS);
}

static enum status insert(struct db *db, struct arena *arena, const struct session_input *input, slice token,
                          int64_t *id, struct error *error) {
    struct crypto_hash hash = crypto_sha256(token);
    time_ms now = clock_now();
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SESSION_ADD);
    db_bind_blob(rows, "token_hash", slice_make(hash.bytes, sizeof hash.bytes));
    db_bind_int(rows, "account_id", input->account.v);
    db_bind_text(rows, "csrf", crypto_token(arena));
    db_bind_text(rows, "user_agent", tame(input->user_agent));
    db_bind_text(rows, "fingerprint", input->fingerprint);
    db_bind_int(rows, "now", now);
    db_bind_int(rows, "expires_at", now + input->lifetime_ms);
    enum status status = db_step(rows, error);
    if (status == OK) *id = db_int(rows, "id");
    return status;
}

static enum status journal(struct db *db, account_id account, const char *act, int64_t session, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "session", session);
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, 0, journal__actor(actor, account), act, "account", account.v, error);
}

enum status session_open(struct db *db, struct arena *arena, const struct session_input *input, slice *token,
                         struct error *error) {
    struct account account;
    int64_t id = 0;
    enum status status = account_get(db, arena, input->account, &account, error);
    if (status == OK && account.disabled) return error_set(error, FORBIDDEN, "this account is disabled");
    if (status == OK) status = run_for_account(db, DB_SESSION_EXPIRE, input->account, true, error);
    slice secret = crypto_token(arena);
    if (status == OK) status = insert(db, arena, input, secret, &id, error);
    if (status == OK) status = journal(db, input->account, "session.open", id, error);
    if (status == OK) *token = secret;
    return status;
}

static void read_session(struct db_rows *rows, struct arena *arena, struct session *out) {
    *out = (struct session){
        .id = {db_int(rows, "session_id")},
        .csrf = db_text(rows, "csrf", arena),
        .user_agent = db_text(rows, "user_agent", arena),
        .fingerprint = db_text(rows, "fingerprint", arena),
        .created_at = db_int(rows, "session_created_at"),
        .last_seen_at = db_int(rows, "last_seen_at"),
        .expires_at = db_int(rows, "expires_at"),
    };
}

enum status session_find(struct db *db, struct arena *arena, slice token, struct session *session,
                         struct account *account, struct error *error) {
    if (token.n != CRYPTO_TOKEN_CHARS) return error_set(error, NOT_FOUND, "no such session");
    struct crypto_hash hash = crypto_sha256(token);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SESSION_FIND);
    db_bind_blob(rows, "token_hash", slice_make(hash.bytes, sizeof hash.bytes));
    db_bind_int(rows, "now", clock_now());
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no such session");
    if (status != OK) return status;
    struct account owner;
    status = account__read(rows, arena, &owner, error);
    if (status != OK) return status;
    read_session(rows, arena, session);
    session->account = owner.id;
    *account = owner;
    return OK;
}

enum status session_touch(struct db *db, session_id id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SESSION_TOUCH);
    time_ms now = clock_now();
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "now", now);
    db_bind_int(rows, "before", now - SESSION_TOUCH_MS);
    return db_run(rows, NULL, error);
}

enum status session_list_account(struct db *db, struct arena *arena, account_id account, struct session_list *out,
                                 struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SESSION_LIST);
    db_bind_int(rows, "account_id", account.v);
    db_bind_int(rows, "now", clock_now());
    db_bind_int(rows, "limit", SESSIONS_LISTED_MAX);
    struct session_list list = {.items = ARENA_ARRAY(arena, SESSIONS_LISTED_MAX, struct session)};
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        struct session *session = &list.items[list.count++];
        read_session(rows, arena, session);
        session->account = account;
    }
    if (status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status session_close(struct db *db, account_id account, session_id id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SESSION_CLOSE);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "account_id", account.v);
    int64_t changed = 0;
    enum status status = db_run(rows, &changed, error);
    if (status == OK && changed != 1) return error_set(error, NOT_FOUND, "no such session of this account");
    return status == OK ? journal(db, account, "session.close", id.v, error) : status;
}
