/* What a loop remembers of the addresses that are asked for most: the shared page that each means, so that a request for it
   costs neither routing nor the cache's lock. And which encoding goes with an Accept-Encoding, of which browsers send few.

   A page is given from here only while its cache has not changed (cache_version), and for a tenth of a second: then the
   cache is asked again, which also keeps the page from being let go as unused. What is remembered is a reference: at most
   HOT_PAGES pages a loop stay in memory after their cache has let them go, until their place is taken or asked for.

   One for each loop, touched on its thread alone. */
#ifndef PALABRE_APP_HOT_H
#define PALABRE_APP_HOT_H

#include "cache/cache.h"
#include "http/negotiate.h"

enum { HOT_PAGES = 32, HOT_TARGET_BYTES = 256, HOT_MS = 100 };

struct hot;
struct hot *hot_new(void);
void hot_free(struct hot *hot); /* NULL is fine */

struct hot_page {
    struct page *page; /* borrowed, until the next call with this hot; NULL: not remembered */
    struct cache *cache;
    const struct cache_key *key; /* borrowed likewise */
};
/* head_number: http_call_head_number, by which what was found before is found without looking at the target. target:
   http_call_target, the whole of it. now_ms: loop_now_ms. */
struct hot_page hot_find(struct hot *hot, uint64_t head_number, slice target, int64_t now_ms);
/* The page this target means whoever asks, as just found in that cache. Too long a target is not remembered. */
void hot_remember(struct hot *hot, slice target, const struct hot_page *found);

/* http_encoding_choose among all there are. */
enum http_encoding hot_encoding(struct hot *hot, uint64_t head_number, slice accept_encoding);

#endif
