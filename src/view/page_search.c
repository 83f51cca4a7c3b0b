#include "view/page_search.h"

#include "base/utf8.h"
#include "view/page_common.h"
#include "view/xml.h"

static const slice KINDS[] = {[VIEW_SEARCH_ARTICLES] = S_INIT("articles"), [VIEW_SEARCH_MESSAGES] = S_INIT("messages")};

/* The address of a page of the same results; the parts that are empty are left out. */
static slice address(struct view__page *p, const struct view_search *page, enum view_search_kind kind, bool newest,
                     slice after) {
    bool own = slice_equal(p->language, p->context->site->language);
    struct address_search_page at = {
        .text = page->text, .in = KINDS[kind], .newest = newest, .after = after, .language = own ? S("") : p->language};
    return address_search(p->arena, &at);
}

static void set_tabs(struct view__page *p, const struct view_search *page) {
    struct value *list = value_set_list(p->root, S("tabs"));
    for (int i = 0; i < VIEW_SEARCH_KINDS; i++) {
        const struct view_search_total *total = &page->totals[i];
        struct value *tab = value_list_add_object(list);
        value_set_bool(tab, S("is_messages"), i == VIEW_SEARCH_MESSAGES);
        value_set_bool(tab, S("current"), i == (int)page->kind);
        value_set_bool(tab, S("estimated"), total->estimated);
        slice number = view__number(p, total->count);
        if (total->unsure) number = total->count ? arena_format(p->arena, "%.*s+", SLICE_FMT(number)) : S("…");
        value_set_string(tab, S("total_text"), number);
        value_set_string(tab, S("href"), address(p, page, (enum view_search_kind)i, page->newest, S("")));
    }
}

static void set_hit(struct view__page *p, struct value *item, const struct view_search_hit *hit) {
    const struct view_article *a = hit->article;
    bool message = hit->number != 0;
    value_set_bool(item, S("is_message"), message);
    view__set_lang(p, item, message && hit->language.n ? hit->language : a->language);
    value_set_html(item, S("snippet"), hit->snippet);
    value_set_string(item, S("date"), date_day(p->context->dates, p->arena, hit->published_at));
    value_set_string(item, S("date_iso"), date_iso(p->context->dates, p->arena, hit->published_at));
    struct html headline = html_escape_headline(p->arena, a->language, a->headline);
    if (!message) {
        value_set_string(item, S("href"), view__article_address(p, a));
        value_set_html(item, S("headline"), hit->headline);
        value_set_string(item, S("byline"), view__title(p, a->language, a->byline));
        return;
    }
    value_set_null(item, S("byline"));
    value_set_string(item, S("href"), address_comment(p->arena, hit->number));
    value_set_int(item, S("number"), hit->number);
    value_set_string(item, S("name"), hit->name);
    value_set_html(item, S("headline"), hit->title.n ? hit->headline : headline);
    struct value *of = hit->title.n ? value_set_object(item, S("under")) : NULL;
    if (!of) {
        value_set_null(item, S("under"));
        return;
    }
    value_set_string(of, S("href"), address_article(p->arena, a->id, a->slug));
    value_set_html(of, S("headline"), headline);
}

static void set_results(struct view__page *p, const struct view_search *page) {
    bool message = page->kind == VIEW_SEARCH_MESSAGES;
    set_tabs(p, page);
    struct value *list = value_set_list(p->root, S("hits"));
    for (size_t i = 0; i < page->hit_count; i++) set_hit(p, value_list_add_object(list), &page->hits[i]);
    value_set_bool(p->root, S("of_messages"), message);
    if (page->can_order) {
        struct value *order = value_set_object(p->root, S("order"));
        value_set_bool(order, S("newest"), page->newest);
        value_set_string(order, S("best_href"), address(p, page, page->kind, false, S("")));
        value_set_string(order, S("newest_href"), address(p, page, page->kind, true, S("")));
    }
    value_set_bool(p->root, S("is_later"), page->is_later);
    value_set_string(p->root, S("walked"), page->walked ? view__number(p, page->walked) : S(""));
    value_set_bool(p->root, S("has_pages"), page->next.n || page->is_later);
    if (page->next.n) value_set_string(p->root, S("next"), address(p, page, page->kind, page->newest, page->next));
    if (page->is_later) value_set_string(p->root, S("first"), address(p, page, page->kind, page->newest, S("")));
    int other = message ? VIEW_SEARCH_ARTICLES : VIEW_SEARCH_MESSAGES;
    if (page->hit_count == 0 && page->totals[other].count > 0)
        value_set_string(p->root, S("elsewhere"), address(p, page, (enum view_search_kind)other, page->newest, S("")));
}

enum status view_search(const struct view_context *context, const struct view_search *page, struct buf *out,
                        struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    slice title = view__text(&p, T("Searching"));
    if (page->text.n)
        title = catalog_format(p.arena, view__text(&p, T("Searching: {text}")),
                               (struct catalog_argument[]){{S("text"), page->text}}, 1);
    view__page_title(&p, title);
    view__page_noindex(&p);
    value_set_string(p.root, S("text"), page->text);
    value_set_string(p.root, S("search_style"), view__asset(&p, S("search.css")));
    value_set_string(p.root, S("in"), page->state == VIEW_SEARCH_RESULTS ? KINDS[page->kind] : S(""));
    value_set_bool(p.root, S("shortened"), page->shortened);
    value_set_bool(p.root, S("is_nothing"), page->state == VIEW_SEARCH_NOTHING);
    value_set_bool(p.root, S("is_excluding"), page->state == VIEW_SEARCH_EXCLUDES);
    value_set_bool(p.root, S("is_results"), page->state == VIEW_SEARCH_RESULTS);
    value_set_bool(p.root, S("is_empty"), page->state == VIEW_SEARCH_EMPTY);
    if (page->percent < 100) value_set_string(p.root, S("percent"), view__number(&p, page->percent));
    if (page->state == VIEW_SEARCH_RESULTS) set_results(&p, page);
    return view__page_render(&p, S("search"), out, error);
}

void opensearch_write(const struct view_context *context, struct buf *out) {
    struct view__page p;
    view__page_begin(&p, context);
    const struct view_site *site = context->site;
    /* ShortName has at most 16 characters, Description 1024 */
    slice name = utf8_prefix(site->name, 16);
    buf_add(out, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"));
    xml_add_element(out, S("ShortName"), name);
    xml_add_element(out, S("LongName"), utf8_prefix(site->name, 48));
    xml_add_element(out, S("Description"),
                    catalog_format(p.arena, view__text(&p, T("Search {site}")),
                                   (struct catalog_argument[]){{S("site"), utf8_prefix(site->name, 200)}}, 1));
    xml_add_element(out, S("InputEncoding"), S("UTF-8"));
    xml_add_element(out, S("Language"), p.language);
    buf_add(out, S("<Image type=\"image/svg+xml\">"));
    xml_add_text(out, address_absolute(p.arena, site->base_url, view__asset(&p, S("icon.svg"))));
    buf_add(out, S("</Image>\n<Url type=\"text/html\""));
    xml_add_attribute(out, S("template"),
                      address_absolute(p.arena, site->base_url, S(ADDRESS_SEARCH "?q={searchTerms}")));
    buf_add(out, S("/>\n<Url type=\"application/opensearchdescription+xml\" rel=\"self\""));
    xml_add_attribute(out, S("template"), address_absolute(p.arena, site->base_url, S(ADDRESS_OPENSEARCH)));
    buf_add(out, S("/>\n</OpenSearchDescription>\n"));
}
