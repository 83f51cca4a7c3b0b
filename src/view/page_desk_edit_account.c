/* Accounts, and one's own password. */
#include "view/page_desk_edit_account.h"

#include "view/page_desk_edit_common.h"

#define ACCOUNTS ADDRESS_DESK "/accounts"
#define PASSWORD ADDRESS_DESK "/password"

static const struct view__choice ROLES[] = {
    {S_INIT("moderator"), T("Moderator")},
    {S_INIT("editor"), T("Editor")},
    {S_INIT("administrator"), T("Administrator")},
};
/* In the order of ROLES. */
static const char *const ROLE_HELP[] = {
    T("reads, publishes and refuses messages"),
    T("also writes articles and keeps the sections"),
    T("also keeps the charter, the accounts and the site"),
};

static slice role_text(const struct view__page *p, slice role) {
    for (size_t i = 0; i < ARRAY_COUNT(ROLES); i++)
        if (slice_equal(ROLES[i].value, role)) return view__text(p, ROLES[i].label);
    return role;
}

static slice notice_text(const struct view__page *p, enum view_account_notice notice, slice name) {
    static const char *const texts[] = {
        [VIEW_ACCOUNT_SAVED] = T("The account of {name} is saved."),
        [VIEW_ACCOUNT_ADDED] = T("{name} can sign in now."),
        [VIEW_ACCOUNT_PASSWORD] = T("{name} has a new password, and is signed out everywhere."),
    };
    if (notice == VIEW_ACCOUNT_NOTHING) return S("");
    return catalog_format(p->arena, view__text(p, texts[notice]), (struct catalog_argument[]){{S("name"), name}}, 1);
}

enum status view_desk_accounts(const struct view_context *context, const struct view_desk_accounts *page,
                               struct buf *out, struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_ACCOUNTS, S(ACCOUNTS)}, T("Accounts"));
    value_set_string(p.root, S("notice"), notice_text(&p, page->notice, page->notice_name));
    value_set_string(p.root, S("new_href"), S(ACCOUNTS "/new"));
    struct value *rows = value_set_list(p.root, S("rows"));
    for (size_t i = 0; i < page->count; i++) {
        const struct view_account *account = &page->accounts[i];
        struct value *item = value_list_add(rows);
        value_set_string(item, S("account"), account->account);
        value_set_string(item, S("display_name"), view__title(&p, p.language, account->display_name));
        value_set_string(item, S("role"), role_text(&p, account->role));
        value_set_bool(item, S("disabled"), account->disabled);
        value_set_bool(item, S("is_self"), account->is_self);
        value_set_string(item, S("href"), arena_format(p.arena, ACCOUNTS "/%lld", (long long)account->id));
        view__desk_set_time(&p, item, "created", account->created_at, page->now);
    }
    return view__page_render(&p, S("desk/accounts"), out, error);
}

static void set_roles(struct view__page *p, struct value *object, slice current) {
    struct value *list = value_set_list(object, S("roles"));
    for (size_t i = 0; i < ARRAY_COUNT(ROLES); i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("value"), ROLES[i].value);
        value_set_string(item, S("label"), view__text(p, ROLES[i].label));
        value_set_string(item, S("help"), view__text(p, ROLE_HELP[i]));
        value_set_bool(item, S("chosen"), slice_equal(ROLES[i].value, current));
    }
}

enum status view_desk_account(const struct view_context *context, const struct view_desk_account *page, struct buf *out,
                              struct error *error) {
    struct view__page p = {.context = context, .arena = context->arena};
    const struct view_account *form = &page->form;
    slice here = form->id ? arena_format(p.arena, ACCOUNTS "/%lld", (long long)form->id) : S(ACCOUNTS "/new");
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_ACCOUNTS, here},
                     form->id ? T("Edit the account") : T("New account"));
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_string(p.root, S("list_href"), S(ACCOUNTS));
    struct value *object = value_set_object(p.root, S("form"));
    value_set_string(object, S("action"), here);
    value_set_string(object, S("password_action"), arena_format(p.arena, "%.*s/password", SLICE_FMT(here)));
    value_set_bool(object, S("is_new"), form->id == 0);
    value_set_bool(object, S("is_self"), form->is_self);
    value_set_string(object, S("account"), form->account);
    value_set_string(object, S("display_name"), form->display_name);
    value_set_bool(object, S("disabled"), form->disabled);
    value_set_int(object, S("password_min"), page->password_min);
    set_roles(&p, object, form->role);
    view__edit_set_languages(&p, object, form->language);
    return view__page_render(&p, S("desk/account"), out, error);
}

enum status view_desk_password(const struct view_context *context, const struct view_desk_password *page,
                               struct buf *out, struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_PASSWORD, S(PASSWORD)}, T("My password"));
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_string(p.root, S("notice"), page->changed ? view__text(&p, T("Your password is changed.")) : S(""));
    struct value *object = value_set_object(p.root, S("form"));
    value_set_string(object, S("action"), S(PASSWORD));
    value_set_string(object, S("account"), page->account);
    value_set_int(object, S("password_min"), page->password_min);
    return view__page_render(&p, S("desk/password"), out, error);
}
