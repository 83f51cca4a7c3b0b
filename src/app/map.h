/* The domain's structs as the view wants them. Shallow: texts stay where they are; arrays are the arena's. */
#ifndef PALABRE_APP_MAP_H
#define PALABRE_APP_MAP_H

#include "domain/charter.h"
#include "domain/decision.h"
#include "domain/related.h"
#include "view/article.h"
#include "view/form.h"

struct view_article map_article(const struct article *article);
struct view_article map_related(const struct related_article *related);
const struct view_article *map_articles(struct arena *arena, const struct article *items, size_t count);
struct view_comment map_comment(const struct comment *comment);
const struct view_comment *map_comments(struct arena *arena, const struct comment *items, size_t count);
struct view_thread map_thread(struct arena *arena, const struct thread *thread);
const struct view_thread *map_threads(struct arena *arena, const struct thread *items, size_t count);
const struct view_charter *map_charter(struct arena *arena, const struct charter *charter);
/* « un », « deux »: in the quotation marks of the language. */
slice map_refused_words(struct arena *arena, slice language, const slice *words, size_t count);
const struct view_problem *map_problems(struct arena *arena, const struct comment_problems *problems);

#endif
