/* What came in before search knew it (an older database, an import) is indexed in the background, after the start, and then
   given the keys by which messages nearly the same are found: a thread hands the writer small steps, one after another.
   Readers are told meanwhile how far it is. From then on it does what is put off when messages are taken
   (domain/likeness_due.h), whose words it reads itself, as that may wait for a dictionary: a moment after the first of them,
   when no more come just then; while they keep coming, a small part of the time, so that they are not kept waiting by it. */
#ifndef PALABRE_APP_INDEXER_H
#define PALABRE_APP_INDEXER_H

#include "app/state.h"

/* What is little is indexed before it returns. */
enum status indexer_start(struct app *app, struct error *error) MUST_USE;
/* Something was put off. Any thread; never blocks. */
void indexer_nudge(struct app *app);
void indexer_stop(struct app *app);         /* before the writer stops; fine when it was not started */
void indexer_free(struct indexer *indexer); /* stopped, and so is the writer, whose jobs nudge it; NULL is fine */

#endif
