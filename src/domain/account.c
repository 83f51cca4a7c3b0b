#include "domain/account.h"

#include "base/utf8.h"
#include "domain/account_row.h"
#include "domain/field.h"
#include "domain/journal_note.h"
#include "text/check.h"
#include "text/fold.h"

#include <inttypes.h>
#include <unicode/uchar.h>

enum { NAME_MIN = 2, NAME_MAX_CHARS = 40, DISPLAY_NAME_MAX = 60, ACCOUNTS_MAX = 1000, SCRATCH_BYTES = 64 * 1024 };

/* A hash of a password nobody has, made with the limits of crypto_password_hash: verifying against it takes as long as
   against a real one. */
static const slice NOBODYS_HASH =
    S_INIT("$argon2id$v=19$m=65536,t=2,p=1$fxyoOq74DWCsYAnFHb1HPQ$rBY+yfd6IlxecfKoD+rS+gDd1qDTt2xCwl3lao7s5AI");

/* Roles */

static const struct {
    slice name;
    bool may[3];
} ROLES[] = {
    [ROLE_MODERATOR] = {S_INIT("moderator"), {[RIGHT_MODERATE] = true}},
    [ROLE_EDITOR] = {S_INIT("editor"), {[RIGHT_MODERATE] = true, [RIGHT_EDIT_ARTICLES] = true}},
    [ROLE_ADMINISTRATOR] = {S_INIT("administrator"),
                            {[RIGHT_MODERATE] = true, [RIGHT_EDIT_ARTICLES] = true, [RIGHT_ADMINISTER] = true}},
};

slice role_name(enum role role) { return ROLES[role].name; }

bool role_parse(slice name, enum role *out) {
    for (size_t i = ROLE_MODERATOR; i < ARRAY_COUNT(ROLES); i++) {
        if (!slice_equal(name, ROLES[i].name)) continue;
        *out = (enum role)i;
        return true;
    }
    return false;
}

bool role_may(enum role role, enum right right) { return ROLES[role].may[right]; }

/* Passwords */

enum status account_hash_password(struct arena *arena, slice password, slice *phc, struct error *error) {
    if (!utf8_is_valid(password)) return error_set(error, INVALID, "password: not UTF-8");
    size_t length = utf8_length(password);
    if (length < ACCOUNT_PASSWORD_MIN)
        return error_set(error, INVALID, "password: shorter than %d characters", ACCOUNT_PASSWORD_MIN);
    if (length > ACCOUNT_PASSWORD_MAX)
        return error_set(error, INVALID, "password: longer than %d characters", ACCOUNT_PASSWORD_MAX);
    return crypto_password_hash(arena, password, phc, error);
}

bool account_verify_password(const struct account *account_or_null, slice password) {
    bool known = account_or_null && !account_or_null->disabled;
    bool right = crypto_password_verify(known ? account_or_null->password_hash : NOBODYS_HASH, password);
    return known && right;
}

static bool is_phc(slice hash) { return slice_starts(hash, S("$argon2id$")); }

/* Reading */

enum status account__read(struct db_rows *rows, struct arena *arena, struct account *out, struct error *error) {
    *out = (struct account){
        .id = {db_int(rows, "id")},
        .name = db_text(rows, "name", arena),
        .display_name = db_text(rows, "display_name", arena),
        .language = db_text(rows, "language", arena),
        .disabled = db_bool(rows, "disabled"),
        .created_at = db_int(rows, "created_at"),
    };
    if (!role_parse(db_text_peek(rows, "role"), &out->role))
        return error_set(error, INTERNAL, "account %" PRId64 " has no known role", out->id.v);
    return OK;
}

static enum status read_one(struct db_rows *rows, struct arena *arena, struct account *out, struct error *error) {
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no such account");
    return status == OK ? account__read(rows, arena, out, error) : status;
}

enum status account_get(struct db *db, struct arena *arena, account_id id, struct account *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_GET);
    db_bind_int(rows, "id", id.v);
    return read_one(rows, arena, out, error);
}

enum status account_find(struct db *db, struct arena *arena, slice name, struct account *out, struct error *error) {
    if (name.n > 4 * NAME_MAX_CHARS || !utf8_is_valid(name)) return error_set(error, NOT_FOUND, "no such account");
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_FIND);
    db_bind_text(rows, "name", text_fold_name(arena, name));
    enum status status = read_one(rows, arena, out, error);
    if (status == OK) out->password_hash = db_text(rows, "password_hash", arena);
    return status;
}

static enum status count_accounts(struct db *db, size_t *count, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_COUNT);
    enum status status = db_step(rows, error);
    if (status == OK) *count = (size_t)db_int(rows, "count");
    return status;
}

enum status account_list_load(struct db *db, struct arena *arena, struct account_list *out, struct error *error) {
    struct account_list list = {0};
    size_t count = 0;
    enum status status = count_accounts(db, &count, error);
    if (status != OK) return status;
    list.items = ARENA_ARRAY(arena, count, struct account);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_LIST);
    db_bind_int(rows, "limit", (int64_t)count);
    while ((status = db_step(rows, error)) == OK) {
        status = account__read(rows, arena, &list.items[list.count++], error);
        if (status != OK) return status;
    }
    if (status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

/* Writing */

static bool may_stand_in_name(uint32_t c) {
    if (c == '-' || c == '_' || c == '.') return true;
    return u_isalnum((UChar32)c) || (c >= 0x80 && (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK));
}

static enum status check_name(struct arena *arena, slice *name, struct error *error) {
    slice line = *name;
    enum status status = field__line(arena, "name", FIELD_REQUIRED, NAME_MAX_CHARS, &line, error);
    if (status != OK) return status;
    slice folded = text_fold_name(arena, line);
    size_t length = 0;
    uint32_t c;
    for (slice rest = folded; utf8_next(&rest, &c); length++)
        if (!may_stand_in_name(c))
            return error_set(error, INVALID, "name: letters, digits, hyphen, underscore and full stop only");
    if (length < NAME_MIN || length > NAME_MAX_CHARS)
        return error_set(error, INVALID, "name: between %d and %d characters", NAME_MIN, NAME_MAX_CHARS);
    *name = folded;
    return OK;
}

static enum status check_display_name(struct arena *arena, slice *display_name, slice otherwise, struct error *error) {
    if (slice_is_empty(slice_trim(*display_name))) *display_name = otherwise;
    slice checked = S("");
    enum text_problem problem = text_check_name(arena, *display_name, &checked);
    if (problem != TEXT_FINE) return error_set(error, INVALID, "display_name: %s", text_problem_message(problem));
    *display_name = checked;
    return OK;
}

static enum status check_input(struct arena *arena, struct account_input *input, struct error *error) {
    slice as_typed = slice_trim(input->name);
    enum status status = check_name(arena, &input->name, error);
    if (status == OK) status = check_display_name(arena, &input->display_name, as_typed, error);
    if (status == OK) status = field__language("language", input->language, error);
    if (status == OK && !is_phc(input->password_hash)) return error_set(error, INVALID, "password: not a hash");
    return status;
}

static enum status insert(struct db *db, const struct account_input *input, account_id *id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_ADD);
    db_bind_text(rows, "name", input->name);
    db_bind_text(rows, "display_name", input->display_name);
    db_bind_text(rows, "role", role_name(input->role));
    db_bind_text(rows, "password_hash", input->password_hash);
    db_bind_text(rows, "language", input->language);
    db_bind_int(rows, "now", clock_now());
    enum status status = db_step(rows, error);
    if (status == CONFLICT) return error_set(error, CONFLICT, "name: \"%.*s\" is taken", SLICE_FMT(input->name));
    if (status == OK) id->v = db_int(rows, "id");
    return status;
}

enum status account_add(struct db *db, const struct account_input *input, account_id by, account_id *id,
                        struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct account_input new = *input;
    size_t count = 0;
    account_id made = {0};
    enum status status = check_input(arena, &new, error);
    if (status == OK) status = count_accounts(db, &count, error);
    if (status == OK && count >= ACCOUNTS_MAX)
        return error_set(error, LIMIT, "there are %d accounts already", ACCOUNTS_MAX);
    if (status == OK) status = insert(db, &new, &made, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "name", new.name);
    journal__note_text(&note, "role", role_name(new.role));
    char actor[JOURNAL_ACTOR_SIZE];
    status = journal__note_write(&note, db, 0, journal__actor(actor, by), "account.add", "account", made.v, error);
    if (status == OK) *id = made;
    return status;
}

/* The house must not lock itself out. */
static enum status keep_an_administrator(struct db *db, const struct account *old, const struct account *new,
                                         struct error *error) {
    bool was = old->role == ROLE_ADMINISTRATOR && !old->disabled;
    bool is = new->role == ROLE_ADMINISTRATOR && !new->disabled;
    if (!was || is) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_OTHER_ADMINISTRATORS);
    db_bind_int(rows, "id", old->id.v);
    enum status status = db_step(rows, error);
    if (status == OK && db_int(rows, "count") == 0) return error_set(error, CONFLICT, "this is the last administrator");
    return status;
}

static enum status update(struct db *db, const struct account *account, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_SAVE);
    db_bind_int(rows, "id", account->id.v);
    db_bind_text(rows, "display_name", account->display_name);
    db_bind_text(rows, "role", role_name(account->role));
    db_bind_text(rows, "language", account->language);
    db_bind_bool(rows, "disabled", account->disabled);
    return db_run(rows, NULL, error);
}

enum status account_save(struct db *db, const struct account *account, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct account new = *account;
    struct account old;
    enum status status = account_get(db, arena, account->id, &old, error);
    if (status == OK) status = check_display_name(arena, &new.display_name, old.name, error);
    if (status == OK) status = field__language("language", new.language, error);
    if (status == OK) status = keep_an_administrator(db, &old, &new, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_change(&note, "display_name", old.display_name, new.display_name);
    journal__note_change(&note, "role", role_name(old.role), role_name(new.role));
    journal__note_change(&note, "language", old.language, new.language);
    journal__note_change_int(&note, "disabled", old.disabled, new.disabled);
    if (journal__note_is_empty(&note)) return OK;
    status = update(db, &new, error);
    if (status == OK && new.disabled) status = session__close_all(db, new.id, error);
    if (status != OK) return status;
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, 0, journal__actor(actor, by), "account.save", "account", new.id.v, error);
}

enum status account_set_password(struct db *db, account_id id, slice phc, account_id by, struct error *error) {
    if (!is_phc(phc)) return error_set(error, INVALID, "password: not a hash");
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ACCOUNT_SET_PASSWORD);
    db_bind_int(rows, "id", id.v);
    db_bind_text(rows, "password_hash", phc);
    int64_t changed = 0;
    enum status status = db_run(rows, &changed, error);
    if (status == OK && changed != 1) return error_set(error, NOT_FOUND, "no such account");
    if (status == OK && by.v != id.v) status = session__close_all(db, id, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    char actor[JOURNAL_ACTOR_SIZE];
    return journal__note_write(&note, db, 0, journal__actor(actor, by), "account.password", "account", id.v, error);
}
