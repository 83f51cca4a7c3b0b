#include "os/listen.h"

#include "base/memory.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static enum status failure(struct error *error, const char *where, const char *what) {
    int code = errno;
    enum status status = code == EADDRINUSE                ? CONFLICT
                         : code == EACCES || code == EPERM ? FORBIDDEN
                         : code == EADDRNOTAVAIL           ? INVALID
                                                           : UNAVAILABLE;
    return error_set(error, status, "cannot listen on %s: %s: %s", where, what, strerror(code));
}

struct place {
    char host[256]; /* empty: every address */
    char port[6];
    int number;
};

/* "HOST:PORT" into its parts; false when it is not of that form. */
static bool split(const char *where, struct place *out) {
    slice all = slice_of(where);
    bool bracket = slice_starts(all, S("["));
    size_t end = bracket ? slice_find(all, S("]:")) : slice_find_char(all, ':');
    if (end == SIZE_MAX) {
        return false;
    }
    slice host = slice_sub(all, bracket ? 1 : 0, end);
    slice port = slice_after(all, end + (bracket ? 2 : 1));
    uint64_t number;
    if (host.n >= sizeof out->host || port.n >= sizeof out->port || !slice_to_uint64(port, &number) || number > 65535) {
        return false;
    }
    snprintf(out->host, sizeof out->host, "%.*s", SLICE_FMT(host));
    snprintf(out->port, sizeof out->port, "%.*s", SLICE_FMT(port));
    out->number = (int)number;
    return true;
}

static int port_of(int fd) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    if (address.ss_family == AF_INET6) {
        return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
    }
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

static void set_port(struct sockaddr *address, int port) {
    if (address->sa_family == AF_INET6) {
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons((uint16_t)port);
    } else {
        ((struct sockaddr_in *)(void *)address)->sin_port = htons((uint16_t)port);
    }
}

/* A bound socket, or -1 with errno. v6_only: so that [::] and 0.0.0.0 can stand side by side. */
static int bind_tcp(const struct addrinfo *info, bool share, bool v6_only) {
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    const int on = 1;
    const int only = v6_only;
    bool fine = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                (!share || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
                (info->ai_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) == 0) &&
                bind(fd, info->ai_addr, info->ai_addrlen) == 0;
    if (!fine) {
        int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

/* SO_REUSEPORT would let a second server of the same user bind beside a first one, and steal half of its readers: see
   first, without it, that nobody listens there. */
static bool is_free(const struct addrinfo *info, bool v6_only) {
    int fd = bind_tcp(info, false, v6_only);
    if (fd < 0) {
        return false;
    }
    bool free = listen(fd, 1) == 0;
    int code = errno;
    close(fd);
    errno = code;
    return free;
}

static void close_all(int *fds, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
            fds[i] = -1;
        }
    }
}

/* One address: all its copies, or none. With `out->port` 0 the first copy finds the port, for all that follow. */
static enum status open_address(const char *where, struct addrinfo *info, bool v6_only, struct listening *out,
                                struct error *error) {
    set_port(info->ai_addr, out->port);
    if (out->port != 0 && !is_free(info, v6_only)) {
        return failure(error, where, "bind");
    }
    int *fds = out->fds + out->address_count * out->copies;
    int port = out->port;
    for (size_t i = 0; i < out->copies; i++) {
        set_port(info->ai_addr, port);
        fds[i] = bind_tcp(info, out->copies > 1, v6_only);
        if (fds[i] < 0 || listen(fds[i], BACKLOG) != 0) {
            enum status status = failure(error, where, fds[i] < 0 ? "bind" : "listen");
            close_all(fds, out->copies);
            return status;
        }
        port = port_of(fds[i]);
    }
    out->port = port;
    out->address_count++;
    return OK;
}

static enum status open_each(const char *where, struct addrinfo *list, bool v6_only, struct listening *out,
                             struct error *error) {
    enum status status = OK;
    for (struct addrinfo *info = list; info && out->address_count < LISTEN_ADDRESSES_MAX; info = info->ai_next) {
        enum status one = open_address(where, info, v6_only, out, error);
        /* A name stands for ::1 as well on machines that have no IPv6: one address that works is enough, unless
           the other is in use or forbidden. */
        if (one == CONFLICT || one == FORBIDDEN) {
            return one;
        }
        status = one != OK ? one : status;
    }
    return out->address_count > 0 ? OK : status;
}

static enum status open_tcp(const char *where, struct listening *out, struct error *error) {
    struct place place;
    if (!split(where, &place)) {
        return error_set(error, INVALID, "cannot listen on '%s': it is not HOST:PORT, [IPV6]:PORT, :PORT or unix:PATH",
                         where);
    }
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int failed = getaddrinfo(place.host[0] ? place.host : NULL, place.port, &hints, &list);
    if (failed) {
        return error_set(error, INVALID, "cannot listen on %s: %s", where, gai_strerror(failed));
    }
    out->port = place.number;
    enum status status = open_each(where, list, true, out, error);
    freeaddrinfo(list);
    return status;
}

/* Whether somebody answers on the socket at this path; one that nobody does is left over from a crash. */
static bool is_alive(const struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return alive;
}

static int bind_unix(const struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    struct stat info;
    if (lstat(address->sun_path, &info) == 0 && S_ISSOCK(info.st_mode) && !is_alive(address)) {
        unlink(address->sun_path);
    }
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 || chmod(address->sun_path, 0660) != 0 ||
        listen(fd, BACKLOG) != 0) {
        int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

static enum status open_unix(const char *where, const char *path, struct listening *out, struct error *error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof address.sun_path || n >= sizeof out->path) {
        return error_set(error, INVALID, "cannot listen on %s: the path must have 1 to %zu bytes", where,
                         sizeof address.sun_path - 1);
    }
    memcpy(address.sun_path, path, n);
    out->fds[0] = bind_unix(&address);
    if (out->fds[0] < 0) {
        return failure(error, where, "bind");
    }
    out->is_unix = true;
    out->address_count = 1;
    memcpy(out->path, path, n + 1);
    for (size_t i = 1; i < out->copies; i++) {
        out->fds[i] = fcntl(out->fds[0], F_DUPFD_CLOEXEC, 0);
        if (out->fds[i] < 0) {
            return failure(error, where, "dup");
        }
    }
    return OK;
}

enum status listen_open(const char *where, size_t copies, struct listening *out, struct error *error) {
    struct listening listening = {.copies = copies};
    listening.fds = memory_alloc_array(copies * LISTEN_ADDRESSES_MAX, sizeof *listening.fds);
    for (size_t i = 0; i < copies * LISTEN_ADDRESSES_MAX; i++) {
        listening.fds[i] = -1;
    }
    slice all = slice_of(where);
    enum status status = slice_starts(all, S("unix:")) ? open_unix(where, where + 5, &listening, error)
                                                       : open_tcp(where, &listening, error);
    if (status != OK) {
        listen_close(&listening);
        return status;
    }
    *out = listening;
    return OK;
}

int listen_take(struct listening *listening, size_t address, size_t copy) {
    int *fd = &listening->fds[address * listening->copies + copy];
    int taken = *fd;
    *fd = -1;
    return taken;
}

void listen_close(struct listening *listening) {
    if (!listening->fds) {
        return;
    }
    close_all(listening->fds, listening->copies * LISTEN_ADDRESSES_MAX);
    memory_free(listening->fds);
    if (listening->is_unix) {
        unlink(listening->path);
    }
    *listening = (struct listening){0};
}
