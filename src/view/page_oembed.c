#include "view/page_oembed.h"

#include "text/excerpt.h"
#include "view/page_common.h"

enum { QUOTED_CHARS = 400, FRAGMENT_MAX = 64 * 1024 };

static int64_t at_most(int64_t usual, int64_t asked) { return asked > 0 && asked < usual ? asked : usual; }

static void member(struct buf *out, const char *name, slice value) {
    if (value.n == 0) return;
    buf_add_format(out, ",\"%s\":\"", name);
    buf_add_json(out, value);
    buf_add_char(out, '"');
}

/* Any reader of JSON gets markup; none of it is the reader's to run. */
static enum status add_fragment(struct view__page *p, const struct view_oembed *page, slice address, slice quoted,
                                slice author, struct buf *out, struct error *error) {
    struct buf fragment CLEANUP(buf_fini) = {0};
    buf_init(&fragment, FRAGMENT_MAX);
    value_set_string(p->root, S("address"), address);
    value_set_string(p->root, S("quoted"), quoted);
    value_set_string(p->root, S("author"), author);
    value_set_string(p->root, S("site"), p->context->site->name);
    value_set_string(p->root, S("headline"), view__title(p, page->article->language, page->article->headline));
    value_set_string(p->root, S("language"), page->article->language);
    enum status status = view__page_render(p, S("oembed"), &fragment, error);
    if (status == OK) member(out, "html", slice_trim(buf_slice(&fragment)));
    return status;
}

enum status view_oembed(const struct view_context *context, const struct view_oembed *page, struct buf *out,
                        struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    const struct view_article *a = page->article;
    const struct view_comment *c = page->comment;
    slice base = context->site->base_url;
    slice address =
        address_absolute(p.arena, base, c ? address_comment(p.arena, c->number) : view__article_address(&p, a));
    slice quoted = c ? text_excerpt(p.arena, view__plain(p.arena, c->html, 8 * QUOTED_CHARS), QUOTED_CHARS)
                     : view__article_summary(p.arena, a, QUOTED_CHARS);
    buf_add(out, S("{\"version\":\"1.0\",\"type\":\"rich\""));
    member(out, "title", view__title(&p, a->language, a->headline));
    member(out, "author_name", c ? c->name : a->byline);
    member(out, "provider_name", context->site->name);
    member(out, "provider_url", address_absolute(p.arena, base, S(ADDRESS_HOME)));
    buf_add_format(out, ",\"width\":%lld,\"height\":%lld", (long long)at_most(OEMBED_WIDTH, page->max_width),
                   (long long)at_most(OEMBED_HEIGHT, page->max_height));
    enum status status = add_fragment(&p, page, address, quoted, c ? c->name : a->byline, out, error);
    buf_add(out, S("}\n"));
    return status;
}
