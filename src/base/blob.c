#include "base/blob.h"

#include "base/memory.h"

#include <stdatomic.h>

struct blob *blob_new_take(struct buf *b) {
    struct blob *blob = NEW(struct blob);
    slice taken = buf_take(b);
    atomic_init(&blob->references, 1);
    blob->p = taken.p;
    blob->n = taken.n;
    return blob;
}

struct blob *blob_new(slice bytes) {
    struct buf b;
    buf_init(&b, bytes.n);
    buf_add(&b, bytes);
    return blob_new_take(&b);
}

struct blob *blob_ref(struct blob *blob) {
    atomic_fetch_add_explicit(&blob->references, 1, memory_order_relaxed);
    return blob;
}

void blob_unref(struct blob *blob) {
    if (!blob || atomic_fetch_sub_explicit(&blob->references, 1, memory_order_acq_rel) != 1) return;
    memory_free((void *)(uintptr_t)blob->p);
    memory_free(blob);
}

slice blob_slice(const struct blob *blob) { return blob ? (slice){blob->p, blob->n} : (slice){NULL, 0}; }
