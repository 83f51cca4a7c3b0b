#include "text/running.h"

#include "base/utf8.h"
#include "text/address.h"
#include "text/link.h"
#include "text/typography_set.h"
#include "text/unicode.h"

void running__open_link(const char *rel, slice href, struct buf *out) {
    buf_add(out, S("<a href=\""));
    buf_add_html(out, href);
    bool leaves = !url_is_local(href);
    if (leaves && rel[0]) {
        buf_add(out, S("\" rel=\""));
        buf_add(out, slice_of(rel));
    }
    buf_add(out, S("\">"));
}

static void add_set(struct running *r, slice text, struct buf *out) {
    if (r->typography == TYPOGRAPHY_NONE) {
        buf_add_html(out, text);
        return;
    }
    buf_clear(&r->scratch);
    typography__set(r->typography, text, &r->state, &r->scratch);
    buf_add_html(out, buf_slice(&r->scratch));
}

/* How many bytes at the front of text are the name, letters' case aside; 0 when they are not, or go on as a word. */
static size_t match_name(slice text, slice name) {
    slice rest = text;
    for (uint32_t wanted, got; utf8_next(&name, &wanted);) {
        if (!utf8_next(&rest, &got) || unicode__fold(got) != unicode__fold(wanted)) return 0;
    }
    size_t n = text.n - rest.n;
    return n > 0 && unicode__is_alnum(unicode__at(text, n)) ? 0 : n;
}

/* The longest name offered that stands at the front of text. */
static size_t find_name(const struct markdown_options *options, slice text, slice *href) {
    size_t best = 0;
    for (size_t i = 0; i < options->mention_count; i++) {
        const struct markdown_mention *m = &options->mentions[i];
        bool hopeless = m->name.n == 0 || text.n == 0 ||
                        unicode__fold(unicode__at(m->name, 0)) != unicode__fold(unicode__at(text, 0));
        size_t n = hopeless ? 0 : match_name(text, m->name);
        if (n > best && (url_is_local(m->href) || url_is_safe(m->href))) {
            best = n;
            *href = m->href;
        }
    }
    return best;
}

/* Text without bare addresses. */
static void add_with_mentions(struct running *r, slice text, struct buf *out) {
    size_t done = 0;
    for (size_t i = 0; r->mentions && r->mentions->mention_count && i < text.n && r->mentions_left; i++) {
        if (text.p[i] != '@' || unicode__is_alnum(unicode__before(text, i))) continue;
        r->mentions_left--;
        slice href;
        size_t width = find_name(r->mentions, slice_after(text, i + 1), &href);
        if (width == 0) continue;
        add_set(r, slice_sub(text, done, i), out);
        running__open_link(r->rel, href, out);
        buf_add_html(out, slice_sub(text, i, i + 1 + width));
        buf_add(out, S("</a>"));
        typography_skip(&r->state);
        done = i + 1 + width;
        i = done - 1;
    }
    add_set(r, slice_after(text, done), out);
}

void running__add(struct running *r, slice text, struct buf *out) {
    struct address address;
    size_t done = 0;
    while (address__find(text, done, &address)) {
        slice before = slice_sub(text, done, address.start), found = slice_sub(text, address.start, address.end);
        if (r->in_link) {
            add_set(r, before, out);
        } else {
            add_with_mentions(r, before, out);
        }
        slice href = r->in_link ? (slice){NULL, 0} : address__href(r->arena, text, &address);
        if (href.n) running__open_link(r->rel, href, out);
        buf_add_html(out, found);
        if (href.n) buf_add(out, S("</a>"));
        typography_skip(&r->state);
        done = address.end;
    }
    if (r->in_link) {
        add_set(r, slice_after(text, done), out);
    } else {
        add_with_mentions(r, slice_after(text, done), out);
    }
}
