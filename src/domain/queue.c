#include "domain/comment_row.h"
#include "domain/decision.h"
#include "domain/likeness_due.h"
#include "domain/report.h"

#include <assert.h>
#include <inttypes.h>

enum {
    QUEUE_LIMIT_MAX = 500,
    THREAD_BEFORE_MAX = 100, /* messages of the thread before the one looked at, the root among them */
    THREAD_AFTER_MAX = 100,  /* that one, and what follows */
    HISTORY_COUNTED = 200, /* of the hand's latest messages: each is a row to be read, and some names are everybody's */
    HISTORY_SHOWN = 10,
    REPORTS_SHOWN = 100,
};

/* Where a page of the queue starts: behind a message, in the order of its kind. */
struct position {
    comment_number number;
    time_ms at;
    int64_t report_count, decision;
};

static enum status find_position(struct db *db, comment_number after, struct position *out, struct error *error) {
    *out = (struct position){.at = INT64_MIN, .report_count = INT64_MAX, .decision = INT64_MAX};
    if (after.v == 0) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_QUEUE_POSITION);
    db_bind_int(rows, "number", after.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no comment %" PRId64, after.v);
    if (status != OK) return status;
    out->number = after;
    out->at = db_int(rows, "submitted_at");
    out->report_count = db_int(rows, "report_count");
    if (!db_is_null(rows, "decision")) out->decision = db_int(rows, "decision");
    return OK;
}

/* numbers_alone: what the rows have may be `number` and no more. */
static struct db_rows *use_queue(struct db *db, const struct queue_filter *filter, const struct position *position,
                                 bool numbers_alone) {
    static const enum db_statement PENDING[2][2] = {{DB_QUEUE_PENDING, DB_QUEUE_PENDING_NUMBERS},
                                                    {DB_QUEUE_PENDING_ARTICLE, DB_QUEUE_PENDING_ARTICLE_NUMBERS}};
    struct db_rows *rows = NULL;
    switch (filter->kind) {
    case QUEUE_PENDING:
        rows = db_use(db, PENDING[filter->article.v != 0][numbers_alone]);
        db_bind_int(rows, "at", position->at);
        db_bind_int(rows, "number", position->number.v);
        if (filter->article.v == 0) break;
        db_bind_int(rows, "article", filter->article.v);
        break;
    case QUEUE_REPORTED:
        rows = db_use(db, DB_QUEUE_REPORTED);
        db_bind_int(rows, "reports", position->report_count);
        db_bind_int(rows, "number", position->number.v);
        db_bind_int(rows, "article", filter->article.v);
        break;
    case QUEUE_DECIDED:
        rows = db_use(db, DB_QUEUE_DECIDED);
        db_bind_int(rows, "decision", position->decision);
        db_bind_int(rows, "article", filter->article.v);
        break;
    }
    db_bind_int(rows, "limit", (int64_t)filter->limit + 1);
    return rows;
}

static enum status load_figures(struct db *db, struct queue_page *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_QUEUE_FIGURES);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    out->pending_count = db_int(rows, "pending_count");
    out->report_count = db_int(rows, "report_count");
    out->oldest_pending = db_int(rows, "oldest");
    return OK;
}

static enum status load_entries(struct db *db, struct arena *arena, const struct queue_filter *filter,
                                struct queue_page *out, struct error *error) {
    struct position position;
    enum status status = find_position(db, filter->after, &position, error);
    if (status != OK) return status;
    struct comment_reader reader = {.arena = arena, .desk = true};
    out->items = ARENA_ARRAY(arena, filter->limit, struct queue_entry);
    struct db_rows *rows CLEANUP(db_finish_p) = use_queue(db, filter, &position, false);
    while ((status = db_step(rows, error)) == OK) {
        if (out->count == filter->limit) {
            out->more = true;
            return OK;
        }
        struct queue_entry *entry = &out->items[out->count++];
        comment__read(rows, &reader, &entry->comment);
        entry->article_headline = db_text(rows, "article_headline", arena);
        entry->article_slug = db_text(rows, "article_slug", arena);
    }
    return status == NOT_FOUND ? OK : status;
}

enum status queue_load(struct db *db, struct arena *arena, const struct queue_filter *filter, struct queue_page *out,
                       struct error *error) {
    assert(filter->limit >= 1 && filter->limit <= QUEUE_LIMIT_MAX);
    *out = (struct queue_page){0};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = load_figures(db, out, error);
    if (status == OK) status = load_entries(db, arena, filter, out, error);
    db_read_end(db);
    return status;
}

enum status queue_numbers_load(struct db *db, struct arena *arena, const struct queue_filter *filter,
                               struct queue_numbers *out, struct error *error) {
    struct position position;
    *out = (struct queue_numbers){0};
    enum status status = find_position(db, filter->after, &position, error);
    if (status != OK) return status;
    out->items = ARENA_ARRAY(arena, filter->limit, comment_number);
    struct db_rows *rows CLEANUP(db_finish_p) = use_queue(db, filter, &position, true);
    while (out->count < filter->limit && (status = db_step(rows, error)) == OK)
        out->items[out->count++] = (comment_number){db_int(rows, "number")};
    return status == NOT_FOUND ? OK : status;
}

static enum status read_thread_part(struct db *db, struct arena *arena, enum db_statement statement,
                                    const struct comment *comment, size_t limit, struct comment_list *out,
                                    struct error *error) {
    struct comment_reader reader = {.arena = arena, .desk = true};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, "article", comment->article.v);
    db_bind_int(rows, "root", comment->root.v ? comment->root.v : comment->number.v);
    db_bind_int(rows, "number", comment->number.v);
    db_bind_int(rows, "limit", (int64_t)limit + 1);
    return comment__read_list(rows, &reader, limit, out, error);
}

/* The root, then what stands around the message: those before it, it, those after. */
static enum status load_thread(struct db *db, struct arena *arena, const struct comment *comment,
                               struct comment_list *out, struct error *error) {
    struct comment_list before, after;
    enum status status = read_thread_part(db, arena, DB_THREAD_BEFORE, comment, THREAD_BEFORE_MAX - 1, &before, error);
    if (status == OK) status = read_thread_part(db, arena, DB_THREAD_FROM, comment, THREAD_AFTER_MAX, &after, error);
    if (status != OK) return status;
    out->items = ARENA_ARRAY(arena, before.count + after.count + 1, struct comment);
    out->more = before.more || after.more;
    if (comment->root.v == 0)
        out->items[out->count++] = *comment;
    else
        status = comment_get(db, arena, comment->root, &out->items[out->count++], error);
    out->items[0].email = (slice){0};
    for (size_t i = before.count; i > 0; i--) out->items[out->count++] = before.items[i - 1];
    for (size_t i = 0; i < after.count; i++) out->items[out->count++] = after.items[i];
    return status;
}

/* By what an author is known again: the device, else the block of addresses, else (imported messages) the name. */
struct hand {
    enum db_statement count, latest;
    slice basis;
    slice value;
    bool is_blob;
};

static enum status find_hand(struct db *db, struct arena *arena, const struct comment *comment, struct hand *out,
                             struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_HAND);
    db_bind_int(rows, "article", comment->article.v);
    db_bind_int(rows, "number", comment->number.v);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    slice device = db_blob(rows, "device_hash", arena), address = db_text(rows, "fingerprint", arena);
    if (device.p) {
        *out = (struct hand){DB_HISTORY_COUNT_DEVICE, DB_HISTORY_LATEST_DEVICE, S("device"), device, true};
    } else if (!slice_is_empty(address)) {
        *out = (struct hand){DB_HISTORY_COUNT_ADDRESS, DB_HISTORY_LATEST_ADDRESS, S("address"), address, false};
    } else {
        slice name = db_text(rows, "name", arena);
        *out = (struct hand){DB_HISTORY_COUNT_NAME, DB_HISTORY_LATEST_NAME, S("name"), name, false};
    }
    return OK;
}

static struct db_rows *use_history(struct db *db, enum db_statement statement, const struct hand *hand,
                                   comment_number number, int64_t limit) {
    struct db_rows *rows = db_use(db, statement);
    if (hand->is_blob)
        db_bind_blob(rows, "hand", hand->value);
    else
        db_bind_text(rows, "hand", hand->value);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "limit", limit);
    return rows;
}

static void add_history(struct author_history *history, enum comment_state state, int64_t count) {
    switch (state) {
    case COMMENT_PENDING: history->pending = count; break;
    case COMMENT_PUBLISHED: history->published = count; break;
    case COMMENT_REJECTED: history->rejected = count; break;
    case COMMENT_SPAM: history->spam = count; break;
    case COMMENT_REMOVED: history->removed = count; break;
    case COMMENT_WITHDRAWN:
    case COMMENT_STATES: break;
    }
}

static enum status load_history(struct db *db, struct arena *arena, const struct comment *comment,
                                struct author_history *out, struct error *error) {
    struct hand hand;
    comment_number number = comment->number;
    enum status status = find_hand(db, arena, comment, &hand, error);
    if (status != OK) return status;
    out->basis = hand.basis;
    struct db_rows *counts CLEANUP(db_finish_p) = use_history(db, hand.count, &hand, number, HISTORY_COUNTED);
    while ((status = db_step(counts, error)) == OK) {
        enum comment_state state;
        if (comment_state_parse(db_text_peek(counts, "state"), &state))
            add_history(out, state, db_int(counts, "count"));
    }
    if (status != NOT_FOUND) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = use_history(db, hand.latest, &hand, number, HISTORY_SHOWN + 1);
    struct comment_reader reader = {.arena = arena, .desk = true};
    return comment__read_list(rows, &reader, HISTORY_SHOWN, &out->latest, error);
}

static enum status load_neighbours(struct db *db, struct comment_file *file, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_QUEUE_NEIGHBOURS);
    db_bind_int(rows, "at", file->comment.submitted_at);
    db_bind_int(rows, "number", file->comment.number.v);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    file->next.v = db_int(rows, "next");
    file->previous.v = db_int(rows, "previous");
    return OK;
}

static enum status load_file(struct db *db, struct arena *arena, comment_number number, struct comment_file *out,
                             struct error *error) {
    enum status status = comment_get(db, arena, number, &out->comment, error);
    if (status == OK) status = article_get_brief(db, arena, out->comment.article, &out->article, error);
    if (status != OK) return status;
    status = likeness_due_has(db, number, out->comment.article, &out->looked_at_later, error);
    if (status == OK) status = load_thread(db, arena, &out->comment, &out->thread, error);
    if (status == OK) status = load_history(db, arena, &out->comment, &out->history, error);
    if (status == OK)
        status =
            report__list_comment(db, arena, &out->comment, REPORTS_SHOWN, &out->reports, &out->report_count, error);
    if (status == OK) status = decision_list_comment(db, arena, number, &out->decisions, error);
    if (status == OK) status = comment_revisions(db, arena, number, &out->revisions, &out->revision_count, error);
    return status == OK ? load_neighbours(db, out, error) : status;
}

enum status comment_file_load(struct db *db, struct arena *arena, comment_number number, struct comment_file *out,
                              struct error *error) {
    *out = (struct comment_file){0};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = load_file(db, arena, number, out, error);
    db_read_end(db);
    return status;
}
