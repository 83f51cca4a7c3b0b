/* What came in before search knew it (an older database, an import) is indexed in the background, after the start, and then
   given the keys by which messages nearly the same are found: a thread hands the writer small steps, one after another, and
   ends when all is done. Readers are told meanwhile how far it is. */
#ifndef PALABRE_APP_INDEXER_H
#define PALABRE_APP_INDEXER_H

#include "app/state.h"

/* What is little is indexed before it returns. */
enum status indexer_start(struct app *app, struct error *error) MUST_USE;
void indexer_stop(struct app *app); /* before the writer stops; fine when it was not started */

#endif
