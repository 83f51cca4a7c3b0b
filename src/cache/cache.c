/* Locking: a shard's mutex guards its table, its entries and their lists of waiters; it is never held while a page is
   made, while a waiter is told, or while another shard's is held. A page is immutable; the entry holds one reference.

   An entry lives as long as it has a page, a rendering under way, or somebody waiting. `change` counts what happened to
   it: a rendering notes it when it starts, so that a page knows which changes it holds. */
#include "cache/cache.h"

#include "base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { SHARDS = 16, FIRST_SLOTS = 64 };

struct entry {
    struct cache_key key;
    struct entry *next;
    struct cache *cache;
    struct page *page;         /* NULL: none yet, or dropped */
    uint64_t change;           /* how often it was renewed or dropped */
    uint64_t page_change;      /* the change that `page` holds */
    uint64_t rendering_change; /* that the rendering under way will hold */
    time_ms stale_at;          /* the page lacks something since then; 0: it does not */
    bool rendering;
    bool finishing; /* its page is being compressed */
    bool renew;     /* a change came for which nobody's asking is awaited */
    bool used;      /* since the last sweep */
    bool read;      /* the page, since it was made */
    struct cache_waiter *waiters;
};

struct shard {
    pthread_mutex_t lock;
    struct entry **slots;
    size_t slot_count, entry_count;
};

struct cache {
    struct cache_options options;
    struct shard shards[SHARDS];
    _Atomic int64_t pages, bytes, hits, misses, renderings, evictions;
    _Atomic unsigned sweep; /* the shard to sweep next */
    _Atomic uint64_t version;
};

static uint64_t key_hash(const struct cache_key *key) {
    uint64_t h = (uint64_t)key->id * 0x9E3779B97F4A7C15u;
    h ^= ((uint64_t)key->number + 0x632BE59BD9B4E019u) * 0xC2B2AE3D27D4EB4Fu;
    h ^= (uint64_t)key->kind << 17 ^ (uint64_t)key->language << 9 ^ (uint64_t)key->order << 3;
    h ^= h >> 29;
    h *= 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

static bool key_equal(const struct cache_key *a, const struct cache_key *b) {
    return a->id == b->id && a->number == b->number && a->kind == b->kind && a->language == b->language &&
           a->order == b->order;
}

static struct shard *shard_of(struct cache *cache, const struct cache_key *key) {
    return &cache->shards[key_hash(key) % SHARDS];
}

static struct entry **slot_of(struct shard *shard, const struct cache_key *key) {
    return &shard->slots[key_hash(key) / SHARDS % shard->slot_count];
}

static struct entry *lookup(struct shard *shard, const struct cache_key *key) {
    struct entry *entry = *slot_of(shard, key);
    while (entry && !key_equal(&entry->key, key)) entry = entry->next;
    return entry;
}

static void grow(struct shard *shard) {
    struct entry **old = shard->slots;
    size_t old_count = shard->slot_count;
    shard->slot_count *= 2;
    shard->slots = memory_alloc_array(shard->slot_count, sizeof *shard->slots);
    for (size_t i = 0; i < old_count; i++) {
        for (struct entry *entry = old[i]; entry;) {
            struct entry *next = entry->next;
            struct entry **slot = slot_of(shard, &entry->key);
            entry->next = *slot;
            *slot = entry;
            entry = next;
        }
    }
    memory_free(old);
}

static struct entry *lookup_or_add(struct cache *cache, struct shard *shard, const struct cache_key *key) {
    struct entry *entry = lookup(shard, key);
    if (entry) return entry;
    if (shard->entry_count >= shard->slot_count) grow(shard);
    entry = NEW(struct entry);
    entry->key = *key;
    entry->cache = cache;
    struct entry **slot = slot_of(shard, key);
    entry->next = *slot;
    *slot = entry;
    shard->entry_count++;
    return entry;
}

static void set_page(struct cache *cache, struct entry *entry, struct page *page) {
    if (page != entry->page) atomic_fetch_add(&cache->version, 1);
    if (entry->page) {
        atomic_fetch_sub(&cache->bytes, (int64_t)entry->page->bytes);
        atomic_fetch_sub(&cache->pages, 1);
        page_unref(entry->page);
    }
    if (page) {
        atomic_fetch_add(&cache->bytes, (int64_t)page->bytes);
        atomic_fetch_add(&cache->pages, 1);
    }
    entry->page = page;
}

/* Removes the entry from its shard when nothing holds it any more. */
static void let_go_if_empty(struct shard *shard, struct entry *entry) {
    if (entry->page || entry->rendering || entry->finishing || entry->waiters) return;
    struct entry **at = slot_of(shard, &entry->key);
    while (*at != entry) at = &(*at)->next;
    *at = entry->next;
    shard->entry_count--;
    memory_free(entry);
}

/* The first entry, and the one after another, of a shard; with its lock. What comes next is found before the entry is
   looked at, which may then go. */
static struct entry *next_entry(struct shard *shard, size_t *slot, struct entry *after) {
    if (after && after->next) return after->next;
    for (*slot += after != NULL; *slot < shard->slot_count; ++*slot)
        if (shard->slots[*slot]) return shard->slots[*slot];
    return NULL;
}

/* With the lock: lets go the page of an entry that was not used since the last sweep. */
static void sweep_entry(struct cache *cache, struct shard *shard, struct entry *entry) {
    bool keep = entry->used || !entry->page || entry->rendering;
    entry->used = false;
    if (keep) return;
    set_page(cache, entry, NULL);
    atomic_fetch_add(&cache->evictions, 1);
    let_go_if_empty(shard, entry);
}

/* Shard by shard, until the bytes fit again. Two rounds see everything once unused. */
static void evict(struct cache *cache) {
    for (int i = 0; i < 2 * SHARDS && atomic_load(&cache->bytes) > (int64_t)cache->options.max_bytes; i++) {
        struct shard *shard = &cache->shards[atomic_fetch_add(&cache->sweep, 1) % SHARDS];
        size_t slot = 0;
        pthread_mutex_lock(&shard->lock);
        for (struct entry *entry = next_entry(shard, &slot, NULL), *next; entry; entry = next) {
            next = next_entry(shard, &slot, entry);
            sweep_entry(cache, shard, entry);
        }
        pthread_mutex_unlock(&shard->lock);
    }
}

static void tell_all(struct cache_waiter *waiters, enum status status, struct page *page, const struct error *error) {
    while (waiters) {
        struct cache_waiter *next = waiters->next;
        waiters->ready(waiters, status, page, error);
        waiters = next;
    }
}

/* Takes off the entry's list those who are content with what holds `change`. */
static struct cache_waiter *take_waiters(struct entry *entry, uint64_t change) {
    struct cache_waiter *taken = NULL, **at = &entry->waiters;
    while (*at) {
        struct cache_waiter *waiter = *at;
        if (waiter->change > change) {
            at = &waiter->next;
            continue;
        }
        *at = waiter->next;
        waiter->next = taken;
        taken = waiter;
    }
    return taken;
}

static void run_rendering(void *job, void *thread_state);
static void refuse_rendering(void *job, void *thread_state);
static void run_finishing(void *job, void *thread_state);

static enum page_effort effort_for(const struct cache *cache, const struct page *page) {
    return clock_now() - page->made_at >= cache->options.quiet_ms ? PAGE_NOW : PAGE_FAST;
}

/* With the shard locked: readers get the page as it is; compressed forms that are wanted come when a worker has nothing
   better to do. Where the queue is full, it stays as it is until somebody asks again. */
static void start_finishing(struct cache *cache, struct entry *entry) {
    if (entry->finishing || !entry->page) return;
    unsigned wanted = atomic_load_explicit(&entry->page->wanted, memory_order_relaxed);
    if (!page_may_gain(entry->page, effort_for(cache, entry->page), wanted)) return;
    entry->finishing = pool_submit(cache->options.pool, run_finishing, entry) == OK;
}

static void run_finishing(void *job, void *thread_state) {
    struct entry *entry = job;
    struct cache *cache = entry->cache;
    struct shard *shard = shard_of(cache, &entry->key);
    (void)thread_state;
    pthread_mutex_lock(&shard->lock);
    struct page *page = entry->page ? page_ref(entry->page) : NULL, *finished = NULL;
    pthread_mutex_unlock(&shard->lock);
    if (page) finished = page_compress(page, effort_for(cache, page), atomic_load(&page->wanted));
    pthread_mutex_lock(&shard->lock);
    entry->finishing = false;
    if (finished && entry->page == page) {
        (void)page_want(finished, atomic_load(&page->wanted));
        set_page(cache, entry, finished);
        finished = NULL;
    }
    start_finishing(cache, entry); /* another page came meanwhile, or another wish */
    let_go_if_empty(shard, entry);
    pthread_mutex_unlock(&shard->lock);
    page_unref(page);
    page_unref(finished);
}

/* With the shard locked: there will be no rendering now. Gives back those to be told. */
static struct cache_waiter *give_up_rendering(struct cache *cache, struct entry *entry) {
    entry->rendering = false;
    if (entry->page_change < entry->change) set_page(cache, entry, NULL); /* stale, and nothing will renew it */
    return take_waiters(entry, UINT64_MAX);
}

/* With the shard locked: starts a rendering unless one is under way. Gives back those to be told that there are too many
   to be made. */
static struct cache_waiter *start_rendering(struct cache *cache, struct entry *entry) {
    if (entry->rendering) return NULL;
    struct pool_offer offer = {.lane = POOL_URGENT, .run = run_rendering, .late = refuse_rendering, .job = entry};
    entry->rendering = true;
    entry->rendering_change = entry->change;
    if (pool_offer(cache->options.pool, &offer) == OK) return NULL;
    return give_up_rendering(cache, entry);
}

/* On a worker: its turn came too late. */
static void refuse_rendering(void *job, void *thread_state) {
    struct entry *entry = job;
    struct cache *cache = entry->cache;
    struct shard *shard = shard_of(cache, &entry->key);
    (void)thread_state;
    pthread_mutex_lock(&shard->lock);
    entry->renew = false;
    struct cache_waiter *refused = give_up_rendering(cache, entry);
    let_go_if_empty(shard, entry);
    pthread_mutex_unlock(&shard->lock);
    tell_all(refused, BUSY, NULL, &(struct error){BUSY, "too many pages are being made"});
}

/* With the shard locked: the encodings in which the page that is being made will be read at once: as those who wait say, and
   as its former was. */
static unsigned wanted_at_once(const struct entry *entry, struct page *former) {
    unsigned wanted = former ? atomic_load_explicit(&former->wanted, memory_order_relaxed) : 0;
    for (const struct cache_waiter *waiter = entry->waiters; waiter; waiter = waiter->next) wanted |= waiter->wanted;
    return wanted;
}

/* With the shard locked: notes which changes the rendering that begins now will hold. Gives the page it replaces. What
   changes from here on may or may not be in the new one: only what was counted before surely is. */
static struct page *begin_rendering(struct entry *entry) {
    entry->rendering_change = entry->change;
    entry->renew = false;
    entry->stale_at = 0;
    return entry->page ? page_ref(entry->page) : NULL;
}

/* With the shard locked: the rendering has ended; page (taken, NULL: it failed) is what it made. Gives those to be told, and
   in *refused those who would have waited for another one. */
static struct cache_waiter *end_rendering(struct entry *entry, struct page *page, struct cache_waiter **refused) {
    struct cache *cache = entry->cache;
    entry->rendering = false;
    entry->page_change = entry->rendering_change;
    bool outdated = entry->page_change < entry->change;
    set_page(cache, entry, page);
    struct cache_waiter *told = take_waiters(entry, entry->page_change);
    entry->used = true;
    entry->read = false;
    for (const struct cache_waiter *waiter = told; waiter; waiter = waiter->next) entry->read |= waiter->reads;
    if (entry->waiters || entry->renew)
        *refused = start_rendering(cache, entry);
    else if (outdated)
        set_page(cache, entry, NULL);
    return told;
}

static void run_rendering(void *job, void *thread_state) {
    struct entry *entry = job;
    struct cache *cache = entry->cache;
    struct shard *shard = shard_of(cache, &entry->key);
    struct page *page = NULL;
    struct error error = {OK, ""};
    pthread_mutex_lock(&shard->lock);
    struct page *former = begin_rendering(entry);
    pthread_mutex_unlock(&shard->lock);
    enum status status = cache->options.render(cache->options.ctx, thread_state, &entry->key, former, &page, &error);
    assert((status == OK) == (page != NULL));
    atomic_fetch_add(&cache->renderings, 1);

    pthread_mutex_lock(&shard->lock);
    unsigned wanted = wanted_at_once(entry, former);
    pthread_mutex_unlock(&shard->lock);
    if (page) page_add_forms(page, PAGE_FAST, wanted);

    struct cache_waiter *refused = NULL;
    struct page *shown = page ? page_ref(page) : NULL;
    if (!page && former && status == UNAVAILABLE && cache->options.keeps) {
        page = page_ref(former);
        atomic_store(&page->confirmed, 0);
    }
    page_unref(former);
    pthread_mutex_lock(&shard->lock);
    struct cache_waiter *told = end_rendering(entry, page, &refused);
    let_go_if_empty(shard, entry);
    pthread_mutex_unlock(&shard->lock);

    tell_all(told, status, shown, &error);
    page_unref(shown);
    tell_all(refused, BUSY, NULL, &error);
    if (atomic_load(&cache->bytes) > (int64_t)cache->options.max_bytes) evict(cache);
}

struct cache *cache_new(const struct cache_options *options) {
    struct cache *cache = NEW(struct cache);
    cache->options = *options;
    for (int i = 0; i < SHARDS; i++) {
        pthread_mutex_init(&cache->shards[i].lock, NULL);
        cache->shards[i].slot_count = FIRST_SLOTS;
        cache->shards[i].slots = memory_alloc_array(FIRST_SLOTS, sizeof(struct entry *));
    }
    return cache;
}

void cache_free(struct cache *cache) {
    if (!cache) return;
    for (int i = 0; i < SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        size_t slot = 0;
        for (struct entry *entry = next_entry(shard, &slot, NULL), *next; entry; entry = next) {
            next = next_entry(shard, &slot, entry);
            page_unref(entry->page);
            memory_free(entry);
        }
        memory_free(shard->slots);
        pthread_mutex_destroy(&shard->lock);
    }
    memory_free(cache);
}

/* With the shard locked, of an entry with a page. */
static bool is_stale(const struct entry *entry) {
    if (!entry->page->fresh_until && !entry->stale_at) return false;
    time_ms now = clock_now();
    return (entry->page->fresh_until && now > entry->page->fresh_until) || (entry->stale_at && now >= entry->stale_at);
}

struct page *cache_find(struct cache *cache, const struct cache_key *key) {
    struct shard *shard = shard_of(cache, key);
    struct cache_waiter *refused = NULL;
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = lookup(shard, key);
    struct page *page = entry && entry->page ? page_ref(entry->page) : NULL;
    if (page) {
        entry->used = entry->read = true;
        start_finishing(cache, entry);
        if (!entry->rendering && is_stale(entry)) {
            refused = start_rendering(cache, entry);
            let_go_if_empty(shard, entry);
        }
    }
    pthread_mutex_unlock(&shard->lock);
    tell_all(refused, BUSY, NULL, &(struct error){BUSY, "too many pages are being made"});
    atomic_fetch_add_explicit(page ? &cache->hits : &cache->misses, 1, memory_order_relaxed);
    return page;
}

static void add_waiter(struct entry *entry, struct cache_waiter *waiter, bool reads) {
    if (!waiter) return;
    waiter->change = entry->change;
    waiter->reads = reads;
    waiter->next = entry->waiters;
    entry->waiters = waiter;
}

void cache_want(struct cache *cache, const struct cache_key *key, struct cache_waiter *waiter) {
    struct shard *shard = shard_of(cache, key);
    struct cache_waiter *refused = NULL;
    struct page *there = NULL;
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = lookup_or_add(cache, shard, key);
    if (entry->page) {
        entry->used = entry->read = true;
        there = page_ref(entry->page);
    } else {
        add_waiter(entry, waiter, true);
        refused = start_rendering(cache, entry);
        let_go_if_empty(shard, entry);
    }
    pthread_mutex_unlock(&shard->lock);
    if (there) waiter->ready(waiter, OK, there, NULL);
    page_unref(there);
    tell_all(refused, BUSY, NULL, &(struct error){BUSY, "too many pages are being made"});
}

/* With the shard locked. */
static void drop(struct cache *cache, struct shard *shard, struct entry *entry) {
    entry->change++;
    set_page(cache, entry, NULL);
    let_go_if_empty(shard, entry);
}

void cache_renew(struct cache *cache, const struct cache_key *key, struct cache_waiter *waiter) {
    struct shard *shard = shard_of(cache, key);
    struct cache_waiter *refused = NULL;
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = lookup(shard, key);
    bool awaited = entry && ((entry->page && entry->read) || entry->rendering);
    if (awaited) {
        entry->change++;
        entry->renew = true;
        add_waiter(entry, waiter, false);
        refused = start_rendering(cache, entry);
        let_go_if_empty(shard, entry);
    } else if (entry) {
        drop(cache, shard, entry);
    }
    pthread_mutex_unlock(&shard->lock);
    tell_all(refused, BUSY, NULL, &(struct error){BUSY, "too many pages are being made"});
    if (!awaited && waiter)
        waiter->ready(waiter, NOT_FOUND, NULL, &(struct error){NOT_FOUND, "nobody reads this page"});
}

void cache_drop(struct cache *cache, const struct cache_key *key) {
    struct shard *shard = shard_of(cache, key);
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = lookup(shard, key);
    if (entry) drop(cache, shard, entry);
    pthread_mutex_unlock(&shard->lock);
}

void cache_expire(struct cache *cache, const struct cache_key *key, time_ms at) {
    struct shard *shard = shard_of(cache, key);
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = lookup(shard, key);
    if (entry && (entry->stale_at == 0 || at < entry->stale_at)) entry->stale_at = at;
    pthread_mutex_unlock(&shard->lock);
}

void cache_drop_matching(struct cache *cache, bool (*fits)(void *ctx, const struct cache_key *key), void *ctx) {
    for (int i = 0; i < SHARDS; i++) {
        struct shard *shard = &cache->shards[i];
        size_t slot = 0;
        pthread_mutex_lock(&shard->lock);
        for (struct entry *entry = next_entry(shard, &slot, NULL), *next; entry; entry = next) {
            next = next_entry(shard, &slot, entry);
            if (fits(ctx, &entry->key)) drop(cache, shard, entry);
        }
        pthread_mutex_unlock(&shard->lock);
    }
}

uint64_t cache_version(const struct cache *cache) {
    return atomic_load_explicit(&cache->version, memory_order_acquire);
}

void cache_count_hits(struct cache *cache, int64_t count) {
    atomic_fetch_add_explicit(&cache->hits, count, memory_order_relaxed);
}

void cache_add_forms(struct cache *cache, const struct cache_key *key, struct page *page) {
    struct shard *shard = shard_of(cache, key);
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = lookup(shard, key);
    if (entry && entry->page == page) start_finishing(cache, entry);
    pthread_mutex_unlock(&shard->lock);
}

struct cache_figures cache_figures(struct cache *cache) {
    return (struct cache_figures){
        atomic_load(&cache->pages),  atomic_load(&cache->bytes),      atomic_load(&cache->hits),
        atomic_load(&cache->misses), atomic_load(&cache->renderings), atomic_load(&cache->evictions),
    };
}
