/* The states of a comment and the acts that lead from one to another: one table, here and nowhere else.

     (new) --submit--> pending | published (post-moderation)
     pending   --publish--> published      pending --reject--> rejected     pending --spam--> spam
     pending   --withdraw--> withdrawn     published --withdraw--> withdrawn
     published --remove--> removed         published --spam--> spam
     rejected, spam, removed --publish--> published    rejected, spam --reject/spam--> the other
   Undo takes a comment back to the state before the last decision that has not been undone. What its author has
   withdrawn stays withdrawn. */
#ifndef PALABRE_DOMAIN_COMMENT_STATE_H
#define PALABRE_DOMAIN_COMMENT_STATE_H

#include "base/slice.h"

enum comment_state {
    COMMENT_PENDING,
    COMMENT_PUBLISHED,
    COMMENT_REJECTED,
    COMMENT_SPAM,
    COMMENT_REMOVED,
    COMMENT_WITHDRAWN,
    COMMENT_STATES
};
enum comment_act { ACT_PUBLISH, ACT_REJECT, ACT_SPAM, ACT_REMOVE, ACT_WITHDRAW, COMMENT_ACTS };

slice comment_state_name(enum comment_state state); /* "pending" … as stored */
bool comment_state_parse(slice name, enum comment_state *out);
slice comment_act_name(enum comment_act act); /* "publish" … as stored and in forms */
bool comment_act_parse(slice name, enum comment_act *out);

/* False when the table has no such edge; *to is then left alone. */
bool comment_state_after(enum comment_state from, enum comment_act act, enum comment_state *to);

#endif
