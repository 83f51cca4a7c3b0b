/* Comments of other systems are HTML; ours are Markdown, and an imported one must be as editable, quotable and short in a
   feed as any other. So its source becomes the Markdown that says the same. */
#ifndef PALABRE_EXCHANGE_COMMENT_MARKDOWN_H
#define PALABRE_EXCHANGE_COMMENT_MARKDOWN_H

#include "base/arena.h"
#include "base/error.h"
#include "text/html.h"
#include "text/sanitize.h"

/* A foreign comment (HTML, or plain text with line breaks) as *source, Markdown of the comment dialect, and *html, what
   that source renders to in this language. It is written with the least care (below) with which the rendered words are
   the same: people's asterisks stay as they are where they do no harm. report (may be NULL) counts what was left out. Both are empty when nothing
   readable is left. INVALID: not UTF-8; LIMIT: too long. */
enum status comment_markdown(struct arena *arena, slice foreign, slice language, struct sanitize_report *report,
                             slice *source, struct html *html, struct error *error) MUST_USE;

enum comment_markdown_care {
    CARE_NONE,    /* characters as they are */
    CARE_ESCAPED, /* a backslash before each that Markdown may take for a mark */
    CARE_WORDS    /* that, and no emphasis, no code: only paragraphs, breaks, quotations, lists, links */
};
/* Only the translation of a cleaned comment fragment. Empty when it would grow more than eightfold. */
slice comment_markdown_source(struct arena *arena, struct html fragment, enum comment_markdown_care care);

#endif
