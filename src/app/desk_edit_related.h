/* 'See also' at the form of an article. Worker threads, but for desk_related_touch. */
#ifndef PALABRE_APP_DESK_EDIT_RELATED_H
#define PALABRE_APP_DESK_EDIT_RELATED_H

#include "app/request.h"
#include "domain/related.h"
#include "view/article.h"

struct desk_related {
    slice chosen, proposed;              /* addresses, one a line: as the field holds them */
    const struct view_article *articles; /* the proposals */
    size_t count;
};
void desk_related_load(struct request *r, article_id id, struct desk_related *out);

struct desk_related_choice {
    article_id ids[RELATED_CHOSEN_MAX];
    size_t count;
};
/* False: a line names no article, or there are too many. Whether each is there is found when it is saved. */
bool desk_related_read(slice text, struct desk_related_choice *out);

/* In apply: the pages that name this article are made again. Before and after it changes: likes may change with it. */
enum status desk_related_touch(struct db *db, struct request *r, article_id id, struct error *error) MUST_USE;

#endif
