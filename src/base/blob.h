/* Immutable bytes that threads share: reference-counted, freed with the last reference. */
#ifndef PALABRE_BASE_BLOB_H
#define PALABRE_BASE_BLOB_H

#include "base/buf.h"
#include "base/slice.h"

struct blob {
    _Atomic int references;
    size_t n;
    const char *p; /* n bytes and a NUL that is not counted */
};

struct blob *blob_new(slice bytes);                /* a copy; one reference, the caller's */
struct blob *blob_new_take(struct buf *b);         /* takes the buffer's memory, no copy; the buffer is empty after */
struct blob *blob_ref(struct blob *blob);          /* any thread that holds one already */
void blob_unref(struct blob *blob);                /* any thread; NULL is fine */
slice blob_slice(const struct blob *blob_or_null); /* borrowed */

#endif
