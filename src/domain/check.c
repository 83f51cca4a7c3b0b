/* Everything is read along an index, a row at a time: a site of a million comments is checked in the memory of one. */
#include "domain/check.h"

#include "domain/comment_state.h"
#include "domain/journal.h"
#include "domain/search_index.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PASS_ROWS = 256 }; /* between two times that it is said how far it is */

struct check {
    struct db *db;
    const struct check_listener *listener;
    struct check_report *report;
    int64_t last_number; /* of a comment */
};

static void pass(const struct check *check, enum check_step step, int64_t done, int64_t total) {
    const struct check_listener *listener = check->listener;
    if (listener->progress) listener->progress(listener->ctx, step, done, total);
}

static void say(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);
static void say(struct check *check, const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    check->report->faults++;
    check->listener->fault(check->listener->ctx, slice_make(line, n < 0                     ? 0
                                                                  : (size_t)n < sizeof line ? (size_t)n
                                                                                            : sizeof line - 1));
}

/* subject: "article 12" */
static void compare(struct check *check, const char *kind, int64_t id, const char *column, int64_t kept, int64_t real) {
    if (kept == real) return;
    say(check, "%s %" PRId64 ": %s is %" PRId64 " and should be %" PRId64, kind, id, column, kept, real);
}

static enum status each_row(struct check *check, enum db_statement statement,
                            void (*look)(struct check *check, struct db_rows *rows), struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(check->db, statement);
    enum status status;
    while ((status = db_step(rows, error)) == OK) look(check, rows);
    return status == NOT_FOUND ? OK : status;
}

static void look_at_site(struct check *check, struct db_rows *rows) {
    compare(check, "site", 1, "pending_count", db_int(rows, "pending_count"), db_int(rows, "pending"));
    compare(check, "site", 1, "report_count", db_int(rows, "report_count"), db_int(rows, "reports"));
    int64_t charter = db_int(rows, "charter_version");
    if (charter && db_int(rows, "charters") == 0) say(check, "site: there is no charter %" PRId64, charter);
    check->report->decisions = db_int(rows, "decisions");
    check->last_number = db_int(rows, "last_number");
}

static void look_at_article(struct check *check, struct db_rows *rows) {
    int64_t id = db_int(rows, "id");
    check->report->articles++;
    compare(check, "article", id, "comment_count", db_int(rows, "comment_count"), db_int(rows, "published"));
    compare(check, "article", id, "pending_count", db_int(rows, "pending_count"), db_int(rows, "pending"));
    if (slice_equal(db_text_peek(rows, "state"), S("published")) && db_is_null(rows, "published_at"))
        say(check, "article %" PRId64 ": published, without a date", id);
}

static void look_at_place(struct check *check, struct db_rows *rows, int64_t number) {
    enum comment_state state;
    slice name = db_text_peek(rows, "state");
    if (!comment_state_parse(name, &state)) {
        say(check, "comment %" PRId64 ": no known state, \"%.*s\"", number, SLICE_FMT(name));
        return;
    }
    if (state == COMMENT_PUBLISHED && db_is_null(rows, "ordinal"))
        say(check, "comment %" PRId64 ": published, without an ordinal", number);
    if (state == COMMENT_PUBLISHED && db_is_null(rows, "published_at"))
        say(check, "comment %" PRId64 ": published, without a date", number);
}

static void look_at_reply(struct check *check, struct db_rows *rows, int64_t number) {
    int64_t article = db_int(rows, "article_id");
    int64_t root = db_int(rows, "root_number");
    if (db_is_null(rows, "root_article") || db_int(rows, "root_article") != article)
        say(check, "comment %" PRId64 ": its root %" PRId64 " is not of its article", number, root);
    else if (!db_is_null(rows, "root_root"))
        say(check, "comment %" PRId64 ": its root %" PRId64 " is a reply", number, root);
    else if (!db_is_null(rows, "ordinal") && db_is_null(rows, "root_ordinal"))
        say(check, "comment %" PRId64 ": it has an ordinal, and its root %" PRId64 " has none", number, root);
    if (db_is_null(rows, "parent_article") || db_int(rows, "parent_article") != article ||
        db_int(rows, "parent_root") != root)
        say(check, "comment %" PRId64 ": its parent %" PRId64 " is not of its thread", number,
            db_int(rows, "parent_number"));
    compare(check, "comment", number, "last_reply_ordinal", db_int(rows, "last_reply_ordinal"), 0);
}

static void look_at_comment(struct check *check, struct db_rows *rows) {
    int64_t number = db_int(rows, "number");
    if (check->report->comments++ % PASS_ROWS == 0) pass(check, CHECK_COMMENTS, number, check->last_number);
    look_at_place(check, rows, number);
    compare(check, "comment", number, "report_count", db_int(rows, "report_count"), db_int(rows, "open_reports"));
    compare(check, "comment", number, "recommendation_count", db_int(rows, "recommendation_count"),
            db_int(rows, "recommendations"));
    compare(check, "comment", number, "reply_count", db_int(rows, "reply_count"), db_int(rows, "replies"));
    if (!db_is_null(rows, "root_number"))
        look_at_reply(check, rows, number);
    else if (!db_is_null(rows, "parent_number"))
        say(check, "comment %" PRId64 ": it has a parent and no root", number);
}

/* Ordinals: of a discussion (its roots) or of a thread (its replies), in ascending order. Each is its own, and none is past
   the one given last. */

struct ordinals {
    struct check *check;
    const char *kind, *owner_column; /* "article", "article_id" */
    enum db_statement rows, last;
    int64_t owner, ordinal, number; /* of the row before; owner 0: there is none yet */
};

static enum status compare_last(struct ordinals *o, struct error *error) {
    if (o->owner == 0) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(o->check->db, o->last);
    db_bind_int(rows, "id", o->owner);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return OK; /* said already, as a broken reference */
    if (status == OK && db_int(rows, "last_ordinal") < o->ordinal)
        say(o->check, "%s %" PRId64 ": ordinal %" PRId64 " is past the one given last, %" PRId64, o->kind, o->owner,
            o->ordinal, db_int(rows, "last_ordinal"));
    return status;
}

static enum status check_ordinals(struct ordinals *o, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(o->check->db, o->rows);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        int64_t owner = db_int(rows, o->owner_column);
        int64_t ordinal = db_int(rows, "ordinal");
        int64_t number = db_int(rows, "number");
        if (ordinal < 1) say(o->check, "comment %" PRId64 ": ordinal %" PRId64 " is below 1", number, ordinal);
        if (owner == o->owner && ordinal == o->ordinal)
            say(o->check, "%s %" PRId64 ": comments %" PRId64 " and %" PRId64 " both have ordinal %" PRId64, o->kind,
                owner, o->number, number, ordinal);
        if (owner != o->owner) status = compare_last(o, error);
        if (status != OK) return status;
        o->owner = owner;
        o->ordinal = ordinal;
        o->number = number;
    }
    return status == NOT_FOUND ? compare_last(o, error) : status;
}

/* Chains */

struct chain {
    int64_t chain, sequence; /* of the row before; -1: none */
    struct crypto_hash hash;
};

static bool is_hash(slice bytes, const struct crypto_hash *hash) {
    return bytes.n == sizeof hash->bytes && memcmp(bytes.p, hash->bytes, sizeof hash->bytes) == 0;
}

static enum status look_at_link(struct check *check, struct db_rows *rows, struct chain *chain, struct error *error) {
    struct journal_row row = {
        .id = db_int(rows, "id"),
        .chain = db_int(rows, "chain"),
        .sequence = db_int(rows, "sequence"),
        .at = db_int(rows, "at"),
        .actor = db_text_peek(rows, "actor"),
        .act = db_text_peek(rows, "act"),
        .subject = db_text_peek(rows, "subject"),
        .data = db_text_peek(rows, "data"),
    };
    if (check->report->journal_rows++ % PASS_ROWS == 0) pass(check, CHECK_JOURNAL, check->report->journal_rows, 0);
    if (row.chain != chain->chain) *chain = (struct chain){.chain = row.chain};
    if (row.sequence != chain->sequence + 1)
        say(check, "journal, chain %" PRId64 ": row %" PRId64 " follows row %" PRId64, row.chain, row.sequence,
            chain->sequence);
    else if (!is_hash(db_blob_peek(rows, "previous_hash"), &chain->hash))
        say(check, "journal, chain %" PRId64 ": row %" PRId64 " does not carry the hash of the one before", row.chain,
            row.sequence);
    struct crypto_hash previous = {0};
    slice carried = db_blob_peek(rows, "previous_hash");
    if (carried.n == sizeof previous.bytes) memcpy(previous.bytes, carried.p, carried.n);
    enum status status = journal_hash(&previous, &row, &row.hash, error);
    if (status != OK) return status;
    slice kept = db_blob_peek(rows, "hash");
    if (!is_hash(kept, &row.hash))
        say(check, "journal, chain %" PRId64 ": row %" PRId64 " is not what was written (its hash differs)", row.chain,
            row.sequence);
    chain->sequence = row.sequence;
    chain->hash = (struct crypto_hash){0};
    if (kept.n == sizeof chain->hash.bytes) memcpy(chain->hash.bytes, kept.p, kept.n);
    return OK;
}

static enum status check_chains(struct check *check, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(check->db, DB_JOURNAL_CHAINS);
    struct chain chain = {.chain = -1};
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        status = look_at_link(check, rows, &chain, error);
        if (status != OK) return status;
    }
    return status == NOT_FOUND ? OK : status;
}

static void found_fault(void *ctx, slice line) {
    struct check *check = ctx;
    say(check, "%.*s", SLICE_FMT(line));
}

static void passed_search(void *ctx, bool terms, int64_t done) {
    const struct check *check = ctx;
    if (terms)
        pass(check, CHECK_TERMS, done, 0);
    else
        pass(check, CHECK_SEARCH, done, check->last_number);
}

static enum status check_rows(struct check *check, struct error *error) {
    struct ordinals roots = {.check = check,
                             .kind = "article",
                             .owner_column = "article_id",
                             .rows = DB_CHECK_ROOT_ORDINALS,
                             .last = DB_CHECK_LAST_ORDINAL};
    struct ordinals replies = {.check = check,
                               .kind = "thread",
                               .owner_column = "root_number",
                               .rows = DB_CHECK_REPLY_ORDINALS,
                               .last = DB_CHECK_LAST_REPLY_ORDINAL};
    enum status status = each_row(check, DB_CHECK_SITE, look_at_site, error);
    if (status == OK) status = each_row(check, DB_CHECK_ARTICLES, look_at_article, error);
    if (status == OK) status = each_row(check, DB_CHECK_COMMENTS, look_at_comment, error);
    pass(check, CHECK_ORDINALS, 0, 0);
    if (status == OK) status = check_ordinals(&roots, error);
    if (status == OK) status = check_ordinals(&replies, error);
    struct search_check_listener search = {found_fault, passed_search, check};
    if (status == OK) status = search__check(check->db, &search, error);
    return status == OK ? check_chains(check, error) : status;
}

enum status check_run(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct check_report *out,
                      struct error *error) {
    return check_run_shown(db, &(struct check_listener){.fault = fault, .ctx = ctx}, out, error);
}

enum status check_run_shown(struct db *db, const struct check_listener *listener, struct check_report *out,
                            struct error *error) {
    *out = (struct check_report){0};
    struct check check = {.db = db, .listener = listener, .report = out};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    pass(&check, CHECK_ENGINE, 0, 0);
    status = db_check_engine(db, found_fault, &check, error);
    if (status == OK || status == INVALID) status = check_rows(&check, error);
    db_read_end(db);
    if (status != OK) return status;
    if (out->faults == 0) return OK;
    return error_set(error, INVALID, "%" PRId64 " faults found", out->faults);
}
