/* Recommendations of readers, and editors' picks. Both are about published messages. Writer, in its transaction; what
   readers see of it, the caller tells the cache. */
#ifndef PALABRE_DOMAIN_RECOMMENDATION_H
#define PALABRE_DOMAIN_RECOMMENDATION_H

#include "domain/comment.h"

/* So many recommendations of one message are taken from one block of addresses: a family or an office may agree; who
   only throws a cookie away gets no further. */
enum { RECOMMENDATIONS_PER_BLOCK = 5 };

struct recommendation_order {
    comment_number number;
    slice reader_token; /* the reader's cookie; one reader, one recommendation */
    slice author_token; /* the author's cookie, if any: nobody recommends a message of their own */
    slice fingerprint;  /* keyed, of the address block; empty: unknown */
    bool undo;
};
struct recommendation_result {
    article_id article;
    comment_number root; /* of its thread */
    int64_t root_ordinal, ordinal;
    int64_t count;
    bool changed; /* false: it stood so already */
};
/* NOT_FOUND: no such published message. FORBIDDEN: it is the reader's own. LIMIT: RECOMMENDATIONS_PER_BLOCK. */
enum status recommendation_set(struct db *db, const struct recommendation_order *order,
                               struct recommendation_result *out, struct error *error) MUST_USE;

/* Read connection: whether this reader recommends it. */
enum status recommendation_find(struct db *db, article_id article, comment_number number, slice reader_token,
                                bool *found, struct error *error) MUST_USE;

/* The desk's: pinned above the discussion, or no longer. Written into the journal when it changes anything. */
enum status comment_pick(struct db *db, comment_number number, bool picked, account_id by,
                         struct recommendation_result *out, struct error *error) MUST_USE;

#endif
