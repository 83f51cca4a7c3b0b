/* What is known of a mail address, by its keyed hash: whether it refuses mail, and whether its owner wants none. The address
   itself stands here only while it is paused, so that the desk can tell whose it is. */
#ifndef PALABRE_DOMAIN_RECIPIENT_H
#define PALABRE_DOMAIN_RECIPIENT_H

#include "domain/site.h"

/* So many permanent refusals, one after another, pause an address. One that says that there is no such mailbox does alone. */
enum { RECIPIENT_REFUSALS_MAX = 3 };

/* Whether it may be written to: neither paused nor of somebody who wants no mail. Read or write connection. */
enum status recipient_may_receive(struct db *db, const struct crypto_hash *hash, bool *may,
                                  struct error *error) MUST_USE;
/* Writer: the server took a mail for it. */
enum status recipient_taken(struct db *db, const struct crypto_hash *hash, struct error *error) MUST_USE;
/* Writer: the server refused it for good; pauses it when there is reason to (journalled). */
struct recipient_refusal {
    struct crypto_hash hash;
    slice email, said;
    bool no_such_address;
    time_ms now;
};
enum status recipient_refused(struct db *db, const struct recipient_refusal *refusal, bool *paused,
                              struct error *error) MUST_USE;
/* Writer: paused by hand (a bounce that came back as a mail), and resumed. Journalled. NOT_FOUND: it is not paused. */
enum status recipient_pause(struct db *db, const struct recipient_refusal *refusal, account_id by,
                            struct error *error) MUST_USE;
enum status recipient_resume(struct db *db, const struct crypto_hash *hash, account_id by,
                             struct error *error) MUST_USE;
/* Writer: no mail from here, ever: its subscriptions end, its messages ask for no notices any more. Journalled. */
enum status recipient_never(struct db *db, const struct crypto_hash *hash, slice email, time_ms now,
                            struct error *error) MUST_USE;

struct recipient {
    struct crypto_hash hash;
    slice email, reason;
    time_ms paused_at;
};
struct recipient_list {
    struct recipient *items;
    size_t count;
};
enum status recipient_list_paused(struct db *db, struct arena *arena, size_t limit, struct recipient_list *out,
                                  struct error *error) MUST_USE;

#endif
