/* The settings: one table holds each one's name, type, range, default and meaning; `palabre config dump` prints it.
   Sources, each stronger than the one before: the default, the file (--config, or palabre.conf in the data folder), the
   environment (PALABRE_NAME), the command line. */
#ifndef PALABRE_MAIN_SETTINGS_H
#define PALABRE_MAIN_SETTINGS_H

#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>
#include <stdio.h>

struct settings {
    char *data, *store, *listen, *base_url, *site_name, *site_tagline, *language, *time_zone;
    char *trusted_proxies, *excerpt_networks, *theme, *forwarded, *log_level;
    int64_t store_writers;
    char *dictionaries, *language_models;
    int64_t loops, workers, cache_mb, connections, live_connections, live_heartbeat, queue_ms, stale_ms, bodies_mb;
    int64_t comments_per_page, replies_per_page, message_characters;
    int64_t messages_per_address, searches_per_address, messages_window, edit_window, recount, proof_wait,
        session_hours;
    int64_t head_timeout, body_timeout, idle_timeout, write_timeout, form_kb, drain;
    char *smtp_url, *smtp_user, *smtp_password, *smtp_tls, *smtp_ca, *mail_from, *mail_name, *reply_to;
    int64_t smtp_timeout, mail_delay_s, mail_retry_s, mail_attempts, mail_days, mail_asked, digest_hour;
    bool access_log, external_images;
};

/* Defaults, then file (NULL: DATA/palabre.conf when it is there), then environment. data (NULL: none given) is the
   command line's --data, listen its --listen. INVALID: the file's name and line, the setting, and what it takes. */
enum status settings_load(struct settings *settings, const char *file, const char *data, const char *listen,
                          struct error *error) MUST_USE;
bool settings_listen_is_valid(const char *listen);                     /* the form alone */
void settings_set_store(struct settings *settings, const char *store); /* "": the file in the data folder */
void settings_fini(struct settings *settings);

/* Every setting with its default and its meaning, as a file that can be used. */
void settings_dump(FILE *out);

#endif
