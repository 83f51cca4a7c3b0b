#include "domain/ban.h"

#include "domain/field.h"
#include "domain/journal_note.h"

static const slice KINDS[] = {[BAN_DEVICE] = S_INIT("device"), [BAN_NETWORK] = S_INIT("network")};

enum { SCRATCH_BYTES = 64 * 1024 };

slice ban_kind_name(enum ban_kind kind) { return KINDS[kind]; }

bool ban_kind_parse(slice name, enum ban_kind *out) {
    for (size_t i = 0; i < ARRAY_COUNT(KINDS); i++) {
        if (!slice_equal(name, KINDS[i])) continue;
        *out = (enum ban_kind)i;
        return true;
    }
    return false;
}

slice ban_device_mark(struct arena *arena, slice device_hash) {
    if (device_hash.n == 0) return S("");
    struct buf hex CLEANUP(buf_fini);
    buf_init(&hex, device_hash.n * 2);
    crypto_add_hex(&hex, device_hash);
    return arena_copy(arena, buf_slice(&hex));
}

/* --- Reading ------------------------------------------------------------------------------------------------------ */

enum status ban_find(struct db *db, slice device_mark, slice network_mark, struct ban *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_BAN_FIND);
    db_bind_text(rows, "device", device_mark);
    db_bind_text(rows, "network", network_mark);
    db_bind_int(rows, "now", clock_now());
    enum status status;
    *out = (struct ban){0};
    while ((status = db_step(rows, error)) == OK) {
        if (db_int(rows, "ends_at") <= out->ends_at) continue;
        *out = (struct ban){.id = db_int(rows, "id"), .ends_at = db_int(rows, "ends_at")};
        if (!ban_kind_parse(db_text_peek(rows, "kind"), &out->kind)) return error_set(error, INTERNAL, "damaged ban");
    }
    return status == NOT_FOUND && out->id ? OK : status;
}

static enum status read_list(struct db_rows *rows, struct arena *arena, struct ban_list *out, struct error *error) {
    struct ban_list list = {.items = ARENA_ARRAY(arena, BAN_LIST_MAX, struct ban)};
    enum status status = OK;
    while (list.count < BAN_LIST_MAX && (status = db_step(rows, error)) == OK) {
        struct ban *ban = &list.items[list.count];
        *ban = (struct ban){.id = db_int(rows, "id"),
                            .comment = {db_int(rows, "comment_number")},
                            .name = db_text(rows, "name", arena),
                            .note = db_text(rows, "note", arena),
                            .created_at = db_int(rows, "created_at"),
                            .ends_at = db_int(rows, "ends_at"),
                            .revoked_at = db_int(rows, "revoked_at"),
                            .by_name = db_text(rows, "by_name", arena),
                            .revoked_by_name = db_text(rows, "revoked_by_name", arena)};
        if (ban_kind_parse(db_text_peek(rows, "kind"), &ban->kind)) list.count++;
    }
    if (status != OK && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status ban_list_load(struct db *db, struct arena *arena, bool ended, struct ban_list *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, ended ? DB_BAN_LIST_ENDED : DB_BAN_LIST);
    db_bind_int(rows, "now", clock_now());
    db_bind_int(rows, "limit", BAN_LIST_MAX);
    return read_list(rows, arena, out, error);
}

enum status ban_list_sender(struct db *db, struct arena *arena, slice device_mark, slice network_mark,
                            struct ban_list *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_BAN_OF_COMMENT);
    db_bind_text(rows, "device", device_mark);
    db_bind_text(rows, "network", network_mark);
    db_bind_int(rows, "now", clock_now());
    return read_list(rows, arena, out, error);
}

enum status sender_load(struct db *db, struct arena *arena, comment_number number, struct sender *out,
                        struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SENDER);
    db_bind_int(rows, "number", number.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no such message");
    if (status != OK) return status;
    *out = (struct sender){.article = {db_int(rows, "article_id")},
                           .name = db_text(rows, "name", arena),
                           .device_hash = db_blob(rows, "device_hash", arena),
                           .address_sealed = db_blob(rows, "address_sealed", arena)};
    return OK;
}

/* --- Writing ------------------------------------------------------------------------------------------------------ */

enum status ban_set(struct db *db, const struct ban_order *order, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    slice note = order->note;
    time_ms now = clock_now();
    enum status status = field__body(arena, "note", FIELD_OPTIONAL, BAN_NOTE_MAX, &note, error);
    if (status != OK) return status;
    if (order->mark.n == 0 || order->ends_at <= now || order->ends_at > now + (time_ms)BAN_DAYS_MAX * 86400000)
        return error_set(error, INVALID, "ends_at: not a date to come within %d days", BAN_DAYS_MAX);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_BAN_ADD);
    db_bind_text(rows, "kind", KINDS[order->kind]);
    db_bind_text(rows, "mark", order->mark);
    db_bind_int(rows, "number", order->comment.v);
    db_bind_int(rows, "article", order->article.v);
    db_bind_text(rows, "name", order->name);
    db_bind_text(rows, "note", note);
    db_bind_int(rows, "now", now);
    db_bind_int(rows, "ends", order->ends_at);
    db_bind_id(rows, "account", by.v);
    status = db_step(rows, error);
    if (status != OK) return status;
    int64_t id = db_int(rows, "id");
    db_finish(rows);
    char actor[JOURNAL_ACTOR_SIZE];
    struct journal_note words CLEANUP(journal__note_fini);
    journal__note_init(&words);
    journal__note_text(&words, "kind", KINDS[order->kind]);
    journal__note_int(&words, "comment", order->comment.v);
    journal__note_int(&words, "ends_at", order->ends_at);
    if (note.n) journal__note_text(&words, "note", note);
    return journal__note_write(&words, db, 0, journal__actor(actor, by), "ban.set", "ban", id, error);
}

enum status ban_revoke(struct db *db, int64_t id, account_id by, struct error *error) {
    struct db_rows *found = db_use(db, DB_BAN_GET);
    db_bind_int(found, "id", id);
    enum status status = db_step(found, error);
    db_finish(found);
    if (status != OK) return status == NOT_FOUND ? error_set(error, NOT_FOUND, "no such ban") : status;
    int64_t changed;
    struct db_rows *rows = db_use(db, DB_BAN_REVOKE);
    db_bind_int(rows, "id", id);
    db_bind_int(rows, "now", clock_now());
    db_bind_id(rows, "account", by.v);
    status = db_run(rows, &changed, error);
    if (status != OK) return status;
    if (changed == 0) return error_set(error, CONFLICT, "ban %lld has ended already", (long long)id);
    char actor[JOURNAL_ACTOR_SIZE];
    struct journal_note words CLEANUP(journal__note_fini);
    journal__note_init(&words);
    return journal__note_write(&words, db, 0, journal__actor(actor, by), "ban.revoke", "ban", id, error);
}
