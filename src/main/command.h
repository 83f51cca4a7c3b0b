/* The commands. Each takes its own arguments (argv[0] is its name) and gives the exit code: 0, 2 for wrong usage (one
   clear line on standard error), or status_info's for what went wrong. */
#ifndef PALABRE_MAIN_COMMAND_H
#define PALABRE_MAIN_COMMAND_H

#include "app/app.h"
#include "base/error.h"
#include "main/settings.h"

typedef int (*command_main)(int argc, char **argv);

int command_serve(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_import(int argc, char **argv);
int command_user(int argc, char **argv);
int command_copy(int argc, char **argv);
int command_mail(int argc, char **argv);
int command_check(int argc, char **argv);
int command_reindex(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_config(int argc, char **argv);
int command_version(int argc, char **argv);

enum { EXIT_USAGE = 2 };

/* Options that take a value, and flags, of one command; --help is every command's. */
struct option_spec {
    const char *name;   /* "--data" */
    const char **value; /* set to what follows ("--data X" or "--data=X"); NULL: a flag */
    int *flag;
};
/* Takes the options out of argv (which keeps the rest: argv[1] … up to *left, exclusive). False: usage is wrong or was
   asked for; *exit_code says what to exit with. usage: the command's text, printed for --help. */
int command_parse(int argc, char **argv, const struct option_spec *specs, size_t count, const char *usage, int *left,
                  int *exit_code);
/* One line on standard error; gives EXIT_USAGE. */
int command_wrong(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One line on standard error; gives the status's exit code. */
int command_fail(const char *command, enum status status, const struct error *error);

/* Makes the data folder when it is missing. */
enum status command_make_folder(const char *path, struct error *error) MUST_USE;
/* "DIR/palabre.db" and "DIR/secret.key" in out (4096 bytes). */
void command_database_path(const char *data, char *out);
/* Where the publication is kept (db_open's location), of the setting `store` or the data folder, in out (4096 bytes). */
enum status command_store(const struct settings *settings, char *out, struct error *error) MUST_USE;
void command_secret_path(const char *data, char *out);
/* The setting, or "DIR/theme", likewise. */
void command_theme_path(const struct settings *settings, char *out);

/* The application's options, borrowed from the settings and the paths. */
struct app_options command_app_options(const struct settings *settings, const char *database, const char *secret);
/* Starts the application and waits for a signal; ready(ctx, base_url, setup_path) once it listens. */
int command_run_server(const struct settings *settings, void (*ready)(void *ctx, slice base_url, slice setup_path),
                       void *ctx);

#endif
