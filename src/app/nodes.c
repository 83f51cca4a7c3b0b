#include "app/nodes.h"

#include "app/after.h"
#include "app/desk_presence.h"
#include "app/dispatch.h"
#include "app/guard.h"
#include "app/nodes_message.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/listen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum {
    NODE_NAME_BYTES = 9,
    HEARD_ARENA = 1024 * 1024,
    PROOFS_IN_TIME = 3, /* round trips that may begin within stale_ms; each may take as long as its share */
    RETRY_FIRST_MS = 50,
    RETRY_MOST_MS = 1000,
};

struct nodes {
    struct app *app;
    struct db_listener *listener;
    slice name; /* owned */
    _Atomic int64_t generation;
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    bool lost; /* the thread's: it has been said */
};

int64_t nodes_generation(const struct nodes *nodes) { return nodes ? atomic_load(&nodes->generation) : 0; }

bool nodes_is_sure(const struct nodes *nodes, const struct page *page) {
    return !nodes || page->article == 0 || atomic_load(&page->confirmed) == atomic_load(&nodes->generation);
}

/* --- What others say ---------------------------------------------------------------------------------------------- */

/* What was heard, until its pages are renewed; lives in its own arena. */
struct heard {
    struct app *app;
    struct arena *arena;
    struct nodes_message message;
    _Atomic int waiting;
};

struct heard_waiter {
    struct cache_waiter waiter; /* first */
    struct heard *heard;
};

static void heard_done(struct heard *heard) {
    if (atomic_fetch_sub(&heard->waiting, 1) != 1) return;
    live_release(heard->app->live, heard->message.changes);
    arena_free(heard->arena);
}

static void heard_renewed(struct cache_waiter *waiter, enum status status, struct page *page,
                          const struct error *error) {
    (void)status;
    (void)page;
    (void)error;
    heard_done(((struct heard_waiter *)(void *)waiter)->heard);
}

static struct cache_waiter *heard_waiter_new(void *ctx) {
    struct heard *heard = ctx;
    struct heard_waiter *w = ARENA_NEW(heard->arena, struct heard_waiter);
    w->waiter.ready = heard_renewed;
    w->heard = heard;
    atomic_fetch_add(&heard->waiting, 1);
    return &w->waiter;
}

static void hear(void *ctx, slice payload) {
    struct nodes *nodes = ctx;
    struct arena *arena = arena_new(HEARD_ARENA);
    struct heard *heard = ARENA_NEW(arena, struct heard);
    *heard = (struct heard){.app = nodes->app, .arena = arena, .waiting = 1};
    struct nodes_message *message = &heard->message;
    nodes_message_read(arena, arena_copy(arena, payload), message);
    if (slice_equal(message->node, nodes->name)) {
        arena_free(arena);
        return;
    }
    const struct nodes_presence *presence = message->presence;
    if (presence)
        desk_presence_open(nodes->app->presence, presence->account, presence->name, presence->number, clock_now());
    if (message->turned_away > 0) guard_heard_turned_away(nodes->app, message->turned_away);
    live_expect(nodes->app->live, message->changes);
    struct after after = {.app = nodes->app,
                          .touched = message->touched,
                          .count = message->touched_count,
                          .all = message->all,
                          .waiter_new = heard_waiter_new,
                          .ctx = heard};
    after_renew(&after);
    heard_done(heard);
}

/* --- The connection ------------------------------------------------------------------------------------------------ */

/* Said once for each time it was lost. */
static void say_lost(struct nodes *nodes, const struct error *error) {
    char detail[600];
    if (nodes->lost) return;
    nodes->lost = true;
    log_line(LOG_WARN, "nodes_lost", "error=%s", log_quote(detail, sizeof detail, slice_of(error->detail)));
}

/* What was committed meanwhile was not heard: no page is sure any more. */
static void begin_again(struct nodes *nodes) {
    nodes->lost = false;
    int64_t generation = atomic_fetch_add(&nodes->generation, 1) + 1;
    after_drop_fronts(nodes->app);
    live_look_again(nodes->app->live);
    log_line(LOG_INFO, "nodes_found", "generation=%lld", (long long)generation);
}

/* Waits before the next try: longer each time, and not the same for all nodes. */
static void rest(struct nodes *nodes, int *pause_ms) {
    unsigned char byte;
    crypto_random(&byte, 1);
    db_listener_rest(nodes->listener, *pause_ms / 2 + *pause_ms * byte / 512);
    *pause_ms = *pause_ms * 2 < RETRY_MOST_MS ? *pause_ms * 2 : RETRY_MOST_MS;
}

static void connect_again(struct nodes *nodes) {
    struct error error = {OK, ""};
    int pause_ms = RETRY_FIRST_MS;
    while (!atomic_load(&nodes->stopping)) {
        if (db_listener_connect(nodes->listener, &error) == OK) {
            begin_again(nodes);
            return;
        }
        say_lost(nodes, &error);
        rest(nodes, &pause_ms);
    }
}

static void *run(void *ctx) {
    struct nodes *nodes = ctx;
    int share_ms = (int)(nodes->app->options.stale_ms / PROOFS_IN_TIME);
    while (!atomic_load(&nodes->stopping)) {
        struct error error = {OK, ""};
        enum status status = db_listener_wait(nodes->listener, share_ms, hear, nodes, &error);
        if (status == OK && !atomic_load(&nodes->stopping))
            status = db_listener_confirm(nodes->listener, share_ms, hear, nodes, &error);
        if (status == OK) continue;
        say_lost(nodes, &error);
        connect_again(nodes);
    }
    return NULL;
}

enum status nodes_start(struct app *app, struct nodes **out, struct error *error) {
    struct db_listener *listener;
    *out = NULL;
    enum status status = db_listener_new(app->options.location, &listener, error);
    if (status != OK || !listener) return status;
    struct nodes *nodes = NEW(struct nodes);
    unsigned char random[NODE_NAME_BYTES];
    struct buf name;
    buf_init(&name, NODES_NAME_MAX);
    crypto_random(random, sizeof random);
    crypto_add_base64url(&name, slice_make(random, sizeof random));
    nodes->name = buf_take(&name);
    nodes->app = app;
    nodes->listener = listener;
    atomic_init(&nodes->generation, 1);
    status = db_listener_connect(listener, error);
    if (status == OK) {
        nodes->started = pthread_create(&nodes->thread, NULL, run, nodes) == 0;
        if (!nodes->started) status = error_set(error, UNAVAILABLE, "the thread that listens does not start");
    }
    if (status == OK)
        *out = nodes;
    else
        nodes_free(nodes);
    return status;
}

void nodes_stop(struct nodes *nodes) {
    if (!nodes || !nodes->started) return;
    atomic_store(&nodes->stopping, true);
    db_listener_wake(nodes->listener);
    pthread_join(nodes->thread, NULL);
    nodes->started = false;
}

void nodes_free(struct nodes *nodes) {
    if (!nodes) return;
    nodes_stop(nodes);
    db_listener_free(nodes->listener);
    memory_free((void *)(uintptr_t)nodes->name.p);
    memory_free(nodes);
}

/* --- Saying -------------------------------------------------------------------------------------------------------- */

static enum status announce(void *ctx, slice message, struct error *error) { return db_announce(ctx, message, error); }

enum status nodes_announce(struct request *r, struct db *db, struct error *error) {
    const struct nodes *nodes = r->app->nodes;
    if (!nodes) return OK;
    return nodes_message_write(nodes->name, r, announce, db, error);
}

struct telling {
    struct writer_job job; /* first */
    struct buf text;
};

static enum status apply_telling(struct db *db, struct writer_job *job, struct error *error) {
    return db_announce(db, buf_slice(&((struct telling *)(void *)job)->text), error);
}

static void free_telling(struct telling *telling) {
    buf_fini(&telling->text);
    memory_free(telling);
}

static void telling_done(struct writer_job *job, enum status status, const struct error *error) {
    (void)status; /* the next sign of life says it again; of those turned away, others will come */
    (void)error;
    free_telling((struct telling *)(void *)job);
}

static struct telling *telling_new(void) {
    struct telling *telling = NEW(struct telling);
    telling->job = (struct writer_job){.apply = apply_telling, .done = telling_done};
    buf_init(&telling->text, NODES_MESSAGE_MAX);
    return telling;
}

void nodes_tell_turned_away(struct app *app, int64_t count) {
    if (!app->nodes) return;
    struct telling *telling = telling_new();
    nodes_message_write_turned_away(&telling->text, app->nodes->name, count);
    if (telling->text.status != OK || writer_submit(app->writer, &telling->job) != OK) free_telling(telling);
}

void nodes_tell_presence(struct app *app, account_id account, slice name, comment_number number) {
    if (!app->nodes) return;
    struct telling *telling = telling_new();
    nodes_message_write_presence(&telling->text, app->nodes->name, account, name, number);
    if (telling->text.status != OK || writer_submit(app->writer, &telling->job) != OK) free_telling(telling);
}

/* --- Comparing ----------------------------------------------------------------------------------------------------- */

struct comparing {
    struct cache_waiter waiter; /* first */
    struct request *request;
    struct cache_key key;
    struct page *page; /* a reference */
    int64_t generation;
};

static void compared(struct comparing *c) {
    page_unref(c->page);
    dispatch_shared(c->request, &c->key);
}

static void renewed(struct cache_waiter *waiter, enum status status, struct page *page, const struct error *error) {
    (void)status; /* not OK: what was there is still there, or the next who asks is told */
    (void)page;
    (void)error;
    compared((struct comparing *)(void *)waiter);
}

/* Makes a new one; unless it has been made while this one waited for its turn. */
static void renew(struct comparing *c) {
    struct cache *pages = c->request->app->pages;
    struct page *now = cache_find(pages, &c->key);
    bool is_there = now != NULL, is_newer = is_there && now != c->page;
    page_unref(now);
    c->waiter.ready = renewed;
    if (is_newer)
        compared(c);
    else if (is_there)
        cache_renew(pages, &c->key, &c->waiter);
    else
        cache_want(pages, &c->key, &c->waiter);
}

/* The database cannot be asked now, or there are too many who ask: what is in memory is served. */
static void compare_not(void *job, void *thread_state) {
    (void)thread_state;
    compared(job);
}

static void compare(void *job, void *thread_state) {
    struct comparing *c = job;
    struct article_standing standing;
    struct error error;
    struct worker *worker = thread_state;
    if (atomic_load(&c->page->confirmed) == c->generation) {
        compared(c); /* somebody else has */
        return;
    }
    enum status status = article_standing(worker->db, (article_id){c->page->article}, &standing, &error);
    if (status == OK && standing.version == c->page->version) atomic_store(&c->page->confirmed, c->generation);
    if ((status == OK && standing.version != c->page->version) || status == NOT_FOUND)
        renew(c);
    else
        compared(c);
}

void nodes_compare(struct request *r, const struct cache_key *key, struct page *page) {
    struct comparing *c = ARENA_NEW(r->arena, struct comparing);
    *c = (struct comparing){
        .request = r, .key = *key, .page = page_ref(page), .generation = nodes_generation(r->app->nodes)};
    struct pool_offer offer = {.lane = POOL_URGENT, .run = compare, .late = compare_not, .job = c};
    if (pool_offer(r->app->pool, &offer) != OK) compared(c);
}
