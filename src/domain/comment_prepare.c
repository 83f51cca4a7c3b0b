#include "domain/comment_change.h"
#include "domain/comment_submission.h"
#include "domain/comment_text.h"

#include "text/check.h"
#include "text/fold.h"

#include <assert.h>
#include <inttypes.h>

enum {
    REPEAT_WINDOW_MS = 24 * 3600 * 1000,
    FOLD_ARENA_MAX = 256 * 1024 * 1024, /* never near: a text is at most a request's body */
};

void comment__add_problem(struct comment_problems *problems, enum comment_field field, enum comment_fault fault,
                          int64_t limit) {
    if (problems->count == COMMENT_PROBLEMS_MAX) return;
    problems->items[problems->count++] = (struct comment_problem){
        .field = field, .fault = fault, .limit = fault == FAULT_TOO_LONG || fault == FAULT_LINKS ? limit : 0};
}

enum status comment__refuse(const struct comment_problems *problems, struct error *error) {
    return error_set(error, INVALID, "the message has %zu problems, the first in field %d: fault %d", problems->count,
                     (int)problems->items[0].field, (int)problems->items[0].fault);
}

static bool is_fine(const struct comment_problems *problems, enum comment_field field) {
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].field == field) return false;
    return true;
}

static enum comment_fault fault_of(enum text_problem problem) {
    switch (problem) {
    case TEXT_FINE: return FAULT_NONE;
    case TEXT_EMPTY: return FAULT_EMPTY;
    case TEXT_TOO_LONG: return FAULT_TOO_LONG;
    case TEXT_INVALID_UTF8: return FAULT_INVALID_UTF8;
    case TEXT_CONTROL: return FAULT_CONTROL;
    case TEXT_NOT_A_NAME:
    case TEXT_NOT_AN_EMAIL:
    case TEXT_NOT_A_WEBSITE: return FAULT_FORM;
    }
    return FAULT_FORM;
}

static void note_field(struct comment_problems *problems, enum comment_field field, enum text_problem problem,
                       int64_t limit) {
    if (problem != TEXT_FINE) comment__add_problem(problems, field, fault_of(problem), limit);
}

/* An optional field that was left empty is fine, and empty. */
static void note_optional(struct comment_problems *problems, enum comment_field field, enum text_problem problem,
                          int64_t limit, slice *value) {
    if (problem == TEXT_EMPTY)
        *value = (slice){0};
    else
        note_field(problems, field, problem, limit);
}

static void check_fields(struct arena *arena, int64_t max_characters, struct comment_input *input,
                         struct comment_problems *problems) {
    note_field(problems, FIELD_NAME, text_check_name(arena, input->name, &input->name), COMMENT_NAME_MAX);
    note_field(problems, FIELD_TEXT, text_check_body(arena, input->text, (size_t)max_characters, &input->text),
               max_characters);
    note_optional(problems, FIELD_TITLE, text_check_line(arena, input->title, COMMENT_TITLE_MAX, &input->title),
                  COMMENT_TITLE_MAX, &input->title);
    note_optional(problems, FIELD_EMAIL, text_check_email(arena, input->email, &input->email), COMMENT_EMAIL_MAX,
                  &input->email);
    if (input->notify && !input->email.n) comment__add_problem(problems, FIELD_EMAIL, FAULT_EMPTY, 0);
    note_optional(problems, FIELD_WEBSITE, text_check_website(arena, input->website, &input->website),
                  COMMENT_WEBSITE_MAX, &input->website);
}

static enum status check_discussion(struct db *db, struct arena *arena, struct comment_draft *draft,
                                    struct comment_problems *problems, struct error *error) {
    struct article_admission read;
    const struct article_admission *admission = draft->input.admission;
    if (!admission) {
        enum status status = article_admission(db, arena, draft->input.article, &read, error);
        if (status != OK) return status;
        admission = &read;
    }
    if (draft->input.editing.v == 0 && !admission->accepts_comments)
        comment__add_problem(problems, FIELD_NONE, FAULT_CLOSED, 0);
    if (slice_is_empty(draft->input.language)) draft->input.language = admission->language;
    draft->charter_version = admission->charter_version;
    draft->input.admission = NULL; /* the caller's, who may be gone when the draft is submitted */
    return OK;
}

/* It is not in this discussion: in another one, or in none. */
static enum status note_strange_parent(struct db *db, comment_number parent, struct comment_problems *problems,
                                       struct error *error) {
    article_id elsewhere;
    enum status status = comment__article(db, parent, &elsewhere, error);
    if (status != OK && status != NOT_FOUND) return status;
    comment__add_problem(problems, FIELD_REPLY_TO, status == OK ? FAULT_REPLY_ELSEWHERE : FAULT_REPLY_GONE, 0);
    return OK;
}

enum status comment__check_parent(struct db *db, struct arena *arena, struct comment_draft *draft,
                                  struct comment_problems *problems, struct error *error) {
    comment_number parent = draft->input.reply_to;
    draft->root = (comment_number){0};
    if (parent.v == 0) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_PARENT);
    db_bind_int(rows, "article", draft->input.article.v);
    db_bind_int(rows, "number", parent.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return note_strange_parent(db, parent, problems, error);
    if (status != OK) return status;
    bool is_published = slice_equal(db_text_peek(rows, "state"), comment_state_name(COMMENT_PUBLISHED));
    if (!is_published && draft->input.editing.v == 0)
        comment__add_problem(problems, FIELD_REPLY_TO, FAULT_REPLY_GONE, 0);
    else
        draft->parent_name = db_text(rows, "name", arena);
    draft->root.v = db_is_null(rows, "root_number") ? parent.v : db_int(rows, "root_number");
    return OK;
}

/* An edit keeps the name its message has, whoever bears that name by now. */
static enum status keeps_name(struct db *db, const struct comment_input *input, bool *keeps, struct error *error) {
    *keeps = false;
    if (input->editing.v == 0) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_PARENT);
    db_bind_int(rows, "article", input->article.v);
    db_bind_int(rows, "number", input->editing.v);
    enum status status = db_step(rows, error);
    if (status == OK) *keeps = slice_equal(db_text_peek(rows, "name"), input->name);
    return status == NOT_FOUND ? OK : status;
}

/* Nobody signs with the name of somebody of the house, or one that looks like it (UTS #39), but that account itself. */
static enum status check_name_free(struct db *db, struct arena *arena, const struct comment_input *input,
                                   struct comment_problems *problems, struct error *error) {
    bool keeps;
    enum status status = keeps_name(db, input, &keeps, error);
    if (status != OK || keeps) return status;
    slice skeleton = {0}, folded = {0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_HOUSE_NAMES);
    while ((status = db_step(rows, error)) == OK) {
        if (db_int(rows, "id") == input->account.v) continue;
        slice name = db_text(rows, "display_name", arena);
        if (!skeleton.p) skeleton = text_skeleton(arena, input->name);
        if (!folded.p) folded = text_fold_name(arena, input->name);
        bool same =
            slice_equal(folded, text_fold_name(arena, name)) || slice_equal(skeleton, text_skeleton(arena, name));
        if (!same) continue;
        comment__add_problem(problems, FIELD_NAME, FAULT_NAME_RESERVED, 0);
        return OK;
    }
    return status == NOT_FOUND ? OK : status;
}

enum status comment__find_sent(struct db *db, const struct comment_input *input, comment_number *number,
                               enum comment_state *state, struct error *error) {
    if (slice_is_empty(input->secret)) return NOT_FOUND;
    struct crypto_hash secret = crypto_sha256(input->secret);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SENT);
    db_bind_int(rows, "article", input->article.v);
    db_bind_blob(rows, "secret", slice_make(secret.bytes, sizeof secret.bytes));
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    number->v = db_int(rows, "number");
    if (state && !comment_state_parse(db_text_peek(rows, "state"), state))
        return error_set(error, INTERNAL, "comment %" PRId64 " is in no known state", number->v);
    return OK;
}

/* A message of before there were hashes, an imported one, or one that the desk has edited: folded now. */
static int64_t hash_of_row(struct db_rows *rows, slice text) {
    if (!db_is_null(rows, "text_hash")) return db_int(rows, "text_hash");
    slice old = db_text_peek(rows, "text_source");
    /* Folding never makes a text three times as short: most are told apart by their length. */
    if (old.n > text.n * 3 || text.n > old.n * 3) return 0;
    struct arena *scratch CLEANUP(arena_free_p) = arena_new(FOLD_ARENA_MAX);
    return comment__text_hash(scratch, old);
}

/* The message that the same form has sent already. */
static bool is_own(struct db_rows *rows, slice secret) {
    if (slice_is_empty(secret)) return false;
    struct crypto_hash hash = crypto_sha256(secret);
    return slice_equal(db_blob_peek(rows, "secret_hash"), slice_make(hash.bytes, sizeof hash.bytes));
}

/* Whether the same hand has sent the same words: in this discussion within a day (a fault), or in another one lately
   (told to the moderator). Only the hand's latest messages are looked at. */
static enum status check_repeated(struct db *db, const struct comment_draft *draft, comment_number *elsewhere,
                                  struct comment_problems *problems, struct error *error) {
    const struct comment_input *input = &draft->input;
    struct crypto_hash device;
    enum status status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SAME_HAND);
    comment__bind_hand(rows, input, &device);
    db_bind_int(rows, "editing", input->editing.v);
    time_ms since = clock_now() - REPEAT_WINDOW_MS;
    bool here = false;
    while ((status = db_step(rows, error)) == OK) {
        int64_t number = db_int(rows, "number");
        if (hash_of_row(rows, input->text) != draft->text_hash || is_own(rows, input->secret)) continue;
        if (db_int(rows, "article_id") != input->article.v)
            elsewhere->v = number > elsewhere->v ? number : elsewhere->v;
        else if (db_int(rows, "submitted_at") >= since)
            here = true;
    }
    if (here) comment__add_problem(problems, FIELD_TEXT, FAULT_REPEATED, 0);
    return status == NOT_FOUND ? OK : status;
}

void comment__bind_hand(struct db_rows *rows, const struct comment_input *input, struct crypto_hash *device) {
    if (slice_is_empty(input->device_token)) {
        db_bind_null(rows, "device");
    } else {
        *device = crypto_sha256(input->device_token);
        db_bind_blob(rows, "device", slice_make(device->bytes, sizeof device->bytes));
    }
    db_bind_text(rows, "fingerprint", input->fingerprint);
}

static enum status render_text(struct db *db, struct arena *arena, int64_t max_characters, struct comment_draft *draft,
                               struct comment_problems *problems, struct error *error) {
    const struct comment_input *input = &draft->input;
    enum status status = comment__render(db, arena, input->article, input->language, input->text, &draft->html, error);
    if (status == LIMIT) {
        comment__add_problem(problems, FIELD_TEXT, FAULT_TOO_LONG, max_characters);
        return OK;
    }
    draft->text_hash = comment__text_hash(arena, input->text);
    if (status == OK) status = check_repeated(db, draft, &draft->repeats, problems, error);
    if (status == OK) draft->checks = comment__checks(arena, input->text, draft->html, draft->repeats);
    return status;
}

static enum status prepare(struct db *db, struct arena *arena, int64_t max_characters, struct comment_draft *draft,
                           struct comment_problems *problems, struct error *error) {
    check_fields(arena, max_characters, &draft->input, problems);
    enum status status = check_discussion(db, arena, draft, problems, error);
    if (status == OK) status = comment__check_parent(db, arena, draft, problems, error);
    if (status == OK && is_fine(problems, FIELD_NAME))
        status = check_name_free(db, arena, &draft->input, problems, error);
    if (status == OK && is_fine(problems, FIELD_TEXT))
        status = render_text(db, arena, max_characters, draft, problems, error);
    if (status != OK) return status;
    return problems->count ? comment__refuse(problems, error) : OK;
}

enum status comment_prepare(struct db *db, struct arena *arena, const struct comment_input *input,
                            int64_t max_characters, struct comment_draft *out, struct comment_problems *problems,
                            struct error *error) {
    assert(max_characters > 0);
    *problems = (struct comment_problems){0};
    *out = (struct comment_draft){.input = *input, .checks = S("[]")};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = prepare(db, arena, max_characters, out, problems, error);
    db_read_end(db);
    return status;
}
