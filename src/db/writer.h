/* The writer: the thread that owns the write connection; on an engine that many may write to (PostgreSQL), several such
   threads, each with a connection of its own. It takes every job that waits, runs them in one
   transaction, commits once, then tells all: group commit. Nothing is acknowledged before it is on the disk. A job that
   fails is undone alone (where it had written something all start again, in a savepoint each); when the commit itself fails, every job of the batch is told UNAVAILABLE. */
#ifndef PALABRE_DB_WRITER_H
#define PALABRE_DB_WRITER_H

#include "db/db.h"

struct writer;

struct writer_job {
    /* Runs on the writer's thread. What it returns decides: OK keeps, anything else undoes what it wrote. May run again
       (when another of its batch failed half-way, when the engine said so): it must set its results anew. */
    enum status (*apply)(struct db *db, struct writer_job *job, struct error *error);
    /* Runs on a thread of the writer's, one at a time, after the commit; must be short and not block: hand on to a pool or a loop. The job
       is the callee's again. */
    void (*done)(struct writer_job *job, enum status status, const struct error *error);
    int64_t order; /* the caller's: jobs of the same number (a discussion's) are run in the order they came. 0: any */
    struct writer_job *next; /* the queue's */
    int64_t queued_ns;       /* the queue's */
    int tries;               /* the queue's: times it was put off, because another writer stood in its way */
    bool late;               /* the writer's: told BUSY because it waited too long; apply has not run */
    enum status status;      /* the writer's */
    struct error error;      /* the writer's */
};

/* Commits go into a log first; a thread of the writer's own carries it over into the database, so that no commit pays for
   it. 0: the usual value. */
struct writer_log_limits {
    int64_t carry_bytes; /* each time so much has been added, it is carried over (8 MiB) */
    int64_t
        restart_bytes; /* from this size on, commits may wait some milliseconds until the log can be started again, so
                              that it does not grow for ever (16 MiB) */
    int64_t
        idle_ms; /* so long after the last commit the rest is carried over, and a log that has become longer than twice
                          restart_bytes cut (2000) */
};

struct writer_options {
    slice location;
    size_t connections; /* where more than one may write; 0: one */
    size_t max_queue;   /* jobs waiting; beyond: BUSY */
    size_t max_batch;   /* jobs per transaction */
    bool exclusive;     /* DB_SERVE: BUSY from writer_new when another process writes alone */
    int64_t refuse_ms;  /* while the oldest job waits for longer, no more are taken: BUSY. 0: no such bound */
    int64_t late_ms;    /* a job that has waited longer is not run, but told BUSY. 0: no such bound */
    struct writer_log_limits log;
    /* May be NULL. In the transaction, after the jobs of a batch (a list, by next; those with another status than OK have
       left nothing): writes what they left to be written once for all. Anything but OK fails the batch. */
    enum status (*settle)(struct db *db, const struct writer_job *jobs, struct error *error);
};

enum status writer_new(const struct writer_options *options, struct writer **out, struct error *error) MUST_USE;
/* Any thread; never blocks on the disk. BUSY when the queue is full, or slow (refuse_ms), UNAVAILABLE after writer_stop:
   done() is then not called. */
enum status writer_submit(struct writer *writer, struct writer_job *job) MUST_USE;
/* Submits and waits: for commands and start-up, never on a loop or in the writer. */
enum status writer_run(struct writer *writer, enum status (*apply)(struct db *db, void *ctx, struct error *error),
                       void *ctx, struct error *error) MUST_USE;
void writer_stop(struct writer *writer); /* does what waits, then ends the thread; not from done(); fine twice */
void writer_free(struct writer *writer); /* stops it first; NULL is fine */

struct writer_log {
    int64_t size, largest; /* bytes: now, and at its largest */
    int64_t carried;       /* times it was carried over, as far as it could be */
    int64_t restarted;     /* times it could start again */
    int64_t failed;        /* times a reader (or the disk) stood in the way; it is tried again */
};

struct writer_figures {
    int64_t jobs;           /* told their status */
    int64_t batches;        /* transactions committed, or tried */
    int64_t failed_commits; /* and transactions that could not begin */
    int64_t retried;        /* times a job was run again: another writer stood in its way, or the connection was lost */
    int64_t waiting;        /* jobs not taken up yet */
    int64_t refused;        /* BUSY was said by writer_submit */
    int64_t late;           /* … and to jobs that had waited too long */
    int64_t longest_wait_ns;
    struct writer_log log;
};
struct writer_figures writer_figures(struct writer *writer);

#endif
