/* What somebody types into the search box, and the documents it is looked for in, both as terms (search_words.h).

   Words all have to be there, in any order; "words in quotes" (or « », “ ”) stand together; -word must not be there;
   author:name (auteur:), author:"two names"; article:12. Nothing is a mistake: what has no meaning is looked for as words,
   or left out. Words that say nothing (le, the) are left out unless they are all there is.

   A word is looked for as French and English take it, with and without its accents: the query has no language of its own.
   Each such reading is an alternative of its clause. Any thread. */
#ifndef PALABRE_TEXT_SEARCH_QUERY_H
#define PALABRE_TEXT_SEARCH_QUERY_H

#include "base/arena.h"
#include "base/buf.h"
#include "text/search_words.h"

enum {
    SEARCH_QUERY_CHARACTERS = 200, /* what comes after is not looked at */
    SEARCH_CLAUSES_MAX = 16,
    SEARCH_ALTERNATIVES_MAX = 6,
    SEARCH_PHRASE_MAX = 16,             /* words */
    SEARCH_DOCUMENT_WORDS_MAX = 16000,  /* positions of a tsvector end at 16,383 (PostgreSQL, 12.11) */
    SEARCH_DOCUMENT_REPEATS_MAX = 250,  /* of one term in a document, and 255 of each are kept there */
    SEARCH_DOCUMENT_BYTES = 512 * 1024, /* and a tsvector has a megabyte at most */
};

struct search_phrase {
    slice terms[SEARCH_PHRASE_MAX];
    size_t count; /* from 1 */
};

enum search_clause_kind { SEARCH_WORDS, SEARCH_AUTHOR, SEARCH_ARTICLE };

struct search_clause {
    enum search_clause_kind kind;
    bool excluded;
    struct search_phrase any[SEARCH_ALTERNATIVES_MAX]; /* one of them has to be there */
    size_t count;                                      /* from 1 */
};

struct search_query {
    struct search_clause *clauses;
    size_t count;
    bool shortened;     /* there was more than is looked at */
    bool only_excluded; /* nothing to look for: clauses is empty then */
};

/* text: any bytes. count 0: nothing to look for. */
void search_query_parse(struct arena *arena, struct search_stemmers *stemmers, slice text, struct search_query *out);

/* A document as its terms, separated by spaces: title; a mark with the article's number; body; the author's name as marks.
   Marks begin with a private-use character, so that no word is one, and no phrase goes past the first. */
struct search_document {
    slice language;
    slice title, body; /* plain text */
    slice author;      /* plain, or several names one after another */
    int64_t article;
};
/* out: empty, with a ceiling of SEARCH_DOCUMENT_BYTES + 1024 or more. What is beyond the bounds above is left out. */
void search_document_write(struct search_stemmers *stemmers, const struct search_document *document, struct buf *out);

/* Whether a document answers: what the index would say of it. */
bool search_answers(const struct search_query *query, slice document);

/* How well a document (its terms) answers: a logarithm to the base 2 in thousandths, from 0. The same terms and query give
   the same, whatever else is in the index. Words in the title, more often and in a shorter text count for more. */
int64_t search_relevance(const struct search_query *query, slice document);

#endif
