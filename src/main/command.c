#include "main/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int command_wrong(const char *command, const char *format, ...) {
    va_list arguments;
    fprintf(stderr, "palabre %s: ", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, ". See palabre %s --help\n", command);
    return EXIT_USAGE;
}

int command_fail(const char *command, enum status status, const struct error *error) {
    fprintf(stderr, "palabre %s: %s\n", command, error->detail[0] ? error->detail : status_info(status)->title);
    return status_info(status)->exit_code;
}

/* The spec that argv names, with *inlined set to what stands after '='. */
static const struct option_spec *find(const struct option_spec *specs, size_t count, const char *argument,
                                      const char **inlined) {
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(specs[i].name);
        if (strncmp(argument, specs[i].name, n) != 0 || (argument[n] && argument[n] != '=')) continue;
        *inlined = argument[n] == '=' ? argument + n + 1 : NULL;
        return &specs[i];
    }
    return NULL;
}

/* Takes the option at argv[*at]; moves *at over its value. */
static int take_option(int argc, char **argv, int *at, const struct option_spec *specs, size_t count) {
    const char *inlined = NULL, *argument = argv[*at];
    const struct option_spec *spec = find(specs, count, argument, &inlined);
    if (!spec) return command_wrong(argv[0], "there is no option '%s'", argument);
    if (!spec->value) {
        if (inlined) return command_wrong(argv[0], "%s takes no value", spec->name);
        *spec->flag = 1;
        return 0;
    }
    if (*spec->value) return command_wrong(argv[0], "%s is given twice", spec->name);
    if (!inlined && *at + 1 >= argc) return command_wrong(argv[0], "%s needs a value", spec->name);
    *spec->value = inlined ? inlined : argv[++*at];
    return 0;
}

int command_parse(int argc, char **argv, const struct option_spec *specs, size_t count, const char *usage, int *left,
                  int *exit_code) {
    *left = 1;
    *exit_code = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[(*left)++] = argv[i];
            continue;
        }
        *exit_code = take_option(argc, argv, &i, specs, count);
        if (*exit_code) return 0;
    }
    return 1;
}

enum status command_make_folder(const char *path, struct error *error) {
    if (mkdir(path, 0750) == 0 || errno == EEXIST) return OK;
    return error_set(error, UNAVAILABLE, "the data folder %s cannot be made: %s", path, strerror(errno));
}

void command_database_path(const char *data, char *out) { snprintf(out, 4096, "%s/palabre.db", data); }

enum status command_store(const struct settings *settings, char *out, struct error *error) {
    if (!*settings->store) {
        command_database_path(settings->data, out);
        return OK;
    }
    int n = snprintf(out, 4096, "%s", settings->store);
    return n < 4096 ? OK : error_set(error, INVALID, "store: the address is too long");
}

void command_secret_path(const char *data, char *out) { snprintf(out, 4096, "%s/secret.key", data); }

void command_theme_path(const struct settings *settings, char *out) {
    if (settings->theme[0])
        snprintf(out, 4096, "%s", settings->theme);
    else
        snprintf(out, 4096, "%s/theme", settings->data);
}
