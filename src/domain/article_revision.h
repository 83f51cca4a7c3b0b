/* The texts that an article had before. */
#ifndef PALABRE_DOMAIN_ARTICLE_REVISION_H
#define PALABRE_DOMAIN_ARTICLE_REVISION_H

#include "domain/article.h"

struct article_revision {
    int64_t revision;
    time_ms replaced_at;                     /* by the next revision */
    account_id by;                           /* who replaced it; 0: the program */
    slice by_name;                           /* display name; empty: not known */
    slice headline, standfirst, body_source; /* body_source: article_revision_get only */
};
struct article_revision_list {
    struct article_revision *items;
    size_t count;
};

enum { ARTICLE_REVISIONS_MAX = 200 };
/* Newest first, at most ARTICLE_REVISIONS_MAX. */
enum status article_revision_list_load(struct db *db, struct arena *arena, article_id id,
                                       struct article_revision_list *out, struct error *error) MUST_USE;
/* NOT_FOUND: no such text, or it is the current one. */
enum status article_revision_get(struct db *db, struct arena *arena, article_id id, int64_t revision,
                                 struct article_revision *out, struct error *error) MUST_USE;

#endif
