/* What proofreading has to say of a message before it is sent, by the options of the site: to its author, in the preview,
   and to the moderator, among the checks. Worker, reading connection.

   Required, of what a machine can only guess (spelling, another language): whoever sends is asked once to confirm. Of what
   it can count (capitals, length, repetition): the message is not taken before it is mended. */
#ifndef PALABRE_DOMAIN_PROOFREADING_H
#define PALABRE_DOMAIN_PROOFREADING_H

#include "domain/comment.h"
#include "domain/site_option.h"
#include "text/proofread.h"
#include "text/speller.h"
#include "text/tongue.h"

struct proofreading_tools {
    struct speller *speller;
    struct tongue *tongue;  /* NULL: languages are told apart by their dictionaries alone */
    const slice *languages; /* the site's */
    size_t language_count;
};

enum proofreading_check {
    PROOFREADING_SPELLING,
    PROOFREADING_FOREIGN,
    PROOFREADING_CAPITALS,
    PROOFREADING_SHORT,
    PROOFREADING_LONG,
    PROOFREADING_REPEATED,
};
struct proofreading_finding {
    enum proofreading_check check;
    bool required;
    int64_t count;  /* SPELLING: words; SHORT, LONG: characters */
    int64_t limit;  /* SHORT, LONG */
    slice language; /* FOREIGN: which; empty: none of the site's */
};
enum { PROOFREADING_FINDINGS = 6 };
struct proofreading {
    struct proofread
        text; /* no words and no marks where spelling is not looked at, or the message is in another language */
    struct proofreading_finding findings[PROOFREADING_FINDINGS];
    size_t count;
    bool asks;   /* one of them is to be confirmed */
    bool blocks; /* one of them must be mended */
};

/* draft: prepared. Adds to draft->checks what a moderator should know:
     {"check":"spelling","count":3,"words":["…"]}   words that nobody knows; ten of them are named
     {"check":"foreign","language":"en"}            in another language than the discussion's
     {"check":"long","count":4000}                  so many characters */
enum status proofreading_run(struct db *db, struct arena *arena, const struct proofreading_tools *tools,
                             const struct site_options *options, struct comment_draft *draft, struct proofreading *out,
                             struct error *error) MUST_USE;

/* For a message that is sent: the same without its words, which draft->unread leaves for a moment after it was taken
   (proofreading_due.h). False, and nothing done: it takes them to decide, or to show what is to be mended. */
bool proofreading_run_later(struct arena *arena, const struct site_options *options, struct comment_draft *draft,
                            struct proofreading *out);
/* What it has to tell of a message that was left unread, for proofreading_add; empty: nothing, or it is told already. Of
   the draft it needs article, name, text and language, HTML, checks, and whom it answers. */
enum status proofreading_told(struct db *db, struct arena *arena, const struct proofreading_tools *tools,
                              const struct site_options *options, const struct comment_draft *draft, slice *finding,
                              struct error *error) MUST_USE;
/* The checks with the finding where it would stand had the words been read at once. */
slice proofreading_add(struct arena *arena, slice checks, slice finding);

#endif
