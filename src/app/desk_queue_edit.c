/* The desk's edit of a message: marked for readers, the earlier text kept. */
#include "app/desk_queue.h"

#include "app/desk_queue_routes.h"
#include "app/map.h"
#include "app/map_desk.h"
#include "base/utf8.h"

struct editing {
    struct view_queue_filter filter;
    struct comment comment, root;
    struct article article;
    struct comment_draft draft;
    struct comment_problems problems;
    slice name, title, text, note;
    int64_t version, max_characters;
    const struct view_late *late;
};

static void show(struct request *r, const struct editing *e, int http_status) {
    struct error error = {OK, ""};
    struct view_comment comment = map_comment(&e->comment);
    struct view_article article = map_article(&e->article);
    struct view_desk_edit page = {.comment = &comment,
                                  .article = &article,
                                  .filter = e->filter,
                                  .version = e->comment.version,
                                  .name = e->name,
                                  .title = e->title,
                                  .text = e->text,
                                  .note = e->note,
                                  .max_characters = e->max_characters,
                                  .late = e->late,
                                  .problems = map_problems(r->arena, &e->problems),
                                  .problem_count = e->problems.count,
                                  .now = clock_now()};
    struct buf *body = request_buf(r);
    enum status status = view_desk_edit(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* The message, its root and its article. False: answered. What its author has withdrawn is not edited. */
static bool load(struct request *r, struct editing *e) {
    struct error error = {OK, ""};
    comment_number number = {request_number(r, "number")};
    e->filter = desk_filter(r);
    enum status status = comment_get(r->db, r->arena, number, &e->comment, &error);
    if (status == OK) status = article_get(r->db, r->arena, e->comment.article, &e->article, &error);
    if (status == OK && e->comment.state == COMMENT_WITHDRAWN) status = NOT_FOUND;
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, request_field(r, "text"), S("/moderation"));
        return false;
    }
    /* An imported message may be longer than the site allows today. */
    int64_t length = (int64_t)utf8_length(e->comment.text_source);
    e->max_characters = r->app->options.message_characters;
    if (length > e->max_characters) e->max_characters = length;
    return true;
}

void desk_edit_form(struct request *r) {
    struct editing *e = ARENA_NEW(r->arena, struct editing);
    if (!load(r, e)) return;
    e->name = e->comment.name;
    e->title = e->comment.title;
    e->text = e->comment.text_source;
    show(r, e, 200);
}

static enum status apply(struct db *db, struct request *r, void *data, struct error *error) {
    struct editing *e = data;
    comment_number number = e->comment.number, root = e->comment.root.v ? e->comment.root : number;
    enum status status = comment_edit_desk(db, number, e->version, &e->draft, r->account.id, e->note, error);
    if (status == OK) status = comment_get(db, r->arena, root, &e->root, error);
    if (status != OK || !e->comment.ordinal) return status;
    request_touch_thread(r, e->article.id, root, e->root.ordinal);
    if (e->comment.state == COMMENT_PUBLISHED) request_tell(r, e->article.id, number, LIVE_EDITED);
    return OK;
}

static void after(struct request *r, void *data, enum status status, const struct error *error) {
    struct editing *e = data;
    comment_number number = e->comment.number;
    if (status == OK) {
        struct desk_outcome outcome = {.number = number};
        desk_go_on(r, &e->filter, number, &outcome, 1);
        return;
    }
    struct error again = {OK, ""};
    struct view_late late;
    bool overtaken = status == CONFLICT && desk_find_late(r, number, &late, &again) == OK &&
                     comment_get(r->db, r->arena, number, &e->comment, &again) == OK;
    if (!overtaken) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, e->text, S("/moderation"));
        return;
    }
    e->late = &late;
    show(r, e, 409);
}

void desk_edit(struct request *r) {
    struct editing *e = ARENA_NEW(r->arena, struct editing);
    struct error error = {OK, ""};
    if (!load(r, e)) return;
    e->name = request_field(r, "name");
    e->title = request_field(r, "title");
    e->text = request_field(r, "text");
    e->version = request_field_int(r, "version");
    bool words = desk_words(r, "note", &e->note);
    struct comment_input input = {.article = e->article.id,
                                  .reply_to = e->comment.parent,
                                  .name = e->name,
                                  .text = e->text,
                                  .title = e->title,
                                  .email = e->comment.email,
                                  .website = e->comment.website,
                                  .language = e->comment.language,
                                  .fingerprint = S(""),
                                  .editing = e->comment.number};
    enum status status = comment_prepare(r->db, r->arena, &input, e->max_characters, &e->draft, &e->problems, &error);
    if (status == INVALID && e->problems.count)
        show(r, e, 422);
    else if (status != OK)
        request_fail_status(r, status, &error, VIEW_ERROR_FORM, e->text, S("/moderation"));
    else if (!words)
        request_fail(r, 422, VIEW_ERROR_FORM, e->text, S("/moderation"));
    else
        request_write(r, e, apply, after);
}
