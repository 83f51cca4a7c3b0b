#include "app/hot.h"

#include "base/memory.h"

#include <string.h>

enum { ENCODINGS = 8, ENCODING_BYTES = 96, HEADS = 64, ALL_ENCODINGS = (1 << HTTP_ENCODING_COUNT) - 1 };

struct place {
    struct page *page; /* a reference; NULL: empty */
    struct cache *cache;
    struct cache_key key;
    uint64_t version;  /* of the cache, before the page was last found in it */
    int64_t found_ms;  /* when that was; loop time */
    int64_t hits;      /* since then */
    uint64_t turn;     /* counts whom it was given to */
    uint32_t target_n; /* 0: empty */
    char target[HOT_TARGET_BYTES];
};

struct accepted {
    enum http_encoding encoding;
    uint32_t n; /* 0: empty */
    char text[ENCODING_BYTES];
};

/* What a head with that number asked for. */
struct head {
    uint64_t number;     /* 0: empty */
    struct place *place; /* NULL: not known */
    uint64_t turn;       /* of the place, then */
    bool has_encoding;
    enum http_encoding encoding;
};

/* Direct-mapped: two addresses that share a place take it from each other, and lose what finding it again costs. */
struct hot {
    struct place places[HOT_PAGES];
    struct accepted accepted[ENCODINGS];
    struct head heads[HEADS];
};

struct hot *hot_new(void) {
    return NEW(struct hot);
}

static void forget(struct place *place) {
    if (place->hits) cache_count_hits(place->cache, place->hits);
    page_unref(place->page);
    place->page = NULL;
    place->hits = 0;
    place->turn++;
    place->target_n = 0;
}

void hot_free(struct hot *hot) {
    if (!hot) return;
    for (size_t i = 0; i < HOT_PAGES; i++)
        if (hot->places[i].page) forget(&hot->places[i]);
    memory_free(hot);
}

/* Eight bytes at a time. Nothing bad comes of two that are equal. */
static size_t hash_of(slice s) {
    uint64_t hash = s.n, word;
    while (s.n >= sizeof word) {
        memcpy(&word, s.p, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
        s = slice_after(s, sizeof word);
    }
    word = 0;
    for (size_t i = 0; i < s.n; i++) word = word << 8 | (unsigned char)s.p[i];
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return (size_t)(hash >> 32);
}

/* Asks the cache again. False: it has another page by now, or none; forgotten. */
static bool confirm(struct place *place, int64_t now_ms) {
    uint64_t version = cache_version(place->cache); /* before it is found: a change in between is seen next time */
    struct page *page = cache_find(place->cache, &place->key);
    bool same = page == place->page;
    page_unref(page);
    if (!same) {
        forget(place);
        return false;
    }
    cache_count_hits(place->cache, place->hits);
    place->hits = 0;
    place->version = version;
    place->found_ms = now_ms;
    return true;
}

/* NULL: it has no number. */
static struct head *head_of(struct hot *hot, uint64_t number) {
    struct head *head = &hot->heads[number % HEADS];
    if (number && head->number != number) *head = (struct head){.number = number};
    return number ? head : NULL;
}

/* The target's place; NULL: it has none. */
static struct place *place_of(struct hot *hot, slice target) {
    struct place *place = &hot->places[hash_of(target) % HOT_PAGES];
    bool known = place->page && target.n == place->target_n && memcmp(place->target, target.p, target.n) == 0;
    return known ? place : NULL;
}

struct hot_page hot_find(struct hot *hot, uint64_t head_number, slice target, int64_t now_ms) {
    struct head *head = head_of(hot, head_number);
    bool is_sure = head && head->place && head->place->turn == head->turn;
    struct place *place = is_sure ? head->place : place_of(hot, target);
    if (!place) return (struct hot_page){.page = NULL};
    if (head && !is_sure) {
        head->place = place;
        head->turn = place->turn;
    }
    bool fresh = place->version == cache_version(place->cache) && now_ms - place->found_ms < HOT_MS;
    if (!fresh && !confirm(place, now_ms)) return (struct hot_page){.page = NULL};
    place->hits += fresh;
    return (struct hot_page){place->page, place->cache, &place->key};
}

void hot_remember(struct hot *hot, slice target, const struct hot_page *found) {
    if (target.n == 0 || target.n > HOT_TARGET_BYTES) return;
    struct place *place = &hot->places[hash_of(target) % HOT_PAGES];
    if (place->page) forget(place);
    place->turn++;
    place->page = page_ref(found->page);
    place->cache = found->cache;
    place->key = *found->key;
    place->version = cache_version(found->cache) - 1; /* not confirmed yet: the next who asks does that */
    place->found_ms = 0;
    place->target_n = (uint32_t)target.n;
    memcpy(place->target, target.p, target.n);
}

static enum http_encoding encoding_of(struct hot *hot, slice accept_encoding) {
    if (accept_encoding.n == 0 || accept_encoding.n > ENCODING_BYTES)
        return http_encoding_choose(accept_encoding, ALL_ENCODINGS);
    struct accepted *known = &hot->accepted[hash_of(accept_encoding) % ENCODINGS];
    if (known->n == accept_encoding.n && memcmp(known->text, accept_encoding.p, known->n) == 0) return known->encoding;
    known->encoding = http_encoding_choose(accept_encoding, ALL_ENCODINGS);
    known->n = (uint32_t)accept_encoding.n;
    memcpy(known->text, accept_encoding.p, accept_encoding.n);
    return known->encoding;
}

enum http_encoding hot_encoding(struct hot *hot, uint64_t head_number, slice accept_encoding) {
    struct head *head = head_of(hot, head_number);
    if (head && head->has_encoding) return head->encoding;
    enum http_encoding encoding = encoding_of(hot, accept_encoding);
    if (head) {
        head->encoding = encoding;
        head->has_encoding = true;
    }
    return encoding;
}
