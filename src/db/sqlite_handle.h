/* The inside of the SQLite engine's connection, for what is not one of the prepared statements. For this room only. */
#ifndef PALABRE_DB_SQLITE_HANDLE_H
#define PALABRE_DB_SQLITE_HANDLE_H

#include "db/db.h"

#include <sqlite3.h>

sqlite3 *sqlite_handle(struct db *db);
enum status sqlite_failed(struct db *db, struct error *error); /* what the last call came to, in our words */

#endif
