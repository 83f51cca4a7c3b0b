/* One lock guards how far each thread is; what it hands over by that is read without it. */
#include "exchange/wordpress_ahead.h"

#include "base/memory.h"
#include "exchange/wordpress_job.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { BATCH = 128, BATCH_ARENA_MAX = 1024 * 1024 * 1024 /* of what one text may need while it is cleaned */ };

/* Comments that stand side by side in the file. */
struct batch {
    struct arena *arena;
    size_t count;
    struct prepared_comment comments[BATCH];
};

struct place {
    struct batch *batch;
    size_t left;  /* comments not yet dropped; the importer's */
    bool dropped; /* all were, before it was there: guarded by the lock */
};

struct slot {
    struct ahead_item given;
    struct arena *arena;
    enum status status; /* of reading it */
    struct error error;
    struct place *places; /* of batches */
    size_t place_count;
    atomic_size_t ready; /* batches that are there, from the front on */
};

struct ahead {
    struct wxr_reader *reader;
    const struct wordpress_options *options;
    slice language;
    bool reads, prepares; /* on a thread */
    pthread_t reading, preparing;
    struct slot slots[AHEAD_ITEMS]; /* item n is in slot n % AHEAD_ITEMS */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    bool waiting;                   /* the importer, for a batch */
    uint64_t read, prepared, given; /* items, from the first on */
    uint64_t unwanted, passed;      /* the importer has done with; passed: their slots are free */
    size_t bytes;                   /* of items read and not given */
    size_t batches;                 /* prepared and not dropped */
};

static struct slot *slot_of(struct ahead *a, uint64_t n) { return &a->slots[n % AHEAD_ITEMS]; }

static void wait_for_change(struct ahead *a) { pthread_cond_wait(&a->changed, &a->lock); }

/* Reading */

static void read_item(struct ahead *a, struct slot *slot) {
    if (!slot->arena) slot->arena = arena_new(WXR_ARENA_MAX);
    slot->status = wxr_next(a->reader, slot->arena, &slot->given.item, &slot->error);
    slot->given.channel = *wxr_channel(a->reader);
    slot->given.bytes_read = wxr_bytes_read(a->reader);
    size_t count = slot->status == OK ? slot->given.item.comment_count : 0;
    slot->place_count = (count + BATCH - 1) / BATCH;
    slot->places = memory_alloc_array(slot->place_count, sizeof *slot->places);
    for (size_t k = 0; k < slot->place_count; k++)
        slot->places[k].left = count - k * BATCH < BATCH ? count - k * BATCH : BATCH;
    atomic_store_explicit(&slot->ready, 0, memory_order_relaxed);
}

static bool may_read(const struct ahead *a) {
    bool room = a->read - a->passed < AHEAD_ITEMS;
    return room && (a->bytes < AHEAD_BYTES || a->read == a->given);
}

static void *read_all(void *ctx) {
    struct ahead *a = ctx;
    pthread_setname_np(pthread_self(), "reading");
    enum status status = OK;
    pthread_mutex_lock(&a->lock);
    while (status == OK) {
        while (!a->stopping && !may_read(a)) wait_for_change(a);
        if (a->stopping) break;
        struct slot *slot = slot_of(a, a->read);
        pthread_mutex_unlock(&a->lock);
        read_item(a, slot);
        pthread_mutex_lock(&a->lock);
        status = slot->status;
        a->bytes += arena_used(slot->arena);
        a->read++;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* Preparing */

static struct batch *batch_new(const struct slot *slot, size_t k) {
    struct batch *batch = NEW(struct batch);
    size_t rest = slot->given.item.comment_count - k * BATCH;
    batch->count = rest < BATCH ? rest : BATCH;
    batch->arena = arena_new(BATCH_ARENA_MAX);
    return batch;
}

static void batch_free(struct batch *batch) {
    if (!batch) return;
    arena_free(batch->arena);
    memory_free(batch);
}

static void prepare_batch(struct ahead *a, struct slot *slot, size_t k) {
    struct batch *batch = batch_new(slot, k);
    const struct wxr_comment *comments = &slot->given.item.comments[k * BATCH];
    for (size_t i = 0; i < batch->count; i++)
        wordpress__prepare(a->options, a->language, &comments[i], batch->arena, &batch->comments[i]);
    slot->places[k].batch = batch;
}

/* With the lock. Whoever waits is never kept waiting for room. */
static void prepare_item(struct ahead *a, uint64_t n) {
    struct slot *slot = slot_of(a, n);
    bool wanted = wordpress__is_wanted(&slot->given.item);
    for (size_t k = 0; k < slot->place_count && wanted; k++) {
        while (!a->stopping && n >= a->unwanted && a->batches >= AHEAD_BATCHES && !a->waiting) wait_for_change(a);
        if (a->stopping || n < a->unwanted) return;
        if (!slot->places[k].dropped) {
            a->batches++;
            pthread_mutex_unlock(&a->lock);
            prepare_batch(a, slot, k);
            pthread_mutex_lock(&a->lock);
        }
        atomic_store_explicit(&slot->ready, k + 1, memory_order_release);
        if (a->waiting) pthread_cond_broadcast(&a->changed);
    }
}

static void *prepare_all(void *ctx) {
    struct ahead *a = ctx;
    pthread_setname_np(pthread_self(), "preparing");
    pthread_mutex_lock(&a->lock);
    while (!a->stopping) {
        uint64_t n = a->prepared;
        while (!a->stopping && a->read == n) wait_for_change(a);
        if (a->stopping || slot_of(a, n)->status != OK) break;
        prepare_item(a, n);
        a->prepared++;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* The importer */

struct ahead *ahead_new(struct wxr_reader *reader, const struct wordpress_options *options) {
    struct ahead *a = NEW(struct ahead);
    a->reader = reader;
    a->options = options;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    bool may_wait = wxr_bytes_total(reader) == 0;
    a->reads = !may_wait && pthread_create(&a->reading, NULL, read_all, a) == 0;
    return a;
}

void ahead_prepare(struct ahead *a, slice language, bool before_asked) {
    a->language = language;
    a->prepared = a->given - 1;
    a->prepares = before_asked && a->reads && pthread_create(&a->preparing, NULL, prepare_all, a) == 0;
}

static void drop_batches(struct ahead *a, struct slot *slot) {
    for (size_t k = 0; k < slot->place_count; k++) {
        a->batches -= slot->places[k].batch && a->prepares;
        batch_free(slot->places[k].batch);
    }
    memory_free(slot->places);
    slot->places = NULL;
    slot->place_count = 0;
}

void ahead_free(struct ahead *a) {
    if (!a) return;
    pthread_mutex_lock(&a->lock);
    a->stopping = true;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    if (a->reads) pthread_join(a->reading, NULL);
    if (a->prepares) pthread_join(a->preparing, NULL);
    for (size_t i = 0; i < AHEAD_ITEMS; i++) {
        drop_batches(a, &a->slots[i]);
        arena_free(a->slots[i].arena);
    }
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    memory_free(a);
}

/* With the lock: the item given last is done with, once nobody prepares it any more. */
static void pass(struct ahead *a) {
    if (!a->given) return;
    a->unwanted = a->given;
    pthread_cond_broadcast(&a->changed);
    while (a->prepares && a->prepared < a->unwanted) wait_for_change(a);
    struct slot *slot = slot_of(a, a->given - 1);
    drop_batches(a, slot);
    arena_reset(slot->arena);
    a->passed = a->given;
}

enum status ahead_next(struct ahead *a, const struct ahead_item **out, struct error *error) {
    pthread_mutex_lock(&a->lock);
    assert(!a->given || slot_of(a, a->given - 1)->status == OK);
    pass(a);
    struct slot *slot = slot_of(a, a->given);
    while (a->reads && a->read == a->given) wait_for_change(a);
    if (a->reads)
        a->bytes -= arena_used(slot->arena);
    else
        read_item(a, slot);
    a->given++;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    *out = &slot->given;
    if (slot->status) *error = slot->error;
    return slot->status;
}

static void wait_for_batch(struct ahead *a, struct slot *slot, size_t k) {
    if (atomic_load_explicit(&slot->ready, memory_order_acquire) > k) return;
    pthread_mutex_lock(&a->lock);
    a->waiting = true;
    pthread_cond_broadcast(&a->changed);
    while (atomic_load_explicit(&slot->ready, memory_order_acquire) <= k) wait_for_change(a);
    a->waiting = false;
    pthread_mutex_unlock(&a->lock);
}

const struct prepared_comment *ahead_comment(struct ahead *a, size_t index) {
    struct slot *slot = slot_of(a, a->given - 1);
    size_t k = index / BATCH;
    struct place *place = &slot->places[k];
    if (a->prepares) {
        wait_for_batch(a, slot, k);
        return &place->batch->comments[index % BATCH];
    }
    if (!place->batch) place->batch = batch_new(slot, k);
    struct batch *batch = place->batch;
    struct prepared_comment *comment = &batch->comments[index % BATCH];
    wordpress__prepare(a->options, a->language, &slot->given.item.comments[index], batch->arena, comment);
    return comment;
}

void ahead_drop(struct ahead *a, size_t index) {
    struct slot *slot = slot_of(a, a->given - 1);
    size_t k = index / BATCH;
    struct place *place = &slot->places[k];
    if (--place->left) return;
    pthread_mutex_lock(&a->lock);
    place->dropped = true;
    bool is_there = !a->prepares || atomic_load_explicit(&slot->ready, memory_order_acquire) > k;
    if (is_there && place->batch) {
        batch_free(place->batch);
        place->batch = NULL;
        a->batches -= a->prepares;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
}
