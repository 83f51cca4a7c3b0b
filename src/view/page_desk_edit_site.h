/* The house: its sections, and the site itself. Functions as in page_read.h.

   Forms (POST, each with `csrf`):
     /moderation/sections                       up or down (the id of the section to move)
     /moderation/sections/new, …/sections/{id}  title, description, slug, language, moderation
     /moderation/site                           publication, tagline, language, time_zone, moderation, removed (stub,
                                                hide), close_after_days, gives_reasons (1, or missing); options (1: the
                                                options below are in the form), option_{name} for each
     /moderation/site/strict                    strict (1, 0) */
#ifndef PALABRE_VIEW_PAGE_DESK_EDIT_SITE_H
#define PALABRE_VIEW_PAGE_DESK_EDIT_SITE_H

#include "view/form.h"
#include "view/page_desk.h"

struct view_section_row {
    int64_t id;
    slice slug, title, description, language;
    slice moderation; /* its name: "", "pre", "post", "closed" */
};
struct view_desk_sections {
    const struct view_section_row *rows; /* in their order */
    size_t count;
    bool saved; /* what has just been done */
};
enum status view_desk_sections(const struct view_context *context, const struct view_desk_sections *page,
                               struct buf *out, struct error *error) MUST_USE;

struct view_desk_section {
    struct view_section_row form; /* as typed, or as stored; id 0: new */
    const struct view_problem *problems;
    size_t problem_count;
};
enum status view_desk_section(const struct view_context *context, const struct view_desk_section *page, struct buf *out,
                              struct error *error) MUST_USE;

/* An option of the site. Words are msgids. */
struct view_site_option_choice {
    slice value;
    const char *label;
};
enum view_site_option_type {
    VIEW_SITE_OPTION_SWITCH,
    VIEW_SITE_OPTION_CHOICE,
    VIEW_SITE_OPTION_NUMBER,
    VIEW_SITE_OPTION_TEXT
};
struct view_site_option {
    slice name;
    const char *group;        /* those of one group stand together */
    const char *label, *help; /* help: may be "" */
    enum view_site_option_type type;
    const struct view_site_option_choice *choices;
    size_t choice_count;
    int64_t least, most; /* NUMBER */
    slice value;         /* as typed, or as stored: "1" or "0", a choice's value, digits, the text */
    enum view_fault fault;
    int64_t limit;
};

struct view_desk_site {
    slice publication, tagline, language, time_zone, moderation, removed, close_after_days; /* as typed, or as stored */
    bool gives_reasons;
    bool strict; /* as it is now */
    enum { VIEW_SITE_NOTHING, VIEW_SITE_SAVED, VIEW_SITE_STRICT, VIEW_SITE_LIFTED } notice;
    const struct view_problem *problems;
    size_t problem_count;
    const struct view_site_option *options; /* grouped */
    size_t option_count;
};
enum status view_desk_site(const struct view_context *context, const struct view_desk_site *page, struct buf *out,
                           struct error *error) MUST_USE;

#endif
