/* The accounts of the house, and one's own password. */
#include "app/desk_edit_routes.h"
#include "app/map_edit.h"
#include "view/page_desk_edit_account.h"

struct accounting {
    struct account account; /* id 0: new */
    struct account_input input;
    account_id added;
    slice phc;
    struct view_account form;
    struct edit_problems problems;
};

static struct view_account map_account(const struct request *r, const struct account *a) {
    return (struct view_account){.id = a->id.v,
                                 .account = a->name,
                                 .display_name = a->display_name,
                                 .language = a->language,
                                 .role = role_name(a->role),
                                 .disabled = a->disabled,
                                 .is_self = a->id.v == r->account.id.v,
                                 .created_at = a->created_at};
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

static slice address_done(struct request *r, const char *done, account_id id) {
    return arena_format(r->arena, "/moderation/accounts?done=%s&account=%lld", done, (long long)id.v);
}

static void read_notice(struct request *r, struct view_desk_accounts *page) {
    struct account account;
    struct error error;
    slice done = request_field(r, "done");
    if (account_get(r->db, r->arena, (account_id){request_field_int(r, "account")}, &account, &error) != OK) return;
    page->notice_name = account.display_name;
    if (slice_equal(done, S("saved"))) page->notice = VIEW_ACCOUNT_SAVED;
    if (slice_equal(done, S("added"))) page->notice = VIEW_ACCOUNT_ADDED;
    if (slice_equal(done, S("password"))) page->notice = VIEW_ACCOUNT_PASSWORD;
}

void desk_accounts(struct request *r) {
    struct account_list list;
    struct error error = {OK, ""};
    enum status status = account_list_load(r->db, r->arena, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return;
    }
    struct view_account *accounts = ARENA_ARRAY(r->arena, list.count, struct view_account);
    for (size_t i = 0; i < list.count; i++) accounts[i] = map_account(r, &list.items[i]);
    struct view_desk_accounts page = {.accounts = accounts, .count = list.count, .now = clock_now()};
    read_notice(r, &page);
    struct buf *body = request_buf(r);
    status = view_desk_accounts(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* --- One account -------------------------------------------------------------------------------------------------- */

static void reply(struct request *r, const struct accounting *a, int http_status) {
    struct error error = {OK, ""};
    struct view_desk_account page = {.form = a->form,
                                     .password_min = ACCOUNT_PASSWORD_MIN,
                                     .problems = a->problems.items,
                                     .problem_count = a->problems.count};
    struct buf *body = request_buf(r);
    enum status status = view_desk_account(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* The account of the address, or a new one; false: answered. */
static bool load(struct request *r, struct accounting *a) {
    struct error error = {OK, ""};
    if (!request_parameter(r, "id").p) {
        a->account = (struct account){.language = r->site.language, .role = ROLE_MODERATOR};
        return true;
    }
    enum status status = account_get(r->db, r->arena, (account_id){request_number(r, "id")}, &a->account, &error);
    if (status != OK) request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation/accounts"));
    return status == OK;
}

void desk_account(struct request *r) {
    struct accounting *a = ARENA_NEW(r->arena, struct accounting);
    if (!load(r, a)) return;
    a->form = map_account(r, &a->account);
    reply(r, a, 200);
}

static void read_account(struct request *r, struct accounting *a) {
    a->form = map_account(r, &a->account);
    if (!a->account.id.v) a->form.account = request_field(r, "account");
    a->form.display_name = request_field(r, "display_name");
    a->form.language = request_field(r, "language");
    a->form.role = request_field(r, "role");
    a->form.disabled = slice_equal(request_field(r, "disabled"), S("1"));
    a->account.display_name = a->form.display_name;
    a->account.language = APP_LANGUAGE[app_language_find(a->form.language, r->language)].tag;
    a->account.disabled = a->form.disabled;
    if (!role_parse(a->form.role, &a->account.role))
        edit_problem_add(&a->problems, VIEW_FIELD_ROLE, VIEW_FAULT_EMPTY, 0);
}

/* The two passwords of the form → phc. The hash is dear: only when nothing else is wrong. */
static void read_password(struct request *r, struct edit_problems *problems, slice *phc) {
    struct error error;
    slice password = request_field(r, "password");
    if (!slice_equal(password, request_field(r, "password_again"))) {
        edit_problem_add(problems, VIEW_FIELD_PASSWORD_AGAIN, VIEW_FAULT_DIFFERENT, 0);
    } else if (password.n < ACCOUNT_PASSWORD_MIN) {
        edit_problem_add(problems, VIEW_FIELD_PASSWORD, VIEW_FAULT_TOO_SHORT, ACCOUNT_PASSWORD_MIN);
    } else if (!problems->count && account_hash_password(r->arena, password, phc, &error) != OK) {
        bool longer = password.n > ACCOUNT_PASSWORD_MAX;
        edit_problem_add(problems, VIEW_FIELD_PASSWORD, longer ? VIEW_FAULT_TOO_LONG : VIEW_FAULT_TOO_SHORT,
                         longer ? ACCOUNT_PASSWORD_MAX : ACCOUNT_PASSWORD_MIN);
    }
}

static enum status apply_account(struct db *db, struct request *r, void *data, struct error *error) {
    struct accounting *a = data;
    if (!a->account.id.v) return account_add(db, &a->input, r->account.id, &a->added, error);
    return account_save(db, &a->account, r->account.id, error);
}

static void after_account(struct request *r, void *data, enum status status, const struct error *error) {
    struct accounting *a = data;
    bool new = a->account.id.v == 0;
    if (status == OK) {
        request_redirect(r, address_done(r, new ? "added" : "saved", new ? a->added : a->account.id));
    } else if (status == CONFLICT) {
        edit_problem_add(&a->problems, new ? VIEW_FIELD_ACCOUNT : VIEW_FIELD_ROLE,
                         new ? VIEW_FAULT_TAKEN : VIEW_FAULT_LAST_ADMINISTRATOR, 0);
        reply(r, a, 409);
    } else if (status == INVALID || status == LIMIT) {
        struct view_problem problem = edit_problem_of_detail(error);
        if (problem.field == VIEW_FIELD_NAME) problem.field = VIEW_FIELD_ACCOUNT;
        if (status == LIMIT) problem = (struct view_problem){VIEW_FIELD_FORM, VIEW_FAULT_FULL, 0};
        edit_problem_add(&a->problems, problem.field, problem.fault, problem.limit);
        reply(r, a, 422);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/accounts"));
    }
}

void desk_account_post(struct request *r) {
    struct accounting *a = ARENA_NEW(r->arena, struct accounting);
    if (!load(r, a)) return;
    read_account(r, a);
    if (!a->account.id.v) {
        if (!slice_trim(a->form.account).n) edit_problem_add(&a->problems, VIEW_FIELD_ACCOUNT, VIEW_FAULT_EMPTY, 0);
        read_password(r, &a->problems, &a->phc);
        a->input = (struct account_input){.name = a->form.account,
                                          .display_name = a->form.display_name,
                                          .language = a->account.language,
                                          .role = a->account.role,
                                          .password_hash = a->phc};
    }
    if (a->problems.count)
        reply(r, a, 422);
    else
        request_write(r, a, apply_account, after_account);
}

/* --- Passwords ---------------------------------------------------------------------------------------------------- */

static enum status apply_password(struct db *db, struct request *r, void *data, struct error *error) {
    struct accounting *a = data;
    return account_set_password(db, a->account.id, a->phc, r->account.id, error);
}

static void after_password(struct request *r, void *data, enum status status, const struct error *error) {
    struct accounting *a = data;
    bool own = a->account.id.v == r->account.id.v;
    if (status != OK)
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation"));
    else
        request_redirect(r, own ? S("/moderation/password?done=1") : address_done(r, "password", a->account.id));
}

/* Somebody else's. One's own asks for the one it replaces. */
void desk_account_password(struct request *r) {
    struct accounting *a = ARENA_NEW(r->arena, struct accounting);
    if (!load(r, a)) return;
    if (a->account.id.v == r->account.id.v) {
        request_redirect(r, S("/moderation/password"));
        return;
    }
    a->form = map_account(r, &a->account);
    read_password(r, &a->problems, &a->phc);
    if (a->problems.count)
        reply(r, a, 422);
    else
        request_write(r, a, apply_password, after_password);
}

static void reply_own(struct request *r, const struct edit_problems *problems, int http_status) {
    struct error error = {OK, ""};
    struct view_desk_password page = {.account = r->account.name,
                                      .password_min = ACCOUNT_PASSWORD_MIN,
                                      .changed = !problems->count && request_has_field(r, "done"),
                                      .problems = problems->items,
                                      .problem_count = problems->count};
    struct buf *body = request_buf(r);
    enum status status = view_desk_password(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void desk_password(struct request *r) {
    struct edit_problems none = {.count = 0};
    reply_own(r, &none, 200);
}

void desk_password_post(struct request *r) {
    struct accounting *a = ARENA_NEW(r->arena, struct accounting);
    struct error error;
    int64_t wait_s = 0;
    if (!limiter_take(r->app->signing_in, request_address_key(r), &wait_s)) {
        request_fail_limit(r, S(""), S("/moderation/password"), wait_s);
        return;
    }
    enum status found = account_find(r->db, r->arena, r->account.name, &a->account, &error);
    if (account_verify_password(found == OK ? &a->account : NULL, request_field(r, "password_now"))) {
        limiter_give_back(r->app->signing_in, request_address_key(r));
        read_password(r, &a->problems, &a->phc);
    } else {
        edit_problem_add(&a->problems, VIEW_FIELD_PASSWORD_NOW, VIEW_FAULT_WRONG, 0);
    }
    if (a->problems.count)
        reply_own(r, &a->problems, 422);
    else
        request_write(r, a, apply_password, after_password);
}
