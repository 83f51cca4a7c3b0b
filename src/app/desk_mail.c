/* The desk's page about mail, for administrators. */
#include "app/desk_edit_routes.h"
#include "domain/outbox.h"
#include "domain/recipient.h"
#include "mail/message.h"
#include "text/check.h"
#include "view/page_desk_mail.h"

enum { SHOWN = 50 };

struct mailing {
    struct view_desk_mail page;
    struct view_problem problem;
    bool forget;
    struct recipient_refusal pause;
    struct crypto_hash resume;
};

static const struct view_outgoing *map_rows(struct request *r, const struct outbox_list *list) {
    struct view_outgoing *rows = ARENA_ARRAY(r->arena, list->count, struct view_outgoing);
    for (size_t i = 0; i < list->count; i++) {
        const struct outbox_row *row = &list->items[i];
        rows[i] = (struct view_outgoing){.kind = outbox_kind_name(row->kind),
                                         .headline = row->headline,
                                         .comment = row->comment.v,
                                         .created_at = row->created_at,
                                         .next_at = row->next_at,
                                         .attempts = row->attempts,
                                         .error = row->error};
    }
    return rows;
}

static slice hash_id(struct arena *arena, const struct crypto_hash *hash) {
    struct buf b;
    buf_init(&b, 128);
    crypto_add_base64url(&b, slice_make(hash->bytes, sizeof hash->bytes));
    slice id = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return id;
}

static enum status load(struct request *r, struct view_desk_mail *page, struct error *error) {
    struct outbox_figures figures;
    struct outbox_list waiting, failed;
    struct recipient_list paused;
    enum status status = outbox_count(r->db, &figures, error);
    if (status == OK) status = outbox_list_load(r->db, r->arena, false, SHOWN, &waiting, error);
    if (status == OK) status = outbox_list_load(r->db, r->arena, true, SHOWN, &failed, error);
    if (status == OK) status = recipient_list_paused(r->db, r->arena, SHOWN, &paused, error);
    if (status != OK) return status;
    struct view_paused *rows = ARENA_ARRAY(r->arena, paused.count, struct view_paused);
    for (size_t i = 0; i < paused.count; i++) {
        const struct recipient *one = &paused.items[i];
        rows[i] = (struct view_paused){hash_id(r->arena, &one->hash), one->email, one->reason, one->paused_at};
    }
    page->server = r->app->options.mail.url;
    page->waiting = figures.waiting;
    page->failed = figures.failed;
    page->subscriptions = figures.subscriptions;
    page->paused = figures.paused;
    page->oldest = figures.oldest;
    page->waiting_rows = map_rows(r, &waiting);
    page->waiting_count = waiting.count;
    page->failed_rows = map_rows(r, &failed);
    page->failed_count = failed.count;
    page->paused_rows = rows;
    page->paused_count = paused.count;
    page->now = clock_now();
    return OK;
}

static void reply(struct request *r, struct mailing *m, int http_status) {
    struct error error = {OK, ""};
    enum status status = load(r, &m->page, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    struct buf *body = request_buf(r);
    status = view_desk_mail(request_view(r), &m->page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void desk_mail(struct request *r) {
    struct mailing *m = ARENA_NEW(r->arena, struct mailing);
    m->page.saved = slice_equal(request_field(r, "done"), S("saved"));
    reply(r, m, 200);
}

static void after(struct request *r, void *data, enum status status, const struct error *error) {
    (void)data;
    if (status == OK || status == NOT_FOUND) /* not paused any more: a colleague was faster */
        request_redirect(r, S("/moderation/mail?done=saved"));
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/mail"));
}

static enum status apply_failed(struct db *db, struct request *r, void *data, struct error *error) {
    const struct mailing *m = data;
    return m->forget ? outbox_forget_failed(db, r->account.id, error)
                     : outbox_retry_failed(db, clock_now(), r->account.id, error);
}

void desk_mail_failed(struct request *r) {
    struct mailing *m = ARENA_NEW(r->arena, struct mailing);
    m->forget = slice_equal(request_field(r, "action"), S("forget"));
    request_write(r, m, apply_failed, after);
}

static enum status apply_resume(struct db *db, struct request *r, void *data, struct error *error) {
    const struct mailing *m = data;
    return recipient_resume(db, &m->resume, r->account.id, error);
}

void desk_mail_resume(struct request *r) {
    struct mailing *m = ARENA_NEW(r->arena, struct mailing);
    if (crypto_from_base64url(request_field(r, "address"), m->resume.bytes, sizeof m->resume.bytes))
        request_write(r, m, apply_resume, after);
    else
        request_fail(r, 422, VIEW_ERROR_FORM, S(""), S("/moderation/mail"));
}

static enum status apply_pause(struct db *db, struct request *r, void *data, struct error *error) {
    const struct mailing *m = data;
    return recipient_pause(db, &m->pause, r->account.id, error);
}

void desk_mail_pause(struct request *r) {
    struct mailing *m = ARENA_NEW(r->arena, struct mailing);
    slice email = S("");
    m->page.email = request_field(r, "email");
    enum text_problem problem = text_check_email(r->arena, m->page.email, &email);
    if (problem != TEXT_FINE || !mail_address_is_sendable(email)) {
        enum view_fault fault = problem == TEXT_EMPTY ? VIEW_FAULT_EMPTY : VIEW_FAULT_NO_ADDRESS;
        m->problem = (struct view_problem){VIEW_FIELD_EMAIL, fault, 0};
        m->page.problems = &m->problem;
        m->page.problem_count = 1;
        reply(r, m, 422);
        return;
    }
    m->pause = (struct recipient_refusal){
        .hash = keys_mail_hash(&r->app->keys, email), .email = email, .said = S(""), .now = clock_now()};
    request_write(r, m, apply_pause, after);
}
