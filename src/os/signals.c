#include "os/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static void fill(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
}

enum status signals_init(struct error *error) {
    sigset_t set;
    fill(&set);
    int failed = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (failed) {
        return error_set(error, INTERNAL, "pthread_sigmask: %s", strerror(failed));
    }
    return OK;
}

enum signal_event signals_wait(int64_t timeout_ms) {
    sigset_t set;
    fill(&set);
    struct timespec limit = {.tv_sec = (time_t)(timeout_ms / 1000), .tv_nsec = (long)(timeout_ms % 1000) * 1000000};
    int number;
    do {
        number = timeout_ms < 0 ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &limit);
    } while (number < 0 && errno == EINTR);
    if (number < 0) {
        return SIGNAL_NONE;
    }
    return number == SIGHUP ? SIGNAL_RELOAD : SIGNAL_STOP;
}
