/* A publication from one database into another, of either engine: `palabre copy`.

   The source is read in one snapshot, and only read; what is written to it meanwhile is not in the copy. The target is held
   alone. Rows go over in transactions of some thousands, and each notes in the target's table palabre_copy how far its table
   has come: after any end (a kill, a lost connection) the same call goes on. While that table is there nobody else opens
   the target. A table whose rows have changed in the source since then is copied anew; the journal only grows.
   Memory does not grow with the database. One thread. */
#ifndef PALABRE_DB_COPY_H
#define PALABRE_DB_COPY_H

#include "base/error.h"
#include "base/slice.h"

struct db_copy_options {
    void (*progress)(void *ctx, int64_t done, int64_t total); /* rows; often. Both may be NULL */
    void (*say)(void *ctx, slice line);                       /* a line for each table that differs */
    void *ctx;
};
struct db_copy_report {
    int64_t tables, rows; /* compared: at both ends the same */
    int64_t written;      /* by this run */
    bool resumed;
};
/* Locations as db_open's. Ends with db_copy_verify's comparison, of the snapshot with what the target then holds.
   NOT_FOUND: no publication in the source. CONFLICT: the target holds another one, or the unfinished copy of another one;
   it is not touched. INVALID: the schemas differ, or the rows do (say was called). Else as db_open. */
enum status db_copy(slice from, slice to, const struct db_copy_options *options, struct db_copy_report *out,
                    struct error *error) MUST_USE;
/* Changes nothing: the number of rows of each table at both ends, and the sum, modulo 2^256, of the BLAKE2b-256 of each row:
   of its columns in the order of their names, each with its type and length. INVALID when they differ. */
enum status db_copy_verify(slice from, slice to, const struct db_copy_options *options, struct db_copy_report *out,
                           struct error *error) MUST_USE;

#endif
