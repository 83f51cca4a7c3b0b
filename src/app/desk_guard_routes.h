/* Addresses of the desk's side against abuse. */
#ifndef PALABRE_APP_DESK_GUARD_ROUTES_H
#define PALABRE_APP_DESK_GUARD_ROUTES_H

#include "app/request.h"
#include "view/page_desk_queue.h"

/* desk_watch.c: administrators */
void desk_watch(struct request *r);
void desk_watch_add(struct request *r);
void desk_watch_try(struct request *r);
void desk_watch_entry(struct request *r);
void desk_watch_entry_post(struct request *r);

/* desk_ban.c: moderators */
void desk_bans(struct request *r);
void desk_ban(struct request *r);
void desk_ban_revoke(struct request *r);
/* What of bans a message's page shows. Worker. */
void desk_ban_show(struct request *r, comment_number number, struct view_case *m);

/* clang-format off */
#define ROUTES_DESK_GUARD \
    {HTTP_GET, "/moderation/words", 0, &(const struct app_route){desk_watch, ROUTE_ADMINISTER, 0}}, \
    {HTTP_POST, "/moderation/words", 0, &(const struct app_route){desk_watch_add, ROUTE_ADMINISTER, 0}}, \
    {HTTP_POST, "/moderation/words/try", 0, &(const struct app_route){desk_watch_try, ROUTE_ADMINISTER, 0}}, \
    {HTTP_GET, "/moderation/words/{id:int}", 0, &(const struct app_route){desk_watch_entry, ROUTE_ADMINISTER, 0}}, \
    {HTTP_POST, "/moderation/words/{id:int}", 0, &(const struct app_route){desk_watch_entry_post, ROUTE_ADMINISTER, 0}}, \
    {HTTP_GET, "/moderation/bans", 0, &(const struct app_route){desk_bans, ROUTE_MODERATE, 0}}, \
    {HTTP_POST, "/moderation/bans/{id:int}/revoke", 0, &(const struct app_route){desk_ban_revoke, ROUTE_MODERATE, 0}}, \
    {HTTP_POST, "/moderation/comments/{number:int}/ban", 0, &(const struct app_route){desk_ban, ROUTE_MODERATE, 0}},
/* clang-format on */

#endif
