/* RSS 2.0 (rssboard.org), with the content, slash, wfw, dc and atom modules. */
#include "view/feed_common.h"

#include "view/xml.h"

static void begin(const struct view__page *p, const struct feed__head *head, struct buf *out) {
    buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
                   "xmlns:atom=\"http://www.w3.org/2005/Atom\" "
                   "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
                   "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                   "xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\" "
                   "xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\">\n<channel>\n"));
    xml_add_element(out, S("title"), head->title);
    xml_add_element(out, S("link"), head->home);
    /* A channel must have a description. */
    xml_add_element(out, S("description"), head->subtitle.n > 0 ? head->subtitle : head->title);
    xml_add_element(out, S("language"), head->language);
    if (head->updated_at != 0) {
        xml_add_element(out, S("lastBuildDate"), date_rfc822(p->context->dates, p->arena, head->updated_at));
    }
    buf_add(out, S("<generator>Palabre " PALABRE_VERSION "</generator>\n"
                   "<docs>https://www.rssboard.org/rss-specification</docs>\n"
                   "<atom:link rel=\"self\" type=\"application/rss+xml\""));
    xml_add_attribute(out, S("href"), head->self);
    buf_add(out, S("/>\n"));
}

static void add_entry(const struct view__page *p, const struct feed__entry *entry, bool first, struct buf *out) {
    (void)first;
    buf_add(out, S("<item>\n"));
    xml_add_element(out, S("title"), entry->title);
    xml_add_element(out, S("link"), entry->link);
    buf_add(out, S("<guid isPermaLink=\"false\">"));
    xml_add_text(out, entry->id);
    buf_add(out, S("</guid>\n"));
    xml_add_element(out, S("pubDate"), date_rfc822(p->context->dates, p->arena, entry->published_at));
    xml_add_element(out, S("dc:creator"), entry->author);
    xml_add_element(out, S("category"), entry->category);
    xml_add_element(out, S("description"), entry->summary.n > 0 ? entry->summary : entry->content);
    if (entry->summary.n > 0) xml_add_element(out, S("content:encoded"), entry->content);
    if (entry->has_discussion) {
        xml_add_element(out, S("comments"), entry->discussion);
        buf_add(out, S("<slash:comments>"));
        buf_add_int(out, entry->comment_count);
        buf_add(out, S("</slash:comments>\n"));
        xml_add_element(out, S("wfw:commentRss"), entry->discussion_rss);
    }
    buf_add(out, S("</item>\n"));
}

static void end(struct buf *out) { buf_add(out, S("</channel>\n</rss>\n")); }

const struct feed__writer feed__rss = {begin, add_entry, end};
