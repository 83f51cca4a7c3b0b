/* Articles as values, and the plain words of our own HTML. */
#include "view/page_common.h"

#include "base/utf8.h"
#include "text/excerpt.h"
#include "text/link.h"
#include "text/markdown.h"
#include "text/typography.h"
#include "view/page_read.h"

/* Whether a tag ends a line: all that are neither inline nor the beginning of a block. */
static bool breaks_line(slice tag) {
    static const slice names[] = {S_INIT("/p"),  S_INIT("br"),  S_INIT("/li"), S_INIT("/blockquote"), S_INIT("/pre"),
                                  S_INIT("/h2"), S_INIT("/h3"), S_INIT("/h4"), S_INIT("/figcaption"), S_INIT("/td"),
                                  S_INIT("/th"), S_INIT("hr"),  S_INIT("/dt"), S_INIT("/dd")};
    if (tag.n < 2 || (tag.p[0] != '/' && tag.p[1] != 'r')) return false; /* most of them */
    size_t end = 0;
    while (end < tag.n && tag.p[end] != ' ' && !(tag.p[end] == '/' && end > 0)) end++;
    slice name = slice_sub(tag, 0, end);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (slice_equal(name, names[i])) return true;
    }
    return false;
}

/* Our HTML has these and no others (text/html.h). */
static size_t decode_entity(slice rest, char *out) {
    static const struct {
        slice entity;
        char c;
    } entities[] = {{S_INIT("&amp;"), '&'},
                    {S_INIT("&lt;"), '<'},
                    {S_INIT("&gt;"), '>'},
                    {S_INIT("&quot;"), '"'},
                    {S_INIT("&#39;"), '\''}};
    for (size_t i = 0; i < ARRAY_COUNT(entities); i++) {
        if (slice_starts(rest, entities[i].entity)) {
            *out = entities[i].c;
            return entities[i].entity.n;
        }
    }
    *out = '&';
    return 1;
}

static slice whole_characters(slice s) {
    size_t invalid = utf8_find_invalid(s);
    return invalid == SIZE_MAX ? s : slice_sub(s, 0, invalid);
}

slice view__plain(struct arena *arena, struct html html, size_t max_bytes) {
    slice in = html.s;
    size_t room = in.n < max_bytes ? in.n : max_bytes;
    char *text = arena_alloc(arena, room + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n && n < room;) {
        if (in.p[i] == '<') {
            size_t end = slice_find_char(slice_after(in, i), '>');
            if (end == SIZE_MAX) break;
            if (breaks_line(slice_sub(in, i + 1, i + end)) && n > 0 && text[n - 1] != ' ') text[n++] = ' ';
            i += end + 1;
        } else if (in.p[i] == '&') {
            i += decode_entity(slice_after(in, i), &text[n]);
            n++;
        } else {
            bool space = in.p[i] == '\n' || in.p[i] == '\t' || in.p[i] == ' ';
            if (!space)
                text[n++] = in.p[i];
            else if (n > 0 && text[n - 1] != ' ')
                text[n++] = ' ';
            i++;
        }
    }
    return slice_trim(whole_characters(slice_make(text, n)));
}

int view__lines(struct html html) {
    enum { CHARACTERS_PER_LINE = 68 };
    slice in = html.s;
    int lines = 0;
    int column = 0;
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] == '<') {
            size_t end = slice_find_char(slice_after(in, i), '>');
            if (end == SIZE_MAX) break;
            if (breaks_line(slice_sub(in, i + 1, i + end)) && column > 0) {
                lines++;
                column = 0;
            }
            i += end;
        } else if (((unsigned char)in.p[i] & 0xC0) != 0x80) {
            column++;
            if (column > CHARACTERS_PER_LINE) {
                lines++;
                column = 1;
            }
        }
    }
    return lines + (column > 0);
}

slice view__article_address(struct view__page *p, const struct view_article *article) {
    return address_article(p->arena, article->id, article->slug);
}

slice view__article_summary(struct arena *arena, const struct view_article *article, size_t max_chars) {
    slice text = article->standfirst;
    if (text.n == 0) text = view__plain(arena, article->body, 8 * max_chars);
    text = text_excerpt(arena, text, max_chars);
    return typography_line(arena, typography_of(article->language), text);
}

slice view__article_image(const struct view_article *article) {
    slice body = article->body.s;
    size_t at = slice_find(body, S("<img "));
    if (at == SIZE_MAX) return S("");
    slice tag = slice_after(body, at);
    size_t close = slice_find_char(tag, '>');
    if (close != SIZE_MAX) tag = slice_sub(tag, 0, close);
    size_t src = slice_find(tag, S(" src=\""));
    if (src == SIZE_MAX) return S("");
    slice value = slice_after(tag, src + 6);
    size_t quote = slice_find_char(value, '"');
    value = quote == SIZE_MAX ? S("") : slice_sub(value, 0, quote);
    return slice_find_char(value, '&') == SIZE_MAX ? value : S(""); /* rather none than an escaped address */
}

/* "Claire Dupont, “The bridge”, Le Monde, 7 January 2022": what is known of it. */
static slice credit(struct view__page *p, const struct view_article *article) {
    slice quoted = S("");
    if (article->source_title.n > 0) quoted = arena_format(p->arena, "\"%.*s\"", SLICE_FMT(article->source_title));
    slice date = article->source_date != 0 ? date_day(p->context->dates, p->arena, article->source_date) : S("");
    const slice parts[] = {article->source_author, quoted, article->source_site, date};
    struct buf b CLEANUP(buf_fini) = {0};
    buf_init(&b, 64 * 1024);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i].n == 0) continue;
        if (b.n > 0) buf_add(&b, S(", "));
        buf_add(&b, parts[i]);
    }
    return typography_line(p->arena, typography_of(article->language), arena_copy(p->arena, buf_slice(&b)));
}

static void set_body(struct view__page *p, struct value *object, const struct view_article *article) {
    const struct view_context *context = p->context;
    struct html body = article->body;
    if (context->picture) body = picture_set_sizes(p->arena, body, context->picture, context->asset_context);
    value_set_html(object, S("body"), body);
    bool excerpt = article->kind == VIEW_ARTICLE_EXCERPT && url_is_web(article->source_url);
    value_set_bool(object, S("excerpt"), excerpt);
    if (!excerpt) return;
    struct value *source = value_set_object(object, S("source"));
    slice host = url_host(article->source_url);
    value_set_string(source, S("href"), article->source_url);
    value_set_string(source, S("host"), slice_starts(host, S("www.")) ? slice_after(host, 4) : host);
    value_set_string(source, S("credit"), credit(p, article));
    view__set_lang(p, source, article->language);
}

static void set_section(struct view__page *p, struct value *object, const struct view_article *article) {
    if (article->section_slug.n == 0) {
        value_set_null(object, S("in_section"));
        return;
    }
    struct value *section = value_set_object(object, S("in_section"));
    value_set_string(section, S("href"), address_section(p->arena, article->section_slug));
    value_set_html(section, S("title"), html_escape_typographic(p->arena, article->language, article->section_title));
}

void view__set_article(struct view__page *p, struct value *object, const struct view_article *article,
                       enum view__article_detail detail) {
    slice href = view__article_address(p, article);
    value_set_string(object, S("href"), href);
    value_set_html(object, S("headline"), html_escape_typographic(p->arena, article->language, article->headline));
    value_set_html(object, S("headline_set"), html_escape_headline(p->arena, article->language, article->headline));
    view__set_lang(p, object, article->language);
    value_set_string(object, S("language"), p->language);
    set_section(p, object, article);
    value_set_html(object, S("standfirst"), html_escape_typographic(p->arena, article->language, article->standfirst));
    value_set_string(object, S("byline"), view__title(p, article->language, article->byline));
    value_set_bool(object, S("is_draft"), article->is_draft);
    value_set_int(object, S("comment_count"), article->comment_count);
    value_set_string(object, S("comment_count_text"), view__number(p, article->comment_count));
    value_set_string(object, S("discussion"), arena_format(p->arena, "%.*s#comments", SLICE_FMT(href)));
    view__set_date(p, object, article->published_at);
    if (article->published_at != 0) {
        value_set_string(object, S("published"), date_day(p->context->dates, p->arena, article->published_at));
    }
    /* A slip mended within the hour is no news. */
    bool corrected = article->published_at != 0 && article->updated_at > article->published_at + (time_ms)3600 * 1000;
    if (corrected) {
        value_set_string(object, S("updated"), date_day(p->context->dates, p->arena, article->updated_at));
        value_set_string(object, S("updated_iso"), date_iso(p->context->dates, p->arena, article->updated_at));
    } else {
        value_set_null(object, S("updated"));
    }
    value_set_bool(object, S("whole"), detail == VIEW__WHOLE);
    if (detail == VIEW__WHOLE) set_body(p, object, article);
}

void view__set_articles(struct view__page *p, slice key, const struct view_article *articles, size_t count, bool lead) {
    struct value *list = value_set_list(p->root, key);
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_list_add_object(list);
        view__set_article(p, item, &articles[i], VIEW__ENTRY);
        value_set_bool(item, S("lead"), lead && i == 0);
    }
}

void view__set_related(struct view__page *p, const struct view_article *articles, size_t count) {
    value_set_bool(p->root, S("has_related"), count > 0);
    struct value *list = value_set_list(p->root, S("related"));
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_list_add_object(list);
        value_set_string(item, S("href"), view__article_address(p, &articles[i]));
        value_set_html(item, S("headline"),
                       html_escape_typographic(p->arena, articles[i].language, articles[i].headline));
        view__set_lang(p, item, articles[i].language);
        bool dated = articles[i].published_at != 0;
        value_set_string(item, S("date"),
                         dated ? date_day(p->context->dates, p->arena, articles[i].published_at) : S(""));
    }
}

/* A rule's Markdown; text that the renderer refuses (it cannot be: it was checked when saved) stands escaped. */
static struct html rule_html(struct arena *arena, slice language, slice source) {
    struct html html;
    const struct markdown_options options = {.language = language};
    if (markdown_comment(arena, source, &options, &html, NULL) != OK) html = html_escape(arena, source);
    return html;
}

const struct view_charter *view_charter_made(struct arena *arena, const struct view_charter *charter) {
    struct view_charter *made = ARENA_NEW(arena, struct view_charter);
    struct view_rule *rules = ARENA_ARRAY(arena, charter->rule_count, struct view_rule);
    *made = *charter;
    made->is_made = true;
    made->introduction_html = rule_html(arena, charter->language, charter->introduction);
    made->rules = rules;
    for (size_t i = 0; i < charter->rule_count; i++) {
        rules[i] = charter->rules[i];
        rules[i].title_html = html_escape_typographic(arena, charter->language, rules[i].title);
        rules[i].text_html = rule_html(arena, charter->language, rules[i].text);
    }
    return made;
}

void view__set_charter(struct view__page *p, const struct view_charter *charter) {
    if (!charter) {
        value_set_null(p->root, S("charter"));
        return;
    }
    if (!charter->is_made) charter = view_charter_made(p->arena, charter);
    struct value *object = value_set_object(p->root, S("charter"));
    view__set_lang(p, object, charter->language);
    value_set_html(object, S("introduction"), charter->introduction_html);
    value_set_int(object, S("version"), charter->version);
    if (charter->created_at != 0) {
        value_set_string(object, S("date"), date_day(p->context->dates, p->arena, charter->created_at));
    }
    struct value *rules = value_set_list(object, S("rules"));
    for (size_t i = 0; i < charter->rule_count; i++) {
        const struct view_rule *rule = &charter->rules[i];
        struct value *item = value_list_add_object(rules);
        value_set_string(item, S("code"), rule->code);
        value_set_html(item, S("title"), rule->title_html);
        value_set_html(item, S("text"), rule->text_html);
        if (rule->legal_ground.n > 0) {
            value_set_html(item, S("legal_ground"),
                           html_escape_typographic(p->arena, charter->language, rule->legal_ground));
        }
    }
}
