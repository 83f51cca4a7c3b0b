/* Proofreading at the service of the form of a message: what was chosen in it for unknown words, what its preview says.
   Worker; everything in the request's arena. */
#ifndef PALABRE_APP_PROOFREAD_H
#define PALABRE_APP_PROOFREAD_H

#include "app/request.h"
#include "domain/proofreading_due.h"
#include "view/page_write.h"

/* At start and end. What is missing (a dictionary, the fingerprints of languages) is said in the log, and not used. */
void proofread_start(struct app *app);
void proofread_stop(struct app *app);

/* Reads the draft (one that is to be sent, only as far as it decides anything: proofreading_run_later), puts in its text what the form chose for unknown words (word_0 and fix_0, …), prepares it anew if that
   changed anything, and reads it again. Status as comment_prepare; the draft's text is the corrected one in any case. */
enum status proofread_draft(struct request *r, bool send, struct comment_draft *draft,
                            struct comment_problems *problems, struct proofreading *out, struct error *error) MUST_USE;

/* The indexer's thread: what was left unread. db: for reading; arena: proofreading_due_read's. */
enum status proofread_unread(struct app *app, struct db *db, struct arena *arena, struct proofreading_due *out,
                             struct error *error) MUST_USE;

/* Whether the form says that its unknown words, or its language, are meant. */
bool proofread_is_confirmed(struct request *r);

/* With suggestions, for which it may wait: at most PROOFREAD_BUDGET_MS for all of them. */
enum { PROOFREAD_BUDGET_MS = 150 };
const struct view_proofreading *proofread_view(struct request *r, const struct comment_draft *draft,
                                               const struct proofreading *p);

#endif
