#include "base/clock.h"
#include "base/crypto.h"
#include "base/footprint.h"
#include "main/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    command_main run;
    const char *what;
} COMMANDS[] = {
    {"serve", command_serve, "run the publication"},
    {"demo", command_demo, "run a ready-made publication, to look at"},
    {"import", command_import, "move in from another system"},
    {"copy", command_copy, "copy a publication into another database"},
    {"user", command_user, "add an account of the house"},
    {"mail", command_mail, "send a test mail"},
    {"check", command_check, "verify that the database is whole"},
    {"reindex", command_reindex, "make the search index anew"},
    {"migrate", command_migrate, "bring the database up to this version"},
    {"config", command_config, "print every setting, or check a file of settings"},
    {"version", command_version, "print the version"},
};

static void print_usage(FILE *out) {
    fputs("usage: palabre COMMAND [OPTIONS]\n\n", out);
    for (size_t i = 0; i < ARRAY_COUNT(COMMANDS); i++) fprintf(out, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].what);
    fputs("\npalabre COMMAND --help tells more.\n", out);
}

/* For tests (base/clock.h): PALABRE_CLOCK is by how many seconds the clock is ahead of the system's. */
static void set_clock(void) {
    int64_t seconds;
    if (slice_to_int64(slice_of(getenv("PALABRE_CLOCK")), &seconds)) clock_set_offset(seconds * 1000);
}

int main(int argc, char **argv) {
    struct error error = {OK, ""};
    footprint_begin();
    set_clock();
    if (crypto_init(&error) != OK) return command_fail("palabre", error.status, &error);
    if (argc < 2) {
        fputs("palabre: name a command. See palabre --help\n", stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) return command_version(1, argv + 1);
    for (size_t i = 0; i < ARRAY_COUNT(COMMANDS); i++)
        if (strcmp(argv[1], COMMANDS[i].name) == 0) return COMMANDS[i].run(argc - 1, argv + 1);
    fprintf(stderr, "palabre: there is no command '%s'. See palabre --help\n", argv[1]);
    return EXIT_USAGE;
}
