/* sitemap.xml (sitemaps.org 0.9) and robots.txt. Streaming, so that a site of a million pages needs no list of them:
     sitemap_begin(out); for each: sitemap_add(out, …); sitemap_end(out);
   Above SITEMAP_MAX_ENTRIES, /sitemap.xml is an index (sitemap_write_index) of parts at address_sitemap_part(1…n).
   Errors stick in out. */
#ifndef PALABRE_VIEW_SITEMAP_H
#define PALABRE_VIEW_SITEMAP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"

enum { SITEMAP_MAX_ENTRIES = 50000 };

void sitemap_begin(struct buf *out);
/* changed_at 0: not said. */
void sitemap_add(struct buf *out, struct arena *arena, slice base_url, slice address, time_ms changed_at);
void sitemap_end(struct buf *out);

void sitemap_write_index(struct buf *out, struct arena *arena, slice base_url, int64_t parts);

/* What robots may read (RFC 9309): everything but the desk, private and form addresses; names the sitemap. */
void robots_write(struct buf *out, slice base_url);

#endif
