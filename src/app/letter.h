/* From a row of the outbox to the bytes of a mail. On the courier's thread (or a command's), with a read connection. */
#ifndef PALABRE_APP_LETTER_H
#define PALABRE_APP_LETTER_H

#include "app/state.h"
#include "domain/outbox.h"

struct letter {
    slice to;                /* arena */
    struct crypto_hash hash; /* of it */
    struct buf mail;         /* to be freed with buf_fini */
    time_ms until;           /* of a digest: told_at, once it is sent; 0: it is none */
    slice told;              /* of a report: the state that it tells of; arena; empty: it is none */
};

/* NOT_FOUND: there is nothing to send (any more): what it was about is gone, or its recipient wants none. The words are made
   anew each time: a retry says what is true then. The Message-ID is the same each time. */
enum status letter_write(struct app *app, struct db *db, struct arena *arena, const struct outbox_item *item,
                         struct letter *out, struct error *error) MUST_USE;
/* `palabre mail test`. */
enum status letter_write_test(struct app *app, struct db *db, struct arena *arena, slice to, struct letter *out,
                              struct error *error) MUST_USE;

#endif
