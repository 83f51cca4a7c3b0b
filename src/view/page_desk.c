/* The shell of the desk. */
#include "view/page_desk_common.h"

/* Who sees an entry of the navigation. */
enum entry_right { ENTRY_ALL, ENTRY_EDIT, ENTRY_ADMINISTER };

struct entry {
    enum view_desk_place place;
    enum entry_right right;
    const char *label;
    slice href;
};

static const struct entry ENTRIES[] = {
    {VIEW_DESK_MESSAGES, ENTRY_ALL, T("Messages"), S_INIT(ADDRESS_DESK)},
    {VIEW_DESK_BANS, ENTRY_ALL, T("Bans"), S_INIT(ADDRESS_DESK "/bans")},
    {VIEW_DESK_JOURNAL, ENTRY_ALL, T("Journal"), S_INIT(ADDRESS_DESK "/journal")},
    {VIEW_DESK_DICTIONARY, ENTRY_ALL, T("Dictionary"), S_INIT(ADDRESS_DESK "/dictionary")},
    {VIEW_DESK_ARTICLES, ENTRY_EDIT, T("Articles"), S_INIT(ADDRESS_DESK "/articles")},
    {VIEW_DESK_SECTIONS, ENTRY_EDIT, T("Sections"), S_INIT(ADDRESS_DESK "/sections")},
    {VIEW_DESK_CHARTER, ENTRY_ADMINISTER, T("Charter"), S_INIT(ADDRESS_DESK "/charter")},
    {VIEW_DESK_WORDS, ENTRY_ADMINISTER, T("Words"), S_INIT(ADDRESS_DESK "/words")},
    {VIEW_DESK_ACCOUNTS, ENTRY_ADMINISTER, T("Accounts"), S_INIT(ADDRESS_DESK "/accounts")},
    {VIEW_DESK_SITE, ENTRY_ADMINISTER, T("Site"), S_INIT(ADDRESS_DESK "/site")},
    {VIEW_DESK_MAIL, ENTRY_ADMINISTER, T("Mail"), S_INIT(ADDRESS_DESK "/mail")},
};

static bool may_see(const struct view_viewer *viewer, enum entry_right right) {
    switch (right) {
    case ENTRY_ALL: return true;
    case ENTRY_EDIT: return viewer->may_edit || viewer->may_administer;
    case ENTRY_ADMINISTER: return viewer->may_administer;
    }
    return false;
}

static void set_navigation(struct view__page *p, struct value *object, enum view_desk_place place) {
    const struct view_viewer *viewer = p->context->viewer;
    struct value *list = value_set_list(object, S("navigation"));
    for (size_t i = 0; i < sizeof ENTRIES / sizeof ENTRIES[0]; i++) {
        if (!may_see(viewer, ENTRIES[i].right)) continue;
        struct value *item = value_list_add(list);
        bool messages = ENTRIES[i].place == VIEW_DESK_MESSAGES;
        value_set_string(item, S("label"), view__text(p, ENTRIES[i].label));
        value_set_string(item, S("href"), ENTRIES[i].href);
        value_set_bool(item, S("current"), ENTRIES[i].place == place);
        value_set_bool(item, S("is_messages"), messages);
        value_set_int(item, S("pending"), messages ? viewer->pending_count : 0);
        value_set_string(item, S("pending_text"), view__number(p, viewer->pending_count));
    }
}

static void set_languages(struct view__page *p, struct value *object) {
    const struct view_site *site = p->context->site;
    struct value *list = value_set_list(object, S("languages"));
    for (size_t i = 0; i < site->language_count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("tag"), site->languages[i].tag);
        value_set_string(item, S("name"), site->languages[i].name);
        value_set_bool(item, S("current"), slice_equal(site->languages[i].tag, p->language));
    }
}

void view__desk_begin(struct view__page *p, const struct view_context *context, const struct view_desk *desk,
                      const char *title) {
    const struct view_viewer *viewer = context->viewer;
    view__page_begin(p, context);
    view__page_title(p, view__text(p, title));
    view__page_noindex(p);
    struct value *object = value_set_object(p->root, S("desk"));
    value_set_string(object, S("style"), view__asset(p, S("desk.css")));
    value_set_string(object, S("edit_style"), view__asset(p, S("desk-edit.css")));
    value_set_string(object, S("script"), view__asset(p, S("desk.js")));
    value_set_string(object, S("home"), S(ADDRESS_DESK));
    value_set_string(object, S("here"), desk->here.n > 0 ? desk->here : S(ADDRESS_DESK));
    value_set_string(object, S("sessions"), S(ADDRESS_DESK "/sessions"));
    value_set_string(object, S("password"), S(ADDRESS_DESK "/password"));
    value_set_bool(object, S("at_password"), desk->place == VIEW_DESK_PASSWORD);
    value_set_bool(object, S("at_sessions"), desk->place == VIEW_DESK_SESSIONS);
    value_set_string(object, S("language_action"), S(ADDRESS_DESK "/language"));
    value_set_string(object, S("sign_out"), S(ADDRESS_SIGN_OUT));
    value_set_string(object, S("csrf"), viewer->csrf);
    value_set_string(object, S("name"), view__title(p, p->language, viewer->display_name));
    set_navigation(p, object, desk->place);
    set_languages(p, object);
}

slice view__desk_age(const struct view__page *p, time_ms then, time_ms now) {
    enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    int64_t seconds = now > then ? (now - then) / 1000 : 0;
    if (seconds < MINUTE) return view__text(p, T("just now"));
    if (seconds >= 7 * (int64_t)DAY) {
        const struct catalog_argument date = {S("date"), date_day(p->context->dates, p->arena, then)};
        return catalog_format(p->arena, view__text(p, T("on {date}")), &date, 1);
    }
    int64_t n = seconds < HOUR ? seconds / MINUTE : seconds < DAY ? seconds / HOUR : seconds / DAY;
    slice message;
    if (seconds < HOUR)
        message = catalog_get_plural(p->catalog, TN("one minute ago", "{count} minutes ago"), n);
    else if (seconds < DAY)
        message = catalog_get_plural(p->catalog, TN("one hour ago", "{count} hours ago"), n);
    else
        message = catalog_get_plural(p->catalog, TN("one day ago", "{count} days ago"), n);
    return catalog_format(p->arena, message, (struct catalog_argument[]){{S("count"), view__decimal(p->arena, n)}}, 1);
}

void view__desk_set_time(const struct view__page *p, struct value *object, const char *key, time_ms t, time_ms now) {
    slice iso = arena_format(p->arena, "%s_iso", key), age = arena_format(p->arena, "%s_age", key);
    if (t == 0) {
        value_set_null(object, slice_of(key));
        value_set_null(object, iso);
        value_set_null(object, age);
        return;
    }
    value_set_string(object, slice_of(key), date_short(p->context->dates, p->arena, t));
    value_set_string(object, iso, date_iso(p->context->dates, p->arena, t));
    value_set_string(object, age, view__desk_age(p, t, now));
}
