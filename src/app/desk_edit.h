/* What the editors' handlers share. Worker threads; everything in the request's arena. */
#ifndef PALABRE_APP_DESK_EDIT_H
#define PALABRE_APP_DESK_EDIT_H

#include "app/map_edit.h"
#include "app/request.h"

/* Loads the article of the address; false: answered. */
bool desk_edit_load(struct request *r, struct article *out);

/* The page of one article. stored: NULL for a new one. conflict: a colleague saved since the form was made. */
struct desk_edit_page {
    const struct article *stored;
    struct view_article_form form;
    struct edit_problems problems;
    bool conflict;
    enum view_article_notice notice;
    int64_t from_revision; /* the form holds this earlier text; 0: no */
};
void desk_edit_reply(struct request *r, const struct desk_edit_page *page, int http_status);

/* /moderation/articles/12?done=published */
slice desk_edit_address(struct request *r, article_id id, enum view_article_notice notice);
slice desk_edit_notice_name(enum view_article_notice notice); /* "published"; empty: nothing */

/* The dates of the site's zone, in the language of the interface. */
const struct date_formats *desk_edit_dates(struct request *r);

#endif
