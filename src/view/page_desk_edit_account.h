/* The people of the house: their accounts, and one's own password. Functions as in page_read.h.

   Forms (POST, each with `csrf`):
     /moderation/accounts/new            account, display_name, role, language, password, password_again
     /moderation/accounts/{id}           display_name, role, language, disabled (1, or missing)
     /moderation/accounts/{id}/password  password, password_again
     /moderation/password                password_now, password, password_again */
#ifndef PALABRE_VIEW_PAGE_DESK_EDIT_ACCOUNT_H
#define PALABRE_VIEW_PAGE_DESK_EDIT_ACCOUNT_H

#include "base/clock.h"
#include "view/form.h"
#include "view/page_desk.h"

struct view_account {
    int64_t id;
    slice account, display_name, language;
    slice role; /* "administrator", "editor", "moderator" */
    bool disabled, is_self;
    time_ms created_at;
};
enum view_account_notice { VIEW_ACCOUNT_NOTHING, VIEW_ACCOUNT_SAVED, VIEW_ACCOUNT_ADDED, VIEW_ACCOUNT_PASSWORD };

struct view_desk_accounts {
    const struct view_account *accounts;
    size_t count;
    enum view_account_notice notice;
    slice notice_name; /* whose */
    time_ms now;
};
enum status view_desk_accounts(const struct view_context *context, const struct view_desk_accounts *page,
                               struct buf *out, struct error *error) MUST_USE;

struct view_desk_account {
    struct view_account form; /* as typed, or as stored; id 0: new */
    int64_t password_min;     /* characters */
    const struct view_problem *problems;
    size_t problem_count;
};
enum status view_desk_account(const struct view_context *context, const struct view_desk_account *page, struct buf *out,
                              struct error *error) MUST_USE;

struct view_desk_password {
    slice account; /* the name one signs in with: password managers want it */
    int64_t password_min;
    bool changed; /* just now */
    const struct view_problem *problems;
    size_t problem_count;
};
enum status view_desk_password(const struct view_context *context, const struct view_desk_password *page,
                               struct buf *out, struct error *error) MUST_USE;

#endif
