/* What the builders of the desk's pages share. Not for other rooms. A desk page is
     struct view__page p;
     view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_JOURNAL, here}, view__text(&p …));
     … value_set_*(p.root, …) …
     return view__page_render(&p, S("desk/journal"), out, error);
   and a template that extends desk/shell. */
#ifndef PALABRE_VIEW_PAGE_DESK_COMMON_H
#define PALABRE_VIEW_PAGE_DESK_COMMON_H

#include "view/page_common.h"
#include "view/page_desk_queue.h"

/* view__page_begin, noindex, and `desk`: the navigation by the viewer's rights, the languages, the token `desk.csrf`.
   title: a msgid, translated here. */
void view__desk_begin(struct view__page *p, const struct view_context *context, const struct view_desk *desk,
                      const char *title);

/* Sets `state`, its word, and `signal`, the class of its colour. */
void view__desk_set_state(const struct view__page *p, struct value *object, enum view_comment_state state);
slice view__desk_act_by(const struct view__page *p, slice act, slice account_name); /* "Published by Camille" */
/* What has just been done: "Message #12 published.", "5 messages published." The first one's act stands for all. */
slice view__desk_done(const struct view__page *p, const struct view_done *done, size_t count);
slice view__desk_late(const struct view__page *p, const struct view_late *late, time_ms now);
/* `checks`: items with text, rule, where (in which field), serious, and links (number, href). */
void view__desk_set_checks(const struct view__page *p, struct value *object, const struct view_check *checks,
                           size_t count);
void view__desk_set_ban(const struct view__page *p, struct value *item, const struct view_ban *ban, time_ms now);
/* With the words that the checks saw marked. */
struct html view__desk_marked(const struct view__page *p, struct html markup, const struct view_check *checks,
                              size_t count);
/* The message beside the queue: `message`, from page_desk_case.c. */
void view__desk_set_case(struct view__page *p, const struct view_case *message, const struct view_queue_filter *filter,
                         time_ms now);
/* The first words of a message, plain, at most max_chars characters. */
slice view__desk_excerpt(const struct view__page *p, const struct view_comment *comment, size_t max_chars);

/* "3 minutes ago", "2 days ago", in whole units, as large as fit; a date from a week on. Stands within a sentence. */
slice view__desk_age(const struct view__page *p, time_ms then, time_ms now);
/* Sets KEY (date_short), KEY_iso and KEY_age; all null for 0. key: a literal. */
void view__desk_set_time(const struct view__page *p, struct value *object, const char *key, time_ms t, time_ms now);

#endif
