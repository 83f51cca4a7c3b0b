/* Addresses of the editors' and administrators' side of the desk. */
#ifndef PALABRE_APP_DESK_EDIT_ROUTES_H
#define PALABRE_APP_DESK_EDIT_ROUTES_H

#include "app/request.h"

/* desk_edit.c: the list of articles, one article's form */
void desk_articles(struct request *r);
void desk_article(struct request *r);
void desk_article_new(struct request *r);
void desk_article_preview(struct request *r);
void desk_article_revision(struct request *r);
void desk_article_discussion(struct request *r);

/* desk_edit_article.c: what its form does */
void desk_article_post(struct request *r);

#define DESK_EDIT(handler)                                                                                             \
    &(const struct app_route) { handler, ROUTE_EDIT, 0 }
#define DESK_ADMINISTER(handler)                                                                                       \
    &(const struct app_route) { handler, ROUTE_ADMINISTER, 0 }

/* clang-format off */
#define ROUTES_DESK_EDIT \
    {HTTP_GET, "/moderation/articles", 0, DESK_EDIT(desk_articles)}, \
    {HTTP_GET, "/moderation/articles/new", 0, DESK_EDIT(desk_article_new)}, \
    {HTTP_POST, "/moderation/articles/new", 0, DESK_EDIT(desk_article_post)}, \
    {HTTP_GET, "/moderation/articles/{id:int}", 0, DESK_EDIT(desk_article)}, \
    {HTTP_POST, "/moderation/articles/{id:int}", 0, DESK_EDIT(desk_article_post)}, \
    {HTTP_GET, "/moderation/articles/{id:int}/preview", 0, DESK_EDIT(desk_article_preview)}, \
    {HTTP_GET, "/moderation/articles/{id:int}/revisions/{revision:int}", 0, DESK_EDIT(desk_article_revision)}, \
    {HTTP_POST, "/moderation/articles/{id:int}/discussion", 0, DESK_EDIT(desk_article_discussion)},
/* clang-format on */

#endif
