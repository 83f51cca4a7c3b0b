/* What the application's handlers share. Everything here is set at start and then only read, but for what guards
   itself (cache, writer, pool, limiters). */
#ifndef PALABRE_APP_STATE_H
#define PALABRE_APP_STATE_H

#include "app/app.h"
#include "app/hot.h"
#include "app/keys.h"
#include "app/limiter.h"
#include "cache/cache.h"
#include "db/writer.h"
#include "domain/site.h"
#include "http/router.h"
#include "http/server.h"
#include "os/address.h"
#include "os/loops.h"
#include "os/pool.h"
#include "text/date.h"
#include "view/context.h"
#include "view/templates.h"

#include <pthread.h>

/* The languages of the interface, by index. */
enum { APP_LANGUAGE_FR, APP_LANGUAGE_EN, APP_LANGUAGES };
extern const struct view_language APP_LANGUAGE[APP_LANGUAGES];
/* The index of "fr", "fr-CA" …; fallback for a language we have not. */
size_t app_language_find(slice tag, size_t fallback);

struct app_assets;
struct theme;
struct speller;
struct tongue;
struct desk_presence;
struct app_dates;
struct charters;
struct live;
struct guard;
struct courier;
struct indexer;
struct nodes;

struct app {
    struct app_options options;
    struct app_keys keys;
    struct loops *loops;
    struct pool *pool;
    struct pool *hashing;  /* few: a password's hash takes 64 MiB and a tenth of a second */
    struct pool *fetching; /* one thread that reads the pages of others; without a database */
    struct address_block excerpt_blocks[16];
    size_t excerpt_block_count;
    struct writer *writer;
    struct courier *courier; /* NULL: no mail is sent */
    struct cache *pages;     /* discussions, threads, their feeds */
    struct cache
        *fronts;      /* home, sections, archive, site feeds, charter, sitemap: dropped whole when the site changes */
    struct hot **hot; /* one for each loop */
    struct http_server *server;
    struct live *live;   /* followers of discussions */
    struct nodes *nodes; /* NULL: this process is the only one */
    struct http_router *router;
    struct catalog *catalogs[APP_LANGUAGES];
    struct templates *templates[APP_LANGUAGES];
    struct app_dates *dates;
    struct charters *charters;
    struct app_assets *assets;
    struct theme *theme; /* the files of templates and assets */
    struct limiter *sending, *previewing, *signing_in, *reporting, *recommending; /* by address */
    struct limiter *sending_wide;                                                 /* by IPv6 /48 */
    struct limiter *signing_in_name;                                              /* by account */
    struct limiter *following, *following_address; /* asking to follow: by who asks, by the address asked for */
    struct limiter *reading_own;                   /* pages for one reader alone, by address */
    struct limiter *searching;                     /* by address */
    struct indexer *indexer;                       /* NULL: not started yet */
    struct guard *guard;                           /* against abuse */
    struct speller *speller;
    struct tongue *tongue;             /* NULL: no fingerprints of languages */
    struct desk_presence *presence;    /* who has which message open at the desk */
    size_t arena_bytes;                /* ceiling of the memory in which one page is read and rendered */
    slice setup_path, base_url;        /* owned */
    _Atomic size_t site_language;      /* as last read: for pages made without the database */
    _Atomic int64_t refusal_logged_ms; /* when overload was last reported */
    _Atomic int64_t away_logged_ms;    /* and that the database cannot be reached */
    _Atomic bool worker_failed;        /* at start: a read connection did not open */
};

/* Whether there is a mail server: what takes one is offered then only. */
static inline bool app_sends_mail(const struct app *app) { return app->options.mail.url.n > 0; }

/* A worker's own: a read connection, and memory that no job leaves anything in. */
struct worker {
    struct app *app;
    struct db *db;
    struct arena *scratch; /* request_scratch */
};

/* The dates of a language in a zone; made once, kept for the life of the app. Any thread; NULL never (UTC when the zone
   is unknown). */
const struct date_formats *app_dates(struct app *app, size_t language, slice time_zone);

#endif
