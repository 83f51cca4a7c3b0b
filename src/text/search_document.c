/* Documents as terms, and how well they answer a query. */
#include "text/search_query.h"

#include "text/search_marks.h"

#include <math.h>
#include <string.h>

enum { COUNTERS = 4096 };

struct document_writer {
    struct search_stemmers *stemmers;
    struct buf *out;
    size_t words;
    uint8_t seen[COUNTERS]; /* by hash: two terms that share a counter stop a little earlier, both */
};

static void add(struct document_writer *w, slice mark, slice term) {
    if (w->out->n) buf_add_char(w->out, ' ');
    buf_add(w->out, mark);
    buf_add(w->out, term);
}

/* out has room for a little more than SEARCH_DOCUMENT_BYTES. */
static void add_text(struct document_writer *w, enum search_language language, slice mark, slice text) {
    struct search_reader reader;
    struct search_word word;
    search_reader_init(&reader, w->stemmers, language, text);
    while (w->words < SEARCH_DOCUMENT_WORDS_MAX && w->out->n < SEARCH_DOCUMENT_BYTES && search_read(&reader, &word)) {
        uint8_t *seen = &w->seen[slice_hash(word.term) % COUNTERS];
        w->words++;
        if (*seen < SEARCH_DOCUMENT_REPEATS_MAX) {
            ++*seen;
            add(w, mark, word.term);
        } else {
            add(w, S(SEARCH__FILLER), S("")); /* keeps the places of the words after it */
        }
    }
}

void search_document_write(struct search_stemmers *stemmers, const struct search_document *d, struct buf *out) {
    enum { NAME_WORDS = 64 };
    struct document_writer w = {.stemmers = stemmers, .out = out, .words = NAME_WORDS};
    enum search_language language = search_language_of(d->language);
    char number[SLICE_INT_BYTES];
    add_text(&w, language, S(""), d->title);
    add(&w, S(SEARCH__ARTICLE), slice_from_int64(number, d->article));
    add_text(&w, language, S(""), d->body);
    w.words = SEARCH_DOCUMENT_WORDS_MAX - NAME_WORDS;
    add_text(&w, SEARCH_OTHER, S(SEARCH__AUTHOR), d->author);
}

/* Relevance */

struct tally {
    const struct search_query *query;
    size_t title[SEARCH_CLAUSES_MAX], body[SEARCH_CLAUSES_MAX];
    size_t length;
};

/* Whether the phrase stands where `from` begins with its first term. */
static bool stands_at(slice from, const struct search_phrase *phrase) {
    for (size_t i = 0; i < phrase->count; i++)
        if (!slice_equal(slice_cut(&from, ' '), phrase->terms[i])) return false;
    return true;
}

static void look(struct tally *t, slice here, slice term, bool in_title) {
    for (size_t i = 0; i < t->query->count; i++) {
        const struct search_clause *clause = &t->query->clauses[i];
        if (clause->excluded || clause->kind != SEARCH_WORDS) continue;
        size_t *count = in_title ? &t->title[i] : &t->body[i];
        for (size_t k = 0; k < clause->count; k++) {
            if (!slice_equal(clause->any[k].terms[0], term) || !stands_at(here, &clause->any[k])) continue;
            ++*count;
            break;
        }
    }
}

bool search_answers(const struct search_query *query, slice document) {
    bool there[SEARCH_CLAUSES_MAX] = {false};
    while (document.p) {
        slice here = document, term = slice_cut(&document, ' ');
        for (size_t i = 0; i < query->count; i++) {
            const struct search_clause *clause = &query->clauses[i];
            for (size_t k = 0; k < clause->count && !there[i]; k++)
                there[i] = slice_equal(clause->any[k].terms[0], term) && stands_at(here, &clause->any[k]);
        }
    }
    for (size_t i = 0; i < query->count; i++)
        if (there[i] == query->clauses[i].excluded) return false;
    return true;
}

int64_t search_relevance(const struct search_query *query, slice document) {
    struct tally t = {.query = query};
    bool in_title = true;
    while (document.p) {
        slice here = document, term = slice_cut(&document, ' ');
        if (slice_starts(term, S(SEARCH__ARTICLE))) in_title = false;
        look(&t, here, term, in_title);
        t.length++;
    }
    double weight = 1;
    for (size_t i = 0; i < query->count; i++) {
        /* The tenth time adds little; a long text has more of everything. */
        double times = (double)t.body[i] / (1 + (double)t.length / 200);
        weight += 4 * times / (times + 1.5) + (t.title[i] ? 6 : 0);
    }
    return (int64_t)llround(1000 * log2(weight));
}
