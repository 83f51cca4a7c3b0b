/* The floor under a web server: a loop that reads whatever comes, looks only for the blank line that ends a request, and
   answers each with the same prepared bytes. What a server reaches beside this says what its parsing, routing and
   choosing cost. One thread, epoll, loopback.

     bare PORT FILE    FILE holds a whole answer, head and body; prints "listening" when it does */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, READ_SIZE = 64 * 1024, MAX_ANSWER = 16 * 1024 * 1024 };

struct answer {
    char *bytes;
    size_t size;
};

struct connection {
    int fd;
    size_t owed;     /* answers, the one that is being written included */
    size_t written;  /* of the first of them */
    unsigned ending; /* how many of the four bytes of "\r\n\r\n" the input ends in */
};

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "bare: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static struct answer read_answer(const char *path) {
    struct answer answer = {malloc(MAX_ANSWER), 0};
    FILE *file = fopen(path, "rb");
    if (!file || !answer.bytes) fail(path);
    answer.size = fread(answer.bytes, 1, MAX_ANSWER, file);
    if (answer.size == 0 || !feof(file)) fail(path);
    fclose(file);
    return answer;
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0) fail("listen");
    return fd;
}

static void count_requests(struct connection *c, const char *p, size_t n) {
    static const char end[] = "\r\n\r\n";
    for (size_t i = 0; i < n; i++) {
        if (p[i] == end[c->ending]) {
            c->ending++;
        } else {
            c->ending = p[i] == '\r';
        }
        if (c->ending == 4) {
            c->ending = 0;
            c->owed++;
        }
    }
}

/* False when the connection is over. */
static bool write_answers(struct connection *c, const struct answer *answer) {
    while (c->owed > 0) {
        ssize_t n = send(c->fd, answer->bytes + c->written, answer->size - c->written, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN;
        c->written += (size_t)n;
        if (c->written == answer->size) {
            c->written = 0;
            c->owed--;
        }
    }
    return true;
}

static bool serve(struct connection *c, const struct answer *answer) {
    static char input[READ_SIZE];
    ssize_t n = recv(c->fd, input, sizeof input, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) return false;
    if (n > 0) count_requests(c, input, (size_t)n);
    return write_answers(c, answer);
}

static void accept_all(int epoll, int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        if (!c) fail("calloc");
        c->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        /* Edge-triggered, so that room to write is told once and not at every turn. */
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll");
    }
}

int main(int argc, char **argv) {
    char *end = NULL;
    long port = argc == 3 ? strtol(argv[1], &end, 10) : 0;
    if (argc != 3 || *end || port < 1 || port > 65535) {
        fprintf(stderr, "usage: bare PORT FILE\n");
        return 2;
    }
    struct answer answer = read_answer(argv[2]);
    int listener = listen_on((int)port), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll");
    puts("listening");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                accept_all(epoll, listener);
            } else if (!serve(c, &answer)) {
                close(c->fd);
                free(c);
            }
        }
    }
}
