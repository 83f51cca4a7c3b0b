#include "app/routes.h"

#include "app/guard.h"
#include "app/handlers.h"
#include "app/pages.h"
#include "app/routes_desk.h"

/* A shared page, answered on the loop. */
#define SHARED(kind)                                                                                                   \
    &(const struct app_route) { NULL, ROUTE_LOOP, kind }
/* The same in an order that is not the first. */
#define ORDERED(order)                                                                                                 \
    &(const struct app_route) { NULL, ROUTE_LOOP, PAGE_DISCUSSION | (order) << PAGE_KIND_BITS }
/* A handler on a worker. */
#define ANY(handler)                                                                                                   \
    &(const struct app_route) { handler, 0, 0 }

/* One that computes a password's hash. */
#define HASHES(handler)                                                                                                \
    &(const struct app_route) { handler, ROUTE_HASHES, 0 }

/* What mail programs post to may be multipart (RFC 8058 §3.2), and says nothing that the address does not. */
#define BY_LINK(handler)                                                                                               \
    &(const struct app_route) { handler, ROUTE_ANY_FORM, 0 }

const struct http_route ROUTES[] = {
    {HTTP_GET, "/", 0, SHARED(PAGE_HOME)},
    {HTTP_GET, "/sections/{slug}", 0, SHARED(PAGE_SECTION)},
    {HTTP_GET, "/archive", 0, SHARED(PAGE_ARCHIVE_INDEX)},
    {HTTP_GET, "/archive/{month}", 0, SHARED(PAGE_ARCHIVE)},
    {HTTP_GET, "/charter", 0, SHARED(PAGE_CHARTER)},
    {HTTP_GET, "/feeds/articles.{format}", 0, SHARED(PAGE_FEED_ARTICLES)},
    {HTTP_GET, "/sitemap.xml", 0, SHARED(PAGE_SITEMAP)},
    {HTTP_GET, "/sitemap-{part:int}.xml", 0, SHARED(PAGE_SITEMAP)},
    {HTTP_GET, "/robots.txt", 0, SHARED(PAGE_ROBOTS)},
    {HTTP_GET, "/search", 0, ANY(search_show)},
    {HTTP_GET, "/opensearch.xml", 0, ANY(search_describe)},
    {HTTP_GET, "/oembed", 0, ANY(read_oembed)},
    {HTTP_GET, "/healthz", 0, ANY(read_health)},
    {HTTP_GET, "/readyz", 0, ANY(read_health)},

    {HTTP_GET, "/articles/{id:int}/live", 0, &(const struct app_route){NULL, ROUTE_LIVE, 0}},
    {HTTP_GET, "/articles/{id:int}-{slug}/live", 0, &(const struct app_route){NULL, ROUTE_LIVE, 0}},
    {HTTP_GET, "/articles/{id:int}/own", 0, ANY(read_own)},
    {HTTP_GET, "/articles/{id:int}/names", 0, ANY(read_names)},
    {HTTP_POST, "/articles/{id:int}/comments", 0, ANY(write_message)},
    {HTTP_POST, "/articles/{id:int}-{slug}/comments", 0, ANY(write_message)},
    {HTTP_GET, "/articles/{id:int}-{slug}/comments.{format}", 0, SHARED(PAGE_FEED_COMMENTS)},
    {HTTP_GET, "/articles/{id:int}-{slug}/comments/{page:int}", 0, SHARED(PAGE_DISCUSSION)},
    {HTTP_GET, "/articles/{id:int}-{slug}/newest", 0, ORDERED(PAGE_ORDER_NEWEST)},
    {HTTP_GET, "/articles/{id:int}-{slug}/newest/{page:int}", 0, ORDERED(PAGE_ORDER_NEWEST)},
    {HTTP_GET, "/articles/{id:int}-{slug}/recommended", 0, ORDERED(PAGE_ORDER_RECOMMENDED)},
    {HTTP_GET, "/articles/{id:int}-{slug}/recommended/{page:int}", 0, ORDERED(PAGE_ORDER_RECOMMENDED)},
    {HTTP_GET, "/articles/{id:int}-{slug}/threads/{root:int}/{page:int}", 0, SHARED(PAGE_THREAD)},
    {HTTP_GET, "/articles/{id:int}-{slug}", 0, SHARED(PAGE_DISCUSSION)},
    {HTTP_GET, "/articles/{id:int}", 0, SHARED(PAGE_DISCUSSION)},

    {HTTP_GET, "/comments/{number:int}", 0, ANY(read_comment)},
    {HTTP_GET, "/comments/{number:int}/reply", 0, ANY(write_reply_form)},
    {HTTP_GET, "/comments/{number:int}/report", 0, ANY(report_form)},
    {HTTP_POST, "/comments/{number:int}/report", 0, ANY(report)},
    {HTTP_GET, "/articles/{id:int}/report", 0, ANY(report_form)},
    {HTTP_POST, "/articles/{id:int}/report", 0, ANY(report)},
    {HTTP_GET, "/reports/{secret}", 0, ANY(report_receipt)},
    {HTTP_GET, "/comments/{number:int}/recommend", 0, ANY(recommend_form)},
    {HTTP_POST, "/comments/{number:int}/recommend", 0, ANY(recommend)},
    {HTTP_GET, "/messages/{secret}", 0, ANY(message_show)},
    {HTTP_POST, "/messages/{secret}", 0, ANY(message_edit)},
    {HTTP_GET, "/messages/{secret}/export.{format}", 0, ANY(message_export)},
    {HTTP_POST, "/messages/{secret}/withdraw", 0, ANY(message_withdraw)},

    {HTTP_GET, "/challenge", 0, ANY(challenge_reply)},
    {HTTP_GET, "/messages/{secret}/notices", 0, ANY(message_notices)},
    {HTTP_POST, "/messages/{secret}/notices", 0, BY_LINK(message_notices_post)},
    {HTTP_GET, "/articles/{id:int}/follow", 0, ANY(follow_form)},
    {HTTP_POST, "/articles/{id:int}/follow", 0, ANY(follow_post)},
    {HTTP_GET, "/follow/{link}", 0, ANY(follow_manage)},
    {HTTP_POST, "/follow/{link}", 0, ANY(follow_manage_post)},
    {HTTP_GET, "/follow/{link}/confirm", 0, ANY(follow_confirm_form)},
    {HTTP_POST, "/follow/{link}/confirm", 0, BY_LINK(follow_confirm_post)},
    {HTTP_GET, "/follow/{link}/stop", 0, ANY(follow_stop_form)},
    {HTTP_POST, "/follow/{link}/stop", 0, BY_LINK(follow_stop_post)},

    {HTTP_GET, "/sign-in", 0, ANY(sign_in_form)},
    {HTTP_POST, "/sign-in", 0, HASHES(sign_in)},
    {HTTP_POST, "/sign-out", 0, ANY(sign_out)},
    {HTTP_GET, "/set-up/{secret}", 0, ANY(setup_form)},
    {HTTP_POST, "/set-up/{secret}", 0, HASHES(setup)},

    ROUTES_DESK /* each line ends in a comma */
};
const size_t ROUTE_COUNT = ARRAY_COUNT(ROUTES);
