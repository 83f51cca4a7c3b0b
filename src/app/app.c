#include "app/app.h"

#include "app/assets.h"
#include "app/charters.h"
#include "app/courier.h"
#include "app/dates.h"
#include "app/desk_presence.h"
#include "app/dispatch.h"
#include "app/guard.h"
#include "app/headers.h"
#include "app/indexer.h"
#include "app/letter.h"
#include "app/live.h"
#include "app/nodes.h"
#include "app/pages.h"
#include "app/proofread.h"
#include "app/refuse.h"
#include "app/state.h"
#include "app/theme.h"
#include "base/footprint.h"
#include "base/log.h"
#include "base/memory.h"
#include "mail/message.h"
#include "mail/smtp.h"
#include "os/fetch.h"
#include "os/limits.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/sysinfo.h>

const struct view_language APP_LANGUAGE[APP_LANGUAGES] = {
    [APP_LANGUAGE_FR] = {S_INIT("fr"), S_INIT("Français")},
    [APP_LANGUAGE_EN] = {S_INIT("en"), S_INIT("English")},
};

enum {
    POOL_QUEUE = 4096,
    WRITER_QUEUE = 8192,
    WRITER_BATCH = 512,
    WRITER_LATE = 4, /* times queue_ms: what has been worked on may wait longer for the disk than for a worker */
    HASHING_QUEUE = 16,
    SCRATCH_BYTES = 64 * 1024 * 1024, /* a text is at most a request's body */
    SCRATCH_KEPT = 128 * 1024,        /* what most messages take */
    FETCHING_QUEUE = 8,
    FRONT_BYTES = 64 * 1024 * 1024,
    QUIET_MS = 1000,
    SIGN_IN_ATTEMPTS = 10, /* wrong ones, from one address, in … */
    SIGN_IN_WINDOW_S = 300,
    SIGN_IN_NAME_ATTEMPTS = 20, /* wrong ones, for one account, from wherever, in … */
    SIGN_IN_NAME_WINDOW_S = 900,
    OWN_READS = 300, /* pages rendered for one reader alone, to one address, in … */
    OWN_READS_WINDOW_S = 60,
    FOLLOWS_WINDOW_S = 600, /* wishes to follow by mail from one address of the net: app_mail_options.asked in it */
    FOLLOWS_ADDRESS = 3,    /* mails that ask for a confirmation, to one address, in … */
    FOLLOWS_ADDRESS_WINDOW_S = 3600,
    WIDE_FACTOR = 8,      /* a /48 is an organisation's or a subscriber's: so many times what one address may send */
    RECOMMENDATIONS = 60, /* from one address, in … */
    RECOMMENDATIONS_WINDOW_S = 60,
    SEARCH_WINDOW_S = 60,
    REPORTS = 20,
    REPORTS_WINDOW_S = 600,
    PAGE_ARENA = 128 * 1024 * 1024, /* ceiling: one page with its data, twenty articles too; to it come its messages: */
    PER_MESSAGE = 8 * 1024,         /* what a template needs of one */
    PER_CHARACTER = 32,             /* four bytes as typed; a mention makes twenty of each */
};

size_t app_language_find(slice tag, size_t fallback) {
    for (size_t i = 0; i < APP_LANGUAGES; i++) {
        slice have = APP_LANGUAGE[i].tag;
        if (slice_starts_nocase(tag, have) && (tag.n == have.n || tag.p[have.n] == '-')) return i;
    }
    return fallback;
}

/* --- Starting ------------------------------------------------------------------------------------------------------ */

static void report_theme(void *ctx, slice line) {
    char words[1200];
    (void)ctx;
    log_line(LOG_ERROR, "theme", "error=%s kept=built-in", log_quote(words, sizeof words, line));
}

static enum status load_texts(struct app *app, struct error *error) {
    for (size_t i = 0; i < APP_LANGUAGES; i++) {
        enum status status = catalog_open_embedded(APP_LANGUAGE[i].tag, &app->catalogs[i], error);
        if (status != OK) return status;
    }
    enum status status =
        theme_open(app->options.theme, app->catalogs, APP_LANGUAGES, report_theme, app, &app->theme, error);
    size_t count = 0;
    const struct embedded_file *files = status == OK ? theme_files(app->theme, &count) : NULL;
    for (size_t i = 0; i < APP_LANGUAGES && status == OK; i++)
        status = templates_open_table(files, count, app->catalogs[i], &app->templates[i], error);
    if (status == OK && theme_replaced(app->theme))
        log_line(LOG_INFO, "theme", "files=%zu", theme_replaced(app->theme));
    return status;
}

static enum status create_site(struct db *db, void *ctx, struct error *error) {
    const struct app_options *o = ctx;
    struct site_defaults defaults = {o->default_name, o->default_tagline, o->default_language, o->default_time_zone};
    return site_create(db, &defaults, error);
}

struct noting {
    slice fingerprint;
    bool changed;
};

static enum status note_secret(struct db *db, void *ctx, struct error *error) {
    struct noting *noting = ctx;
    return site_note_secret(db, noting->fingerprint, &noting->changed, error);
}

static enum status open_database(struct app *app, struct error *error) {
    struct writer_options options = {
        .location = app->options.location,
        .connections = app->options.writers,
        .max_queue = WRITER_QUEUE,
        .max_batch = WRITER_BATCH,
        .exclusive = true,
        .refuse_ms = app->options.queue_ms,
        .late_ms = app->options.queue_ms * WRITER_LATE,
        .settle = request_settle,
    };
    enum status status = writer_new(&options, &app->writer, error);
    if (status == OK) status = writer_run(app->writer, create_site, &app->options, error);
    struct noting noting = {slice_make(app->keys.check.bytes, sizeof app->keys.check.bytes), false};
    if (status == OK) status = writer_run(app->writer, note_secret, &noting, error);
    if (noting.changed)
        log_line(LOG_WARN, "secret", "changed=1 lost=\"private links, sealed addresses\" file=%.*s",
                 SLICE_FMT(app->options.secret_file));
    return status;
}

static void *worker_new(void *ctx, size_t index) {
    struct worker *worker = NEW(struct worker);
    struct error error = {OK, ""};
    (void)index;
    worker->app = ctx;
    worker->scratch = arena_new_kept(SCRATCH_BYTES, SCRATCH_KEPT);
    if (db_open(worker->app->options.location, DB_READ, &worker->db, &error) != OK) {
        char detail[600];
        log_line(LOG_ERROR, "database", "error=%s", log_quote(detail, sizeof detail, slice_of(error.detail)));
        atomic_store(&worker->app->worker_failed, true);
    }
    return worker;
}

static void worker_free(void *thread_state) {
    struct worker *worker = thread_state;
    if (worker) db_close(worker->db);
    if (worker) arena_free(worker->scratch);
    memory_free(worker);
}

static void start_caches(struct app *app) {
    size_t threads = app->options.workers ? app->options.workers : (size_t)get_nprocs();
    app->pool = pool_new(threads, POOL_QUEUE, worker_new, worker_free, app);
    pool_set_patience(app->pool, app->options.queue_ms);
    app->hashing = pool_new(threads > 1 ? threads / 2 : 1, HASHING_QUEUE, worker_new, worker_free, app);
    pool_set_patience(app->hashing, app->options.queue_ms * WRITER_LATE);
    app->fetching = pool_new(1, FETCHING_QUEUE, NULL, NULL, NULL);
    struct cache_options options = {.pool = app->pool,
                                    .max_bytes = app->options.cache_bytes,
                                    .keeps = db_location_is_shared(app->options.location),
                                    .quiet_ms = QUIET_MS,
                                    .render = pages_render,
                                    .ctx = app};
    app->pages = cache_new(&options);
    options.max_bytes = FRONT_BYTES;
    app->fronts = cache_new(&options);
}

static void start_limiters(struct app *app) {
    const struct app_options *o = &app->options;
    app->guard = guard_new();
    app->sending = limiter_new(o->messages_per_address, o->messages_window_s);
    app->previewing = limiter_new(o->messages_per_address * 10, o->messages_window_s);
    app->signing_in = limiter_new(SIGN_IN_ATTEMPTS, SIGN_IN_WINDOW_S);
    app->reporting = limiter_new(REPORTS, REPORTS_WINDOW_S);
    app->recommending = limiter_new(RECOMMENDATIONS, RECOMMENDATIONS_WINDOW_S);
    app->sending_wide = limiter_new(o->messages_per_address * WIDE_FACTOR, o->messages_window_s);
    app->searching = limiter_new(o->searches_per_address, SEARCH_WINDOW_S);
    app->signing_in_name = limiter_new(SIGN_IN_NAME_ATTEMPTS, SIGN_IN_NAME_WINDOW_S);
    app->following = limiter_new(o->mail.asked, FOLLOWS_WINDOW_S);
    app->following_address = limiter_new(FOLLOWS_ADDRESS, FOLLOWS_ADDRESS_WINDOW_S);
    app->reading_own = limiter_new(OWN_READS, OWN_READS_WINDOW_S);
}

/* "a, b" → blocks. */
static enum status parse_blocks(const char *setting, slice text, struct address_block *blocks, size_t max,
                                size_t *count, struct error *error) {
    *count = 0;
    while (text.p) {
        slice one = slice_trim(slice_cut(&text, ','));
        if (!one.n) continue;
        if (*count == max) return error_set(error, INVALID, "%s: more than %zu blocks", setting, max);
        if (!address_block_parse(one, &blocks[(*count)++]))
            return error_set(error, INVALID, "%s: '%.*s' is not an address or a block", setting, SLICE_FMT(one));
    }
    return OK;
}

/* A page holds as many messages, and they as many characters, as the settings say. */
static size_t arena_bytes(const struct app_options *o) {
    size_t messages = (size_t)(o->comments_per_page * (1 + o->replies_per_page));
    return PAGE_ARENA + messages * (PER_MESSAGE + (size_t)o->message_characters * PER_CHARACTER);
}

static enum status start_server(struct app *app, struct error *error) {
    const struct app_options *o = &app->options;
    struct address_block blocks[64];
    size_t count;
    enum status status =
        parse_blocks("trusted_proxies", o->trusted_proxies, blocks, ARRAY_COUNT(blocks), &count, error);
    if (status != OK) return status;
    struct http_server_options options = http_server_defaults();
    options.listen = o->listen;
    options.connections = o->connections;
    options.head_ms = o->head_ms;
    options.body_ms = o->body_ms;
    if (o->bodies_bytes) options.bodies_bytes = o->bodies_bytes;
    options.idle_ms = o->idle_ms;
    options.write_ms = o->write_ms;
    options.body_bytes = o->form_bytes > DISPATCH_BODY_MAX ? o->form_bytes : DISPATCH_BODY_MAX;
    options.call_arena_bytes = app->arena_bytes;
    options.forwarded = o->forwarded_standard ? HTTP_FORWARDED_STANDARD : HTTP_FORWARDED_X;
    if (count) {
        options.trusted = blocks;
        options.trusted_count = count;
    }
    options.handle = dispatch_call;
    options.body_limit = dispatch_body_limit;
    if (o->access_log) options.done = dispatch_done;
    options.ctx = app;
    status = loops_new(o->loops, &app->loops, error);
    if (status != OK) return status;
    app->hot = memory_alloc_array(loops_count(app->loops), sizeof(struct hot *));
    for (size_t i = 0; i < loops_count(app->loops); i++) app->hot[i] = hot_new();
    app->live = live_new(app, limits_raise_files());
    status = nodes_start(app, &app->nodes, error);
    if (status != OK) return status;
    return http_server_start(app->loops, &options, &app->server, error);
}

/* ICU reads its data, and the system's zone, on first use: now, while there is one thread, and not for the first reader. */
static void warm_dates(struct app *app) {
    for (size_t i = 0; i < APP_LANGUAGES; i++) (void)app_dates(app, i, app->options.default_time_zone);
}

/* Without the setting, the site's address is where it listens: good for a look on one's own machine. Known before the
   first request comes, but for port 0, which nobody can have asked yet. */
static void set_base_url(struct app *app, int64_t port) {
    slice listen = slice_of(app->options.listen);
    if (app->options.base_url.n || port == 0 || slice_starts(listen, S("unix:"))) return;
    size_t colon = listen.n;
    while (colon > 0 && listen.p[colon - 1] != ':') colon--;
    slice host = slice_sub(listen, 0, colon ? colon - 1 : 0);
    struct buf b;
    buf_init(&b, 512);
    buf_add_format(&b, "http://%.*s:%lld", SLICE_FMT(host.n ? host : S("localhost")), (long long)port);
    app->base_url = app->options.base_url = buf_take(&b);
}

static int64_t port_of(slice listen) {
    int64_t port = 0;
    while (slice_find_char(listen, ':') != SIZE_MAX) listen = slice_after(listen, slice_find_char(listen, ':') + 1);
    return slice_to_int64(listen, &port) ? port : 0;
}

static void compress_assets(void *job, void *thread_state) {
    (void)thread_state;
    assets_compress(job);
    footprint_trim(); /* all has started by now */
}

static enum status start(struct app *app, struct error *error) {
    fetch_start();
    enum status status = parse_blocks("excerpt_networks", app->options.excerpt_networks, app->excerpt_blocks,
                                      ARRAY_COUNT(app->excerpt_blocks), &app->excerpt_block_count, error);
    if (status == OK) status = keys_load(app->options.secret_file, &app->keys, error);
    if (status == OK) status = dispatch_router_new(app, error);
    if (status == OK) status = load_texts(app, error);
    if (status == OK) status = open_database(app, error);
    if (status != OK) return status;
    app->arena_bytes = arena_bytes(&app->options);
    app->dates = app_dates_new();
    app->charters = charters_new();
    warm_dates(app);
    app->presence = desk_presence_new();
    app->assets = assets_new(app->theme, headers_make_head, app);
    start_limiters(app);
    proofread_start(app);
    start_caches(app);
    /* takes a second: not on the workers, whom the first readers wait for */
    if (pool_submit(app->hashing, compress_assets, app->assets) != OK) return error_set(error, INTERNAL, "no worker");
    if (atomic_load(&app->worker_failed))
        return error_set(error, UNAVAILABLE, "the database cannot be opened for reading");
    status = indexer_start(app, error);
    if (status != OK) return status;
    set_base_url(app, port_of(slice_of(app->options.listen)));
    return start_server(app, error);
}

enum status app_start(const struct app_options *options, struct app **out, struct error *error) {
    struct app *app = NEW(struct app);
    app->options = *options;
    enum status status = start(app, error);
    if (status != OK) {
        app_stop(app, 0);
        return status;
    }
    set_base_url(app, app_port(app));
    if (app_sends_mail(app)) status = courier_new(app, &app->courier, error); /* its links need the address */
    if (status != OK) {
        app_stop(app, 0);
        return status;
    }
    *out = app;
    return OK;
}

enum status app_mail_test(const struct app_options *options, slice to, char said[static 400], struct error *error) {
    struct app *app = NEW(struct app);
    struct arena *arena CLEANUP(arena_free_p) = arena_new(FRONT_BYTES);
    struct letter letter = {.until = 0};
    struct db *db = NULL;
    struct smtp *smtp = NULL;
    const struct app_mail_options *mail = &options->mail;
    struct smtp_options server = {mail->url,         mail->user,       mail->password,
                                  mail->authorities, SMTP_TLS_REQUIRE, mail->timeout_ms};
    struct smtp_result result = {.outcome = SMTP_SERVER_FAILED};
    app->options = *options;
    said[0] = '\0';
    enum status status = load_texts(app, error);
    app->dates = app_dates_new();
    app->assets = assets_new(app->theme, headers_make_head, app);
    if (status == OK) status = db_open(options->location, DB_READ, &db, error);
    if (status == OK && !smtp_tls_parse(mail->tls, &server.tls)) status = error_set(error, INVALID, "smtp_tls");
    if (status == OK) status = letter_write_test(app, db, arena, to, &letter, error);
    if (status == OK) status = smtp_new(&server, &smtp, error);
    if (status == OK) {
        smtp_send(smtp, mail->from, to, buf_slice(&letter.mail), &result);
        memcpy(said, result.said, sizeof result.said);
        if (result.outcome != SMTP_SENT) status = error_set(error, UNAVAILABLE, "the mail was not taken: %s", said);
    }
    smtp_free(smtp);
    buf_fini(&letter.mail);
    db_close(db);
    app_stop(app, 0);
    return status;
}

int app_port(const struct app *app) { return http_server_port(app->server); }

slice app_base_url(const struct app *app) { return app->options.base_url; }

struct beginning {
    struct arena *arena;
    slice secret;
};

static enum status begin_setup(struct db *db, void *ctx, struct error *error) {
    struct beginning *b = ctx;
    return site_setup_begin(db, b->arena, &b->secret, error);
}

enum status app_setup_path(struct app *app, slice *path, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(64 * 1024);
    struct beginning beginning = {.arena = arena};
    enum status status = writer_run(app->writer, begin_setup, &beginning, error);
    *path = S("");
    if (status == FORBIDDEN) return OK; /* there is an account */
    if (status != OK) return status;
    struct buf b;
    buf_init(&b, 256);
    buf_add_format(&b, "/set-up/%.*s", SLICE_FMT(beginning.secret));
    memory_free((void *)(uintptr_t)app->setup_path.p);
    app->setup_path = buf_take(&b);
    *path = app->setup_path;
    return OK;
}

void app_stop(struct app *app, int64_t drain_ms) {
    if (!app) return;
    if (app->server) http_server_stop(app->server, drain_ms);
    nodes_stop(app->nodes);
    if (app->fetching) pool_stop(app->fetching);
    if (app->hashing) pool_stop(app->hashing);
    courier_stop(app->courier);
    indexer_stop(app);
    if (app->writer) writer_stop(app->writer);
    if (app->pool) pool_stop(app->pool);
    if (app->server) refuse_log_figures(app);
    if (app->loops) loops_stop(app->loops);
    http_server_free(app->server);
    for (size_t i = 0; app->hot && i < loops_count(app->loops); i++) hot_free(app->hot[i]);
    memory_free(app->hot);
    loops_free(app->loops);
    live_free(app->live);
    nodes_free(app->nodes);
    cache_free(app->pages);
    cache_free(app->fronts);
    pool_free(app->pool);
    pool_free(app->hashing);
    pool_free(app->fetching);
    writer_free(app->writer);
    courier_free(app->courier);
    indexer_free(app->indexer);
    http_router_free(app->router);
    for (size_t i = 0; i < APP_LANGUAGES; i++) {
        templates_free(app->templates[i]);
        catalog_free(app->catalogs[i]);
    }
    proofread_stop(app);
    app_dates_free(app->dates);
    charters_free(app->charters);
    desk_presence_free(app->presence);
    assets_free(app->assets);
    guard_free(app->guard);
    theme_free(app->theme);
    limiter_free(app->sending);
    limiter_free(app->previewing);
    limiter_free(app->signing_in);
    limiter_free(app->reporting);
    limiter_free(app->recommending);
    limiter_free(app->sending_wide);
    limiter_free(app->signing_in_name);
    limiter_free(app->following);
    limiter_free(app->following_address);
    limiter_free(app->reading_own);
    limiter_free(app->searching);
    memory_free((void *)(uintptr_t)app->setup_path.p);
    memory_free((void *)(uintptr_t)app->base_url.p);
    memory_free(app);
}
