#include "domain/journal.h"

#include "base/buf.h"

#include <inttypes.h>
#include <string.h>

enum { ROW_MAX = 1024 * 1024, LIST_MAX = 500 };

static void add_part(struct buf *row, slice part) {
    buf_add_int(row, (int64_t)part.n);
    buf_add_char(row, ':');
    buf_add(row, part);
}

static void add_int_part(struct buf *row, int64_t value) {
    char text[SLICE_INT_BYTES];
    add_part(row, slice_from_int64(text, value));
}

enum status journal_hash(const struct crypto_hash *previous, const struct journal_row *row, struct crypto_hash *out,
                         struct error *error) {
    struct buf bytes CLEANUP(buf_fini);
    buf_init(&bytes, ROW_MAX);
    add_int_part(&bytes, row->chain);
    add_int_part(&bytes, row->sequence);
    add_int_part(&bytes, row->at);
    add_part(&bytes, row->actor);
    add_part(&bytes, row->act);
    add_part(&bytes, row->subject);
    add_part(&bytes, row->data);
    if (bytes.status != OK) return error_set(error, LIMIT, "the journal's entry is too long");
    *out = crypto_sha256_two(slice_make(previous->bytes, sizeof previous->bytes), buf_slice(&bytes));
    return OK;
}

static bool copy_hash(slice bytes, struct crypto_hash *out) {
    if (bytes.n != sizeof out->bytes) return false;
    memcpy(out->bytes, bytes.p, sizeof out->bytes);
    return true;
}

/* The end of the chain that was written to last in this transaction: many messages to one discussion come together. */
struct head {
    int64_t known, chain, sequence;
    struct crypto_hash hash;
};
_Static_assert(sizeof(struct head) <= DB_MEMO_BYTES, "it is kept in the connection's memo");

/* Where the chain ends: its last number (0: none yet) and that row's hash (zero bytes). */
static enum status load_head(struct db *db, struct journal_row *row, struct crypto_hash *head, struct error *error) {
    const struct head *memo = db_memo(db);
    if (memo->known && memo->chain == row->chain) {
        row->sequence = memo->sequence + 1;
        *head = memo->hash;
        return OK;
    }
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_JOURNAL_HEAD);
    db_bind_int(rows, "chain", row->chain);
    enum status status = db_step(rows, error);
    *head = (struct crypto_hash){0};
    row->sequence = 1;
    if (status == NOT_FOUND) return OK;
    if (status != OK) return status;
    row->sequence = db_int(rows, "sequence") + 1;
    if (!copy_hash(db_blob_peek(rows, "hash"), head))
        return error_set(error, INTERNAL, "the journal's chain %" PRId64 " is damaged", row->chain);
    return OK;
}

static enum status insert(struct db *db, const struct journal_row *row, const struct crypto_hash *previous,
                          struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_JOURNAL_ADD);
    db_bind_int(rows, "chain", row->chain);
    db_bind_int(rows, "sequence", row->sequence);
    db_bind_int(rows, "at", row->at);
    db_bind_text(rows, "actor", row->actor);
    db_bind_text(rows, "act", row->act);
    db_bind_text(rows, "subject", row->subject);
    db_bind_text(rows, "data", row->data);
    db_bind_blob(rows, "previous_hash", slice_make(previous->bytes, sizeof previous->bytes));
    db_bind_blob(rows, "hash", slice_make(row->hash.bytes, sizeof row->hash.bytes));
    int64_t changed = 0;
    enum status status = db_run(rows, &changed, error);
    if (status == OK && changed != 1)
        return error_set(error, BUSY, "the journal's chain %" PRId64 " grew meanwhile", row->chain);
    return status;
}

enum status journal_append(struct db *db, const struct journal_entry *entry, struct error *error) {
    struct journal_row row = {
        .chain = entry->chain,
        .at = clock_now(),
        .actor = entry->actor,
        .act = entry->act,
        .subject = entry->subject,
        .data = entry->data,
    };
    struct crypto_hash previous;
    enum status status = row.chain == 0 ? db_lock(db, DB_LOCK_SITE, 0, error) : OK;
    if (status == OK) status = load_head(db, &row, &previous, error);
    if (status == OK) status = journal_hash(&previous, &row, &row.hash, error);
    if (status == OK) status = insert(db, &row, &previous, error);
    struct head head = {.known = status == OK, .chain = row.chain, .sequence = row.sequence, .hash = row.hash};
    memcpy(db_memo(db), &head, sizeof head);
    return status;
}

/* Texts are borrowed from the row when arena is NULL. */
static enum status read_row(struct db_rows *rows, struct arena *arena, struct journal_row *out, struct error *error) {
    *out = (struct journal_row){
        .id = db_int(rows, "id"),
        .chain = db_int(rows, "chain"),
        .sequence = db_int(rows, "sequence"),
        .at = db_int(rows, "at"),
        .actor = db_text_peek(rows, "actor"),
        .act = db_text_peek(rows, "act"),
        .subject = db_text_peek(rows, "subject"),
        .data = db_text_peek(rows, "data"),
    };
    if (arena) {
        out->actor = arena_copy(arena, out->actor);
        out->act = arena_copy(arena, out->act);
        out->subject = arena_copy(arena, out->subject);
        out->data = arena_copy(arena, out->data);
    }
    if (!copy_hash(db_blob_peek(rows, "hash"), &out->hash))
        return error_set(error, INTERNAL, "journal row %" PRId64 " is damaged", out->id);
    return OK;
}

enum status journal_list_load(struct db *db, struct arena *arena, const struct journal_filter *filter,
                              struct journal_list *out, struct error *error) {
    size_t limit = filter->limit < 1 ? 1 : filter->limit > LIST_MAX ? LIST_MAX : filter->limit;
    bool of_subject = !slice_is_empty(filter->subject);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, of_subject ? DB_JOURNAL_LIST_SUBJECT : DB_JOURNAL_LIST);
    if (of_subject) db_bind_text(rows, "subject", filter->subject);
    db_bind_int(rows, "before", filter->before ? filter->before : INT64_MAX);
    db_bind_int(rows, "limit", (int64_t)limit + 1);
    struct journal_list list = {.items = ARENA_ARRAY(arena, limit, struct journal_row)};
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        list.more = list.count == limit;
        if (list.more) break;
        status = read_row(rows, arena, &list.items[list.count++], error);
        if (status != OK) return status;
    }
    if (status != OK && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status journal_each(struct db *db, enum status (*visit)(void *ctx, const struct journal_row *row), void *ctx,
                         struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_JOURNAL_EACH);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        struct journal_row row;
        status = read_row(rows, NULL, &row, error);
        if (status == OK) status = visit(ctx, &row);
        if (status != OK) return status;
    }
    return status == NOT_FOUND ? OK : status;
}
