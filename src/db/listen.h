/* Hearing what other nodes announce (db_announce), on a connection of its own: PostgreSQL's LISTEN. On an engine of one
   process there is nobody to hear.

   One thread at a time, but for db_listener_wake. */
#ifndef PALABRE_DB_LISTEN_H
#define PALABRE_DB_LISTEN_H

#include "db/db.h"

struct db_listener;

/* payload: borrowed until it returns. */
typedef void (*db_heard)(void *ctx, slice payload);

/* Does not connect yet. *out is NULL where the engine has one process only. */
enum status db_listener_new(slice location, struct db_listener **out, struct error *error) MUST_USE;
void db_listener_free(struct db_listener *listener); /* NULL is fine */

/* Connects, to a server that takes writes, and listens: what is committed after it returns OK will be heard. Blocks for a
   few seconds at most for each server that is named. UNAVAILABLE. */
enum status db_listener_connect(struct db_listener *listener, struct error *error) MUST_USE;

/* Waits for announcements, at most so long: OK, whether any came or not (or db_listener_wake was called). UNAVAILABLE: the
   connection is lost; connect again. */
enum status db_listener_wait(struct db_listener *listener, int timeout_ms, db_heard heard, void *ctx,
                             struct error *error) MUST_USE;

/* A round trip: OK when the server answered in time; all that was announced before it is heard by then. UNAVAILABLE: as
   above. */
enum status db_listener_confirm(struct db_listener *listener, int timeout_ms, db_heard heard, void *ctx,
                                struct error *error) MUST_USE;

/* Waits without a connection, until the time is over or db_listener_wake is called. */
void db_listener_rest(struct db_listener *listener, int ms);
void db_listener_wake(
    struct db_listener *listener); /* any thread: the wait or rest that is under way, or the next, ends */

#endif
