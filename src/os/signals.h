/* Signals, taken by one thread that waits for them, and by no handler: main blocks them before it starts any thread, starts
   everything, then waits here for what to do. */
#ifndef PALABRE_OS_SIGNALS_H
#define PALABRE_OS_SIGNALS_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdint.h>

enum signal_event {
    SIGNAL_NONE,   /* the time is over */
    SIGNAL_STOP,   /* SIGTERM or SIGINT */
    SIGNAL_RELOAD, /* SIGHUP */
};

/* Blocks SIGTERM, SIGINT and SIGHUP in this thread and in those it starts from now on. Call it once, on the main thread, before
   any thread is started. (SIGPIPE: see loops_new.) */
enum status signals_init(struct error *error) MUST_USE;

/* Waits for the next event, at most timeout_ms (negative: for ever). One thread at a time. */
enum signal_event signals_wait(int64_t timeout_ms);

#endif
