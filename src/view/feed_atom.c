/* Atom: RFC 4287, with threads by RFC 4685. */
#include "view/feed_common.h"

#include "view/xml.h"

static void add_link(struct buf *out, slice rel, slice type, slice href) {
    buf_add(out, S("<link"));
    xml_add_attribute(out, S("rel"), rel);
    xml_add_attribute(out, S("type"), type);
    xml_add_attribute(out, S("href"), href);
    buf_add(out, S("/>\n"));
}

static void begin(const struct view__page *p, const struct feed__head *head, struct buf *out) {
    buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
                   "xmlns:thr=\"http://purl.org/syndication/thread/1.0\""));
    xml_add_attribute(out, S("xml:lang"), head->language);
    buf_add(out, S(">\n"));
    xml_add_element(out, S("id"), head->id);
    xml_add_element(out, S("title"), head->title);
    xml_add_element(out, S("subtitle"), head->subtitle);
    xml_add_element(out, S("updated"), date_iso_utc(p->arena, head->updated_at));
    buf_add(out, S("<generator version=\"" PALABRE_VERSION "\">Palabre</generator>\n"));
    add_link(out, S("self"), S("application/atom+xml"), head->self);
    add_link(out, S("alternate"), S("text/html"), head->home);
}

/* RFC 4685 §4: where the answers are, how many, and since when. */
static void add_replies(const struct feed__entry *entry, struct buf *out) {
    if (!entry->has_discussion) return;
    buf_add(out, S("<link rel=\"replies\" type=\"application/atom+xml\""));
    xml_add_attribute(out, S("href"), entry->discussion_atom);
    buf_add(out, S(" thr:count=\""));
    buf_add_int(out, entry->comment_count);
    buf_add(out, S("\"/>\n<thr:total>"));
    buf_add_int(out, entry->comment_count);
    buf_add(out, S("</thr:total>\n"));
}

static void add_answers(const struct feed__entry *entry, struct buf *out) {
    if (entry->answers_id.n == 0) return;
    buf_add(out, S("<thr:in-reply-to"));
    xml_add_attribute(out, S("ref"), entry->answers_id);
    xml_add_attribute(out, S("href"), entry->answers_link);
    buf_add(out, S(" type=\"text/html\"/>\n"));
}

static void add_entry(const struct view__page *p, const struct feed__entry *entry, bool first, struct buf *out) {
    (void)first;
    buf_add(out, S("<entry"));
    if (entry->language.n > 0) xml_add_attribute(out, S("xml:lang"), entry->language);
    buf_add(out, S(">\n"));
    xml_add_element(out, S("id"), entry->id);
    xml_add_element(out, S("title"), entry->title);
    add_link(out, S("alternate"), S("text/html"), entry->link);
    xml_add_element(out, S("published"), date_iso_utc(p->arena, entry->published_at));
    xml_add_element(out, S("updated"), date_iso_utc(p->arena, entry->updated_at));
    /* RFC 4287 §4.1.2: an entry has an author. */
    buf_add(out, S("<author>"));
    xml_add_element(out, S("name"), entry->author.n > 0 ? entry->author : p->context->site->name);
    buf_add(out, S("</author>\n"));
    if (entry->category.n > 0) {
        buf_add(out, S("<category"));
        xml_add_attribute(out, S("term"), entry->category);
        buf_add(out, S("/>\n"));
    }
    add_replies(entry, out);
    add_answers(entry, out);
    xml_add_element(out, S("summary"), entry->summary);
    buf_add(out, S("<content type=\"html\">"));
    xml_add_text(out, entry->content);
    buf_add(out, S("</content>\n</entry>\n"));
}

static void end(struct buf *out) { buf_add(out, S("</feed>\n")); }

const struct feed__writer feed__atom = {begin, add_entry, end};
