#include "app/dispatch.h"

#include "app/assets.h"
#include "app/handlers.h"
#include "app/headers.h"
#include "app/lenient.h"
#include "app/nodes.h"
#include "app/pages.h"
#include "app/refuse.h"
#include "app/routes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/section.h"
#include "http/negotiate.h"
#include "view/address.h"

#include <stdatomic.h>
#include <string.h>

_Static_assert((int)PAGE_GZIP == (int)HTTP_GZIP && (int)PAGE_ZSTD == (int)HTTP_ZSTD &&
                   (int)PAGE_BROTLI == (int)HTTP_BROTLI,
               "encodings are one list in two rooms");

enum status dispatch_router_new(struct app *app, struct error *error) {
    return http_router_new(ROUTES, ROUTE_COUNT, &app->router, error);
}

/* --- Shared pages, on the loop ----------------------------------------------------------------------------------- */

/* The page as the client has it, in whatever encoding it got it: its tag names the same page. */
static const struct page_variant *known_variant(const struct page *page, slice if_none_match, size_t preferred) {
    for (size_t i = 0; i < PAGE_ENCODINGS; i++) {
        const struct page_variant *variant = &page->variants[(preferred + i) % PAGE_ENCODINGS];
        if (variant->head && http_etag_matches(if_none_match, variant->etag)) return variant;
    }
    return NULL;
}

/* This loop's. */
static struct hot *hot_of(struct app *app, const struct http_call *call) {
    return app->hot[loop_index(http_call_loop(call))];
}

/* What this reader would have, were it all there. */
static enum http_encoding best_encoding(const struct http_call *call) {
    return http_encoding_choose(http_call_accept_encoding(call), (1u << PAGE_ENCODINGS) - 1);
}

static void send_in(struct http_call *call, struct page *page, enum http_encoding best) {
    enum http_encoding encoding = best;
    if (!(page->available >> best & 1))
        encoding = http_encoding_choose(http_call_accept_encoding(call), page->available);
    const struct page_variant *variant = &page->variants[encoding];
    slice if_none_match = http_call_if_none_match(call);
    const struct page_variant *known = if_none_match.p ? known_variant(page, if_none_match, encoding) : NULL;
    if (known)
        http_call_reply_prebuilt(call, known->not_modified, NULL);
    else
        http_call_reply_prebuilt(call, variant->head, variant->body);
}

void dispatch_send(struct http_call *call, struct page *page) { send_in(call, page, best_encoding(call)); }

static struct cache *cache_of(struct app *app, const struct cache_key *key) {
    return page_is_front(key->kind) ? app->fronts : app->pages;
}

/* A page of the cache: which then knows how it is read. */
static void send_cached(struct http_call *call, const struct hot_page *found, enum http_encoding best) {
    struct page *page = found->page;
    if (page_want(page, 1u << best) && !(page->available >> best & 1)) cache_add_forms(found->cache, found->key, page);
    send_in(call, page, best);
}

static struct request *request_new(struct app *app, struct http_call *call, const struct http_match *match) {
    struct request *r = ARENA_NEW(http_call_arena(call), struct request);
    r->app = app;
    r->call = call;
    r->arena = http_call_arena(call);
    if (match) r->match = *match;
    if (match && match->route) r->route = match->route->data;
    return r;
}

static void run_request(void *job, void *thread_state);

static void run_late(void *job, void *thread_state) {
    (void)thread_state;
    refuse_busy(job);
}

/* To the workers; what hashes a password to those few that do nothing else. For as long as the loop lags it has waited
   already. */
static void to_worker(struct request *r) {
    bool hashes = r->route && (r->route->flags & ROUTE_HASHES);
    struct pool_offer offer = {POOL_NORMAL, run_request, run_late, r, loop_lag_ms(http_call_loop(r->call))};
    if (pool_offer(hashes ? r->app->hashing : r->app->pool, &offer) != OK) refuse_busy(r);
}

/* A call that waits for a page being made. */
struct shared_call {
    struct cache_waiter waiter;
    struct request *request;
    struct cache_key key;
};

static void run_missing(void *job, void *thread_state);

/* What stands between "/articles/" and the next '/': the page's tag, where the address is right. */
static bool is_right_address(const struct http_call *call, const struct cache_key *key, const struct page *page) {
    if (key->kind > PAGE_FEED_COMMENTS) return true;
    slice rest = slice_after(http_call_path(call), S("/articles/").n);
    return slice_equal(slice_sub(rest, 0, slice_find_char(rest, '/')), page->tag);
}

/* A slug changes with its headline, and may change back: who keeps this answer has to ask again, or would be led in
   circles. */
static void reply_right_address(struct request *r, const struct page *page) {
    slice rest = slice_after(http_call_path(r->call), S("/articles/").n);
    size_t end = slice_find_char(rest, '/');
    slice after = end == SIZE_MAX ? S("") : slice_after(rest, end), query = http_call_query(r->call);
    slice location = arena_format(r->arena, "/articles/%.*s%.*s%s%.*s", SLICE_FMT(page->tag), SLICE_FMT(after),
                                  query.p ? "?" : "", SLICE_FMT(query));
    struct http_header headers[] = {{S("Location"), location}, {S("Cache-Control"), HEADERS_SHARED}};
    struct http_answer answer = {.status = 301, .headers = headers, .header_count = ARRAY_COUNT(headers)};
    http_call_reply(r->call, &answer);
}

static void send_shared(struct request *r, const struct cache_key *key, struct page *page) {
    struct hot_page found = {page, cache_of(r->app, key), key};
    if (is_right_address(r->call, key, page))
        send_cached(r->call, &found, best_encoding(r->call));
    else
        reply_right_address(r, page);
}

static void shared_ready(struct cache_waiter *waiter, enum status status, struct page *page,
                         const struct error *error) {
    struct shared_call *shared = (struct shared_call *)(void *)waiter;
    struct request *r = shared->request;
    if (status == OK) {
        send_shared(r, &shared->key, page);
        return;
    }
    r->status = status;
    if (error) r->error = *error;
    if (status == BUSY) {
        refuse_busy(r);
        return;
    }
    /* An error page is personal (the site's language, what to do next): made by a worker. */
    struct pool_offer offer = {.lane = POOL_NORMAL, .run = run_missing, .late = run_late, .job = r};
    if (pool_offer(r->app->pool, &offer) != OK) refuse_busy(r);
}

static void want(struct request *r, const struct cache_key *key) {
    struct shared_call *shared = ARENA_NEW(r->arena, struct shared_call);
    shared->waiter.ready = shared_ready;
    shared->waiter.wanted = 1u << best_encoding(r->call);
    shared->request = r;
    shared->key = *key;
    cache_want(cache_of(r->app, key), key, &shared->waiter);
}

void dispatch_shared(struct request *r, const struct cache_key *key) {
    struct page *page = cache_find(cache_of(r->app, key), key);
    if (!page) {
        want(r, key);
        return;
    }
    send_shared(r, key, page);
    page_unref(page);
}

static slice query_value(slice query, slice name) {
    while (query.p) {
        slice pair = slice_cut(&query, '&');
        slice key = slice_cut(&pair, '=');
        if (slice_equal(key, name)) return pair.p ? pair : S("");
    }
    return (slice){NULL, 0};
}

static bool feed_order(slice format, struct cache_key *key) {
    enum feed_format f;
    if (!feed_format_parse(format, &f)) return false;
    key->order = (uint8_t)f;
    return true;
}

bool dispatch_key(const struct http_match *match, slice query, struct cache_key *key) {
    const struct app_route *route = match->route->data;
    int kind = route->page_kind & ((1 << PAGE_KIND_BITS) - 1);
    *key = (struct cache_key){.kind = (uint16_t)kind};
    slice language = query_value(query, S("lang"));
    bool in_any = kind == PAGE_HOME || kind == PAGE_CHARTER || kind == PAGE_ARCHIVE_INDEX || kind == PAGE_ARCHIVE;
    /* 0: the site's own language, also for one we have not; otherwise 1 + the index */
    size_t found = language.p ? app_language_find(language, APP_LANGUAGES) : APP_LANGUAGES;
    if (in_any && found < APP_LANGUAGES) key->language = (uint8_t)(1 + found);
    switch ((enum page_kind)kind) {
    case PAGE_DISCUSSION: {
        slice page = http_match_get(match, S("page"));
        key->id = match->numbers[0];
        if (page.p && (!slice_to_int64(page, &key->number) || key->number < 1)) return false;
        key->order = (uint8_t)(route->page_kind >> PAGE_KIND_BITS);
        /* the address of this order before it had one of its own */
        if (slice_equal(query_value(query, S("order")), S("newest"))) key->order = PAGE_ORDER_NEWEST;
        return true;
    }
    case PAGE_THREAD:
        return slice_to_int64(http_match_get(match, S("root")), &key->id) &&
               slice_to_int64(http_match_get(match, S("page")), &key->number) && key->number > 0;
    case PAGE_FEED_COMMENTS: key->id = match->numbers[0]; return feed_order(http_match_get(match, S("format")), key);
    case PAGE_FEED_ARTICLES: return feed_order(http_match_get(match, S("format")), key);
    case PAGE_HOME:
    case PAGE_CHARTER:
    case PAGE_ARCHIVE_INDEX: return true;
    case PAGE_SECTION: key->id = pages_slug_id(match->parameters[0]); return true;
    case PAGE_ARCHIVE: {
        int year, month;
        if (!address_parse_month(match->parameters[0], &year, &month)) return false;
        key->id = year;
        key->number = month;
        return true;
    }
    case PAGE_SITEMAP: key->number = match->parameter_count ? match->numbers[0] : 0; return true;
    case PAGE_ROBOTS: return true;
    }
    return false;
}

/* Whether this reader may have something of their own on the page: then it is rendered for them alone. Anybody can make
   such a cookie up, and rendering costs: past the limit of their address they get the page of all. */
static bool may_be_personal(const struct http_call *call, const struct cache_key *key) {
    if (key->kind != PAGE_DISCUSSION || !http_call_has_cookies(call)) return false;
    return http_call_cookie(call, S("palabre_author")).n == CRYPTO_TOKEN_CHARS ||
           http_call_cookie(call, S("palabre_session")).n == CRYPTO_TOKEN_CHARS;
}

static bool is_personal(struct app *app, struct http_call *call, const struct cache_key *key) {
    if (!may_be_personal(call, key)) return false;
    struct address client = http_call_client(call);
    return limiter_take(app->reading_own, keys_limit_key(&app->keys, &client), NULL);
}

static void handle_shared(struct app *app, struct http_call *call, const struct http_match *match) {
    static const struct app_route PERSONAL = {read_discussion, 0, 0}, OLDER = {read_section_older, 0, 0},
                                  EARLIER = {read_archive_older, 0, 0}, FRONT = {read_front, 0, 0};
    struct cache_key key;
    slice query = http_call_query(call);
    if (!dispatch_key(match, query, &key)) {
        to_worker(request_new(app, call, NULL));
        return;
    }
    bool before = query_value(query, S("before")).p, older = before && key.kind == PAGE_SECTION;
    bool earlier = before && key.kind == PAGE_ARCHIVE;
    bool front = key.kind == PAGE_HOME && query.n && !key.language;
    if (older || earlier || front || is_personal(app, call, &key)) {
        struct request *r = request_new(app, call, match);
        r->route = older ? &OLDER : earlier ? &EARLIER : front ? &FRONT : &PERSONAL;
        to_worker(r);
        return;
    }
    struct page *page = cache_find(cache_of(app, &key), &key);
    bool is_sure = page && nodes_is_sure(app->nodes, page);
    if (is_sure && is_right_address(call, &key, page)) {
        struct hot_page found = {page, cache_of(app, &key), &key};
        hot_remember(hot_of(app, call), http_call_target(call), &found);
        send_cached(call, &found, best_encoding(call));
    } else {
        struct request *r = request_new(app, call, match);
        if (page && !is_sure)
            nodes_compare(r, &key, page);
        else if (page)
            send_shared(r, &key, page);
        else
            want(r, &key);
    }
    page_unref(page);
}

/* Whether the call is answered, without routing, from what this loop remembers. */
static bool send_hot(struct app *app, struct http_call *call) {
    struct hot *hot = hot_of(app, call);
    uint64_t number = http_call_head_number(call);
    struct hot_page found = hot_find(hot, number, http_call_target(call), loop_now_ms(http_call_loop(call)));
    if (!found.page || !nodes_is_sure(app->nodes, found.page) || may_be_personal(call, found.key)) return false;
    send_cached(call, &found, hot_encoding(hot, number, http_call_accept_encoding(call)));
    return true;
}

/* --- Everything else ---------------------------------------------------------------------------------------------- */

static void reply_allow(struct app *app, struct http_call *call, const struct http_match *match, int status) {
    struct buf allow;
    buf_init(&allow, 256);
    http_methods_add(&allow, match->allowed);
    struct http_header headers[HEADERS_SECURITY + 2];
    size_t n = headers_add_security(app, headers);
    headers[n++] = (struct http_header){S("Allow"), buf_slice(&allow)};
    headers[n++] = (struct http_header){S("Cache-Control"), S("no-store")};
    struct http_answer answer = {.status = status, .headers = headers, .header_count = n};
    if (status == 405) {
        answer.content_type = S("text/plain; charset=utf-8");
        answer.body = S("Method not allowed\n");
    }
    http_call_reply(call, &answer);
    buf_fini(&allow);
}

static void handle_static(struct app *app, struct http_call *call, slice path) {
    bool immutable;
    struct page *page = assets_find(app->assets, path, &immutable);
    if (page)
        dispatch_send(call, page);
    else
        to_worker(request_new(app, call, NULL));
}

void dispatch_call(struct http_call *call, void *ctx) {
    struct app *app = ctx;
    slice path = http_call_path(call);
    enum http_method method = http_call_method(call);
    bool reads = method == HTTP_GET || method == HTTP_HEAD;
    if (reads && send_hot(app, call)) return;
    if (reads && slice_starts(path, S("/static/"))) {
        handle_static(app, call, slice_after(path, S("/static/").n));
        return;
    }
    struct http_match match;
    http_router_find(app->router, method, path, &match);
    const struct app_route *route = match.kind == HTTP_MATCH_FOUND ? match.route->data : NULL;
    switch (match.kind) {
    case HTTP_MATCH_FOUND:
        if (route->flags & ROUTE_LOOP)
            handle_shared(app, call, &match);
        else if (route->flags & ROUTE_LIVE)
            live_follow(app, call, &match);
        else
            to_worker(request_new(app, call, &match));
        return;
    case HTTP_MATCH_OPTIONS: reply_allow(app, call, &match, 204); return;
    case HTTP_MATCH_NOT_ALLOWED: reply_allow(app, call, &match, 405); return;
    case HTTP_MATCH_REDIRECT: /* an old address may end in '/': let it be looked up first */
    case HTTP_MATCH_NOT_FOUND: to_worker(request_new(app, call, &match)); return;
    }
}

/* A reader's form that is too large is read up to so many times its ceiling all the same, to give back what was typed. */
enum { GIVEN_BACK_FACTOR = 4 };

size_t dispatch_body_limit(const struct http_call *call, void *ctx) {
    struct app *app = ctx;
    if (!slice_starts(http_call_path(call), S("/moderation"))) return app->options.form_bytes * GIVEN_BACK_FACTOR;
    /* Who has no session gets no further than the form to sign in: that is not worth a large body. */
    bool signed_in = http_call_cookie(call, S("palabre_session")).n == CRYPTO_TOKEN_CHARS;
    return signed_in ? DISPATCH_BODY_MAX : app->options.form_bytes;
}

void dispatch_done(struct http_call *call, const struct http_done *done, void *ctx) {
    struct app *app = ctx;
    if (!app->options.access_log || !log_enabled(LOG_INFO)) return;
    char path[1024];
    slice id = http_call_id(call), shown = http_call_path(call);
    /* private links are secrets, and stay out of logs */
    if (slice_starts(shown, S("/messages/"))) shown = S("/messages/-");
    if (slice_starts(shown, S("/reports/"))) shown = S("/reports/-");
    if (slice_starts(shown, S("/follow/"))) shown = S("/follow/-");
    if (slice_starts(shown, S("/set-up/"))) shown = S("/set-up/-");
    log_line(LOG_INFO, "access", "request=%.*s method=%s path=%s status=%d bytes=%lld us=%lld%s", SLICE_FMT(id),
             http_method_name(http_call_method(call)), log_quote(path, sizeof path, shown), done->status,
             (long long)done->body_bytes, (long long)(done->duration_ns / 1000), done->dropped ? " dropped=1" : "");
}

/* --- On a worker -------------------------------------------------------------------------------------------------- */

struct view_context *dispatch_context(struct app *app, struct db *db, struct arena *arena, const struct site *site,
                                      size_t language) {
    struct view_context *context = ARENA_NEW(arena, struct view_context);
    struct view_site *view = ARENA_NEW(arena, struct view_site);
    struct section_list sections = {NULL, 0};
    struct error error;
    if (section_list_load(db, arena, &sections, &error) != OK) sections.count = 0;
    struct view_section *shown = ARENA_ARRAY(arena, sections.count, struct view_section);
    for (size_t i = 0; i < sections.count; i++) {
        const struct section *s = &sections.items[i];
        shown[i] = (struct view_section){s->slug, s->title, s->description, s->language};
    }
    *view = (struct view_site){.name = site->name,
                               .tagline = site->tagline,
                               .base_url = app->options.base_url,
                               .language = site->language,
                               .languages = APP_LANGUAGE,
                               .language_count = APP_LANGUAGES,
                               .sections = shown,
                               .section_count = sections.count};
    *context = (struct view_context){.arena = arena,
                                     .templates = app->templates[language],
                                     .dates = app_dates(app, language, site->time_zone),
                                     .site = view,
                                     .asset = assets_address,
                                     .icon = assets_icon(app->assets),
                                     .picture = assets_picture,
                                     .asset_context = app->assets};
    return context;
}

enum { DESK_FIELDS = 1500 };

/* What was typed into the longest field of a form that cannot be read: a message, an article. */
static slice typed_text(struct request *r) {
    slice body = http_call_body(r->call), text = lenient_field(r->arena, body, S("text"));
    return text.n ? text : lenient_field(r->arena, body, S("body"));
}

/* What only a desk's form may weigh. */
static bool is_too_large(const struct request *r) {
    return !(r->route->flags & ROUTE_DESK) && http_call_body(r->call).n > r->app->options.form_bytes;
}

/* The form or the query. False: answered. */
static bool load_form(struct request *r) {
    struct error error = {OK, ""};
    if (http_call_method(r->call) == HTTP_POST) {
        /* a charter of fifty rules in several languages, a queue of ticked messages */
        struct http_form_limits limits = HTTP_FORM_LIMITS;
        if (r->route->flags & ROUTE_DESK) limits.fields = DESK_FIELDS;
        int status = is_too_large(r) ? 413 : http_call_form(r->call, &limits, &r->form, &error);
        if (status && (r->route->flags & ROUTE_ANY_FORM)) {
            r->form = (struct http_form){0};
            return true;
        }
        if (status) request_fail(r, status, VIEW_ERROR_FORM, typed_text(r), S(""));
        return status == 0;
    }
    const struct http_form *parameters;
    if (http_call_parameters(r->call, &parameters, &error) == OK) {
        r->form = *parameters;
        return true;
    }
    request_fail(r, 400, VIEW_ERROR_PAGE, S(""), S(""));
    return false;
}

/* By the Host of the request or, where a proxy has put its own there, by the setting base_url. */
static bool is_our_authority(const struct request *r, slice authority) {
    slice base = r->app->options.base_url;
    size_t at = slice_find(base, S("://"));
    slice ours = at == SIZE_MAX ? S("") : slice_after(base, at + 3);
    ours = slice_sub(ours, 0, slice_find_char(ours, '/'));
    return slice_equal_nocase(authority, http_call_host(r->call)) || (ours.n && slice_equal_nocase(authority, ours));
}

bool dispatch_is_same_origin(const struct request *r) {
    slice fetch_site = http_call_header(r->call, S("Sec-Fetch-Site"));
    if (fetch_site.p && !slice_equal(fetch_site, S("same-origin")) && !slice_equal(fetch_site, S("none"))) return false;
    slice origin = http_call_header(r->call, S("Origin"));
    if (!origin.p) return true;
    size_t at = slice_find(origin, S("://"));
    return at != SIZE_MAX && is_our_authority(r, slice_after(origin, at + 3));
}

/* A job of its own: it may outlive the request, for which nobody waits. */
struct touching {
    struct writer_job job; /* first */
    session_id session;
};

static enum status touch_apply(struct db *db, struct writer_job *job, struct error *error) {
    return session_touch(db, ((const struct touching *)job)->session, error);
}

static void touch_done(struct writer_job *job, enum status status, const struct error *error) {
    (void)status; /* the next request tries again */
    (void)error;
    memory_free(job);
}

/* So that the list of sessions tells when each was last used. */
static void touch_session(struct request *r) {
    if (clock_now() - r->session.last_seen_at < SESSION_TOUCH_MS) return;
    struct touching *touching = NEW(struct touching);
    touching->job = (struct writer_job){.apply = touch_apply, .done = touch_done};
    touching->session = r->session.id;
    if (writer_submit(r->app->writer, &touching->job) != OK) memory_free(touching);
}

static void load_session(struct request *r) {
    slice token = http_call_cookie(r->call, S("palabre_session"));
    struct error error;
    if (token.n != CRYPTO_TOKEN_CHARS) return;
    r->signed_in = session_find(r->db, r->arena, token, &r->session, &r->account, &error) == OK;
    if (r->signed_in) touch_session(r);
    if (r->signed_in && (r->route->flags & ROUTE_DESK))
        r->language = app_language_find(r->account.language, r->language);
}

static bool has_right(const struct request *r) {
    unsigned flags = r->route->flags;
    enum role role = r->account.role;
    if ((flags & ROUTE_MODERATE) && !role_may(role, RIGHT_MODERATE)) return false;
    if ((flags & ROUTE_EDIT) && !role_may(role, RIGHT_EDIT_ARTICLES)) return false;
    return !(flags & ROUTE_ADMINISTER) || role_may(role, RIGHT_ADMINISTER);
}

static void ask_to_sign_in(struct request *r) {
    struct buf b;
    buf_init(&b, 64 * 1024);
    buf_add(&b, S("/sign-in?next="));
    if (http_call_method(r->call) == HTTP_POST)
        buf_add_url(&b, S("/moderation"));
    else
        buf_add_url(&b, http_call_target(r->call));
    slice location = arena_copy(r->arena, buf_slice(&b));
    buf_fini(&b);
    request_redirect(r, location);
}

/* Session, right and form token of a guarded route. False: answered. */
static bool may_pass(struct request *r) {
    if (!(r->route->flags & ROUTE_DESK)) return true;
    bool post = http_call_method(r->call) == HTTP_POST;
    if (!r->signed_in) {
        ask_to_sign_in(r);
        return false;
    }
    if (!has_right(r)) {
        request_fail(r, 403, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return false;
    }
    slice csrf = request_field(r, "csrf");
    if (post && (csrf.n != r->session.csrf.n || !crypto_equal(csrf.p, r->session.csrf.p, csrf.n))) {
        request_fail(r, 403, VIEW_ERROR_FORM, request_field(r, "body"), S("/moderation"));
        return false;
    }
    return true;
}

static bool load_site(struct request *r) {
    enum status status = site_load(r->db, r->arena, &r->site, &r->error);
    if (status != OK) {
        refuse_away(r, &r->error);
        return false;
    }
    r->language = app_language_find(r->site.language, APP_LANGUAGE_FR);
    atomic_store_explicit(&r->app->site_language, r->language, memory_order_relaxed);
    return true;
}

static void handle(struct request *r) {
    if (!load_site(r) || !load_form(r)) return;
    if (http_call_method(r->call) == HTTP_POST && !dispatch_is_same_origin(r)) {
        request_fail(r, 403, VIEW_ERROR_FORM, request_field(r, "text"), S(""));
        return;
    }
    load_session(r);
    slice language = request_field(r, "lang");
    if (language.n && http_call_method(r->call) != HTTP_POST) r->language = app_language_find(language, r->language);
    if (may_pass(r)) r->route->handler(r);
}

/* All that a request reads is of one moment, and asks the database for its locks once. What hashes a password takes too
   long for that. */
static void run_request(void *job, void *thread_state) {
    static const struct app_route UNKNOWN = {read_unknown, 0, 0};
    struct request *r = job;
    if (!r->route) r->route = &UNKNOWN;
    r->worker = thread_state;
    struct db *db = r->db = r->worker->db;
    bool together = !(r->route->flags & ROUTE_HASHES) && db_read_begin(db, &r->error) == OK;
    handle(r);
    if (together) db_read_end(db);
}

/* A shared page that could not be made. */
static void run_missing(void *job, void *thread_state) {
    struct request *r = job;
    r->worker = thread_state;
    r->db = r->worker->db;
    if (!load_site(r)) return;
    if (r->status == NOT_FOUND) {
        read_unknown(r);
        return;
    }
    request_fail_status(r, r->status, &r->error, VIEW_ERROR_PAGE, S(""), S(""));
}
