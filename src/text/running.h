/* Running text on its way into HTML: bare addresses and names become links, the rest is set and escaped. For the
   renderers of this room. */
#ifndef PALABRE_TEXT_RUNNING_H
#define PALABRE_TEXT_RUNNING_H

#include "base/arena.h"
#include "base/buf.h"
#include "text/markdown.h"
#include "text/typography.h"

struct running {
    struct arena *arena;
    enum typography typography;
    struct typography_state state;           /* zeroed at the start of each block */
    const char *rel;                         /* of links that lead off the site; "" for none */
    const struct markdown_options *mentions; /* whose names are looked for; may be NULL */
    size_t mentions_left;
    bool in_link;       /* no link inside a link */
    struct buf scratch; /* the caller inits and finis it */
};

/* Appends text (not escaped) as HTML. */
void running__add(struct running *r, slice text, struct buf *out);

/* Appends '<a href="…" rel="…">'. href is safe, and not escaped. */
void running__open_link(const char *rel, slice href, struct buf *out);

#endif
