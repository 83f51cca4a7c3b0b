#include "os/fetch.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_MS = 3000 };

struct fetching {
    const struct fetch_options *options;
    struct fetched *out;
    bool not_public, too_large;
};

void fetch_start(void) { (void)curl_global_init(CURL_GLOBAL_DEFAULT); }

/* --- What libcurl asks on the way ---------------------------------------------------------------------------------- */

static bool may_connect(const struct fetch_options *options, const struct address *address) {
    if (address_is_public(address)) return true;
    for (size_t i = 0; i < options->spared_count; i++)
        if (address_block_contains(&options->spared[i], address)) return true;
    return false;
}

/* The last look before a connection: whatever the name was, this is where it would lead. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to) {
    struct fetching *f = ctx;
    struct address address = address_of_socket(&to->addr);
    if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(f->options, &address)) {
        f->not_public = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Unpacked already: a small answer may be a large one. */
static size_t take_body(char *p, size_t size, size_t count, void *ctx) {
    struct fetching *f = ctx;
    buf_add(&f->out->body, slice_make(p, size * count));
    if (f->out->body.status == OK) return size * count;
    f->too_large = true;
    return CURL_WRITEFUNC_ERROR;
}

/* --- One transfer --------------------------------------------------------------------------------------------------- */

static bool set_up(CURL *curl, struct fetching *f, const char *url, const char *agent) {
    const struct fetch_options *o = f->options;
    bool ok = true;
#define SET(option, value) ok = curl_easy_setopt(curl, option, value) == CURLE_OK && ok
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PROXY, ""); /* the environment's would connect in our place */
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)o->max_bytes);
    SET(CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl unpacks */
    SET(CURLOPT_USERAGENT, agent);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, f);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, f);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
#undef SET
    return ok;
}

static enum fetch_problem problem_of(const struct fetching *f, CURLcode code) {
    if (f->not_public) return FETCH_NOT_PUBLIC;
    if (f->too_large) return FETCH_TOO_LARGE;
    switch ((int)code) {
    case CURLE_OK: return FETCH_FINE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED: return FETCH_NO_ADDRESS;
    case CURLE_COULDNT_RESOLVE_HOST: return FETCH_NOT_FOUND;
    case CURLE_OPERATION_TIMEDOUT: return FETCH_TOO_SLOW;
    case CURLE_FILESIZE_EXCEEDED: return FETCH_TOO_LARGE;
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_BAD_CONTENT_ENCODING: return FETCH_BAD_ANSWER;
    default: return FETCH_NO_ANSWER;
    }
}

static void keep(char *out, size_t size, const char *text) {
    size_t n = text ? strnlen(text, size - 1) : 0;
    memcpy(out, text ? text : "", n);
    out[n] = '\0';
}

static enum fetch_problem run(CURL *curl, struct fetching *f, struct error *error) {
    CURLcode code = curl_easy_perform(curl);
    const char *url = NULL, *type = NULL;
    long status = 0;
    (void)curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
    (void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    keep(f->out->url, sizeof f->out->url, url);
    keep(f->out->content_type, sizeof f->out->content_type, type);
    f->out->status = (int)status;
    enum fetch_problem problem = problem_of(f, code);
    if (problem == FETCH_FINE && (status < 200 || status > 299)) problem = FETCH_BAD_ANSWER;
    if (problem != FETCH_FINE) (void)!error_set(error, UNAVAILABLE, "%s (HTTP %ld)", curl_easy_strerror(code), status);
    return problem;
}

/* Borrowed from room. NULL: it holds a NUL, or is too long. */
static const char *as_text(slice s, char *room, size_t size) {
    if (s.n >= size || memchr(s.p ? s.p : "", '\0', s.n)) return NULL;
    memcpy(room, s.p ? s.p : "", s.n);
    room[s.n] = '\0';
    return room;
}

enum fetch_problem fetch_url(slice url, const struct fetch_options *options, struct fetched *out, struct error *error) {
    char address[FETCH_URL_MAX + 1], agent[200];
    struct fetching f = {.options = options, .out = out};
    *out = (struct fetched){.status = 0};
    buf_init(&out->body, options->max_bytes);
    bool is_web = slice_starts_nocase(url, S("http://")) || slice_starts_nocase(url, S("https://"));
    if (!is_web || !as_text(url, address, sizeof address) || !as_text(options->user_agent, agent, sizeof agent)) {
        (void)!error_set(error, INVALID, "not an http or https address");
        return FETCH_NO_ADDRESS;
    }
    CURL *curl = curl_easy_init();
    enum fetch_problem problem = FETCH_NO_ANSWER;
    if (curl && set_up(curl, &f, address, agent))
        problem = run(curl, &f, error);
    else
        (void)!error_set(error, UNAVAILABLE, "libcurl could not be set up");
    curl_easy_cleanup(curl);
    return problem;
}
