/* Time. One clock for the whole program, which tests can
   put ahead by so many seconds through the environment variable PALABRE_CLOCK. */
#ifndef PALABRE_BASE_CLOCK_H
#define PALABRE_BASE_CLOCK_H

#include <stdint.h>

/* A moment: milliseconds since 1970-01-01T00:00:00Z. */
typedef int64_t time_ms;

/* Any thread. Adds the offset of clock_set_offset to the system's clock. */
time_ms clock_now(void);
/* Milliseconds that only grow; for deadlines. Any thread. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_ns(void);
/* For tests: shifts clock_now() by so many milliseconds from now on. Any thread. */
void clock_set_offset(int64_t offset_ms);

#endif
