/* Holds HTML to what src/text promises of it, by means that are not src/text's: Gumbo parses the fragment as a browser
 * would; every element, attribute and scheme must be on the list; and the tree, written out again, must be the very bytes
 * that were parsed (so that nothing in it can become something else in a browser). Aborts, saying why.
 *
 * A header, since the fuzz targets and the unit tests are programs of one file each. */
#ifndef PALABRE_FUZZ_HTML_AUDIT_H
#define PALABRE_FUZZ_HTML_AUDIT_H

#include "base/buf.h"
#include "base/slice.h"

#include <gumbo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum audit_dialect { AUDIT_COMMENT, AUDIT_ARTICLE };

struct audit {
    enum audit_dialect dialect;
    slice html;
    struct buf out;
    size_t depth, deepest;
};

static inline void audit_fail(const struct audit *a, const char *why, const char *what) {
    fprintf(stderr, "unsafe HTML: %s: %s\n%.*s\n", why, what, SLICE_FMT(a->html));
    abort();
}

/* " a b c " holds the word? */
static inline bool audit_lists(const char *list, const char *word) {
    char wanted[64];
    int n = snprintf(wanted, sizeof wanted, " %s ", word);
    return n > 2 && (size_t)n < sizeof wanted && strstr(list, wanted) != NULL;
}

static inline bool audit_starts(const char *value, const char *prefix) {
    return strncasecmp(value, prefix, strlen(prefix)) == 0;
}

/* A plain reading of the rule, on purpose not url_is_safe. */
static inline void audit_address(const struct audit *a, const char *value, bool image) {
    bool web = audit_starts(value, "http://") || audit_starts(value, "https://");
    bool mail = audit_starts(value, "mailto:") && !image;
    bool local = a->dialect == AUDIT_ARTICLE &&
                 ((value[0] == '/' && value[1] != '/' && value[1] != '\\') || (value[0] == '#' && !image));
    if (!web && !mail && !local) {
        audit_fail(a, "an address", value);
    }
    for (const char *p = value; *p; p++) {
        if ((unsigned char)*p <= ' ' || *p == '\\' || *p == '"' || *p == '<' || *p == '>') {
            audit_fail(a, "a character in an address", value);
        }
    }
}

static inline void audit_attribute(const struct audit *a, const char *tag, const char *name, const char *value) {
    static const struct {
        const char *tag, *comment, *article;
    } OWN[] = {{"a", " href rel ", " href rel "},
               {"img", "", " src alt width height loading "},
               {"td", "", " colspan rowspan "},
               {"th", "", " colspan rowspan "},
               {"ol", " start ", " start reversed "},
               {"blockquote", "", " cite "},
               {"q", "", " cite "},
               {"time", "", " datetime "},
               {"del", "", " datetime "},
               {"ins", "", " datetime "}};
    bool allowed = a->dialect == AUDIT_ARTICLE && audit_lists(" title lang dir ", name);
    for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++) {
        bool mine = strcmp(OWN[i].tag, tag) == 0;
        allowed |= mine && audit_lists(a->dialect == AUDIT_COMMENT ? OWN[i].comment : OWN[i].article, name);
    }
    if (!allowed) {
        audit_fail(a, "an attribute", name);
    }
    if (audit_lists(" href src cite ", name)) {
        audit_address(a, value, strcmp(name, "href") != 0);
    }
    if (audit_lists(" width height colspan rowspan start ", name) && value[strspn(value, "-0123456789")]) {
        audit_fail(a, "a number", value);
    }
    if (strcmp(name, "rel") == 0) {
        const char *wanted = a->dialect == AUDIT_COMMENT ? "nofollow ugc noopener" : "noopener";
        if (strcmp(value, wanted) != 0) {
            audit_fail(a, "rel", value);
        }
    }
}

static inline void audit_element(struct audit *a, const GumboElement *e, const char *tag) {
    static const char *const COMMENT = " p br blockquote ul ol li em strong b i a code pre del ";
    static const char *const ARTICLE =
        " p h2 h3 h4 h5 h6 blockquote q figure figcaption img ul ol li dl dt dd table caption thead tbody tr th td "
        "pre code kbd samp var em strong b i u s small mark cite dfn abbr sub sup del ins time a br hr ";
    if (e->tag_namespace != GUMBO_NAMESPACE_HTML || e->tag == GUMBO_TAG_UNKNOWN) {
        audit_fail(a, "an element of another kind", tag);
    }
    if (!audit_lists(a->dialect == AUDIT_COMMENT ? COMMENT : ARTICLE, tag)) {
        audit_fail(a, "an element", tag);
    }
    for (unsigned i = 0; i < e->attributes.length; i++) {
        const GumboAttribute *attribute = e->attributes.data[i];
        audit_attribute(a, tag, attribute->name, attribute->value);
        buf_add_char(&a->out, ' ');
        buf_add(&a->out, slice_of(attribute->name));
        if (strcmp(attribute->name, "reversed") != 0) {
            buf_add(&a->out, S("=\""));
            buf_add_html(&a->out, slice_of(attribute->value));
            buf_add_char(&a->out, '"');
        }
    }
}

static inline void audit_node(struct audit *a, const GumboNode *node);

static inline void audit_children(struct audit *a, const GumboVector *children) {
    for (unsigned i = 0; i < children->length; i++) {
        audit_node(a, children->data[i]);
    }
}

static inline void audit_tag(struct audit *a, const GumboNode *node) {
    const GumboElement *e = &node->v.element;
    const char *tag = gumbo_normalized_tagname(e->tag);
    buf_add_char(&a->out, '<');
    buf_add(&a->out, slice_of(tag));
    audit_element(a, e, tag);
    buf_add_char(&a->out, '>');
    a->depth++;
    a->deepest = a->depth > a->deepest ? a->depth : a->deepest;
    if (a->depth > 100) {
        audit_fail(a, "too deep", tag);
    }
    /* The parser drops the newline right after <pre>. */
    const GumboNode *first = e->children.length ? e->children.data[0] : NULL;
    bool text_first = first && (first->type == GUMBO_NODE_TEXT || first->type == GUMBO_NODE_WHITESPACE);
    if (e->tag == GUMBO_TAG_PRE && text_first && first->v.text.text[0] == '\n') {
        buf_add_char(&a->out, '\n');
    }
    audit_children(a, &e->children);
    a->depth--;
    if (!audit_lists(" br hr img ", tag)) {
        buf_add_format(&a->out, "</%s>", tag);
    }
}

static inline void audit_node(struct audit *a, const GumboNode *node) {
    switch (node->type) {
    case GUMBO_NODE_ELEMENT: audit_tag(a, node); break;
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE: buf_add_html(&a->out, slice_of(node->v.text.text)); break;
    case GUMBO_NODE_COMMENT:
    case GUMBO_NODE_CDATA:
    case GUMBO_NODE_DOCUMENT:
    case GUMBO_NODE_TEMPLATE: audit_fail(a, "a node", node->v.text.text); break;
    }
}

/* Gives how many elements stand inside each other at most. */
static inline size_t audit_html(slice html, enum audit_dialect dialect) {
    struct audit a = {.dialect = dialect, .html = html};
    if (slice_find_char(html, '\0') != SIZE_MAX) {
        audit_fail(&a, "a NUL", "");
    }
    GumboOptions options = kGumboDefaultOptions;
    options.fragment_context = GUMBO_TAG_DIV;
    GumboOutput *tree = gumbo_parse_with_options(&options, html.p ? html.p : "", html.n);
    buf_init(&a.out, html.n * 8 + 1024);
    audit_children(&a, &tree->root->v.element.children);
    if (!slice_equal(buf_slice(&a.out), html)) {
        fprintf(stderr, "read back as: %.*s\n", SLICE_FMT(buf_slice(&a.out)));
        audit_fail(&a, "it is read otherwise than it was written", "");
    }
    buf_fini(&a.out);
    gumbo_destroy_output(&options, tree);
    return a.deepest;
}

#endif
