/* What other sites show of an article or a message whose address is pasted there: oEmbed 1.0 (https://oembed.com), a
   response of type rich, as JSON. */
#ifndef PALABRE_VIEW_PAGE_OEMBED_H
#define PALABRE_VIEW_PAGE_OEMBED_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"

enum { OEMBED_WIDTH = 600, OEMBED_HEIGHT = 240 }; /* pixels; less where less is asked for */

struct view_oembed {
    const struct view_article *article;
    const struct view_comment *comment; /* NULL: the article itself */
    int64_t max_width, max_height;      /* as asked; 0: any */
};
enum status view_oembed(const struct view_context *context, const struct view_oembed *page, struct buf *out,
                        struct error *error) MUST_USE;

#endif
