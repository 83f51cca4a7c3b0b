/* Accounts of the house (administrator, editor, moderator) and their sessions. */
#ifndef PALABRE_DOMAIN_ACCOUNT_H
#define PALABRE_DOMAIN_ACCOUNT_H

#include "domain/site.h"

enum role { ROLE_MODERATOR = 1, ROLE_EDITOR, ROLE_ADMINISTRATOR };
slice role_name(enum role role);
bool role_parse(slice name, enum role *out);

/* What a role may do: one table. Administrators may all; editors articles, sections, discussions and moderation;
   moderators moderation. */
enum right { RIGHT_MODERATE, RIGHT_EDIT_ARTICLES, RIGHT_ADMINISTER };
bool role_may(enum role role, enum right right);

struct account {
    account_id id;
    slice name, display_name, language;
    enum role role;
    bool disabled;
    time_ms created_at;
    slice password_hash; /* only account_find fills it */
};
struct account_list {
    struct account *items;
    size_t count;
};

struct account_input {
    slice name;         /* 2..40 of letters, digits, - _ . ; folded to lower case */
    slice display_name; /* empty: the name */
    slice language;
    enum role role;
    slice password_hash; /* PHC, made on a worker with account_hash_password */
};
enum { ACCOUNT_PASSWORD_MIN = 10, ACCOUNT_PASSWORD_MAX = 1024 };
/* INVALID when the password is too short or long (characters). About 100 ms and 64 MiB: on a worker. */
enum status account_hash_password(struct arena *arena, slice password, slice *phc, struct error *error) MUST_USE;

/* Whether it is this account's password. NULL (no such name) and disabled accounts: false, after as much work, so that time
   tells nothing. About 100 ms and 64 MiB: on a worker. The account must come from account_find. */
bool account_verify_password(const struct account *account_or_null, slice password);

/* Writer. INVALID ("field: what"), CONFLICT (name taken). Journals. by 0: command line or set-up. */
enum status account_add(struct db *db, const struct account_input *input, account_id by, account_id *id,
                        struct error *error) MUST_USE;
/* Writer: saves display name, language, role, disabled (which ends its sessions). CONFLICT: the last administrator
   cannot be disabled or demoted. */
enum status account_save(struct db *db, const struct account *account, account_id by, struct error *error) MUST_USE;
/* Writer. Set by somebody else, or from the command line, it ends the account's sessions. */
enum status account_set_password(struct db *db, account_id id, slice phc, account_id by, struct error *error) MUST_USE;
enum status account_get(struct db *db, struct arena *arena, account_id id, struct account *out,
                        struct error *error) MUST_USE;
/* By the name used to sign in. NOT_FOUND (verify NULL all the same: account_verify_password). */
enum status account_find(struct db *db, struct arena *arena, slice name, struct account *out,
                         struct error *error) MUST_USE;
enum status account_list_load(struct db *db, struct arena *arena, struct account_list *out,
                              struct error *error) MUST_USE;

struct session {
    session_id id;
    account_id account;
    slice csrf; /* token for the forms of this session */
    slice user_agent, fingerprint;
    time_ms created_at, last_seen_at, expires_at;
};
struct session_list {
    struct session *items;
    size_t count;
};
struct session_input {
    account_id account;
    slice user_agent, fingerprint;
    int64_t lifetime_ms; /* > 0 */
};
/* Writer: *token is what the cookie carries. Ends what has expired. Journals. FORBIDDEN: the account is disabled. */
enum status session_open(struct db *db, struct arena *arena, const struct session_input *input, slice *token,
                         struct error *error) MUST_USE;
/* Read: by the cookie's token; NOT_FOUND when unknown, expired, or the account is disabled. */
enum status session_find(struct db *db, struct arena *arena, slice token, struct session *session,
                         struct account *account, struct error *error) MUST_USE;
enum { SESSION_TOUCH_MS = 5 * 60 * 1000 }; /* how exact last_seen_at is */
/* Writer: last_seen_at is now; nothing when it was less than SESSION_TOUCH_MS ago (several requests may come at once). */
enum status session_touch(struct db *db, session_id id, struct error *error) MUST_USE;
/* Those that have not expired, the one seen last first. */
enum status session_list_account(struct db *db, struct arena *arena, account_id account, struct session_list *out,
                                 struct error *error) MUST_USE;
/* Writer: NOT_FOUND when it is not one of this account's. Journals. */
enum status session_close(struct db *db, account_id account, session_id id, struct error *error) MUST_USE;

#endif
