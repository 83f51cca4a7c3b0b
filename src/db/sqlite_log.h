/* A file system for SQLite's write connections: the real one, but that the writer's log may be gathered. SQLite writes the
   frames of a commit one by one, a header and a page each. They follow each other, so they are kept, and written by one
   call before the log is synced, read, cut or asked for its size. For this room only.

   Nothing becomes less durable: with synchronous = FULL a commit syncs the log before its frames are told to anybody, and a
   gathered write that fails makes that sync fail. What a transaction had written before it was rolled back is forgotten:
   by then these bytes of the log may be another process's. */
#ifndef PALABRE_DB_SQLITE_LOG_H
#define PALABRE_DB_SQLITE_LOG_H

#include <sqlite3.h>
#include <stdbool.h>

/* The name for sqlite3_open_v2; NULL (the real file system) when it could not be registered. Any thread. */
const char *sqlite_log_file_system(void);
/* From now on the log of this connection is gathered, or is not. Outside a transaction, in WAL mode, with synchronous =
   FULL or above; takes the connection's rollback hook. Without effect on another file system. */
void sqlite_log_gather(sqlite3 *handle, bool gathers);

#endif
