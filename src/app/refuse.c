#include "app/refuse.h"

#include "app/assets.h"
#include "app/dispatch.h"
#include "app/headers.h"
#include "base/log.h"

#include <stdatomic.h>

enum {
    RETRY_S = 2,
    LOG_EVERY_MS = 10 * 1000,
    FIELDS = 1500,
    PAGE_MAX_BYTES = 32 * 1024 * 1024, /* a form of DISPATCH_BODY_MAX, every byte of it escaped */
};

/* Once in a while. last_ms: when it was last said. */
static bool may_log(_Atomic int64_t *last_ms) {
    int64_t now = clock_monotonic_ms(), last = atomic_load_explicit(last_ms, memory_order_relaxed);
    return !(last && now - last < LOG_EVERY_MS) && atomic_compare_exchange_strong(last_ms, &last, now);
}

static void log_refusal(struct app *app) {
    if (!may_log(&app->refusal_logged_ms)) return;
    struct pool_figures figures = pool_figures(app->pool);
    log_line(LOG_WARN, "overload", "waiting=%zu refused=%lld late=%lld queue_ms=%lld", pool_waiting(app->pool),
             (long long)figures.refused, (long long)figures.late, (long long)app->options.queue_ms);
}

void refuse_log_figures(struct app *app) {
    struct pool_figures pool = pool_figures(app->pool), hashing = pool_figures(app->hashing);
    struct writer_figures writer = writer_figures(app->writer);
    struct cache_figures pages = cache_figures(app->pages);
    log_line(
        LOG_INFO, "load",
        "run=%lld refused=%lld stale=%lld late=%lld longest_wait_ms=%lld longest_lag_ms=%lld hashing_run=%lld hashing_refused=%lld "
        "written=%lld writer_refused=%lld writer_late=%lld writer_longest_wait_ms=%lld "
        "pages=%lld page_bytes=%lld renderings=%lld evictions=%lld",
        (long long)pool.run, (long long)pool.refused, (long long)pool.stale, (long long)pool.late,
        (long long)(pool.longest_wait_ns / 1000000), (long long)loops_longest_lag_ms(app->loops),
        (long long)hashing.run, (long long)(hashing.refused + hashing.late), (long long)writer.jobs,
        (long long)writer.refused, (long long)writer.late, (long long)(writer.longest_wait_ns / 1000000),
        (long long)pages.pages, (long long)pages.bytes, (long long)pages.renderings, (long long)pages.evictions);
}

/* Nothing read from the database: only the interface's language is known. */
static const struct view_context *context_of(struct request *r) {
    struct app *app = r->app;
    size_t language = atomic_load_explicit(&app->site_language, memory_order_relaxed);
    struct view_site *site = ARENA_NEW(r->arena, struct view_site);
    struct view_context *context = ARENA_NEW(r->arena, struct view_context);
    site->language = APP_LANGUAGE[language].tag;
    *context = (struct view_context){.arena = r->arena,
                                     .templates = app->templates[language],
                                     .site = site,
                                     .asset = assets_address,
                                     .icon = assets_icon(app->assets),
                                     .asset_context = app->assets};
    return context;
}

/* What was sent, to be sent again; not what has a password in it, nor what another site's page made the browser send. */
static void give_back(struct request *r, struct view_busy *page) {
    struct http_form form;
    struct error error;
    struct http_form_limits limits = HTTP_FORM_LIMITS;
    limits.fields = FIELDS;
    if (http_call_method(r->call) != HTTP_POST || !r->route || (r->route->flags & ROUTE_HASHES)) return;
    if (!dispatch_is_same_origin(r) || http_call_form(r->call, &limits, &form, &error) != 0) return;
    struct view_busy_field *fields = ARENA_ARRAY(r->arena, form.count, struct view_busy_field);
    for (size_t i = 0; i < form.count; i++)
        fields[i] = (struct view_busy_field){form.fields[i].name, form.fields[i].value};
    page->fields = fields;
    page->field_count = form.count;
    page->action = http_call_target(r->call);
}

static void reply(struct request *r, int status, slice content_type, slice body, struct blob *blob) {
    struct http_header headers[HEADERS_SECURITY + 2];
    size_t n = headers_add_security(r->app, headers);
    headers[n++] = (struct http_header){S("Cache-Control"), HEADERS_PRIVATE};
    if (status == 503) headers[n++] = (struct http_header){S("Retry-After"), S("2")};
    struct http_answer answer = {.status = status,
                                 .content_type = content_type,
                                 .headers = headers,
                                 .header_count = n,
                                 .body = body,
                                 .blob = blob};
    http_call_reply(r->call, &answer);
    blob_unref(blob);
}
_Static_assert(RETRY_S == 2, "the header says the same");

/* Whether it lives, not whether it has time, or a database: or whoever watches it would end it when it is needed most. */
static bool is_health(struct request *r, slice answer) {
    if (!slice_equal(http_call_path(r->call), S("/healthz"))) return false;
    reply(r, 200, S("text/plain; charset=utf-8"), answer, NULL);
    return true;
}

static void refuse(struct request *r, bool away) {
    struct error error = {OK, ""};
    struct buf body;
    struct view_busy page = {.away = away,
                             .back = http_call_method(r->call) == HTTP_POST ? S("/") : http_call_target(r->call),
                             .retry_after_s = RETRY_S};
    give_back(r, &page);
    buf_init(&body, PAGE_MAX_BYTES);
    if (view_busy(context_of(r), &page, &body, &error) == OK && body.status == OK) {
        reply(r, 503, S("text/html; charset=utf-8"), S(""), blob_new_take(&body));
        return;
    }
    buf_fini(&body);
    reply(r, 503, S("text/plain; charset=utf-8"), S("Please try again in a moment.\n"), NULL);
}

void refuse_busy(struct request *r) {
    log_refusal(r->app);
    if (!is_health(r, S("busy\n"))) refuse(r, false);
}

void refuse_away(struct request *r, const struct error *error) {
    if (may_log(&r->app->away_logged_ms)) {
        char detail[600];
        log_line(LOG_ERROR, "database", "error=%s", log_quote(detail, sizeof detail, slice_of(error->detail)));
    }
    if (!is_health(r, S("without its database\n"))) refuse(r, true);
}
