/* The ceiling for messages accepted: a table like Palabre's `comment` with the same indices, rows of the same size, one
   thread that writes (every row that waits in one transaction; WAL, synchronous=FULL) and N clients that each wait for
   the commit of their row before they give the next. No HTTP, no checks, no rendering, no journal.

       bare_sqlite --db FILE --clients N --seconds S [--warm-up S]

   FILE: a database made by Palabre, empty or not; it gets rows of an article of its own. Prints NAME=VALUE lines. */
#include "figures.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_CLIENTS = 4096, TEXT_BYTES = 400, HTML_BYTES = 420, STACK_BYTES = 64 * 1024 };

struct client {
    struct run *run;
    pthread_t thread;
    pthread_cond_t committed;
    bool waits, done;
    struct client *next;
};

struct run {
    sqlite3 *db;
    sqlite3_stmt *insert, *begin, *commit;
    pthread_mutex_t mutex; /* guards the list, done */
    pthread_cond_t wanted;
    struct client *first, *last;
    bool stopping;
    uint64_t warm_at_ns, end_at_ns;
    uint64_t rows, batches;
    struct histogram latencies; /* of all clients, added to under the mutex */
};

_Noreturn static void fail(const char *what, sqlite3 *db) {
    fprintf(stderr, "bare_sqlite: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(EXIT_FAILURE);
}

static sqlite3_stmt *prepare(struct run *run, const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(run->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        fail(sql, run->db);
    return statement;
}

static void step(struct run *run, sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) fail("step", run->db);
    sqlite3_reset(statement);
}

/* As src/db/sqlite.c opens its write connection. */
static void open_database(struct run *run, const char *path) {
    if (sqlite3_open_v2(path, &run->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        fail(path, run->db);
    char *message = NULL;
    if (sqlite3_exec(run->db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                     "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 1000",
                     NULL, NULL, &message) != SQLITE_OK)
        fail(message, NULL);
    run->begin = prepare(run, "BEGIN IMMEDIATE");
    run->commit = prepare(run, "COMMIT");
    run->insert = prepare(
        run, "INSERT INTO comment (article_id, last_reply_ordinal, reply_count, state, version, name, title,"
             " text_source, html, renderer_version, language, website, submitted_at, edited_by_desk, charter_version,"
             " checks, report_count, secret_hash, email, device_hash, address_sealed, fingerprint, text_hash)"
             " VALUES ((SELECT min(id) FROM article), 0, 0, 'pending', 1, 'Camille 12', '', ?1, ?2, 1, 'fr', '', ?3, 0,"
             " 1, '[]', 0, randomblob(32), 'reader@example.org', randomblob(32), randomblob(60),"
             " '0123456789abcdef', 1234567890123)");
}

/* The writer: takes whatever waits, writes it in one transaction, tells all. */
static void *write_rows(void *argument) {
    struct run *run = argument;
    char text[TEXT_BYTES], html[HTML_BYTES];
    memset(text, 'a', sizeof text);
    memset(html, 'b', sizeof html);
    pthread_mutex_lock(&run->mutex);
    for (;;) {
        while (!run->first && !run->stopping) pthread_cond_wait(&run->wanted, &run->mutex);
        struct client *batch = run->first;
        run->first = run->last = NULL;
        if (!batch) break;
        pthread_mutex_unlock(&run->mutex);
        step(run, run->begin);
        for (struct client *c = batch; c; c = c->next) {
            sqlite3_bind_text(run->insert, 1, text, sizeof text, SQLITE_STATIC);
            sqlite3_bind_text(run->insert, 2, html, sizeof html, SQLITE_STATIC);
            sqlite3_bind_int64(run->insert, 3, (int64_t)time(NULL) * 1000);
            step(run, run->insert);
            run->rows++;
        }
        step(run, run->commit);
        run->batches++;
        pthread_mutex_lock(&run->mutex);
        for (struct client *c = batch; c;) {
            struct client *next = c->next;
            c->done = true;
            pthread_cond_signal(&c->committed);
            c = next;
        }
    }
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}

static void *send_rows(void *argument) {
    struct client *c = argument;
    struct run *run = c->run;
    pthread_mutex_lock(&run->mutex);
    for (uint64_t now = clock_ns(); now < run->end_at_ns;) {
        uint64_t began = now;
        c->done = false;
        c->next = NULL;
        if (run->last)
            run->last->next = c;
        else
            run->first = c;
        run->last = c;
        pthread_cond_signal(&run->wanted);
        while (!c->done) pthread_cond_wait(&c->committed, &run->mutex);
        now = clock_ns();
        if (began >= run->warm_at_ns && now <= run->end_at_ns) histogram_add(&run->latencies, now - began);
    }
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}

/* All of this process: the writer, the clients, the opening. */
static double cpu_us(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return ((double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec) * 1e6 + (double)use.ru_utime.tv_usec +
           (double)use.ru_stime.tv_usec;
}

static void start_thread(pthread_t *thread, void *(*main)(void *), void *argument) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES * 4);
    if (pthread_create(thread, &attributes, main, argument) != 0) fail("cannot start a thread", NULL);
    pthread_attr_destroy(&attributes);
}

int main(int argc, char **argv) {
    static struct run run = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wanted = PTHREAD_COND_INITIALIZER};
    const char *path = NULL;
    int clients = 1;
    double seconds = 3, warm_up = .5;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--db") == 0)
            path = argv[i + 1];
        else if (strcmp(argv[i], "--clients") == 0)
            clients = (int)strtol(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = strtod(argv[i + 1], NULL);
        else if (strcmp(argv[i], "--warm-up") == 0)
            warm_up = strtod(argv[i + 1], NULL);
    }
    if (!path || clients < 1 || clients > MAX_CLIENTS || !(seconds > 0)) {
        fprintf(stderr, "usage: bare_sqlite --db FILE --clients N --seconds S [--warm-up S]\n");
        return 2;
    }
    open_database(&run, path);
    uint64_t now = clock_ns();
    run.warm_at_ns = now + (uint64_t)(warm_up * 1e9);
    run.end_at_ns = run.warm_at_ns + (uint64_t)(seconds * 1e9);
    struct client *all = calloc((size_t)clients, sizeof *all);
    pthread_t writer;
    if (!all) fail("out of memory", NULL);
    start_thread(&writer, write_rows, &run);
    for (int i = 0; i < clients; i++) {
        all[i].run = &run;
        pthread_cond_init(&all[i].committed, NULL);
        start_thread(&all[i].thread, send_rows, &all[i]);
    }
    for (int i = 0; i < clients; i++) pthread_join(all[i].thread, NULL);
    pthread_mutex_lock(&run.mutex);
    run.stopping = true;
    pthread_cond_signal(&run.wanted);
    pthread_mutex_unlock(&run.mutex);
    pthread_join(writer, NULL);
    printf("requests_per_second=%.1f\nrows_per_commit=%.1f\nanswers_total=%llu\ncpu_us_per_request=%.1f\n",
           (double)run.latencies.count / seconds, (double)run.rows / (double)run.batches, (unsigned long long)run.rows,
           cpu_us() / (double)run.rows);
    histogram_print(&run.latencies);
    sqlite3_finalize(run.insert);
    sqlite3_finalize(run.begin);
    sqlite3_finalize(run.commit);
    sqlite3_close(run.db);
    free(all);
    return EXIT_SUCCESS;
}
