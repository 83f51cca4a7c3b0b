/* Gumbo builds a tree that can be larger than the page by far (formatting elements are opened again in every paragraph), takes
   time that grows with the square of the depth, and frees the tree by recursion. So it is given an arena with a ceiling and
   a deadline, from which one long jump leads out, and frees nothing; the tree is walked by its parents, without recursion. */
#include "text/quoted_page.h"

#include "base/utf8.h"
#include "text/charset.h"
#include "text/check.h"
#include "text/date.h"
#include "text/excerpt.h"
#include "text/quoted_json.h"

#include <gumbo.h>
#include <setjmp.h>
#include <string.h>

enum {
    TREE_BYTES = 96 * 1024 * 1024,
    TREE_MS = 1000,
    CALLS_A_LOOK = 64,   /* allocations between two looks at the clock */
    FIELD_CHARS = 200,   /* of a title, a name */
    PARAGRAPH_MIN = 40,  /* characters; shorter ones are captions, dates, calls to subscribe */
    CONTAINER_MIN = 120, /* of all paragraphs of a container, for it to be the text */
    PARAGRAPHS_MAX = 400,
};

/* --- The tree ------------------------------------------------------------------------------------------------------- */

struct growing {
    struct arena *arena;
    int64_t deadline_ns;
    unsigned calls;
    jmp_buf out_of_room;
};

static void *grow(void *ctx, size_t size) {
    struct growing *g = ctx;
    bool late = ++g->calls % CALLS_A_LOOK == 0 && clock_monotonic_ns() > g->deadline_ns;
    void *p = late ? NULL : arena_try_alloc(g->arena, size ? size : 1);
    if (!p) longjmp(g->out_of_room, 1);
    return p;
}

static void shrink(void *ctx, void *p) {
    (void)ctx;
    (void)p;
}

/* NULL: it does not fit. The tree lives in g->arena. */
static const GumboOutput *parse(struct growing *g, slice html) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = grow;
    options.deallocator = shrink;
    options.userdata = g;
    options.max_errors = 0;
    if (setjmp(g->out_of_room)) return NULL;
    return gumbo_parse_with_options(&options, html.p, html.n);
}

static const GumboVector *children_of(const GumboNode *node) {
    if (node->type == GUMBO_NODE_DOCUMENT) return &node->v.document.children;
    if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) return &node->v.element.children;
    return NULL;
}

/* In the order of the document, within root. into: whether what is inside node is visited too. */
static const GumboNode *next_node(const GumboNode *root, const GumboNode *node, bool into) {
    const GumboVector *children = into ? children_of(node) : NULL;
    if (children && children->length) return children->data[0];
    for (; node != root; node = node->parent) {
        const GumboVector *siblings = children_of(node->parent);
        if (node->index_within_parent + 1 < siblings->length) return siblings->data[node->index_within_parent + 1];
    }
    return NULL;
}

static bool is_element(const GumboNode *node, GumboTag tag) {
    return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

static slice attribute(const GumboNode *node, const char *name) {
    if (node->type != GUMBO_NODE_ELEMENT) return S("");
    const GumboAttribute *found = gumbo_get_attribute(&node->v.element.attributes, name);
    return found ? slice_trim(slice_of(found->value)) : S("");
}

/* --- Text ------------------------------------------------------------------------------------------------------------- */

static bool is_silent(const GumboNode *node) {
    if (node->type != GUMBO_NODE_ELEMENT) return node->type == GUMBO_NODE_TEMPLATE;
    switch ((int)node->v.element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_BUTTON: return true;
    default: return false;
    }
}

/* All text within node, white space collapsed, without what is no text. */
static slice text_of(struct arena *arena, const GumboNode *root) {
    struct buf b;
    slice line = S("");
    buf_init(&b, 256 * 1024);
    for (const GumboNode *node = root; node; node = next_node(root, node, !is_silent(node))) {
        if (node->type == GUMBO_NODE_TEXT) buf_add(&b, slice_of(node->v.text.text));
        if (node->type == GUMBO_NODE_WHITESPACE || is_element(node, GUMBO_TAG_BR)) buf_add_char(&b, ' ');
    }
    if (text_check_line(arena, buf_slice(&b), SIZE_MAX, &line) != TEXT_FINE) line = S("");
    buf_fini(&b);
    return line;
}

static slice field(struct arena *arena, slice text) {
    slice line = S("");
    if (!text.n || text_check_line(arena, text, SIZE_MAX, &line) != TEXT_FINE) return S("");
    return text_cut_title(arena, line, FIELD_CHARS);
}

static void take(struct arena *arena, slice *to, slice text) {
    if (!to->n) *to = field(arena, text);
}

/* --- What the head says ------------------------------------------------------------------------------------------------ */

struct reading {
    struct arena *arena;
    struct quoted_page *out;
    slice page_title, description, date;
    slice canonical;
    struct quoted_json json;
};

static void read_meta(struct reading *r, const GumboNode *node) {
    slice key = attribute(node, "property"), content = attribute(node, "content");
    if (!key.n) key = attribute(node, "name");
    if (!key.n) key = attribute(node, "itemprop");
    const struct {
        slice key;
        slice *to;
    } keys[] = {{S_INIT("og:title"), &r->out->title},     {S_INIT("og:site_name"), &r->out->site},
                {S_INIT("og:url"), &r->canonical},        {S_INIT("og:description"), &r->description},
                {S_INIT("description"), &r->description}, {S_INIT("author"), &r->out->author},
                {S_INIT("datePublished"), &r->date},      {S_INIT("article:published_time"), &r->date}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (slice_equal_nocase(key, keys[i].key)) take(r->arena, keys[i].to, content);
    /* article:author is often the address of a profile: only a name is one */
    bool names = slice_equal_nocase(key, S("article:author")) && slice_find(content, S("://")) == SIZE_MAX;
    if (names) take(r->arena, &r->out->author, content);
}

static void read_head_node(struct reading *r, const GumboNode *node) {
    switch ((int)node->v.element.tag) {
    case GUMBO_TAG_HTML: take(r->arena, &r->out->language, attribute(node, "lang")); return;
    case GUMBO_TAG_META: read_meta(r, node); return;
    case GUMBO_TAG_TITLE: take(r->arena, &r->page_title, text_of(r->arena, node)); return;
    case GUMBO_TAG_LINK:
        if (slice_equal_nocase(attribute(node, "rel"), S("canonical")))
            take(r->arena, &r->canonical, attribute(node, "href"));
        return;
    case GUMBO_TAG_TIME:
        if (slice_equal_nocase(attribute(node, "itemprop"), S("datePublished")))
            take(r->arena, &r->date, attribute(node, "datetime"));
        return;
    case GUMBO_TAG_SCRIPT:
        if (slice_equal_nocase(attribute(node, "type"), S("application/ld+json")) && node->v.element.children.length) {
            const GumboNode *text = node->v.element.children.data[0];
            if (text->type == GUMBO_NODE_TEXT) quoted_json_read(r->arena, slice_of(text->v.text.text), &r->json);
        }
        return;
    default: return;
    }
}

/* --- Its text ----------------------------------------------------------------------------------------------------------- */

/* How surely what is inside is the text; the surest that holds enough of it wins. */
enum rank { RANK_BODY, RANK_MAIN, RANK_ARTICLE, RANK_TEXT, RANKS, RANK_NONE };

static enum rank rank_of(const GumboNode *node) {
    if (node->type != GUMBO_NODE_ELEMENT) return RANK_NONE;
    if (slice_equal_nocase(attribute(node, "itemprop"), S("articleBody"))) return RANK_TEXT;
    if (node->v.element.tag == GUMBO_TAG_ARTICLE) return RANK_ARTICLE;
    if (node->v.element.tag == GUMBO_TAG_MAIN || slice_equal_nocase(attribute(node, "role"), S("main")))
        return RANK_MAIN;
    return node->v.element.tag == GUMBO_TAG_BODY ? RANK_BODY : RANK_NONE;
}

static bool is_beside(const GumboNode *node) {
    if (node->type != GUMBO_NODE_ELEMENT) return node->type == GUMBO_NODE_TEMPLATE;
    switch ((int)node->v.element.tag) {
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIGURE: return true;
    default: return is_silent(node);
    }
}

struct gathering {
    struct {
        const GumboNode *root;
        slice texts[PARAGRAPHS_MAX];
        size_t count, chars;
    } of[RANKS];
};

/* A container of its rank: where an earlier one had too little, this one begins anew. */
static void enter(struct gathering *g, enum rank rank, const GumboNode *node) {
    if (g->of[rank].root && g->of[rank].chars >= CONTAINER_MIN) return;
    g->of[rank].root = node;
    g->of[rank].count = g->of[rank].chars = 0;
}

static bool is_within(const GumboNode *node, const GumboNode *root) {
    while (node && node != root) node = node->parent;
    return node == root;
}

static void add_paragraph(struct gathering *g, const GumboNode *node, slice text) {
    size_t chars = utf8_length(text);
    if (chars < PARAGRAPH_MIN) return;
    for (int rank = 0; rank < RANKS; rank++) {
        if (!g->of[rank].root || g->of[rank].count == PARAGRAPHS_MAX || !is_within(node, g->of[rank].root)) continue;
        g->of[rank].texts[g->of[rank].count++] = text;
        g->of[rank].chars += chars;
    }
}

static void read_tree(struct reading *r, const GumboNode *root, struct gathering *g) {
    size_t paragraphs = 0;
    for (const GumboNode *node = root, *next; node; node = next) {
        bool into = true;
        if (node->type == GUMBO_NODE_ELEMENT) read_head_node(r, node);
        if (is_beside(node)) {
            into = false;
        } else if (is_element(node, GUMBO_TAG_P)) {
            into = false;
            if (paragraphs++ < PARAGRAPHS_MAX) add_paragraph(g, node, text_of(r->arena, node));
        } else if (rank_of(node) != RANK_NONE) {
            enter(g, rank_of(node), node);
        }
        next = next_node(root, node, into);
    }
}

/* What Markdown would take for markup is shielded; a paragraph is one line. */
static void add_markdown(struct buf *b, slice text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool at_start = i == 0;
        bool mark = strchr("\\`*_[]<>&~|", c) != NULL;
        bool opens = at_start && strchr("#-+=:", c) != NULL;
        /* "1. " and "1) " would begin a list */
        bool counts = (c == '.' || c == ')') && i > 0 && i < 10 && strspn(text.p, "0123456789") == i;
        if (mark || opens || counts) buf_add_char(b, '\\');
        buf_add_char(b, c);
    }
}

static void write_excerpt(struct reading *r, const slice *texts, size_t count, size_t max_chars) {
    struct buf b;
    size_t left = max_chars;
    buf_init(&b, max_chars * 8 + 64);
    for (size_t i = 0; i < count && left > 0; i++) {
        size_t chars = utf8_length(texts[i]);
        if (chars > left && r->out->paragraphs) break;
        slice text = chars > left ? text_excerpt(r->arena, texts[i], left) : texts[i];
        if (r->out->paragraphs) buf_add(&b, S("\n\n"));
        add_markdown(&b, text);
        r->out->paragraphs++;
        left -= chars > left ? left : chars;
    }
    r->out->markdown = arena_copy(r->arena, buf_slice(&b));
    buf_fini(&b);
}

static void choose_excerpt(struct reading *r, const struct gathering *g, size_t max_chars) {
    for (int rank = RANKS - 1; rank >= 0; rank--) {
        if (g->of[rank].chars < CONTAINER_MIN && (rank > 0 || !g->of[rank].count)) continue;
        write_excerpt(r, g->of[rank].texts, g->of[rank].count, max_chars);
        return;
    }
    slice other = r->json.body.n ? r->json.body : r->description;
    if (other.n) write_excerpt(r, &other, 1, max_chars);
}

/* --- All of it ------------------------------------------------------------------------------------------------------------ */

/* "scheme://host" of an address. */
static slice origin_of(slice url) {
    size_t at = slice_find(url, S("://"));
    if (at == SIZE_MAX) return S("");
    size_t end = at + 3;
    while (end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#') end++;
    return slice_sub(url, 0, end);
}

/* What a page says its address is counts when it is of the same host: another one is not the editor's to quote. */
static void choose_url(struct reading *r, slice url) {
    slice said = S("");
    slice here = origin_of(url);
    if (r->canonical.n && r->canonical.p[0] == '/' && !slice_starts(r->canonical, S("//")))
        r->canonical = arena_format(r->arena, "%.*s%.*s", SLICE_FMT(here), SLICE_FMT(r->canonical));
    bool same =
        r->canonical.n && slice_equal_nocase(slice_after(origin_of(r->canonical), slice_find(r->canonical, S(":"))),
                                             slice_after(here, slice_find(here, S(":"))));
    if (same && text_check_website(r->arena, r->canonical, &said) == TEXT_FINE) r->out->url = said;
}

static void choose_fields(struct reading *r, slice url) {
    struct quoted_page *out = r->out;
    /* JSON-LD is written for machines, OpenGraph for cards, the title for a tab */
    slice title = field(r->arena, r->json.headline), author = field(r->arena, r->json.author);
    if (title.n) out->title = title;
    if (author.n) out->author = author;
    take(r->arena, &out->title, r->page_title);
    take(r->arena, &out->site, r->json.publisher);
    if (!date_parse_iso(r->json.date, &out->date)) (void)date_parse_iso(r->date, &out->date);
    choose_url(r, url);
}

enum status quoted_page_read(struct arena *arena, slice html, slice content_type, slice url, size_t max_chars,
                             struct quoted_page *out, struct error *error) {
    *out = (struct quoted_page){.date = 0};
    bool is_html = !content_type.n || slice_starts_nocase(content_type, S("text/html")) ||
                   slice_starts_nocase(content_type, S("application/xhtml+xml"));
    if (!is_html) return error_set(error, INVALID, "not a page, but %.*s", SLICE_FMT(content_type));
    struct growing g = {.arena = arena_new(TREE_BYTES),
                        .deadline_ns = clock_monotonic_ns() + (int64_t)TREE_MS * 1000000};
    struct reading *r = ARENA_NEW(arena, struct reading);
    struct gathering *gathering = ARENA_NEW(arena, struct gathering);
    *r = (struct reading){.arena = arena, .out = out};
    const GumboOutput *tree = parse(&g, text_to_utf8(arena, html, content_type));
    if (tree) read_tree(r, tree->document, gathering);
    bool fits = tree != NULL;
    arena_free(g.arena);
    if (!fits) return error_set(error, LIMIT, "the page takes too much to read");
    choose_fields(r, url);
    choose_excerpt(r, gathering, max_chars);
    if (arena_is_over(arena)) return error_set(error, LIMIT, "the page takes too much to read");
    if (!out->title.n && !out->paragraphs) return error_set(error, INVALID, "the page has no title and no text");
    return OK;
}
