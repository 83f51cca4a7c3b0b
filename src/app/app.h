/* The web application: everything between the sockets and the domain. One per process.

   Threads: handlers of shared pages run on the loops and touch the cache only; every other handler runs on a worker, with
   a read connection; what writes is handed to the writer and continues on a worker after the commit. */
#ifndef PALABRE_APP_APP_H
#define PALABRE_APP_APP_H

#include "base/error.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* Mail. url empty: none is sent, and nothing is offered that would take it. */
struct app_mail_options {
    slice url, user, password, authorities; /* see mail/smtp.h */
    slice tls;                              /* "require", "try", "no" */
    slice from, name, reply_to;             /* name empty: the site's */
    int64_t timeout_ms;
    int64_t delay_ms;      /* what a decision causes is held for so long */
    int64_t retry_ms;      /* after the first 4xx; doubled each time */
    int64_t attempts;      /* so many in all */
    int64_t expire_ms;     /* what could not be sent for so long has failed */
    int64_t asked;         /* wishes to follow, from one address of the net within ten minutes */
    int64_t digest_hour;   /* in the site's time zone */
    const char *name_file; /* see os/name_file.h: under what name rows of the outbox are taken; may be NULL */
};

/* The settings the application needs; main's table of settings fills it. Borrowed: must outlive the app. */
struct app_options {
    slice location;    /* of the database, see db/db.h */
    slice secret_file; /* 32 random bytes, made when missing, mode 0600 */
    const char *listen;
    slice base_url;          /* "https://example.org"; empty: http://HOST:PORT of `listen` */
    slice trusted_proxies;   /* CIDR blocks, comma-separated; empty: loopback */
    slice theme;             /* a folder, see theme.h */
    slice excerpt_networks;  /* CIDR blocks; see the setting */
    bool forwarded_standard; /* proxies write Forwarded instead of X-Forwarded-For */
    slice default_name, default_tagline, default_language, default_time_zone; /* of a site that is made now */
    size_t writers;        /* connections that write, where the engine takes several */
    size_t loops, workers; /* 0: one per processor */
    size_t cache_bytes;
    int64_t comments_per_page, replies_per_page;     /* root messages a page; replies shown under each */
    int64_t message_characters;                      /* most in a message */
    int64_t messages_per_address, messages_window_s; /* so many messages from one address in so many seconds */
    int64_t searches_per_address;                    /* from one address in a minute */
    int64_t edit_window_s; /* in which an author may edit a published message (post-moderation) */
    int64_t recount_ms;    /* counts of recommendations on shared pages are at most so much behind */
    int64_t proof_wait_s;  /* that a form is open before it is taken without the proof of work that is asked for */
    int64_t session_s;     /* life of a sign-in */
    size_t connections;
    size_t live_connections; /* followers of discussions */
    int64_t live_heartbeat_s;
    int64_t stale_ms;    /* how old a page may be of what other nodes have changed */
    int64_t queue_ms;    /* longest that a request waits for a worker; beyond, it is refused with 503 */
    size_t bodies_bytes; /* of all requests' bodies at a time */
    int64_t head_ms, body_ms, idle_ms, write_ms; /* deadlines */
    size_t form_bytes;                           /* ceiling of a reader's form */
    bool access_log;
    struct app_mail_options mail;
    slice dictionaries;    /* folder of Hunspell's */
    slice language_models; /* folder of libexttextcat's fingerprints */
    bool external_images;  /* article pages may show images from other hosts */
};

struct app;

/* Opens (and migrates) the database, compiles the templates, starts loops, workers and the writer, and listens. */
enum status app_start(const struct app_options *options, struct app **out, struct error *error) MUST_USE;
int app_port(const struct app *app);       /* 0 for a Unix socket */
slice app_base_url(const struct app *app); /* the setting, or where it listens; borrowed */
/* The path of the one-time address at which the administrator's account is made, or an empty slice when there is an
   account already. Makes a fresh secret each time. Owned by the app. */
enum status app_setup_path(struct app *app, slice *path, struct error *error) MUST_USE;
/* Sends a test mail, at once; said (400 bytes) is the server's answer, or what went wrong. UNAVAILABLE: it was not taken. */
enum status app_mail_test(const struct app_options *options, slice to, char said[static 400],
                          struct error *error) MUST_USE;
/* Finishes what is under way (at most drain_ms), then stops every thread and frees all. */
void app_stop(struct app *app, int64_t drain_ms);

#endif
