/* The lock guards how many batches were given, made and taken; what is in them is handed over by that. */
#include "domain/search_ahead.h"

#include "base/memory.h"
#include "domain/search_terms.h"

#include <assert.h>
#include <pthread.h>

enum { SLOTS = SEARCH_AHEAD_BATCHES + 1, BATCH_BYTES = 1024 * 1024 * 1024 /* of what one may take; soft */ };

struct search_ahead {
    pthread_t thread;
    struct search_batch slots[SLOTS]; /* batch n is in slot n % SLOTS */
    uint64_t taken;                   /* the giver's */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t given, made;
    bool stopping;
};

static void make_words(struct search_maker *maker, struct search_batch *batch) {
    batch->status = OK;
    for (size_t i = 0; i < batch->count && batch->status == OK; i++) {
        struct search_message *m = &batch->messages[i];
        batch->status = search__make_words(maker, m, &batch->error);
        if (batch->status == OK) m->words = arena_copy(batch->arena, buf_slice(&maker->words));
    }
}

static void *make_all(void *ctx) {
    struct search_ahead *a = ctx;
    struct search_maker maker;
    pthread_setname_np(pthread_self(), "terms");
    search__maker_init(&maker);
    search_stemmers_remember(maker.stemmers);
    pthread_mutex_lock(&a->lock);
    for (;;) {
        while (!a->stopping && a->made == a->given) pthread_cond_wait(&a->changed, &a->lock);
        if (a->stopping) break;
        struct search_batch *batch = &a->slots[a->made % SLOTS];
        pthread_mutex_unlock(&a->lock);
        make_words(&maker, batch);
        pthread_mutex_lock(&a->lock);
        a->made++;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    search__maker_fini(&maker);
    return NULL;
}

static void release(struct search_ahead *a) {
    for (size_t i = 0; i < SLOTS; i++) arena_free(a->slots[i].arena);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    memory_free(a);
}

struct search_ahead *search__ahead_new(void) {
    struct search_ahead *a = NEW(struct search_ahead);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    for (size_t i = 0; i < SLOTS; i++) a->slots[i].arena = arena_new(BATCH_BYTES);
    if (pthread_create(&a->thread, NULL, make_all, a) == 0) return a;
    release(a);
    return NULL;
}

void search__ahead_free(struct search_ahead *a) {
    if (!a) return;
    pthread_mutex_lock(&a->lock);
    a->stopping = true;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    release(a);
}

/* given is written by this thread alone. */
size_t search__ahead_given(const struct search_ahead *a) { return (size_t)(a->given - a->taken); }

struct search_batch *search__ahead_batch(struct search_ahead *a) {
    assert(search__ahead_given(a) < SLOTS);
    struct search_batch *batch = &a->slots[a->given % SLOTS];
    arena_reset(batch->arena);
    batch->count = 0;
    return batch;
}

void search__ahead_give(struct search_ahead *a) {
    pthread_mutex_lock(&a->lock);
    a->given++;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

const struct search_batch *search__ahead_take(struct search_ahead *a) {
    assert(search__ahead_given(a) > 0);
    pthread_mutex_lock(&a->lock);
    while (a->made == a->taken) pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
    return &a->slots[a->taken++ % SLOTS];
}
