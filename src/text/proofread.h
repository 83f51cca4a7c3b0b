/* Proofreading of a message: which of its words nobody knows, marking them in its HTML, and putting others in their place
   in its source. Any thread; everything in the caller's arena.

   Left alone: quotations (blockquote, « … », “ … ”), code, addresses, @names, numbers, words with a capital inside a
   sentence or anywhere but at the front (names, acronyms), single letters, other scripts. Known in any case: a word whose
   elision (l’, qu’) and hyphenated parts are known; 'oeuvre' for 'œuvre', 'Etat' for 'État'. */
#ifndef PALABRE_TEXT_PROOFREAD_H
#define PALABRE_TEXT_PROOFREAD_H

#include "base/arena.h"
#include "base/slice.h"
#include "text/html.h"

enum {
    PROOFREAD_WORDS = 40, /* different ones; what comes after them is not marked */
    PROOFREAD_MARKS = 200,
};

struct proofread_mark {
    size_t html_start, html_end;     /* bytes */
    size_t source_start, source_end; /* bytes */
    size_t word;                     /* which one */
};

struct proofread {
    struct html html;
    slice source;
    const struct proofread_mark *marks; /* in the order of the text */
    size_t mark_count;
    slice words[PROOFREAD_WORDS]; /* that nobody knows, each once, as written in the source */
    size_t word_count;
    const slice *asked; /* every word that a dictionary was to know, in the order of the text */
    size_t asked_count, unknown_count;
};

struct proofread_options {
    slice language; /* of the discussion */
    /* Whether the dictionary knows the word. Asked often. */
    bool (*knows)(void *ctx, slice word);
    /* Whether a word that the dictionary does not know is right all the same (a name of the site's). NULL: none is. */
    bool (*excuses)(void *ctx, slice word);
    void *ctx;
};

/* html: what markdown_comment made of source (NFC, LF). */
void proofread_find(struct arena *arena, const struct proofread_options *options, struct html html, slice source,
                    struct proofread *out);

/* The HTML with each marked word in <u class="unknown" data-word="N" data-at="N">: N of words, and where it stands in the
   source in UTF-16 units, as a browser counts. Nothing else differs. */
struct html proofread_mark_html(struct arena *arena, const struct proofread *p);

struct proofread_change {
    slice word, to;
};
/* The source with each marked occurrence of a word replaced. Whatever else reads the same stays. */
slice proofread_apply(struct arena *arena, const struct proofread *p, const struct proofread_change *changes,
                      size_t count);

#endif
