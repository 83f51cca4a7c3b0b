#include "text/search_query.h"

#include "base/utf8.h"
#include "text/search_marks.h"
#include "text/unicode.h"

#include <string.h>

/* Reading a query */

struct parser {
    struct arena *arena;
    struct search_stemmers *stemmers;
    slice rest;
    struct search_query *query;
    size_t common; /* clauses that were words which say nothing */
};

/* What is written of one clause. */
struct piece {
    slice text;
    bool quoted, excluded;
    enum search_clause_kind kind;
};

static slice copy_mark(struct arena *arena, slice mark, slice term) {
    return arena_format(arena, "%.*s%.*s", SLICE_FMT(mark), SLICE_FMT(term));
}

static void read_phrase(struct parser *p, enum search_language language, enum search_form form, slice mark, slice text,
                        struct search_phrase *out) {
    struct search_reader reader;
    struct search_word word;
    search_reader_init(&reader, p->stemmers, language, text);
    reader.form = form;
    out->count = 0;
    while (out->count < SEARCH_PHRASE_MAX && search_read(&reader, &word))
        out->terms[out->count++] = mark.n ? copy_mark(p->arena, mark, word.term) : arena_copy(p->arena, word.term);
}

static bool same_phrase(const struct search_phrase *a, const struct search_phrase *b) {
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!slice_equal(a->terms[i], b->terms[i])) return false;
    return true;
}

static void add_alternative(struct search_clause *clause, const struct search_phrase *phrase) {
    if (phrase->count == 0 || clause->count == SEARCH_ALTERNATIVES_MAX) return;
    for (size_t i = 0; i < clause->count; i++)
        if (same_phrase(&clause->any[i], phrase)) return;
    clause->any[clause->count++] = *phrase;
}

static void read_words(struct parser *p, slice text, struct search_clause *clause) {
    static const struct {
        enum search_language language;
        enum search_form form;
    } READINGS[] = {{SEARCH_FRENCH, SEARCH_AS_WRITTEN},
                    {SEARCH_FRENCH, SEARCH_UNACCENTED},
                    {SEARCH_FRENCH, SEARCH_RESTORED},
                    {SEARCH_ENGLISH, SEARCH_AS_WRITTEN},
                    {SEARCH_OTHER, SEARCH_AS_WRITTEN}};
    struct search_phrase phrase;
    for (size_t i = 0; i < ARRAY_COUNT(READINGS); i++) {
        read_phrase(p, READINGS[i].language, READINGS[i].form, S(""), text, &phrase);
        bool guess = READINGS[i].form == SEARCH_RESTORED;
        if (!guess || phrase.count == 1) add_alternative(clause, &phrase);
    }
}

static bool read_author(struct parser *p, slice text, struct search_clause *clause) {
    struct search_phrase phrase;
    read_phrase(p, SEARCH_OTHER, SEARCH_AS_WRITTEN, S(SEARCH__AUTHOR), text, &phrase);
    add_alternative(clause, &phrase);
    return clause->count > 0;
}

/* "12", "#12", or an address of the article: /articles/12-le-pont. */
static bool read_article(struct parser *p, slice text, struct search_clause *clause) {
    size_t at = slice_find(text, S("/articles/"));
    if (at != SIZE_MAX) text = slice_after(text, at + S("/articles/").n);
    if (slice_starts(text, S("#"))) text = slice_after(text, 1);
    size_t digits = 0;
    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') digits++;
    bool whole = digits == text.n || (at != SIZE_MAX && text.p[digits] == '-');
    int64_t number;
    if (!whole || !slice_to_int64(slice_sub(text, 0, digits), &number)) return false;
    struct search_phrase phrase = {.count = 1};
    phrase.terms[0] = arena_format(p->arena, SEARCH__ARTICLE "%lld", (long long)number);
    add_alternative(clause, &phrase);
    return true;
}

static bool is_quote(uint32_t c) {
    return c == '"' || c == 0xAB || c == 0xBB || c == 0x201C || c == 0x201D || c == 0x201E;
}

static bool take(slice *rest, slice prefix) {
    if (!slice_starts_nocase(*rest, prefix)) return false;
    *rest = slice_after(*rest, prefix.n);
    return true;
}

/* Up to the next quotation mark (or the end), or the next space. */
static slice take_value(struct parser *p, bool *quoted) {
    slice after = p->rest;
    uint32_t c = 0;
    *quoted = utf8_next(&after, &c) && is_quote(c);
    if (*quoted) p->rest = after;
    slice from = p->rest;
    for (;;) {
        size_t n = (size_t)(p->rest.p - from.p);
        slice here = p->rest;
        if (!utf8_next(&p->rest, &c)) return from;
        if (*quoted ? is_quote(c) : unicode__is_space(c)) return slice_sub(from, 0, n);
        /* word"phrase": the word ends where the phrase begins */
        if (!*quoted && is_quote(c)) {
            p->rest = here;
            return slice_sub(from, 0, n);
        }
    }
}

static bool next_piece(struct parser *p, struct piece *out) {
    *out = (struct piece){.kind = SEARCH_WORDS};
    for (uint32_t c; p->rest.n && unicode__is_space(c = unicode__at(p->rest, 0));) (void)utf8_next(&p->rest, &c);
    if (!p->rest.n) return false;
    slice start = p->rest;
    if (p->rest.n > 1 && p->rest.p[0] == '-' && !unicode__is_space(unicode__at(p->rest, 1))) {
        out->excluded = true;
        p->rest = slice_after(p->rest, 1);
    }
    if (take(&p->rest, S("author:")) || take(&p->rest, S("auteur:")))
        out->kind = SEARCH_AUTHOR;
    else if (take(&p->rest, S("article:")))
        out->kind = SEARCH_ARTICLE;
    out->text = take_value(p, &out->quoted);
    if (p->rest.p == start.p) p->rest = S(""); /* cannot be: something is always taken */
    return true;
}

static bool is_common_clause(const struct piece *piece, const struct search_clause *clause) {
    return !piece->quoted && !piece->excluded && clause->kind == SEARCH_WORDS && clause->any[0].count == 1 &&
           search_is_common(clause->any[0].terms[0]);
}

/* False: it says nothing. */
static bool read_piece(struct parser *p, const struct piece *piece, struct search_clause *clause) {
    *clause = (struct search_clause){.kind = piece->kind, .excluded = piece->excluded};
    if (piece->kind == SEARCH_AUTHOR && read_author(p, piece->text, clause)) return true;
    if (piece->kind == SEARCH_ARTICLE && read_article(p, piece->text, clause)) return true;
    if (piece->kind == SEARCH_ARTICLE) {
        clause->kind = SEARCH_WORDS;
        read_words(p, arena_format(p->arena, "article %.*s", SLICE_FMT(piece->text)), clause);
    } else if (piece->kind == SEARCH_WORDS) {
        read_words(p, piece->text, clause);
    }
    return clause->count > 0;
}

static void parse(struct parser *p, bool keep_common) {
    struct search_query *q = p->query;
    struct piece piece;
    bool any = false;
    q->count = 0;
    while (next_piece(p, &piece)) {
        if (q->count == SEARCH_CLAUSES_MAX) {
            q->shortened = true;
            break;
        }
        struct search_clause *clause = &q->clauses[q->count];
        if (!read_piece(p, &piece, clause)) continue;
        if (!keep_common && is_common_clause(&piece, clause)) {
            p->common++;
            continue;
        }
        any = any || !clause->excluded;
        q->count++;
    }
    q->only_excluded = q->count > 0 && !any;
}

static slice clean(struct arena *arena, slice text) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 4 * text.n + 4);
    for (uint32_t c; utf8_next(&text, &c);) utf8_add(&b, c < ' ' || c == 0x7F || c == 0xFFFD ? ' ' : c);
    return unicode__nfc(arena, arena_copy(arena, buf_slice(&b)));
}

void search_query_parse(struct arena *arena, struct search_stemmers *stemmers, slice text, struct search_query *out) {
    slice head = utf8_prefix(slice_sub(text, 0, 4 * SEARCH_QUERY_CHARACTERS), SEARCH_QUERY_CHARACTERS);
    *out = (struct search_query){.clauses = ARENA_ARRAY(arena, SEARCH_CLAUSES_MAX, struct search_clause),
                                 .shortened = head.n < slice_trim(text).n};
    slice cleaned = clean(arena, head);
    struct parser parser = {.arena = arena, .stemmers = stemmers, .rest = cleaned, .query = out};
    parse(&parser, false);
    if (parser.common && (out->count == 0 || out->only_excluded)) {
        parser.rest = cleaned;
        parse(&parser, true);
    }
    if (out->only_excluded) out->count = 0;
}
