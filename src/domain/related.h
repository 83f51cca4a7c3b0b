/* 'See also' under an article (PRODUCT A4): what an editor has chosen, in that order; where nothing is chosen, what is like
   it by the rare words both have. Likeness is worked out when an article is published or saved, and kept: a page only reads
   it. Articles that are not published are never shown. */
#ifndef PALABRE_DOMAIN_RELATED_H
#define PALABRE_DOMAIN_RELATED_H

#include "domain/article.h"

enum {
    RELATED_CHOSEN_MAX = 8,
    RELATED_PROPOSED_MAX = 4,
    RELATED_BACK_MAX = 48, /* pages that are told of a change by name; more are all of them */
};

struct related_article {
    article_id id;
    slice slug, language, headline;
    time_ms published_at;
    bool published;
};

struct related {
    struct related_article chosen[RELATED_CHOSEN_MAX];
    size_t chosen_count;
    struct related_article proposed[RELATED_PROPOSED_MAX];
    size_t proposed_count; /* published ones only */
};
/* Everything that is kept, for the editor; texts in the arena. */
enum status related_load(struct db *db, struct arena *arena, article_id id, struct related *out,
                         struct error *error) MUST_USE;
/* What readers are shown: how many of shown[]. */
size_t related_shown(const struct related *related, struct related_article shown[static RELATED_CHOSEN_MAX]);

/* Writer: these, in this order, and no proposals; none: proposals again. INVALID: "related: …", no such article, the
   article itself, one of them twice, or too many. Journals when it is a change (*changed). */
enum status related_choose(struct db *db, article_id id, const article_id *chosen, size_t count, account_id by,
                           bool *changed, struct error *error) MUST_USE;

/* The articles whose pages name this one; at most max. */
enum status related_back(struct db *db, article_id id, article_id *out, size_t max, size_t *count,
                         struct error *error) MUST_USE;

#endif
