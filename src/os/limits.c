#include "os/limits.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

size_t limits_raise_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 1024;
    }
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        limit.rlim_cur = before;
    }
    return limit.rlim_cur > 1000000000 ? 1000000000 : (size_t)limit.rlim_cur;
}

/* A system that does not let a thread do so runs as it did before. */
void limits_step_back(enum limits_priority priority) {
    id_t thread = (id_t)gettid();
    errno = 0;
    int nice_now = getpriority(PRIO_PROCESS, thread);
    if (errno == 0) {
        (void)setpriority(PRIO_PROCESS, thread, nice_now + (int)priority);
    }
}
