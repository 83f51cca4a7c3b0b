/* From a row of comment.def's column lists to a struct comment, and what readers are shown of it. For this room only.
   Not for two threads at a time, as the connection it reads from. */
#ifndef PALABRE_DOMAIN_COMMENT_ROW_H
#define PALABRE_DOMAIN_COMMENT_ROW_H

#include "domain/comment.h"

struct comment_reader {
    struct arena *arena;
    bool desk;     /* the row has DESK_COLUMNS; whom a reply answers is named whatever that one's state */
    bool personal; /* the e-mail address too */
    /* Who wrote the article, for the badge; rows with DESK_COLUMNS say it themselves. */
    account_id article_author;
    slice article_byline;
};

void comment__read(struct db_rows *rows, const struct comment_reader *reader, struct comment *out);
/* Steps through the rows: at most limit, and *more when there was one more (bind limit + 1). */
enum status comment__read_list(struct db_rows *rows, const struct comment_reader *reader, size_t limit,
                               struct comment_list *out, struct error *error) MUST_USE;

/* How a comment stands in a page that everybody may read. */
enum comment_presence { COMMENT_HIDDEN, COMMENT_STUB, COMMENT_SHOWN };
/* A root: shown when published; a stub as long as published replies stand below it, whatever became of it; otherwise a
   stub when it was removed or withdrawn and the site wants stubs. */
enum comment_presence comment__root_presence(enum comment_state state, int64_t reply_count,
                                             enum removed_display display);
enum comment_presence comment__reply_presence(enum comment_state state, enum removed_display display);
/* A stub says nothing of what was written. */
void comment__blank(struct comment *comment);

#endif
