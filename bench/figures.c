#include "figures.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t clock_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static size_t bucket_of(uint64_t ns) {
    if (ns < (1u << HISTOGRAM_STEP_BITS)) return ns;
    unsigned power = 63u - (unsigned)__builtin_clzll(ns);
    unsigned shift = power - HISTOGRAM_STEP_BITS;
    return ((size_t)(shift + 1) << HISTOGRAM_STEP_BITS) + ((ns >> shift) & ((1u << HISTOGRAM_STEP_BITS) - 1));
}

static uint64_t bucket_top(size_t bucket) {
    if (bucket < (1u << HISTOGRAM_STEP_BITS)) return bucket;
    unsigned shift = (unsigned)(bucket >> HISTOGRAM_STEP_BITS) - 1;
    uint64_t step = (bucket & ((1u << HISTOGRAM_STEP_BITS) - 1)) | (1u << HISTOGRAM_STEP_BITS);
    return ((step + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t ns) {
    h->count++;
    h->buckets[bucket_of(ns)]++;
    if (ns > h->slowest_ns) h->slowest_ns = ns;
}

void histogram_merge(struct histogram *into, const struct histogram *from) {
    into->count += from->count;
    if (from->slowest_ns > into->slowest_ns) into->slowest_ns = from->slowest_ns;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) into->buckets[i] += from->buckets[i];
}

double histogram_us(const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t)((double)h->count * share), seen = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen <= wanted) continue;
        uint64_t top = bucket_top(i);
        return (double)(top < h->slowest_ns ? top : h->slowest_ns) / 1000.0;
    }
    return (double)h->slowest_ns / 1000.0;
}

void histogram_print(const struct histogram *h) {
    printf("p50_us=%.1f\np90_us=%.1f\np99_us=%.1f\np999_us=%.1f\nslowest_us=%.1f\n", histogram_us(h, .5),
           histogram_us(h, .9), histogram_us(h, .99), histogram_us(h, .999), (double)h->slowest_ns / 1000.0);
}

double cpu_seconds_of(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) fclose(file);
    text[n] = '\0';
    /* The name, in brackets, may hold anything: the fields are counted from the last bracket on. */
    const char *fields = strrchr(text, ')');
    unsigned long user, system;
    long children_user, children_system;
    if (!fields || sscanf(fields + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &user, &system,
                          &children_user, &children_system) != 4)
        return -1;
    return ((double)user + (double)system + (double)children_user + (double)children_system) /
           (double)sysconf(_SC_CLK_TCK);
}
