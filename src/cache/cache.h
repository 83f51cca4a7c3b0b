/* The rendered pages, by key. Readers take a reference and go; nothing is locked while bytes are written.

   A page is made once however many wait for it (single flight). When a decision falls, the pages it touches are made
   again at once and swapped in (cache_renew), and whoever decided is answered after the swap; pages that only mention
   it are dropped (cache_drop) and made when next asked for. A page whose making began before a change was committed is
   never taken for one that holds it: every entry counts its changes.

   Who makes a page pays for what readers take of it, and no more: its plain bytes, and at once, with little effort, the
   encodings in which the page before it was read. The others are made when somebody asks for them; and once a page that
   is read has stood for a while, it is compressed as well as pays. So a page that changes fifty times a second is never
   served plain to those who would have it compressed, and one that nobody reads costs nothing when it changes.

   Any thread, but for what says otherwise. */
#ifndef PALABRE_CACHE_CACHE_H
#define PALABRE_CACHE_CACHE_H

#include "base/error.h"
#include "cache/page.h"
#include "os/pool.h"

struct cache_key {
    uint16_t kind;    /* the app's */
    uint8_t language; /* the app's index */
    uint8_t order;    /* the app's */
    int64_t id, number;
};

struct cache;

/* Makes the page of a key, on a worker. *out: one reference, the cache's; PAGE_LATER is effort enough. Any status but OK
   goes to all who wait, and is not remembered. former: the page of this key that is served meanwhile, borrowed; NULL:
   none. It may be out of date, and may serve to make the new one sooner. */
typedef enum status (*cache_render)(void *ctx, void *thread_state, const struct cache_key *key, struct page *former,
                                    struct page **out, struct error *error);

struct cache_options {
    struct pool *pool; /* outlives the cache */
    size_t max_bytes;  /* beyond: pages not used lately are let go */
    /* A page that cannot be made again because the database is away (UNAVAILABLE) stays as it is, with confirmed = 0: whoever
       serves it has to compare it first. Otherwise it goes. */
    bool keeps;
    int64_t quiet_ms; /* a page that has stood for so long is worth compressing well */
    cache_render render;
    void *ctx;
};
struct cache *cache_new(const struct cache_options *options);
void cache_free(struct cache *cache); /* after pool_stop */

/* A reference to the page, or NULL when it has to be made. One that is no longer fresh is given all the same, and made
   again in the background. */
struct page *cache_find(struct cache *cache, const struct cache_key *key);
/* Changes whenever any page of the cache is swapped in or let go. Who keeps a reference may give the page for as long as
   this is the same, and a moment (not longer: cache_find also notes that the page is used, and looks at its age); how
   often that was done is added to the hits. */
uint64_t cache_version(const struct cache *cache);
void cache_count_hits(struct cache *cache, int64_t count);
/* page_want said that this page of the cache is wanted in a new encoding: it is made in the background. */
void cache_add_forms(struct cache *cache, const struct cache_key *key, struct page *page);

/* Somebody who waits. In storage of the caller's, until `ready` is called: once, on a worker (or at once, on the
   caller's thread, when the page is there, or when nothing more can be queued: status BUSY). page is borrowed, NULL unless
   status is OK. */
struct cache_waiter {
    void (*ready)(struct cache_waiter *waiter, enum status status, struct page *page, const struct error *error);
    unsigned wanted;           /* encodings that would be welcome at once, a sum */
    struct cache_waiter *next; /* the cache's */
    uint64_t change;           /* the cache's */
    bool reads;                /* the cache's */
};
void cache_want(struct cache *cache, const struct cache_key *key, struct cache_waiter *waiter);

/* After a commit: the page is made again now, the old one served meanwhile; waiter (may be NULL) is told after the
   swap. When nobody has read the page since it was made, it is let go instead, and waiter told NOT_FOUND at once: who
   asks for it next gets the new one. */
void cache_renew(struct cache *cache, const struct cache_key *key, struct cache_waiter *waiter);
/* After a commit: the page, if it is there, is made again when next asked for; who asks waits for the new one. */
void cache_drop(struct cache *cache, const struct cache_key *key);
/* After a commit that readers may see late: the page is made again, in the background, when it is next asked for after
   `at`; until then it is given as it is. Of several calls the earliest counts: what comes many times a second is one
   rendering. */
void cache_expire(struct cache *cache, const struct cache_key *key, time_ms at);
/* The same as cache_drop, for every key that fits. fits() must be quick; it runs under a lock. */
void cache_drop_matching(struct cache *cache, bool (*fits)(void *ctx, const struct cache_key *key), void *ctx);

struct cache_figures {
    int64_t pages, bytes, hits, misses, renderings, evictions;
};
struct cache_figures cache_figures(struct cache *cache);

#endif
