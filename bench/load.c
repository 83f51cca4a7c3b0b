/* A light HTTP/1.1 load generator for the benchmarks beside it: one thread, prepared request bytes, answers counted and
   thrown away. It is meant to cost less per request than any server it measures, so that the server is what is measured
   (wrk fills its own core first).

   Every answer is held to the expected status and body length; one that differs, or that this cannot frame (no
   Content-Length), ends the run without a figure. What is sent first and its answer teach the expected length unless
   --length gives it. It only talks to this machine: other addresses are refused.

   CPU time per request is that of the processes named with --pid, over the measured time: utime + stime of
   /proc/PID/stat (proc(5)), which the kernel scales to nanosecond run times, given in ticks of 10 ms. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_CONNECTIONS = 20000,
    MAX_PIPELINE = 64,
    MAX_PIDS = 64,
    MAX_REQUEST = 8192,
    MAX_HEAD = 16384,
    MAX_SECONDS = 600,
    READ_SIZE = 256 * 1024,
    EVENTS = 256,
    STALLED_MS = 10000,
    /* The histogram: 2^6 steps to each power of two of nanoseconds, thus within 1.6 %. */
    STEP_BITS = 6,
    BUCKETS = (64 - STEP_BITS + 1) << STEP_BITS,
};

struct options {
    struct sockaddr_in address;
    int connections, pipeline, status;
    int64_t length; /* -1: learnt from the first answer */
    double seconds, warm_up_seconds;
    uint64_t requests; /* 0: until the time is over */
    bool machine_readable;
    pid_t pids[MAX_PIDS];
    size_t pid_count;
    char request[MAX_REQUEST];
    size_t request_size;
};

struct connection {
    int fd;
    int in_flight;
    uint64_t body_left;
    size_t head_size;
    char *head; /* MAX_HEAD bytes, of an answer whose head came in pieces */
    uint64_t sent_ns[MAX_PIPELINE];
    int oldest; /* in sent_ns */
};

struct run {
    const struct options *options;
    struct connection *connections;
    int epoll;
    int64_t length;
    uint64_t answers, bytes;
    uint64_t warm_at_ns, end_at_ns, began_ns, ended_ns;
    bool measuring, over;
    double cpu_began_s, cpu_ended_s;
    uint64_t latencies[BUCKETS];
    uint64_t slowest_ns;
    char *copies; /* options->pipeline requests, one after the other */
    char *buffer;
};

_Noreturn static void fail(const char *what, const char *detail) {
    fprintf(stderr, "load: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    exit(EXIT_FAILURE);
}

_Noreturn static void usage(const char *mistake) {
    if (mistake) fprintf(stderr, "load: %s\n", mistake);
    fprintf(mistake ? stderr : stdout, "usage: load [options] http://127.0.0.1:PORT/PATH\n"
                                       "  -c, --connections N    keep-alive connections (64)\n"
                                       "  -d, --seconds N        measured time (5)\n"
                                       "  -w, --warm-up N        seconds before that (1)\n"
                                       "  -n, --requests N       stop after so many measured requests\n"
                                       "  -P, --pipeline N       requests under way on each connection (1)\n"
                                       "  -H, --header LINE      one more request header; may be repeated\n"
                                       "  -s, --status N         status every answer must have (200)\n"
                                       "  -l, --length N         body length every answer must have (the first one's)\n"
                                       "  -p, --pid PID          process whose CPU time is counted; may be repeated\n"
                                       "  -m, --machine          print NAME=VALUE lines\n");
    exit(mistake ? 2 : EXIT_SUCCESS);
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double cpu_seconds_of(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file) {
        fclose(file);
    }
    text[n] = '\0';
    /* The name, in brackets, may hold anything: the fields are counted from the last bracket on. */
    const char *fields = strrchr(text, ')');
    unsigned long user, system;
    if (!fields || sscanf(fields + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) {
        fail("cannot read the CPU time of the process", path);
    }
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double cpu_seconds(const struct options *options) {
    double sum = 0;
    for (size_t i = 0; i < options->pid_count; i++) {
        sum += cpu_seconds_of(options->pids[i]);
    }
    return sum;
}

/* Histogram */

static size_t bucket_of(uint64_t ns) {
    if (ns < (1u << STEP_BITS)) {
        return ns;
    }
    unsigned power = 63u - (unsigned)__builtin_clzll(ns);
    unsigned shift = power - STEP_BITS;
    return ((size_t)(shift + 1) << STEP_BITS) + ((ns >> shift) & ((1u << STEP_BITS) - 1));
}

static uint64_t bucket_top(size_t bucket) {
    if (bucket < (1u << STEP_BITS)) {
        return bucket;
    }
    unsigned shift = (unsigned)(bucket >> STEP_BITS) - 1;
    uint64_t step = (bucket & ((1u << STEP_BITS) - 1)) | (1u << STEP_BITS);
    return ((step + 1) << shift) - 1;
}

static double percentile_us(const struct run *run, double share) {
    uint64_t wanted = (uint64_t)((double)run->answers * share), seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += run->latencies[i];
        if (seen > wanted) {
            return (double)bucket_top(i) / 1000.0;
        }
    }
    return (double)run->slowest_ns / 1000.0;
}

/* Connections */

static void open_connection(struct run *run, struct connection *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        fail("socket", strerror(errno));
    }
    if (connect(c->fd, (const struct sockaddr *)&run->options->address, sizeof run->options->address) != 0) {
        fail("cannot connect", strerror(errno));
    }
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) {
        fail("epoll", strerror(errno));
    }
}

static void send_requests(struct run *run, struct connection *c, int count) {
    const struct options *options = run->options;
    uint64_t now = now_ns();
    for (int i = 0; i < count; i++) {
        c->sent_ns[(c->oldest + c->in_flight) % options->pipeline] = now;
        c->in_flight++;
    }
    size_t size = options->request_size * (size_t)count;
    ssize_t sent = send(c->fd, run->copies, size, MSG_NOSIGNAL);
    /* The socket's buffer holds many times what may be under way: a short write means the server stopped reading. */
    if (sent != (ssize_t)size) {
        fail("the server does not take requests", sent < 0 ? strerror(errno) : NULL);
    }
}

/* Answers */

/* The value of Content-Length in a head, or -1. Twice the header, or anything but digits in it, is no length. */
static int64_t content_length(const char *head, size_t size) {
    static const char name[] = "content-length:";
    int64_t length = -1;
    for (const char *p = head, *end = head + size; (p = memchr(p, '\n', (size_t)(end - p))) && ++p < end;) {
        if ((*p | 0x20) != 'c' || (size_t)(end - p) < sizeof name || strncasecmp(p, name, sizeof name - 1) != 0) {
            continue;
        }
        p += sizeof name - 1;
        while (*p == ' ') {
            p++;
        }
        char *after;
        intmax_t value = *p >= '0' && *p <= '9' ? strtoimax(p, &after, 10) : -1;
        if (value < 0 || *after != '\r' || length >= 0) {
            return -1;
        }
        length = value;
    }
    return length;
}

/* Holds one head to what is expected; returns the size of the body that follows. */
static uint64_t check_head(struct run *run, const char *head, size_t size) {
    const struct options *options = run->options;
    char detail[160];
    int status = 0;
    if (size < 16 || memcmp(head, "HTTP/1.1 ", 9) != 0) {
        fail("the answer is not HTTP/1.1", NULL);
    }
    for (int i = 9; i < 12; i++) {
        status = status * 10 + (head[i] - '0');
    }
    if (status != options->status) {
        snprintf(detail, sizeof detail, "%d, expected %d", status, options->status);
        fail("wrong status", detail);
    }
    bool bodiless = status == 204 || status == 304;
    int64_t length = bodiless ? 0 : content_length(head, size);
    if (length < 0) {
        fail("an answer without one plain Content-Length", NULL);
    }
    if (run->length < 0) {
        run->length = length;
    }
    if (length != run->length) {
        snprintf(detail, sizeof detail, "%" PRId64 " bytes, expected %" PRId64, length, run->length);
        fail("wrong length", detail);
    }
    return (uint64_t)length;
}

static void count_answer(struct run *run, struct connection *c, uint64_t now) {
    uint64_t took = now - c->sent_ns[c->oldest];
    c->oldest = (c->oldest + 1) % run->options->pipeline;
    c->in_flight--;
    if (!run->measuring || run->over) {
        return;
    }
    run->answers++;
    run->latencies[bucket_of(took)]++;
    if (took > run->slowest_ns) {
        run->slowest_ns = took;
    }
    if (run->options->requests && run->answers >= run->options->requests) {
        run->over = true;
    }
}

/* Takes the head of an answer off the bytes at p: gives how many bytes belong to it. *whole: it is complete, and
   c->body_left is set. A head almost always comes whole, and is then read where it lies. */
static size_t take_head(struct run *run, struct connection *c, const char *p, size_t n, bool *whole) {
    const char *end = c->head_size == 0 ? memmem(p, n, "\r\n\r\n", 4) : NULL;
    if (end) {
        size_t size = (size_t)(end - p) + 4;
        c->body_left = check_head(run, p, size);
        *whole = true;
        return size;
    }
    size_t room = MAX_HEAD - c->head_size, before = c->head_size, more = n < room ? n : room;
    memcpy(c->head + before, p, more);
    end = memmem(c->head, before + more, "\r\n\r\n", 4);
    if (!end) {
        if (more == room) {
            fail("an answer's head is too long", NULL);
        }
        c->head_size += more;
        *whole = false;
        return more;
    }
    size_t size = (size_t)(end - c->head) + 4;
    c->body_left = check_head(run, c->head, size);
    c->head_size = 0;
    *whole = true;
    return size - before;
}

/* Reads once, counts the answers that ended, sends as many requests. body_left > 0 while an answer's body is being
   read; at 0, the next byte is a head's. */
static void read_answers(struct run *run, struct connection *c) {
    ssize_t got = recv(c->fd, run->buffer, READ_SIZE, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        fail("the server closed a connection", got < 0 ? strerror(errno) : NULL);
    }
    if (run->measuring && !run->over) {
        run->bytes += (uint64_t)got;
    }
    uint64_t now = now_ns();
    const char *p = run->buffer;
    size_t n = (size_t)got;
    int ended = 0;
    while (n > 0) {
        if (c->body_left == 0) {
            bool whole;
            if (c->in_flight == 0) {
                fail("bytes nobody asked for", NULL);
            }
            size_t used = take_head(run, c, p, n, &whole);
            p += used, n -= used;
            if (!whole) {
                break;
            }
        }
        size_t skip = n < c->body_left ? n : (size_t)c->body_left;
        p += skip, n -= skip, c->body_left -= skip;
        if (c->body_left == 0) {
            count_answer(run, c, now);
            ended++;
        }
    }
    if (ended > 0 && !run->over) {
        send_requests(run, c, ended);
    }
}

/* The run */

static void look_at_the_clock(struct run *run) {
    uint64_t now = now_ns();
    if (!run->measuring && now >= run->warm_at_ns) {
        run->measuring = true;
        run->began_ns = now;
        run->cpu_began_s = cpu_seconds(run->options);
    }
    if (run->measuring && now >= run->end_at_ns) {
        run->over = true;
    }
}

static void work(struct run *run) {
    const struct options *options = run->options;
    struct epoll_event events[EVENTS];
    uint64_t start = now_ns();
    run->warm_at_ns = start + (uint64_t)(options->warm_up_seconds * 1e9);
    run->end_at_ns = run->warm_at_ns + (uint64_t)(options->seconds * 1e9);
    for (int i = 0; i < options->connections; i++) {
        send_requests(run, &run->connections[i], options->pipeline);
    }
    while (!run->over) {
        int count = epoll_wait(run->epoll, events, EVENTS, STALLED_MS);
        if (count == 0) {
            fail("the server has not answered for ten seconds", NULL);
        }
        for (int i = 0; i < count; i++) {
            read_answers(run, events[i].data.ptr);
        }
        look_at_the_clock(run);
    }
    run->ended_ns = now_ns();
    run->cpu_ended_s = cpu_seconds(options);
}

static void report(const struct run *run) {
    const struct options *options = run->options;
    double seconds = (double)(run->ended_ns - run->began_ns) / 1e9;
    double rate = (double)run->answers / seconds;
    double cpu_us = (run->cpu_ended_s - run->cpu_began_s) * 1e6 / (double)run->answers;
    double p50 = percentile_us(run, .5), p90 = percentile_us(run, .9), p99 = percentile_us(run, .99);
    double slowest = (double)run->slowest_ns / 1000.0;
    if (options->machine_readable) {
        printf("requests=%" PRIu64 "\nseconds=%.3f\nrequests_per_second=%.1f\nbody_bytes=%" PRId64
               "\nbytes_per_second=%.0f\n",
               run->answers, seconds, rate, run->length, (double)run->bytes / seconds);
        printf("p50_us=%.1f\np90_us=%.1f\np99_us=%.1f\nslowest_us=%.1f\n", p50, p90, p99, slowest);
        if (options->pid_count) {
            printf("cpu_us_per_request=%.3f\n", cpu_us);
        }
        return;
    }
    printf("%" PRIu64 " answers of status %d and %" PRId64 " bytes in %.2f s on %d connections\n", run->answers,
           options->status, run->length, seconds, options->connections);
    printf("%.0f requests/s, %.1f MB/s\n", rate, (double)run->bytes / seconds / 1e6);
    printf("latency: median %.0f us, 90%% %.0f us, 99%% %.0f us, slowest %.0f us\n", p50, p90, p99, slowest);
    if (options->pid_count) {
        printf("server: %.2f us of CPU time per request\n", cpu_us);
    }
}

/* The command line */

static double number(const char *text, double least, double most) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= least && value <= most)) {
        char mistake[128];
        snprintf(mistake, sizeof mistake, "%.40s is not a number from %g to %g", text, least, most);
        usage(mistake);
    }
    return value;
}

static void append(struct options *options, const char *text, size_t n) {
    if (options->request_size + n > MAX_REQUEST) {
        usage("the request is too long");
    }
    memcpy(options->request + options->request_size, text, n);
    options->request_size += n;
}

static void append_text(struct options *options, const char *text) { append(options, text, strlen(text)); }

/* Only http://127.x.y.z[:PORT]/...: names would have to be resolved, and other machines are nobody's to load. */
static void prepare_target(struct options *options, const char *url, const char *headers, size_t headers_size) {
    char host[64];
    static const char scheme[] = "http://";
    if (strncmp(url, scheme, sizeof scheme - 1) != 0) {
        usage("the address must begin with http://");
    }
    const char *authority = url + sizeof scheme - 1;
    size_t n = strcspn(authority, "/");
    if (n == 0 || n >= sizeof host) {
        usage("the address has no host");
    }
    memcpy(host, authority, n);
    host[n] = '\0';
    char *colon = strchr(host, ':');
    int port = 80;
    if (colon) {
        *colon = '\0';
        port = (int)number(colon + 1, 1, 65535);
    }
    options->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &options->address.sin_addr) != 1 ||
        ntohl(options->address.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET) {
        usage("the host must be 127.x.y.z: this machine only");
    }
    append_text(options, "GET ");
    append_text(options, authority[n] ? authority + n : "/");
    append_text(options, " HTTP/1.1\r\nHost: ");
    append(options, authority, n);
    append_text(options, "\r\n");
    append(options, headers, headers_size);
    append_text(options, "\r\n");
}

static size_t add_header(char *headers, size_t size, const char *line) {
    size_t n = strlen(line);
    if (size + n + 2 > MAX_REQUEST) {
        usage("the request is too long");
    }
    memcpy(headers + size, line, n);
    memcpy(headers + size + n, "\r\n", 2);
    return size + n + 2;
}

static void read_options(struct options *options, int argc, char **argv) {
    static const struct option names[] = {
        {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 'd'},
        {"warm-up", required_argument, NULL, 'w'},
        {"requests", required_argument, NULL, 'n'},
        {"pipeline", required_argument, NULL, 'P'},
        {"header", required_argument, NULL, 'H'},
        {"status", required_argument, NULL, 's'},
        {"length", required_argument, NULL, 'l'},
        {"pid", required_argument, NULL, 'p'},
        {"machine", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    char headers[MAX_REQUEST];
    size_t headers_size = 0;
    int option;
    while ((option = getopt_long(argc, argv, "c:d:w:n:P:H:s:l:p:mh", names, NULL)) != -1) {
        switch (option) {
        case 'c': options->connections = (int)number(optarg, 1, MAX_CONNECTIONS); break;
        case 'd': options->seconds = number(optarg, .01, MAX_SECONDS); break;
        case 'w': options->warm_up_seconds = number(optarg, 0, MAX_SECONDS); break;
        case 'n': options->requests = (uint64_t)number(optarg, 1, 1e12); break;
        case 'P': options->pipeline = (int)number(optarg, 1, MAX_PIPELINE); break;
        case 'H': headers_size = add_header(headers, headers_size, optarg); break;
        case 's': options->status = (int)number(optarg, 100, 599); break;
        case 'l': options->length = (int64_t)number(optarg, 0, 1e12); break;
        case 'p':
            if (options->pid_count == MAX_PIDS) {
                usage("too many processes");
            }
            options->pids[options->pid_count++] = (pid_t)number(optarg, 1, 1 << 30);
            break;
        case 'm': options->machine_readable = true; break;
        case 'h': usage(NULL);
        default: exit(2);
        }
    }
    if (optind != argc - 1) {
        usage("give one address");
    }
    prepare_target(options, argv[optind], headers, headers_size);
}

static void *allocate(size_t count, size_t size) {
    void *p = calloc(count, size);
    if (!p) {
        fail("out of memory", NULL);
    }
    return p;
}

int main(int argc, char **argv) {
    static struct options options = {
        .connections = 64, .pipeline = 1, .status = 200, .length = -1, .seconds = 5, .warm_up_seconds = 1};
    static struct run run;
    read_options(&options, argc, argv);
    run.options = &options;
    run.length = options.length;
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    run.buffer = allocate(1, READ_SIZE);
    run.copies = allocate((size_t)options.pipeline, options.request_size);
    run.connections = allocate((size_t)options.connections, sizeof *run.connections);
    for (int i = 0; i < options.pipeline; i++) {
        memcpy(run.copies + options.request_size * (size_t)i, options.request, options.request_size);
    }
    for (int i = 0; i < options.connections; i++) {
        run.connections[i].head = allocate(1, MAX_HEAD);
        open_connection(&run, &run.connections[i]);
    }
    work(&run);
    report(&run);
    for (int i = 0; i < options.connections; i++) {
        close(run.connections[i].fd);
        free(run.connections[i].head);
    }
    free(run.connections);
    free(run.copies);
    free(run.buffer);
    close(run.epoll);
    return EXIT_SUCCESS;
}
