/* GET /search: per request, on a worker. The index is read, nothing is kept. */
#include "app/handlers.h"

#include "app/map.h"
#include "domain/search.h"
#include "text/sanitize.h"
#include "text/search_snippet.h"
#include "text/typography.h"
#include "view/page_search.h"

#include <string.h>

enum { RESULTS = 20, SNIPPET_CHARACTERS = 260, HEADLINE_CHARACTERS = 400 };

static const enum search_kind KINDS[] = {
    [VIEW_SEARCH_ARTICLES] = SEARCH_OF_ARTICLES, [VIEW_SEARCH_MESSAGES] = SEARCH_OF_MESSAGES};

struct asking {
    struct request *request;
    struct search_stemmers *stemmers;
    struct search_query query;
    struct search_key after;
    struct view_search page;
};

static void asking_fini(struct asking *a) { search_stemmers_free(a->stemmers); }

static struct html snippet_of(struct asking *a, slice language, slice html) {
    slice plain = S("");
    struct error error;
    struct arena *arena = a->request->arena;
    if (sanitize_plain(arena, html, 0, &plain, &error) != OK) plain = S("");
    return search_snippet(arena, a->stemmers, &a->query, language, plain, SNIPPET_CHARACTERS);
}

/* A headline's hyphens do not break: "restera-" alone at the end of a line is read as a word cut in two. */
static struct html marked(struct asking *a, slice language, slice line) {
    static const slice WHOLE = S_INIT("\xE2\x80\x91"); /* U+2011 */
    struct arena *arena = a->request->arena;
    slice set = typography_line(arena, typography_of(language), line);
    char *text = arena_alloc(arena, set.n * WHOLE.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < set.n; i++) {
        if (set.p[i] != '-') {
            text[n++] = set.p[i];
            continue;
        }
        memcpy(text + n, WHOLE.p, WHOLE.n);
        n += WHOLE.n;
    }
    set = slice_make(text, n);
    return search_snippet(a->request->arena, a->stemmers, &a->query, language, set, HEADLINE_CHARACTERS);
}

/* Where the body has none of the words (they stand in the headline), the standfirst says what it is about. */
static struct html article_snippet(struct asking *a, const struct article *article) {
    struct arena *arena = a->request->arena;
    slice standfirst = html_escape_typographic(arena, article->language, article->standfirst).s;
    slice html = arena_format(arena, "<p>%.*s</p>%.*s", SLICE_FMT(standfirst), SLICE_FMT(article->body_html));
    return snippet_of(a, article->language, html);
}

static void map_hits(struct asking *a, const struct search_result *result) {
    struct arena *arena = a->request->arena;
    struct view_search_hit *hits = ARENA_ARRAY(arena, result->count, struct view_search_hit);
    bool messages = a->page.kind == VIEW_SEARCH_MESSAGES;
    for (size_t i = 0; i < result->count; i++) {
        const struct search_hit *hit = &result->hits[i];
        slice language = messages && hit->language.n ? hit->language : hit->article.language;
        hits[i] = (struct view_search_hit){
            .article = map_articles(arena, &hit->article, 1),
            .headline = marked(a, language, messages ? hit->title : hit->article.headline),
            .snippet = messages ? snippet_of(a, language, hit->html) : article_snippet(a, &hit->article),
            .number = messages ? hit->id : 0,
            .name = hit->name,
            .title = hit->title,
            .language = hit->language,
            .published_at = hit->published_at,
        };
    }
    a->page.hits = hits;
    a->page.hit_count = result->count;
}

static enum status run(struct asking *a, enum view_search_kind kind, size_t limit, struct search_result *result,
                       struct error *error) {
    struct request *r = a->request;
    struct search_request request = {.kind = KINDS[kind],
                                     .query = &a->query,
                                     .newest = a->page.newest,
                                     .after = kind == a->page.kind ? a->after : (struct search_key){0},
                                     .limit = limit};
    enum status status = search_run(r->db, r->arena, &request, result, error);
    if (status == OK)
        a->page.totals[kind] = (struct view_search_total){result->total, result->estimated, result->unsure};
    return status;
}

/* The one that was asked for; where none was, articles, or messages when there is no such article. */
static enum status find(struct asking *a, struct error *error) {
    slice in = request_field(a->request, "in");
    bool chosen = in.n > 0;
    struct search_result results[VIEW_SEARCH_KINDS];
    a->page.kind = slice_equal(in, S("messages")) ? VIEW_SEARCH_MESSAGES : VIEW_SEARCH_ARTICLES;
    enum status status = OK;
    for (int i = 0; i < VIEW_SEARCH_KINDS && status == OK; i++) {
        bool wanted = i == (int)a->page.kind || !chosen;
        status = run(a, (enum view_search_kind)i, wanted ? RESULTS : 1, &results[i], error);
    }
    if (status != OK) return status;
    bool none = a->page.totals[VIEW_SEARCH_ARTICLES].count == 0,
         others = a->page.totals[VIEW_SEARCH_MESSAGES].count > 0;
    if (!chosen && none && others) a->page.kind = VIEW_SEARCH_MESSAGES;
    const struct search_result *shown = &results[a->page.kind];
    map_hits(a, shown);
    if (shown->more) a->page.next = search_key_text(a->request->arena, &shown->next);
    a->page.can_order = (shown->ranked || a->page.newest) && shown->total > 1 && !shown->unsure;
    a->page.percent = shown->index.percent;
    a->page.walked = shown->walked;
    return OK;
}

static enum status answer(struct asking *a, struct error *error) {
    struct request *r = a->request;
    search_query_parse(r->arena, a->stemmers, a->page.text, &a->query);
    a->page.shortened = a->query.shortened;
    if (slice_is_empty(slice_trim(a->page.text)))
        a->page.state = VIEW_SEARCH_EMPTY;
    else if (a->query.count == 0)
        a->page.state = a->query.only_excluded ? VIEW_SEARCH_EXCLUDES : VIEW_SEARCH_NOTHING;
    else
        a->page.state = VIEW_SEARCH_RESULTS;
    if (a->page.state != VIEW_SEARCH_RESULTS) return OK;
    enum status status = db_read_begin(r->db, error);
    if (status != OK) return status;
    status = find(a, error);
    db_read_end(r->db);
    return status;
}

void search_show(struct request *r) {
    struct asking a CLEANUP(asking_fini) = {.request = r, .stemmers = search_stemmers_new()};
    struct error error = {OK, ""};
    int64_t retry_s;
    a.page = (struct view_search){.text = slice_sub(request_field(r, "q"), 0, 4 * SEARCH_QUERY_CHARACTERS),
                                  .newest = slice_equal(request_field(r, "order"), S("newest")),
                                  .percent = 100};
    a.page.is_later = search_key_parse(request_field(r, "after"), &a.after);
    if (a.page.text.n && !limiter_take(r->app->searching, request_address_key(r), &retry_s)) {
        request_fail_limit(r, S(""), S("/search"), retry_s);
        return;
    }
    enum status status = answer(&a, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/search"));
        return;
    }
    struct buf *body = request_buf(r);
    status = view_search(request_view(r), &a.page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

void search_describe(struct request *r) {
    struct buf *body = request_buf(r);
    opensearch_write(request_view(r), body);
    request_reply_buf(r, 200, S("application/opensearchdescription+xml; charset=utf-8"), body);
}
