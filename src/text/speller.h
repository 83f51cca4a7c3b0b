/* Which words a dictionary knows, and what an unknown one may have been meant to be. The dictionaries are Hunspell's, the
   ones every office suite uses.

   One per process; any thread. A dictionary is opened when the first word of its language is asked about, and given back
   when nobody has asked for ten minutes: French takes 13 MB, an English one 9 to 12. Each is open at most twice: once for
   questions, once for the thread that thinks about suggestions. A handle of Hunspell's is used by one thread at a time.
   What was asked before is answered from a table of a fixed size.

   Suggestions. Hunspell takes 15 to 200 ms for a word. So what is near the word (an accent, a letter more, less, other or
   swapped; a doubled letter) is tried here first, which takes some milliseconds, within a budget for all words together;
   what is left goes to a thread of the speller's own, and is there at the next question. speller_suggest waits for it no
   longer than its deadline, and for nobody beyond so many callers at a time. */
#ifndef PALABRE_TEXT_SPELLER_H
#define PALABRE_TEXT_SPELLER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

struct speller;

/* What reads dictionaries: Hunspell; tests have slower ones. A handle is used by one thread at a time. */
struct speller_engine {
    void *(*open)(const char *aff_path, const char *dic_path); /* NULL: cannot be used */
    void (*close)(void *handle);
    bool (*knows)(void *handle, const char *word);
    /* Appends at most `most` suggestions to out, each followed by a newline. */
    void (*suggest)(void *handle, const char *word, size_t most, struct buf *out);
};

struct speller_options {
    slice folder;       /* of the dictionaries: NAME.aff and NAME.dic; borrowed */
    size_t waiting_max; /* so many callers may wait for suggestions at a time; others get what is there */
    int64_t idle_ms;    /* dictionaries that nobody asked for so long are given back; 0: ten minutes */
    const struct speller_engine *engine; /* NULL: Hunspell */
};
struct speller *speller_new(const struct speller_options *options);
void speller_free(struct speller *speller); /* waits for the word under way; NULL is fine */

/* Whether there is a dictionary for the language ("fr", "fr-CA"): fr_CA, fr, or for plain "en" en_US and en_GB, either of
   which may know a word. Looks at the folder, once for each language. */
bool speller_has(struct speller *speller, slice language);

/* Whether the language's dictionary knows the word as it is written; a capital at the front is no matter. Straight and
   typographic apostrophes are the same. True when there is no dictionary. Some 8 µs the first time. */
bool speller_knows(struct speller *speller, slice language, slice word);

enum { SPELLER_SUGGESTIONS = 5, SPELLER_WORD_BYTES = 60 /* of the longest word that is looked at */ };
struct speller_suggestions {
    slice items[SPELLER_SUGGESTIONS]; /* in the arena */
    size_t count;
    bool pending; /* they are being looked for: ask again */
};
/* For words that the dictionary does not know, all of them together within budget_ms. out: as many. */
void speller_suggest(struct speller *speller, struct arena *arena, slice language, const slice *words, size_t count,
                     int64_t budget_ms, struct speller_suggestions *out);

#endif
