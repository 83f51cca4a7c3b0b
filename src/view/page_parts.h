/* How parts are made, for page_discussion.c and jsonld.c. Not for other rooms. */
#ifndef PALABRE_VIEW_PAGE_PARTS_H
#define PALABRE_VIEW_PAGE_PARTS_H

#include "base/slice.h"
#include "view/parts.h"

#include <stdint.h>

/* One thread: what it was made from, its element, and its object in the page's JSON-LD (empty: it is not said there). */
struct view__part {
    int64_t number; /* of the root */
    slice input, html, json;
};

struct view_parts *view__parts_new(size_t count);
/* The part of this root in `former` (NULL: none) that was made from the same input, or NULL. *at: where it is expected, 0 at
   first; moved on. */
const struct view__part *view__parts_find(const struct view_parts *former, int64_t number, slice input, size_t *at);
/* Sets the part at an index: one that was found, or a new one (its slices are copied). Gives it. */
const struct view__part *view__parts_share(struct view_parts *parts, size_t index, const struct view__part *found);
const struct view__part *view__parts_add(struct view_parts *parts, size_t index, const struct view__part *made);
const struct view__part *view__parts_at(const struct view_parts *parts, size_t index);

#endif
