#include "view/sitemap.h"

#include "text/date.h"
#include "view/address.h"
#include "view/xml.h"

#define SITEMAP_NAMESPACE "http://www.sitemaps.org/schemas/sitemap/0.9"

void sitemap_begin(struct buf *out) {
    buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"" SITEMAP_NAMESPACE "\">\n"));
}

void sitemap_add(struct buf *out, struct arena *arena, slice base_url, slice address, time_ms changed_at) {
    buf_add(out, S("<url><loc>"));
    xml_add_text(out, address_absolute(arena, base_url, address));
    buf_add(out, S("</loc>"));
    if (changed_at != 0) {
        buf_add(out, S("<lastmod>"));
        buf_add(out, date_iso_utc(arena, changed_at));
        buf_add(out, S("</lastmod>"));
    }
    buf_add(out, S("</url>\n"));
}

void sitemap_end(struct buf *out) { buf_add(out, S("</urlset>\n")); }

void sitemap_write_index(struct buf *out, struct arena *arena, slice base_url, int64_t parts) {
    buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"" SITEMAP_NAMESPACE "\">\n"));
    for (int64_t part = 1; part <= parts; part++) {
        buf_add(out, S("<sitemap><loc>"));
        xml_add_text(out, address_absolute(arena, base_url, address_sitemap_part(arena, part)));
        buf_add(out, S("</loc></sitemap>\n"));
    }
    buf_add(out, S("</sitemapindex>\n"));
}

void robots_write(struct buf *out, slice base_url) {
    buf_add(out, S("User-agent: *\n"
                   "Disallow: /moderation\n"
                   "Disallow: /messages/\n"
                   "Disallow: /search\n"
                   "Disallow: /sign-in\n"
                   "Disallow: /set-up/\n"
                   "Disallow: /comments/*/reply\n"
                   "Disallow: /comments/*/report\n"
                   "Disallow: /articles/*/own\n"));
    if (base_url.n == 0) return; /* the address must be absolute (RFC 9309 §2.2.4 leaves it to sitemaps.org) */
    buf_add(out, S("\nSitemap: "));
    buf_add(out, base_url);
    buf_add(out, S(ADDRESS_SITEMAP "\n"));
}
