/* The charter in force, its Markdown made into markup once for each version and not with each page that shows it.

   A version of the charter never changes, and which one is in force stands in the site's row, which every request has read: no
   statement is asked for one that is kept. Any thread. */
#ifndef PALABRE_APP_CHARTERS_H
#define PALABRE_APP_CHARTERS_H

#include "domain/charter.h"
#include "view/article.h"

struct charters;
struct charters *charters_new(void);
void charters_free(struct charters *charters); /* NULL is fine */

/* In the language, else as charter_load gives it; a copy in the arena. NULL: there is none. site: as read in the same
   transaction of db. */
const struct view_charter *charters_get(struct charters *charters, struct db *db, struct arena *arena,
                                        const struct site *site, slice language);

#endif
