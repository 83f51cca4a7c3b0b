/* What several handlers read for the page they show. */
#ifndef PALABRE_APP_READING_H
#define PALABRE_APP_READING_H

#include "app/request.h"
#include "view/article.h"

/* The messages of this reader (by the author's cookie) that wait in the discussion; arena. */
const struct view_comment *reading_own(struct request *r, article_id article, size_t *count);
/* The charter in force; NULL: none. */
const struct view_charter *reading_charter(struct request *r, slice language);
/* An address of the site that was imported: answers with a redirect and gives true. */
bool reading_old_address(struct request *r);

#endif
