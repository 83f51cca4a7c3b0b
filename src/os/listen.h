/* Listening sockets. Any thread; at start. */
#ifndef PALABRE_OS_LISTEN_H
#define PALABRE_OS_LISTEN_H

#include "base/attributes.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { LISTEN_ADDRESSES_MAX = 4, LISTEN_PATH_MAX = 108 };

/* One or more sockets for each address that a listen setting stands for. Fill with listen_open, end with listen_close. */
struct listening {
    size_t address_count; /* 1 to LISTEN_ADDRESSES_MAX: "localhost" stands for two */
    size_t copies;        /* sockets per address */
    int *fds;             /* address_count × copies, copies of one address together; -1 where taken */
    int port;             /* TCP: the port, learnt when 0 was asked for; otherwise 0 */
    bool is_unix;
    char path[LISTEN_PATH_MAX]; /* of the Unix socket; removed by listen_close */
};

/* Opens, binds and listens. Forms of `where`: "HOST:PORT" (a name is resolved; port 0: any free one), "[IPV6]:PORT",
   ":PORT" (every address of the machine), "unix:PATH" (mode 0660; a socket that nobody answers on is replaced).
   Each address gets `copies` (≥ 1) sockets, one for each loop: TCP through SO_REUSEPORT, after making sure that no other
   program (nor another of ours) listens there; Unix through duplicates. TCP_NODELAY is set, and inherited by what is
   accepted. INVALID: `where` is malformed or cannot be resolved. CONFLICT: in use. FORBIDDEN: not allowed. UNAVAILABLE: else. */
enum status listen_open(const char *where, size_t copies, struct listening *out, struct error *error) MUST_USE;

int listen_take(struct listening *listening, size_t address,
                size_t copy);                   /* the descriptor, from now on the caller's */
void listen_close(struct listening *listening); /* closes what was not taken, removes the path; fine on a zeroed one */

#endif
