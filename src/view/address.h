/* Every address of the site is made here. All are paths ("/articles/3-le-pont") without the host; address_absolute puts
   the site's in front. Results live in the arena. Ids and numbers are written as they are; slugs and secrets are
   percent-encoded, so nothing that comes in can break out. */
#ifndef PALABRE_VIEW_ADDRESS_H
#define PALABRE_VIEW_ADDRESS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/slice.h"

#define ADDRESS_HOME "/"
#define ADDRESS_ARCHIVE "/archive"
#define ADDRESS_CHARTER "/charter"
#define ADDRESS_SIGN_IN "/sign-in"
#define ADDRESS_SIGN_OUT "/sign-out"
#define ADDRESS_DESK "/moderation"
#define ADDRESS_SITEMAP "/sitemap.xml"
#define ADDRESS_SEARCH "/search"
#define ADDRESS_OPENSEARCH "/opensearch.xml"

enum feed_format { FEED_ATOM, FEED_RSS, FEED_JSON, FEED_FORMATS };
slice feed_format_extension(enum feed_format format); /* "atom", "rss", "json" */
bool feed_format_parse(slice extension, enum feed_format *out);
slice feed_format_content_type(enum feed_format format); /* "application/atom+xml; charset=utf-8" … */

/* language empty: the site's own. */
slice address_home(struct arena *arena, slice language); /* /?lang=en */
slice address_section(struct arena *arena, slice slug);  /* /sections/culture */
slice address_section_older(struct arena *arena, slice slug, time_ms at,
                            int64_t id);                           /* /sections/culture?before=AT-ID */
bool address_parse_before(slice before, time_ms *at, int64_t *id); /* "AT-ID" */
slice address_archive(struct arena *arena, int year, int month);   /* /archive/2022-01 */
slice address_archive_older(struct arena *arena, int year, int month, time_ms at, int64_t id,
                            slice language); /* /archive/2022-01?before=AT-ID */
/* address?lang=en of a page that can be had in any language; language empty: address itself. */
slice address_in(struct arena *arena, slice address, slice language);
/* /search?q=…: a page of results. Empty parts are left out. */
struct address_search_page {
    slice text, in; /* in: "articles", "messages" */
    bool newest;
    slice after; /* the key it begins after */
    slice language;
};
slice address_search(struct arena *arena, const struct address_search_page *page);
bool address_parse_month(slice segment, int *year, int *month); /* "2022-01", years 1000–9999 */

slice address_article(struct arena *arena, int64_t id, slice slug);  /* /articles/3-le-pont */
bool address_parse_article(slice segment, int64_t *id, slice *slug); /* "3-le-pont", "3" (empty slug); borrowed */
slice address_article_page(struct arena *arena, int64_t id, slice slug, int64_t page);         /* …/comments/2 */
slice address_thread(struct arena *arena, int64_t id, slice slug, int64_t root, int64_t page); /* …/threads/71/2 */
slice address_newest(struct arena *arena, int64_t id, slice slug,
                     int64_t page); /* …/newest, …/newest/2; page 0: none */
slice address_recommended(struct arena *arena, int64_t id, slice slug, int64_t page); /* …/recommended, likewise */
slice address_with_anchor(struct arena *arena, slice address, int64_t number);        /* …#comment-71 */

slice address_comment(struct arena *arena, int64_t number);           /* /comments/71 */
slice address_comment_reply(struct arena *arena, int64_t number);     /* /comments/71/reply */
slice address_comment_report(struct arena *arena, int64_t number);    /* /comments/71/report */
slice address_comment_recommend(struct arena *arena, int64_t number); /* /comments/71/recommend */
slice address_desk_pick(struct arena *arena, int64_t number);         /* POST /moderation/comments/71/pick */
slice address_article_report(struct arena *arena, int64_t article);   /* /articles/3/report */
slice address_report(struct arena *arena, slice secret);              /* /reports/SECRET: a receipt */
slice address_send(struct arena *arena, int64_t article);             /* POST /articles/3/comments */
slice address_own(struct arena *arena, int64_t article);              /* GET /articles/3/own: fragment */
slice address_message(struct arena *arena, slice secret);             /* /messages/SECRET; POST: edit */
slice address_message_withdraw(struct arena *arena, slice secret);    /* POST */
slice address_message_notices(struct arena *arena, slice secret);     /* /messages/SECRET/notices: mails about it */
slice address_follow_article(struct arena *arena, int64_t article);   /* /articles/3/follow */
slice address_follow(struct arena *arena, slice link);                /* /follow/LINK */
slice address_follow_confirm(struct arena *arena, slice link);        /* /follow/LINK/confirm */
slice address_follow_stop(struct arena *arena, slice link);           /* /follow/LINK/stop */
slice address_setup(struct arena *arena, slice secret);               /* /set-up/SECRET */
slice address_message_export(struct arena *arena, slice secret, slice format); /* …/export.json, …/export.txt */

slice address_feed_articles(struct arena *arena, enum feed_format format); /* /feeds/articles.atom */
slice address_feed_comments(struct arena *arena, int64_t id, slice slug, enum feed_format format);
slice address_sitemap_part(struct arena *arena, int64_t part); /* /sitemap-2.xml, from 1 */

slice address_oembed(struct arena *arena, slice url); /* /oembed?url=…, of an absolute address */

slice address_static(struct arena *arena, slice hash, slice file); /* /static/HASH/site.css */

/* base_url + path; path itself when it is absolute already or base_url is empty. */
slice address_absolute(struct arena *arena, slice base_url, slice path);

#endif
