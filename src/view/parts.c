#include "view/parts.h"

#include "base/memory.h"
#include "view/page_parts.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

/* Shared by the pages that hold it. */
struct shared {
    struct view__part part; /* first: a part's address is its shared one's */
    _Atomic int references;
    size_t size;
    char bytes[]; /* input, html, json */
};

struct view_parts {
    size_t count, bytes, rendered;
    struct shared *items[];
};

static struct shared *shared_of(const struct view__part *part) { return (struct shared *)(uintptr_t)part; }

struct view_parts *view__parts_new(size_t count) {
    struct view_parts *parts = memory_alloc(sizeof *parts + count * sizeof(struct shared *));
    parts->count = count;
    parts->bytes = sizeof *parts + count * sizeof(struct shared *);
    return parts;
}

static void shared_unref(struct shared *shared) {
    if (shared && atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) == 1) memory_free(shared);
}

void view_parts_free(struct view_parts *parts) {
    if (!parts) return;
    for (size_t i = 0; i < parts->count; i++) shared_unref(parts->items[i]);
    memory_free(parts);
}

size_t view_parts_bytes(const struct view_parts *parts) { return parts->bytes; }

size_t view_parts_rendered(const struct view_parts *parts) { return parts->rendered; }

const struct view__part *view__parts_find(const struct view_parts *former, int64_t number, slice input, size_t *at) {
    for (size_t n = 0; former && n < former->count; n++) {
        size_t i = (*at + n) % former->count;
        const struct view__part *part = former->items[i] ? &former->items[i]->part : NULL;
        if (!part || part->number != number) continue;
        *at = i + 1;
        return slice_equal(part->input, input) ? part : NULL;
    }
    return NULL;
}

static const struct view__part *put(struct view_parts *parts, size_t index, struct shared *shared) {
    assert(index < parts->count && !parts->items[index]);
    parts->items[index] = shared;
    parts->bytes += shared->size;
    return &shared->part;
}

const struct view__part *view__parts_share(struct view_parts *parts, size_t index, const struct view__part *found) {
    struct shared *shared = shared_of(found);
    atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
    return put(parts, index, shared);
}

static slice copy(char **to, slice s) {
    char *at = *to;
    if (s.n) memcpy(at, s.p, s.n);
    *to += s.n;
    return (slice){at, s.n};
}

const struct view__part *view__parts_add(struct view_parts *parts, size_t index, const struct view__part *made) {
    size_t size = sizeof(struct shared) + made->input.n + made->html.n + made->json.n;
    struct shared *shared = memory_alloc(size);
    char *at = shared->bytes;
    shared->size = size;
    atomic_init(&shared->references, 1);
    shared->part.number = made->number;
    shared->part.input = copy(&at, made->input);
    shared->part.html = copy(&at, made->html);
    shared->part.json = copy(&at, made->json);
    parts->rendered++;
    return put(parts, index, shared);
}

const struct view__part *view__parts_at(const struct view_parts *parts, size_t index) {
    return &parts->items[index]->part;
}
