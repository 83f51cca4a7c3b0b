/* What PostgreSQL says, in our words. SQLSTATE: appendix A of its manual. */
#include "db/postgresql.h"

#include <stdio.h>
#include <string.h>

static bool is_class(const char *state, const char *prefix) { return strncmp(state, prefix, strlen(prefix)) == 0; }

static enum status status_of(const char *state) {
    static const struct {
        const char *prefix;
        enum status status;
    } TABLE[] = {
        {"23505", CONFLICT},    /* unique_violation */
        {"40", BUSY},           /* serialization_failure, deadlock_detected */
        {"55P03", BUSY},        /* lock_not_available */
        {"57014", BUSY},        /* query_canceled: it took too long */
        {"53300", BUSY},        /* too_many_connections */
        {"22021", INVALID},     /* character_not_in_repertoire: a NUL in a text */
        {"3D000", NOT_FOUND},   /* the database does not exist */
        {"28", FORBIDDEN},      /* invalid authorization */
        {"42501", FORBIDDEN},   /* insufficient_privilege */
        {"54", LIMIT},          /* program limit exceeded */
        {"08", UNAVAILABLE},    /* connection exception */
        {"25006", UNAVAILABLE}, /* read_only_sql_transaction */
        {"25P03", UNAVAILABLE}, /* idle_in_transaction_session_timeout */
        {"53", UNAVAILABLE},    /* insufficient resources */
        {"57P", UNAVAILABLE},   /* the server stops, starts, or has crashed */
        {"58", UNAVAILABLE},    /* system error */
        {"XX001", UNAVAILABLE}, /* data_corrupted */
        {"XX002", UNAVAILABLE}, /* index_corrupted */
    };
    for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++)
        if (is_class(state, TABLE[i].prefix)) return TABLE[i].status;
    return INTERNAL;
}

static bool may_retry(const char *state) {
    return is_class(state, "40001") || is_class(state, "40P01") || is_class(state, "55P03");
}

static slice first_line(const char *text) {
    slice rest = slice_trim(slice_of(text));
    return slice_trim(slice_cut(&rest, '\n'));
}

enum status pg_fail_result(struct pg *pg, const PGresult *result, struct error *error) {
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (!state) return pg_fail_connection(pg, error);
    enum status status = status_of(state);
    pg->retry = may_retry(state);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (is_class(state, "25006"))
        return error_set(error, status, "%s takes no writes: it is a standby, or was made read-only", pg->place);
    if (is_class(state, "53100")) return error_set(error, status, "the disk of %s is full: %s", pg->place, message);
    if (is_class(state, "57P") || is_class(state, "08") || is_class(state, "25P03")) pg_lost(pg);
    if (status == UNAVAILABLE || status == FORBIDDEN)
        return error_set(error, status, "%s: %s (%s)", pg->place, message ? message : "failed", state);
    return error_set(error, status, "%s (%s)", message ? message : "failed", state);
}

enum status pg_fail_connection(struct pg *pg, struct error *error) {
    slice said = first_line(pg->connection ? PQerrorMessage(pg->connection) : "");
    enum status status = said.n ? error_set(error, UNAVAILABLE, "%s: %.*s", pg->place, SLICE_FMT(said))
                                : error_set(error, UNAVAILABLE, "the connection to %s is lost", pg->place);
    pg_lost(pg);
    pg->retry = true; /* nothing of the transaction stands */
    return status;
}

/* "FATAL:  28P01: password …" (PQERRORS_VERBOSE): the five letters, or "". */
static void find_state(const char *message, char out[6]) {
    static const char LETTERS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    out[0] = '\0';
    for (const char *p = strstr(message, ":  "); p; p = strstr(p + 1, ":  ")) {
        if (strspn(p + 3, LETTERS) != 5 || p[8] != ':') continue;
        memcpy(out, p + 3, 5);
        out[5] = '\0';
    }
}

/* libpq's own refusals carry no state; they are English unless translated, so this is only a better word where it fits. */
static bool is_read_only(const char *message) {
    return strstr(message, "session is read-only") || strstr(message, "server is in hot standby mode");
}

enum status pg_fail_opening(struct pg *pg, PGconn *connection, struct error *error) {
    if (!connection) return error_set(error, UNAVAILABLE, "out of memory");
    char state[6];
    /* Only a second try tells the state of a refusal: libpq gives none for a connection that was not made. */
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    PQreset(connection);
    if (PQstatus(connection) == CONNECTION_OK)
        return error_set(error, UNAVAILABLE, "%s answered only the second time: try again", pg->place);
    const char *message = PQerrorMessage(connection);
    find_state(message, state);
    slice line = first_line(message);
    if (is_class(state, "28") || strstr(message, "no password supplied"))
        return error_set(error, FORBIDDEN, "%s refuses the user or the password", pg->place);
    if (is_class(state, "3D000")) return error_set(error, NOT_FOUND, "%s does not exist: create it first", pg->place);
    if (is_class(state, "42501"))
        return error_set(error, FORBIDDEN, "%s refuses the user: no right to connect", pg->place);
    if (is_read_only(message))
        return error_set(error, UNAVAILABLE, "%s takes no writes: it is a standby, or was made read-only", pg->place);
    if (state[0] && status_of(state) == BUSY)
        return error_set(error, BUSY, "%s takes no more connections (%s)", pg->place, state);
    return error_set(error, UNAVAILABLE, "%s cannot be reached: %.*s", pg->place, SLICE_FMT(line));
}
