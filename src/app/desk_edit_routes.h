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

/* desk_edit_section.c */
void desk_sections(struct request *r);
void desk_sections_order(struct request *r);
void desk_section(struct request *r); /* new, too */
void desk_section_post(struct request *r);

/* desk_edit_charter.c */
void desk_charter(struct request *r);
void desk_charter_post(struct request *r);
void desk_charter_version(struct request *r);

/* desk_edit_account.c */
void desk_accounts(struct request *r);
void desk_account(struct request *r); /* new, too */
void desk_account_post(struct request *r);
void desk_account_password(struct request *r);
void desk_password(struct request *r); /* one's own: any role */
void desk_password_post(struct request *r);

/* desk_edit_site.c */
void desk_site(struct request *r);
void desk_site_post(struct request *r);
void desk_site_strict(struct request *r);

/* desk_mail.c */
void desk_mail(struct request *r);
void desk_mail_failed(struct request *r);
void desk_mail_resume(struct request *r);
void desk_mail_pause(struct request *r);

#define DESK_EDIT(handler)                                                                                             \
    &(const struct app_route) { handler, ROUTE_EDIT, 0 }
#define DESK_ADMINISTER(handler)                                                                                       \
    &(const struct app_route) { handler, ROUTE_ADMINISTER, 0 }

#define DESK_ADMINISTER_HASHES(handler)                                                                                \
    &(const struct app_route) { handler, ROUTE_ADMINISTER | ROUTE_HASHES, 0 }

/* clang-format off */
#define ROUTES_DESK_EDIT \
    {HTTP_GET, "/moderation/articles", 0, DESK_EDIT(desk_articles)}, \
    {HTTP_GET, "/moderation/articles/new", 0, DESK_EDIT(desk_article_new)}, \
    {HTTP_POST, "/moderation/articles/new", 0, DESK_EDIT(desk_article_post)}, \
    {HTTP_GET, "/moderation/articles/{id:int}", 0, DESK_EDIT(desk_article)}, \
    {HTTP_POST, "/moderation/articles/{id:int}", 0, DESK_EDIT(desk_article_post)}, \
    {HTTP_GET, "/moderation/articles/{id:int}/preview", 0, DESK_EDIT(desk_article_preview)}, \
    {HTTP_GET, "/moderation/articles/{id:int}/revisions/{revision:int}", 0, DESK_EDIT(desk_article_revision)}, \
    {HTTP_POST, "/moderation/articles/{id:int}/discussion", 0, DESK_EDIT(desk_article_discussion)}, \
    {HTTP_GET, "/moderation/sections", 0, DESK_EDIT(desk_sections)}, \
    {HTTP_POST, "/moderation/sections", 0, DESK_EDIT(desk_sections_order)}, \
    {HTTP_GET, "/moderation/sections/new", 0, DESK_EDIT(desk_section)}, \
    {HTTP_POST, "/moderation/sections/new", 0, DESK_EDIT(desk_section_post)}, \
    {HTTP_GET, "/moderation/sections/{id:int}", 0, DESK_EDIT(desk_section)}, \
    {HTTP_POST, "/moderation/sections/{id:int}", 0, DESK_EDIT(desk_section_post)}, \
    {HTTP_GET, "/moderation/charter", 0, DESK_ADMINISTER(desk_charter)}, \
    {HTTP_POST, "/moderation/charter", 0, DESK_ADMINISTER(desk_charter_post)}, \
    {HTTP_GET, "/moderation/charter/{version:int}", 0, DESK_ADMINISTER(desk_charter_version)}, \
    {HTTP_GET, "/moderation/accounts", 0, DESK_ADMINISTER(desk_accounts)}, \
    {HTTP_GET, "/moderation/accounts/new", 0, DESK_ADMINISTER(desk_account)}, \
    {HTTP_POST, "/moderation/accounts/new", 0, DESK_ADMINISTER_HASHES(desk_account_post)}, \
    {HTTP_GET, "/moderation/accounts/{id:int}", 0, DESK_ADMINISTER(desk_account)}, \
    {HTTP_POST, "/moderation/accounts/{id:int}", 0, DESK_ADMINISTER_HASHES(desk_account_post)}, \
    {HTTP_POST, "/moderation/accounts/{id:int}/password", 0, DESK_ADMINISTER_HASHES(desk_account_password)}, \
    {HTTP_GET, "/moderation/password", 0, &(const struct app_route){desk_password, ROUTE_MODERATE, 0}}, \
    {HTTP_POST, "/moderation/password", 0, &(const struct app_route){desk_password_post, ROUTE_MODERATE | ROUTE_HASHES, 0}}, \
    {HTTP_GET, "/moderation/site", 0, DESK_ADMINISTER(desk_site)}, \
    {HTTP_POST, "/moderation/site", 0, DESK_ADMINISTER(desk_site_post)}, \
    {HTTP_POST, "/moderation/site/strict", 0, DESK_ADMINISTER(desk_site_strict)}, \
    {HTTP_GET, "/moderation/mail", 0, DESK_ADMINISTER(desk_mail)}, \
    {HTTP_POST, "/moderation/mail/failed", 0, DESK_ADMINISTER(desk_mail_failed)}, \
    {HTTP_POST, "/moderation/mail/resume", 0, DESK_ADMINISTER(desk_mail_resume)}, \
    {HTTP_POST, "/moderation/mail/pause", 0, DESK_ADMINISTER(desk_mail_pause)},
/* clang-format on */

#endif
