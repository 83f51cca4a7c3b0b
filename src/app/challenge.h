/* Proofs of work as the ALTCHA widget (version 2) asks for and gives them, https://altcha.org/docs/v2/ : the server says
   SHA-256(salt ‖ number) and signs it; the device finds the number. A challenge is for one form: the hash of its one-time
   key stands in the signed salt, and as one key is one message for ever (its private link follows from it), a proof
   serves once, on every node and after a restart. Any thread. */
#ifndef PALABRE_APP_CHALLENGE_H
#define PALABRE_APP_CHALLENGE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"

enum {
    CHALLENGE_NUMBER_MAX = 100000, /* some tenths of a second on a telephone */
    CHALLENGE_LIFE_S = 20 * 60,
};

/* The JSON that the widget fetches. bound: the form's key. */
slice challenge_make(struct arena *arena, const struct crypto_key *key, slice bound, time_ms now);
/* The same with the salt's random part and the number given. */
slice challenge_write(struct arena *arena, const struct crypto_key *key, slice bound, slice random_hex, int64_t number,
                      time_ms expires);
/* payload: what the widget puts into the form, base64 of JSON. */
bool challenge_check(struct arena *arena, const struct crypto_key *key, slice bound, slice payload, time_ms now);

#endif
