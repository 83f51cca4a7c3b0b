/* How long one message takes to be on the disk, and how many a second: through the writer of the program, beside bare
   SQLite with group commit (the same tables, its own checkpoints in its commits), without HTTP.

       commit --data DIR [--jobs N] [--engine palabre|still|bare] [--flight 1,8,64,256]

   still: the program's writer with a log that is never carried over into the database while it is measured: what its p99.9
   is less than palabre's, a checkpoint costs.

   DIR: an empty folder; one database each is made in it. N jobs (20,000) for each number in flight, from one thread that
   sends the next when one is told. Prints a line each: jobs/s, percentiles from submission to done, the largest log. */
#include "figures.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "db/writer.h"
#include "domain/import.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FLIGHT_MAX = 256, BATCH_MAX = 256 };

static const char TEXT[] =
    "Je me demande que le marché du samedi vaut mieux qu'un parking, et il faudrait en parler. Pardon d'insister que la "
    "rivière monte un peu plus chaque hiver ; qu'en pensez-vous ? On oublie toujours que la halle mérite mieux qu'une "
    "couche de peinture, chiffres à l'appui.";

struct run;

struct job {
    struct writer_job job; /* first */
    struct run *run;
    int64_t number;
    uint64_t began;
    struct job *next_free;
};

struct run {
    const char *folder;
    int64_t jobs;
    int flight;
    const char *engine;
    bool bare, still;
    article_id article;

    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct job *free_jobs; /* told, and not sent again yet */
    int64_t told, failed;
    struct histogram times;
};

static void job_done(struct writer_job *base, enum status status, const struct error *error) {
    struct job *job = (struct job *)base;
    struct run *run = job->run;
    uint64_t now = clock_ns();
    pthread_mutex_lock(&run->mutex);
    histogram_add(&run->times, now - job->began);
    job->next_free = run->free_jobs;
    run->free_jobs = job;
    run->told++;
    if (status != OK && run->failed++ == 0) fprintf(stderr, "commit: %s\n", error->detail);
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->mutex);
}

static struct job *take_free(struct run *run) {
    pthread_mutex_lock(&run->mutex);
    while (!run->free_jobs) pthread_cond_wait(&run->changed, &run->mutex);
    struct job *job = run->free_jobs;
    run->free_jobs = job->next_free;
    pthread_mutex_unlock(&run->mutex);
    return job;
}

static void wait_all(struct run *run) {
    pthread_mutex_lock(&run->mutex);
    while (run->told < run->jobs) pthread_cond_wait(&run->changed, &run->mutex);
    pthread_mutex_unlock(&run->mutex);
}

static enum status add_comment(struct db *db, struct writer_job *base, struct error *error) {
    struct job *job = (struct job *)base;
    char key[32];
    int n = snprintf(key, sizeof key, "%jd", (intmax_t)job->number);
    struct import_comment in = {.source = S("bench:commit"),
                                .key = slice_make(key, (size_t)n),
                                .article = job->run->article,
                                .state = COMMENT_PENDING,
                                .name = S("Solange"),
                                .text_source = slice_of(TEXT),
                                .html = slice_of(TEXT),
                                .language = S("fr"),
                                .submitted_at = clock_now()};
    comment_number number;
    bool made;
    return import_comment_add(db, &in, &number, &made, error);
}

static enum status make_site(struct db *db, void *ctx, struct error *error) {
    struct run *run = ctx;
    struct site_defaults defaults = {S("Banc d'essai"), S(""), S("fr"), S("Europe/Paris")};
    struct import_article in = {.source = S("bench:commit"),
                                .key = S("1"),
                                .article = {.kind = ARTICLE_PLAIN,
                                            .state = ARTICLE_PUBLISHED,
                                            .slug = S("banc"),
                                            .language = S("fr"),
                                            .headline = S("Banc d'essai"),
                                            .published_at = clock_now()}};
    bool made;
    enum status status = site_create(db, &defaults, error);
    return status ? status : import_article_add(db, &in, &run->article, &made, error);
}

/* Bare SQLite stands behind the same queue: its thread is the writer's, its job one INSERT with one index to keep. */
struct bare {
    sqlite3 *handle;
    sqlite3_stmt *insert;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct job *waiting;
    bool stopping;
};

static void must(int code, int wanted, const char *what) {
    if (code == wanted) return;
    fprintf(stderr, "commit: bare SQLite: %s: %s\n", what, sqlite3_errstr(code));
    exit(EXIT_FAILURE);
}

static void bare_apply(struct bare *bare, struct job *batch) {
    must(sqlite3_exec(bare->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK, "begin");
    for (struct job *job = batch; job; job = job->next_free) {
        sqlite3_bind_int64(bare->insert, 1, 1);
        sqlite3_bind_text(bare->insert, 2, "Solange", -1, SQLITE_STATIC);
        sqlite3_bind_text(bare->insert, 3, TEXT, -1, SQLITE_STATIC);
        sqlite3_bind_text(bare->insert, 4, TEXT, -1, SQLITE_STATIC);
        sqlite3_bind_int64(bare->insert, 5, clock_now());
        must(sqlite3_step(bare->insert), SQLITE_DONE, "insert");
        sqlite3_reset(bare->insert);
    }
    must(sqlite3_exec(bare->handle, "COMMIT", NULL, NULL, NULL), SQLITE_OK, "commit");
}

static void *bare_run(void *ctx) {
    struct bare *bare = ctx;
    static const struct error none;
    for (;;) {
        pthread_mutex_lock(&bare->mutex);
        while (!bare->waiting && !bare->stopping) pthread_cond_wait(&bare->wake, &bare->mutex);
        struct job *batch = bare->waiting;
        bare->waiting = NULL;
        pthread_mutex_unlock(&bare->mutex);
        if (!batch) return NULL;
        bare_apply(bare, batch);
        for (struct job *next; batch; batch = next) {
            next = batch->next_free;
            job_done(&batch->job, OK, &none);
        }
    }
}

static void bare_open(struct bare *bare, const char *path) {
    must(sqlite3_open(path, &bare->handle), SQLITE_OK, "open");
    must(sqlite3_exec(
             bare->handle,
             "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;"
             "CREATE TABLE comment (number INTEGER PRIMARY KEY, article INTEGER, name TEXT, text TEXT, html TEXT,"
             " at INTEGER); CREATE INDEX comment_by_article ON comment (article, at)",
             NULL, NULL, NULL),
         SQLITE_OK, "tables");
    must(sqlite3_prepare_v2(bare->handle, "INSERT INTO comment (article, name, text, html, at) VALUES (?, ?, ?, ?, ?)",
                            -1, &bare->insert, NULL),
         SQLITE_OK, "prepare");
    pthread_mutex_init(&bare->mutex, NULL);
    pthread_cond_init(&bare->wake, NULL);
    must(pthread_create(&bare->thread, NULL, bare_run, bare), 0, "thread");
}

static void bare_submit(struct bare *bare, struct job *job) {
    pthread_mutex_lock(&bare->mutex);
    job->next_free = bare->waiting;
    bare->waiting = job;
    pthread_cond_signal(&bare->wake);
    pthread_mutex_unlock(&bare->mutex);
}

static void bare_close(struct bare *bare) {
    pthread_mutex_lock(&bare->mutex);
    bare->stopping = true;
    pthread_cond_signal(&bare->wake);
    pthread_mutex_unlock(&bare->mutex);
    pthread_join(bare->thread, NULL);
    sqlite3_finalize(bare->insert);
    sqlite3_close(bare->handle);
}

static bool send_all(struct run *run, struct writer *writer, struct bare *bare) {
    static struct job jobs[FLIGHT_MAX];
    for (int i = 0; i < run->flight; i++) {
        jobs[i] =
            (struct job){.job = {.apply = add_comment, .done = job_done}, .run = run, .next_free = run->free_jobs};
        run->free_jobs = &jobs[i];
    }
    for (int64_t i = 0; i < run->jobs; i++) {
        struct job *job = take_free(run);
        job->number = i;
        job->began = clock_ns();
        if (bare)
            bare_submit(bare, job);
        else if (writer_submit(writer, &job->job) != OK)
            return false;
    }
    wait_all(run);
    return run->failed == 0;
}

static bool measure(struct run *run) {
    char path[512];
    struct writer *writer = NULL;
    struct bare bare = {0};
    struct error error = {0};
    struct writer_log log = {0};
    snprintf(path, sizeof path, "%s/%s-%d.db", run->folder, run->engine, run->flight);
    struct writer_options options = {.location = slice_of(path), .max_queue = FLIGHT_MAX, .max_batch = BATCH_MAX};
    if (run->still)
        options.log = (struct writer_log_limits){
            .carry_bytes = INT64_MAX / 2, .restart_bytes = INT64_MAX / 2, .idle_ms = INT64_C(3600) * 1000};
    pthread_mutex_init(&run->mutex, NULL);
    pthread_cond_init(&run->changed, NULL);
    enum status status = OK;
    if (run->bare)
        bare_open(&bare, path);
    else
        status = writer_new(&options, &writer, &error);
    if (writer) status = writer_run(writer, make_site, run, &error);
    if (status != OK) fprintf(stderr, "commit: %s\n", error.detail);
    uint64_t began = clock_ns();
    bool good = status == OK && send_all(run, writer, run->bare ? &bare : NULL);
    double seconds = (double)(clock_ns() - began) / 1e9;
    if (writer) log = writer_figures(writer).log;
    if (good)
        printf("%-8s %3d in flight %8.0f/s  p50 %7.2f  p99 %7.2f  p99.9 %7.2f  slowest %7.2f ms  log %5.1f MB (%jd)\n",
               run->engine, run->flight, (double)run->jobs / seconds, histogram_us(&run->times, .5) / 1000,
               histogram_us(&run->times, .99) / 1000, histogram_us(&run->times, .999) / 1000,
               (double)run->times.slowest_ns / 1e6, (double)log.largest / 1e6, (intmax_t)log.carried);
    writer_free(writer);
    if (run->bare) bare_close(&bare);
    pthread_mutex_destroy(&run->mutex);
    pthread_cond_destroy(&run->changed);
    return good;
}

int main(int argc, char **argv) {
    const char *folder = NULL;
    const char *engine = "all";
    const char *flights = "1,8,64,256";
    int64_t jobs = 20000;
    bool good = crypto_init(NULL) == OK;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--data") == 0) folder = argv[i + 1];
        if (strcmp(argv[i], "--engine") == 0) engine = argv[i + 1];
        if (strcmp(argv[i], "--flight") == 0) flights = argv[i + 1];
        if (strcmp(argv[i], "--jobs") == 0) good = good && slice_to_int64(slice_of(argv[i + 1]), &jobs) && jobs > 0;
    }
    if (!folder || !good || argc % 2 == 0) {
        fprintf(stderr, "usage: commit --data DIR [--jobs N] [--engine palabre|still|bare] [--flight 1,8,64,256]\n");
        return 2;
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        perror(folder);
        return EXIT_FAILURE;
    }
    while (good && *flights) {
        char *end;
        long flight = strtol(flights, &end, 10);
        flights = *end ? end + 1 : end;
        if (flight < 1 || flight > FLIGHT_MAX) break;
        static struct run run;
        static const char *const ENGINES[] = {"bare", "palabre", "still"};
        for (size_t i = 0; i < ARRAY_COUNT(ENGINES) && good; i++) {
            if (strcmp(engine, "all") != 0 && strcmp(engine, ENGINES[i]) != 0) continue;
            run = (struct run){.folder = folder,
                               .jobs = jobs,
                               .flight = (int)flight,
                               .engine = ENGINES[i],
                               .bare = i == 0,
                               .still = i == 2};
            good = measure(&run);
            fflush(stdout);
        }
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
