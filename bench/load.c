/* A light HTTP/1.1 load generator for the benchmarks beside it: one thread, prepared request bytes, answers counted and
   thrown away. It is meant to cost less per request than any server it measures, so that the server is what is measured
   (wrk fills its own core first).

   Every answer is held to the expected status and body length; one that differs ends the run without a figure. What is
   sent first and its answer teach the expected length unless --length gives it; --any-length leaves it open, for answers
   that differ by nature. A server that closes a connection after its answer gets a new one. After the measured time
   what is under way is waited for, so that answers_total is every request that was ever sent. It only talks to this
   machine: other addresses are refused.

   With --reading STATUS, what GET requests are to be answered differs from what the others are, and both are counted apart.
   With --refused STATUS, an answer of that status is one, too, if it has Retry-After: counted apart, whatever its length.

   Requests come from the address on the command line (a GET), or from files that hold a whole one each, sent in turn.
   Eight number signs in a file, wherever they stand, become a number of eight digits that grows with each request; eight
   at signs become the same without zeros before it (in a head: the length of a body must stay); $$$$:$$$$ becomes it in
   two halves, for an IPv6 address.

   CPU time per request is that of the processes named with --pid, over the measured time (cpu_seconds_of). */
#include "figures.h"
#include "load_options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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
#include <unistd.h>

enum {
    MAX_HEAD = 16384,
    READ_SIZE = 256 * 1024,
    EVENTS = 256,
    STALLED_MS = 10000,
};

enum framing { BY_LENGTH, BY_CHUNKS, BY_CLOSE };
enum chunk { CHUNK_SIZE, CHUNK_REST_OF_LINE, CHUNK_DATA, CHUNK_DATA_END, CHUNK_TRAILER };

struct connection {
    int fd;
    int in_flight;
    bool in_body, closes; /* closes: the server will, after this answer */
    bool is_refused;      /* the answer that is being read */
    enum framing framing;
    enum chunk chunk;
    size_t line;        /* bytes of the trailer's line so far */
    uint64_t body_left; /* of the body, or of the chunk */
    uint64_t body_seen;
    size_t head_size;
    char *head; /* MAX_HEAD bytes, of an answer whose head came in pieces */
    uint64_t sent_ns[MAX_PIPELINE];
    bool reads[MAX_PIPELINE];
    int oldest; /* in sent_ns and reads */
};

/* What is counted apart. ANSWERED: what is neither of the others. */
enum kind { ANSWERED, READ, REFUSED, KINDS };

struct tally {
    uint64_t answers, answers_total; /* while measuring; ever */
    struct histogram latencies;
};

struct run {
    const struct options *options;
    struct connection *connections;
    struct connection **idle; /* with a rate: those with nothing under way */
    int idle_count;
    int epoll;
    int64_t length;
    struct tally tallies[KINDS];
    uint64_t answers, bytes, answers_total, sent_total; /* of all kinds */
    uint64_t behind_ns; /* with a rate: the most that a request left later than it was due */
    uint64_t warm_at_ns, end_at_ns, began_ns, ended_ns;
    bool measuring, over;
    double cpu_began_s, cpu_ended_s;
    char *copies; /* options->pipeline requests, one after the other */
    size_t copies_size;
    char *buffer;
};

static double cpu_seconds(const struct options *options) {
    double sum = 0;
    for (size_t i = 0; i < options->pid_count; i++) {
        double seconds = cpu_seconds_of(options->pids[i]);
        if (seconds < 0) {
            fail("a process that was to be measured is gone", NULL);
        }
        sum += seconds;
    }
    return sum;
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

static void close_connection(struct connection *c) {
    close(c->fd); /* epoll forgets it */
    c->fd = -1;
}

/* Eight digits; how many of them are zeros before the number. */
static size_t write_serial(uint64_t serial, char digits[MARK_SIZE]) {
    size_t zeros = 0;
    for (size_t digit = MARK_SIZE; digit-- > 0; serial /= 10) {
        digits[digit] = (char)('0' + serial % 10);
    }
    while (zeros < MARK_SIZE - 1 && digits[zeros] == '0') {
        zeros++;
    }
    return zeros;
}

static const struct request *request_due(const struct run *run) {
    return &run->options->files[run->sent_total % run->options->file_count];
}

/* The next request, with its number in it. Borrowed until the next call. */
static const char *next_request(struct run *run, size_t *size) {
    static char text[MAX_REQUEST];
    const struct options *options = run->options;
    const struct request *request = request_due(run);
    uint64_t serial = options->serial + run->sent_total++;
    char digits[MARK_SIZE];
    size_t zeros = write_serial(serial, digits), from = 0, n = 0;
    if (serial > MAX_SERIAL) {
        fail("serial numbers are used up", NULL);
    }
    for (size_t i = 0; i < request->mark_count; i++) {
        size_t mark = request->marks[i];
        memcpy(text + n, request->bytes + from, mark - from);
        n += mark - from;
        switch (request->bytes[mark]) {
        case '@':
            memcpy(text + n, digits + zeros, MARK_SIZE - zeros);
            n += MARK_SIZE - zeros;
            break;
        case '$':
            memcpy(text + n, digits, MARK_SIZE / 2);
            text[n + MARK_SIZE / 2] = ':';
            memcpy(text + n + MARK_SIZE / 2 + 1, digits + MARK_SIZE / 2, MARK_SIZE / 2);
            n += MARK_SIZE + 1;
            break;
        default: memcpy(text + n, digits, MARK_SIZE); n += MARK_SIZE;
        }
        from = mark + MARK_SIZE + (request->bytes[mark] == '$');
    }
    memcpy(text + n, request->bytes + from, request->size - from);
    *size = n + request->size - from;
    return text;
}

static void send_requests(struct run *run, struct connection *c, int count) {
    const struct options *options = run->options;
    uint64_t now = clock_ns();
    for (int i = 0; i < count; i++) {
        int at = (c->oldest + c->in_flight++) % options->pipeline;
        c->sent_ns[at] = now;
        c->reads[at] = request_due(run)->reads;
    }
    const char *bytes = run->copies;
    size_t size = run->copies_size * (size_t)count;
    if (options->file_count > 1 || options->files[0].mark_count > 0) {
        bytes = next_request(run, &size); /* prepare_copies has made sure of count == 1 */
    } else {
        run->sent_total += (uint64_t)count;
    }
    ssize_t sent = send(c->fd, bytes, size, MSG_NOSIGNAL);
    /* The socket's buffer holds many times what may be under way: a short write means the server stopped reading. */
    if (sent != (ssize_t)size) {
        fail("the server does not take requests", sent < 0 ? strerror(errno) : NULL);
    }
}

/* Answers */

/* What a head says of the answer's length and of the connection's end. */
struct head {
    int64_t length;                  /* -1: not said */
    bool chunked, closes, says_when; /* says_when: Retry-After */
};

static bool is_header(const char *line, size_t size, const char *name) {
    size_t n = strlen(name);
    return size > n && strncasecmp(line, name, n) == 0;
}

static int64_t read_length(const char *value) {
    char *after;
    intmax_t length = *value >= '0' && *value <= '9' ? strtoimax(value, &after, 10) : -1;
    return length >= 0 && *after == '\r' ? length : -1;
}

/* False: Content-Length twice, or no plain number. */
static bool read_head(const char *head, size_t size, struct head *out) {
    *out = (struct head){.length = -1, .closes = memcmp(head, "HTTP/1.0", 8) == 0};
    for (const char *p = head, *end = head + size; (p = memchr(p, '\n', (size_t)(end - p))) && ++p < end;) {
        size_t left = (size_t)(end - p);
        if ((*p | 0x20) != 'c' && (*p | 0x20) != 't' && (*p | 0x20) != 'r') {
            continue;
        }
        if (is_header(p, left, "content-length: ")) {
            if (out->length >= 0 || (out->length = read_length(p + 16)) < 0) {
                return false;
            }
        } else if (is_header(p, left, "transfer-encoding: chunked")) {
            out->chunked = true;
        } else if (is_header(p, left, "connection: close")) {
            out->closes = true;
        } else if (is_header(p, left, "retry-after: ")) {
            out->says_when = left > 13 && p[13] >= '1' && p[13] <= '9';
        }
    }
    return true;
}

static void check_length(struct run *run, const struct connection *c, uint64_t length) {
    bool reads = run->options->reading_status && run->options->length >= 0 && c->reads[c->oldest];
    if (c->is_refused || (run->options->any_length && !reads)) {
        return;
    }
    if (run->length < 0) {
        run->length = (int64_t)length;
    }
    if (length != (uint64_t)run->length) {
        char detail[96];
        snprintf(detail, sizeof detail, "%" PRIu64 " bytes, expected %" PRId64, length, run->length);
        fail("wrong length", detail);
    }
}

static void check_status(const struct options *options, struct connection *c, int status) {
    bool reads = options->reading_status && c->reads[c->oldest];
    int expected = reads ? options->reading_status : options->status;
    c->is_refused = options->refused_status && status == options->refused_status;
    if (status != expected && !c->is_refused) {
        char detail[64];
        snprintf(detail, sizeof detail, "%d, expected %d", status, expected);
        fail("wrong status", detail);
    }
}

/* Holds one head to what is expected, and sets how the body that follows is read. */
static void check_head(struct run *run, struct connection *c, const char *text, size_t size) {
    int status = 0;
    struct head head;
    if (size < 16 || memcmp(text, "HTTP/1.", 7) != 0 || text[8] != ' ') {
        fail("the answer is not HTTP/1", NULL);
    }
    for (int i = 9; i < 12; i++) {
        status = status * 10 + (text[i] - '0');
    }
    check_status(run->options, c, status);
    if (!read_head(text, size, &head)) {
        fail("an answer without one plain Content-Length", NULL);
    }
    if (c->is_refused && !head.says_when) {
        fail("a refusal without Retry-After", NULL);
    }
    bool bodiless = status == 204 || status == 304;
    c->in_body = true;
    c->closes = head.closes;
    c->framing = bodiless || head.length >= 0 ? BY_LENGTH : head.chunked ? BY_CHUNKS : BY_CLOSE;
    c->body_left = bodiless || head.length < 0 ? 0 : (uint64_t)head.length;
    c->body_seen = 0;
    c->chunk = CHUNK_SIZE;
    if (c->framing == BY_CLOSE) {
        c->closes = true;
    }
    if (c->framing == BY_LENGTH) {
        check_length(run, c, c->body_left);
    }
}

static void count_answer(struct run *run, struct connection *c, uint64_t now) {
    uint64_t took = now - c->sent_ns[c->oldest];
    bool reads = run->options->reading_status && c->reads[c->oldest];
    struct tally *tally = &run->tallies[c->is_refused ? REFUSED : reads ? READ : ANSWERED];
    if (c->framing != BY_LENGTH) {
        check_length(run, c, c->body_seen);
    }
    c->oldest = (c->oldest + 1) % run->options->pipeline;
    c->in_flight--;
    c->in_body = false;
    run->answers_total++;
    tally->answers_total++;
    if (!run->measuring || run->over) {
        return;
    }
    run->answers++;
    tally->answers++;
    histogram_add(&tally->latencies, took);
    if (run->options->requests && run->answers >= run->options->requests) {
        run->over = true;
    }
}

/* Takes the head of an answer off the bytes at p: gives how many bytes belong to it. When it is complete, c->in_body is
   set. A head almost always comes whole, and is then read where it lies. */
static size_t take_head(struct run *run, struct connection *c, const char *p, size_t n) {
    const char *end = c->head_size == 0 ? memmem(p, n, "\r\n\r\n", 4) : NULL;
    if (end) {
        size_t size = (size_t)(end - p) + 4;
        check_head(run, c, p, size);
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
        return more;
    }
    size_t size = (size_t)(end - c->head) + 4;
    check_head(run, c, c->head, size);
    c->head_size = 0;
    return size - before;
}

static size_t skip_body(struct connection *c, size_t n) {
    size_t skip = n < c->body_left ? n : (size_t)c->body_left;
    c->body_left -= skip;
    c->body_seen += skip;
    return skip;
}

/* One step through a chunked body (RFC 9112, 7.1); n > 0. *ended: that was its last byte. */
static size_t take_chunk(struct connection *c, const char *p, size_t n, bool *ended) {
    if (c->chunk == CHUNK_DATA && c->body_left > 0) {
        return skip_body(c, n);
    }
    char byte = *p;
    bool digit = strchr("0123456789abcdefABCDEF", byte) && byte;
    switch (c->chunk) {
    case CHUNK_SIZE:
        if (digit) {
            c->body_left = c->body_left * 16 + (uint64_t)(byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10);
            break;
        }
        c->chunk = CHUNK_REST_OF_LINE;
        break;
    case CHUNK_REST_OF_LINE:
        if (byte == '\n') {
            c->chunk = c->body_left > 0 ? CHUNK_DATA : CHUNK_TRAILER;
            c->line = 0;
        }
        break;
    case CHUNK_DATA:
    case CHUNK_DATA_END: c->chunk = byte == '\n' ? CHUNK_SIZE : CHUNK_DATA_END; break;
    case CHUNK_TRAILER:
        *ended = byte == '\n' && c->line == 0;
        c->line = byte == '\n' ? 0 : c->line + (byte != '\r');
        break;
    }
    return 1;
}

/* Takes what belongs to the body off the bytes at p; n may be 0, for a body of no bytes. */
static size_t take_body(struct connection *c, const char *p, size_t n, bool *ended) {
    size_t used = 0;
    switch (c->framing) {
    case BY_LENGTH:
        used = skip_body(c, n);
        *ended = c->body_left == 0;
        break;
    case BY_CHUNKS:
        while (used < n && !*ended) {
            used += take_chunk(c, p + used, n - used, ended);
        }
        break;
    case BY_CLOSE:
        c->body_seen += n;
        used = n;
        break;
    }
    return used;
}

/* The connection has ended, as it was said, or to end a body: another in its place. */
static void renew_connection(struct run *run, struct connection *c) {
    close_connection(c);
    if (c->in_flight > 0) {
        fail("the server closed a connection with requests under way", NULL);
    }
    c->closes = false;
    c->oldest = 0;
    open_connection(run, c);
}

static void go_on(struct run *run, struct connection *c, int ended) {
    if (c->closes && !c->in_body) {
        renew_connection(run, c);
    }
    if (ended > 0 && run->options->rate > 0) {
        run->idle[run->idle_count++] = c;
    } else if (ended > 0 && !run->over) {
        send_requests(run, c, ended);
    }
}

/* Counts the answers that ended in these bytes. */
static int take_answers(struct run *run, struct connection *c, const char *p, size_t n) {
    uint64_t now = clock_ns();
    int ended_count = 0;
    while (n > 0) {
        if (c->in_flight == 0) {
            fail("bytes nobody asked for", NULL);
        }
        if (!c->in_body) {
            size_t used = take_head(run, c, p, n);
            p += used, n -= used;
        }
        bool ended = false;
        if (c->in_body) {
            size_t used = take_body(c, p, n, &ended);
            p += used, n -= used;
        }
        if (ended) {
            count_answer(run, c, now);
            ended_count++;
        }
    }
    return ended_count;
}

/* Reads once, counts the answers that ended, sends as many requests. */
static void read_answers(struct run *run, struct connection *c) {
    ssize_t got = recv(c->fd, run->buffer, READ_SIZE, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got == 0 && c->in_body && c->framing == BY_CLOSE) {
        count_answer(run, c, clock_ns());
        go_on(run, c, 1);
        return;
    }
    if (got == 0 && c->in_flight == 0) {
        c->closes = true;
        go_on(run, c, 0);
        return;
    }
    if (got <= 0) {
        fail("the server closed a connection", got < 0 ? strerror(errno) : NULL);
    }
    if (run->measuring && !run->over) {
        run->bytes += (uint64_t)got;
    }
    int ended = take_answers(run, c, run->buffer, (size_t)got);
    if (ended > 0) {
        go_on(run, c, ended);
    }
}

/* The run */

static void look_at_the_clock(struct run *run) {
    uint64_t now = clock_ns();
    if (!run->measuring && now >= run->warm_at_ns) {
        run->measuring = true;
        run->began_ns = now;
        run->cpu_began_s = cpu_seconds(run->options);
    }
    if (run->measuring && now >= run->end_at_ns) {
        run->over = true;
    }
}

/* With a rate: as many requests as are due, on connections that are free. */
static void send_what_is_due(struct run *run, uint64_t start) {
    uint64_t now = clock_ns() - start;
    uint64_t due = (uint64_t)((double)now / 1e9 * run->options->rate) + 1;
    if (run->sent_total < due) {
        uint64_t since = (uint64_t)((double)run->sent_total / run->options->rate * 1e9);
        run->behind_ns = now > since + run->behind_ns ? now - since : run->behind_ns;
    }
    while (run->idle_count > 0 && run->sent_total < due) {
        send_requests(run, run->idle[--run->idle_count], 1);
    }
}

static void wait_and_read(struct run *run, int timeout_ms) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(run->epoll, events, EVENTS, timeout_ms);
    if (count == 0 && timeout_ms == STALLED_MS) {
        fail("the server has not answered for a while", NULL);
    }
    for (int i = 0; i < count; i++) {
        read_answers(run, events[i].data.ptr);
    }
}

static void work(struct run *run) {
    const struct options *options = run->options;
    uint64_t start = clock_ns();
    run->warm_at_ns = start + (uint64_t)(options->warm_up_seconds * 1e9);
    run->end_at_ns = run->warm_at_ns + (uint64_t)(options->seconds * 1e9);
    look_at_the_clock(run);
    for (int i = 0; i < options->connections && options->rate == 0; i++) {
        send_requests(run, &run->connections[i], options->pipeline);
    }
    while (!run->over) {
        if (options->rate > 0) {
            send_what_is_due(run, start);
        }
        wait_and_read(run, options->rate > 0 ? 1 : STALLED_MS);
        look_at_the_clock(run);
    }
    run->ended_ns = clock_ns();
    run->cpu_ended_s = cpu_seconds(options);
    while (run->answers_total < run->sent_total) {
        wait_and_read(run, STALLED_MS);
    }
}

/* Of each kind that the options tell apart. The first has the names it has where there is but one. */
static void report_kinds(const struct run *run, double seconds) {
    const struct options *options = run->options;
    const bool shown[KINDS] = {false, options->reading_status, options->refused_status};
    printf("answered_total=%" PRIu64 "\nanswered_per_second=%.1f\n", run->tallies[ANSWERED].answers_total,
           (double)run->tallies[ANSWERED].answers / seconds);
    for (int kind = READ; kind < KINDS; kind++) {
        const struct tally *tally = &run->tallies[kind];
        const char *name = kind == READ ? "reading_" : "refused_";
        if (!shown[kind]) continue;
        printf("%stotal=%" PRIu64 "\n%sper_second=%.1f\n", name, tally->answers_total, name,
               (double)tally->answers / seconds);
        printf("%sp50_us=%.1f\n%sp99_us=%.1f\n%sp999_us=%.1f\n", name, histogram_us(&tally->latencies, .5), name,
               histogram_us(&tally->latencies, .99), name, histogram_us(&tally->latencies, .999));
    }
    if (options->rate > 0) printf("behind_us=%.1f\n", (double)run->behind_ns / 1000.0);
}

static void report(const struct run *run) {
    const struct options *options = run->options;
    double seconds = (double)(run->ended_ns - run->began_ns) / 1e9;
    double rate = (double)run->answers / seconds;
    double cpu_us = (run->cpu_ended_s - run->cpu_began_s) * 1e6 / (double)run->answers;
    if (options->machine_readable) {
        printf("requests=%" PRIu64 "\nseconds=%.3f\nrequests_per_second=%.1f\nbody_bytes=%" PRId64
               "\nbytes_per_second=%.0f\n",
               run->answers, seconds, rate, run->length, (double)run->bytes / seconds);
        histogram_print(&run->tallies[ANSWERED].latencies);
        printf("answers_total=%" PRIu64 "\n", run->answers_total);
        report_kinds(run, seconds);
        if (options->pid_count) {
            printf("cpu_us_per_request=%.3f\n", cpu_us);
        }
        return;
    }
    printf("%" PRIu64 " answers of status %d and %" PRId64 " bytes in %.2f s on %d connections\n", run->answers,
           options->status, run->length, seconds, options->connections);
    printf("%.0f requests/s, %.1f MB/s\n", rate, (double)run->bytes / seconds / 1e6);
    const struct histogram *h = &run->tallies[ANSWERED].latencies;
    printf("latency: median %.0f us, 90%% %.0f us, 99%% %.0f us, 99.9%% %.0f us, slowest %.0f us\n",
           histogram_us(h, .5), histogram_us(h, .9), histogram_us(h, .99), histogram_us(h, .999),
           (double)h->slowest_ns / 1000.0);
    if (options->pid_count) {
        printf("server: %.2f us of CPU time per request\n", cpu_us);
    }
}

/* The first file several times over, for pipelines. */
static void prepare_copies(struct run *run) {
    const struct options *options = run->options;
    const struct request *request = &options->files[0];
    run->copies_size = request->size;
    run->copies = allocate((size_t)options->pipeline, request->size);
    for (int i = 0; i < options->pipeline; i++) {
        memcpy(run->copies + request->size * (size_t)i, request->bytes, request->size);
    }
}

int main(int argc, char **argv) {
    static struct options options;
    static struct run run;
    options_read(&options, argc, argv);
    run.options = &options;
    run.length = options.length;
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    run.buffer = allocate(1, READ_SIZE);
    run.connections = allocate((size_t)options.connections, sizeof *run.connections);
    run.idle = allocate((size_t)options.connections, sizeof(struct connection *));
    prepare_copies(&run);
    for (int i = 0; i < options.connections; i++) {
        run.connections[i].head = allocate(1, MAX_HEAD);
        open_connection(&run, &run.connections[i]);
        run.idle[run.idle_count++] = &run.connections[i];
    }
    work(&run);
    report(&run);
    for (int i = 0; i < options.connections; i++) {
        close(run.connections[i].fd);
        free(run.connections[i].head);
    }
    for (size_t i = 0; i < options.file_count; i++) {
        free(options.files[i].bytes);
    }
    free(run.connections);
    free(run.idle);
    free(run.copies);
    free(run.buffer);
    close(run.epoll);
    return EXIT_SUCCESS;
}
