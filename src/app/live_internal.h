/* What live.c (the followers of a loop) and live_event.c (events on their way to the loops) share. */
#ifndef PALABRE_APP_LIVE_INTERNAL_H
#define PALABRE_APP_LIVE_INTERNAL_H

#include "app/live.h"
#include "app/state.h"
#include "base/blob.h"
#include "domain/article.h"
#include "http/stream.h"

#include <pthread.h>

/* An event on its way to one loop. */
struct live_post {
    struct loop_task task; /* first */
    struct live_home *home;
    struct live_event *event;
    struct live_post *next; /* in the entry's queue */
};

struct live_event {
    _Atomic int references;
    struct live_event *next; /* in live->expected */
    int64_t article, version, count;
    bool gone, is_ready;
    struct blob *text;
    struct live_post posts[]; /* one for each loop */
};

struct live_follower {
    struct live_entry *entry;
    struct http_stream *stream;
    struct live_follower *next, *previous; /* of the entry */
    struct live_follower *after, *before;  /* in the ring of the heartbeat */
    int64_t version;                       /* which it began with */
};

/* A call that waits for its article to be looked up; in the call's arena. */
struct live_waiter {
    struct http_call *call;
    struct live_waiter *next;
};

/* An article somebody follows, or asks for, on one loop. */
struct live_entry {
    struct live_home *home;
    int64_t article, version, count;
    bool is_loading, gone;
    bool is_dirty; /* in the home's queue: there is a batch, or pending events */
    struct live_follower *followers;
    struct live_waiter *waiters;
    struct live_post *pending, **pending_end;
    size_t pending_count;
    bool overflowed; /* more were pending than are kept */
    /* being sent: */
    struct blob *batch;
    struct live_follower *cursor; /* the next to get it */
    int64_t batch_version;
    bool batch_ends;
    struct live_entry *next_in_bucket, *next_dirty;
};

/* A loop's part; touched on its thread, but for what says otherwise. */
struct live_home {
    struct live *live;
    struct loop *loop;
    struct live_entry **buckets;
    size_t bucket_count;
    _Atomic size_t entry_count; /* read by any thread */
    struct live_entry *dirty, **dirty_end;
    struct loop_task turn;
    bool turn_posted;
    struct live_follower *ring;           /* the next to get a heartbeat */
    size_t follower_count, credit, ticks; /* ticks: in each heartbeat's time */
    uint32_t begun;
    struct loop_timer *timer;
};

struct live {
    struct app *app;
    struct blob *head, *heartbeat;
    size_t ceiling;
    _Atomic size_t followers;
    struct live_home *homes;
    size_t home_count;
    pthread_mutex_t mutex; /* guards expected, and the order in which loops get events */
    struct live_event *expected, **expected_end;
};

/* --- live.c */
void live__arrived(struct loop_task *post);

/* On the home's loop. */
size_t live__followed(const struct live_home *home, int64_t *articles, size_t most); /* how many are written */
void live__found(struct live_home *home, int64_t article, const struct article_standing *standing);

/* --- live_event.c */
void live__event_unref(struct live_event *event);
/* The bytes of one event. */
void live__write_event(struct buf *out, enum live_kind kind, int64_t number, int64_t version, int64_t count);

#endif
