/* What stands before a message is taken: bans, slow mode, the proof of work; and what is known of its sending, for the
   checks (domain/abuse.h). Worker threads.

   Who sends how much is counted in memory, from what is sent here at once and from what the database has: after a start the
   last ten minutes are read back, and where there are several nodes, each reads every second, when something is sent there,
   what came by the others. So a restart forgives nothing, and several nodes allow no more than one. That pressure rises, a
   node tells the others itself (nodes.h). */
#ifndef PALABRE_APP_GUARD_H
#define PALABRE_APP_GUARD_H

#include "app/request.h"
#include "domain/abuse.h"
#include "domain/ban.h"

struct guard;
struct guard *guard_new(void);
void guard_free(struct guard *guard); /* NULL is fine */

/* A message was turned away (limits, trap, ban, words): pressure rises. */
void guard_turned_away(struct request *r);
/* So many were, by another node. Any thread. */
void guard_heard_turned_away(struct app *app, int64_t count);

/* For forms: a signed stamp of when the form with this one-time key was first shown (field `made`; kept from one showing
   to the next); and whether a proof of work is asked for at present. */
slice guard_stamp(struct request *r, slice send_key);
bool guard_asks_for_proof(struct request *r);

enum guard_answer { GUARD_ADMITS, GUARD_BANNED, GUARD_SLOW, GUARD_UNPROVEN };
struct guard_admission {
    enum guard_answer answer;
    int64_t limit; /* BANNED: when it ends, ms; SLOW, UNPROVEN: seconds to wait */
    struct abuse_sending sending;
};
/* Whether a new message may be sent here. Those of the house always may. */
enum status guard_admit(struct request *r, article_id article, struct guard_admission *out,
                        struct error *error) MUST_USE;
/* It was taken: counts for limits to come. device: its author's token, which may be new. Any thread; no database. */
void guard_taken(struct request *r, comment_number number, article_id article, slice device);

/* abuse_look with the watch list as it is now. sending NULL: an edit, or a preview. */
enum status guard_look(struct request *r, const struct abuse_sending *sending, struct comment_draft *draft,
                       struct comment_problems *problems, struct abuse_report *out, struct error *error) MUST_USE;
/* Writer: what abuse_look wants to be reported. */
enum status guard_report(struct db *db, const struct abuse_report *report, struct error *error) MUST_USE;

/* The marks of whoever sends this request, and of whoever sent a message; empty: not known. */
slice guard_device_mark(struct request *r);
slice guard_network_mark(struct request *r);
slice guard_network_mark_of(struct request *r, slice address_sealed);

void challenge_reply(struct request *r); /* GET /challenge?for=KEY */

#endif
