/* Adding many comments at once. All is worked out in memory first (numbers, places, counters), so that each row is
   written once; what remains is what SQLite takes to keep a row and its indexes. */
#include "domain/import.h"

#include "base/memory.h"
#include "domain/journal_note.h"
#include "domain/search_index.h"

#include <inttypes.h>
#include <string.h>

#define NONE SIZE_MAX
static const int64_t WANTED_NUMBER_MAX = INT64_C(1) << 48; /* import.c: what comes after is counted on from there */

/* A comment that is added, or an older root that gets answers. */
struct row {
    const struct import_comment *in; /* NULL: an older root */
    int64_t number, parent, root;    /* 0: none */
    int64_t ordinal, last, replies;
    bool placed; /* an older root that has just got its place */
};

struct bulk {
    struct db *db;
    const struct import_comment *items;
    size_t count;
    slice source;
    article_id article;
    struct row *rows; /* each item's; then older roots */
    size_t row_count; /* with those */
    const struct row **made_rows;
    size_t *by_key;      /* open addressing: index of an item's row, or NONE */
    size_t *by_number;   /* the same, of every row */
    size_t mask;         /* of both */
    bool fresh;          /* nothing from this source was here before */
    int64_t last_number; /* the highest ever given */
    int64_t last_ordinal;
    int64_t published, pending, made, first;
    int64_t lowest; /* of those added */
    struct crypto_hash hash;
};

/* Tables */

static size_t hash_number(int64_t number) { return (size_t)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 20); }

/* The slot of this key: the index in it is its row's, or NONE. */
static size_t *slot_of_key(const struct bulk *b, slice key) {
    size_t at = slice_hash(key) & b->mask;
    while (b->by_key[at] != NONE && !slice_equal(b->rows[b->by_key[at]].in->key, key)) at = (at + 1) & b->mask;
    return &b->by_key[at];
}

static size_t *slot_of_number(const struct bulk *b, int64_t number) {
    size_t at = hash_number(number) & b->mask;
    while (b->by_number[at] != NONE && b->rows[b->by_number[at]].number != number) at = (at + 1) & b->mask;
    return &b->by_number[at];
}

static void bulk_init(struct bulk *b) {
    size_t slots = 16;
    while (slots < b->count * 4) slots *= 2;
    b->mask = slots - 1;
    b->rows = memory_alloc_array(b->count * 2, sizeof *b->rows); /* an item brings at most one older root */
    b->row_count = b->count;
    b->made_rows = memory_alloc_array(b->count, sizeof *b->made_rows);
    b->by_key = memory_alloc_array(slots, sizeof *b->by_key);
    b->by_number = memory_alloc_array(slots, sizeof *b->by_number);
    memset(b->by_key, 0xff, slots * sizeof *b->by_key);
    memset(b->by_number, 0xff, slots * sizeof *b->by_number);
}

static void bulk_fini(struct bulk *b) {
    memory_free(b->rows);
    memory_free(b->made_rows);
    memory_free(b->by_key);
    memory_free(b->by_number);
}

/* What is there */

static enum status read_int(struct db_rows *rows, const char *column, int64_t *out, struct error *error) {
    enum status status = db_step(rows, error);
    if (status == OK) *out = db_int(rows, column);
    db_finish(rows);
    return status;
}

enum status import_source_is_new(struct db *db, slice source, bool *is_new, struct error *error) {
    int64_t any;
    struct db_rows *rows = db_use(db, DB_IMPORT_SOURCE_KNOWN);
    db_bind_text(rows, "source", source);
    enum status status = read_int(rows, "number", &any, error);
    *is_new = status == NOT_FOUND;
    return status == NOT_FOUND ? OK : status;
}

static enum status look_around(struct bulk *b, struct error *error) {
    struct db_rows *rows = db_use(b->db, DB_DISCUSSION_LAST_ORDINAL);
    db_bind_int(rows, "article", b->article.v);
    enum status status = read_int(rows, "ordinal", &b->last_ordinal, error);
    if (status == NOT_FOUND) return error_set(error, INVALID, "article: there is no article %" PRId64, b->article.v);
    if (status == OK) status = read_int(db_use(b->db, DB_IMPORT_LAST_NUMBER), "number", &b->last_number, error);
    if (status != OK && status != NOT_FOUND) return status;
    return import_source_is_new(b->db, b->source, &b->fresh, error);
}

struct known {
    int64_t number, root, article;
};

static enum status find_known(const struct bulk *b, slice key, struct known *out, struct error *error) {
    if (b->fresh) return NOT_FOUND;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(b->db, DB_IMPORT_COMMENT_FIND);
    db_bind_text(rows, "source", b->source);
    db_bind_text(rows, "key", key);
    enum status status = db_step(rows, error);
    if (status == OK)
        *out = (struct known){db_int(rows, "number"), db_int(rows, "root_number"), db_int(rows, "article_id")};
    return status;
}

static enum status load_root(struct bulk *b, int64_t number, struct error *error) {
    size_t *slot = slot_of_number(b, number);
    if (*slot != NONE) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(b->db, DB_IMPORT_ROOT);
    db_bind_int(rows, "article", b->article.v);
    db_bind_int(rows, "number", number);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, INTERNAL, "there is no root %" PRId64, number);
    if (status != OK) return status;
    *slot = b->row_count++;
    b->rows[*slot] =
        (struct row){.number = number, .ordinal = db_int(rows, "ordinal"), .last = db_int(rows, "last_reply_ordinal")};
    return OK;
}

/* Working out */

static enum status find_parent(struct bulk *b, struct row *row, bool *is_root, struct error *error) {
    slice key = row->in->parent_key;
    if (slice_is_empty(key)) return OK;
    size_t near = *slot_of_key(b, key);
    if (near != NONE) {
        row->parent = b->rows[near].number;
        row->root = b->rows[near].root ? b->rows[near].root : row->parent;
        return OK;
    }
    struct known parent = {0};
    enum status status = find_known(b, key, &parent, error);
    if (status != OK && status != NOT_FOUND) return status;
    bool elsewhere = status == OK && parent.article != b->article.v;
    if (status == OK && !elsewhere) {
        row->parent = parent.number;
        row->root = parent.root ? parent.root : parent.number;
        return load_root(b, row->root, error);
    }
    *is_root = row->in->or_root;
    if (*is_root) return OK;
    return error_set(error, INVALID, "parent_key: comment \"%.*s\" %s", SLICE_FMT(key),
                     elsewhere ? "belongs to another article" : "has not been imported");
}

static enum status give_number(struct bulk *b, struct row *row, struct error *error) {
    int64_t wanted = row->in->wanted_number;
    bool can_be = wanted >= 1 && wanted <= WANTED_NUMBER_MAX;
    bool is_free = can_be && wanted > b->last_number;
    if (can_be && !is_free && *slot_of_number(b, wanted) == NONE) {
        struct db_rows *rows = db_use(b->db, DB_IMPORT_NUMBER_TAKEN);
        int64_t number;
        db_bind_int(rows, "number", wanted);
        enum status status = read_int(rows, "number", &number, error);
        if (status != OK && status != NOT_FOUND) return status;
        is_free = status == NOT_FOUND;
    }
    row->number = is_free ? wanted : b->last_number + 1;
    if (row->number > b->last_number) b->last_number = row->number;
    return OK;
}

/* As comment__move does: a root without a place that gets a reply is given one, and stands there as a stub. */
static void give_place(struct bulk *b, struct row *row) {
    b->pending += row->in->state == COMMENT_PENDING;
    if (row->in->state != COMMENT_PUBLISHED) return;
    b->published++;
    if (row->root == 0) {
        row->ordinal = ++b->last_ordinal;
        return;
    }
    struct row *root = &b->rows[*slot_of_number(b, row->root)];
    if (root->ordinal == 0) {
        root->ordinal = ++b->last_ordinal;
        root->placed = true;
    }
    row->ordinal = ++root->last;
    root->replies++;
}

static enum status work_out(struct bulk *b, size_t i, struct import_result *result, struct error *error) {
    const struct import_comment *in = &b->items[i];
    *result = (struct import_result){0};
    if (slice_is_empty(in->source) || slice_is_empty(in->key))
        return error_set(error, INVALID, "key: an imported comment has a source and a key there");
    if (in->article.v != b->article.v || !slice_equal(in->source, b->source))
        return error_set(error, INVALID, "comments added together are of one article and one source");
    size_t *slot = slot_of_key(b, in->key);
    if (*slot != NONE) {
        result->number.v = b->rows[*slot].number;
        return OK;
    }
    struct known known;
    enum status status = in->is_new ? NOT_FOUND : find_known(b, in->key, &known, error);
    if (status == OK) result->number.v = known.number;
    if (status != NOT_FOUND) return status;
    struct row *row = &b->rows[i];
    row->in = in;
    status = find_parent(b, row, &result->is_root, error);
    if (status == OK) status = give_number(b, row, error);
    if (status != OK) return status;
    *slot_of_number(b, row->number) = i;
    *slot = i;
    give_place(b, row);
    result->number.v = row->number;
    result->made = true;
    return OK;
}

/* Writing */

static void bind_row(void *ctx, struct db_rows *rows, size_t i) {
    const struct bulk *b = ctx;
    const struct row *row = b->made_rows[i];
    const struct import_comment *in = row->in;
    db_bind_int(rows, "number", row->number);
    db_bind_int(rows, "article", b->article.v);
    db_bind_id(rows, "root", row->root);
    db_bind_id(rows, "parent", row->parent);
    db_bind_id(rows, "ordinal", row->ordinal);
    db_bind_int(rows, "last", row->last);
    db_bind_int(rows, "replies", row->replies);
    db_bind_text(rows, "state", comment_state_name(in->state));
    db_bind_text(rows, "name", in->name);
    db_bind_text(rows, "title", in->title);
    db_bind_text(rows, "text", in->text_source);
    db_bind_text(rows, "html", in->html);
    db_bind_text(rows, "language", in->language);
    db_bind_text(rows, "website", in->website);
    db_bind_int(rows, "submitted_at", in->submitted_at);
    if (in->state == COMMENT_PUBLISHED)
        db_bind_int(rows, "published_at", in->submitted_at);
    else
        db_bind_null(rows, "published_at");
    db_bind_text(rows, "email", in->email);
    db_bind_blob(rows, "address", in->address_sealed.n ? in->address_sealed : (slice){NULL, 0});
    db_bind_text(rows, "fingerprint", in->fingerprint);
    db_bind_text(rows, "source", b->source);
    db_bind_text(rows, "key", in->key);
}

static void add_part(struct buf *bytes, slice part) {
    buf_add_int(bytes, (int64_t)part.n);
    buf_add_char(bytes, ':');
    buf_add(bytes, part);
}

static void add_int_part(struct buf *bytes, int64_t value) {
    char text[SLICE_INT_BYTES];
    add_part(bytes, slice_from_int64(text, value));
}

/* The chain of import.h. */
static enum status add_to_hash(struct bulk *b, const struct row *row, struct buf *bytes, struct error *error) {
    const struct import_comment *in = row->in;
    bytes->n = 0;
    add_int_part(bytes, row->number);
    add_int_part(bytes, row->parent);
    add_part(bytes, comment_state_name(in->state));
    add_int_part(bytes, in->submitted_at);
    add_part(bytes, in->key);
    add_part(bytes, in->name);
    add_part(bytes, in->title);
    add_part(bytes, in->text_source);
    if (bytes->status != OK) return error_set(error, LIMIT, "comment \"%.*s\" is too long", SLICE_FMT(in->key));
    b->hash = crypto_sha256_two(slice_make(b->hash.bytes, sizeof b->hash.bytes), buf_slice(bytes));
    b->made++;
    if (!b->first) b->first = row->number;
    return OK;
}

/* In the order of the items, thus each after the one it answers. */
static enum status insert_all(struct bulk *b, int64_t *last, struct error *error) {
    enum { HASHED_MAX = 64 * 1024 * 1024 };
    struct buf bytes CLEANUP(buf_fini);
    buf_init(&bytes, HASHED_MAX);
    enum status status = OK;
    size_t made = 0;
    for (size_t i = 0; i < b->count && status == OK; i++) {
        const struct row *row = &b->rows[i];
        if (!row->in) continue;
        b->made_rows[made++] = row;
        status = add_to_hash(b, row, &bytes, error);
        *last = row->number;
        if (b->lowest == 0 || row->number < b->lowest) b->lowest = row->number;
    }
    if (status != OK) return status;
    return db_run_rows(db_use(b->db, DB_IMPORT_COMMENTS_ADD), made, bind_row, b, error);
}

static enum status update_root(const struct bulk *b, const struct row *row, struct error *error) {
    struct db_rows *rows = db_use(b->db, DB_COMMENT_SET_ORDINAL);
    if (row->placed) {
        db_bind_int(rows, "article", b->article.v);
        db_bind_int(rows, "number", row->number);
        db_bind_int(rows, "ordinal", row->ordinal);
        enum status status = db_run(rows, NULL, error);
        if (status != OK) return status;
    }
    if (row->replies == 0) return OK;
    rows = db_use(b->db, DB_IMPORT_ROOT_COUNT);
    db_bind_int(rows, "article", b->article.v);
    db_bind_int(rows, "number", row->number);
    db_bind_int(rows, "last", row->last);
    db_bind_int(rows, "replies", row->replies);
    return db_run(rows, NULL, error);
}

static enum status count(const struct bulk *b, struct error *error) {
    struct db_rows *rows = db_use(b->db, DB_IMPORT_ARTICLE_COUNT);
    db_bind_int(rows, "article", b->article.v);
    db_bind_int(rows, "version", b->published > 0);
    db_bind_int(rows, "last", b->last_ordinal);
    db_bind_int(rows, "published", b->published);
    db_bind_int(rows, "pending", b->pending);
    enum status status = db_run(rows, NULL, error);
    if (status != OK) return status;
    rows = db_use(b->db, DB_SITE_COUNT);
    db_bind_int(rows, "version", b->published > 0);
    db_bind_int(rows, "article", b->article.v);
    db_bind_int(rows, "pending", b->pending);
    db_bind_int(rows, "reports", 0);
    return db_run(rows, NULL, error);
}

static enum status journal(const struct bulk *b, int64_t last, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "source", b->source);
    journal__note_int(&note, "count", b->made);
    journal__note_int(&note, "first", b->first);
    journal__note_int(&note, "last", last);
    journal__note_hash(&note, "rows_sha256", &b->hash);
    return journal__note_write(&note, b->db, b->article.v, S("import"), "comments.import", "article", b->article.v,
                               error);
}

static enum status run(struct bulk *b, struct import_result *results, struct error *error) {
    enum status status = look_around(b, error);
    for (size_t i = 0; i < b->count && status == OK; i++) status = work_out(b, i, &results[i], error);
    int64_t last = 0;
    if (status == OK) status = insert_all(b, &last, error);
    for (size_t i = b->count; i < b->row_count && status == OK; i++) status = update_root(b, &b->rows[i], error);
    if (status != OK || b->made == 0) return status;
    struct db_rows *rows = db_use(b->db, DB_IMPORT_PASS_NUMBER);
    db_bind_int(rows, "number", b->last_number);
    status = db_run(rows, NULL, error);
    if (status == OK) status = count(b, error);
    if (status == OK) status = search__comments_came(b->db, (comment_number){b->lowest}, error);
    return status == OK ? journal(b, last, error) : status;
}

enum status import_comment_find(struct db *db, slice source, slice key, comment_number *number, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_IMPORT_COMMENT_FIND);
    db_bind_text(rows, "source", source);
    db_bind_text(rows, "key", key);
    enum status status = db_step(rows, error);
    if (status == OK) number->v = db_int(rows, "number");
    return status;
}

enum status import_begin(struct db *db, bool *filling, struct error *error) {
    int64_t any;
    enum status status = read_int(db_use(db, DB_IMPORT_ANY_COMMENT), "number", &any, error);
    *filling = status == NOT_FOUND;
    if (status != OK && status != NOT_FOUND) return status;
    return *filling ? db_fill_begin(db, error) : db_write_begin(db, error);
}

enum status import_commit(struct db *db, bool filling, struct error *error) {
    if (filling) return db_fill_commit(db, error);
    enum status status = db_write_commit(db, error);
    if (status != OK) db_write_rollback(db);
    return status;
}

void import_rollback(struct db *db, bool filling) {
    if (filling)
        db_fill_rollback(db);
    else
        db_write_rollback(db);
}

enum status import_comments_add(struct db *db, const struct import_comment *items, size_t count,
                                struct import_result *results, struct error *error) {
    if (count == 0) return OK;
    struct bulk b = {.db = db, .items = items, .count = count, .source = items[0].source, .article = items[0].article};
    bulk_init(&b);
    enum status status = run(&b, results, error);
    bulk_fini(&b);
    return status;
}
