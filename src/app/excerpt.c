#include "app/excerpt.h"

#include "app/refuse.h"
#include "base/log.h"
#include "os/fetch.h"

enum {
    TIMEOUT_MS = 5000,
    PAGE_BYTES = 2 * 1024 * 1024,
    READING_ARENA = 32 * 1024 * 1024, /* such a page in UTF-8, and its paragraphs */
};

struct excerpt {
    struct request *request;
    slice url;
    void (*then)(struct request *r, void *data, const struct excerpt_page *page);
    void *data;
    size_t max_chars;
    struct excerpt_page page;
};

static enum view_fault fault_of(enum fetch_problem problem) {
    switch (problem) {
    case FETCH_FINE: return VIEW_FAULT_NONE;
    case FETCH_NO_ADDRESS: return VIEW_FAULT_PAGE_NO_ADDRESS;
    case FETCH_NOT_PUBLIC: return VIEW_FAULT_PAGE_NOT_PUBLIC;
    case FETCH_NOT_FOUND: return VIEW_FAULT_PAGE_NOT_FOUND;
    case FETCH_NO_ANSWER: return VIEW_FAULT_PAGE_NO_ANSWER;
    case FETCH_TOO_SLOW: return VIEW_FAULT_PAGE_TOO_SLOW;
    case FETCH_TOO_LARGE: return VIEW_FAULT_PAGE_TOO_LARGE;
    case FETCH_BAD_ANSWER: return VIEW_FAULT_PAGE_BAD_ANSWER;
    }
    return VIEW_FAULT_PAGE_NO_ANSWER;
}

static void log_failure(const struct excerpt *x, const struct error *error) {
    char url[600], detail[600];
    log_line(LOG_INFO, "excerpt", "request=%.*s url=%s error=%s", SLICE_FMT(http_call_id(x->request->call)),
             log_quote(url, sizeof url, x->url), log_quote(detail, sizeof detail, slice_of(error->detail)));
}

static void keep_page(struct excerpt *x, const struct quoted_page *from, slice last_url) {
    struct arena *arena = x->request->arena;
    x->page.url = arena_copy(arena, from->url.n ? from->url : last_url);
    x->page.quoted = (struct quoted_page){.title = arena_copy(arena, from->title),
                                          .author = arena_copy(arena, from->author),
                                          .site = arena_copy(arena, from->site),
                                          .language = arena_copy(arena, from->language),
                                          .date = from->date,
                                          .markdown = arena_copy(arena, from->markdown),
                                          .paragraphs = from->paragraphs};
}

static void read_fetched(struct excerpt *x, const struct fetched *fetched, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(READING_ARENA);
    struct quoted_page page;
    slice url = slice_of(fetched->url);
    enum status status = quoted_page_read(arena, buf_slice(&fetched->body), slice_of(fetched->content_type), url,
                                          x->max_chars, &page, error);
    if (status == OK) {
        keep_page(x, &page, url);
        return;
    }
    x->page.fault = status == LIMIT ? VIEW_FAULT_PAGE_TOO_LARGE : VIEW_FAULT_PAGE_NOTHING;
    log_failure(x, error);
}

static void go_on(void *job, void *thread_state) {
    struct excerpt *x = job;
    struct request *r = x->request;
    r->worker = thread_state;
    r->db = r->worker->db;
    x->then(r, x->data, &x->page);
}

static void run(void *job, void *thread_state) {
    struct excerpt *x = job;
    struct app *app = x->request->app;
    struct fetched *fetched = ARENA_NEW(x->request->arena, struct fetched);
    struct error error = {OK, ""};
    struct fetch_options options = {.timeout_ms = TIMEOUT_MS,
                                    .max_bytes = PAGE_BYTES,
                                    .spared = app->excerpt_blocks,
                                    .spared_count = app->excerpt_block_count,
                                    .user_agent = S("Palabre/" PALABRE_VERSION " (press excerpts)")};
    (void)thread_state;
    enum fetch_problem problem = fetch_url(x->url, &options, fetched, &error);
    x->page.fault = fault_of(problem);
    x->page.http_status = fetched->status;
    if (problem == FETCH_FINE)
        read_fetched(x, fetched, &error);
    else
        log_failure(x, &error);
    buf_fini(&fetched->body);
    if (pool_continue(app->pool, go_on, x) != OK) refuse_busy(x->request);
}

void excerpt_read(struct request *r, slice url,
                  void (*then)(struct request *r, void *data, const struct excerpt_page *page), void *data) {
    struct excerpt *x = ARENA_NEW(r->arena, struct excerpt);
    *x = (struct excerpt){.request = r,
                          .url = url,
                          .then = then,
                          .data = data,
                          .max_chars = (size_t)site_option(&r->site.options, SITE_OPTION_EXCERPT_CHARACTERS)};
    if (pool_submit(r->app->fetching, run, x) != OK) refuse_busy(r);
}
