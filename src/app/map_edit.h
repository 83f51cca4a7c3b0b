/* The domain's structs as the editors' and administrators' pages want them, and what the domain finds wrong as problems
   of a form. Shallow, as map.h. */
#ifndef PALABRE_APP_MAP_EDIT_H
#define PALABRE_APP_MAP_EDIT_H

#include "domain/article.h"
#include "text/date.h"
#include "view/page_desk_edit.h"

struct edit_problems {
    struct view_problem items[24]; /* more are not said */
    size_t count;
};
void edit_problem_add(struct edit_problems *problems, enum view_field field, enum view_fault fault, int64_t limit);
/* What the domain said of an INVALID field: "headline: longer than 250 characters". */
void edit_problem_add_detail(struct edit_problems *problems, const struct error *error);
struct view_problem edit_problem_of_detail(const struct error *error);

struct view_article_status map_article_status(const struct article *article);
/* The form of an article as it is stored. dates: of the site's zone, for the date of the page quoted. */
struct view_article_form map_article_form(struct arena *arena, const struct date_formats *dates,
                                          const struct article *article);
/* "2026-01-31"; empty for 0. */
slice map_date(struct arena *arena, const struct date_formats *dates, time_ms t);
/* Noon of that day, UTC: the same day almost everywhere. False: no date. Empty: 0. */
bool map_date_parse(struct arena *arena, slice text, time_ms *out);

#endif
