#include "view/page_common.h"

#include "text/typography.h"

slice view__text(const struct view__page *p, const char *message) { return catalog_get(p->catalog, message); }

slice view__title(const struct view__page *p, slice language, slice text) {
    return typography_line(p->arena, typography_of(language), text);
}

slice view__decimal(struct arena *arena, int64_t n) {
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0) digits[--at] = '-';
    return arena_copy(arena, slice_make(digits + at, sizeof digits - at));
}

slice view__number(const struct view__page *p, int64_t n) {
    if (n < 1000 && n > -1000) return view__decimal(p->arena, n);
    slice group = slice_starts(p->language, S("en")) ? S(",") : S("\xE2\x80\xAF"); /* U+202F elsewhere */
    slice digits = view__decimal(p->arena, n);
    size_t sign = n < 0;
    size_t count = digits.n - sign;
    char *text = arena_alloc(p->arena, digits.n + count / 3 * group.n + 1);
    size_t at = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (i > sign && (digits.n - i) % 3 == 0) {
            memcpy(text + at, group.p, group.n);
            at += group.n;
        }
        text[at++] = digits.p[i];
    }
    return slice_make(text, at);
}

slice view__date_within(const struct view__page *p, time_ms t) {
    slice date = date_long(p->context->dates, p->arena, t);
    if (date.n == 0 || date.p[0] < 'A' || date.p[0] > 'Z' || !slice_starts(p->language, S("fr"))) return date;
    char *copy = arena_alloc(p->arena, date.n + 1);
    memcpy(copy, date.p, date.n);
    copy[0] = (char)(copy[0] - 'A' + 'a'); /* "Le 7 janvier": the article of a sentence's beginning */
    return slice_make(copy, date.n);
}

void view__set_moment(struct view__page *p, struct value *object, slice key, time_ms t) {
    slice iso = arena_format(p->arena, "%.*s_iso", SLICE_FMT(key));
    if (t == 0) {
        value_set_null(object, key);
        value_set_null(object, iso);
        return;
    }
    value_set_string(object, key, view__date_within(p, t));
    value_set_string(object, iso, date_iso(p->context->dates, p->arena, t));
}

void view__set_date(struct view__page *p, struct value *object, time_ms t) {
    if (t == 0) {
        value_set_null(object, S("published"));
        value_set_null(object, S("published_iso"));
        return;
    }
    value_set_string(object, S("published"), date_long(p->context->dates, p->arena, t));
    value_set_string(object, S("published_iso"), date_iso(p->context->dates, p->arena, t));
}

void view__set_lang(const struct view__page *p, struct value *object, slice language) {
    if (language.n > 0 && !slice_equal(language, p->language))
        value_set_string(object, S("lang"), language);
    else
        value_set_null(object, S("lang"));
}

slice view__in_language(const struct view__page *p, slice address) {
    bool own = slice_equal(p->language, p->context->site->language);
    return address_in(p->arena, address, own ? S("") : p->language);
}

slice view__asset(const struct view__page *p, slice name) {
    const struct view_context *context = p->context;
    if (context->asset) return context->asset(context->asset_context, context->arena, name);
    return address_static(context->arena, S(""), name);
}

/* Open Graph wants a territory; the widest-spread one is right often enough. */
static slice locale_of(slice language) {
    if (slice_equal(language, S("fr"))) return S("fr_FR");
    if (slice_equal(language, S("en"))) return S("en_GB");
    return language;
}

void view__page_set_section(struct view__page *p, slice current_slug) {
    const struct view_site *site = p->context->site;
    value_set_bool(p->page, S("has_sections"), site->section_count > 0);
    struct value *list = value_set_list(p->page, S("sections"));
    for (size_t i = 0; i < site->section_count; i++) {
        struct value *item = value_list_add_object(list);
        value_set_string(item, S("href"), address_section(p->arena, site->sections[i].slug));
        value_set_html(item, S("title"),
                       html_escape_typographic(p->arena, site->sections[i].language, site->sections[i].title));
        value_set_bool(item, S("current"), slice_equal(site->sections[i].slug, current_slug));
    }
}

static void set_languages(struct view__page *p) {
    const struct view_site *site = p->context->site;
    struct value *list = value_set_list(p->page, S("languages"));
    for (size_t i = 0; i < site->language_count; i++) {
        if (slice_equal(site->languages[i].tag, p->language)) continue;
        struct value *item = value_list_add_object(list);
        value_set_string(item, S("tag"), site->languages[i].tag);
        value_set_string(item, S("name"), site->languages[i].name);
        value_set_string(item, S("href"), address_home(p->arena, site->languages[i].tag));
    }
}

static void set_viewer(struct view__page *p) {
    const struct view_viewer *viewer = p->context->viewer;
    if (!viewer) {
        value_set_null(p->page, S("viewer"));
        return;
    }
    struct value *object = value_set_object(p->page, S("viewer"));
    value_set_string(object, S("name"), view__title(p, p->language, viewer->display_name));
    value_set_string(object, S("desk"), S(ADDRESS_DESK));
    value_set_string(object, S("sign_out"), S(ADDRESS_SIGN_OUT));
    value_set_string(object, S("csrf"), viewer->csrf);
    value_set_bool(object, S("may_edit"), viewer->may_edit);
    value_set_bool(object, S("may_administer"), viewer->may_administer);
    if (viewer->pending_count > 0)
        value_set_string(object, S("pending"), view__number(p, viewer->pending_count));
    else
        value_set_null(object, S("pending"));
}

void view__page_title(struct view__page *p, slice title) {
    slice name = p->context->site->name;
    slice whole = title.n == 0 ? name : arena_format(p->arena, "%.*s – %.*s", SLICE_FMT(title), SLICE_FMT(name));
    value_set_string(p->page, S("title"), whole);
}

void view__page_begin(struct view__page *p, const struct view_context *context) {
    *p = (struct view__page){.context = context};
    p->catalog = templates_catalog(context->templates);
    p->arena = context->arena;
    p->language = catalog_language(p->catalog);
    p->root = value_object(p->arena);
    p->page = value_set_object(p->root, S("page"));
    const struct view_site *site = context->site;
    bool site_language = slice_equal(p->language, site->language);

    value_set_string(p->page, S("language"), p->language);
    value_set_string(p->page, S("locale"), locale_of(p->language));
    value_set_string(p->page, S("site_name"), site->name);
    view__page_title(p, S(""));
    value_set_string(p->page, S("style"), view__asset(p, S("site.css")));
    value_set_string(p->page, S("script"), view__asset(p, S("site.js")));
    value_set_string(p->page, S("icon"), context->icon.n ? context->icon : view__asset(p, S("icon.svg")));
    value_set_string(p->page, S("home"), address_home(p->arena, site_language ? S("") : p->language));
    value_set_string(p->page, S("charter_address"), S(ADDRESS_CHARTER));
    value_set_string(p->page, S("archive_address"), view__in_language(p, S(ADDRESS_ARCHIVE)));
    value_set_string(p->page, S("search_address"), view__in_language(p, S(ADDRESS_SEARCH)));
    value_set_string(p->page, S("search_language"), site_language ? S("") : p->language);
    value_set_string(p->page, S("sign_in_address"), S(ADDRESS_SIGN_IN));
    value_set_string(p->page, S("feed_address"), address_feed_articles(p->arena, FEED_ATOM));
    view__page_set_section(p, S(""));
    set_languages(p);
    set_viewer(p);
}

void view__page_describe(struct view__page *p, slice description) {
    value_set_string(p->page, S("description"), description);
}

void view__page_canonical(struct view__page *p, slice address) {
    value_set_string(p->page, S("canonical"), address_absolute(p->arena, p->context->site->base_url, address));
}

void view__page_noindex(struct view__page *p) { value_set_bool(p->page, S("noindex"), true); }

static const slice feed_labels[FEED_FORMATS] = {
    [FEED_ATOM] = S_INIT("Atom"), [FEED_RSS] = S_INIT("RSS"), [FEED_JSON] = S_INIT("JSON")};

static void add_feed(struct view__page *p, struct value *list, enum feed_format format, slice title, slice href) {
    struct value *item = value_list_add_object(list);
    slice type = feed_format_content_type(format);
    value_set_string(item, S("type"), slice_sub(type, 0, slice_find_char(type, ';')));
    value_set_string(item, S("title"),
                     arena_format(p->arena, "%.*s (%.*s)", SLICE_FMT(title), SLICE_FMT(feed_labels[format])));
    value_set_string(item, S("label"), feed_labels[format]);
    value_set_string(item, S("href"), href);
}

void view__page_feeds_articles(struct view__page *p) {
    struct value *list = value_set_list(p->page, S("feeds"));
    for (int i = 0; i < FEED_FORMATS; i++) {
        add_feed(p, list, (enum feed_format)i, p->context->site->name,
                 address_feed_articles(p->arena, (enum feed_format)i));
    }
}

void view__page_feeds_comments(struct view__page *p, const struct view_article *article, struct value *labels) {
    slice title = catalog_format(
        p->arena, view__text(p, T("Comments on “{title}”")),
        (struct catalog_argument[]){{S("title"), view__title(p, article->language, article->headline)}}, 1);
    struct value *list = value_set_list(p->page, S("feeds"));
    struct value *shown = labels ? value_set_list(labels, S("feeds")) : NULL;
    for (int i = 0; i < FEED_FORMATS; i++) {
        slice href = address_feed_comments(p->arena, article->id, article->slug, (enum feed_format)i);
        add_feed(p, list, (enum feed_format)i, title, href);
        if (shown) add_feed(p, shown, (enum feed_format)i, title, href);
    }
}

enum status view__page_render(struct view__page *p, slice template_name, struct buf *out, struct error *error) {
    return templates_render(p->context->templates, template_name, p->root, out, error);
}

/* Our own HTML writes src="/…" and href="/…" (never src="//…"): readers of feeds need the host before it. */
struct html view__absolute_html(struct view__page *p, struct html html) {
    slice base = p->context->site->base_url;
    slice in = html.s;
    if (base.n == 0 || slice_find(in, S("=\"/")) == SIZE_MAX) return html;
    struct buf b CLEANUP(buf_fini) = {0};
    buf_init(&b, 16 * 1024 * 1024);
    for (;;) {
        size_t at = slice_find(in, S("=\"/"));
        if (at == SIZE_MAX) break;
        slice before = slice_sub(in, 0, at);
        buf_add(&b, slice_sub(in, 0, at + 2));
        if (slice_ends(before, S(" src")) || slice_ends(before, S(" href"))) buf_add(&b, base);
        in = slice_after(in, at + 2);
    }
    buf_add(&b, in);
    return b.status == OK ? html_from_stored(arena_copy(p->arena, buf_slice(&b))) : html;
}
