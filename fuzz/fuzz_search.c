/* A question and a text, parted by the first NUL: whatever they are, terms are plain, bounds are kept, and a snippet is
   escaped text with <mark> around some of it. */
#include "base/arena.h"
#include "text/search_query.h"
#include "text/search_snippet.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_term(slice term) {
    assert(term.n > 0 && term.n <= SEARCH_TERM_BYTES + 3);
    for (size_t i = 0; i < term.n; i++) {
        unsigned char c = (unsigned char)term.p[i];
        assert((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80);
    }
}

static void check_query(const struct search_query *q) {
    assert(q->count <= SEARCH_CLAUSES_MAX);
    bool wanted = q->count == 0;
    for (size_t i = 0; i < q->count; i++) {
        wanted = wanted || !q->clauses[i].excluded;
        assert(q->clauses[i].count > 0 && q->clauses[i].count <= SEARCH_ALTERNATIVES_MAX);
        for (size_t k = 0; k < q->clauses[i].count; k++) {
            assert(q->clauses[i].any[k].count > 0);
            for (size_t t = 0; t < q->clauses[i].any[k].count; t++) check_term(q->clauses[i].any[k].terms[t]);
        }
    }
    assert(wanted);
}

static void check_document(struct search_stemmers *stemmers, const struct search_query *query, slice language,
                           slice text) {
    struct buf words CLEANUP(buf_fini);
    buf_init(&words, SEARCH_DOCUMENT_BYTES + 1024);
    struct search_document document = {language, slice_sub(text, 0, 40), text, slice_sub(text, 0, 80), 7};
    search_document_write(stemmers, &document, &words);
    assert(words.status == OK);
    assert(search_relevance(query, buf_slice(&words)) >= 0);
    size_t count = 0;
    for (slice rest = buf_slice(&words); rest.p; count++) check_term(slice_cut(&rest, ' '));
    assert(count <= SEARCH_DOCUMENT_WORDS_MAX + 2);
}

static void check_snippet(slice html) {
    int open = 0;
    for (size_t i = 0; i < html.n; i++) {
        slice here = slice_after(html, i);
        if (slice_starts(here, S("<mark>"))) {
            open++;
            i += S("<mark>").n - 1;
        } else if (slice_starts(here, S("</mark>"))) {
            open--;
            i += S("</mark>").n - 1;
        } else {
            assert(html.p[i] != '<' && html.p[i] != '>' && html.p[i] != '"' && html.p[i] != '\'');
        }
        assert(open == 0 || open == 1);
    }
    assert(open == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en"), S_INIT("")};
    slice language = LANGUAGES[size % 3], text = slice_make(data, size);
    slice question = slice_cut(&text, '\0');
    struct arena *arena = arena_new((size_t)256 << 20);
    struct search_stemmers *stemmers = search_stemmers_new();
    struct search_query query;
    search_query_parse(arena, stemmers, question, &query);
    check_query(&query);
    check_document(stemmers, &query, language, text);
    check_snippet(search_snippet(arena, stemmers, &query, language, text, 20 + size % 200).s);
    search_stemmers_free(stemmers);
    arena_free(arena);
    return 0;
}
