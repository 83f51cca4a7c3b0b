#include "load_options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(const char *what, const char *detail) {
    fprintf(stderr, "load: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    exit(EXIT_FAILURE);
}

_Noreturn static void usage(const char *mistake) {
    if (mistake) fprintf(stderr, "load: %s\n", mistake);
    fprintf(mistake ? stderr : stdout,
            "usage: load [options] http://127.0.0.1:PORT/PATH\n"
            "  -c, --connections N    keep-alive connections (64)\n"
            "  -d, --seconds N        measured time (5)\n"
            "  -w, --warm-up N        seconds before that (1)\n"
            "  -n, --requests N       stop after so many measured requests\n"
            "  -P, --pipeline N       requests under way on each connection (1)\n"
            "  -H, --header LINE      one more request header; may be repeated\n"
            "  -f, --file FILE        a whole request, sent instead; may be repeated\n"
            "  -N, --serial N         the first number for ######## in files (1)\n"
            "  -R, --rate N           requests per second in all (no limit)\n"
            "  -a, --any-length       answers may differ in length (those to GET not, with -g and -l)\n"
            "  -s, --status N         status every answer must have (200)\n"
            "  -g, --reading N        instead, those to GET\n"
            "  -r, --refused N        a status answers may have as well, with Retry-After\n"
            "  -l, --length N         body length every answer must have (the first one's)\n"
            "  -p, --pid PID          process whose CPU time is counted; may be repeated\n"
            "  -m, --machine          print NAME=VALUE lines\n");
    exit(mistake ? 2 : EXIT_SUCCESS);
}

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

static void append(struct request *request, const char *text, size_t n) {
    if (request->size + n > MAX_REQUEST) {
        usage("the request is too long");
    }
    memcpy(request->bytes + request->size, text, n);
    request->size += n;
}

static void append_text(struct request *request, const char *text) { append(request, text, strlen(text)); }

void *allocate(size_t count, size_t size) {
    void *p = calloc(count, size);
    if (!p) {
        fail("out of memory", NULL);
    }
    return p;
}

static struct request *add_request(struct options *options) {
    if (options->file_count == MAX_FILES) {
        usage("too many files");
    }
    struct request *request = &options->files[options->file_count++];
    request->bytes = allocate(1, MAX_REQUEST);
    return request;
}

static void read_request(struct options *options, const char *path) {
    struct request *request = add_request(options);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fail(path, strerror(errno));
    }
    request->size = fread(request->bytes, 1, MAX_REQUEST, file);
    if (request->size == 0 || request->size == MAX_REQUEST) {
        fail(path, "empty, or too long");
    }
    fclose(file);
    request->reads = request->size > 4 && memcmp(request->bytes, "GET ", 4) == 0;
    for (size_t at = 0; at + MARK_SIZE <= request->size; at++) {
        const char *p = request->bytes + at;
        if (memcmp(p, "########", MARK_SIZE) != 0 && memcmp(p, "@@@@@@@@", MARK_SIZE) != 0 &&
            memcmp(p, "$$$$:$$$", MARK_SIZE) != 0) {
            continue;
        }
        if (request->mark_count == MAX_MARKS) {
            fail(path, "too many marks");
        }
        request->marks[request->mark_count++] = at;
        at += MARK_SIZE - 1;
    }
}

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
    if (options->file_count > 0) {
        return;
    }
    struct request *request = add_request(options);
    request->reads = true;
    append_text(request, "GET ");
    append_text(request, authority[n] ? authority + n : "/");
    append_text(request, " HTTP/1.1\r\nHost: ");
    append(request, authority, n);
    append_text(request, "\r\n");
    append(request, headers, headers_size);
    append_text(request, "\r\n");
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
        {"file", required_argument, NULL, 'f'},
        {"serial", required_argument, NULL, 'N'},
        {"rate", required_argument, NULL, 'R'},
        {"any-length", no_argument, NULL, 'a'},
        {"status", required_argument, NULL, 's'},
        {"reading", required_argument, NULL, 'g'},
        {"refused", required_argument, NULL, 'r'},
        {"length", required_argument, NULL, 'l'},
        {"pid", required_argument, NULL, 'p'},
        {"machine", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    char headers[MAX_REQUEST];
    size_t headers_size = 0;
    int option;
    while ((option = getopt_long(argc, argv, "c:d:w:n:P:H:f:N:R:as:g:r:l:p:mh", names, NULL)) != -1) {
        switch (option) {
        case 'c': options->connections = (int)number(optarg, 1, MAX_CONNECTIONS); break;
        case 'd': options->seconds = number(optarg, .01, MAX_SECONDS); break;
        case 'w': options->warm_up_seconds = number(optarg, 0, MAX_SECONDS); break;
        case 'n': options->requests = (uint64_t)number(optarg, 1, 1e12); break;
        case 'P': options->pipeline = (int)number(optarg, 1, MAX_PIPELINE); break;
        case 'H': headers_size = add_header(headers, headers_size, optarg); break;
        case 'f': read_request(options, optarg); break;
        case 'N': options->serial = (uint64_t)number(optarg, 0, MAX_SERIAL); break;
        case 'R': options->rate = number(optarg, .01, 1e6); break;
        case 'a': options->any_length = true; break;
        case 's': options->status = (int)number(optarg, 100, 599); break;
        case 'g': options->reading_status = (int)number(optarg, 100, 599); break;
        case 'r': options->refused_status = (int)number(optarg, 100, 599); break;
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
    if (options->pipeline > 1 && (options->file_count > 1 || options->files[0].mark_count > 0 || options->rate > 0)) {
        usage("no pipeline with several files, marks or a rate");
    }
}

void options_read(struct options *options, int argc, char **argv) {
    *options = (struct options){
        .connections = 64, .pipeline = 1, .status = 200, .length = -1, .seconds = 5, .warm_up_seconds = 1, .serial = 1};
    read_options(options, argc, argv);
}
