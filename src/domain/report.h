/* Readers' reports: what the desk reads of them, how those about articles are closed, and the receipt by which whoever
   reported learns what came of it. Who left an address is told by mail, too (outbox.h). Reports about comments are closed by decisions (decision.h). */
#ifndef PALABRE_DOMAIN_REPORT_H
#define PALABRE_DOMAIN_REPORT_H

#include "domain/decision.h"

/* By the secret of its receipt. NOT_FOUND. */
enum status report_find_secret(struct db *db, struct arena *arena, slice secret, struct report *out,
                               struct error *error) MUST_USE;

/* NOT_FOUND. */
enum status report_get(struct db *db, struct arena *arena, article_id article, report_id id, struct report *out,
                       struct error *error) MUST_USE;

/* Open ones about articles, the oldest first: at most limit. */
enum status report_list_articles(struct db *db, struct arena *arena, size_t limit, struct report **items, size_t *count,
                                 struct error *error) MUST_USE;
enum status report_count_articles(struct db *db, int64_t *count, struct error *error) MUST_USE;

/* Writer: closes a report about an article; journalled. CONFLICT: it is closed already. NOT_FOUND. INVALID: the answer is too
   long, or no text. */
enum status report_close(struct db *db, report_id id, bool upheld, slice answer, account_id by,
                         struct error *error) MUST_USE;

/* Writer: a mail has told whoever reported that it is in this state; nothing where it is in another one by now. */
enum status report_told(struct db *db, article_id article, report_id id, slice state, struct error *error) MUST_USE;

/* The latest reports about a comment, newest first, in any state: at most limit. For this room only. */
enum status report__list_comment(struct db *db, struct arena *arena, const struct comment *comment, size_t limit,
                                 struct report **items, size_t *count, struct error *error) MUST_USE;

#endif
