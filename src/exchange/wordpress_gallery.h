/* Galleries: WordPress writes [gallery ids="3,4"] and keeps the pictures as items of their own, anywhere in the export.
   For this folder only. */
#ifndef PALABRE_EXCHANGE_WORDPRESS_GALLERY_H
#define PALABRE_EXCHANGE_WORDPRESS_GALLERY_H

#include "exchange/table.h"
#include "exchange/wxr.h"

enum { GALLERY_PICTURES_BYTES = 64 * 1024 * 1024 /* of what is remembered about pictures; later ones are forgotten */ };

struct gallery_picture {
    int64_t id, parent, order;
    slice address, caption, alternative;
};

/* The pictures of an export. Zeroed is empty. */
struct gallery {
    struct arena *arena;
    struct gallery_picture *pictures; /* by parent, order, id */
    size_t count, capacity;
    struct table by_id; /* number as text → index + 1 */
};

void gallery__fini(struct gallery *gallery);
/* Reads the pictures of a whole export (a reader of its own, at its beginning). Errors are wxr_next's. */
enum status gallery__read(struct gallery *gallery, struct wxr_reader *reader, struct error *error) MUST_USE;

/* Whether a text holds a gallery's shortcode at all. */
bool gallery__is_in(slice content);
/* The text with each gallery of which pictures are known written as figures (HTML as in WordPress, not yet cleaned);
   content itself when there is none. post_id: the item's, whose own pictures a bare [gallery] shows. *made: how many. */
slice gallery__expand(const struct gallery *gallery, struct arena *arena, slice content, slice post_id, int64_t *made);

#endif
