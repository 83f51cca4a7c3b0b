#include "view/page_system.h"

#include "view/page_common.h"

enum status view_sign_in(const struct view_context *context, const struct view_sign_in *page, struct buf *out,
                         struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    view__page_noindex(&p);
    view__page_title(&p, view__text(&p, T("Sign in")));
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_bool(p.root, S("signed_out"), page->notice == VIEW_SIGN_IN_SIGNED_OUT);
    value_set_bool(p.root, S("needed"), page->notice == VIEW_SIGN_IN_NEEDED);
    struct value *form = value_set_object(p.root, S("form"));
    value_set_string(form, S("action"), S(ADDRESS_SIGN_IN));
    value_set_string(form, S("token"), page->token);
    value_set_string(form, S("next"), page->next);
    value_set_string(form, S("account"), page->account);
    return view__page_render(&p, S("sign-in"), out, error);
}

enum status view_setup(const struct view_context *context, const struct view_setup *page, struct buf *out,
                       struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    view__page_noindex(&p);
    view__page_title(&p, view__text(&p, T("Set up the publication")));
    view__set_problems(&p, page->problems, page->problem_count);
    struct value *form = value_set_object(p.root, S("form"));
    value_set_string(form, S("action"), address_setup(p.arena, page->secret));
    value_set_string(form, S("token"), page->token);
    value_set_string(form, S("account"), page->account);
    value_set_string(form, S("name"), page->name);
    value_set_string(form, S("publication"), page->publication);
    value_set_string(form, S("tagline"), page->tagline);
    value_set_string(form, S("time_zone"), page->time_zone);
    value_set_int(form, S("password_min"), page->password_min);
    slice chosen = page->language.n > 0 ? page->language : p.language;
    struct value *choices = value_set_list(form, S("choices"));
    for (size_t i = 0; i < context->site->language_count; i++) {
        const struct view_language *language = &context->site->languages[i];
        struct value *item = value_list_add_object(choices);
        value_set_string(item, S("tag"), language->tag);
        value_set_string(item, S("name"), language->name);
        value_set_bool(item, S("chosen"), slice_equal(language->tag, chosen));
    }
    return view__page_render(&p, S("set-up"), out, error);
}

/* What happened, and what to do next. The first line that fits is taken: `about` VIEW_ERROR_PAGE fits all. */
static const struct error_words {
    int http_status;
    enum view_error_about about;
    const char *heading, *what, *next;
} words[] = {
    {400, VIEW_ERROR_PAGE, T("This request could not be understood"),
     T("What the browser sent is not in a form that we can read. Nothing was changed."), NULL},
    {403, VIEW_ERROR_FORM, T("This form could not be accepted"),
     T("It was open for too long, or it did not come from this site. Nothing was sent."),
     T("Go back, load the page again and send the form once more.")},
    {403, VIEW_ERROR_PAGE, T("This page is not open to you"),
     T("It needs rights that your account has not. Nothing was changed."), NULL},
    {404, VIEW_ERROR_ARTICLE, T("There is no such article"),
     T("It may have been withdrawn, or its address is not complete."), NULL},
    {404, VIEW_ERROR_COMMENT, T("There is no such message"),
     T("No published message has this number. It may still wait for a moderator."), NULL},
    {404, VIEW_ERROR_MESSAGE, T("This private link leads nowhere"),
     T("Check that the address is complete: it is long, and mail programs sometimes cut it."), NULL},
    {404, VIEW_ERROR_SETUP, T("This address has already served"),
     T("The publication is set up. Whoever has an account can sign in."), NULL},
    {404, VIEW_ERROR_PAGE, T("There is nothing at this address"),
     T("The page may have moved, or the address is not complete."), NULL},
    {405, VIEW_ERROR_PAGE, T("This address does not work that way"),
     T("The browser asked for something that this page does not do. Nothing was changed."), NULL},
    {409, VIEW_ERROR_PAGE, T("Somebody was faster"),
     T("What you were changing has been changed meanwhile. Nothing was overwritten."),
     T("Go back and look at it again.")},
    {410, VIEW_ERROR_COMMENT, T("This message is no longer here"),
     T("It was removed by the moderators, or withdrawn by its author."), NULL},
    {410, VIEW_ERROR_SETUP, T("This address has already served"),
     T("The publication is set up. Whoever has an account can sign in."), NULL},
    {410, VIEW_ERROR_PAGE, T("This page is no longer here"), T("It was withdrawn, and will not come back."), NULL},
    {413, VIEW_ERROR_PAGE, T("This is too long"), T("What was sent is larger than we accept. Nothing was saved."),
     T("Shorten it and send it again.")},
    {422, VIEW_ERROR_PAGE, T("This could not be saved"),
     T("Something in the form cannot be read or is missing. Nothing was sent."),
     T("Go back, mend it and send it again.")},
    {429, VIEW_ERROR_PAGE, T("A little slower, please"),
     T("Many requests came from your connection in a short time, so this one was set aside. Nothing was sent."), NULL},
    {503, VIEW_ERROR_PAGE, T("Back in a moment"),
     T("The site is being looked after, or is very busy. Nothing was lost."), NULL},
};

static const struct error_words general = {
    500, VIEW_ERROR_PAGE, T("Something went wrong on our side"),
    T("It is not your fault. What had been received before is kept; this request was not carried out."),
    T("Try again in a moment.")};

static const struct error_words refused = {400, VIEW_ERROR_PAGE, T("This request was refused"),
                                           T("Nothing was changed."), NULL};

static const struct error_words *find_words(int http_status, enum view_error_about about) {
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (words[i].http_status != http_status) continue;
        if (words[i].about == about || words[i].about == VIEW_ERROR_PAGE) return &words[i];
    }
    return http_status >= 500 ? &general : &refused;
}

static slice wait_text(struct view__page *p, int64_t seconds) {
    if (seconds <= 0) return view__text(p, T("Please try again in a moment."));
    slice message = catalog_get_plural(
        p->catalog, TN("Please try again in a second.", "Please try again in {count} seconds."), seconds);
    return catalog_format(p->arena, message, (struct catalog_argument[]){{S("count"), view__number(p, seconds)}}, 1);
}

static slice next_text(struct view__page *p, const struct view_error *page, const struct error_words *w) {
    if (page->retry_after_s > 0) return wait_text(p, page->retry_after_s);
    if (page->http_status == 429 || page->http_status == 503) return wait_text(p, 0);
    return w->next ? view__text(p, w->next) : S("");
}

enum status view_error(const struct view_context *context, const struct view_error *page, struct buf *out,
                       struct error *error) {
    const struct error_words *w = find_words(page->http_status, page->about);
    struct view__page p;
    view__page_begin(&p, context);
    view__page_noindex(&p);
    slice heading = view__text(&p, w->heading);
    view__page_title(&p, heading);
    value_set_int(p.root, S("status"), page->http_status);
    value_set_string(p.root, S("heading"), heading);
    value_set_string(p.root, S("what"), view__text(&p, w->what));
    value_set_string(p.root, S("next"), next_text(&p, page, w));
    value_set_string(p.root, S("kept_text"), page->kept_text);
    value_set_string(p.root, S("back"), page->back);
    value_set_string(p.root, S("request_id"), page->http_status >= 500 ? page->request_id : S(""));
    return view__page_render(&p, S("error"), out, error);
}

enum { BUSY_LINE_BYTES = 100 }; /* a longer value is somebody's text */

static bool is_text(slice value) { return value.n > BUSY_LINE_BYTES || slice_find_char(value, '\n') != SIZE_MAX; }

enum status view_busy(const struct view_context *context, const struct view_busy *page, struct buf *out,
                      struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    value_set_string(p.root, S("heading"), view__text(&p, T("Back in a moment")));
    value_set_string(p.root, S("next"), wait_text(&p, page->retry_after_s));
    value_set_bool(p.root, S("away"), page->away);
    value_set_bool(p.root, S("given_back"), page->action.n > 0);
    value_set_string(p.root, S("action"), page->action);
    value_set_string(p.root, S("back"), page->back);
    struct value *hidden = value_set_list(p.root, S("hidden")), *shown = value_set_list(p.root, S("shown"));
    for (size_t i = 0; i < page->field_count; i++) {
        const struct view_busy_field *field = &page->fields[i];
        bool seen = slice_equal(field->name, S("text")) || slice_equal(field->name, S("body")) || is_text(field->value);
        struct value *item = value_list_add_object(seen ? shown : hidden);
        value_set_string(item, S("name"), field->name);
        value_set_string(item, S("value"), field->value);
        value_set_int(item, S("number"), (int64_t)i);
    }
    return view__page_render(&p, S("busy"), out, error);
}
