#include "app/request.h"

#include "app/assets.h"
#include "app/dispatch.h"
#include "app/headers.h"
#include "app/tokens.h"
#include "base/log.h"

#include <string.h>

enum { PAGE_MAX_BYTES = 64 * 1024 * 1024 }; /* as a shared page: an author's own is one, with more on it */

/* --- Asking ------------------------------------------------------------------------------------------------------ */

slice request_parameter(const struct request *r, const char *name) { return http_match_get(&r->match, slice_of(name)); }

int64_t request_number(const struct request *r, const char *name) {
    int64_t number;
    return slice_to_int64(request_parameter(r, name), &number) ? number : 0;
}

slice request_field(const struct request *r, const char *name) {
    slice value = http_form_get(&r->form, slice_of(name));
    return value.p ? value : S("");
}

int64_t request_field_int(const struct request *r, const char *name) {
    int64_t number;
    return slice_to_int64(request_field(r, name), &number) ? number : 0;
}

bool request_has_field(const struct request *r, const char *name) { return http_form_has(&r->form, slice_of(name)); }

slice request_fingerprint(struct request *r) {
    struct address client = http_call_client(r->call);
    return keys_fingerprint(&r->app->keys, r->arena, &client);
}

uint64_t request_address_key(struct request *r) {
    struct address client = http_call_client(r->call);
    return keys_limit_key(&r->app->keys, &client);
}

bool request_take_sending(struct request *r, int64_t *retry_s) {
    struct address client = http_call_client(r->call);
    uint64_t key = keys_limit_key(&r->app->keys, &client), wide = keys_limit_key_wide(&r->app->keys, &client);
    if (!limiter_take(r->app->sending, key, retry_s)) return false;
    if (!wide || limiter_take(r->app->sending_wide, wide, retry_s)) return true;
    limiter_give_back(r->app->sending, key);
    return false;
}

void request_count_sending(struct request *r, const struct address *client) {
    uint64_t wide = keys_limit_key_wide(&r->app->keys, client);
    (void)limiter_take(r->app->sending, keys_limit_key(&r->app->keys, client), NULL);
    if (wide) (void)limiter_take(r->app->sending_wide, wide, NULL);
}

slice request_sealed_address(struct request *r) {
    struct address client = http_call_client(r->call);
    return keys_seal_address(&r->app->keys, r->arena, &client);
}

slice request_device(struct request *r) {
    slice device = http_call_cookie(r->call, S("palabre_author"));
    return device.n == CRYPTO_TOKEN_CHARS ? device : S("");
}

slice request_token(struct request *r, slice purpose) { return token_make(r->app, r->arena, purpose, clock_now(), 1); }

bool request_token_ok(struct request *r, slice purpose) {
    return token_check(r->app, request_field(r, "token"), purpose, clock_now());
}

/* --- Showing ----------------------------------------------------------------------------------------------------- */

static const struct view_viewer *viewer(struct request *r) {
    if (!r->signed_in) return NULL;
    struct view_viewer *v = ARENA_NEW(r->arena, struct view_viewer);
    v->display_name = r->account.display_name;
    v->csrf = r->session.csrf;
    v->may_edit = role_may(r->account.role, RIGHT_EDIT_ARTICLES);
    v->may_administer = role_may(r->account.role, RIGHT_ADMINISTER);
    v->pending_count = r->site.pending_count;
    return v;
}

const struct view_context *request_view(struct request *r) {
    struct view_context *context = dispatch_context(r->app, r->db, r->arena, &r->site, r->language);
    context->viewer = viewer(r);
    return context;
}

const struct view_context *request_view_in(struct request *r, slice language) {
    r->language = app_language_find(language, r->language);
    return request_view(r);
}

struct arena *request_scratch(struct request *r) {
    arena_reset(r->worker->scratch);
    return r->worker->scratch;
}

struct buf *request_buf(struct request *r) {
    struct buf *b = ARENA_NEW(r->arena, struct buf);
    buf_init(b, PAGE_MAX_BYTES);
    return b;
}

/* --- Answering --------------------------------------------------------------------------------------------------- */

void request_add_header(struct request *r, slice name, slice value) {
    if (r->header_count < ARRAY_COUNT(r->headers)) r->headers[r->header_count++] = (struct http_header){name, value};
}

void request_set_cookie(struct request *r, slice name, slice value, int64_t max_age_s) {
    struct buf b;
    buf_init(&b, 1024);
    struct http_cookie cookie = {
        .name = name, .value = value, .max_age_s = max_age_s, .secure = http_call_is_https(r->call)};
    if (http_cookie_add(&b, &cookie) == OK) request_add_header(r, S("Set-Cookie"), arena_copy(r->arena, buf_slice(&b)));
    buf_fini(&b);
}

/* Answers with the collected headers, those of security and no permission to store. blob (may be NULL) is released. */
static void reply(struct request *r, struct http_answer *answer, struct blob *blob) {
    struct http_header headers[ARRAY_COUNT(r->headers) + HEADERS_SECURITY + 2];
    size_t n = headers_add_security(r->app, headers);
    headers[n++] = (struct http_header){S("Cache-Control"), r->keep_for_back ? HEADERS_KEPT : HEADERS_PRIVATE};
    for (size_t i = 0; i < r->header_count; i++) headers[n++] = r->headers[i];
    answer->headers = headers;
    answer->header_count = n;
    answer->blob = blob;
    http_call_reply(r->call, answer);
    blob_unref(blob);
}

static void reply_broken(struct request *r, const struct error *error) {
    char detail[600];
    slice id = http_call_id(r->call);
    log_line(LOG_ERROR, "page", "request=%.*s error=%s", SLICE_FMT(id),
             log_quote(detail, sizeof detail, slice_of(error ? error->detail : "")));
    struct http_answer answer = {
        .status = 500, .content_type = S("text/plain; charset=utf-8"), .body = S("Internal error\n")};
    reply(r, &answer, NULL);
}

void request_reply_page(struct request *r, int status, struct buf *body, enum status render,
                        const struct error *error) {
    if (render != OK || body->status != OK) {
        buf_fini(body);
        reply_broken(r, error);
        return;
    }
    struct http_answer answer = {.status = status, .content_type = S("text/html; charset=utf-8")};
    reply(r, &answer, blob_new_take(body));
}

void request_reply_buf(struct request *r, int status, slice content_type, struct buf *body) {
    struct http_answer answer = {.status = status, .content_type = content_type};
    reply(r, &answer, blob_new_take(body));
}

void request_reply_bytes(struct request *r, int status, slice content_type, slice body) {
    struct http_answer answer = {.status = status, .content_type = content_type, .body = body};
    reply(r, &answer, NULL);
}

static void redirect(struct request *r, int status, slice location) {
    request_add_header(r, S("Location"), arena_copy(r->arena, location));
    struct http_answer answer = {.status = status};
    reply(r, &answer, NULL);
}

void request_redirect(struct request *r, slice location) { redirect(r, 303, location); }
void request_redirect_permanent(struct request *r, slice location) { redirect(r, 301, location); }
void request_redirect_found(struct request *r, slice location) { redirect(r, 302, location); }

static void fail(struct request *r, const struct view_error *page) {
    struct error error = {OK, ""};
    struct buf *body = request_buf(r);
    if (page->retry_after_s)
        request_add_header(r, S("Retry-After"), arena_format(r->arena, "%lld", (long long)page->retry_after_s));
    enum status status = view_error(request_view(r), page, body, &error);
    request_reply_page(r, page->http_status, body, status, &error);
}

void request_fail(struct request *r, int status, enum view_error_about about, slice kept_text, slice back) {
    struct view_error page = {.http_status = status,
                              .about = about,
                              .kept_text = kept_text,
                              .back = back,
                              .request_id = http_call_id(r->call),
                              .retry_after_s = status == 503 ? 2 : 0};
    fail(r, &page);
}

void request_fail_limit(struct request *r, slice kept_text, slice back, int64_t retry_s) {
    struct view_error page = {
        .http_status = 429, .about = VIEW_ERROR_FORM, .kept_text = kept_text, .back = back, .retry_after_s = retry_s};
    fail(r, &page);
}

void request_fail_status(struct request *r, enum status status, const struct error *error, enum view_error_about about,
                         slice kept_text, slice back) {
    if (status == INTERNAL || status == UNAVAILABLE) {
        char detail[600];
        slice id = http_call_id(r->call);
        log_line(LOG_ERROR, "request", "request=%.*s status=%s error=%s", SLICE_FMT(id), status_info(status)->name,
                 log_quote(detail, sizeof detail, slice_of(error ? error->detail : "")));
    }
    request_fail(r, status_info(status)->http_status, about, kept_text, back);
}
