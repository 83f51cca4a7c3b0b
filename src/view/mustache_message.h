/* The text between {{#t}} and {{/t}}, and {{#tn}} and {{/tn}}: see web/templates/README.md. script/extract-messages does
   the same in Python: change both. Used by mustache_parse.c alone. */
#ifndef PALABRE_VIEW_MUSTACHE_MESSAGE_H
#define PALABRE_VIEW_MUSTACHE_MESSAGE_H

#include "base/arena.h"
#include "view/mustache_scan.h"

struct plural_message {
    slice count; /* the name of the number */
    slice one, many;
};

/* The scanner stands behind the opening tag. Moves it behind the closing one of the same name, and gives what stands
   between them with white space collapsed and trimmed, in the arena. INVALID when it is not closed, is empty, or holds
   another message or delimiters. */
enum status message_read(struct scanner *scanner, struct arena *arena, const struct tag *opening, slice *out,
                         struct error *error) MUST_USE;

/* Three parts, with '|' between them that are not within a tag. INVALID when it is otherwise. */
enum status message_split(const struct scanner *scanner, slice text, const struct tag *opening,
                          struct plural_message *out, struct error *error) MUST_USE;

#endif
