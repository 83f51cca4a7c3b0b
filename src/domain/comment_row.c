#include "domain/comment_row.h"

#include "text/fold.h"

#include <assert.h>

/* The house signs with an account. The article's author is the account that made the article or, where somebody else
   put it on line, the one whose display name is the by-line. */
static enum badge badge_of(const struct comment_reader *reader, account_id account, slice name, account_id author,
                           slice byline) {
    if (account.v == 0) return BADGE_NONE;
    if (account.v == author.v) return BADGE_AUTHOR;
    if (!slice_is_empty(byline) &&
        slice_equal(text_fold_name(reader->arena, name), text_fold_name(reader->arena, byline)))
        return BADGE_AUTHOR;
    return BADGE_MODERATOR;
}

static void read_badge(struct db_rows *rows, const struct comment_reader *reader, struct comment *out) {
    account_id account = {db_int(rows, "account_id")};
    if (account.v == 0) return;
    account_id author = reader->article_author;
    slice byline = reader->article_byline;
    if (reader->desk) {
        author.v = db_int(rows, "article_author");
        byline = db_text_peek(rows, "article_byline");
    }
    out->badge = badge_of(reader, account, db_text_peek(rows, "account_name"), author, byline);
}

static enum comment_state read_state(struct db_rows *rows, const char *column) {
    enum comment_state state = COMMENT_PENDING;
    bool known = comment_state_parse(db_text_peek(rows, column), &state);
    assert(known); /* the table's CHECK */
    return state;
}

void comment__read(struct db_rows *rows, const struct comment_reader *reader, struct comment *out) {
    struct arena *arena = reader->arena;
    *out = (struct comment){
        .number = {db_int(rows, "number")},
        .article = {db_int(rows, "article_id")},
        .root = {db_int(rows, "root_number")},
        .parent = {db_int(rows, "parent_number")},
        .ordinal = db_int(rows, "ordinal"),
        .last_reply_ordinal = db_int(rows, "last_reply_ordinal"),
        .reply_count = db_int(rows, "reply_count"),
        .state = read_state(rows, "state"),
        .version = db_int(rows, "version"),
        .name = db_text(rows, "name", arena),
        .title = db_text(rows, "title", arena),
        .text_source = db_text(rows, "text_source", arena),
        .html = db_text(rows, "html", arena),
        .language = db_text(rows, "language", arena),
        .website = db_text(rows, "website", arena),
        .submitted_at = db_int(rows, "submitted_at"),
        .published_at = db_int(rows, "published_at"),
        .edited_at = db_int(rows, "edited_at"),
        .edited_by_desk = db_bool(rows, "edited_by_desk"),
        .charter_version = db_int(rows, "charter_version"),
        .report_count = db_int(rows, "report_count"),
        .recommendation_count = db_int(rows, "recommendation_count"),
        .picked_at = db_int(rows, "picked_at"),
    };
    read_badge(rows, reader, out);
    bool names_parent = out->parent.v != 0 && (reader->desk || read_state(rows, "parent_state") == COMMENT_PUBLISHED);
    if (names_parent) out->parent_name = db_text(rows, "parent_name", arena);
    if (reader->desk) {
        out->checks = db_text(rows, "checks", arena);
        out->fingerprint = db_text(rows, "fingerprint", arena);
    }
    if (reader->personal) out->email = db_text(rows, "email", arena);
}

enum status comment__read_list(struct db_rows *rows, const struct comment_reader *reader, size_t limit,
                               struct comment_list *out, struct error *error) {
    struct comment_list list = {.items = ARENA_ARRAY(reader->arena, limit ? limit : 1, struct comment)};
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        if (list.count == limit) {
            list.more = true;
            break;
        }
        comment__read(rows, reader, &list.items[list.count++]);
        /* Imported texts know no ceiling but the import's, and what shows them needs room as well. */
        if (arena_room(reader->arena) < arena_used(reader->arena)) {
            db_finish(rows);
            return error_set(error, INTERNAL, "the messages of one page do not fit into the memory set aside for it");
        }
    }
    db_finish(rows);
    if (status != OK && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum comment_presence comment__root_presence(enum comment_state state, int64_t reply_count,
                                             enum removed_display display) {
    if (state == COMMENT_PUBLISHED) return COMMENT_SHOWN;
    return reply_count > 0 ? COMMENT_STUB : comment__reply_presence(state, display);
}

enum comment_presence comment__reply_presence(enum comment_state state, enum removed_display display) {
    if (state == COMMENT_PUBLISHED) return COMMENT_SHOWN;
    bool gone = state == COMMENT_REMOVED || state == COMMENT_WITHDRAWN;
    return gone && display == REMOVED_STUB ? COMMENT_STUB : COMMENT_HIDDEN;
}

void comment__blank(struct comment *comment) {
    slice nothing = {0};
    comment->name = comment->title = comment->text_source = comment->html = comment->website = nothing;
    comment->parent_name = comment->checks = comment->email = comment->fingerprint = nothing;
    comment->badge = BADGE_NONE;
    comment->edited_at = 0;
    comment->edited_by_desk = false;
}
