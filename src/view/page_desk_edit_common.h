/* What the builders of the editors' and administrators' pages share. Not for other rooms. */
#ifndef PALABRE_VIEW_PAGE_DESK_EDIT_COMMON_H
#define PALABRE_VIEW_PAGE_DESK_EDIT_COMMON_H

#include "view/page_desk_common.h"
#include "view/page_desk_edit.h"

struct view__choice {
    slice value;
    const char *label; /* a msgid */
};
/* A list under key: items with value, label, chosen. */
void view__edit_set_choices(const struct view__page *p, struct value *object, const char *key,
                            const struct view__choice *choices, size_t count, slice current);
/* The same under `languages`: those of the site, and the current one. */
void view__edit_set_languages(const struct view__page *p, struct value *object, slice current);
/* `form`, with all that the article's form and the preview's hidden fields need; `problems` and `errors`. */
void view__edit_set_form(struct view__page *p, const struct view_article_form *form);

#endif
