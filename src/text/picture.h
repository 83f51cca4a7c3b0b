/* Pictures of an article whose bytes are here: their size, so that the text does not move when they come. Pure functions; any
   thread. */
#ifndef PALABRE_TEXT_PICTURE_H
#define PALABRE_TEXT_PICTURE_H

#include "text/html.h"

#include <stdbool.h>

/* CSS pixels; 0 × 0: not known. */
struct picture_size {
    int width, height;
};

/* From the head of a file: PNG, GIF, JPEG (ITU-T T.81 B.2), WebP (RFC 9649), AVIF (ISO/IEC 23008-12, "ispe"), SVG (its viewBox,
   or width and height in pixels). By the bytes, not by a name. At most PICTURE_SIDE_MAX a side, else not known. */
enum { PICTURE_SIDE_MAX = 99999 };
struct picture_size picture_size(slice bytes);

struct picture {
    slice address; /* to fetch it from, instead of the one in the text; nothing to be escaped in it */
    struct picture_size size;
};
/* What is known of the picture at this address, as it stands in the markup. False: nothing. */
typedef bool (*picture_find_fn)(const void *ctx, struct arena *arena, slice src, struct picture *out);

/* The same markup, each picture that `find` knows with its address, and its width and height where it has none. */
struct html picture_set_sizes(struct arena *arena, struct html html, picture_find_fn find, const void *ctx);

#endif
