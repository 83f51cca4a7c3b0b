#include "text/html.h"

#include "base/buf.h"
#include "text/typography.h"

struct html html_escape(struct arena *arena, slice plain) {
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, plain.n * 6); /* the longest escape is &quot; */
    buf_add_html(&b, plain);
    return (struct html){arena_copy(arena, buf_slice(&b))};
}

struct html html_escape_typographic(struct arena *arena, slice language, slice plain) {
    return html_escape(arena, typography_line(arena, typography_of(language), plain));
}

struct html html_from_stored(slice stored) {
    return (struct html){stored};
}
