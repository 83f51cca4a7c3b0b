#include "domain/article.h"

#include "base/utf8.h"
#include "domain/field.h"
#include "text/link.h"
#include "text/markdown.h"
#include "text/sanitize.h"

enum { SOURCE_LINE_MAX = 300 };

static const time_ms DATE_MAX = INT64_C(253402300799999); /* the end of the year 9999 */

/* The text as typed, but for line ends: Markdown gives a meaning to white space, so nothing else of it is touched. */
static enum status check_source(struct arena *arena, struct article *article, struct error *error) {
    slice source = article->body_source;
    size_t max = article->body_format == BODY_HTML ? SANITIZE_MAX_SOURCE : MARKDOWN_MAX_SOURCE;
    if (source.n > max) return error_set(error, INVALID, "body: longer than %zu bytes", max);
    if (!utf8_is_valid(source)) return error_set(error, INVALID, "body: not UTF-8");
    if (article->body_format == BODY_MARKDOWN && utf8_find_control(source) != SIZE_MAX)
        return error_set(error, INVALID, "body: holds control characters");
    if (slice_find_char(source, '\r') == SIZE_MAX) return OK;
    char *out = arena_alloc(arena, source.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < source.n; i++) {
        bool crlf = source.p[i] == '\r' && i + 1 < source.n && source.p[i + 1] == '\n';
        if (!crlf) out[n++] = source.p[i] == '\r' ? '\n' : source.p[i];
    }
    article->body_source = slice_make(out, n);
    return OK;
}

static enum status render(struct arena *arena, struct article *article, struct error *error) {
    struct html html = {{NULL, 0}};
    enum status status;
    if (article->body_format == BODY_HTML) {
        struct sanitize_options options = {.language = article->language};
        status = sanitize_article_html(arena, article->body_source, &options, NULL, &html, error);
    } else {
        struct markdown_options options = {.language = article->language};
        status = markdown_article(arena, article->body_source, &options, &html, error);
    }
    if (status != OK) {
        error_prefix(error, "body");
        return INVALID;
    }
    article->body_html = html.s;
    return OK;
}

static enum status check_press_source(struct arena *arena, struct article *article, struct error *error) {
    article->source_url = slice_trim(article->source_url);
    if (article->kind == ARTICLE_EXCERPT && slice_is_empty(article->source_url))
        return error_set(error, INVALID, "source_url: an excerpt names the page it quotes");
    if (!slice_is_empty(article->source_url) && (article->source_url.n > URL_MAX || !url_is_web(article->source_url)))
        return error_set(error, INVALID, "source_url: not an http or https address");
    if (article->source_date < 0 || article->source_date > DATE_MAX)
        return error_set(error, INVALID, "source_date: out of range");
    enum status status =
        field__line(arena, "source_site", FIELD_OPTIONAL, SOURCE_LINE_MAX, &article->source_site, error);
    if (status == OK)
        status = field__line(arena, "source_author", FIELD_OPTIONAL, SOURCE_LINE_MAX, &article->source_author, error);
    if (status == OK)
        status = field__line(arena, "source_title", FIELD_OPTIONAL, SOURCE_LINE_MAX, &article->source_title, error);
    return status;
}

enum status article_prepare(struct arena *arena, struct article *article, struct error *error) {
    enum status status = field__language("language", article->language, error);
    if (status == OK)
        status = field__line(arena, "headline", FIELD_REQUIRED, ARTICLE_HEADLINE_MAX, &article->headline, error);
    if (status == OK)
        status = field__body(arena, "standfirst", FIELD_OPTIONAL, ARTICLE_STANDFIRST_MAX, &article->standfirst, error);
    if (status == OK)
        status = field__line(arena, "byline", FIELD_OPTIONAL, ARTICLE_BYLINE_MAX, &article->byline, error);
    if (status == OK) status = field__slug(arena, "slug", article->headline, &article->slug, error);
    if (status == OK) status = check_press_source(arena, article, error);
    if (status == OK) status = check_source(arena, article, error);
    return status == OK ? render(arena, article, error) : status;
}
