/* Signing in and out, and the first set-up. */
#include "app/handlers.h"

#include "base/log.h"
#include "text/date.h"
#include "text/fold.h"

#include <string.h>

enum { USER_AGENT_MAX = 300 };

struct signing {
    struct account account;
    slice token;
    struct session_input session;
    session_id closing;
    enum view_fault fault;
    enum view_field field;
    int64_t limit;
    uint64_t name_key; /* for the limiter */
};

/* A path of this site, and nothing that a browser takes for another host. */
static slice safe_next(struct request *r) {
    slice next = request_field(r, "next");
    bool local = slice_starts(next, S("/")) && !slice_starts(next, S("//")) && !slice_contains(next, S("\\"));
    for (size_t i = 0; i < next.n && local; i++)
        local = (unsigned char)next.p[i] > ' ' && (unsigned char)next.p[i] < 0x7F;
    return local ? next : S("");
}

static void show_sign_in(struct request *r, const struct signing *s, int http_status, enum view_sign_in_notice notice) {
    struct error error = {OK, ""};
    struct view_problem problem = {s->field, s->fault, s->limit};
    struct view_sign_in page = {.account = request_field(r, "account"),
                                .next = safe_next(r),
                                .token = request_token(r, S("sign-in")),
                                .notice = notice,
                                .problems = &problem,
                                .problem_count = s->fault ? 1 : 0};
    struct buf *body = request_buf(r);
    enum status status = view_sign_in(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void sign_in_form(struct request *r) {
    struct signing nothing = {.fault = VIEW_FAULT_NONE};
    enum view_sign_in_notice notice = VIEW_SIGN_IN_NOTHING;
    if (r->signed_in) {
        slice next = safe_next(r);
        request_redirect(r, next.n ? next : S("/moderation"));
        return;
    }
    if (request_has_field(r, "signed-out")) notice = VIEW_SIGN_IN_SIGNED_OUT;
    if (request_field(r, "next").n) notice = VIEW_SIGN_IN_NEEDED;
    show_sign_in(r, &nothing, 200, notice);
}

static enum status apply_open(struct db *db, struct request *r, void *data, struct error *error) {
    struct signing *s = data;
    return session_open(db, r->arena, &s->session, &s->token, error);
}

static void after_open(struct request *r, void *data, enum status status, const struct error *error) {
    struct signing *s = data;
    if (status != OK) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/sign-in"));
        return;
    }
    request_set_cookie(r, S("palabre_session"), s->token, r->app->options.session_s);
    slice next = safe_next(r);
    request_redirect(r, next.n ? next : S("/moderation"));
}

static void open_session(struct request *r, struct signing *s) {
    slice agent = http_call_header(r->call, S("User-Agent"));
    s->session = (struct session_input){.account = s->account.id,
                                        .user_agent = slice_sub(agent, 0, USER_AGENT_MAX),
                                        .fingerprint = request_fingerprint(r),
                                        .lifetime_ms = r->app->options.session_s * 1000};
    if (!s->session.user_agent.p) s->session.user_agent = S("");
    request_write(r, s, apply_open, after_open);
}

static bool password_ok(struct request *r, struct signing *s) {
    struct error error;
    enum status found = account_find(r->db, r->arena, request_field(r, "account"), &s->account, &error);
    return account_verify_password(found == OK ? &s->account : NULL, request_field(r, "password"));
}

/* By address, and by account: whoever has many addresses does not get more attempts at one password. A name nobody has
   is counted like one that somebody has. */
static bool may_try(struct request *r, struct signing *s) {
    slice name = text_fold_name(r->arena, request_field(r, "account"));
    s->name_key = keys_limit_key_name(&r->app->keys, name);
    if (!limiter_take(r->app->signing_in, request_address_key(r), &s->limit)) return false;
    return limiter_take(r->app->signing_in_name, s->name_key, &s->limit);
}

static void attempt_was_right(struct request *r, const struct signing *s) {
    limiter_give_back(r->app->signing_in, request_address_key(r));
    limiter_give_back(r->app->signing_in_name, s->name_key);
}

void sign_in(struct request *r) {
    struct signing *s = ARENA_NEW(r->arena, struct signing);
    s->field = VIEW_FIELD_FORM;
    if (!request_token_ok(r, S("sign-in"))) {
        s->fault = VIEW_FAULT_STALE;
        show_sign_in(r, s, 403, VIEW_SIGN_IN_NOTHING);
        return;
    }
    if (!may_try(r, s)) {
        s->fault = VIEW_FAULT_TOO_MANY;
        show_sign_in(r, s, 429, VIEW_SIGN_IN_NOTHING);
        return;
    }
    if (!password_ok(r, s)) {
        s->fault = VIEW_FAULT_WRONG;
        show_sign_in(r, s, 403, VIEW_SIGN_IN_NOTHING);
        return;
    }
    attempt_was_right(r, s);
    open_session(r, s);
}

static enum status apply_close(struct db *db, struct request *r, void *data, struct error *error) {
    (void)data;
    return session_close(db, r->account.id, r->session.id, error);
}

static void after_close(struct request *r, void *data, enum status status, const struct error *error) {
    (void)data;
    if (status != OK && status != NOT_FOUND) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S(""));
        return;
    }
    request_set_cookie(r, S("palabre_session"), S(""), -1);
    request_redirect(r, S("/sign-in?signed-out=1"));
}

void sign_out(struct request *r) {
    slice csrf = request_field(r, "csrf");
    if (!r->signed_in) {
        request_redirect(r, S("/sign-in?signed-out=1"));
    } else if (csrf.n != r->session.csrf.n || !crypto_equal(csrf.p, r->session.csrf.p, csrf.n)) {
        request_fail(r, 403, VIEW_ERROR_FORM, S(""), S("/moderation"));
    } else {
        request_write(r, NULL, apply_close, after_close);
    }
}

/* --- First set-up -------------------------------------------------------------------------------------------------- */

struct setting_up {
    struct signing signing;
    struct account_input account;
    struct site site;
    struct view_problem problems[8];
    size_t problem_count;
};

static void show_setup(struct request *r, const struct setting_up *s, int http_status) {
    struct error error = {OK, ""};
    bool typed = http_call_method(r->call) == HTTP_POST;
    struct view_setup page = {.secret = request_parameter(r, "secret"),
                              .token = request_token(r, S("setup")),
                              .account = request_field(r, "account"),
                              .name = request_field(r, "name"),
                              .publication = typed ? request_field(r, "publication") : r->site.name,
                              .tagline = typed ? request_field(r, "tagline") : r->site.tagline,
                              .language = typed ? request_field(r, "language") : r->site.language,
                              .time_zone = typed ? request_field(r, "time_zone") : r->site.time_zone,
                              .password_min = ACCOUNT_PASSWORD_MIN,
                              .problems = s->problems,
                              .problem_count = s->problem_count};
    struct buf *body = request_buf(r);
    enum status status = view_setup(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

static bool secret_ok(struct request *r) {
    if (site_setup_check(r->db, request_parameter(r, "secret"))) return true;
    request_fail(r, 404, VIEW_ERROR_SETUP, S(""), S(""));
    return false;
}

void setup_form(struct request *r) {
    struct setting_up nothing = {.problem_count = 0};
    if (secret_ok(r)) show_setup(r, &nothing, 200);
}

static void problem(struct setting_up *s, enum view_field field, enum view_fault fault, int64_t limit) {
    if (s->problem_count < ARRAY_COUNT(s->problems))
        s->problems[s->problem_count++] = (struct view_problem){field, fault, limit};
}

static enum status apply_setup(struct db *db, struct request *r, void *data, struct error *error) {
    struct setting_up *s = data;
    account_id id;
    if (!site_setup_check(db, request_parameter(r, "secret")))
        return error_set(error, NOT_FOUND, "this address was used already");
    enum status status = account_add(db, &s->account, (account_id){0}, &id, error);
    if (status == OK) status = site_save(db, &s->site, id, error);
    if (status == OK) status = site_setup_end(db, error);
    s->signing.account.id = id;
    request_touch_site(r);
    return status;
}

static void after_setup(struct request *r, void *data, enum status status, const struct error *error) {
    struct setting_up *s = data;
    if (status == OK) {
        open_session(r, &s->signing);
    } else if (status == INVALID || status == CONFLICT) {
        problem(s, VIEW_FIELD_ACCOUNT, status == CONFLICT ? VIEW_FAULT_TAKEN : VIEW_FAULT_FORM, 0);
        show_setup(r, s, 422);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_SETUP, S(""), S(""));
    }
}

static void check_setup(struct request *r, struct setting_up *s) {
    struct error error;
    slice password = request_field(r, "password");
    if (!request_token_ok(r, S("setup"))) problem(s, VIEW_FIELD_FORM, VIEW_FAULT_STALE, 0);
    if (!slice_trim(request_field(r, "account")).n) problem(s, VIEW_FIELD_ACCOUNT, VIEW_FAULT_EMPTY, 0);
    if (!slice_trim(request_field(r, "publication")).n) problem(s, VIEW_FIELD_PUBLICATION, VIEW_FAULT_EMPTY, 0);
    if (!date_zone_is_valid(request_field(r, "time_zone"))) problem(s, VIEW_FIELD_TIME_ZONE, VIEW_FAULT_FORM, 0);
    if (!slice_equal(password, request_field(r, "password_again")))
        problem(s, VIEW_FIELD_PASSWORD_AGAIN, VIEW_FAULT_DIFFERENT, 0);
    else if (!s->problem_count && account_hash_password(r->arena, password, &s->account.password_hash, &error) != OK)
        problem(s, VIEW_FIELD_PASSWORD, VIEW_FAULT_TOO_SHORT, ACCOUNT_PASSWORD_MIN);
}

void setup(struct request *r) {
    struct setting_up *s = ARENA_NEW(r->arena, struct setting_up);
    if (!secret_ok(r)) return;
    size_t language = app_language_find(request_field(r, "language"), r->language);
    s->account = (struct account_input){.name = slice_trim(request_field(r, "account")),
                                        .display_name = slice_trim(request_field(r, "name")),
                                        .language = APP_LANGUAGE[language].tag,
                                        .role = ROLE_ADMINISTRATOR};
    s->site = r->site;
    s->site.name = slice_trim(request_field(r, "publication"));
    s->site.tagline = slice_trim(request_field(r, "tagline"));
    s->site.language = APP_LANGUAGE[language].tag;
    s->site.time_zone = request_field(r, "time_zone");
    check_setup(r, s);
    if (s->problem_count)
        show_setup(r, s, 422);
    else
        request_write(r, s, apply_setup, after_setup);
}
