/* Reports about articles, at the desk: they are answered here; those about messages beside the message. Function as in
   page_read.h.

   Form (POST /moderation/reports/{id}, with `csrf`): verdict (upheld, dismissed), answer */
#ifndef PALABRE_VIEW_PAGE_DESK_REPORT_H
#define PALABRE_VIEW_PAGE_DESK_REPORT_H

#include "base/clock.h"
#include "view/page_desk.h"

struct view_article_report {
    int64_t id, article;
    slice slug, headline;          /* the article's */
    slice rule, text, name, email; /* rule: its title; empty: something else */
    slice answer;                  /* as typed, where the form comes back */
    time_ms at;
};

enum view_reports_notice {
    VIEW_REPORTS_NOTHING,
    VIEW_REPORTS_CLOSED,
    VIEW_REPORTS_LATE, /* a colleague had closed it */
    VIEW_REPORTS_LONG, /* the answer is too long, or no text */
};

struct view_desk_reports {
    const struct view_article_report *reports; /* the oldest first */
    size_t count;
    enum view_reports_notice notice;
    slice kept; /* with LATE: the answer that was typed */
    time_ms now;
};
enum status view_desk_reports(const struct view_context *context, const struct view_desk_reports *page, struct buf *out,
                              struct error *error) MUST_USE;

#endif
