/* Sections, and the site. */
#include "view/page_desk_edit_site.h"

#include "view/page_desk_edit_common.h"

#define SECTIONS ADDRESS_DESK "/sections"
#define SITE ADDRESS_DESK "/site"

static const struct view__choice SECTION_MODERATIONS[] = {
    {S_INIT(""), T("As the whole site")},
    {S_INIT("pre"), T("Read first, then published")},
    {S_INIT("post"), T("Published at once, read later")},
    {S_INIT("closed"), T("No messages")},
};
static const struct view__choice SITE_MODERATIONS[] = {
    {S_INIT("pre"), T("Read first, then published")},
    {S_INIT("post"), T("Published at once, read later")},
    {S_INIT("closed"), T("No messages")},
};
static const struct view__choice REMOVED[] = {
    {S_INIT("stub"), T("A line says that a message was removed")},
    {S_INIT("hide"), T("It disappears; a line stays only where others have answered it")},
};

static slice label_of(const struct view__page *p, const struct view__choice *choices, size_t count, slice value) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(choices[i].value, value)) return view__text(p, choices[i].label);
    return value;
}

/* --- Sections ----------------------------------------------------------------------------------------------------- */

enum status view_desk_sections(const struct view_context *context, const struct view_desk_sections *page,
                               struct buf *out, struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_SECTIONS, S(SECTIONS)}, T("Sections"));
    value_set_string(p.root, S("notice"), page->saved ? view__text(&p, T("Saved.")) : S(""));
    value_set_string(p.root, S("new_href"), S(SECTIONS "/new"));
    value_set_string(p.root, S("action"), S(SECTIONS));
    struct value *rows = value_set_list(p.root, S("rows"));
    for (size_t i = 0; i < page->count; i++) {
        const struct view_section_row *row = &page->rows[i];
        struct value *item = value_list_add(rows);
        value_set_int(item, S("id"), row->id);
        value_set_string(item, S("title"), view__title(&p, row->language, row->title));
        view__set_lang(&p, item, row->language);
        value_set_string(item, S("description"), row->description);
        value_set_string(item, S("href"), arena_format(p.arena, SECTIONS "/%lld", (long long)row->id));
        value_set_string(item, S("public_href"), address_section(p.arena, row->slug));
        value_set_string(item, S("moderation_text"),
                         label_of(&p, SECTION_MODERATIONS, ARRAY_COUNT(SECTION_MODERATIONS), row->moderation));
        value_set_bool(item, S("first"), i == 0);
        value_set_bool(item, S("last"), i + 1 == page->count);
    }
    value_set_bool(p.root, S("any"), page->count > 0);
    return view__page_render(&p, S("desk/sections"), out, error);
}

enum status view_desk_section(const struct view_context *context, const struct view_desk_section *page, struct buf *out,
                              struct error *error) {
    struct view__page p = {.context = context, .arena = context->arena};
    const struct view_section_row *form = &page->form;
    slice here = form->id ? arena_format(p.arena, SECTIONS "/%lld", (long long)form->id) : S(SECTIONS "/new");
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_SECTIONS, here},
                     form->id ? T("Edit the section") : T("New section"));
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_string(p.root, S("list_href"), S(SECTIONS));
    struct value *object = value_set_object(p.root, S("form"));
    value_set_string(object, S("action"), here);
    value_set_bool(object, S("is_new"), form->id == 0);
    value_set_string(object, S("title"), form->title);
    value_set_string(object, S("description"), form->description);
    value_set_string(object, S("slug"), form->slug);
    view__edit_set_languages(&p, object, form->language);
    view__edit_set_choices(&p, object, "moderations", SECTION_MODERATIONS, ARRAY_COUNT(SECTION_MODERATIONS),
                           form->moderation);
    return view__page_render(&p, S("desk/section"), out, error);
}

/* --- The site ----------------------------------------------------------------------------------------------------- */

enum status view_desk_site(const struct view_context *context, const struct view_desk_site *page, struct buf *out,
                           struct error *error) {
    static const char *const notices[] = {
        [VIEW_SITE_SAVED] = T("Saved."),
        [VIEW_SITE_STRICT] = T("From now on, no message appears anywhere before it is read."),
        [VIEW_SITE_LIFTED] = T("Each section and article follows its own rule again."),
    };
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_SITE, S(SITE)}, T("Site"));
    value_set_string(p.root, S("notice"),
                     page->notice == VIEW_SITE_NOTHING ? S("") : view__text(&p, notices[page->notice]));
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_bool(p.root, S("strict"), page->strict);
    value_set_string(p.root, S("strict_action"), S(SITE "/strict"));
    struct value *object = value_set_object(p.root, S("form"));
    value_set_string(object, S("action"), S(SITE));
    value_set_string(object, S("publication"), page->publication);
    value_set_string(object, S("tagline"), page->tagline);
    value_set_string(object, S("time_zone"), page->time_zone);
    value_set_string(object, S("close_after_days"), page->close_after_days);
    value_set_bool(object, S("gives_reasons"), page->gives_reasons);
    view__edit_set_languages(&p, object, page->language);
    view__edit_set_choices(&p, object, "moderations", SITE_MODERATIONS, ARRAY_COUNT(SITE_MODERATIONS),
                           page->moderation);
    view__edit_set_choices(&p, object, "removed", REMOVED, ARRAY_COUNT(REMOVED), page->removed);
    return view__page_render(&p, S("desk/site"), out, error);
}
