/* Messages that are nearly the same: the keys of each are kept beside it (text/likeness.h), and looked up before a new
   one is taken. Exact repeats by the same hand are comment_prepare's. */
#ifndef PALABRE_DOMAIN_LIKENESS_H
#define PALABRE_DOMAIN_LIKENESS_H

#include "domain/comment.h"
#include "text/likeness.h"

enum { LIKENESS_NEAR_MAX = 5 };
struct likeness_near {
    comment_number numbers[LIKENESS_NEAR_MAX]; /* newest first */
    size_t count;
    int64_t authors; /* of those: devices, or addresses, or names, whatever tells them apart */
    int percent;     /* likeness of the most alike */
};

/* Messages at least `percent` alike, but one (0: none) and those withdrawn. Read connection; some tens of microseconds
   and as many rows, whatever the number of messages. */
enum status likeness_find(struct db *db, struct arena *arena, const struct likeness *text, int percent,
                          comment_number but, struct likeness_near *out, struct error *error) MUST_USE;

/* Writer: keeps the keys of a message's text (0: it has none), beside those of its earlier ones: what is found by those
   is compared with the text that stands now. */
enum status likeness_keep(struct db *db, comment_number number, article_id article, const int64_t keys[LIKENESS_KEYS],
                          struct error *error) MUST_USE;

#endif
