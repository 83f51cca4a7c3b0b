/* From a commit to every loop that has followers. Pages are renewed on several workers at once, and so an event may be
   ready before one of the same article that was committed earlier: it waits for that one. */
#include "app/live_internal.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdatomic.h>

enum { EVENT_TEXT_MAX = 256 };

static const char *const KIND_NAMES[] = {
    [LIVE_PUBLISHED] = "published", [LIVE_REMOVED] = "removed", [LIVE_EDITED] = "edited",
    [LIVE_ARTICLE] = "article",     [LIVE_MISSED] = "missed",
};

void live__write_event(struct buf *out, enum live_kind kind, int64_t number, int64_t version, int64_t count) {
    buf_add_format(out,
                   "id: %" PRId64 "\nevent: %s\ndata: {\"number\":%" PRId64 ",\"kind\":\"%s\",\"version\":%" PRId64
                   ",\"count\":%" PRId64 "}\n\n",
                   version, KIND_NAMES[kind], number, KIND_NAMES[kind], version, count);
}

void live__event_unref(struct live_event *event) {
    if (atomic_fetch_sub(&event->references, 1) != 1) return;
    blob_unref(event->text);
    memory_free(event);
}

static struct live_event *event_new(struct live *live, const struct live_change *change) {
    struct live_event *event = memory_alloc(sizeof *event + live->home_count * sizeof event->posts[0]);
    struct buf text;
    buf_init(&text, EVENT_TEXT_MAX);
    live__write_event(&text, change->kind, change->number, change->version, change->count);
    event->references = 1;
    event->article = change->article;
    event->version = change->version;
    event->count = change->count;
    event->gone = change->gone;
    event->text = blob_new_take(&text);
    return event;
}

/* An entry is counted before its article is read from the database: where none is counted after the commit, whoever comes
   will read what was committed. */
static bool is_followed(const struct live *live) {
    for (size_t i = 0; i < live->home_count; i++)
        if (atomic_load(&live->homes[i].entry_count) > 0) return true;
    return false;
}

void live_expect(struct live *live, struct live_change *changes) {
    if (!changes || !is_followed(live)) return;
    pthread_mutex_lock(&live->mutex);
    for (struct live_change *change = changes; change; change = change->next) {
        struct live_event *event = change->event = event_new(live, change);
        *live->expected_end = event;
        live->expected_end = &event->next;
    }
    pthread_mutex_unlock(&live->mutex);
}

static void send_to_loops(struct live *live, struct live_event *event) {
    for (size_t i = 0; i < live->home_count; i++) {
        if (atomic_load(&live->homes[i].entry_count) == 0) continue;
        struct live_post *post = &event->posts[i];
        atomic_fetch_add(&event->references, 1);
        post->task.run = live__arrived;
        post->home = &live->homes[i];
        post->event = event;
        loop_post(post->home->loop, &post->task);
    }
    live__event_unref(event);
}

/* Sends what is ready of an article, up to the first that is not. */
static void send_article(struct live *live, int64_t article) {
    struct live_event **at = &live->expected;
    while (*at) {
        struct live_event *event = *at;
        if (event->article != article) {
            at = &event->next;
            continue;
        }
        if (!event->is_ready) return;
        *at = event->next;
        if (live->expected_end == &event->next) live->expected_end = at;
        send_to_loops(live, event);
    }
}

void live_release(struct live *live, struct live_change *changes) {
    if (!changes) return;
    pthread_mutex_lock(&live->mutex);
    for (struct live_change *change = changes; change; change = change->next)
        if (change->event) change->event->is_ready = true;
    for (struct live_change *change = changes; change; change = change->next)
        if (change->event) send_article(live, change->article);
    pthread_mutex_unlock(&live->mutex);
}
