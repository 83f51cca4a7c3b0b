/* The words of a text as search knows them. One stream of terms serves both engines and the proposals of related articles:
   nothing else cuts, folds or stems, so that SQLite and PostgreSQL give the same answers.

   A word is a run of letters, digits and their marks; an ideograph or a kana is a word of its own. Elided articles and the
   like go in French (l'école: école), the possessive in English. A term is the word in small letters with ligatures taken
   apart (œ: oe), stemmed by Snowball in French and English, then without accents; in any other language, the word
   without accents. Terms hold a–z, 0–9 and what is not ASCII, never a space, a quote or a private-use character.

   Any thread; a struct search_stemmers serves one at a time. */
#ifndef PALABRE_TEXT_SEARCH_WORDS_H
#define PALABRE_TEXT_SEARCH_WORDS_H

#include "base/arena.h"
#include "base/slice.h"

enum {
    /* Grows when the same text gives other terms, or a document is laid out otherwise: the index is then made anew. */
    SEARCH_VERSION = 1,
    SEARCH_TERM_BYTES = 64, /* a longer word is cut */
};

struct search_stemmers;
struct search_stemmers *search_stemmers_new(void);
void search_stemmers_free(struct search_stemmers *stemmers);    /* NULL is fine */
void search_stemmers_free_p(struct search_stemmers **stemmers); /* for CLEANUP */
/* For whoever reads thousands of texts: from now on the terms of the latest some thousand words are kept (at most 0.8 MB) rather than
   made again. They are the same. */
void search_stemmers_remember(struct search_stemmers *stemmers);

enum search_language { SEARCH_FRENCH, SEARCH_ENGLISH, SEARCH_OTHER };
enum search_language search_language_of(slice tag); /* "fr", "fr-CA", "en" …; anything else is OTHER */

/* How a word is taken: as its text has it; or, for what people type in haste, without its accents before it is stemmed; or
   with the é that its end may have lost (securite: sécurité). French alone makes a difference. */
enum search_form { SEARCH_AS_WRITTEN, SEARCH_UNACCENTED, SEARCH_RESTORED };

struct search_word {
    size_t from, to; /* bytes of the text */
    slice term;      /* until the next search_read */
};

struct search_reader {
    struct search_stemmers *stemmers;
    enum search_language language;
    enum search_form form;
    slice text;
    size_t at;
    char term[2 * SEARCH_TERM_BYTES];
};

/* text: UTF-8 (what is not well-formed parts words), best in NFC; borrowed while it is read. */
void search_reader_init(struct search_reader *reader, struct search_stemmers *stemmers, enum search_language language,
                        slice text);
bool search_read(struct search_reader *reader, struct search_word *out); /* false: there is no more */

/* Words that say nothing alone (le, des, the …): of a term of either language. */
bool search_is_common(slice term);

#endif
