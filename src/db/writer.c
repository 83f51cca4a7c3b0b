/* A lane is a connection with its thread and its queue: one, or, on an engine that many may write to, several; the jobs of one
   discussion go by the same lane, and so keep their order. A lane's mutex guards its queue and figures; the connection,
   and a batch once taken, are the thread's alone. */
#include "db/writer.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/memory.h"
#include "db/checkpoint.h"
#include "db/engine.h"
#include "os/limits.h"

#include <pthread.h>
#include <time.h>

/* A job that another writer stands in the way of comes first next time, and then waits for it: so this is for what goes wrong
   without end. */
enum { TRIES_MAX = 100 };

struct queue {
    struct writer_job *first, *last;
    size_t count;
};

struct lane {
    struct writer *writer;
    struct db *db;
    pthread_t thread;
    bool started;
    size_t last_jobs;     /* of the last batch; the thread's */
    int64_t last_ns;      /* what it took, the same */
    size_t untended;      /* jobs since db__tend, the same */
    int64_t tended_at_ms; /* monotonic */

    pthread_mutex_t mutex;
    pthread_cond_t wake; /* something waits, or as much as wanted, or it is time to stop */
    size_t wanted;       /* jobs the batch that is being gathered waits for; 0: none is */
    struct queue waiting;
    bool stopping;
    struct writer_figures figures;
};

struct writer {
    struct lane *lanes;
    size_t count;
    struct checkpoint *checkpoint; /* of the first */
    size_t max_queue, max_batch;
    int64_t refuse_ns, late_ns; /* 0: no bound */
    enum status (*settle)(struct db *db, const struct writer_job *jobs, struct error *error);
    pthread_mutex_t telling; /* done() is called by one lane at a time */
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
static bool is_late(struct lane *lane, struct writer_job *job, int64_t now) {
    int64_t waited = now - job->queued_ns;
    job->late = lane->writer->late_ns && waited > lane->writer->late_ns;
    if (job->late) {
        lane->figures.late++;
        return true;
    }
    if (waited > lane->figures.longest_wait_ns) lane->figures.longest_wait_ns = waited;
    return false;
}

/* With the mutex: who was answered by the last batch may well be on the way again, and a commit costs the same for one job
   as for all of them. So a batch waits for as many as there were last time, but no longer than a part of what the last one
   took: whoever comes alone is not kept waiting by those who do not come back. */
static void gather(struct lane *lane) {
    enum { PART = 2, LONGEST_NS = 2 * 1000 * 1000 };
    size_t usual = lane->last_jobs < lane->writer->max_batch ? lane->last_jobs : lane->writer->max_batch;
    int64_t patience = lane->last_ns / PART < LONGEST_NS ? lane->last_ns / PART : LONGEST_NS;
    if (usual < 2 || lane->waiting.count >= usual) return;
    int64_t until = clock_monotonic_ns() + patience;
    struct timespec time = {.tv_sec = until / 1000000000, .tv_nsec = until % 1000000000};
    lane->wanted = usual;
    while (lane->waiting.count < usual && !lane->stopping &&
           pthread_cond_timedwait(&lane->wake, &lane->mutex, &time) == 0)
        continue;
    lane->wanted = 0;
}

/* Waits for jobs; false when there are none and it is time to stop. late: those that are only to be told so. */
static bool take_batch(struct lane *lane, struct queue *batch, struct queue *late) {
    pthread_mutex_lock(&lane->mutex);
    while (!lane->waiting.first && !lane->stopping) pthread_cond_wait(&lane->wake, &lane->mutex);
    gather(lane);
    int64_t now = clock_monotonic_ns();
    while (lane->waiting.first && batch->count < lane->writer->max_batch) {
        struct writer_job *job = queue_take(&lane->waiting);
        queue_add(is_late(lane, job, now) ? late : batch, job);
    }
    pthread_mutex_unlock(&lane->mutex);
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
static enum outcome apply_bare(struct lane *lane, struct writer_job *job) {
    struct db *db = lane->db;
    int64_t before = db->engine->written(db);
    enum status status = job->apply(db, job, &job->error);
    bool whole = db__in_transaction(db);
    bool half = status != OK && db->engine->written(db) != before;
    if (status == OK && !whole)
        status = error_set(&job->error, UNAVAILABLE, "the database has thrown the transaction away");
    keep_status(job, status);
    return !whole ? JOB_LOST : half ? JOB_HALF : JOB_TOLD;
}

static enum outcome apply_in_savepoint(struct lane *lane, struct writer_job *job) {
    struct db *db = lane->db;
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

/* What becomes of the jobs of a batch: those that do not stay in it. */
struct parted {
    struct queue aside; /* told what they came to, whatever becomes of the others */
    struct queue again; /* another writer stood in their way, or the connection was lost: they come first next time */
};

/* One turn through the batch, up to the first job that stops it. */
static enum outcome apply_each(struct lane *lane, struct queue *batch, bool savepoints, struct parted *parted) {
    struct queue applied = {0};
    enum outcome outcome = JOB_TOLD;
    while (batch->first && outcome == JOB_TOLD) {
        struct writer_job *job = queue_take(batch);
        job->error = (struct error){0};
        outcome = savepoints ? apply_in_savepoint(lane, job) : apply_bare(lane, job);
        bool again = job->status != OK && db__may_retry(lane->db) && job->tries++ < TRIES_MAX;
        queue_add(again ? &parted->again : outcome == JOB_LOST ? &parted->aside : &applied, job);
    }
    while (batch->first) queue_add(&applied, queue_take(batch));
    *batch = applied;
    return outcome;
}

/* Runs all jobs of the batch that have not been set aside. A job that fails half-way makes all start again, each in a
   savepoint then. When one makes the engine throw the transaction away (a full disk, say), that one is set aside with its
   error, and the others start again without it: so this ends. */
static enum status apply_all(struct lane *lane, struct queue *batch, struct parted *parted, struct error *error) {
    bool savepoints = !lane->db->engine->written;
    for (;;) {
        enum status status = db_write_begin(lane->db, error);
        if (status != OK) return status;
        enum outcome outcome = apply_each(lane, batch, savepoints, parted);
        if (outcome == JOB_TOLD) break;
        db_write_rollback(lane->db);
        savepoints = savepoints || outcome == JOB_HALF;
    }
    if (!lane->writer->settle || !batch->first) return OK;
    return lane->writer->settle(lane->db, batch->first, error);
}

/* DESIGN.md, 'The life of a request': all that wait, one transaction, one commit, then everybody is told. */
static bool commit_batch(struct lane *lane, struct queue *batch, struct parted *parted) {
    struct error error = {0};
    enum status status = apply_all(lane, batch, parted, &error);
    if (status != OK) {
        db_write_rollback(lane->db);
        fail_all(batch, status == BUSY ? BUSY : UNAVAILABLE, &error);
        return false;
    }
    if (!batch->first) {
        db_write_rollback(lane->db);
        return true;
    }
    status = db_write_commit(lane->db, &error);
    if (status == OK) return true;
    db_write_rollback(lane->db);
    /* A job that failed may have failed over what another had written, which is gone: it has to be asked again too. */
    fail_all(batch, UNAVAILABLE, &error);
    return false;
}

static void tell(struct lane *lane, struct queue *batch) {
    if (!batch->first) return;
    pthread_mutex_lock(&lane->writer->telling);
    while (batch->first) {
        struct writer_job *job = queue_take(batch);
        struct error error = job->error;
        job->done(job, job->status, &error);
    }
    pthread_mutex_unlock(&lane->writer->telling);
}

/* A little by chance, and longer each time, so that two do not meet for ever. */
static void rest_before(const struct writer_job *job) {
    enum { STEP_US = 500, LONGEST_US = 20 * 1000 };
    uint16_t chance;
    if (job->tries < 2) return;
    crypto_random(&chance, sizeof chance);
    int64_t most = job->tries * STEP_US < LONGEST_US ? job->tries * STEP_US : LONGEST_US;
    struct timespec time = {.tv_nsec = (long)(most * chance / UINT16_MAX) * 1000};
    nanosleep(&time, NULL);
}

/* To the front of the queue, in their order. */
static void take_back(struct lane *lane, struct queue *again) {
    if (!again->first) return;
    rest_before(again->first);
    pthread_mutex_lock(&lane->mutex);
    lane->figures.retried += (int64_t)again->count;
    again->last->next = lane->waiting.first;
    if (!lane->waiting.last) lane->waiting.last = again->last;
    lane->waiting.first = again->first;
    lane->waiting.count += again->count;
    pthread_mutex_unlock(&lane->mutex);
    *again = (struct queue){0};
}

/* What an engine wants done now and then. */
static void tend(struct lane *lane, size_t jobs) {
    enum { JOBS = 256, PERIOD_MS = 6 * 3600 * 1000 };
    lane->untended += jobs;
    if (lane->untended < JOBS && clock_monotonic_ms() - lane->tended_at_ms < PERIOD_MS) return;
    lane->untended = 0;
    lane->tended_at_ms = clock_monotonic_ms();
    db__tend(lane->db);
}

static void count(struct lane *lane, size_t jobs, bool committed) {
    pthread_mutex_lock(&lane->mutex);
    lane->figures.jobs += (int64_t)jobs;
    lane->figures.batches++;
    if (!committed) lane->figures.failed_commits++;
    pthread_mutex_unlock(&lane->mutex);
}

static void *run(void *ctx) {
    struct lane *lane = ctx;
    struct queue batch = {0};
    struct queue late = {0};
    struct parted parted = {0};
    pthread_setname_np(pthread_self(), "writer");
    limits_step_back(LIMITS_WRITER);
    while (take_batch(lane, &batch, &late)) {
        fail_all(&late, BUSY, &(struct error){BUSY, "it waited too long to be written"});
        tell(lane, &late);
        if (!batch.first) continue;
        size_t jobs = batch.count;
        int64_t began = clock_monotonic_ns();
        checkpoint_enter(lane->writer->checkpoint);
        bool committed = commit_batch(lane, &batch, &parted);
        checkpoint_leave(lane->writer->checkpoint);
        lane->last_jobs = jobs;
        lane->last_ns = clock_monotonic_ns() - began;
        count(lane, jobs, committed);
        tell(lane, &batch);
        tell(lane, &parted.aside);
        take_back(lane, &parted.again);
        tend(lane, jobs);
    }
    return NULL;
}

/* Everybody else */

static enum status lane_start(struct lane *lane, const struct writer_options *options, struct error *error) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&lane->mutex, NULL);
    pthread_cond_init(&lane->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    lane->writer->count++;
    enum status status = db_open(options->location, options->exclusive ? DB_SERVE : DB_WRITE, &lane->db, error);
    if (status != OK) return status;
    db__tend(lane->db);
    lane->tended_at_ms = clock_monotonic_ms();
    return OK;
}

static enum status lane_run(struct lane *lane, struct error *error) {
    lane->started = pthread_create(&lane->thread, NULL, run, lane) == 0;
    return lane->started ? OK : error_set(error, UNAVAILABLE, "the writer's thread does not start");
}

static enum status open_lanes(struct writer *writer, const struct writer_options *options, struct error *error) {
    size_t wanted = options->connections ? options->connections : 1;
    writer->lanes = memory_alloc_array(wanted, sizeof *writer->lanes);
    enum status status = OK;
    for (size_t i = 0; i < wanted && status == OK; i++) {
        writer->lanes[i].writer = writer;
        status = lane_start(&writer->lanes[i], options, error);
        if (status == OK && !db_is_shared(writer->lanes[0].db)) break; /* one at a time may write */
    }
    return status;
}

enum status writer_new(const struct writer_options *options, struct writer **out, struct error *error) {
    struct writer *writer = NEW(struct writer);
    writer->max_queue = options->max_queue;
    writer->max_batch = options->max_batch ? options->max_batch : 1;
    writer->refuse_ns = options->refuse_ms * 1000000;
    writer->late_ns = options->late_ms * 1000000;
    writer->settle = options->settle;
    pthread_mutex_init(&writer->telling, NULL);
    enum status status = open_lanes(writer, options, error);
    if (status == OK)
        status = checkpoint_start(writer->lanes[0].db, options->location, &options->log, &writer->checkpoint, error);
    for (size_t i = 0; i < writer->count && status == OK; i++) status = lane_run(&writer->lanes[i], error);
    if (status != OK) {
        writer_free(writer);
        return status;
    }
    *out = writer;
    return OK;
}

/* With the mutex: whether there is no room, or the oldest waits for longer than whoever comes now should. */
static bool is_full(const struct lane *lane, int64_t now) {
    const struct writer *writer = lane->writer;
    const struct queue *waiting = &lane->waiting;
    if (waiting->count >= writer->max_queue / writer->count) return true;
    return writer->refuse_ns && waiting->first && now - waiting->first->queued_ns > writer->refuse_ns;
}

enum status writer_submit(struct writer *writer, struct writer_job *job) {
    enum status status = OK;
    struct lane *lane = &writer->lanes[(uint64_t)job->order % writer->count];
    job->queued_ns = clock_monotonic_ns();
    job->tries = 0;
    pthread_mutex_lock(&lane->mutex);
    if (lane->stopping) {
        status = UNAVAILABLE;
    } else if (is_full(lane, job->queued_ns)) {
        lane->figures.refused++;
        status = BUSY;
    } else {
        queue_add(&lane->waiting, job);
    }
    size_t count = lane->waiting.count;
    bool wakes = status == OK && (count == 1 || count == lane->wanted);
    pthread_mutex_unlock(&lane->mutex);
    if (wakes) pthread_cond_signal(&lane->wake); /* now: or it would wait for the mutex as soon as it woke */
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

static void lane_stop(struct lane *lane) {
    pthread_mutex_lock(&lane->mutex);
    lane->stopping = true;
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&lane->mutex);
    if (lane->started) pthread_join(lane->thread, NULL);
    lane->started = false;
}

void writer_stop(struct writer *writer) {
    for (size_t i = 0; i < writer->count; i++) lane_stop(&writer->lanes[i]);
}

void writer_free(struct writer *writer) {
    if (!writer) return;
    writer_stop(writer);
    checkpoint_stop(writer->checkpoint);
    for (size_t i = 0; i < writer->count; i++) {
        db_close(writer->lanes[i].db);
        pthread_mutex_destroy(&writer->lanes[i].mutex);
        pthread_cond_destroy(&writer->lanes[i].wake);
    }
    pthread_mutex_destroy(&writer->telling);
    memory_free(writer->lanes);
    memory_free(writer);
}

static void add_figures(struct writer_figures *sum, struct lane *lane) {
    pthread_mutex_lock(&lane->mutex);
    const struct writer_figures *own = &lane->figures;
    sum->jobs += own->jobs;
    sum->batches += own->batches;
    sum->failed_commits += own->failed_commits;
    sum->refused += own->refused;
    sum->late += own->late;
    sum->retried += own->retried;
    sum->waiting += (int64_t)lane->waiting.count;
    if (own->longest_wait_ns > sum->longest_wait_ns) sum->longest_wait_ns = own->longest_wait_ns;
    pthread_mutex_unlock(&lane->mutex);
}

struct writer_figures writer_figures(struct writer *writer) {
    struct writer_figures figures = {0};
    for (size_t i = 0; i < writer->count; i++) add_figures(&figures, &writer->lanes[i]);
    figures.log = checkpoint_log(writer->checkpoint);
    return figures;
}
