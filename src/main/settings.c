#include "main/settings.h"

#include "base/memory.h"
#include "mail/message.h"
#include "os/address.h"
#include "text/date.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum type { TEXT, NUMBER, SWITCH };

struct setting {
    const char *name;
    enum type type;
    size_t offset;
    const char *standard; /* default */
    int64_t least, most;  /* of a number */
    const char *choices;  /* of a text: " a b "; NULL: any */
    const char *meaning;
};

#define AT(field) offsetof(struct settings, field)
/* long: a table */
static const struct setting TABLE[] = {
    {"data", TEXT, AT(data), "palabre-data", 0, 0, NULL,
     "Folder of the database, the secret and palabre.conf. Made when missing."},
    {"store", TEXT, AT(store), "", 0, 0, NULL,
     "postgresql://USER@HOST/DATABASE (PostgreSQL 15 or later; several hosts: see docs/operator.md), or sqlite:PATH. Empty: "
     "the file palabre.db in the data folder. A password is better given by PGPASSWORD, a passfile, or the environment "
     "variable PALABRE_STORE."},
    {"store_writers", NUMBER, AT(store_writers), "2", 1, 64, NULL,
     "Connections that write, of one node to PostgreSQL. SQLite has one."},
    {"listen", TEXT, AT(listen), "127.0.0.1:8080", 0, 0, NULL,
     "HOST:PORT, [IPV6]:PORT, :PORT (every address), or unix:PATH. Port 0 takes any free one."},
    {"base_url", TEXT, AT(base_url), "", 0, 0, NULL,
     "Address readers use, without a slash at the end: https://www.example.org. Feeds, canonical links and the sitemap "
     "are made from it. Empty: http://HOST:PORT of `listen`."},
    {"site_name", TEXT, AT(site_name), "Palabre", 0, 0, NULL,
     "Name of a publication that is made now; later it is changed at the desk."},
    {"site_tagline", TEXT, AT(site_tagline), "", 0, 0, NULL, "Its tagline, likewise."},
    {"language", TEXT, AT(language), "fr", 0, 0, " fr en ", "Its language, likewise: fr or en."},
    {"time_zone", TEXT, AT(time_zone), "Europe/Paris", 0, 0, NULL, "Its time zone, likewise: an IANA name."},
    {"comments_per_page", NUMBER, AT(comments_per_page), "10", 1, 500, NULL,
     "Root messages on a page of a discussion. Pages are addresses: choose once."},
    {"replies_per_page", NUMBER, AT(replies_per_page), "20", 1, 500, NULL,
     "Replies shown under a root message; the rest has pages of its own, of as many. Choose once."},
    {"message_characters", NUMBER, AT(message_characters), "5000", 100, 100000, NULL, "Most characters in a message."},
    {"messages_per_address", NUMBER, AT(messages_per_address), "60", 1, 1000000, NULL,
     "Most messages from one address (IPv4, or IPv6 /64) within messages_window. Previews: ten times as many."},
    {"searches_per_address", NUMBER, AT(searches_per_address), "60", 1, 1000000, NULL,
     "Searches from one address in a minute."},
    {"messages_window", NUMBER, AT(messages_window), "600", 1, 86400, NULL, "Seconds; see messages_per_address."},
    {"edit_window", NUMBER, AT(edit_window), "600", 0, 86400, NULL,
     "Seconds in which an author may edit a message that was published at once. While it waits, always."},
    {"recount", NUMBER, AT(recount), "5", 0, 3600, NULL,
     "Seconds: the counts of recommendations on a page are renewed no more often than that."},
    {"proof_wait", NUMBER, AT(proof_wait), "60", 1, 3600, NULL,
     "Seconds that whoever cannot compute waits, where a proof of work is asked for before sending."},
    {"session_hours", NUMBER, AT(session_hours), "72", 1, 8760, NULL, "Life of a sign-in, in hours."},
    {"dictionaries", TEXT, AT(dictionaries), "/usr/share/hunspell", 0, 0, NULL,
     "Folder of Hunspell's dictionaries (fr.aff, fr.dic, en_US.aff …). Where a language has none there, its spelling is not "
     "looked at."},
    {"language_models", TEXT, AT(language_models), "/usr/share/libexttextcat", 0, 0, NULL,
     "Folder of libexttextcat's fingerprints (fr.lm, en.lm), by which a message in another language is recognised."},
    {"external_images", SWITCH, AT(external_images), "yes", 0, 0, NULL,
     "yes: articles may show images from other hosts (imported ones often do). no: browsers are told not to fetch them."},
    {"trusted_proxies", TEXT, AT(trusted_proxies), "", 0, 0, NULL,
     "Addresses and blocks of reverse proxies, comma-separated; what they say of the client is believed. Empty: "
     "loopback and Unix sockets."},
    {"forwarded", TEXT, AT(forwarded), "x-forwarded-for", 0, 0, " x-forwarded-for forwarded ",
     "Header in which they say it: x-forwarded-for (with x-forwarded-proto) or forwarded (RFC 7239)."},
    {"excerpt_networks", TEXT, AT(excerpt_networks), "", 0, 0, NULL,
     "Blocks of addresses that are not public, comma-separated, from which editors may have pages read for press excerpts "
     "all the same: a house's own network. Empty: none."},
    {"smtp_url", TEXT, AT(smtp_url), "", 0, 0, NULL,
     "Mail server: smtp://HOST[:PORT] (587 or 25, with STARTTLS) or smtps://HOST[:PORT] (465). Empty: no mail is sent, and "
     "readers are not offered any."},
    {"smtp_user", TEXT, AT(smtp_user), "", 0, 0, NULL, "Name to sign in with there. Empty: without."},
    {"smtp_password", TEXT, AT(smtp_password), "", 0, 0, NULL,
     "Password; better in the environment: PALABRE_SMTP_PASSWORD."},
    {"smtp_tls", TEXT, AT(smtp_tls), "require", 0, 0, " require try no ",
     "require: no mail without TLS; try: where the server offers it; no: in the clear (a server on this machine). The "
     "certificate is verified whenever there is one."},
    {"smtp_ca", TEXT, AT(smtp_ca), "", 0, 0, NULL,
     "File of the certificates (PEM) that the server's must descend from. Empty: the system's."},
    {"smtp_timeout", NUMBER, AT(smtp_timeout), "60", 1, 3600, NULL, "Seconds for one mail in all."},
    {"mail_from", TEXT, AT(mail_from), "", 0, 0, NULL,
     "Address mails come from, and to which bounces return: journal@example.org. Needed with smtp_url."},
    {"mail_name", TEXT, AT(mail_name), "", 0, 0, NULL, "Name mails come from. Empty: the publication's."},
    {"reply_to", TEXT, AT(reply_to), "", 0, 0, NULL, "Address that answers go to. Empty: mail_from."},
    {"mail_delay_s", NUMBER, AT(mail_delay_s), "60", 0, 86400, NULL,
     "Seconds that a decision waits before anybody is told of it by mail: undone within them, it sends nothing."},
    {"mail_retry_s", NUMBER, AT(mail_retry_s), "60", 1, 86400, NULL,
     "Seconds until a mail is tried again that the server did not take for now (4xx, as greylisting does); doubled each "
     "time, up to four hours."},
    {"mail_attempts", NUMBER, AT(mail_attempts), "12", 1, 100, NULL, "Attempts in all; then it has failed."},
    {"mail_days", NUMBER, AT(mail_days), "3", 1, 60, NULL,
     "Days after which a mail has failed that could not be sent because there was no server to be reached."},
    {"mail_asked", NUMBER, AT(mail_asked), "10", 1, 1000000, NULL,
     "Wishes to follow a discussion by mail that one address of the net (IPv4, or IPv6 /64) may send within ten minutes. To "
     "one mail address, three confirmations an hour are sent."},
    {"digest_hour", NUMBER, AT(digest_hour), "8", 0, 23, NULL,
     "Hour, in the site's time zone, at which those who follow by a daily mail get it."},
    {"theme", TEXT, AT(theme), "", 0, 0, NULL,
     "Folder whose templates/ and static/ take the place of the built-in files, one by one; see docs/operator.md. Empty: "
     "`theme` in the data folder, if it is there."},
    {"loops", NUMBER, AT(loops), "0", 0, 256, NULL, "Event loops. 0: one per processor."},
    {"workers", NUMBER, AT(workers), "0", 0, 256, NULL, "Workers. 0: one per processor."},
    {"cache_mb", NUMBER, AT(cache_mb), "128", 1, 1048576, NULL, "Megabytes of rendered pages kept in memory."},
    {"connections", NUMBER, AT(connections), "10000", 1, 1000000, NULL, "Most connections at a time."},
    {"live_connections", NUMBER, AT(live_connections), "20000", 0, 1000000, NULL,
     "Most readers who follow discussions as they change, besides. Each needs a descriptor (ulimit -n); beyond: 503."},
    {"live_heartbeat", NUMBER, AT(live_heartbeat), "25", 1, 3600, NULL,
     "Seconds between two signs of life to each of them. Less than the proxy waits for an answer (nginx: 60)."},
    {"queue_ms", NUMBER, AT(queue_ms), "500", 10, 60000, NULL,
     "Milliseconds that a request may wait for a worker. While one waits for longer, others are refused at once: 503, "
     "with what was typed given back. Pages in memory are served all the while."},
    {"stale_ms", NUMBER, AT(stale_ms), "1000", 100, 60000, NULL,
     "Milliseconds. Where several nodes serve one PostgreSQL database: how old a page may be of what another node has "
     "changed, as long as the database can be reached."},
    {"bodies_mb", NUMBER, AT(bodies_mb), "64", 8, 1048576, NULL,
     "Megabytes of all that is being sent to the server at a time. Beyond: 503."},
    {"head_timeout", NUMBER, AT(head_timeout), "10", 1, 3600, NULL, "Seconds for the whole head of a request."},
    {"body_timeout", NUMBER, AT(body_timeout), "30", 1, 3600, NULL, "Seconds for the whole body of a request."},
    {"idle_timeout", NUMBER, AT(idle_timeout), "60", 1, 3600, NULL, "Seconds between two requests of a connection."},
    {"write_timeout", NUMBER, AT(write_timeout), "30", 1, 3600, NULL,
     "Seconds in which a reader must take at least 16 KiB of a waiting answer."},
    {"form_kb", NUMBER, AT(form_kb), "256", 16, 65536, NULL,
     "Kilobytes of a reader's form. Larger: 413, with what was typed, up to four times as many."},
    {"drain", NUMBER, AT(drain), "10", 0, 3600, NULL, "Seconds given to requests under way when the server stops."},
    {"access_log", SWITCH, AT(access_log), "yes", 0, 0, NULL, "yes: one line per request on standard error."},
    {"log_level", TEXT, AT(log_level), "info", 0, 0, " debug info warn error ", "debug, info, warn or error."},
};

static void *place(struct settings *settings, const struct setting *s) { return (char *)settings + s->offset; }

static const struct setting *find(const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++)
        if (strcmp(TABLE[i].name, name) == 0) return &TABLE[i];
    return NULL;
}

static bool is_choice(const struct setting *s, const char *value) {
    char wanted[64];
    int n = snprintf(wanted, sizeof wanted, " %s ", value);
    return n > 2 && (size_t)n < sizeof wanted && !strchr(value, ' ') && strstr(s->choices, wanted);
}

static enum status set(struct settings *settings, const struct setting *s, const char *value, struct error *error) {
    switch (s->type) {
    case TEXT: {
        char **text = place(settings, s);
        if (s->choices && !is_choice(s, value))
            return error_set(error, INVALID, "%s: '%s' is not one of:%s", s->name, value, s->choices);
        memory_free(*text);
        *text = memory_copy_text(value);
        return OK;
    }
    case NUMBER: {
        int64_t number;
        if (!slice_to_int64(slice_of(value), &number) || number < s->least || number > s->most)
            return error_set(error, INVALID, "%s: '%s' is not a whole number from %lld to %lld", s->name, value,
                             (long long)s->least, (long long)s->most);
        *(int64_t *)place(settings, s) = number;
        return OK;
    }
    case SWITCH: {
        bool yes = strcmp(value, "yes") == 0;
        if (!yes && strcmp(value, "no") != 0)
            return error_set(error, INVALID, "%s: '%s' is neither yes nor no", s->name, value);
        *(bool *)place(settings, s) = yes;
        return OK;
    }
    }
    return INTERNAL;
}

struct reading {
    struct settings *settings;
    struct error *error;
};

static int read_line(void *user, const char *section, const char *name, const char *value) {
    struct reading *reading = user;
    const struct setting *s = *section ? NULL : find(name);
    if (reading->error->status != OK) return 0; /* the first mistake is the one that is told, with its line */
    if (*section) return error_set(reading->error, INVALID, "there are no sections; found [%s]", section), 0;
    if (!s) return error_set(reading->error, INVALID, "there is no setting '%s' (see palabre config dump)", name), 0;
    return set(reading->settings, s, value ? value : "", reading->error) == OK;
}

static enum status read_file(struct settings *settings, const char *file, struct error *error) {
    struct reading reading = {settings, error};
    *error = (struct error){OK, ""};
    int line = ini_parse(file, read_line, &reading);
    if (line == 0) return OK;
    if (line < 0) return error_set(error, NOT_FOUND, "%s: %s", file, strerror(errno));
    if (error->status == OK) error_set(error, INVALID, "not of the form 'name = value'");
    return error_prefix(error, "%s: line %d", file, line);
}

static enum status read_environment(struct settings *settings, struct error *error) {
    for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++) {
        char name[64] = "PALABRE_";
        size_t at = strlen(name);
        for (const char *c = TABLE[i].name; *c && at < sizeof name - 1; c++)
            name[at++] = (char)toupper((unsigned char)*c);
        name[at] = '\0';
        const char *value = getenv(name);
        enum status status = value ? set(settings, &TABLE[i], value, error) : OK;
        if (status != OK) return error_prefix(error, "environment variable %s", name);
    }
    return OK;
}

/* "https://www.example.org": nothing after the host. */
static bool is_base_url(slice url) {
    size_t at = slice_starts(url, S("https://")) ? 8 : slice_starts(url, S("http://")) ? 7 : SIZE_MAX;
    slice host = slice_after(url, at);
    if (at == SIZE_MAX || !host.n) return false;
    for (size_t i = 0; i < host.n; i++)
        if ((unsigned char)host.p[i] <= ' ' || strchr("/?#@\\\"<>", host.p[i])) return false;
    return true;
}

bool settings_listen_is_valid(const char *listen) {
    slice text = slice_of(listen);
    int64_t port;
    if (slice_starts(text, S("unix:"))) return text.n > S("unix:").n;
    size_t colon = text.n;
    while (colon > 0 && text.p[colon - 1] != ':') colon--;
    if (colon == 0 || !slice_to_int64(slice_after(text, colon), &port)) return false;
    return port >= 0 && port <= 65535 && text.p[colon] != '-';
}

static enum status check_proxies(slice text, struct error *error) {
    while (text.p) {
        struct address_block block;
        slice one = slice_trim(slice_cut(&text, ','));
        if (one.n && !address_block_parse(one, &block))
            return error_set(error, INVALID, "trusted_proxies: '%.*s' is neither an address nor a block",
                             SLICE_FMT(one));
    }
    return OK;
}

static enum status check_mail(const struct settings *s, struct error *error) {
    slice url = slice_of(s->smtp_url), from = slice_of(s->mail_from), reply_to = slice_of(s->reply_to);
    bool known = (slice_starts(url, S("smtp://")) && url.n > 7) || (slice_starts(url, S("smtps://")) && url.n > 8);
    for (size_t i = 0; i < url.n; i++) known = known && (unsigned char)url.p[i] > ' ' && url.p[i] != '@';
    if (url.n && !known)
        return error_set(error, INVALID, "smtp_url: '%s' is not of the form smtp://HOST:PORT or smtps://HOST:PORT",
                         s->smtp_url);
    if ((url.n || from.n) && !mail_address_is_sendable(from))
        return error_set(error, INVALID, "mail_from: '%s' is not an address such as journal@example.org", s->mail_from);
    if (reply_to.n && !mail_address_is_sendable(reply_to))
        return error_set(error, INVALID, "reply_to: '%s' is not an address such as journal@example.org", s->reply_to);
    if (url.n && *s->smtp_ca && access(s->smtp_ca, R_OK) != 0)
        return error_set(error, INVALID, "smtp_ca: %s: %s", s->smtp_ca, strerror(errno));
    return OK;
}

/* What only more than one look can tell. */
static enum status check_values(const struct settings *s, struct error *error) {
    if (*s->base_url && !is_base_url(slice_of(s->base_url)))
        return error_set(error, INVALID, "base_url: '%s' is not of the form https://HOST", s->base_url);
    if (!date_zone_is_valid(slice_of(s->time_zone)))
        return error_set(error, INVALID, "time_zone: '%s' is not a name such as Europe/Paris", s->time_zone);
    if (!settings_listen_is_valid(s->listen))
        return error_set(error, INVALID, "listen: '%s' is not HOST:PORT, :PORT or unix:PATH", s->listen);
    if (!*s->data) return error_set(error, INVALID, "data: a folder is needed");
    enum status status = check_mail(s, error);
    return status == OK ? check_proxies(slice_of(s->trusted_proxies), error) : status;
}

enum status settings_load(struct settings *settings, const char *file, const char *data, const char *listen,
                          struct error *error) {
    *settings = (struct settings){.data = NULL};
    enum status status = OK;
    for (size_t i = 0; i < ARRAY_COUNT(TABLE) && status == OK; i++)
        status = set(settings, &TABLE[i], TABLE[i].standard, error);
    const char *folder = data ? data : getenv("PALABRE_DATA");
    char path[4096];
    snprintf(path, sizeof path, "%s/palabre.conf", folder ? folder : settings->data);
    if (status == OK && file)
        status = read_file(settings, file, error);
    else if (status == OK && access(path, F_OK) == 0)
        status = read_file(settings, path, error);
    if (status == OK) status = read_environment(settings, error);
    if (status == OK && data) status = set(settings, find("data"), data, error);
    if (status == OK && listen) status = set(settings, find("listen"), listen, error);
    size_t end = settings->base_url ? strlen(settings->base_url) : 0;
    while (end > 0 && settings->base_url[end - 1] == '/') settings->base_url[--end] = '\0';
    return status == OK ? check_values(settings, error) : status;
}

void settings_set_store(struct settings *settings, const char *store) {
    memory_free(settings->store);
    settings->store = memory_copy_text(store);
}

void settings_fini(struct settings *settings) {
    for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++) {
        if (TABLE[i].type != TEXT) continue;
        char **text = place(settings, &TABLE[i]);
        memory_free(*text);
        *text = NULL;
    }
}

/* The meaning in lines of at most 78 columns. */
static void print_wrapped(FILE *out, const char *text) {
    enum { WIDTH = 76 };
    while (*text) {
        size_t n = strlen(text);
        if (n > WIDTH) {
            n = WIDTH;
            while (n > 0 && text[n] != ' ') n--;
        }
        fprintf(out, "# %.*s\n", (int)n, text);
        text += n;
        while (*text == ' ') text++;
    }
}

void settings_dump(FILE *out) {
    fputs("# Every setting of Palabre with its default. Put those you change into palabre.conf in the\n"
          "# data folder, or into a file named with --config.\n",
          out);
    for (size_t i = 0; i < ARRAY_COUNT(TABLE); i++) {
        const struct setting *s = &TABLE[i];
        fputc('\n', out);
        print_wrapped(out, s->meaning);
        if (s->type == NUMBER) fprintf(out, "# From %lld to %lld.\n", (long long)s->least, (long long)s->most);
        fprintf(out, "%s =%s%s\n", s->name, *s->standard ? " " : "", s->standard);
    }
}
