/* Many followers of one discussion: opens connections to a stream of server-sent events, each from one thread with epoll,
   and says when each event had reached them all. It only talks to this machine: other addresses are refused.

   Lines on standard output, flushed:

     ready FOLLOWERS SECONDS              every one has its head (200, text/event-stream) and its first event's id
     event ID FIRST MEDIAN P99 LAST       CLOCK_MONOTONIC, nanoseconds: when the event of that id (a version) had come to
                                          the first follower, to half of them, to 99 of 100, to the last

   A follower that is closed, or refused, ends the run with a message. Ends when standard input does.

   Ports of one address are few (ip_local_port_range): followers come from 127.0.0.2, 127.0.0.3 … as many as needed. */
#include "figures.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PER_ADDRESS = 20000, /* followers from one source address */
    AT_ONCE = 256,       /* connections being opened */
    EVENTS_AT_ONCE = 1024,
    IDS = 64, /* events under way */
    MOST = 1000000,
    STATUS_SIZE = 13,
};

enum phase { CONNECTING, IN_HEAD, FOLLOWING };

struct follower {
    int fd;
    enum phase phase;
    unsigned head_end;        /* how much of the empty line at a head's end is there */
    char status[STATUS_SIZE]; /* the answer's first bytes */
    unsigned status_size;
    unsigned column; /* of the line of the event stream, to 255 */
    char first;      /* its first byte */
    uint64_t id;
    bool has_data, is_ready;
};

struct arrivals {
    uint64_t id; /* 0: free */
    uint64_t *times;
    size_t count;
};

struct run {
    struct sockaddr_in server;
    char request[1024];
    size_t request_size, wanted, opened, pending, ready;
    struct follower *followers;
    struct arrivals arrivals[IDS];
    int epoll;
    uint64_t began_ns;
};

_Noreturn static void fail(const char *what, const char *detail) {
    fprintf(stderr, "follow: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    exit(EXIT_FAILURE);
}

static void open_follower(struct run *run) {
    struct follower *f = &run->followers[run->opened];
    uint32_t host = INADDR_LOOPBACK + 1 + (uint32_t)(run->opened / PER_ADDRESS);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    int on = 1;
    f->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (f->fd < 0) fail("socket", strerror(errno));
    setsockopt(f->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(f->fd, (const struct sockaddr *)&from, sizeof from) != 0) fail("bind", strerror(errno));
    int failed = connect(f->fd, (const struct sockaddr *)&run->server, sizeof run->server);
    if (failed && errno != EINPROGRESS) fail("connect", strerror(errno));
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = f};
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, f->fd, &event) != 0) fail("epoll", strerror(errno));
    run->opened++;
    run->pending++;
}

static void on_connected(struct run *run, struct follower *f) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) fail("connect", strerror(error));
    if (send(f->fd, run->request, run->request_size, MSG_NOSIGNAL) != (ssize_t)run->request_size)
        fail("send", strerror(errno));
    f->phase = IN_HEAD;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = f};
    epoll_ctl(run->epoll, EPOLL_CTL_MOD, f->fd, &event);
}

static void on_ready(struct run *run, struct follower *f) {
    f->is_ready = true;
    run->pending--;
    if (++run->ready < run->wanted) return;
    printf("ready %zu %.3f\n", run->ready, (double)(clock_ns() - run->began_ns) / 1e9);
    fflush(stdout);
}

/* The arrivals of that event; they come in the order of time. */
static void count_arrival(struct run *run, uint64_t id, uint64_t now) {
    struct arrivals *a = NULL, *empty = NULL;
    for (size_t i = 0; i < IDS && !a; i++) {
        if (run->arrivals[i].id == id) a = &run->arrivals[i];
        if (run->arrivals[i].id == 0) empty = &run->arrivals[i];
    }
    if (!a) {
        if (!empty) fail("too many events are under way", NULL);
        a = empty;
        a->id = id;
        a->count = 0;
        a->times = a->times ? a->times : calloc(run->wanted, sizeof *a->times);
        if (!a->times) fail("no memory", NULL);
    }
    a->times[a->count++] = now;
    if (a->count < run->wanted) return;
    printf("event %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", id, a->times[0],
           a->times[a->count / 2], a->times[a->count * 99 / 100], a->times[a->count - 1]);
    fflush(stdout);
    a->id = 0;
}

/* One byte of the event stream: "id: N", "data: …", an empty line ends an event. */
static void take_byte(struct run *run, struct follower *f, char c, uint64_t now) {
    if (c == '\n') {
        if (f->column == 0 && !f->is_ready)
            on_ready(run, f);
        else if (f->column == 0 && f->has_data)
            count_arrival(run, f->id, now);
        if (f->column == 0) f->has_data = false;
        f->column = 0;
        return;
    }
    if (f->column == 0) f->first = c;
    if (f->first == 'i' && f->column >= 4) f->id = (f->column == 4 ? 0 : f->id * 10) + (uint64_t)(c - '0');
    f->has_data |= f->first == 'd';
    f->column += f->column < 255;
}

static void take_head_byte(struct follower *f, char c) {
    static const char END[] = "\r\n\r\n";
    if (f->status_size < STATUS_SIZE - 1) f->status[f->status_size++] = c;
    f->head_end = c == END[f->head_end] ? f->head_end + 1 : c == '\r';
    if (f->head_end < 4) return;
    if (strcmp(f->status, "HTTP/1.1 200") != 0) fail("a follower is answered", f->status);
    f->phase = FOLLOWING;
}

static void on_readable(struct run *run, struct follower *f) {
    char bytes[8192];
    ssize_t n = recv(f->fd, bytes, sizeof bytes, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) fail("the server closed a follower", n < 0 ? strerror(errno) : NULL);
    uint64_t now = clock_ns();
    for (ssize_t i = 0; i < n; i++) {
        if (f->phase == IN_HEAD)
            take_head_byte(f, bytes[i]);
        else
            take_byte(run, f, bytes[i], now);
    }
}

/* False: standard input has ended. */
static bool take_event(struct run *run, struct follower *f) {
    char some[256];
    if (!f) return read(STDIN_FILENO, some, sizeof some) > 0;
    if (f->phase == CONNECTING)
        on_connected(run, f);
    else
        on_readable(run, f);
    return true;
}

static void follow(struct run *run) {
    struct epoll_event events[EVENTS_AT_ONCE];
    struct epoll_event input = {.events = EPOLLIN | EPOLLHUP, .data.ptr = NULL};
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0) fail("standard input", strerror(errno));
    for (bool goes_on = true; goes_on;) {
        while (run->opened < run->wanted && run->pending < AT_ONCE) open_follower(run);
        int count = epoll_wait(run->epoll, events, EVENTS_AT_ONCE, -1);
        for (int i = 0; i < count && goes_on; i++) goes_on = take_event(run, events[i].data.ptr);
    }
}

/* http://127.x.y.z:PORT/PATH */
static void read_target(struct run *run, const char *url) {
    char host[64], path[512];
    unsigned port;
    if (sscanf(url, "http://%63[0-9.]:%5u%511s", host, &port, path) != 3 || port > 65535) fail("not an address", url);
    run->server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &run->server.sin_addr) != 1 || strncmp(host, "127.", 4) != 0)
        fail("not an address of this machine", url);
    int n = snprintf(run->request, sizeof run->request,
                     "GET %s HTTP/1.1\r\nHost: %s:%u\r\nAccept: text/event-stream\r\n\r\n", path, host, port);
    run->request_size = (size_t)n;
}

int main(int argc, char **argv) {
    static const struct option LONG[] = {{"followers", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
    struct run run = {.wanted = 1000};
    for (int c; (c = getopt_long(argc, argv, "n:", LONG, NULL)) != -1;) {
        if (c != 'n') return 2;
        run.wanted = strtoul(optarg, NULL, 10);
    }
    if (optind != argc - 1 || run.wanted == 0 || run.wanted > MOST)
        fail("usage: follow [-n FOLLOWERS] http://127.0.0.1:PORT/articles/N/live", NULL);
    read_target(&run, argv[optind]);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    run.followers = calloc(run.wanted, sizeof *run.followers);
    run.epoll = epoll_create1(0);
    if (!run.followers || run.epoll < 0) fail("no memory", NULL);
    run.began_ns = clock_ns();
    follow(&run);
    return EXIT_SUCCESS;
}
