/* What the programs of this folder measure with: times in a histogram, and the processor time of other processes. */
#ifndef PALABRE_BENCH_FIGURES_H
#define PALABRE_BENCH_FIGURES_H

#include <stdint.h>
#include <sys/types.h>

enum {
    /* 2^6 steps to each power of two of nanoseconds, thus within 1.6 %. */
    HISTOGRAM_STEP_BITS = 6,
    HISTOGRAM_BUCKETS = (64 - HISTOGRAM_STEP_BITS + 1) << HISTOGRAM_STEP_BITS,
};

/* Zeroed: empty. */
struct histogram {
    uint64_t count, slowest_ns;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

uint64_t clock_ns(void); /* monotonic */

void histogram_add(struct histogram *h, uint64_t ns);
void histogram_merge(struct histogram *into, const struct histogram *from);
double histogram_us(const struct histogram *h, double share); /* share 0 … 1: the percentile */
void histogram_print(const struct histogram *h);              /* p50_us=… and so on, a line each */

/* User and system time of the process and of its children that have ended: utime, stime, cutime, cstime of
   /proc/PID/stat (proc(5)), which the kernel scales to nanosecond run times, given in ticks of 10 ms. -1: no such. */
double cpu_seconds_of(pid_t pid);

#endif
