/* One's own sessions and language. */
#include "app/desk_queue_routes.h"

#include "view/page_desk_journal.h"

static void show_sessions(struct request *r, enum view_sessions_notice notice) {
    struct error error = {OK, ""};
    struct session_list list;
    enum status status = session_list_account(r->db, r->arena, r->account.id, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return;
    }
    struct view_session *sessions = ARENA_ARRAY(r->arena, list.count, struct view_session);
    size_t count = 0;
    for (int current = 1; current >= 0; current--) { /* the one that asks comes first */
        for (size_t i = 0; i < list.count; i++) {
            const struct session *s = &list.items[i];
            bool is_current = s->id.v == r->session.id.v;
            if (is_current != (current == 1)) continue;
            sessions[count++] = (struct view_session){s->id.v,         s->user_agent, s->created_at,
                                                      s->last_seen_at, s->expires_at, is_current};
        }
    }
    struct view_desk_sessions page = {sessions, count, notice, clock_now()};
    struct buf *body = request_buf(r);
    status = view_desk_sessions(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

void desk_sessions(struct request *r) {
    enum view_sessions_notice notice = VIEW_SESSIONS_NOTHING;
    if (request_has_field(r, "closed")) notice = VIEW_SESSIONS_CLOSED;
    if (request_has_field(r, "gone")) notice = VIEW_SESSIONS_GONE;
    show_sessions(r, notice);
}

struct closing {
    session_id id; /* 0: all but the current one */
};

static enum status apply_close(struct db *db, struct request *r, void *data, struct error *error) {
    const struct closing *c = data;
    if (c->id.v) return session_close(db, r->account.id, c->id, error);
    struct session_list list;
    enum status status = session_list_account(db, r->arena, r->account.id, &list, error);
    for (size_t i = 0; i < list.count && status == OK; i++) {
        if (list.items[i].id.v == r->session.id.v) continue;
        status = session_close(db, r->account.id, list.items[i].id, error);
    }
    return status;
}

static void after_close(struct request *r, void *data, enum status status, const struct error *error) {
    const struct closing *c = data;
    if (status != OK && status != NOT_FOUND) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/sessions"));
    } else if (c->id.v == r->session.id.v) {
        request_set_cookie(r, S("palabre_session"), S(""), -1);
        request_redirect(r, S("/sign-in?signed-out=1"));
    } else {
        request_redirect(r, status == OK ? S("/moderation/sessions?closed") : S("/moderation/sessions?gone"));
    }
}

void desk_sessions_close(struct request *r) {
    struct closing *c = ARENA_NEW(r->arena, struct closing);
    c->id.v = request_field_int(r, "session");
    bool others = slice_equal(request_field(r, "session"), S("others"));
    if (c->id.v > 0 || others)
        request_write(r, c, apply_close, after_close);
    else
        request_fail(r, 422, VIEW_ERROR_FORM, S(""), S("/moderation/sessions"));
}

/* --- Language ----------------------------------------------------------------------------------------------------- */

/* A page of the desk, and nothing that a browser takes for another host. */
static slice safe_next(struct request *r) {
    slice next = request_field(r, "next");
    bool local = slice_starts(next, S("/moderation")) && !slice_contains(next, S("\\"));
    for (size_t i = 0; i < next.n && local; i++)
        local = (unsigned char)next.p[i] > ' ' && (unsigned char)next.p[i] < 0x7F;
    return local ? next : S("/moderation");
}

static enum status apply_language(struct db *db, struct request *r, void *data, struct error *error) {
    return account_save(db, data, r->account.id, error);
}

static void after_language(struct request *r, void *data, enum status status, const struct error *error) {
    (void)data;
    if (status == OK)
        request_redirect(r, safe_next(r));
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation"));
}

void desk_language(struct request *r) {
    struct account *account = ARENA_NEW(r->arena, struct account);
    size_t language = app_language_find(request_field(r, "language"), APP_LANGUAGES);
    *account = r->account;
    if (language == APP_LANGUAGES) {
        request_fail(r, 422, VIEW_ERROR_FORM, S(""), S("/moderation"));
        return;
    }
    account->language = APP_LANGUAGE[language].tag;
    request_write(r, account, apply_language, after_language);
}
