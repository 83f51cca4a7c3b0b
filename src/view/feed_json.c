/* JSON Feed 1.1 (jsonfeed.org). What has no field of its own there stands under "_palabre". */
#include "view/feed_common.h"

/* ,"name":"value"; nothing when value is empty. */
static void add_member(struct buf *out, slice name, slice value) {
    if (value.n == 0) return;
    buf_add(out, S(",\""));
    buf_add(out, name);
    buf_add(out, S("\":\""));
    buf_add_json(out, value);
    buf_add_char(out, '"');
}

static void begin(const struct view__page *p, const struct feed__head *head, struct buf *out) {
    (void)p;
    buf_add(out, S("{\"version\":\"https://jsonfeed.org/version/1.1\""));
    add_member(out, S("title"), head->title);
    add_member(out, S("description"), head->subtitle);
    add_member(out, S("home_page_url"), head->home);
    add_member(out, S("feed_url"), head->self);
    add_member(out, S("language"), head->language);
    buf_add(out, S(",\"items\":["));
}

static void add_extension(const struct feed__entry *entry, struct buf *out) {
    if (entry->has_discussion) {
        buf_add(out, S(",\"_palabre\":{\"comment_count\":"));
        buf_add_int(out, entry->comment_count);
        add_member(out, S("comments_url"), entry->discussion);
        add_member(out, S("comments_feed_url"), entry->discussion_json);
        buf_add_char(out, '}');
    } else if (entry->answers_id.n > 0) {
        buf_add(out, S(",\"_palabre\":{\"in_reply_to\":\""));
        buf_add_json(out, entry->answers_id);
        buf_add_char(out, '"');
        add_member(out, S("in_reply_to_url"), entry->answers_link);
        buf_add_char(out, '}');
    }
}

static void add_entry(const struct view__page *p, const struct feed__entry *entry, bool first, struct buf *out) {
    if (!first) buf_add_char(out, ',');
    buf_add(out, S("\n{\"id\":\""));
    buf_add_json(out, entry->id);
    buf_add_char(out, '"');
    add_member(out, S("url"), entry->link);
    add_member(out, S("title"), entry->title);
    buf_add(out, S(",\"content_html\":\"")); /* must be there, even when empty */
    buf_add_json(out, entry->content);
    buf_add_char(out, '"');
    add_member(out, S("summary"), entry->summary);
    add_member(out, S("date_published"), date_iso_utc(p->arena, entry->published_at));
    if (entry->updated_at > entry->published_at) {
        add_member(out, S("date_modified"), date_iso_utc(p->arena, entry->updated_at));
    }
    add_member(out, S("language"), entry->language);
    if (entry->author.n > 0) {
        buf_add(out, S(",\"authors\":[{\"name\":\""));
        buf_add_json(out, entry->author);
        buf_add(out, S("\"}]"));
    }
    if (entry->category.n > 0) {
        buf_add(out, S(",\"tags\":[\""));
        buf_add_json(out, entry->category);
        buf_add(out, S("\"]"));
    }
    add_extension(entry, out);
    buf_add_char(out, '}');
}

static void end(struct buf *out) { buf_add(out, S("\n]}\n")); }

const struct feed__writer feed__json = {begin, add_entry, end};
