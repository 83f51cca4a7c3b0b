/* Static files: compressed once, right after start, addressed by a hash of their content, so that they may be kept for ever. */
#ifndef PALABRE_APP_ASSETS_H
#define PALABRE_APP_ASSETS_H

#include "app/state.h"
#include "text/picture.h"

struct app_assets *assets_new(const struct theme *theme, page_make_head make_head, void *ctx);
/* Compresses them all as strongly as can be; until then they are served plain. On a worker, once. */
void assets_compress(struct app_assets *assets);
void assets_free(struct app_assets *assets);
/* view_asset_fn: "/static/HASH/site.css". context: the app_assets. */
slice assets_address(const void *context, struct arena *arena, slice name);
/* icon.svg for the head of a page: in the page itself ("data:image/svg+xml,…"), as it is smaller than one more request; where
   it is not small, its address. Borrowed. */
slice assets_icon(const struct app_assets *assets);
/* picture_find_fn: of "/static/demo/x.svg", the address that may be kept for ever, and its size. context: likewise. */
bool assets_picture(const void *context, struct arena *arena, slice src, struct picture *out);
/* The file of an address's two parts; borrowed; NULL when there is none. *current: the hash is today's. A file asked for
   without a hash ("/static/demo/x.svg": parts "demo", "x.svg") is found by its whole name. */
struct page *assets_find(struct app_assets *assets, slice path_below_static, bool *immutable);

#endif
