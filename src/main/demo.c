/* palabre demo: a ready-made publication in a fresh folder. */
#include "exchange/demo.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "db/db.h"
#include "main/command.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char USAGE[] =
    "usage: palabre demo [--listen HOST:PORT] [--store ADDRESS]\n\n"
    "Runs a ready-made publication to look at, in a fresh folder that is removed at the end.\n"
    "Prints its address, and the names and passwords to sign in with.\n\n"
    "  --listen HOST:PORT  where to listen (default 127.0.0.1:8080)\n"
    "  --store ADDRESS     an empty database of PostgreSQL instead; it keeps what was written\n";

enum { PASSWORD_CHARS = 14 };

/* What is printed once the server listens. */
struct demo {
    slice passwords[3]; /* moderator, editor, administrator */
    struct demo_names names;
};

static enum status hash_all(struct arena *arena, struct demo *demo, struct demo_passwords *hashes,
                            struct error *error) {
    slice *out[3] = {&hashes->moderator, &hashes->editor, &hashes->administrator};
    for (size_t i = 0; i < ARRAY_COUNT(out); i++) {
        demo->passwords[i] = slice_sub(crypto_token(arena), 0, PASSWORD_CHARS);
        enum status status = account_hash_password(arena, demo->passwords[i], out[i], error);
        if (status != OK) return status;
    }
    return OK;
}

static enum status fill(const struct settings *settings, struct arena *arena, struct demo *demo, struct error *error) {
    char path[4096];
    struct db *db = NULL;
    struct demo_passwords hashes;
    enum status status = command_store(settings, path, error);
    if (status == OK) status = hash_all(arena, demo, &hashes, error);
    if (status == OK) status = db_open(slice_of(path), DB_WRITE_ALONE, &db, error);
    if (status == OK) status = demo_load(db, arena, clock_now(), &hashes, &demo->names, error);
    db_close(db);
    return status;
}

static void say_ready(void *ctx, slice base_url, slice setup_path) {
    const struct demo *demo = ctx;
    slice names[3] = {demo->names.moderator, demo->names.editor, demo->names.administrator};
    static const char *const ROLES[3] = {"moderator", "editor", "administrator"};
    (void)setup_path;
    printf("The demonstration listens on %.*s/\n\nSign in at %.*s/sign-in\n", SLICE_FMT(base_url), SLICE_FMT(base_url));
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        printf("  %-14s name %-16.*s password %.*s\n", ROLES[i], SLICE_FMT(names[i]), SLICE_FMT(demo->passwords[i]));
    puts("\nStop it with Ctrl+C; nothing is kept.");
    fflush(stdout);
}

/* The folder is ours, flat, and was made a moment ago. */
static void remove_folder(const char *folder) {
    DIR *directory = opendir(folder);
    if (!directory) return;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(folder);
}

static int run(const char *folder, const char *listen, const char *store) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(64 * 1024 * 1024);
    struct demo demo = {.passwords = {{NULL, 0}}};
    struct settings settings;
    struct error error = {OK, ""};
    enum status status = settings_load(&settings, NULL, folder, listen, &error);
    if (status == OK) settings_set_store(&settings, store); /* never the one of a publication that is at work */
    if (status == OK) status = fill(&settings, arena, &demo, &error);
    int code = status == OK ? command_run_server(&settings, say_ready, &demo) : command_fail("demo", status, &error);
    settings_fini(&settings);
    return code;
}

int command_demo(int argc, char **argv) {
    const char *listen = NULL, *store = NULL;
    const struct option_spec specs[] = {{"--listen", &listen, NULL}, {"--store", &store, NULL}};
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), USAGE, &left, &code)) return code;
    if (left > 1) return command_wrong("demo", "'%s' is not expected", argv[1]);
    if (listen && !settings_listen_is_valid(listen))
        return command_wrong("demo", "'%s' is not HOST:PORT, :PORT or unix:PATH", listen);
    const char *base = getenv("TMPDIR");
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/palabre-demo-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder)) {
        struct error error;
        error_set(&error, UNAVAILABLE, "a temporary folder cannot be made: %s", strerror(errno));
        return command_fail("demo", UNAVAILABLE, &error);
    }
    code = run(folder, listen, store ? store : "");
    remove_folder(folder);
    return code;
}
