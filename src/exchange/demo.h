/* The demonstration publication: demo/publication.json, which is part of the program, told into a fresh database as if
   the last month had happened: every message is sent, read by a moderator, answered, reported, edited and withdrawn
   through the same doors as on a real site, at its own time, so that the journal and the histories look real. */
#ifndef PALABRE_EXCHANGE_DEMO_H
#define PALABRE_EXCHANGE_DEMO_H

#include "domain/account.h"

/* PHC strings (account_hash_password). */
struct demo_passwords {
    slice moderator, editor, administrator;
};
/* The names under which they sign in; in the arena. */
struct demo_names {
    slice moderator, editor, administrator;
};

/* Write connection on a database without a site, no transaction open; one transaction: all or nothing. now: the moment
   at which the story ends (clock_now()). CONFLICT: there is a site already; INVALID: the publication (or the part of it
   that the detail names) is not as it should be.
   The program's clock (clock_set_offset) is moved while it works, and put back: call it before any other thread looks at
   the time. */
enum status demo_load(struct db *write, struct arena *arena, time_ms now, const struct demo_passwords *passwords,
                      struct demo_names *out, struct error *error) MUST_USE;
/* The same with another publication: JSON of the form that demo/check.py checks. */
enum status demo_load_json(struct db *write, struct arena *arena, slice json, time_ms now,
                           const struct demo_passwords *passwords, struct demo_names *out,
                           struct error *error) MUST_USE;

#endif
