#include "view/page_read.h"

#include "view/jsonld.h"
#include "view/page_common.h"

static void set_home_alternates(struct view__page *p) {
    const struct view_site *site = p->context->site;
    struct value *list = value_set_list(p->page, S("alternates"));
    for (size_t i = 0; site->language_count > 1 && i < site->language_count; i++) {
        slice tag = site->languages[i].tag;
        bool own = slice_equal(tag, site->language);
        struct value *item = value_list_add_object(list);
        value_set_string(item, S("hreflang"), tag);
        value_set_string(item, S("href"),
                         address_absolute(p->arena, site->base_url, address_home(p->arena, own ? S("") : tag)));
    }
}

enum status view_home(const struct view_context *context, const struct view_home *page, struct buf *out,
                      struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    const struct view_site *site = context->site;
    bool own = slice_equal(p.language, site->language);
    slice address = address_home(p.arena, own ? S("") : p.language);
    slice tagline = view__title(&p, site->language, site->tagline);
    view__page_describe(&p, tagline);
    view__page_canonical(&p, address);
    view__page_feeds_articles(&p);
    set_home_alternates(&p);
    value_set_html(p.page, S("json_ld"), jsonld_site(context));
    struct value *og = value_set_object(p.page, S("og"));
    value_set_string(og, S("type"), S("website"));
    value_set_string(og, S("title"), site->name);
    value_set_string(og, S("card"), S("summary"));
    value_set_string(p.root, S("tagline"), tagline);
    view__set_articles(&p, S("articles"), page->articles, page->article_count, true);
    if (page->more && page->article_count > 0) {
        time_ms last = page->articles[page->article_count - 1].published_at;
        struct date_fields f = date_fields_of(context->dates, last);
        value_set_string(p.root, S("older"), view__in_language(&p, address_archive(p.arena, f.year, f.month)));
    }
    return view__page_render(&p, S("home"), out, error);
}

enum status view_section(const struct view_context *context, const struct view_section_page *page, struct buf *out,
                         struct error *error) {
    const struct view_section *section = page->section;
    struct view__page p;
    view__page_begin(&p, context);
    view__page_title(&p, view__title(&p, section->language, section->title));
    slice address = address_section(p.arena, section->slug);
    view__page_describe(&p, section->description);
    view__page_canonical(&p, address);
    view__page_feeds_articles(&p);
    view__page_set_section(&p, section->slug);
    struct value *object = value_set_object(p.root, S("section"));
    view__set_lang(&p, object, section->language);
    value_set_html(object, S("title"), html_escape_typographic(p.arena, section->language, section->title));
    value_set_html(object, S("description"), html_escape_typographic(p.arena, section->language, section->description));
    view__set_articles(&p, S("articles"), page->articles, page->article_count, false);
    if (page->is_older) {
        view__page_noindex(&p);
        value_set_string(p.root, S("newest"), address);
    }
    if (page->more && page->article_count > 0) {
        const struct view_article *last = &page->articles[page->article_count - 1];
        value_set_string(p.root, S("older"),
                         address_section_older(p.arena, section->slug, last->published_at, last->id));
    }
    return view__page_render(&p, S("section"), out, error);
}

/* Noon of the fifteenth is in that month, whatever the time zone. */
static slice month_title(struct view__page *p, struct view_month month) {
    slice day = arena_format(p->arena, "%04d-%02d-15T12:00:00Z", month.year, month.month);
    time_ms t = 0;
    if (!date_parse_iso(day, &t)) return day;
    return date_month(p->context->dates, p->arena, t);
}

static slice month_address(struct view__page *p, struct view_month month) {
    return view__in_language(p, address_archive(p->arena, month.year, month.month));
}

static void set_month(struct view__page *p, slice key, struct view_month month) {
    if (month.year == 0) return;
    struct value *object = value_set_object(p->root, key);
    value_set_string(object, S("href"), month_address(p, month));
    value_set_string(object, S("title"), month_title(p, month));
}

enum status view_archive(const struct view_context *context, const struct view_archive *page, struct buf *out,
                         struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    slice month = month_title(&p, page->month);
    view__page_title(&p, month);
    view__page_canonical(&p, month_address(&p, page->month));
    view__page_feeds_articles(&p);
    value_set_string(p.root, S("month"), month);
    set_month(&p, S("older"), page->older);
    set_month(&p, S("newer"), page->newer);
    value_set_bool(p.root, S("has_rest"), page->more || page->is_later);
    if (page->is_later) {
        view__page_noindex(&p);
        value_set_string(p.root, S("first"), month_address(&p, page->month));
    }
    if (page->more && page->article_count > 0) {
        const struct view_article *last = &page->articles[page->article_count - 1];
        bool own = slice_equal(p.language, context->site->language);
        value_set_string(p.root, S("rest"),
                         address_archive_older(p.arena, page->month.year, page->month.month, last->published_at,
                                               last->id, own ? S("") : p.language));
    }
    view__set_articles(&p, S("articles"), page->articles, page->article_count, false);
    return view__page_render(&p, S("archive"), out, error);
}

/* "janvier" of "janvier 2022": the year stands above. */
static slice month_name(struct view__page *p, struct view_month month) {
    slice title = month_title(p, month), year = arena_format(p->arena, " %d", month.year);
    return slice_ends(title, year) ? slice_sub(title, 0, title.n - year.n) : title;
}

enum status view_archive_index(const struct view_context *context, const struct view_archive_index *page,
                               struct buf *out, struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    view__page_title(&p, view__text(&p, T("Archive")));
    view__page_canonical(&p, view__in_language(&p, S(ADDRESS_ARCHIVE)));
    view__page_feeds_articles(&p);
    struct value *years = value_set_list(p.root, S("years")), *months = NULL;
    for (size_t i = 0; i < page->month_count; i++) {
        const struct view_archive_month *month = &page->months[i];
        if (i == 0 || month->month.year != page->months[i - 1].month.year) {
            struct value *year = value_list_add_object(years);
            value_set_int(year, S("year"), month->month.year);
            months = value_set_list(year, S("months"));
        }
        struct value *item = value_list_add_object(months);
        value_set_string(item, S("href"), month_address(&p, month->month));
        value_set_string(item, S("name"), month_name(&p, month->month));
        value_set_int(item, S("count"), month->count);
        value_set_string(item, S("count_text"), view__number(&p, month->count));
    }
    value_set_bool(p.root, S("has_pages"), page->page_count > 0);
    view__set_articles(&p, S("pages"), page->pages, page->page_count, false);
    return view__page_render(&p, S("archive-index"), out, error);
}

enum status view_charter(const struct view_context *context, const struct view_charter *charter, struct buf *out,
                         struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    slice title = view__text(&p, T("The charter of the discussions"));
    view__page_title(&p, title);
    view__page_canonical(&p, S(ADDRESS_CHARTER));
    view__set_charter(&p, charter);
    return view__page_render(&p, S("charter"), out, error);
}
