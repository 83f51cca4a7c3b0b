/* The author's private page: what became of the message; editing while it waits; taking it back. Who has the link is
   the author. */
#include "app/handlers.h"

#include "app/guard.h"
#include "app/links.h"
#include "app/map.h"
#include "app/proofread.h"
#include "app/reading.h"
#include "app/reason.h"
#include "domain/charter.h"
#include "view/page_export.h"
#include "view/page_write.h"

struct own_message {
    slice secret;
    struct comment comment;
    struct article article;
    struct comment_draft draft;
    struct comment_problems problems;
    struct abuse_report abuse;
    struct proofreading proof;
    const struct view_proofreading *shown_proof; /* NULL: there is no preview */
    bool proofread;                              /* the draft has the text, corrected as was chosen */
    enum view_fault form_fault;
    int64_t form_limit;
    bool editing; /* a form came: give back what was typed */
};

static bool load(struct request *r, struct own_message *m) {
    struct error error = {OK, ""};
    m->secret = request_parameter(r, "secret");
    enum status status = links_find_message(&r->app->keys, r->db, r->arena, m->secret, &m->comment, &error);
    if (status == OK) status = article_get(r->db, r->arena, m->comment.article, &m->article, &error);
    if (status != OK) request_fail_status(r, status, &error, VIEW_ERROR_MESSAGE, request_field(r, "text"), S(""));
    return status == OK;
}

static slice purpose_of(struct request *r, const struct own_message *m) {
    return arena_format(r->arena, "message:%lld", (long long)m->comment.number.v);
}

static bool in_edit_window(const struct request *r, const struct own_message *m) {
    const struct comment *c = &m->comment;
    return c->state == COMMENT_PUBLISHED && m->article.effective == MODERATION_POST &&
           clock_now() - c->submitted_at <= r->app->options.edit_window_s * 1000;
}

static bool may_edit(const struct request *r, const struct own_message *m) {
    return m->comment.state == COMMENT_PENDING || in_edit_window(r, m);
}

static const struct view_form *edit_form(struct request *r, const struct own_message *m) {
    struct view_form *form = ARENA_NEW(r->arena, struct view_form);
    const struct view_problem *problems = map_problems(r->arena, &m->problems);
    size_t count = m->problems.count;
    if (m->form_fault) {
        struct view_problem *one = ARENA_NEW(r->arena, struct view_problem);
        *one = (struct view_problem){VIEW_FIELD_FORM, m->form_fault, m->form_limit};
        problems = one;
        count = 1;
    }
    *form = (struct view_form){
        .article = m->article.id.v,
        .name = m->editing ? request_field(r, "name") : m->comment.name,
        .text = m->proofread ? m->draft.input.text
                : m->editing ? request_field(r, "text")
                             : m->comment.text_source,
        .title = m->editing ? request_field(r, "title") : m->comment.title,
        .may_send = true,
        .max_characters = r->app->options.message_characters,
        .refused_words = map_refused_words(r->arena, m->article.language, m->abuse.refused, m->abuse.refused_count),
        .problems = problems,
        .problem_count = count};
    return form;
}

static slice rule_title(const struct charter *charter, slice code) {
    for (size_t i = 0; charter && i < charter->rule_count; i++)
        if (slice_equal(charter->rules[i].code, code)) return charter->rules[i].title;
    return S("");
}

static const struct charter *charter_of(struct request *r, const struct own_message *m) {
    struct charter *charter = ARENA_NEW(r->arena, struct charter);
    struct error error;
    bool found = charter_load(r->db, r->arena, m->comment.charter_version, m->article.language, charter, &error) == OK;
    return found ? charter : NULL;
}

/* When the last decision that stands was made; 0: there is none. */
static time_ms decided_at(struct request *r, const struct own_message *m) {
    struct decision_list decisions;
    struct error error;
    enum comment_state state = m->comment.state;
    if (state == COMMENT_PENDING || state == COMMENT_WITHDRAWN) return 0;
    if (decision_list_comment(r->db, r->arena, m->comment.number, &decisions, &error) != OK) return 0;
    const struct decision *last = NULL;
    for (size_t i = 0; i < decisions.count; i++) {
        const struct decision *d = &decisions.items[i];
        bool moved = d->from != d->to;
        if (!d->undone && moved && d->to == state && (!last || d->id.v > last->id.v)) last = d;
    }
    return last ? last->at : 0;
}

/* The message as it will stand once the correction is saved, its unknown words marked; NULL: it is not asked for. */
static const struct view_comment *preview_of(struct request *r, const struct own_message *m) {
    if (!m->shown_proof) return NULL;
    struct view_comment *preview = ARENA_NEW(r->arena, struct view_comment);
    *preview = map_comment(&m->comment);
    preview->state = VIEW_COMMENT_PENDING;
    preview->name = m->draft.input.name;
    preview->title = m->draft.input.title;
    preview->html = m->shown_proof->html;
    return preview;
}

static void show(struct request *r, struct own_message *m, int http_status, enum view_message_notice notice) {
    struct error error = {OK, ""};
    struct view_article article = map_article(&m->article);
    struct view_comment comment = map_comment(&m->comment);
    bool edit = may_edit(r, m);
    comment.is_own = m->comment.state == COMMENT_PENDING;
    struct view_message page = {.article = &article,
                                .message = &comment,
                                .secret = m->secret,
                                .version = arena_format(r->arena, "%lld", (long long)m->comment.version),
                                .may_edit = edit,
                                .may_withdraw =
                                    m->comment.state == COMMENT_PENDING || m->comment.state == COMMENT_PUBLISHED,
                                .form = edit || m->form_fault ? edit_form(r, m) : NULL,
                                .proofreading = m->shown_proof,
                                .preview = preview_of(r, m),
                                .token = request_token(r, purpose_of(r, m)),
                                .notice = notice};
    reason_find(r->db, r->arena, &r->site, &m->comment, m->article.language, &page.rule_title, &page.reason);
    if (in_edit_window(r, m)) page.edit_until = m->comment.submitted_at + r->app->options.edit_window_s * 1000;
    page.decided_at = decided_at(r, m);
    struct buf *body = request_buf(r);
    enum status status = view_message(request_view_in(r, m->article.language), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* Right after sending: what was received, and the link to keep. */
static void show_receipt(struct request *r, const struct own_message *m) {
    struct error error = {OK, ""};
    struct view_article article = map_article(&m->article);
    struct view_comment comment = map_comment(&m->comment);
    comment.is_own = m->comment.state == COMMENT_PENDING;
    struct view_received page = {&article, &comment, m->secret, false};
    struct buf *body = request_buf(r);
    enum status status = view_received(request_view_in(r, m->article.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

void message_show(struct request *r) {
    struct own_message *m = ARENA_NEW(r->arena, struct own_message);
    slice done = request_field(r, "done");
    enum view_message_notice notice = VIEW_MESSAGE_NOTHING;
    if (!load(r, m)) return;
    bool waits = m->comment.state == COMMENT_PENDING || m->comment.state == COMMENT_PUBLISHED;
    if (slice_equal(done, S("sent")) && waits && !m->comment.edited_at) {
        show_receipt(r, m);
        return;
    }
    if (slice_equal(done, S("saved")) && m->comment.edited_at) notice = VIEW_MESSAGE_SAVED;
    if (slice_equal(done, S("withdrawn")) && m->comment.state == COMMENT_WITHDRAWN) notice = VIEW_MESSAGE_WITHDRAWN;
    show(r, m, 200, notice);
}

static enum status touch_own(struct db *db, struct request *r, const struct own_message *m, enum live_kind kind,
                             struct error *error) {
    const struct comment *c = &m->comment;
    struct comment root = *c;
    enum status status = OK;
    if (c->state != COMMENT_PUBLISHED) return OK;
    if (c->root.v) status = comment_get(db, r->arena, c->root, &root, error);
    if (status != OK) return status;
    request_touch_thread(r, c->article, root.number, root.ordinal);
    request_tell(r, c->article, c->number, kind);
    return OK;
}

static enum status apply_edit(struct db *db, struct request *r, void *data, struct error *error) {
    struct own_message *m = data;
    enum status status = comment_edit_own(db, m->comment.number, request_field_int(r, "version"), &m->draft,
                                          r->app->options.edit_window_s * 1000, error);
    r->put_off = status == OK;
    if (status == OK) status = guard_report(db, &m->abuse, error);
    return status == OK ? touch_own(db, r, m, LIVE_EDITED, error) : status;
}

static void redirect_to_own(struct request *r, const struct own_message *m, const char *done) {
    request_redirect(r, arena_format(r->arena, "/messages/%.*s?done=%s", SLICE_FMT(m->secret), done));
}

/* Shows the page as it is now, with what was typed and why it was not taken. */
static void refuse(struct request *r, struct own_message *m, enum status status, const struct error *error) {
    struct error again;
    if (status != CONFLICT && status != INVALID) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, request_field(r, "text"), S(""));
        return;
    }
    if (comment_get(r->db, r->arena, m->comment.number, &m->comment, &again) != OK)
        m->comment.state = COMMENT_WITHDRAWN;
    m->form_fault = status == CONFLICT ? VIEW_FAULT_CONFLICT : VIEW_FAULT_FORM;
    show(r, m, status == CONFLICT ? 409 : 422, VIEW_MESSAGE_NOTHING);
}

static void after_edit(struct request *r, void *data, enum status status, const struct error *error) {
    struct own_message *m = data;
    if (status == OK)
        redirect_to_own(r, m, "saved");
    else
        refuse(r, m, status, error);
}

static bool token_ok(struct request *r, struct own_message *m) {
    if (request_token_ok(r, purpose_of(r, m))) return true;
    m->form_fault = VIEW_FAULT_STALE;
    show(r, m, 403, VIEW_MESSAGE_NOTHING);
    return false;
}

/* Each edit is rendered, kept and journalled like a message: it counts like one; so does its preview. */
static bool in_limits(struct request *r, struct own_message *m, bool preview) {
    if (preview ? limiter_take(r->app->previewing, request_address_key(r), &m->form_limit)
                : request_take_sending(r, &m->form_limit))
        return true;
    m->form_fault = VIEW_FAULT_TOO_MANY;
    show(r, m, 429, VIEW_MESSAGE_NOTHING);
    return false;
}

static enum status look_at(struct request *r, struct own_message *m, const struct comment_input *input,
                           struct error *error) {
    enum status status =
        comment_prepare(r->db, r->arena, input, r->app->options.message_characters, &m->draft, &m->problems, error);
    m->proofread = status == OK;
    if (status == OK) status = proofread_draft(r, false, &m->draft, &m->problems, &m->proof, error);
    if (status == OK) status = guard_look(r, NULL, &m->draft, &m->problems, &m->abuse, error);
    return status;
}

/* Spelling and language are advice here: an edit is of a message that was sent, and confirmed, before. */
static void show_preview(struct request *r, struct own_message *m, int http_status) {
    m->proof.asks = false;
    for (size_t i = 0; i < m->proof.count; i++) {
        struct proofreading_finding *f = &m->proof.findings[i];
        f->required = f->required && f->check != PROOFREADING_SPELLING && f->check != PROOFREADING_FOREIGN;
    }
    m->shown_proof = proofread_view(r, &m->draft, &m->proof);
    show(r, m, http_status, VIEW_MESSAGE_NOTHING);
}

/* Whether it may be saved as proofreading and the checks left it. False: answered, with the preview. */
static bool may_save(struct request *r, struct own_message *m) {
    bool held = m->draft.fate != FATE_USUAL && m->comment.state == COMMENT_PUBLISHED;
    if (m->proof.blocks)
        m->form_fault = VIEW_FAULT_UNMENDED;
    else if (held)
        m->form_fault = VIEW_FAULT_HELD; /* nothing unread takes the place of what is published */
    else
        return true;
    show_preview(r, m, 422);
    return false;
}

void message_edit(struct request *r) {
    struct own_message *m = ARENA_NEW(r->arena, struct own_message);
    struct error error = {OK, ""};
    bool preview = slice_equal(request_field(r, "action"), S("preview"));
    if (!load(r, m)) return;
    m->editing = true;
    if (!token_ok(r, m) || !in_limits(r, m, preview)) return;
    struct comment_input input = {.article = m->comment.article,
                                  .reply_to = m->comment.parent,
                                  .name = request_field(r, "name"),
                                  .text = request_field(r, "text"),
                                  .title = request_field(r, "title"),
                                  .email = m->comment.email,
                                  .website = m->comment.website,
                                  .language = m->article.language,
                                  .editing = m->comment.number};
    enum status status = look_at(r, m, &input, &error);
    if (status == INVALID && m->problems.count)
        show(r, m, 422, VIEW_MESSAGE_NOTHING);
    else if (status != OK)
        refuse(r, m, status, &error);
    else if (preview)
        show_preview(r, m, 200);
    else if (may_save(r, m))
        request_write(r, m, apply_edit, after_edit);
}

static enum status apply_withdraw(struct db *db, struct request *r, void *data, struct error *error) {
    struct own_message *m = data;
    enum status status = comment_withdraw(db, m->comment.number, error);
    return status == OK ? touch_own(db, r, m, LIVE_REMOVED, error) : status;
}

static void after_withdraw(struct request *r, void *data, enum status status, const struct error *error) {
    struct own_message *m = data;
    if (status == OK)
        redirect_to_own(r, m, "withdrawn");
    else
        refuse(r, m, status, error);
}

void message_withdraw(struct request *r) {
    struct own_message *m = ARENA_NEW(r->arena, struct own_message);
    if (load(r, m) && token_ok(r, m)) request_write(r, m, apply_withdraw, after_withdraw);
}

/* --- Taking it away ----------------------------------------------------------------------------------------------- */

static enum status load_revisions(struct request *r, const struct own_message *m, struct view_export *page,
                                  struct error *error) {
    struct comment_revision *items;
    size_t count;
    enum status status = comment_revisions(r->db, r->arena, m->comment.number, &items, &count, error);
    if (status != OK) return status;
    struct view_export_revision *shown = ARENA_ARRAY(r->arena, count, struct view_export_revision);
    for (size_t i = 0; i < count; i++)
        shown[i] = (struct view_export_revision){items[i].at, items[i].by_desk, items[i].name, items[i].title,
                                                 items[i].text_source};
    page->revisions = shown;
    page->revision_count = count;
    return OK;
}

/* What was decided about the message; reports and their dismissal are others'. */
static enum status load_decisions(struct request *r, const struct own_message *m, struct view_export *page,
                                  struct error *error) {
    struct decision_list list;
    enum status status = decision_list_comment(r->db, r->arena, m->comment.number, &list, error);
    if (status != OK) return status;
    struct view_export_decision *shown = ARENA_ARRAY(r->arena, list.count, struct view_export_decision);
    const struct charter *charter = r->site.gives_reasons ? charter_of(r, m) : NULL;
    for (size_t i = 0; i < list.count; i++) {
        const struct decision *d = &list.items[i];
        bool edit = slice_equal(d->act, S("edit"));
        if (d->from == d->to && !edit) continue;
        struct comment after = {.state = d->to};
        shown[page->decision_count++] =
            (struct view_export_decision){.to = map_comment(&after).state,
                                          .at = d->at,
                                          .edit = edit,
                                          .undone = d->undone,
                                          .rule = rule_title(charter, d->rule_code),
                                          .reason = r->site.gives_reasons ? d->reason : S("")};
    }
    page->decisions = shown;
    return OK;
}

void message_export(struct request *r) {
    struct own_message *m = ARENA_NEW(r->arena, struct own_message);
    struct error error = {OK, ""};
    slice format = request_parameter(r, "format");
    bool json = slice_equal(format, S("json"));
    if (!json && !slice_equal(format, S("txt"))) {
        request_fail(r, 404, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    if (!load(r, m)) return;
    struct view_article article = map_article(&m->article);
    struct view_comment message = map_comment(&m->comment);
    struct view_export page = {.article = &article,
                               .message = &message,
                               .text = m->comment.text_source,
                               .email = m->comment.email,
                               .charter_version = m->comment.charter_version};
    enum status status = load_revisions(r, m, &page, &error);
    if (status == OK) status = load_decisions(r, m, &page, &error);
    const struct view_context *context = request_view_in(r, m->article.language);
    struct buf *body = request_buf(r);
    if (status == OK && json) view_export_json(context, &page, body);
    if (status == OK && !json) status = view_export_text(context, &page, body, &error);
    if (status != OK) {
        buf_fini(body);
        request_fail_status(r, status, &error, VIEW_ERROR_MESSAGE, S(""), S(""));
        return;
    }
    request_add_header(r, S("Content-Disposition"),
                       arena_format(r->arena, "attachment; filename=\"message-%lld.%.*s\"",
                                    (long long)m->comment.number.v, SLICE_FMT(format)));
    request_reply_buf(r, 200, json ? S("application/json") : S("text/plain; charset=utf-8"), body);
}
