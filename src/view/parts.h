/* The threads of a discussion's page as they were rendered, kept so that the page after it need not render again what has
   not changed: one more message in a page of fifty renders one message. See view_discussion.former and .made.

   A part is used again only where all that it was made from is the same, byte by byte: so that keeping them, losing them and
   mixing them up change nothing but time. Immutable and shared; any thread. */
#ifndef PALABRE_VIEW_PARTS_H
#define PALABRE_VIEW_PARTS_H

#include <stddef.h>

struct view_parts;
void view_parts_free(struct view_parts *parts);             /* NULL is fine */
size_t view_parts_bytes(const struct view_parts *parts);    /* all they hold, what they share with others included */
size_t view_parts_rendered(const struct view_parts *parts); /* how many were not found in the former ones */

#endif
