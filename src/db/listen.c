#include "db/listen.h"

#include "base/clock.h"
#include "base/memory.h"

#include <libpq-fe.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct db_listener {
    char *location;
    PGconn *connection; /* NULL: none */
    int wake;           /* eventfd */
};

enum status db_listener_new(slice location, struct db_listener **out, struct error *error) {
    *out = NULL;
    if (!slice_starts(location, S("postgresql:")) && !slice_starts(location, S("postgres:"))) return OK;
    int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0) return error_set(error, UNAVAILABLE, "no descriptor is left for the connection between nodes");
    struct db_listener *listener = NEW(struct db_listener);
    listener->location = memory_alloc(location.n + 1);
    memcpy(listener->location, location.p, location.n);
    listener->wake = wake;
    *out = listener;
    return OK;
}

static void disconnect(struct db_listener *listener) {
    if (listener->connection) PQfinish(listener->connection);
    listener->connection = NULL;
}

void db_listener_free(struct db_listener *listener) {
    if (!listener) return;
    disconnect(listener);
    close(listener->wake);
    memory_free(listener->location);
    memory_free(listener);
}

void db_listener_wake(struct db_listener *listener) {
    uint64_t one = 1;
    (void)!write(listener->wake, &one, sizeof one);
}

static enum status lost(struct db_listener *listener, const char *what, struct error *error) {
    slice message = slice_trim(slice_of(listener->connection ? PQerrorMessage(listener->connection) : ""));
    slice line = slice_cut(&message, '\n');
    enum status status = error_set(error, UNAVAILABLE, "%s%s%.*s", what, line.n ? ": " : "", SLICE_FMT(line));
    disconnect(listener);
    return status;
}

/* What the address itself says comes last, and so counts more. */
static PGconn *connect_to(const char *location) {
    static const char *const KEYWORDS[] = {"application_name",
                                           "connect_timeout",
                                           "tcp_user_timeout",
                                           "keepalives_idle",
                                           "keepalives_interval",
                                           "keepalives_count",
                                           "target_session_attrs",
                                           "dbname",
                                           NULL};
    const char *values[] = {"palabre-nodes", "2", "3000", "5", "2", "2", "read-write", location, NULL};
    return PQconnectdbParams(KEYWORDS, values, 1);
}

enum status db_listener_connect(struct db_listener *listener, struct error *error) {
    disconnect(listener);
    listener->connection = connect_to(listener->location);
    if (PQstatus(listener->connection) != CONNECTION_OK) return lost(listener, "cannot listen for other nodes", error);
    PGresult *result = PQexec(listener->connection, "LISTEN palabre");
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok ? OK : lost(listener, "cannot listen for other nodes", error);
}

static void hear(struct db_listener *listener, db_heard heard, void *ctx) {
    for (PGnotify *said; (said = PQnotifies(listener->connection)); PQfreemem(said)) heard(ctx, slice_of(said->extra));
}

static void take_wake(struct db_listener *listener) {
    uint64_t count;
    (void)!read(listener->wake, &count, sizeof count);
}

void db_listener_rest(struct db_listener *listener, int ms) {
    struct pollfd fd = {.fd = listener->wake, .events = POLLIN};
    if (poll(&fd, 1, ms) > 0) take_wake(listener);
}

/* Waits until the server has sent something (or somebody woke us, where that counts), and takes it in. False: lost. */
static bool take_in(struct db_listener *listener, int64_t deadline_ms, bool wakes, bool *came) {
    struct pollfd fds[] = {{.fd = PQsocket(listener->connection), .events = POLLIN},
                           {.fd = listener->wake, .events = POLLIN}};
    int64_t left = deadline_ms - clock_monotonic_ms();
    int ready = poll(fds, wakes ? 2 : 1, left > 0 ? (int)left : 0);
    *came = ready > 0 && fds[0].revents;
    if (wakes && ready > 0 && fds[1].revents) take_wake(listener);
    return !*came || PQconsumeInput(listener->connection) == 1;
}

enum status db_listener_wait(struct db_listener *listener, int timeout_ms, db_heard heard, void *ctx,
                             struct error *error) {
    bool came;
    if (!take_in(listener, clock_monotonic_ms() + timeout_ms, true, &came))
        return lost(listener, "the connection between nodes is lost", error);
    hear(listener, heard, ctx);
    return OK;
}

/* Takes the answer to the one query that is under way. */
static enum status finish_query(struct db_listener *listener, struct error *error) {
    enum status status = OK;
    for (PGresult *result; (result = PQgetResult(listener->connection)); PQclear(result))
        if (PQresultStatus(result) != PGRES_TUPLES_OK) status = UNAVAILABLE;
    return status == OK ? OK : lost(listener, "the server does not answer other nodes", error);
}

enum status db_listener_confirm(struct db_listener *listener, int timeout_ms, db_heard heard, void *ctx,
                                struct error *error) {
    int64_t deadline = clock_monotonic_ms() + timeout_ms;
    bool came, ok = PQsendQuery(listener->connection, "SELECT 1") == 1;
    while (ok && PQisBusy(listener->connection)) {
        if (clock_monotonic_ms() >= deadline) return lost(listener, "the server does not answer in time", error);
        ok = take_in(listener, deadline, false, &came);
    }
    if (!ok) return lost(listener, "the connection between nodes is lost", error);
    enum status status = finish_query(listener, error);
    if (status == OK) hear(listener, heard, ctx);
    return status;
}
