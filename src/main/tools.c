/* palabre import, user, check, migrate, config, version: short commands on a data folder. */
#include "app/keys.h"
#include "app/state.h"
#include "app/theme.h"
#include "base/arena.h"
#include "db/db.h"
#include "domain/account.h"
#include "domain/check.h"
#include "domain/search_index.h"
#include "exchange/progress.h"
#include "exchange/wordpress.h"
#include "main/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- What they share ----------------------------------------------------------------------------------------------- */

static enum status open_database(const struct settings *settings, enum db_mode mode, struct db **db,
                                 struct error *error) {
    char path[4096];
    enum status status = command_store(settings, path, error);
    if (status != OK || *settings->store) return status == OK ? db_open(slice_of(path), mode, db, error) : status;
    bool must_be_there = mode == DB_READ || mode == DB_MIGRATE;
    if (must_be_there && access(path, R_OK) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? error_set(error, NOT_FOUND, "there is no database in %s", settings->data)
                   : error_set(error, FORBIDDEN, "%s cannot be read: %s", path, strerror(errno));
    return db_open(slice_of(path), mode, db, error);
}

/* The site's row, made when the database is new. */
static enum status ensure_site(struct db *db, const struct settings *s, struct error *error) {
    struct site_defaults defaults = {slice_of(s->site_name), slice_of(s->site_tagline), slice_of(s->language),
                                     slice_of(s->time_zone)};
    enum status status = db_write_begin(db, error);
    if (status != OK) return status;
    status = site_create(db, &defaults, error);
    if (status == OK) return db_write_commit(db, error);
    db_write_rollback(db);
    return status;
}

/* What has just come in can be found: of a million messages that takes a minute. */
static void show_percent(void *ctx, int percent) {
    struct progress *progress = ctx;
    progress_show(progress, percent, 100, 0, 0);
}

static enum status index_all(struct db *db, struct error *error) {
    struct progress progress;
    progress_init(&progress, STDERR_FILENO, "Indexing");
    enum status status = search_index_all(db, show_percent, &progress, error);
    progress_end(&progress);
    return status;
}

/* --- import -------------------------------------------------------------------------------------------------------- */

static const char IMPORT_USAGE[] =
    "usage: palabre import wordpress FILE [--data DIR] [--dry-run | --no-index]\n\n"
    "Moves a WordPress export (Tools > Export, WXR) in: posts, pages and comments, with their dates,\n"
    "authors, threads and states; old addresses redirect. Run twice it imports once. Stop the server\n"
    "first. A broken file changes nothing.\n\n"
    "The report is printed once all is in and safe on the disk; then it is indexed for search. To\n"
    "stop that (Ctrl-C), or to leave it out, loses nothing: the server goes on with it in the\n"
    "background, and its page of results says how far it is.\n\n"
    "  --data DIR   the data folder (default: palabre-data here)\n"
    "  --dry-run    do everything, report, and undo it\n"
    "  --no-index   leave the search index to the server\n";

static void show_progress(void *ctx, int64_t done, int64_t total, int64_t articles, int64_t comments) {
    progress_show(ctx, done, total, articles, comments);
}

static void keep_address(void *ctx, struct arena *arena, slice ip, slice *fingerprint, slice *sealed) {
    const struct app_keys *keys = ctx;
    struct address address;
    if (!address_parse(ip, &address)) return;
    *fingerprint = keys_fingerprint(keys, arena, &address);
    *sealed = keys_seal_address(keys, arena, &address);
}

static void print_report(const struct import_report *report) {
    struct buf text CLEANUP(buf_fini);
    buf_init(&text, 1024 * 1024);
    import_report_write(report, &text);
    fwrite(text.p, 1, text.n, stdout);
    fflush(stdout); /* before the index, which may take long */
}

static enum status run_import(struct settings *settings, const char *file, bool dry_run, bool index,
                              struct error *error) {
    struct db *db = NULL;
    struct app_keys keys;
    char secret[4096];
    struct progress progress;
    struct import_report report;
    command_secret_path(settings->data, secret);
    if (access(file, R_OK) != 0) return error_set(error, NOT_FOUND, "%s: %s", file, strerror(errno));
    enum status status = command_make_folder(settings->data, error);
    if (status == OK) status = keys_load(slice_of(secret), &keys, error);
    if (status == OK) status = open_database(settings, DB_WRITE_ALONE, &db, error);
    if (status == OK) status = ensure_site(db, settings, error);
    if (status == OK) {
        progress_init(&progress, STDERR_FILENO, dry_run ? "Rehearsing" : "Importing");
        struct wordpress_options options = {.dry_run = dry_run,
                                            .progress = show_progress,
                                            .progress_ctx = &progress,
                                            .address = keep_address,
                                            .address_ctx = &keys};
        status = wordpress_import(db, slice_of(file), &options, &report, error);
        progress_end(&progress);
        if (status == OK) print_report(&report);
        import_report_fini(&report);
        if (status == OK && index && !dry_run) status = index_all(db, error);
    }
    db_close(db);
    return status;
}

int command_import(int argc, char **argv) {
    const char *data = NULL, *config = NULL;
    int dry_run = 0, no_index = 0, left, code;
    const struct option_spec specs[] = {{"--data", &data, NULL},
                                        {"--config", &config, NULL},
                                        {"--dry-run", NULL, &dry_run},
                                        {"--no-index", NULL, &no_index}};
    struct settings settings;
    struct error error = {OK, ""};
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), IMPORT_USAGE, &left, &code)) return code;
    if (left < 2) return command_wrong("import", "name the system: wordpress");
    if (strcmp(argv[1], "wordpress") != 0) return command_wrong("import", "'%s' is not known; wordpress is", argv[1]);
    if (left != 3) return command_wrong("import", left < 3 ? "name the file" : "one file at a time");
    enum status status = settings_load(&settings, config, data, NULL, &error);
    if (status == OK) status = run_import(&settings, argv[2], dry_run, !no_index, &error);
    settings_fini(&settings);
    return status == OK ? 0 : command_fail("import", status, &error);
}

/* --- user ---------------------------------------------------------------------------------------------------------- */

static const char USER_USAGE[] =
    "usage: palabre user add NAME --role ROLE [--data DIR]\n\n"
    "Adds an account of the house. The password (at least 10 characters) is read from standard\n"
    "input, one line. May be run while the server runs.\n\n"
    "  --role ROLE  administrator, editor or moderator\n"
    "  --data DIR   the data folder (default: palabre-data here)\n";

static enum status read_password(char *out, size_t size, struct error *error) {
    if (isatty(STDIN_FILENO)) fputs("Password: ", stderr);
    if (!fgets(out, (int)size, stdin)) return error_set(error, INVALID, "no password came on standard input");
    size_t n = strlen(out);
    if (n + 1 == size && out[n - 1] != '\n') return error_set(error, INVALID, "the password is too long");
    while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '\r')) out[--n] = '\0';
    return OK;
}

static enum status add_account(struct db *db, const struct account_input *input, struct error *error) {
    account_id id;
    enum status status = db_write_begin(db, error);
    if (status != OK) return status;
    status = account_add(db, input, (account_id){0}, &id, error);
    if (status == OK) return db_write_commit(db, error);
    db_write_rollback(db);
    return status;
}

static enum status run_user_add(struct settings *settings, const char *name, enum role role, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(1024 * 1024);
    char password[2048];
    struct db *db = NULL;
    struct account_input input = {
        .name = slice_of(name), .display_name = slice_of(name), .language = slice_of(settings->language), .role = role};
    enum status status = read_password(password, sizeof password, error);
    if (status == OK) status = account_hash_password(arena, slice_of(password), &input.password_hash, error);
    if (status == OK) status = command_make_folder(settings->data, error);
    if (status == OK) status = open_database(settings, DB_WRITE, &db, error);
    if (status == OK) status = ensure_site(db, settings, error);
    if (status == OK) status = add_account(db, &input, error);
    db_close(db);
    return status;
}

int command_user(int argc, char **argv) {
    const char *data = NULL, *role_text = NULL, *config = NULL;
    const struct option_spec specs[] = {
        {"--data", &data, NULL}, {"--config", &config, NULL}, {"--role", &role_text, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    enum role role;
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), USER_USAGE, &left, &code)) return code;
    if (left < 2 || strcmp(argv[1], "add") != 0) return command_wrong("user", "say what to do: add");
    if (left != 3) return command_wrong("user", left < 3 ? "name the account" : "one account at a time");
    if (!role_text) return command_wrong("user", "--role is needed: administrator, editor or moderator");
    if (!role_parse(slice_of(role_text), &role))
        return command_wrong("user", "'%s' is not a role: administrator, editor, moderator", role_text);
    enum status status = settings_load(&settings, config, data, NULL, &error);
    if (status == OK) status = run_user_add(&settings, argv[2], role, &error);
    settings_fini(&settings);
    if (status != OK) return command_fail("user", status, &error);
    printf("%s may now sign in as %s\n", argv[2], role_text);
    return 0;
}

/* --- check --------------------------------------------------------------------------------------------------------- */

static const char CHECK_USAGE[] =
    "usage: palabre check [--data DIR]\n\n"
    "Verifies that the database is whole: the engine's own check, foreign keys, counters, ordinals,\n"
    "states, and every chain of the journal. Changes nothing; may be run while the server runs.\n";

/* For who waits at a terminal; elsewhere nothing is said until there is a fault. */
struct checking {
    struct progress progress;
    int step; /* -1: none yet */
};

static void say_fault(void *ctx, slice line) {
    struct checking *checking = ctx;
    progress_end(&checking->progress);
    printf("%.*s\n", SLICE_FMT(line));
}

static void show_check(void *ctx, enum check_step step, int64_t done, int64_t total) {
    static const char *const LABELS[] = {
        [CHECK_ENGINE] = "Checking the database itself", [CHECK_COMMENTS] = "Checking comments",
        [CHECK_ORDINALS] = "Checking their places",      [CHECK_SEARCH] = "Checking what can be searched",
        [CHECK_TERMS] = "Checking the search index",     [CHECK_JOURNAL] = "Checking the journal"};
    struct checking *checking = ctx;
    if (!checking->progress.terminal) return;
    if (checking->step != (int)step) progress_turn(&checking->progress, LABELS[step]);
    checking->step = (int)step;
    if (done) progress_show_rows(&checking->progress, done, total);
}

int command_check(int argc, char **argv) {
    const char *data = NULL, *config = NULL;
    const struct option_spec specs[] = {{"--data", &data, NULL}, {"--config", &config, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    struct check_report report = {0};
    struct db *db = NULL;
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), CHECK_USAGE, &left, &code)) return code;
    if (left > 1) return command_wrong("check", "'%s' is not expected", argv[1]);
    enum status status = settings_load(&settings, config, data, NULL, &error);
    if (status == OK) status = open_database(&settings, DB_READ, &db, &error);
    if (status == OK) status = db_prepare_all(db, &error);
    struct checking checking = {.step = -1};
    struct check_listener listener = {say_fault, show_check, &checking};
    progress_init(&checking.progress, STDERR_FILENO, "");
    if (status == OK) status = check_run_shown(db, &listener, &report, &error);
    progress_end(&checking.progress);
    db_close(db);
    settings_fini(&settings);
    if (status != OK) return command_fail("check", status, &error);
    printf("%lld articles, %lld comments, %lld decisions, %lld journal rows: all is well\n", (long long)report.articles,
           (long long)report.comments, (long long)report.decisions, (long long)report.journal_rows);
    return 0;
}

/* --- reindex ------------------------------------------------------------------------------------------------------ */

static const char REINDEX_USAGE[] =
    "usage: palabre reindex [--data DIR]\n\n"
    "Makes the search index anew from what is published. Needed only where `palabre check` says that it\n"
    "differs: everything else keeps it by itself. Stop the server first.\n";

static enum status run_reindex(const struct settings *settings, struct error *error) {
    struct db *db = NULL;
    enum status status = open_database(settings, DB_READ, &db, error); /* it has to be there */
    db_close(db);
    db = NULL;
    if (status == OK) status = open_database(settings, DB_WRITE_ALONE, &db, error);
    if (status == OK) status = db_write_begin(db, error);
    if (status == OK) {
        status = search_index_again(db, error);
        if (status == OK) status = db_write_commit(db, error);
        if (status != OK) db_write_rollback(db);
    }
    if (status == OK) status = index_all(db, error);
    db_close(db);
    return status;
}

int command_reindex(int argc, char **argv) {
    const char *data = NULL, *config = NULL;
    const struct option_spec specs[] = {{"--data", &data, NULL}, {"--config", &config, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), REINDEX_USAGE, &left, &code)) return code;
    if (left > 1) return command_wrong("reindex", "'%s' is not expected", argv[1]);
    enum status status = settings_load(&settings, config, data, NULL, &error);
    if (status == OK) status = run_reindex(&settings, &error);
    settings_fini(&settings);
    if (status != OK) return command_fail("reindex", status, &error);
    puts("the search index is made anew");
    return 0;
}

/* --- migrate ------------------------------------------------------------------------------------------------------- */

static const char MIGRATE_USAGE[] =
    "usage: palabre migrate [--data DIR]\n\n"
    "Brings the database to the schema of this version, step by step. `palabre serve` does it by\n"
    "itself; rehearse on a copy with this command.\n";

static void say_step(void *ctx, slice line) {
    (void)ctx;
    printf("%.*s\n", SLICE_FMT(line));
}

int command_migrate(int argc, char **argv) {
    const char *data = NULL, *config = NULL;
    const struct option_spec specs[] = {{"--data", &data, NULL}, {"--config", &config, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    struct db *db = NULL;
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), MIGRATE_USAGE, &left, &code)) return code;
    if (left > 1) return command_wrong("migrate", "'%s' is not expected", argv[1]);
    enum status status = settings_load(&settings, config, data, NULL, &error);
    if (status == OK) status = open_database(&settings, DB_MIGRATE, &db, &error);
    if (status == OK) status = db_migrate(db, say_step, NULL, &error);
    if (status == OK) printf("schema %lld\n", (long long)db_schema_version(db));
    db_close(db);
    settings_fini(&settings);
    return status == OK ? 0 : command_fail("migrate", status, &error);
}

/* --- config, version ------------------------------------------------------------------------------------------------ */

static const char CONFIG_USAGE[] =
    "usage: palabre config dump\n"
    "       palabre config check [--config FILE] [--data DIR]\n\n"
    "dump prints every setting with its default and meaning, as a file that can be used.\n"
    "check reads the settings as `palabre serve` would, and says what is wrong with them;\n"
    "so it does with the files of the theme.\n";

static void say_mistake(void *ctx, slice line) {
    size_t *mistakes = ctx;
    ++*mistakes;
    fprintf(stderr, "palabre config: %.*s\n", SLICE_FMT(line));
}

/* As `serve` will find it. */
static enum status check_theme(const struct settings *settings, size_t *mistakes, size_t *files, struct error *error) {
    char folder[4096];
    struct catalog *catalogs[APP_LANGUAGES] = {NULL};
    struct theme *theme = NULL;
    enum status status = OK;
    command_theme_path(settings, folder);
    for (size_t i = 0; i < APP_LANGUAGES && status == OK; i++)
        status = catalog_open_embedded(APP_LANGUAGE[i].tag, &catalogs[i], error);
    if (status == OK)
        status = theme_open(slice_of(folder), catalogs, APP_LANGUAGES, say_mistake, mistakes, &theme, error);
    if (status == OK) *files = theme_replaced(theme);
    theme_free(theme);
    for (size_t i = 0; i < APP_LANGUAGES; i++) catalog_free(catalogs[i]);
    return status;
}

int command_config(int argc, char **argv) {
    const char *data = NULL, *config = NULL;
    const struct option_spec specs[] = {{"--data", &data, NULL}, {"--config", &config, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), CONFIG_USAGE, &left, &code)) return code;
    bool dump = left == 2 && strcmp(argv[1], "dump") == 0, check = left == 2 && strcmp(argv[1], "check") == 0;
    if (!dump && !check) return command_wrong("config", "say what to do: dump or check");
    if (dump) {
        settings_dump(stdout);
        return 0;
    }
    enum status status = settings_load(&settings, config, data, NULL, &error);
    size_t mistakes = 0, files = 0;
    if (status == OK) status = check_theme(&settings, &mistakes, &files, &error);
    settings_fini(&settings);
    if (status != OK) return command_fail("config", status, &error);
    if (mistakes) return status_info(INVALID)->exit_code;
    puts("the settings are fine");
    if (files) printf("the theme is fine: %zu files\n", files);
    return 0;
}

int command_version(int argc, char **argv) {
    int left, code;
    if (!command_parse(argc, argv, NULL, 0, "usage: palabre version\n", &left, &code)) return code;
    if (left > 1) return command_wrong("version", "'%s' is not expected", argv[1]);
    puts("palabre " PALABRE_VERSION);
    return 0;
}
