/* palabre mail test: whether mail leaves, and what the server says. */
#include "mail/message.h"
#include "main/command.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "usage: palabre mail test ADDRESS [--data DIR] [--config FILE]\n\n"
    "Sends a test mail to the address by the server of the settings (smtp_url, mail_from), at once,\n"
    "and says what the server answered. May be run while the server runs.\n\n"
    "  --data DIR     the data folder (default: palabre-data here)\n"
    "  --config FILE  settings (default: DIR/palabre.conf when it is there)\n";

static enum status run_test(struct settings *settings, const char *address, char said[static 400],
                            struct error *error) {
    char database[4096], secret[4096];
    if (!*settings->smtp_url) return error_set(error, INVALID, "no mail server is set: see smtp_url and mail_from");
    enum status status = command_store(settings, database, error);
    if (status != OK) return status;
    command_secret_path(settings->data, secret);
    struct app_options options = command_app_options(settings, database, secret);
    return app_mail_test(&options, slice_of(address), said, error);
}

int command_mail(int argc, char **argv) {
    const char *data = NULL, *config = NULL;
    const struct option_spec specs[] = {{"--data", &data, NULL}, {"--config", &config, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    char said[400] = "";
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), USAGE, &left, &code)) return code;
    if (left < 2 || strcmp(argv[1], "test") != 0) return command_wrong("mail", "say what to do: test");
    if (left != 3) return command_wrong("mail", left < 3 ? "name the address" : "one address at a time");
    if (!mail_address_is_sendable(slice_of(argv[2])))
        return command_wrong("mail", "'%s' is not an address such as lea@example.org", argv[2]);
    enum status status = settings_load(&settings, config, data, NULL, &error);
    if (status == OK) status = run_test(&settings, argv[2], said, &error);
    settings_fini(&settings);
    if (status != OK) return command_fail("mail", status, &error);
    printf("taken for %s; the server said: %s\n", argv[2], said);
    return 0;
}
