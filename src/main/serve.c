/* palabre serve, and what palabre demo shares with it. */
#include "app/app.h"
#include "base/log.h"
#include "main/command.h"
#include "os/signals.h"

#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "usage: palabre serve [--data DIR] [--listen HOST:PORT] [--config FILE]\n\n"
    "Runs the publication of the data folder (default: palabre-data here), which is made when it\n"
    "is missing. On first start a one-time address is printed at which the administrator's account\n"
    "is made. Settings: palabre config dump. Stops on SIGTERM or SIGINT.\n\n"
    "  --data DIR          the data folder\n"
    "  --listen HOST:PORT  where to listen (default 127.0.0.1:8080); unix:PATH for a socket\n"
    "  --config FILE       settings (default: DIR/palabre.conf when it is there)\n";

static enum log_level level_of(const char *name) {
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++)
        if (strcmp(name, NAMES[i]) == 0) return (enum log_level)i;
    return LOG_INFO;
}

struct app_options command_app_options(const struct settings *s, const char *database, const char *secret) {
    return (struct app_options){
        .location = slice_of(database),
        .secret_file = slice_of(secret),
        .listen = s->listen,
        .base_url = slice_of(s->base_url),
        .trusted_proxies = slice_of(s->trusted_proxies),
        .excerpt_networks = slice_of(s->excerpt_networks),
        .forwarded_standard = strcmp(s->forwarded, "forwarded") == 0,
        .default_name = slice_of(s->site_name),
        .default_tagline = slice_of(s->site_tagline),
        .default_language = slice_of(s->language),
        .default_time_zone = slice_of(s->time_zone),
        .writers = (size_t)s->store_writers,
        .loops = (size_t)s->loops,
        .workers = (size_t)s->workers,
        .cache_bytes = (size_t)s->cache_mb * 1024 * 1024,
        .comments_per_page = s->comments_per_page,
        .replies_per_page = s->replies_per_page,
        .message_characters = s->message_characters,
        .messages_per_address = s->messages_per_address,
        .messages_window_s = s->messages_window,
        .searches_per_address = s->searches_per_address,
        .edit_window_s = s->edit_window,
        .recount_ms = s->recount * 1000,
        .proof_wait_s = s->proof_wait,
        .session_s = s->session_hours * 3600,
        .connections = (size_t)s->connections,
        .live_connections = (size_t)s->live_connections,
        .live_heartbeat_s = s->live_heartbeat,
        .stale_ms = s->stale_ms,
        .queue_ms = s->queue_ms,
        .bodies_bytes = (size_t)s->bodies_mb * 1024 * 1024,
        .head_ms = s->head_timeout * 1000,
        .body_ms = s->body_timeout * 1000,
        .idle_ms = s->idle_timeout * 1000,
        .write_ms = s->write_timeout * 1000,
        .form_bytes = (size_t)s->form_kb * 1024,
        .access_log = s->access_log,
        .dictionaries = slice_of(s->dictionaries),
        .language_models = slice_of(s->language_models),
        .external_images = s->external_images,
        .mail = {.url = slice_of(s->smtp_url),
                 .user = slice_of(s->smtp_user),
                 .password = slice_of(s->smtp_password),
                 .authorities = slice_of(s->smtp_ca),
                 .tls = slice_of(s->smtp_tls),
                 .from = slice_of(s->mail_from),
                 .name = slice_of(s->mail_name),
                 .reply_to = slice_of(s->reply_to),
                 .timeout_ms = s->smtp_timeout * 1000,
                 .delay_ms = s->mail_delay_s * 1000,
                 .retry_ms = s->mail_retry_s * 1000,
                 .attempts = s->mail_attempts,
                 .expire_ms = s->mail_days * 24 * 3600 * 1000,
                 .asked = s->mail_asked,
                 .digest_hour = s->digest_hour},
    };
}

int command_run_server(const struct settings *settings, void (*ready)(void *ctx, slice base_url, slice setup_path),
                       void *ctx) {
    struct error error = {OK, ""};
    char database[4096], secret[4096], theme[4096], courier[4096];
    struct app *app = NULL;
    slice setup_path;
    log_set_level(level_of(settings->log_level));
    enum status status = command_store(settings, database, &error);
    command_secret_path(settings->data, secret);
    command_theme_path(settings, theme);
    if (status == OK) status = signals_init(&error);
    struct app_options options = command_app_options(settings, database, secret);
    options.theme = slice_of(theme);
    (void)snprintf(courier, sizeof courier, "%s/courier", settings->data);
    options.mail.name_file = courier;
    if (status == OK) status = app_start(&options, &app, &error);
    if (status == OK) status = app_setup_path(app, &setup_path, &error);
    if (status == OK) {
        slice base_url = app_base_url(app);
        log_line(LOG_INFO, "started", "version=%s listen=%s port=%d data=%s", PALABRE_VERSION, settings->listen,
                 app_port(app), settings->data);
        ready(ctx, base_url, setup_path);
        while (signals_wait(-1) != SIGNAL_STOP) continue;
        log_line(LOG_INFO, "stopping", "drain=%lld", (long long)settings->drain);
    }
    app_stop(app, settings->drain * 1000);
    return status == OK ? 0 : command_fail("serve", status, &error);
}

static void say_ready(void *ctx, slice base_url, slice setup_path) {
    (void)ctx;
    printf("Palabre listens on %.*s/\n", SLICE_FMT(base_url));
    if (setup_path.n)
        printf("First start: make the administrator's account at\n  %.*s%.*s\n(this address works once)\n",
               SLICE_FMT(base_url), SLICE_FMT(setup_path));
    fflush(stdout);
}

int command_serve(int argc, char **argv) {
    const char *data = NULL, *listen = NULL, *file = NULL;
    const struct option_spec specs[] = {
        {"--data", &data, NULL}, {"--listen", &listen, NULL}, {"--config", &file, NULL}};
    struct settings settings;
    struct error error = {OK, ""};
    int left, code;
    if (!command_parse(argc, argv, specs, ARRAY_COUNT(specs), USAGE, &left, &code)) return code;
    if (left > 1) return command_wrong("serve", "'%s' is not expected", argv[1]);
    if (listen && !settings_listen_is_valid(listen))
        return command_wrong("serve", "'%s' is not HOST:PORT, :PORT or unix:PATH", listen);
    enum status status = settings_load(&settings, file, data, listen, &error);
    if (status == OK) status = command_make_folder(settings.data, &error);
    code = status == OK ? command_run_server(&settings, say_ready, NULL) : command_fail("serve", status, &error);
    settings_fini(&settings);
    return code;
}
