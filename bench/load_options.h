/* What load.c is told to do: its command line, and the requests in files. */
#ifndef PALABRE_BENCH_LOAD_OPTIONS_H
#define PALABRE_BENCH_LOAD_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    MAX_CONNECTIONS = 20000,
    MAX_PIPELINE = 64,
    MAX_PIDS = 64,
    MAX_REQUEST = 64 * 1024,
    MAX_FILES = 4096,
    MAX_MARKS = 8,
    MARK_SIZE = 8,
    MAX_SERIAL = 99999999,
    MAX_SECONDS = 600,
};

/* A whole request; marks: where the serial number goes. */
struct request {
    char *bytes;
    bool reads; /* GET */
    size_t size, mark_count;
    size_t marks[MAX_MARKS];
};

struct options {
    struct sockaddr_in address;
    int connections, pipeline, status;
    int reading_status, refused_status; /* 0: as status; no such answers */
    int64_t length;                     /* -1: learnt from the first answer */
    bool any_length;
    double seconds, warm_up_seconds;
    double rate;       /* requests per second in all; 0: as fast as answers come */
    uint64_t requests; /* 0: until the time is over */
    uint64_t serial;
    bool machine_readable;
    pid_t pids[MAX_PIDS];
    size_t pid_count;
    struct request files[MAX_FILES]; /* the first is the GET when no file is given */
    size_t file_count;
};

/* Ends the program with a line on stderr when they are wrong. out: zeroed, of static storage; to the end of the program. */
void options_read(struct options *out, int argc, char **argv);

/* Ends the program with that line. detail: may be NULL. */
_Noreturn void fail(const char *what, const char *detail);
void *allocate(size_t count, size_t size); /* zeroed; ends the program when there is none */

#endif
