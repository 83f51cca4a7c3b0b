#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t offset;

time_ms clock_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (time_ms)t.tv_sec * 1000 + t.tv_nsec / 1000000 + atomic_load_explicit(&offset, memory_order_relaxed);
}

int64_t clock_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_monotonic_ms(void) { return clock_monotonic_ns() / 1000000; }

void clock_set_offset(int64_t offset_ms) { atomic_store(&offset, offset_ms); }
