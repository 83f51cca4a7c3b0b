/* The file PATH.lock: held with flock(2) by whoever must be the only one in a SQLite database: `serve`, `import`, and a
   migration. The kernel lets go of it when the process dies, however it dies. */
#ifndef PALABRE_DB_SQLITE_LOCK_H
#define PALABRE_DB_SQLITE_LOCK_H

#include "base/error.h"

enum { SQLITE_LOCK_WAIT_MS = 1000 }; /* a short command that migrates may have it for that long */

/* Gives the descriptor that holds the lock, after waiting at most SQLITE_LOCK_WAIT_MS. BUSY: another process has it, and
   the error names it. */
enum status sqlite_lock_take(const char *database_path, int *fd, struct error *error) MUST_USE;
/* BUSY, in the words for a database that somebody else has locked: a palabre that holds the lock is named. */
enum status sqlite_lock_say_busy(const char *database_path, struct error *error) MUST_USE;
void sqlite_lock_drop(int fd); /* -1 is fine */

#endif
