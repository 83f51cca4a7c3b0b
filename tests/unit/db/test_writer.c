#include "../store.h"
#include "base/clock.h"
#include "db/engine.h"
#include "db/writer.h"

#include <pthread.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

/* A shim over SQLite's file system: while `failing` is set, no byte goes into a write-ahead log. */
static atomic_bool failing;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs shim_vfs;
static sqlite3_io_methods shim_methods;
static const sqlite3_io_methods *real_methods;

static int shim_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset) {
    if (atomic_load(&failing)) return SQLITE_FULL;
    return real_methods->xWrite(file, bytes, n, offset);
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
    (void)vfs;
    int code = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
    if (code != SQLITE_OK || !(flags & SQLITE_OPEN_WAL)) return code;
    if (!real_methods) {
        real_methods = file->pMethods;
        shim_methods = *real_methods;
        shim_methods.xWrite = shim_write;
    }
    file->pMethods = &shim_methods;
    return code;
}

static void install_shim(void) {
    real_vfs = sqlite3_vfs_find(NULL);
    shim_vfs = *real_vfs;
    shim_vfs.zName = "shim";
    shim_vfs.xOpen = shim_open;
    assert_int_equal(sqlite3_vfs_register(&shim_vfs, 1), SQLITE_OK);
}

/* Jobs: each adds one section with its number, and may then be told to fail. */
struct job {
    struct writer_job job; /* first */
    struct pen *pen;
    int number;
    enum status verdict; /* what apply returns, after it has written */
    enum status told;
    char detail[200];
    int told_at; /* 1, 2, 3 … in the order of done() */
};

/* Holds the writer's thread in its first job until the others have been queued. */
struct pen {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool entered, open;
    int told;
};

struct fixture {
    struct store store;
    struct writer *writer;
    struct pen pen;
    struct error error;
};

static enum status write_row(struct db *db, int64_t number, struct error *error) {
    struct db_rows *rows = db_use(db, DB_SECTION_ADD);
    char slug[32];
    int n = snprintf(slug, sizeof slug, "%lld", (long long)number);
    db_bind_text(rows, "slug", slice_make(slug, (size_t)n));
    db_bind_text(rows, "title", S("Vie locale"));
    db_bind_text(rows, "description", S(""));
    db_bind_text(rows, "language", S("fr"));
    db_bind_null(rows, "moderation");
    db_bind_int(rows, "position", number);
    return db_run(rows, NULL, error);
}

static enum status job_apply(struct db *db, struct writer_job *base, struct error *error) {
    struct job *job = (struct job *)base;
    enum status status = write_row(db, job->number, error);
    if (status != OK || job->verdict == OK) return status;
    return error_set(error, job->verdict, "job %d will not", job->number);
}

static void job_done(struct writer_job *base, enum status status, const struct error *error) {
    struct job *job = (struct job *)base;
    pthread_mutex_lock(&job->pen->mutex);
    job->told = status;
    snprintf(job->detail, sizeof job->detail, "%.190s", error->detail);
    job->told_at = ++job->pen->told;
    pthread_cond_broadcast(&job->pen->changed);
    pthread_mutex_unlock(&job->pen->mutex);
}

static enum status hold_apply(struct db *db, struct writer_job *base, struct error *error) {
    struct pen *pen = ((struct job *)base)->pen;
    (void)db, (void)error;
    pthread_mutex_lock(&pen->mutex);
    pen->entered = true;
    pthread_cond_broadcast(&pen->changed);
    while (!pen->open) pthread_cond_wait(&pen->changed, &pen->mutex);
    pthread_mutex_unlock(&pen->mutex);
    return OK;
}

static void hold(struct fixture *f, struct job *job) {
    *job = (struct job){.job = {.apply = hold_apply, .done = job_done}, .pen = &f->pen};
    f->pen.entered = f->pen.open = false;
    assert_int_equal(writer_submit(f->writer, &job->job), OK);
    pthread_mutex_lock(&f->pen.mutex);
    while (!f->pen.entered) pthread_cond_wait(&f->pen.changed, &f->pen.mutex);
    pthread_mutex_unlock(&f->pen.mutex);
}

static void let_go(struct fixture *f) {
    pthread_mutex_lock(&f->pen.mutex);
    f->pen.open = true;
    pthread_cond_broadcast(&f->pen.changed);
    pthread_mutex_unlock(&f->pen.mutex);
}

static void wait_told(struct fixture *f, int count) {
    pthread_mutex_lock(&f->pen.mutex);
    while (f->pen.told < count) pthread_cond_wait(&f->pen.changed, &f->pen.mutex);
    pthread_mutex_unlock(&f->pen.mutex);
}

static int64_t count_rows(struct fixture *f, const char *where) {
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM section WHERE %s", where);
    return store_sql(&f->store, sql);
}

enum { JOBS = 64, QUEUE = 100, BATCH = 48 };

static void reopen(struct fixture *f,
                   enum status (*settle)(struct db *db, const struct writer_job *jobs, struct error *error)) {
    writer_free(f->writer);
    struct writer_options options = {
        .location = slice_of(f->store.location), .max_queue = QUEUE, .max_batch = BATCH, .settle = settle};
    assert_int_equal(writer_new(&options, &f->writer, &f->error), OK);
}

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    store_init(&f->store);
    pthread_mutex_init(&f->pen.mutex, NULL);
    pthread_cond_init(&f->pen.changed, NULL);
    reopen(f, NULL);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    writer_free(f->writer);
    pthread_mutex_destroy(&f->pen.mutex);
    pthread_cond_destroy(&f->pen.changed);
    store_fini(&f->store);
    free(f);
    return 0;
}

static void submit(struct fixture *f, struct job *job, int number, enum status verdict) {
    *job = (struct job){
        .job = {.apply = job_apply, .done = job_done}, .pen = &f->pen, .number = number, .verdict = verdict};
    assert_int_equal(writer_submit(f->writer, &job->job), OK);
}

static void jobs_that_wait_share_a_commit(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[JOBS];
    hold(f, &first);
    for (int i = 0; i < JOBS; i++) submit(f, &jobs[i], i, OK);
    assert_int_equal(writer_figures(f->writer).waiting, JOBS);
    let_go(f);
    wait_told(f, JOBS + 1);
    struct writer_figures figures = writer_figures(f->writer);
    assert_int_equal(figures.jobs, JOBS + 1);
    assert_int_equal(figures.batches, 3); /* the one that held, 48, 16 */
    assert_int_equal(figures.failed_commits, 0);
    assert_int_equal(count_rows(f, "1 = 1"), JOBS);
    for (int i = 0; i < JOBS; i++) {
        assert_int_equal(jobs[i].told, OK);
        assert_int_equal(jobs[i].told_at, i + 2);
    }
}

static void a_job_that_fails_is_undone_alone(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[4];
    hold(f, &first);
    submit(f, &jobs[0], 1, OK);
    submit(f, &jobs[1], 2, INVALID);
    submit(f, &jobs[2], 1, OK); /* the same row again */
    submit(f, &jobs[3], 3, OK);
    let_go(f);
    wait_told(f, 5);
    assert_int_equal(jobs[0].told, OK);
    assert_int_equal(jobs[1].told, INVALID);
    assert_string_equal(jobs[1].detail, "job 2 will not");
    assert_int_equal(jobs[2].told, CONFLICT);
    assert_int_equal(jobs[3].told, OK);
    assert_string_equal(jobs[3].detail, "");
    assert_int_equal(count_rows(f, "1 = 1"), 2);
    assert_int_equal(count_rows(f, "slug = '2'"), 0);
}

/* Neither engine takes a commit while it is so: no room for the log, or a constraint that is looked at only then. */
static void let_commits_fail(struct fixture *f, bool fail) {
    if (!store_is_postgresql())
        atomic_store(&failing, fail);
    else if (fail)
        (void)store_sql(&f->store,
                        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                        "$$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$; "
                        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON section DEFERRABLE INITIALLY DEFERRED "
                        "FOR EACH ROW EXECUTE FUNCTION refuse()");
    else
        (void)store_sql(&f->store, "DROP TRIGGER refuse ON section; DROP FUNCTION refuse");
}

static void when_the_commit_fails_nobody_was_served(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[3];
    if (store_is_postgresql()) let_commits_fail(f, true); /* it waits for who has read the table */
    hold(f, &first);
    submit(f, &jobs[0], 1, OK);
    submit(f, &jobs[1], 2, FORBIDDEN);
    submit(f, &jobs[2], 3, OK);
    if (!store_is_postgresql()) let_commits_fail(f, true);
    let_go(f);
    wait_told(f, 4);
    let_commits_fail(f, false);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(jobs[i].told, UNAVAILABLE);
        assert_non_null(strstr(jobs[i].detail, store_is_postgresql() ? " is full: no room" : "the disk is full"));
    }
    assert_int_equal(writer_figures(f->writer).failed_commits, 1);
    assert_int_equal(count_rows(f, "1 = 1"), 0);
    /* and the next one is, when there is room again */
    submit(f, &jobs[0], 1, OK);
    wait_told(f, 5);
    assert_int_equal(jobs[0].told, OK);
    assert_int_equal(count_rows(f, "1 = 1"), 1);
}

/* Makes the engine throw the whole transaction away: what a full disk does when a page has to leave the cache. */
static enum status ruin_apply(struct db *db, struct writer_job *base, struct error *error) {
    struct job *job = (struct job *)base;
    enum status status = write_row(db, job->number, error);
    if (status != OK) return status;
    db_write_rollback(db);
    return error_set(error, UNAVAILABLE, "ruined");
}

static void a_lost_transaction_is_run_again_without_the_culprit(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[5];
    hold(f, &first);
    submit(f, &jobs[0], 1, OK);
    submit(f, &jobs[1], 2, INVALID);
    submit(f, &jobs[2], 3, OK);
    jobs[2].job.apply = ruin_apply;
    submit(f, &jobs[3], 4, OK);
    jobs[3].job.apply = ruin_apply;
    submit(f, &jobs[4], 5, OK);
    let_go(f);
    wait_told(f, 6);
    static const enum status EXPECTED[] = {OK, INVALID, UNAVAILABLE, UNAVAILABLE, OK};
    for (int i = 0; i < 5; i++) assert_int_equal(jobs[i].told, EXPECTED[i]);
    assert_string_equal(jobs[2].detail, "ruined");
    assert_int_equal(count_rows(f, "1 = 1"), 2);
    assert_int_equal(count_rows(f, "slug IN ('1', '5')"), 2);
}

/* The engine's own undoing fails, once. */
static struct db_engine broken_engine;
static const struct db_engine *sound_engine;
static int undone;

static enum status broken_control(struct db *db, enum db_control which, struct error *error) {
    if (which != CONTROL_SAVEPOINT_UNDO) return sound_engine->control(db, which, error);
    undone++;
    db->engine = sound_engine;
    return error_set(error, UNAVAILABLE, "no undoing today");
}

static void break_engine(struct db *db) {
    if (db->engine == &broken_engine) return; /* this batch runs again, in savepoints */
    sound_engine = db->engine;
    broken_engine = *sound_engine;
    broken_engine.control = broken_control;
    db->engine = &broken_engine;
}

static enum status stubborn_apply(struct db *db, struct writer_job *base, struct error *error) {
    enum status status = job_apply(db, base, error);
    break_engine(db);
    return status;
}

/* As handlers do that let one of several fail: what follows must not begin a transaction of its own. */
static enum status careless_apply(struct db *db, struct writer_job *base, struct error *error) {
    struct job *job = (struct job *)base;
    enum status status = db_savepoint(db, error);
    if (status == OK) status = write_row(db, job->number, error);
    if (status != OK) return status;
    break_engine(db);
    db_savepoint_undo(db);
    assert_int_equal(db_savepoint(db, error), UNAVAILABLE);
    return OK;
}

static void what_cannot_be_undone_is_not_committed(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[4];
    undone = 0;
    hold(f, &first);
    submit(f, &jobs[0], 1, OK);
    submit(f, &jobs[1], 2, FORBIDDEN);
    jobs[1].job.apply = stubborn_apply;
    submit(f, &jobs[2], 3, OK);
    jobs[2].job.apply = careless_apply;
    submit(f, &jobs[3], 4, OK);
    let_go(f);
    wait_told(f, 5);
    static const enum status EXPECTED[] = {OK, FORBIDDEN, UNAVAILABLE, OK};
    for (int i = 0; i < 4; i++) assert_int_equal(jobs[i].told, EXPECTED[i]);
    assert_int_equal(undone, 2);
    assert_int_equal(count_rows(f, "1 = 1"), 2);
    assert_int_equal(count_rows(f, "slug IN ('1', '4')"), 2);
}

static enum status settle_verdict;

/* Writes a row with the sum of the numbers of those that stand. */
static enum status settle(struct db *db, const struct writer_job *jobs, struct error *error) {
    int64_t sum = 1000;
    for (const struct writer_job *job = jobs; job; job = job->next)
        if (job->status == OK && job->apply == job_apply) sum += ((const struct job *)job)->number;
    if (sum == 1000) return OK;
    enum status status = write_row(db, sum, error);
    return status != OK || settle_verdict == OK ? status : error_set(error, settle_verdict, "unsettled");
}

static void what_a_batch_leaves_is_settled_once(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[3];
    reopen(f, settle);
    for (int round = 0; round < 2; round++) {
        settle_verdict = round == 0 ? OK : INTERNAL;
        f->pen.told = 0;
        hold(f, &first);
        submit(f, &jobs[0], 1 + 10 * round, OK);
        submit(f, &jobs[1], 2 + 10 * round, INVALID); /* half-way: the others run twice, and count once */
        submit(f, &jobs[2], 4 + 10 * round, OK);
        let_go(f);
        wait_told(f, 4);
        assert_int_equal(jobs[0].told, round == 0 ? OK : UNAVAILABLE);
        assert_int_equal(jobs[2].told, round == 0 ? OK : UNAVAILABLE);
        assert_int_equal(count_rows(f, "slug = '1005'"), 1);
        assert_int_equal(count_rows(f, "1 = 1"), 3); /* of the second round nothing */
    }
    assert_string_equal(jobs[0].detail, "unsettled");
}

static void a_full_queue_is_busy(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job *jobs = calloc(QUEUE + 1, sizeof *jobs);
    hold(f, &first);
    for (int i = 0; i < QUEUE; i++) submit(f, &jobs[i], i, OK);
    jobs[QUEUE] = (struct job){.job = {.apply = job_apply, .done = job_done}, .pen = &f->pen};
    assert_int_equal(writer_submit(f->writer, &jobs[QUEUE].job), BUSY);
    let_go(f);
    wait_told(f, QUEUE + 1);
    assert_int_equal(jobs[QUEUE].told_at, 0);
    assert_int_equal(count_rows(f, "1 = 1"), QUEUE);
    free(jobs);
}

static void waits_no_longer_than_it_may(void **state) {
    struct fixture *f = *state;
    struct job first, waiting, refused;
    writer_free(f->writer);
    struct writer_options options = {.location = slice_of(f->store.location),
                                     .max_queue = QUEUE,
                                     .max_batch = BATCH,
                                     .refuse_ms = 200,
                                     .late_ms = 400};
    assert_int_equal(writer_new(&options, &f->writer, &f->error), OK);
    hold(f, &first);
    submit(f, &waiting, 1, OK);
    nanosleep(&(struct timespec){0, 600 * 1000000}, NULL);
    refused = (struct job){.job = {.apply = job_apply, .done = job_done}, .pen = &f->pen};
    assert_int_equal(writer_submit(f->writer, &refused.job), BUSY);
    let_go(f);
    wait_told(f, 2);
    assert_int_equal(waiting.told, BUSY);
    assert_true(waiting.job.late);
    assert_string_equal(waiting.detail, "it waited too long to be written");
    assert_int_equal(refused.told_at, 0);
    assert_int_equal(count_rows(f, "1 = 1"), 0);
    submit(f, &waiting, 1, OK);
    wait_told(f, 3);
    assert_int_equal(waiting.told, OK);
    assert_false(waiting.job.late);
    assert_int_equal(writer_figures(f->writer).refused, 1);
    assert_int_equal(writer_figures(f->writer).late, 1);
}

static void *stop(void *ctx) {
    writer_stop(ctx);
    return NULL;
}

static void stopping_does_what_waits(void **state) {
    struct fixture *f = *state;
    struct job first;
    struct job jobs[JOBS];
    hold(f, &first);
    for (int i = 0; i < JOBS; i++) submit(f, &jobs[i], i, OK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop, f->writer), 0);
    let_go(f);
    pthread_join(thread, NULL);
    assert_int_equal(f->pen.told, JOBS + 1);
    assert_int_equal(count_rows(f, "1 = 1"), JOBS);
    struct job late = {.job = {.apply = job_apply, .done = job_done}, .pen = &f->pen};
    assert_int_equal(writer_submit(f->writer, &late.job), UNAVAILABLE);
    writer_stop(f->writer);
}

static enum status run_apply(struct db *db, void *ctx, struct error *error) {
    int number = *(int *)ctx;
    enum status status = write_row(db, number, error);
    if (status == CONFLICT) return error_set(error, CONFLICT, "%d again", number);
    return status;
}

static void *run_many(void *ctx) {
    struct fixture *f = ((void **)ctx)[0];
    int from = *(int *)((void **)ctx)[1];
    for (int i = from; i < from + 50; i++) {
        struct error error = {0};
        enum status status = writer_run(f->writer, run_apply, &i, &error);
        if (status != OK) return f;
    }
    return NULL;
}

static void several_threads_may_wait_for_their_own(void **state) {
    struct fixture *f = *state;
    pthread_t threads[4];
    int from[4];
    void *arguments[4][2];
    for (int i = 0; i < 4; i++) {
        from[i] = i * 50;
        arguments[i][0] = f;
        arguments[i][1] = &from[i];
        assert_int_equal(pthread_create(&threads[i], NULL, run_many, arguments[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *failure = NULL;
        pthread_join(threads[i], &failure);
        assert_null(failure);
    }
    assert_int_equal(count_rows(f, "1 = 1"), 200);
    int again = 7;
    struct error error = {0};
    assert_int_equal(writer_run(f->writer, run_apply, &again, &error), CONFLICT);
    assert_string_equal(error.detail, "7 again");
}

static void a_second_server_is_refused(void **state) {
    struct fixture *f = *state;
    struct writer *server;
    struct writer *second;
    struct writer_options options = {
        .location = slice_of(f->store.location), .max_queue = 1, .max_batch = 1, .exclusive = true};
    assert_int_equal(writer_new(&options, &server, &f->error), OK);
    assert_int_equal(writer_new(&options, &second, &f->error), BUSY);
    writer_free(server);
    assert_int_equal(writer_new(&options, &second, &f->error), OK);
    writer_free(second);
}

/* The log: written page by page on a thread of its own. */

enum { PAGE_OF_TEXT = 128 * 1024, PAGES = 60, LOG_PATIENCE_MS = 20000 };

static enum status write_long_row(struct db *db, void *ctx, struct error *error) {
    static char text[PAGE_OF_TEXT];
    memset(text, 'a', sizeof text);
    char slug[32];
    int n = snprintf(slug, sizeof slug, "long-%d", *(int *)ctx);
    struct db_rows *rows = db_use(db, DB_SECTION_ADD);
    db_bind_text(rows, "slug", slice_make(slug, (size_t)n));
    db_bind_text(rows, "title", S("Vie locale"));
    db_bind_text(rows, "description", slice_make(text, sizeof text));
    db_bind_text(rows, "language", S("fr"));
    db_bind_null(rows, "moderation");
    db_bind_int(rows, "position", 1);
    return db_run(rows, NULL, error);
}

static void write_long_rows(struct writer *writer, int from, int to) {
    for (int i = from; i < to; i++) assert_int_equal(writer_run(writer, write_long_row, &i, NULL), OK);
}

static struct writer *new_writer_of_short_logs(struct fixture *f) {
    struct writer *writer = NULL;
    struct writer_options options = {
        .location = slice_of(f->store.location),
        .max_queue = QUEUE,
        .max_batch = BATCH,
        .log = {.carry_bytes = PAGE_OF_TEXT, .restart_bytes = 4 * PAGE_OF_TEXT, .idle_ms = 50}};
    writer_free(f->writer);
    f->writer = NULL;
    assert_int_equal(writer_new(&options, &writer, &f->error), OK);
    return writer;
}

static void assert_log_goes(struct writer *writer) {
    int64_t since = clock_monotonic_ms();
    while (writer_figures(writer).log.size > PAGE_OF_TEXT) {
        assert_true(clock_monotonic_ms() - since < LOG_PATIENCE_MS);
        usleep(1000);
    }
}

static int64_t log_file_bytes(struct fixture *f) {
    char path[512];
    struct stat file;
    (void)snprintf(path, sizeof path, "%s-wal", f->store.location);
    return stat(path, &file) == 0 ? (int64_t)file.st_size : -1;
}

/* Writing over a file takes less than making it longer. */
static void the_file_of_a_log_of_usual_length_is_kept(void **state) {
    struct fixture *f = *state;
    f->writer = new_writer_of_short_logs(f);
    write_long_rows(f->writer, 0, 5); /* more than a log begins again at, less than one that is cut has */
    assert_log_goes(f->writer);
    assert_true(log_file_bytes(f) > PAGE_OF_TEXT);
    assert_true(writer_figures(f->writer).log.restarted > 0);
    assert_int_equal(count_rows(f, "length(description) > 1000"), 5);
}

static void the_log_does_not_grow_for_ever(void **state) {
    struct fixture *f = *state;
    f->writer = new_writer_of_short_logs(f);
    write_long_rows(f->writer, 0, PAGES);
    assert_log_goes(f->writer);
    struct writer_log log = writer_figures(f->writer).log;
    assert_true(log.carried > 0 && log.restarted > 0);
    assert_true(log.largest < (int64_t)PAGES * PAGE_OF_TEXT); /* how far below depends on how busy the machine is */
    assert_int_equal(count_rows(f, "length(description) > 1000"), PAGES);
}

static void a_reader_keeps_the_log_but_stops_nobody(void **state) {
    struct fixture *f = *state;
    f->writer = new_writer_of_short_logs(f);
    struct db *reader = NULL;
    assert_int_equal(db_open(slice_of(f->store.location), DB_READ, &reader, &f->error), OK);
    write_long_rows(f->writer, 0, 1);
    assert_int_equal(db_read_begin(reader, &f->error), OK);
    struct db_rows *rows = db_use(reader, DB_SECTION_FIND); /* the snapshot is taken by the first read */
    db_bind_text(rows, "slug", S("long-0"));
    assert_int_equal(db_step(rows, &f->error), OK);
    db_finish(rows);
    write_long_rows(f->writer, 1, PAGES);
    int64_t since = clock_monotonic_ms();
    while (writer_figures(f->writer).log.failed == 0) {
        assert_true(clock_monotonic_ms() - since < LOG_PATIENCE_MS);
        usleep(1000);
    }
    assert_true(writer_figures(f->writer).log.size >= (int64_t)(PAGES - 10) * PAGE_OF_TEXT);
    db_read_end(reader);
    assert_log_goes(f->writer);
    for (since = clock_monotonic_ms(); log_file_bytes(f) > PAGE_OF_TEXT; usleep(1000))
        assert_true(clock_monotonic_ms() - since < LOG_PATIENCE_MS); /* so long a one is cut */
    db_close(reader);
    assert_int_equal(count_rows(f, "length(description) > 1000"), PAGES);
}

int main(void) {
    install_shim();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(jobs_that_wait_share_a_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_that_fails_is_undone_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(when_the_commit_fails_nobody_was_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_transaction_is_run_again_without_the_culprit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_undone_is_not_committed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_batch_leaves_is_settled_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_is_busy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_no_longer_than_it_may, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopping_does_what_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_threads_may_wait_for_their_own, set_up, tear_down),
    };
    const struct CMUnitTest sqlite_tests[] = {
        cmocka_unit_test_setup_teardown(a_second_server_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_file_of_a_log_of_usual_length_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_log_does_not_grow_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_keeps_the_log_but_stops_nobody, set_up, tear_down),
    };
    return store_run_groups("writer", tests, sqlite_tests);
}
