/* What several handlers read for the page they show. */
#ifndef PALABRE_APP_READING_H
#define PALABRE_APP_READING_H

#include "app/request.h"
#include "view/article.h"
#include "view/form.h"

/* The messages of this reader (by the author's cookie) that wait in the discussion; arena. */
const struct view_comment *reading_own(struct request *r, article_id article, size_t *count);
/* The charter in force; NULL: none. */
const struct view_charter *reading_charter(struct db *db, struct arena *arena, slice language);
/* What a form for a message to this article may do: the purpose of its token. */
slice reading_purpose(struct arena *arena, article_id article);
/* The empty form under a discussion, its token dated to a step of so many minutes (tokens.h); NULL: no messages are
   taken. */
struct view_form *reading_form(const struct app *app, struct arena *arena, const struct article *article, time_ms now,
                               int64_t step_minutes);
/* An address of the site that was imported: answers with a redirect and gives true. */
bool reading_old_address(struct request *r);

#endif
