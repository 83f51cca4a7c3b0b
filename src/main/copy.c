/* palabre copy: a publication from one database into another. */
#include "db/copy.h"
#include "base/clock.h"
#include "db/db.h"
#include "domain/check.h"
#include "exchange/progress.h"
#include "main/command.h"

#include <stdio.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: palabre copy --from STORE --to STORE\n"
    "       palabre copy --verify --from STORE --to STORE\n\n"
    "Copies a publication into an empty database, and compares the two: the number of rows of every\n"
    "table, and a checksum of all of them. Then the target is checked as by `palabre check`. Broken\n"
    "off, the same command goes on where it was. The source is read as it was at one moment and not\n"
    "changed: a server may go on upon it, but what is written meanwhile is not in the copy.\n"
    "secret.key goes with the publication: serve the copy with the same one.\n\n"
    "  --from STORE  sqlite:PATH or postgresql://USER@HOST/DATABASE\n"
    "  --to STORE    likewise; SQLite's file is made, PostgreSQL's database must be there, empty\n"
    "  --verify      only compare the two\n";

static void show_progress(void *ctx, int64_t done, int64_t total) { progress_show_rows(ctx, done, total); }

static void say_line(void *ctx, slice line) {
    progress_end(ctx);
    printf("%.*s\n", SLICE_FMT(line));
}

static void say_fault(void *ctx, slice line) {
    (void)ctx;
    printf("%.*s\n", SLICE_FMT(line));
}

static enum status check_target(slice to, struct error *error) {
    struct check_report report = {0};
    struct db *db = NULL;
    enum status status = db_open(to, DB_READ, &db, error);
    if (status == OK) status = check_run(db, say_fault, NULL, &report, error);
    db_close(db);
    if (status != OK) error_prefix(error, "check of the target");
    return status;
}

static void say_done(const struct db_copy_report *report, bool verify, int64_t began_ms) {
    double seconds = (double)(clock_monotonic_ms() - began_ms + 1) / 1000;
    if (!verify)
        printf("%s%lld rows written in %.1f s (%.0f rows/s)\n", report->resumed ? "resumed: " : "",
               (long long)report->written, seconds, (double)report->written / seconds);
    printf("%lld tables, %lld rows: the same at both ends, by number and checksum\n", (long long)report->tables,
           (long long)report->rows);
}

static enum status run(slice from, slice to, bool verify, struct error *error) {
    struct progress progress;
    struct db_copy_report report;
    int64_t began_ms = clock_monotonic_ms();
    progress_init(&progress, STDERR_FILENO, verify ? "Comparing" : "Copying");
    struct db_copy_options options = {.progress = show_progress, .say = say_line, .ctx = &progress};
    enum status status =
        verify ? db_copy_verify(from, to, &options, &report, error) : db_copy(from, to, &options, &report, error);
    progress_end(&progress);
    if (status != OK) return status;
    say_done(&report, verify, began_ms);
    fflush(stdout);
    if (verify) return OK;
    status = check_target(to, error);
    if (status == OK) puts("the copy is whole; serve it with the same secret.key");
    return status;
}

int command_copy(int argc, char **argv) {
    const char *from = NULL, *to = NULL;
    int verify = 0, left, code;
    const struct option_spec specs[] = {{"--from", &from, NULL}, {"--to", &to, NULL}, {"--verify", NULL, &verify}};
    struct error error = {OK, ""};
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), USAGE, &left, &code)) return code;
    if (left > 1) return command_wrong("copy", "'%s' is not expected", argv[1]);
    if (!from || !to) return command_wrong("copy", "%s is needed", from ? "--to" : "--from");
    enum status status = run(slice_of(from), slice_of(to), verify, &error);
    return status == OK ? 0 : command_fail("copy", status, &error);
}
