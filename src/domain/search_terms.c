#include "domain/search_terms.h"

#include "text/sanitize.h"

enum { MAKER_BYTES = 64 * 1024 * 1024 /* an article with its texts */ };

void search__maker_init(struct search_maker *m) {
    m->stemmers = search_stemmers_new();
    m->arena = arena_new(MAKER_BYTES);
    buf_init(&m->words, SEARCH_DOCUMENT_BYTES + 1024);
}

void search__maker_fini(struct search_maker *m) {
    search_stemmers_free(m->stemmers);
    arena_free(m->arena);
    buf_fini(&m->words);
}

static enum status write(struct search_maker *m, struct search_document *document, slice html, struct error *error) {
    enum status status = sanitize_plain(m->arena, html, 0, &document->body, error);
    if (status != OK) return status;
    buf_clear(&m->words);
    search_document_write(m->stemmers, document, &m->words);
    return m->words.status == OK ? OK : error_set(error, INTERNAL, "a document of too many terms");
}

enum status search__make_message(struct search_maker *m, struct db_rows *rows, struct error *error) {
    arena_reset(m->arena);
    struct search_document document = {
        .language = db_text_peek(rows, "language"),
        .title = db_text_peek(rows, "title"),
        .author = db_text_peek(rows, "name"),
        .article = db_int(rows, "article_id"),
    };
    return write(m, &document, db_text_peek(rows, "html"), error);
}

enum status search__make_words(struct search_maker *m, const struct search_message *message, struct error *error) {
    arena_reset(m->arena);
    struct search_document document = {
        .language = message->language,
        .title = message->title,
        .author = message->name,
        .article = message->article,
    };
    return write(m, &document, message->html, error);
}

enum status search__make_article(struct search_maker *m, struct db *db, article_id id, struct error *error) {
    arena_reset(m->arena);
    struct article article;
    enum status status = article_get(db, m->arena, id, &article, error);
    if (status != OK) return status;
    m->is_page = article.kind == ARTICLE_PAGE;
    /* a press excerpt is found by its own title and author, too */
    slice html =
        arena_format(m->arena, "<p>%.*s</p>%.*s<p>%.*s</p>", SLICE_FMT(html_escape(m->arena, article.standfirst).s),
                     SLICE_FMT(article.body_html), SLICE_FMT(html_escape(m->arena, article.source_title).s));
    struct search_document document = {
        .language = article.language,
        .title = article.headline,
        .author = arena_format(m->arena, "%.*s %.*s", SLICE_FMT(article.byline), SLICE_FMT(article.source_author)),
        .article = id.v,
    };
    return write(m, &document, html, error);
}
