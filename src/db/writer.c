/* One mutex guards the queue and the figures; the connection, and a batch once taken, are the thread's alone. */
#include "db/writer.h"

#include "base/clock.h"
#include "base/memory.h"
#include "db/checkpoint.h"
#include "db/engine.h"

#include <pthread.h>
#include <time.h>

struct queue {
    struct writer_job *first, *last;
    size_t count;
};

struct writer {
    struct db *db;
    struct checkpoint *checkpoint;
    size_t max_queue, max_batch;
    int64_t refuse_ns, late_ns; /* 0: no bound */
    enum status (*settle)(struct db *db, const struct writer_job *jobs, struct error *error);
    pthread_t thread;
    bool started;
    size_t last_jobs; /* of the last batch; the thread's */
    int64_t last_ns;  /* what it took, the same */

    pthread_mutex_t mutex;
    pthread_cond_t wake; /* something waits, or as much as wanted, or it is time to stop */
    size_t wanted;       /* jobs the batch that is being gathered waits for; 0: none is */
    struct queue waiting;
    bool stopping;
    struct writer_figures figures;
};

static void queue_add(struct queue *queue, struct writer_job *job) {
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

static struct writer_job *queue_take(struct queue *queue) {
    struct writer_job *job = queue->first;
    queue->first = job->next;
    if (!queue->first) queue->last = NULL;
    queue->count--;
    job->next = NULL;
    return job;
}

/* The thread */

/* With the mutex: whether the job has waited for too long to be run still. */
static bool is_late(struct writer *writer, struct writer_job *job, int64_t now) {
    int64_t waited = now - job->queued_ns;
    job->late = writer->late_ns && waited > writer->late_ns;
    if (job->late) {
        writer->figures.late++;
        return true;
    }
    if (waited > writer->figures.longest_wait_ns) writer->figures.longest_wait_ns = waited;
    return false;
}

/* With the mutex: who was answered by the last batch may well be on the way again, and a commit costs the same for one job
   as for all of them. So a batch waits for as many as there were last time, but no longer than a part of what the last one
   took: whoever comes alone is not kept waiting by those who do not come back. */
static void gather(struct writer *writer) {
    enum { PART = 2, LONGEST_NS = 2 * 1000 * 1000 };
    size_t usual = writer->last_jobs < writer->max_batch ? writer->last_jobs : writer->max_batch;
    int64_t patience = writer->last_ns / PART < LONGEST_NS ? writer->last_ns / PART : LONGEST_NS;
    if (usual < 2 || writer->waiting.count >= usual) return;
    int64_t until = clock_monotonic_ns() + patience;
    struct timespec time = {.tv_sec = until / 1000000000, .tv_nsec = until % 1000000000};
    writer->wanted = usual;
    while (writer->waiting.count < usual && !writer->stopping &&
           pthread_cond_timedwait(&writer->wake, &writer->mutex, &time) == 0)
        continue;
    writer->wanted = 0;
}

/* Waits for jobs; false when there are none and it is time to stop. late: those that are only to be told so. */
static bool take_batch(struct writer *writer, struct queue *batch, struct queue *late) {
    pthread_mutex_lock(&writer->mutex);
    while (!writer->waiting.first && !writer->stopping) pthread_cond_wait(&writer->wake, &writer->mutex);
    gather(writer);
    int64_t now = clock_monotonic_ns();
    while (writer->waiting.first && batch->count < writer->max_batch) {
        struct writer_job *job = queue_take(&writer->waiting);
        queue_add(is_late(writer, job, now) ? late : batch, job);
    }
    pthread_mutex_unlock(&writer->mutex);
    return batch->first || late->first;
}

/* What a job says about its failure; its own words, or ours when it had none. */
static void keep_status(struct writer_job *job, enum status status) {
    job->status = status;
    if (status == OK || job->error.status == OK) job->error = (struct error){.status = status};
}

enum outcome {
    JOB_TOLD, /* it stands whole, or has left nothing */
    JOB_HALF, /* it failed and has left something */
    JOB_LOST, /* the whole transaction has been thrown away, by the engine or because the job could not be undone */
};

/* A savepoint costs a copy of every page the job touches, and nearly no job needs one: the first time round there is
   none. */
static enum outcome apply_bare(struct writer *writer, struct writer_job *job) {
    struct db *db = writer->db;
    int64_t before = db->engine->written(db);
    enum status status = job->apply(db, job, &job->error);
    bool whole = db__in_transaction(db);
    bool half = status != OK && db->engine->written(db) != before;
    if (status == OK && !whole)
        status = error_set(&job->error, UNAVAILABLE, "the database has thrown the transaction away");
    keep_status(job, status);
    return !whole ? JOB_LOST : half ? JOB_HALF : JOB_TOLD;
}

static enum outcome apply_in_savepoint(struct writer *writer, struct writer_job *job) {
    struct db *db = writer->db;
    enum status status = db_savepoint(db, &job->error);
    if (status == OK) {
        status = job->apply(db, job, &job->error);
        if (status == OK && db__in_transaction(db)) status = db_savepoint_keep(db, &job->error);
        if (status != OK) db_savepoint_undo(db);
    }
    bool whole = db__in_transaction(db);
    if (status == OK && !whole)
        status = error_set(&job->error, UNAVAILABLE, "the database has thrown the transaction away");
    keep_status(job, status);
    return whole ? JOB_TOLD : JOB_LOST;
}

static void fail_all(const struct queue *batch, enum status status, const struct error *error) {
    for (struct writer_job *job = batch->first; job; job = job->next) {
        job->status = status;
        job->error = *error;
        job->error.status = status;
    }
}

/* One turn through the batch, up to the first job that stops it, which is left in *stopped. */
static enum outcome apply_each(struct writer *writer, struct queue *batch, bool savepoints,
                               struct writer_job **stopped) {
    struct queue applied = {0};
    enum outcome outcome = JOB_TOLD;
    *stopped = NULL;
    while (batch->first && outcome == JOB_TOLD) {
        struct writer_job *job = queue_take(batch);
        job->error = (struct error){0};
        outcome = savepoints ? apply_in_savepoint(writer, job) : apply_bare(writer, job);
        if (outcome == JOB_LOST)
            *stopped = job;
        else
            queue_add(&applied, job);
    }
    while (batch->first) queue_add(&applied, queue_take(batch));
    *batch = applied;
    return outcome;
}

/* Runs all jobs of the batch that have not been set aside. A job that fails half-way makes all start again, each in a
   savepoint then. When one makes the engine throw the transaction away (a full disk, say), that one is set aside with its
   error, and the others start again without it: so this ends. */
static enum status apply_all(struct writer *writer, struct queue *batch, struct queue *aside, struct error *error) {
    bool savepoints = !writer->db->engine->written;
    for (;;) {
        enum status status = db_write_begin(writer->db, error);
        if (status != OK) return status;
        struct writer_job *stopped;
        enum outcome outcome = apply_each(writer, batch, savepoints, &stopped);
        if (outcome == JOB_TOLD) break;
        if (stopped) queue_add(aside, stopped);
        db_write_rollback(writer->db);
        savepoints = savepoints || outcome == JOB_HALF;
    }
    if (!writer->settle || !batch->first) return OK;
    return writer->settle(writer->db, batch->first, error);
}

/* DESIGN.md, 'The life of a request': all that wait, one transaction, one commit, then everybody is told. */
static bool commit_batch(struct writer *writer, struct queue *batch, struct queue *aside) {
    struct error error = {0};
    enum status status = apply_all(writer, batch, aside, &error);
    if (status != OK) {
        db_write_rollback(writer->db);
        fail_all(batch, status == BUSY ? BUSY : UNAVAILABLE, &error);
        return false;
    }
    if (!batch->first) {
        db_write_rollback(writer->db);
        return true;
    }
    status = db_write_commit(writer->db, &error);
    if (status == OK) return true;
    db_write_rollback(writer->db);
    /* A job that failed may have failed over what another had written, which is gone: it has to be asked again too. */
    fail_all(batch, UNAVAILABLE, &error);
    return false;
}

static void tell(struct queue *batch) {
    while (batch->first) {
        struct writer_job *job = queue_take(batch);
        struct error error = job->error;
        job->done(job, job->status, &error);
    }
}

static void count(struct writer *writer, size_t jobs, bool committed) {
    pthread_mutex_lock(&writer->mutex);
    writer->figures.jobs += (int64_t)jobs;
    writer->figures.batches++;
    if (!committed) writer->figures.failed_commits++;
    pthread_mutex_unlock(&writer->mutex);
}

static void *run(void *ctx) {
    struct writer *writer = ctx;
    struct queue batch = {0};
    struct queue aside = {0};
    struct queue late = {0};
    while (take_batch(writer, &batch, &late)) {
        fail_all(&late, BUSY, &(struct error){BUSY, "it waited too long to be written"});
        tell(&late);
        if (!batch.first) continue;
        size_t jobs = batch.count;
        int64_t began = clock_monotonic_ns();
        checkpoint_enter(writer->checkpoint);
        bool committed = commit_batch(writer, &batch, &aside);
        checkpoint_leave(writer->checkpoint);
        writer->last_jobs = jobs;
        writer->last_ns = clock_monotonic_ns() - began;
        count(writer, jobs, committed);
        tell(&batch);
        tell(&aside);
    }
    return NULL;
}

/* Everybody else */

enum status writer_new(const struct writer_options *options, struct writer **out, struct error *error) {
    struct writer *writer = NEW(struct writer);
    writer->max_queue = options->max_queue;
    writer->max_batch = options->max_batch ? options->max_batch : 1;
    writer->refuse_ns = options->refuse_ms * 1000000;
    writer->late_ns = options->late_ms * 1000000;
    writer->settle = options->settle;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    enum status status = db_open(options->location, options->exclusive ? DB_SERVE : DB_WRITE, &writer->db, error);
    if (status == OK)
        status = checkpoint_start(writer->db, options->location, &options->log, &writer->checkpoint, error);
    if (status == OK) {
        writer->started = pthread_create(&writer->thread, NULL, run, writer) == 0;
        if (!writer->started) status = error_set(error, UNAVAILABLE, "the writer's thread does not start");
    }
    if (status != OK) {
        writer_free(writer);
        return status;
    }
    *out = writer;
    return OK;
}

/* With the mutex: whether there is no room, or the oldest waits for longer than whoever comes now should. */
static bool is_full(const struct writer *writer, int64_t now) {
    const struct queue *waiting = &writer->waiting;
    if (waiting->count >= writer->max_queue) return true;
    return writer->refuse_ns && waiting->first && now - waiting->first->queued_ns > writer->refuse_ns;
}

enum status writer_submit(struct writer *writer, struct writer_job *job) {
    enum status status = OK;
    job->queued_ns = clock_monotonic_ns();
    pthread_mutex_lock(&writer->mutex);
    if (writer->stopping) {
        status = UNAVAILABLE;
    } else if (is_full(writer, job->queued_ns)) {
        writer->figures.refused++;
        status = BUSY;
    } else {
        queue_add(&writer->waiting, job);
    }
    size_t count = writer->waiting.count;
    if (status == OK && (count == 1 || count == writer->wanted)) pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    return status;
}

/* A job that somebody waits for. */
struct awaited {
    struct writer_job job; /* first: the job's address is this one's */
    enum status (*apply)(struct db *db, void *ctx, struct error *error);
    void *ctx;
    pthread_mutex_t mutex;
    pthread_cond_t over;
    bool is_over;
    enum status status;
    struct error error;
};

static enum status awaited_apply(struct db *db, struct writer_job *job, struct error *error) {
    struct awaited *awaited = (struct awaited *)job;
    return awaited->apply(db, awaited->ctx, error);
}

static void awaited_done(struct writer_job *job, enum status status, const struct error *error) {
    struct awaited *awaited = (struct awaited *)job;
    pthread_mutex_lock(&awaited->mutex);
    awaited->status = status;
    awaited->error = *error;
    awaited->is_over = true;
    pthread_cond_signal(&awaited->over);
    pthread_mutex_unlock(&awaited->mutex);
}

enum status writer_run(struct writer *writer, enum status (*apply)(struct db *db, void *ctx, struct error *error),
                       void *ctx, struct error *error) {
    struct awaited awaited = {.job = {.apply = awaited_apply, .done = awaited_done}, .apply = apply, .ctx = ctx};
    pthread_mutex_init(&awaited.mutex, NULL);
    pthread_cond_init(&awaited.over, NULL);
    enum status status = writer_submit(writer, &awaited.job);
    if (status != OK) {
        error_set(error, status, status == BUSY ? "too much waits to be written" : "the writer has stopped");
    } else {
        pthread_mutex_lock(&awaited.mutex);
        while (!awaited.is_over) pthread_cond_wait(&awaited.over, &awaited.mutex);
        pthread_mutex_unlock(&awaited.mutex);
        status = awaited.status;
        if (status != OK && error) *error = awaited.error;
    }
    pthread_mutex_destroy(&awaited.mutex);
    pthread_cond_destroy(&awaited.over);
    return status;
}

void writer_stop(struct writer *writer) {
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    if (writer->started) pthread_join(writer->thread, NULL);
    writer->started = false;
}

void writer_free(struct writer *writer) {
    if (!writer) return;
    writer_stop(writer);
    checkpoint_stop(writer->checkpoint);
    db_close(writer->db);
    pthread_mutex_destroy(&writer->mutex);
    pthread_cond_destroy(&writer->wake);
    memory_free(writer);
}

struct writer_figures writer_figures(struct writer *writer) {
    pthread_mutex_lock(&writer->mutex);
    struct writer_figures figures = writer->figures;
    figures.waiting = (int64_t)writer->waiting.count;
    pthread_mutex_unlock(&writer->mutex);
    figures.log = checkpoint_log(writer->checkpoint);
    return figures;
}
