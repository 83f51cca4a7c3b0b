/* Words that people here write rightly and no dictionary has: names of people and places. In every language. Each change
   is journalled. */
#ifndef PALABRE_DOMAIN_SITE_WORD_H
#define PALABRE_DOMAIN_SITE_WORD_H

#include "base/clock.h"
#include "db/db.h"
#include "domain/ids.h"

enum { SITE_WORD_MAX = 60 /* characters */, SITE_WORDS_MAX = 10000 };

/* Writer. INVALID: not one word; LIMIT: there are too many. One that is there already is fine. */
enum status site_word_add(struct db *db, slice word, account_id by, struct error *error) MUST_USE;
/* Writer. One that is not there is fine. */
enum status site_word_remove(struct db *db, slice word, account_id by, struct error *error) MUST_USE;

/* Whether it is one of them, as written or, with a capital at the front, without it. */
enum status site_word_is_known(struct db *db, struct arena *arena, slice word, bool *known,
                               struct error *error) MUST_USE;

struct site_word {
    slice word;
    slice by_name; /* who added it; empty: the program */
    time_ms added_at;
};
struct site_word_list {
    struct site_word *items;
    size_t count;
};
/* All of them, by their letters, whatever their case and accents. */
enum status site_word_list_load(struct db *db, struct arena *arena, struct site_word_list *out,
                                struct error *error) MUST_USE;

#endif
