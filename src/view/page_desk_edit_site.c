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

/* --- The site's options ------------------------------------------------------------------------------------------- */

static slice option_id(const struct view__page *p, const struct view_site_option *option) {
    return arena_format(p->arena, "option_%.*s", SLICE_FMT(option->name));
}

/* What is wrong with it; empty: nothing. */
static slice option_problem(struct view__page *p, const struct view_site_option *option) {
    return view__problem_text(p, &(struct view_problem){VIEW_FIELD_FORM, option->fault, option->limit});
}

static void set_option(struct view__page *p, struct value *item, const struct view_site_option *option) {
    value_set_string(item, S("id"), option_id(p, option));
    value_set_string(item, S("label"), view__text(p, option->label));
    value_set_string(item, S("help"), option->help[0] ? view__text(p, option->help) : S(""));
    value_set_string(item, S("value"), option->value);
    value_set_bool(item, S("is_switch"), option->type == VIEW_SITE_OPTION_SWITCH);
    value_set_bool(item, S("is_choice"), option->type == VIEW_SITE_OPTION_CHOICE);
    value_set_bool(item, S("is_number"), option->type == VIEW_SITE_OPTION_NUMBER);
    value_set_bool(item, S("is_text"), option->type == VIEW_SITE_OPTION_TEXT);
    value_set_bool(item, S("on"), slice_equal(option->value, S("1")));
    if (option->type == VIEW_SITE_OPTION_NUMBER) {
        const struct catalog_argument range[] = {{S("least"), view__number(p, option->least)},
                                                 {S("most"), view__number(p, option->most)}};
        value_set_string(item, S("range"),
                         catalog_format(p->arena, view__text(p, T("Between {least} and {most}.")), range, 2));
    } else {
        value_set_null(item, S("range"));
    }
    struct value *choices = value_set_list(item, S("choices"));
    for (size_t i = 0; i < option->choice_count; i++) {
        struct value *choice = value_list_add(choices);
        value_set_string(choice, S("value"), option->choices[i].value);
        value_set_string(choice, S("label"), view__text(p, option->choices[i].label));
        value_set_bool(choice, S("chosen"), slice_equal(option->choices[i].value, option->value));
    }
    value_set_string(item, S("wrong"), option_problem(p, option));
}

static void set_options(struct view__page *p, struct value *form, const struct view_site_option *options,
                        size_t count) {
    struct value *groups = value_set_list(form, S("groups"));
    struct value *list = NULL;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || options[i].group != options[i - 1].group) {
            struct value *group = value_list_add(groups);
            value_set_string(group, S("title"), view__text(p, options[i].group));
            list = value_set_list(group, S("options"));
        }
        set_option(p, value_list_add(list), &options[i]);
    }
}

/* The fields' problems, and those of the options after them. */
static void set_site_problems(struct view__page *p, const struct view_desk_site *page) {
    struct view__own_problem *own = ARENA_ARRAY(p->arena, page->option_count + 1, struct view__own_problem);
    size_t count = 0;
    for (size_t i = 0; i < page->option_count; i++) {
        if (page->options[i].fault == VIEW_FAULT_NONE) continue;
        own[count++] =
            (struct view__own_problem){option_id(p, &page->options[i]), view__text(p, page->options[i].label),
                                       option_problem(p, &page->options[i])};
    }
    view__set_problems_and(p, page->problems, page->problem_count, own, count);
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
    set_site_problems(&p, page);
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
    set_options(&p, object, page->options, page->option_count);
    return view__page_render(&p, S("desk/site"), out, error);
}
