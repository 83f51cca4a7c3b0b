/* The followers of a loop. What a follower costs: its connection, a struct live_follower, and nothing else. */
#include "app/live_internal.h"

#include "app/headers.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/article.h"
#include "http/call.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>

enum {
    /* Followers written to before a loop serves others. With all at once an event reaches 10,000 in 65 ms instead of 80, but
       pages wait 150 ms (99th percentile) instead of 6: bench/live. */
    SLICE = 64,
    BATCH_MAX = 64, /* events that wait for one article's followers; beyond, they become one that says so */
    FIRST_BUCKETS = 64,
    /* A browser comes back after so long, each after another: they do not all come at once when the server starts again. */
    RETRY_MS = 2000,
    RETRY_SPREAD_MS = 5000,
    REFUSED_S = 30,
    FILES_SPARE = 64, /* descriptors: database, listeners, log */
    TICKS = 256,      /* in each heartbeat's time, or fewer */
    TICK_MIN_MS = 10,
};

/* --- Entries --------------------------------------------------------------------------------------------------------- */

static struct live_entry **bucket_of(struct live_home *home, int64_t article) {
    return &home->buckets[(uint64_t)article * 0x9e3779b97f4a7c15U >> 32 & (home->bucket_count - 1)];
}

static struct live_entry *find(struct live_home *home, int64_t article) {
    struct live_entry *entry = *bucket_of(home, article);
    while (entry && entry->article != article) entry = entry->next_in_bucket;
    return entry;
}

static void insert(struct live_home *home, struct live_entry *entry) {
    struct live_entry **bucket = bucket_of(home, entry->article);
    entry->next_in_bucket = *bucket;
    *bucket = entry;
}

static void grow(struct live_home *home) {
    struct live_entry **old = home->buckets;
    size_t count = home->bucket_count;
    home->bucket_count = count * 2;
    home->buckets = memory_alloc_array(home->bucket_count, sizeof *home->buckets);
    for (size_t i = 0; i < count; i++)
        for (struct live_entry *entry = old[i], *next; entry; entry = next) {
            next = entry->next_in_bucket;
            insert(home, entry);
        }
    memory_free(old);
}

static struct live_entry *entry_new(struct live_home *home, int64_t article) {
    struct live_entry *entry = NEW(struct live_entry);
    if (atomic_fetch_add(&home->entry_count, 1) >= home->bucket_count) grow(home);
    entry->home = home;
    entry->article = article;
    entry->pending_end = &entry->pending;
    insert(home, entry);
    return entry;
}

static void entry_free_if_unused(struct live_home *home, struct live_entry *entry) {
    if (entry->followers || entry->is_loading || entry->is_dirty) return;
    struct live_entry **at = bucket_of(home, entry->article);
    while (*at != entry) at = &(*at)->next_in_bucket;
    *at = entry->next_in_bucket;
    atomic_fetch_sub(&home->entry_count, 1);
    memory_free(entry);
}

/* --- Heartbeats ------------------------------------------------------------------------------------------------------ */

/* All followers stand in a ring; each tick writes to so many that the ring goes round once in the heartbeat's time. */
static void on_tick(void *ctx) {
    struct live_home *home = ctx;
    home->credit += home->follower_count;
    size_t count = home->credit / home->ticks;
    home->credit %= home->ticks;
    while (count-- > 0 && home->ring) {
        struct live_follower *follower = home->ring;
        home->ring = follower->after;
        http_stream_write(follower->stream, home->live->heartbeat);
    }
}

static void ring_add(struct live_home *home, struct live_follower *follower) {
    struct live_follower *at = home->ring;
    follower->after = at ? at : follower;
    follower->before = at ? at->before : follower;
    follower->after->before = follower->before->after = follower;
    home->ring = follower->after;
    home->follower_count++;
    if (home->timer) return;
    int64_t heartbeat_ms = home->live->app->options.live_heartbeat_s * 1000, tick_ms = heartbeat_ms / TICKS;
    tick_ms = tick_ms < TICK_MIN_MS ? TICK_MIN_MS : tick_ms;
    home->ticks = (size_t)(heartbeat_ms / tick_ms);
    home->timer = loop_timer_new(home->loop, tick_ms, tick_ms, on_tick, home);
}

static void ring_remove(struct live_home *home, struct live_follower *follower) {
    if (home->ring == follower) home->ring = follower->after == follower ? NULL : follower->after;
    follower->after->before = follower->before;
    follower->before->after = follower->after;
    home->follower_count--;
    if (home->ring) return;
    loop_timer_free(home->timer);
    home->timer = NULL;
    home->credit = 0;
}

/* --- Beginning and end ------------------------------------------------------------------------------------------------ */

static void on_ended(void *data) {
    struct live_follower *follower = data;
    struct live_entry *entry = follower->entry;
    struct live_home *home = entry->home;
    *(follower->previous ? &follower->previous->next : &entry->followers) = follower->next;
    if (follower->next) follower->next->previous = follower->previous;
    if (entry->cursor == follower) entry->cursor = follower->next;
    ring_remove(home, follower);
    atomic_fetch_sub(&home->live->followers, 1);
    memory_free(follower);
    entry_free_if_unused(home, entry);
}

static void reply_unknown(struct http_call *call) { http_call_reply_text(call, 404, S("There is no such article.\n")); }

static void reply_refused(struct http_call *call) {
    slice after = arena_format(http_call_arena(call), "%d", REFUSED_S);
    struct http_header headers[] = {{S("Retry-After"), after}, {S("Cache-Control"), S("no-store")}};
    struct http_answer answer = {.status = 503,
                                 .content_type = S("text/plain; charset=utf-8"),
                                 .headers = headers,
                                 .header_count = ARRAY_COUNT(headers),
                                 .body = S("Nobody more can follow at the moment. Please try again later.\n")};
    http_call_reply(call, &answer);
}

/* The version the client says it knows; 0: none. */
static int64_t known_version(struct http_call *call) {
    int64_t version = 0;
    struct error error;
    const struct http_form *parameters;
    slice said = http_call_header(call, S("Last-Event-ID"));
    if (!said.p && http_call_parameters(call, &parameters, &error) == OK) said = http_form_get(parameters, S("after"));
    return said.p && slice_to_int64(said, &version) && version > 0 ? version : 0;
}

static slice first_bytes(struct live_home *home, const struct live_entry *entry, struct http_call *call) {
    struct buf text;
    int64_t known = known_version(call);
    uint32_t retry_ms = RETRY_MS + (home->begun++ * 2654435769U >> 16) % RETRY_SPREAD_MS;
    buf_init(&text, 512);
    buf_add_format(&text, "retry: %u\n", (unsigned)retry_ms);
    if (known && known != entry->version)
        live__write_event(&text, LIVE_MISSED, 0, entry->version, entry->count);
    else
        buf_add_format(&text, "id: %" PRId64 "\n\n", entry->version);
    slice bytes = arena_copy(http_call_arena(call), buf_slice(&text));
    buf_fini(&text);
    return bytes;
}

static void begin(struct live_home *home, struct live_entry *entry, struct http_call *call) {
    struct live *live = home->live;
    if (http_call_is_head(call)) {
        http_call_reply_prebuilt(call, live->head, NULL);
        return;
    }
    if (atomic_fetch_add(&live->followers, 1) >= live->ceiling) {
        atomic_fetch_sub(&live->followers, 1);
        reply_refused(call);
        return;
    }
    struct live_follower *follower = NEW(struct live_follower);
    struct http_stream_start start = {
        .head = live->head, .first = first_bytes(home, entry, call), .ended = on_ended, .data = follower};
    follower->stream = http_call_stream(call, &start);
    if (!follower->stream) {
        atomic_fetch_sub(&live->followers, 1);
        memory_free(follower);
        return;
    }
    follower->entry = entry;
    follower->version = entry->version;
    /* In front: a batch that is being sent has what this one knows already. */
    follower->next = entry->followers;
    if (follower->next) follower->next->previous = follower;
    entry->followers = follower;
    ring_add(home, follower);
}

/* --- Looking an article up -------------------------------------------------------------------------------------------- */

/* In the arena of the first call that waits. */
struct loading {
    struct loop_task task; /* first */
    struct live_home *home;
    struct live_entry *entry;
    int64_t article;
    enum status status;
    struct article_standing found;
};

static void loaded(struct loop_task *task) {
    struct loading *loading = (struct loading *)(void *)task;
    struct live_home *home = loading->home;
    struct live_entry *entry = loading->entry;
    enum status status = loading->status;
    if (status == OK && loading->found.version >= entry->version) {
        entry->version = loading->found.version;
        entry->count = loading->found.comment_count;
        entry->gone = loading->found.state != ARTICLE_PUBLISHED;
    }
    /* With one of the replies `loading` goes, too; another may bring the next request of its connection, and so one more
       waiter. */
    while (entry->waiters) {
        struct http_call *call = entry->waiters->call;
        entry->waiters = entry->waiters->next;
        if (status == OK && !entry->gone)
            begin(home, entry, call);
        else if (status == OK || status == NOT_FOUND)
            reply_unknown(call);
        else
            reply_refused(call);
    }
    entry->is_loading = false;
    entry_free_if_unused(home, entry);
}

static void load(void *job, void *thread_state) {
    struct loading *loading = job;
    struct worker *worker = thread_state;
    struct error error;
    loading->status = article_standing(worker->db, (article_id){loading->article}, &loading->found, &error);
    if (loading->status != OK && loading->status != NOT_FOUND) {
        char detail[600];
        log_line(LOG_ERROR, "live", "article=%" PRId64 " error=%s", loading->article,
                 log_quote(detail, sizeof detail, slice_of(error.detail)));
    }
    loop_post(loading->home->loop, &loading->task);
}

/* Whoever comes while the article is looked up waits for the same answer. */
static void wait_for_article(struct live_home *home, struct live_entry *entry, struct http_call *call) {
    struct arena *arena = http_call_arena(call);
    struct live_waiter *waiter = ARENA_NEW(arena, struct live_waiter);
    waiter->call = call;
    waiter->next = entry->waiters;
    entry->waiters = waiter;
    if (entry->is_loading) return;
    entry->is_loading = true;
    struct loading *loading = ARENA_NEW(arena, struct loading);
    *loading = (struct loading){.task.run = loaded, .home = home, .entry = entry, .article = entry->article};
    if (pool_submit(home->live->app->pool, load, loading) == OK) return;
    entry->waiters = NULL;
    entry->is_loading = false;
    entry_free_if_unused(home, entry);
    reply_refused(call);
}

void live_follow(struct app *app, struct http_call *call, const struct http_match *match) {
    struct live_home *home = &app->live->homes[loop_index(http_call_loop(call))];
    if (atomic_load(&app->live->followers) >= app->live->ceiling) {
        reply_refused(call);
        return;
    }
    struct live_entry *entry = find(home, match->numbers[0]);
    bool is_known = entry && !entry->is_loading;
    if (!is_known)
        wait_for_article(home, entry ? entry : entry_new(home, match->numbers[0]), call);
    else if (entry->gone)
        reply_unknown(call);
    else
        begin(home, entry, call);
}

/* --- Events -------------------------------------------------------------------------------------------------------------- */

static void turn(struct loop_task *task);

static void want_turn(struct live_home *home) {
    if (home->turn_posted || !home->dirty) return;
    home->turn_posted = true;
    home->turn.run = turn;
    loop_post(home->loop, &home->turn);
}

static void enqueue(struct live_home *home, struct live_entry *entry) {
    entry->is_dirty = true;
    entry->next_dirty = NULL;
    *home->dirty_end = entry;
    home->dirty_end = &entry->next_dirty;
}

static void drop_pending(struct live_entry *entry) {
    while (entry->pending) {
        struct live_post *post = entry->pending;
        entry->pending = post->next;
        live__event_unref(post->event);
    }
    entry->pending_end = &entry->pending;
    entry->pending_count = 0;
    entry->overflowed = false;
}

void live__arrived(struct loop_task *task) {
    struct live_post *post = (struct live_post *)(void *)task;
    struct live_event *event = post->event;
    struct live_home *home = post->home;
    struct live_entry *entry = find(home, event->article);
    if (entry && event->version >= entry->version) {
        entry->version = event->version;
        entry->count = event->count;
        entry->gone = event->gone;
    }
    if (!entry || !entry->followers || entry->pending_count >= BATCH_MAX) {
        if (entry) entry->overflowed = entry->followers != NULL;
        live__event_unref(event);
        return;
    }
    post->next = NULL;
    *entry->pending_end = post;
    entry->pending_end = &post->next;
    entry->pending_count++;
    if (!entry->is_dirty) enqueue(home, entry);
    want_turn(home);
}

size_t live__followed(const struct live_home *home, int64_t *articles, size_t most) {
    size_t count = 0;
    for (size_t i = 0; i < home->bucket_count; i++)
        for (const struct live_entry *entry = home->buckets[i]; entry && count < most; entry = entry->next_in_bucket)
            articles[count++] = entry->article;
    return count;
}

void live__found(struct live_home *home, int64_t article, const struct article_standing *standing) {
    struct live_entry *entry = find(home, article);
    if (!entry || standing->version <= entry->version) return;
    entry->version = standing->version;
    entry->count = standing->comment_count;
    entry->gone = standing->state != ARTICLE_PUBLISHED;
    if (!entry->followers) return;
    entry->overflowed = true;
    if (!entry->is_dirty) enqueue(home, entry);
    want_turn(home);
}

/* What waits becomes one piece: the event's own bytes, the bytes of several, or the word that there were too many. */
static void take_batch(struct live_entry *entry) {
    if (entry->pending_count == 1 && !entry->overflowed) {
        entry->batch = blob_ref(entry->pending->event->text);
    } else {
        struct buf text;
        buf_init(&text, (size_t)BATCH_MAX * 512);
        if (entry->overflowed)
            live__write_event(&text, LIVE_MISSED, 0, entry->version, entry->count);
        else
            for (const struct live_post *post = entry->pending; post; post = post->next)
                buf_add(&text, blob_slice(post->event->text));
        entry->batch = blob_new_take(&text);
    }
    drop_pending(entry);
    entry->batch_version = entry->version;
    entry->batch_ends = entry->gone;
    entry->cursor = entry->followers;
}

/* Gives how many of at most `most` followers are done with. */
static size_t send_slice(struct live_entry *entry, size_t most) {
    size_t done = 0;
    for (; done < most && entry->cursor; done++) {
        struct live_follower *follower = entry->cursor;
        entry->cursor = follower->next;
        if (follower->version >= entry->batch_version) continue;
        struct http_stream *stream = follower->stream;
        if (http_stream_write(stream, entry->batch) && entry->batch_ends) http_stream_end(stream);
    }
    return done;
}

/* Takes the first of the queue, and puts it behind the others when it has more to do. */
static size_t serve_first(struct live_home *home, size_t most) {
    struct live_entry *entry = home->dirty;
    home->dirty = entry->next_dirty;
    if (!home->dirty) home->dirty_end = &home->dirty;
    if (!entry->batch) take_batch(entry);
    size_t done = send_slice(entry, most);
    if (!entry->cursor) {
        blob_unref(entry->batch);
        entry->batch = NULL;
    }
    entry->is_dirty = false;
    if (entry->batch || entry->pending)
        enqueue(home, entry);
    else
        entry_free_if_unused(home, entry);
    return done;
}

static void turn(struct loop_task *task) {
    struct live_home *home = (struct live_home *)(void *)((char *)task - offsetof(struct live_home, turn));
    size_t left = SLICE;
    home->turn_posted = false;
    while (home->dirty && left > 0) left -= serve_first(home, left);
    want_turn(home);
}

/* --- All of it ------------------------------------------------------------------------------------------------------------ */

static struct blob *make_head(struct app *app) {
    struct http_header headers[HEADERS_SECURITY + 2];
    size_t n = headers_add_security(app, headers);
    headers[n++] = (struct http_header){S("Cache-Control"), S("no-store")};
    headers[n++] = (struct http_header){S("X-Accel-Buffering"), S("no")}; /* nginx: pass each piece on at once */
    struct blob *head = http_head_new(200, S("text/event-stream"), headers, n, -1);
    assert(head);
    return head;
}

/* As many as the setting allows, with descriptors left for pages. */
static size_t ceiling_of(const struct app_options *options, size_t files) {
    size_t pages = options->connections < files / 4 ? options->connections : files / 4;
    size_t spare = files > pages + FILES_SPARE ? files - pages - FILES_SPARE : 0;
    if (options->live_connections <= spare) return options->live_connections;
    log_line(LOG_WARN, "live", "live_connections=%zu files=%zu followers=%zu", options->live_connections, files, spare);
    return spare;
}

struct live *live_new(struct app *app, size_t files) {
    struct live *live = NEW(struct live);
    live->app = app;
    live->head = make_head(app);
    live->heartbeat = blob_new(S(":\n\n"));
    live->ceiling = ceiling_of(&app->options, files);
    live->expected_end = &live->expected;
    pthread_mutex_init(&live->mutex, NULL);
    live->home_count = loops_count(app->loops);
    live->homes = memory_alloc_array(live->home_count, sizeof *live->homes);
    for (size_t i = 0; i < live->home_count; i++) {
        struct live_home *home = &live->homes[i];
        home->live = live;
        home->loop = loops_at(app->loops, i);
        home->bucket_count = FIRST_BUCKETS;
        home->buckets = memory_alloc_array(FIRST_BUCKETS, sizeof *home->buckets);
        home->dirty_end = &home->dirty;
    }
    return live;
}

/* The server has ended every stream, and the loops have run what was posted: no entry is left. */
void live_free(struct live *live) {
    if (!live) return;
    for (size_t i = 0; i < live->home_count; i++) {
        assert(atomic_load(&live->homes[i].entry_count) == 0);
        memory_free(live->homes[i].buckets);
    }
    while (live->expected) {
        struct live_event *event = live->expected;
        live->expected = event->next;
        live__event_unref(event);
    }
    blob_unref(live->head);
    blob_unref(live->heartbeat);
    pthread_mutex_destroy(&live->mutex);
    memory_free(live->homes);
    memory_free(live);
}

size_t live_followers(const struct live *live) { return atomic_load(&live->followers); }
