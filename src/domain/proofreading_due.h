/* What proofreading has to tell the moderator of messages that were taken before anybody had read their words, as nothing
   depended on it (proofreading_run_later). They are among what was put off (likeness_due.h), and read before its next step
   by a thread that may wait for a dictionary, as the writer may not. */
#ifndef PALABRE_DOMAIN_PROOFREADING_DUE_H
#define PALABRE_DOMAIN_PROOFREADING_DUE_H

#include "domain/proofreading.h"

enum { PROOFREADING_DUE_MAX = 64 };

struct proofreading_read {
    comment_number number;
    article_id article;
    slice text, checks; /* as they were: what is told of them holds for nothing else */
    slice finding;      /* to be added (proofreading_add); empty: nothing */
};

/* Of what was put off, the first in its order. */
struct proofreading_due {
    struct proofreading_read items[PROOFREADING_DUE_MAX];
    size_t count;
};

/* Reading connection. What it gives is in the arena, which is emptied first. */
enum status proofreading_due_read(struct db *db, struct arena *arena, const struct proofreading_tools *tools,
                                  struct proofreading_due *out, struct error *error) MUST_USE;

/* NULL: it has not been read. */
const struct proofreading_read *proofreading_due_find(const struct proofreading_due *due, comment_number number,
                                                      article_id article);

#endif
