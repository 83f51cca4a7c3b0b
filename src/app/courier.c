#include "app/courier.h"

#include "app/letter.h"
#include "app/state.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/follow.h"
#include "domain/notice.h"
#include "domain/recipient.h"
#include "domain/report.h"
#include "mail/smtp.h"
#include "os/name_file.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum {
    ARENA_BYTES = 32 * 1024 * 1024,
    LEASE_SPARE_MS = 60 * 1000, /* besides the time one mail may take */
    EVENTS_A_TURN = 50,         /* changes of state looked at in one transaction */
    LOOK_EVERY_MS = 50,         /* however often it is nudged */
    SLEEP_MAX_MS = 5 * 60 * 1000,
    RETRY_MAX_MS = 4 * 3600 * 1000,
    SERVER_PAUSE_MS = 2000, /* after the first failure of the server; doubled up to … */
    SERVER_PAUSE_MAX_MS = 5 * 60 * 1000,
    STOP_PATIENCE_S = 5,
    HOUSEKEEPING_MS = 3600 * 1000,
    FAILED_KEPT_MS_DAYS = 30,
    DAY_MS = 24 * 3600 * 1000,
};

/* What became of a row. */
enum result_kind { RESULT_NONE, RESULT_SENT, RESULT_DROPPED, RESULT_AGAIN, RESULT_FAILED, RESULT_REFUSED };

struct result {
    enum result_kind kind;
    struct outbox_item item;
    time_ms next; /* AGAIN */
    bool counts;  /* AGAIN: an attempt of the mail's own */
    bool no_such_address;
    char said[SMTP_SAID_MAX];
    /* of the letter */
    struct crypto_hash hash;
    char to[256];
    time_ms until;
    char told[24];
};

struct courier {
    struct app *app;
    struct db *db; /* reading */
    struct arena *arena;
    struct smtp *smtp; /* NULL: none open */
    pthread_t thread;
    bool started;
    struct name_file name; /* of the owner of leases */
    slice owner;
    struct result result; /* to be noted by the next turn */
    int64_t server_pause_ms;
    time_ms housekept_at;

    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    _Atomic bool nudged;
};

static const struct app_mail_options *options(const struct courier *c) { return &c->app->options.mail; }

/* --- Sleeping -------------------------------------------------------------------------------------------------------- */

static bool is_stopping(struct courier *c) {
    pthread_mutex_lock(&c->mutex);
    bool stopping = c->stopping;
    pthread_mutex_unlock(&c->mutex);
    return stopping;
}

/* At most so long; ends when it is time to stop, or, where nudges count, when there is one. */
static void sleep_ms(struct courier *c, int64_t ms, bool nudges) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&c->mutex);
    int waited = 0;
    while (!c->stopping && !(nudges && atomic_load(&c->nudged)) && waited == 0)
        waited = pthread_cond_timedwait(&c->wake, &c->mutex, &until);
    pthread_mutex_unlock(&c->mutex);
}

void courier_nudge(struct courier *c) {
    if (!c || atomic_exchange(&c->nudged, true)) return;
    pthread_mutex_lock(&c->mutex);
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->mutex);
}

/* --- A turn: the writer notes what became of the last row, and takes the next ----------------------------------------- */

struct turn {
    struct courier *courier;
    bool take; /* take another one */
    time_ms digest_at;
    bool taken;
    struct outbox_item item;
};

static enum status note_result(struct db *db, struct courier *c, struct error *error) {
    const struct result *r = &c->result;
    time_ms now = clock_now();
    bool paused;
    enum status status = OK;
    switch (r->kind) {
    case RESULT_NONE: return OK;
    case RESULT_SENT:
        status = recipient_taken(db, &r->hash, error);
        if (status == OK && r->told[0])
            status = report_told(db, r->item.article, r->item.report, slice_of(r->told), error);
        if (status == OK && r->until) status = follow_told(db, r->item.subscription, r->until, error);
        return status == OK ? outbox_done(db, r->item.id, c->owner, error) : status;
    case RESULT_DROPPED: return outbox_done(db, r->item.id, c->owner, error);
    case RESULT_AGAIN: return outbox_again(db, r->item.id, c->owner, r->next, r->counts, slice_of(r->said), error);
    case RESULT_REFUSED: {
        struct recipient_refusal refusal = {r->hash, slice_of(r->to), slice_of(r->said), r->no_such_address, now};
        status = recipient_refused(db, &refusal, &paused, error);
        if (status != OK) return status;
        return outbox_fail(db, r->item.id, c->owner, now, slice_of(r->said), error);
    }
    case RESULT_FAILED: return outbox_fail(db, r->item.id, c->owner, now, slice_of(r->said), error);
    }
    return INTERNAL;
}

static int64_t lease_ms(const struct courier *c) { return options(c)->timeout_ms + LEASE_SPARE_MS; }

static enum status take_next(struct db *db, struct turn *turn, struct error *error) {
    struct courier *c = turn->courier;
    time_ms now = clock_now();
    struct outbox_claim claim = {c->owner, now, lease_ms(c), options(c)->delay_ms};
    for (int events = 0; events < EVENTS_A_TURN; events++) {
        enum status status = outbox_take(db, &claim, &turn->item, error);
        if (status == NOT_FOUND) return OK;
        if (status != OK) return status;
        if (turn->item.kind != OUTBOX_STATE) {
            turn->taken = true;
            return OK;
        }
        status = notice_due(db, turn->item.article, turn->item.comment, now, turn->digest_at, error);
        if (status == OK) status = outbox_done(db, turn->item.id, c->owner, error);
        if (status != OK) return status;
    }
    atomic_store(&c->nudged, true); /* there may be more */
    return OK;
}

static enum status run_turn(struct db *db, void *ctx, struct error *error) {
    struct turn *turn = ctx;
    turn->taken = false;
    enum status status = note_result(db, turn->courier, error);
    return status == OK && turn->take ? take_next(db, turn, error) : status;
}

/* The next time that it is the hour of digests in the site's zone. */
static time_ms next_digest(struct courier *c) {
    struct site site;
    struct error error;
    enum { HOUR_MS = 3600 * 1000 };
    time_ms now = clock_now();
    if (site_load(c->db, c->arena, &site, &error) != OK) return now + DAY_MS;
    const struct date_formats *dates = app_dates(c->app, APP_LANGUAGE_EN, site.time_zone);
    struct date_fields at = date_fields_of(dates, now);
    time_ms hour = now - (at.minute * 60 + at.second) * 1000 - now % 1000;
    for (int i = 1; i <= 26; i++) {
        hour += HOUR_MS;
        if (date_fields_of(dates, hour).hour == options(c)->digest_hour) return hour;
    }
    return now + DAY_MS;
}

static void log_trouble(const char *what, const struct error *error) {
    char detail[600];
    log_line(LOG_ERROR, "mail", "what=%s error=%s", what, log_quote(detail, sizeof detail, slice_of(error->detail)));
}

/* --- Sending --------------------------------------------------------------------------------------------------------- */

/* Not all at the same moment again: a quarter earlier or later. */
static int64_t with_jitter(int64_t ms) {
    uint32_t random;
    crypto_random(&random, sizeof random);
    return ms * 3 / 4 + (int64_t)(random % (uint64_t)(ms / 2 + 1));
}

static int64_t retry_ms(const struct courier *c, int64_t attempts) {
    int64_t ms = options(c)->retry_ms;
    for (int64_t i = 0; i < attempts && ms < RETRY_MAX_MS; i++) ms *= 2;
    return with_jitter(ms < RETRY_MAX_MS ? ms : RETRY_MAX_MS);
}

static enum result_kind try_again(struct courier *c, bool counts) {
    struct result *r = &c->result;
    time_ms now = clock_now();
    bool too_often = counts && r->item.attempts + 1 >= options(c)->attempts;
    if (too_often || now - r->item.created_at > options(c)->expire_ms) return RESULT_FAILED;
    r->counts = counts;
    r->next = now + (counts ? retry_ms(c, r->item.attempts) : with_jitter(c->server_pause_ms));
    return RESULT_AGAIN;
}

static void judge(struct courier *c, const struct smtp_result *sent) {
    struct result *r = &c->result;
    memcpy(r->said, sent->said, sizeof r->said);
    if (sent->outcome != SMTP_SERVER_FAILED) c->server_pause_ms = 0;
    switch (sent->outcome) {
    case SMTP_SENT: r->kind = RESULT_SENT; break;
    case SMTP_LATER: r->kind = try_again(c, true); break;
    case SMTP_ADDRESS_REFUSED:
        r->kind = RESULT_REFUSED;
        r->no_such_address = sent->no_such_address;
        break;
    case SMTP_MESSAGE_REFUSED: r->kind = RESULT_FAILED; break;
    case SMTP_SERVER_FAILED:
        c->server_pause_ms = c->server_pause_ms ? c->server_pause_ms * 2 : SERVER_PAUSE_MS;
        if (c->server_pause_ms > SERVER_PAUSE_MAX_MS) c->server_pause_ms = SERVER_PAUSE_MAX_MS;
        r->kind = try_again(c, false);
        break;
    }
}

static void close_server(struct courier *c) {
    pthread_mutex_lock(&c->mutex); /* courier_free may want to interrupt it */
    struct smtp *smtp = c->smtp;
    c->smtp = NULL;
    pthread_mutex_unlock(&c->mutex);
    smtp_free(smtp);
}

static enum status open_server(struct courier *c, struct error *error) {
    const struct app_mail_options *o = options(c);
    if (c->smtp) return OK;
    struct smtp_options smtp = {.url = o->url,
                                .user = o->user,
                                .password = o->password,
                                .authorities = o->authorities,
                                .timeout_ms = o->timeout_ms};
    struct smtp *opened;
    if (!smtp_tls_parse(o->tls, &smtp.tls)) return error_set(error, INVALID, "smtp_tls is not known");
    enum status status = smtp_new(&smtp, &opened, error);
    if (status != OK) return status;
    pthread_mutex_lock(&c->mutex);
    c->smtp = opened;
    pthread_mutex_unlock(&c->mutex);
    return OK;
}

static void log_sent(const struct courier *c, const struct smtp_result *sent) {
    char said[SMTP_SAID_MAX + 32];
    const struct result *r = &c->result;
    slice kind = outbox_kind_name(r->item.kind);
    log_line(sent->outcome == SMTP_SENT ? LOG_INFO : LOG_WARN, "mail",
             "id=%" PRId64 " kind=%.*s outcome=%s attempt=%" PRId64 " said=%s", r->item.id, SLICE_FMT(kind),
             smtp_outcome_name(sent->outcome), r->item.attempts + 1,
             log_quote(said, sizeof said, slice_of(sent->said)));
}

static void send_letter(struct courier *c, struct letter *letter) {
    struct smtp_result sent = {.outcome = SMTP_SERVER_FAILED};
    struct result *r = &c->result;
    struct error error = {OK, ""};
    r->hash = letter->hash;
    r->until = letter->until;
    memcpy(r->told, letter->told.p ? letter->told.p : "", letter->told.n < sizeof r->told ? letter->told.n : 0);
    memcpy(r->to, letter->to.p, letter->to.n < sizeof r->to ? letter->to.n : sizeof r->to - 1);
    if (open_server(c, &error) == OK)
        smtp_send(c->smtp, options(c)->from, letter->to, buf_slice(&letter->mail), &sent);
    else
        memcpy(sent.said, error.detail, sizeof sent.said - 1);
    judge(c, &sent);
    log_sent(c, &sent);
    if (sent.outcome == SMTP_SERVER_FAILED) close_server(c);
}

static void deliver(struct courier *c, const struct outbox_item *item) {
    struct letter letter;
    struct error error = {OK, ""};
    c->result = (struct result){.item = *item};
    arena_reset(c->arena);
    enum status status = letter_write(c->app, c->db, c->arena, item, &letter, &error);
    if (status == OK) {
        send_letter(c, &letter);
    } else if (status == NOT_FOUND) {
        c->result.kind = RESULT_DROPPED;
    } else {
        log_trouble("letter", &error);
        memcpy(c->result.said, error.detail, sizeof c->result.said - 1);
        c->result.kind = try_again(c, true);
    }
    buf_fini(&letter.mail);
}

/* --- The thread ------------------------------------------------------------------------------------------------------ */

static enum status keep_house(struct db *db, void *ctx, struct error *error) {
    (void)ctx;
    time_ms now = clock_now();
    enum status status = follow_purge(db, now, error);
    return status == OK ? outbox_purge(db, now - (time_ms)FAILED_KEPT_MS_DAYS * DAY_MS, error) : status;
}

/* What is leased and was left by a process that died. With SQLite that is all, as nobody else sends; else what was taken under
   the name that is ours now. */
static enum status release_left(struct db *db, void *ctx, struct error *error) {
    const struct courier *c = ctx;
    bool alone = slice_equal(db_engine_name(c->db), S("sqlite"));
    return alone ? outbox_release_all(db, error) : outbox_release(db, c->owner, error);
}

static void keep_house_sometimes(struct courier *c) {
    struct error error = {OK, ""};
    time_ms now = clock_now();
    if (now - c->housekept_at < HOUSEKEEPING_MS) return;
    if (writer_run(c->app->writer, keep_house, c, &error) == OK)
        c->housekept_at = now;
    else
        log_trouble("housekeeping", &error);
}

/* Until the next row is due, or something is committed. */
static void wait_for_work(struct courier *c) {
    struct error error = {OK, ""};
    time_ms next = INT64_MAX, now = clock_now();
    close_server(c);
    keep_house_sometimes(c);
    sleep_ms(c, LOOK_EVERY_MS, false);
    if (atomic_exchange(&c->nudged, false)) return;
    if (outbox_next(c->db, options(c)->delay_ms, &next, &error) != OK) {
        log_trouble("outbox", &error);
        next = now + SERVER_PAUSE_MS;
    }
    int64_t ms = next > now + SLEEP_MAX_MS ? SLEEP_MAX_MS : next - now;
    if (ms > 0) sleep_ms(c, ms, true);
    atomic_store(&c->nudged, false);
}

/* False: it is time to end. */
static bool go_round(struct courier *c) {
    struct error error = {OK, ""};
    bool pause = c->server_pause_ms > 0 && c->result.kind != RESULT_NONE; /* the server has just failed */
    struct turn turn = {.courier = c, .take = !pause && !is_stopping(c)};
    arena_reset(c->arena);
    if (turn.take) turn.digest_at = next_digest(c);
    if (writer_run(c->app->writer, run_turn, &turn, &error) != OK) {
        log_trouble("turn", &error);
        sleep_ms(c, SERVER_PAUSE_MS, false);
        return !is_stopping(c);
    }
    c->result = (struct result){.kind = RESULT_NONE};
    if (turn.taken) {
        deliver(c, &turn.item);
        return true;
    }
    if (is_stopping(c)) return false;
    if (pause)
        sleep_ms(c, c->server_pause_ms, false);
    else
        wait_for_work(c);
    return true;
}

static void *run(void *ctx) {
    struct courier *c = ctx;
    struct error error = {OK, ""};
    if (writer_run(c->app->writer, release_left, c, &error) != OK) log_trouble("release", &error);
    while (go_round(c)) continue;
    close_server(c);
    return NULL;
}

enum status courier_new(struct app *app, struct courier **out, struct error *error) {
    struct courier *c = NEW(struct courier);
    pthread_condattr_t monotonic;
    c->app = app;
    c->arena = arena_new(ARENA_BYTES);
    name_file_take(app->options.mail.name_file, &c->name);
    c->owner = slice_of(c->name.name);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&c->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status status = db_open(app->options.location, DB_READ, &c->db, error);
    if (status == OK) {
        c->started = pthread_create(&c->thread, NULL, run, c) == 0;
        if (!c->started) status = error_set(error, UNAVAILABLE, "the courier's thread does not start");
    }
    if (status != OK) {
        courier_free(c);
        return status;
    }
    *out = c;
    return OK;
}

static void end_thread(struct courier *c) {
    struct timespec until;
    pthread_mutex_lock(&c->mutex);
    c->stopping = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->mutex);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += STOP_PATIENCE_S;
    if (pthread_timedjoin_np(c->thread, NULL, &until) == 0) return;
    pthread_mutex_lock(&c->mutex);
    if (c->smtp) smtp_interrupt(c->smtp);
    pthread_mutex_unlock(&c->mutex);
    pthread_join(c->thread, NULL);
}

void courier_stop(struct courier *c) {
    if (!c || !c->started) return;
    end_thread(c);
    c->started = false;
}

void courier_free(struct courier *c) {
    if (!c) return;
    courier_stop(c);
    db_close(c->db);
    arena_free(c->arena);
    name_file_drop(&c->name);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->wake);
    memory_free(c);
}
