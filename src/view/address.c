#include "view/address.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "view/page_common.h"

static const struct {
    slice extension, content_type;
} formats[FEED_FORMATS] = {
    [FEED_ATOM] = {S_INIT("atom"), S_INIT("application/atom+xml; charset=utf-8")},
    [FEED_RSS] = {S_INIT("rss"), S_INIT("application/rss+xml; charset=utf-8")},
    [FEED_JSON] = {S_INIT("json"), S_INIT("application/feed+json; charset=utf-8")},
};

slice feed_format_extension(enum feed_format format) { return formats[format].extension; }

bool feed_format_parse(slice extension, enum feed_format *out) {
    for (int i = 0; i < FEED_FORMATS; i++) {
        if (slice_equal(extension, formats[i].extension)) {
            *out = (enum feed_format)i;
            return true;
        }
    }
    return false;
}

slice feed_format_content_type(enum feed_format format) { return formats[format].content_type; }

/* A slug or secret as one path segment. Ours are plain already: the common case copies nothing. */
static slice segment(struct arena *arena, slice text) {
    bool plain = true;
    for (size_t i = 0; plain && i < text.n; i++) {
        char c = text.p[i];
        plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
    if (plain) return text;
    struct buf b CLEANUP(buf_fini) = {0};
    buf_init(&b, 3 * text.n + 1);
    buf_add_url(&b, text);
    return arena_copy(arena, buf_slice(&b));
}

/* Joins up to four pieces: addresses are made fifty times a page, and printf is not free. */
static slice join(struct arena *arena, slice a, slice b, slice c, slice d) {
    size_t n = a.n + b.n + c.n + d.n;
    char *p = arena_alloc(arena, n + 1);
    size_t at = 0;
    const slice parts[] = {a, b, c, d};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i].n > 0) memcpy(p + at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return slice_make(p, n);
}

slice address_home(struct arena *arena, slice language) {
    if (language.n == 0) return S(ADDRESS_HOME);
    return join(arena, S(ADDRESS_HOME "?lang="), segment(arena, language), S(""), S(""));
}

slice address_section(struct arena *arena, slice slug) {
    return join(arena, S("/sections/"), segment(arena, slug), S(""), S(""));
}

slice address_section_older(struct arena *arena, slice slug, time_ms at, int64_t id) {
    return arena_format(arena, "/sections/%.*s?before=%lld-%lld", SLICE_FMT(segment(arena, slug)), (long long)at,
                        (long long)id);
}

bool address_parse_before(slice before, time_ms *at, int64_t *id) {
    size_t dash = before.n;
    while (dash > 0 && before.p[dash - 1] != '-') dash--;
    if (dash < 2) return false;
    int64_t moment, number;
    if (!slice_to_int64(slice_sub(before, 0, dash - 1), &moment)) return false;
    if (!slice_to_int64(slice_after(before, dash), &number)) return false;
    *at = moment;
    *id = number;
    return true;
}

slice address_archive(struct arena *arena, int year, int month) {
    return arena_format(arena, "/archive/%04d-%02d", year, month);
}

slice address_archive_older(struct arena *arena, int year, int month, time_ms at, int64_t id, slice language) {
    return arena_format(arena, "/archive/%04d-%02d?before=%lld-%lld%s%.*s", year, month, (long long)at, (long long)id,
                        language.n ? "&lang=" : "", SLICE_FMT(language));
}

slice address_in(struct arena *arena, slice address, slice language) {
    if (language.n == 0) return address;
    return join(arena, address, S("?lang="), segment(arena, language), S(""));
}

static void add_parameter(struct buf *b, const char *name, slice value) {
    if (value.n == 0) return;
    buf_add_format(b, "&%s=", name);
    buf_add_url(b, value);
}

slice address_search(struct arena *arena, const struct address_search_page *page) {
    struct buf b CLEANUP(buf_fini) = {0};
    buf_init(&b, 3 * (page->text.n + page->in.n + page->after.n + page->language.n) + 128);
    buf_add(&b, S(ADDRESS_SEARCH "?q="));
    buf_add_url(&b, page->text);
    add_parameter(&b, "in", page->in);
    add_parameter(&b, "order", page->newest ? S("newest") : S(""));
    add_parameter(&b, "after", page->after);
    add_parameter(&b, "lang", page->language);
    return arena_copy(arena, buf_slice(&b));
}

bool address_parse_month(slice text, int *year, int *month) {
    if (text.n != 7 || text.p[4] != '-') return false;
    uint64_t y, m;
    if (!slice_to_uint64(slice_sub(text, 0, 4), &y) || !slice_to_uint64(slice_after(text, 5), &m)) return false;
    if (y < 1000 || m < 1 || m > 12) return false;
    *year = (int)y;
    *month = (int)m;
    return true;
}

slice address_article(struct arena *arena, int64_t id, slice slug) {
    slice number = view__decimal(arena, id);
    if (slug.n == 0) return join(arena, S("/articles/"), number, S(""), S(""));
    return join(arena, S("/articles/"), number, S("-"), segment(arena, slug));
}

bool address_parse_article(slice text, int64_t *id, slice *slug) {
    slice rest = text;
    slice number = slice_cut(&rest, '-');
    uint64_t value;
    if (!slice_to_uint64(number, &value) || value == 0 || value > INT64_MAX) return false;
    if (number.p[0] == '0') return false; /* one address for each article */
    *id = (int64_t)value;
    *slug = rest;
    return true;
}

slice address_article_page(struct arena *arena, int64_t id, slice slug, int64_t page) {
    return join(arena, address_article(arena, id, slug), S("/comments/"), view__decimal(arena, page), S(""));
}

slice address_thread(struct arena *arena, int64_t id, slice slug, int64_t root, int64_t page) {
    slice base = join(arena, address_article(arena, id, slug), S("/threads/"), view__decimal(arena, root), S("/"));
    return join(arena, base, view__decimal(arena, page), S(""), S(""));
}

static slice in_order(struct arena *arena, int64_t id, slice slug, slice order, int64_t page) {
    slice address = address_article(arena, id, slug);
    if (page == 0) return join(arena, address, order, S(""), S(""));
    return join(arena, address, order, S("/"), view__decimal(arena, page));
}

slice address_newest(struct arena *arena, int64_t id, slice slug, int64_t page) {
    return in_order(arena, id, slug, S("/newest"), page);
}

slice address_recommended(struct arena *arena, int64_t id, slice slug, int64_t page) {
    return in_order(arena, id, slug, S("/recommended"), page);
}

slice address_with_anchor(struct arena *arena, slice address, int64_t number) {
    return join(arena, address, S("#comment-"), view__decimal(arena, number), S(""));
}

slice address_comment(struct arena *arena, int64_t number) {
    return join(arena, S("/comments/"), view__decimal(arena, number), S(""), S(""));
}

slice address_comment_reply(struct arena *arena, int64_t number) {
    return join(arena, S("/comments/"), view__decimal(arena, number), S("/reply"), S(""));
}

slice address_comment_report(struct arena *arena, int64_t number) {
    return join(arena, S("/comments/"), view__decimal(arena, number), S("/report"), S(""));
}

slice address_comment_recommend(struct arena *arena, int64_t number) {
    return join(arena, S("/comments/"), view__decimal(arena, number), S("/recommend"), S(""));
}

slice address_desk_pick(struct arena *arena, int64_t number) {
    return join(arena, S(ADDRESS_DESK "/comments/"), view__decimal(arena, number), S("/pick"), S(""));
}

slice address_article_report(struct arena *arena, int64_t article) {
    return join(arena, S("/articles/"), view__decimal(arena, article), S("/report"), S(""));
}

slice address_report(struct arena *arena, slice secret) {
    return join(arena, S("/reports/"), segment(arena, secret), S(""), S(""));
}

slice address_send(struct arena *arena, int64_t article) {
    return join(arena, S("/articles/"), view__decimal(arena, article), S("/comments"), S(""));
}

slice address_own(struct arena *arena, int64_t article) {
    return join(arena, S("/articles/"), view__decimal(arena, article), S("/own"), S(""));
}

slice address_message(struct arena *arena, slice secret) {
    return join(arena, S("/messages/"), segment(arena, secret), S(""), S(""));
}

slice address_message_withdraw(struct arena *arena, slice secret) {
    return join(arena, S("/messages/"), segment(arena, secret), S("/withdraw"), S(""));
}

slice address_message_notices(struct arena *arena, slice secret) {
    return join(arena, S("/messages/"), segment(arena, secret), S("/notices"), S(""));
}

slice address_follow_article(struct arena *arena, int64_t article) {
    return arena_format(arena, "/articles/%lld/follow", (long long)article);
}

slice address_follow(struct arena *arena, slice link) {
    return join(arena, S("/follow/"), segment(arena, link), S(""), S(""));
}

slice address_follow_confirm(struct arena *arena, slice link) {
    return join(arena, S("/follow/"), segment(arena, link), S("/confirm"), S(""));
}

slice address_follow_stop(struct arena *arena, slice link) {
    return join(arena, S("/follow/"), segment(arena, link), S("/stop"), S(""));
}

slice address_message_export(struct arena *arena, slice secret, slice format) {
    return join(arena, S("/messages/"), segment(arena, secret), S("/export."), format);
}

slice address_setup(struct arena *arena, slice secret) {
    return join(arena, S("/set-up/"), segment(arena, secret), S(""), S(""));
}

slice address_feed_articles(struct arena *arena, enum feed_format format) {
    return join(arena, S("/feeds/articles."), feed_format_extension(format), S(""), S(""));
}

slice address_feed_comments(struct arena *arena, int64_t id, slice slug, enum feed_format format) {
    return join(arena, address_article(arena, id, slug), S("/comments."), feed_format_extension(format), S(""));
}

slice address_sitemap_part(struct arena *arena, int64_t part) {
    return join(arena, S("/sitemap-"), view__decimal(arena, part), S(".xml"), S(""));
}

slice address_oembed(struct arena *arena, slice url) {
    return join(arena, S("/oembed?url="), segment(arena, url), S(""), S(""));
}

slice address_static(struct arena *arena, slice hash, slice file) {
    if (hash.n == 0) return join(arena, S("/static/"), file, S(""), S(""));
    return join(arena, S("/static/"), hash, S("/"), file);
}

slice address_absolute(struct arena *arena, slice base_url, slice path) {
    if (base_url.n == 0 || !slice_starts(path, S("/"))) return path;
    return join(arena, base_url, path, S(""), S(""));
}
