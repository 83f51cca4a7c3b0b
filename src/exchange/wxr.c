#include "exchange/wxr.h"

#include "base/buf.h"
#include "base/memory.h"
#include "exchange/table.h"
#include "exchange/wxr_shortcut.h"
#include "exchange/xml_input.h"

#include <libxml/xmlreader.h>

#include <string.h>

enum { DEPTH_MAX = 8, FIELD_MAX = 10 * 1000 * 1000 /* libxml2's XML_MAX_TEXT_LENGTH */ };

enum name_space { NS_NONE, NS_WP, NS_EXCERPT, NS_CONTENT, NS_DC, NS_OTHER };

/* What the element at some depth is to us; its fields are the elements right below it. */
enum context {
    CONTEXT_NONE,
    CONTEXT_RSS,
    CONTEXT_CHANNEL,
    CONTEXT_AUTHOR,
    CONTEXT_CATEGORY,
    CONTEXT_ITEM,
    CONTEXT_TERM,
    CONTEXT_META,
    CONTEXT_COMMENT,
};

struct author {
    slice login, name;
};
struct category {
    slice nicename, description;
};
struct meta {
    slice key, value; /* the value only of a key we want */
};

struct field {
    enum context context;
    enum name_space name_space;
    slice name;
    size_t offset; /* of a slice in the context's struct */
};
#define ITEM(ns, name, member)                                                                                         \
    { CONTEXT_ITEM, ns, S_INIT(name), offsetof(struct wxr_item, member) }
#define COMMENT(name, member) {CONTEXT_COMMENT, NS_WP, S_INIT(name), offsetof(struct wxr_comment, member)},
#define CHANNEL(ns, name, member)                                                                                      \
    { CONTEXT_CHANNEL, ns, S_INIT(name), offsetof(struct wxr_channel, member) }
static const struct field FIELDS[] = {
    WXR_COMMENT_FIELDS(COMMENT){CONTEXT_META, NS_WP, S_INIT("meta_key"), offsetof(struct meta, key)},
    {CONTEXT_META, NS_WP, S_INIT("meta_value"), offsetof(struct meta, value)},
    ITEM(NS_NONE, "title", title),
    ITEM(NS_NONE, "link", link),
    ITEM(NS_NONE, "guid", guid),
    ITEM(NS_NONE, "pubDate", pub_date),
    ITEM(NS_DC, "creator", creator),
    ITEM(NS_CONTENT, "encoded", content),
    ITEM(NS_EXCERPT, "encoded", excerpt),
    ITEM(NS_WP, "post_id", post_id),
    ITEM(NS_WP, "post_date", post_date),
    ITEM(NS_WP, "post_date_gmt", post_date_gmt),
    ITEM(NS_WP, "post_modified", post_modified),
    ITEM(NS_WP, "post_modified_gmt", post_modified_gmt),
    ITEM(NS_WP, "post_name", post_name),
    ITEM(NS_WP, "post_parent", post_parent),
    ITEM(NS_WP, "post_type", post_type),
    ITEM(NS_WP, "post_password", post_password),
    ITEM(NS_WP, "status", status),
    ITEM(NS_WP, "comment_status", comment_status),
    ITEM(NS_WP, "is_sticky", is_sticky),
    ITEM(NS_WP, "menu_order", menu_order),
    ITEM(NS_WP, "attachment_url", attachment_url),
    CHANNEL(NS_NONE, "title", title),
    CHANNEL(NS_NONE, "link", link),
    CHANNEL(NS_NONE, "language", language),
    CHANNEL(NS_WP, "wxr_version", version),
    CHANNEL(NS_WP, "base_blog_url", base_blog_url),
    {CONTEXT_AUTHOR, NS_WP, S_INIT("author_login"), offsetof(struct author, login)},
    {CONTEXT_AUTHOR, NS_WP, S_INIT("author_display_name"), offsetof(struct author, name)},
    {CONTEXT_CATEGORY, NS_WP, S_INIT("category_nicename"), offsetof(struct category, nicename)},
    {CONTEXT_CATEGORY, NS_WP, S_INIT("category_description"), offsetof(struct category, description)},
};

/* Elements that hold fields. */
static const struct {
    enum context above;
    enum name_space name_space;
    slice name;
    enum context context;
} HOLDERS[] = {
    {CONTEXT_ITEM, NS_WP, S_INIT("comment"), CONTEXT_COMMENT},
    {CONTEXT_ITEM, NS_WP, S_INIT("postmeta"), CONTEXT_META},
    {CONTEXT_ITEM, NS_NONE, S_INIT("category"), CONTEXT_TERM},
    {CONTEXT_CHANNEL, NS_NONE, S_INIT("item"), CONTEXT_ITEM},
    {CONTEXT_CHANNEL, NS_WP, S_INIT("author"), CONTEXT_AUTHOR},
    {CONTEXT_CHANNEL, NS_WP, S_INIT("category"), CONTEXT_CATEGORY},
    {CONTEXT_RSS, NS_NONE, S_INIT("channel"), CONTEXT_CHANNEL},
};

struct wxr_reader {
    struct xml_input input;
    struct wxr_shortcut *shortcut;
    xmlTextReaderPtr xml;
    struct xml_fault fault; /* the first fatal one */
    enum status broken;     /* what wxr_next said last, when that was an error or the end */
    bool root_ended;

    enum context contexts[DEPTH_MAX];
    slice *target; /* where the text that is being read belongs; NULL: nowhere */
    int target_depth;
    struct buf text;

    /* the channel */
    struct arena *own;
    struct wxr_channel channel;
    struct table authors, categories; /* name → index in texts */
    slice *texts;
    size_t text_count, text_capacity;
    struct author author;
    struct category category;

    /* the item that is being read; its arena is the caller's */
    struct arena *arena;
    size_t item_bytes;
    struct wxr_item item;
    struct wxr_comment comment;
    struct meta meta;
    struct wxr_term term;
    struct wxr_comment *comments; /* kept from item to item */
    size_t comment_capacity;
    struct wxr_term *terms;
    size_t term_capacity;
};

static slice name_of(const xmlNode *node) { return slice_of((const char *)node->name); }

static enum name_space name_space_of(const xmlNs *ns) {
    if (!ns || !ns->href) return NS_NONE;
    slice href = slice_of((const char *)ns->href);
    slice path = href;
    (void)slice_cut(&path, ':'); /* http and https are both in use */
    if (slice_starts(path, S("//wordpress.org/export/1.")))
        return slice_ends(path, S("/excerpt/")) ? NS_EXCERPT : NS_WP;
    if (slice_equal(href, S("http://purl.org/rss/1.0/modules/content/"))) return NS_CONTENT;
    if (slice_equal(href, S("http://purl.org/dc/elements/1.1/"))) return NS_DC;
    return NS_OTHER;
}

/* The line where the current node stands. A node's own number ends at 65535 in libxml2; from there on the parser's
   place has to do, which is at most half a kilobyte further. */
static int64_t line_of(const struct wxr_reader *r, const xmlNode *node) {
    return node->line < UINT16_MAX ? node->line : xmlTextReaderGetParserLineNumber(r->xml);
}

/* Borrowed until the next read; empty when there is none. */
static slice attribute(const xmlNode *node, slice name) {
    for (const xmlAttr *a = node->properties; a; a = a->next) {
        if (a->ns || !slice_equal(slice_of((const char *)a->name), name)) continue;
        const xmlNode *text = a->children;
        bool plain = text && !text->next && text->type == XML_TEXT_NODE;
        return plain ? slice_of((const char *)text->content) : (slice){0};
    }
    return (slice){0};
}

static void *struct_of(struct wxr_reader *r, enum context context) {
    switch (context) {
    case CONTEXT_CHANNEL: return &r->channel;
    case CONTEXT_AUTHOR: return &r->author;
    case CONTEXT_CATEGORY: return &r->category;
    case CONTEXT_ITEM: return &r->item;
    case CONTEXT_META: return &r->meta;
    case CONTEXT_COMMENT: return &r->comment;
    case CONTEXT_TERM: return &r->term;
    case CONTEXT_NONE:
    case CONTEXT_RSS: break;
    }
    return NULL;
}

static bool in_item(enum context context) {
    return context == CONTEXT_ITEM || context == CONTEXT_META || context == CONTEXT_COMMENT || context == CONTEXT_TERM;
}

static slice *field_of(struct wxr_reader *r, enum context context, enum name_space ns, slice name) {
    for (size_t i = 0; i < ARRAY_COUNT(FIELDS); i++) {
        const struct field *f = &FIELDS[i];
        if (f->context == context && f->name_space == ns && slice_equal(f->name, name))
            return (slice *)(void *)((char *)struct_of(r, context) + f->offset);
    }
    return NULL;
}

static enum context holder_of(enum context above, enum name_space ns, slice name) {
    for (size_t i = 0; i < ARRAY_COUNT(HOLDERS); i++)
        if (HOLDERS[i].above == above && HOLDERS[i].name_space == ns && slice_equal(HOLDERS[i].name, name))
            return HOLDERS[i].context;
    return CONTEXT_NONE;
}

/* A copy of what has to outlive the node: in the item's arena, or in our own for the channel. */
static enum status keep(struct wxr_reader *r, enum context context, slice text, slice *out, struct error *error) {
    bool item = in_item(context);
    size_t used = item ? r->item_bytes : arena_used(r->own);
    size_t max = item ? WXR_ITEM_MAX : WXR_CHANNEL_MAX;
    if (text.n > max - used)
        return error_set(error, LIMIT, "line %d: %s of more than %zu MB", xmlTextReaderGetParserLineNumber(r->xml),
                         item ? "an item" : "a list of authors and categories", max / 1024 / 1024);
    if (item) r->item_bytes += text.n;
    *out = text.n ? arena_copy(item ? r->arena : r->own, text) : (slice){0};
    return OK;
}

static void begin_holder(struct wxr_reader *r, enum context context, const xmlNode *node) {
    int64_t line = line_of(r, node);
    if (context == CONTEXT_ITEM) {
        r->item = (struct wxr_item){.line = line};
        r->item_bytes = 0;
    }
    if (context == CONTEXT_COMMENT) r->comment = (struct wxr_comment){.line = line};
    if (context == CONTEXT_META) r->meta = (struct meta){0};
    if (context == CONTEXT_TERM) r->term = (struct wxr_term){0};
    if (context == CONTEXT_AUTHOR) r->author = (struct author){0};
    if (context == CONTEXT_CATEGORY) r->category = (struct category){0};
}

/* The text of the element at this depth, and of all that it holds, is wanted. */
static void begin_text(struct wxr_reader *r, slice *target, int depth) {
    r->target = target;
    r->target_depth = depth;
    buf_clear(&r->text);
}

/* Room for one more element of size bytes in a heap array. */
static void *grown(void *items, size_t *capacity, size_t count, size_t size) {
    if (count < *capacity) return items;
    *capacity = *capacity ? *capacity * 2 : 16;
    return memory_realloc_array(items, *capacity, size);
}

static void remember(struct wxr_reader *r, struct table *table, slice key, slice text) {
    bool made = false;
    int64_t *index = table_put(table, r->own, key, &made);
    if (!made) return; /* the first one counts */
    *index = (int64_t)r->text_count;
    r->texts = grown(r->texts, &r->text_capacity, r->text_count, sizeof *r->texts);
    r->texts[r->text_count++] = text;
}

static enum status add_comment(struct wxr_reader *r, struct error *error) {
    struct wxr_item *item = &r->item;
    if (item->comment_count == WXR_COMMENTS_MAX)
        return error_set(error, LIMIT, "line %jd: more than %d comments in one item", (intmax_t)r->comment.line,
                         WXR_COMMENTS_MAX);
    r->comments = grown(r->comments, &r->comment_capacity, item->comment_count, sizeof *r->comments);
    r->comments[item->comment_count++] = r->comment;
    return OK;
}

/* What the shortcut has kept aside of the comments that stood here. */
static enum status add_run(struct wxr_reader *r, const struct wxr_run *run, struct error *error) {
    enum status status = OK;
    for (size_t i = 0; i < run->count && status == OK; i++) {
        if (i > 0) status = add_comment(r, error); /* the last one is added when its element ends */
        r->comment = run->comments[i];
        for (size_t k = 0; k < ARRAY_COUNT(FIELDS) && status == OK; k++) {
            if (FIELDS[k].context != CONTEXT_COMMENT) continue;
            slice *text = (slice *)(void *)((char *)&r->comment + FIELDS[k].offset);
            status = keep(r, CONTEXT_COMMENT, *text, text, error);
        }
    }
    return status;
}

static enum status begin_comment(struct wxr_reader *r, const xmlNode *node, struct error *error) {
    if (!node->properties) return OK;
    struct wxr_run *run = wxr_shortcut_take(r->shortcut, attribute(node, WXR_SHORTCUT_ATTRIBUTE));
    enum status status = run ? add_run(r, run, error) : OK;
    wxr_run_free(run);
    return status;
}

static enum status end_holder(struct wxr_reader *r, enum context context, struct error *error) {
    struct wxr_item *item = &r->item;
    if (context == CONTEXT_COMMENT) {
        return add_comment(r, error);
    } else if (context == CONTEXT_TERM) {
        r->terms = grown(r->terms, &r->term_capacity, item->term_count, sizeof *r->terms);
        r->terms[item->term_count++] = r->term;
    } else if (context == CONTEXT_META) {
        item->has_thumbnail |= slice_equal(r->meta.key, S("_thumbnail_id"));
        if (r->meta.value.n) item->image_alt = r->meta.value;
        item->meta_count += r->meta.key.n && r->meta.key.p[0] != '_';
    } else if (context == CONTEXT_AUTHOR) {
        remember(r, &r->authors, r->author.login, r->author.name);
    } else if (context == CONTEXT_CATEGORY) {
        remember(r, &r->categories, r->category.nicename, r->category.description);
    }
    return OK;
}

/* Ends the element at this depth. *item: an item is whole. */
static enum status end_element(struct wxr_reader *r, int depth, bool *item, struct error *error) {
    if (depth == 0) r->root_ended = true;
    if (depth >= DEPTH_MAX) return OK;
    enum context context = r->contexts[depth];
    if (r->target && depth == r->target_depth) {
        slice *target = r->target;
        r->target = NULL;
        if (r->text.status)
            return error_set(error, LIMIT, "line %d: a text of more than 10 MB",
                             xmlTextReaderGetParserLineNumber(r->xml));
        enum context holder = context == CONTEXT_TERM ? context : r->contexts[depth - 1];
        enum status status = keep(r, holder, buf_slice(&r->text), target, error);
        if (status) return status;
    }
    *item = context == CONTEXT_ITEM;
    return end_holder(r, context, error);
}

static enum status begin_element(struct wxr_reader *r, const xmlNode *node, int depth, struct error *error) {
    if (depth == 0 || depth >= DEPTH_MAX) return OK;
    enum context above = r->contexts[depth - 1];
    r->contexts[depth] = CONTEXT_NONE;
    if (above == CONTEXT_NONE) return OK;
    enum name_space ns = name_space_of(node->ns);
    slice name = name_of(node);
    enum context context = holder_of(above, ns, name);
    r->contexts[depth] = context;
    if (context != CONTEXT_NONE) begin_holder(r, context, node);
    if (context == CONTEXT_COMMENT) return begin_comment(r, node, error);
    if (context == CONTEXT_TERM) { /* a holder by its attributes, a field by its text */
        begin_text(r, &r->term.name, depth);
        enum status status = keep(r, context, attribute(node, S("domain")), &r->term.domain, error);
        return status ? status : keep(r, context, attribute(node, S("nicename")), &r->term.nicename, error);
    }
    slice *target = context == CONTEXT_NONE ? field_of(r, above, ns, name) : NULL;
    bool unwanted = target == &r->meta.value && !slice_equal(r->meta.key, S("_wp_attachment_image_alt"));
    if (target && !unwanted) begin_text(r, target, depth);
    return OK;
}

/* The root is <rss>, and says that it is WordPress's. */
static enum status begin_root(struct wxr_reader *r, const xmlNode *node, struct error *error) {
    slice name = name_of(node);
    if (node->ns || !slice_equal(name, S("rss")))
        return error_set(error, INVALID, "line %jd: not a WordPress export: the document is <%.*s>, not <rss>",
                         (intmax_t)line_of(r, node), SLICE_FMT(slice_sub(name, 0, 80)));
    bool wordpress = false;
    for (const xmlNs *ns = node->nsDef; ns; ns = ns->next) wordpress |= name_space_of(ns) == NS_WP;
    if (!wordpress)
        return error_set(error, INVALID,
                         "line %jd: an RSS feed, but not a WordPress export: it does not declare the namespace "
                         "http://wordpress.org/export/1.2/ (make one with Tools > Export in WordPress)",
                         (intmax_t)line_of(r, node));
    r->contexts[0] = CONTEXT_RSS;
    return OK;
}

/* One step of the parser: OK, NOT_FOUND at the end of the document, or what is wrong with it. */
static enum status step(struct wxr_reader *r, struct error *error) {
    int got = xmlTextReaderRead(r->xml);
    if (r->input.status) return error_set(error, r->input.status, "%s", r->input.detail);
    if (got == 1 && !r->fault.is_set) return OK;
    if (got == 0 && !r->fault.is_set && r->root_ended) return NOT_FOUND;
    return xml_fault_say(&r->fault, xmlTextReaderGetParserLineNumber(r->xml), error);
}

static enum status handle(struct wxr_reader *r, bool *item, struct error *error) {
    const xmlNode *node = xmlTextReaderCurrentNode(r->xml);
    int depth = xmlTextReaderDepth(r->xml);
    enum status status;
    switch (xmlTextReaderNodeType(r->xml)) {
    case XML_READER_TYPE_ELEMENT:
        status = depth == 0 ? begin_root(r, node, error) : begin_element(r, node, depth, error);
        if (status) return status;
        return xmlTextReaderIsEmptyElement(r->xml) ? end_element(r, depth, item, error) : OK;
    case XML_READER_TYPE_END_ELEMENT: return end_element(r, depth, item, error);
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if (r->target) buf_add(&r->text, slice_of((const char *)node->content));
        return OK;
    case XML_READER_TYPE_DOCUMENT_TYPE:
        return error_set(error, INVALID, "line %d: a document type declaration, which no WordPress export has",
                         xmlTextReaderGetParserLineNumber(r->xml));
    default: return OK; /* comments, processing instructions */
    }
}

static enum status open_input(struct wxr_reader *r, struct wxr_reader **out, struct error *error) {
    r->own = arena_new(2 * (size_t)WXR_CHANNEL_MAX);
    buf_init(&r->text, FIELD_MAX);
    r->shortcut = wxr_shortcut_new(&r->input);
    xml_fault_listen(&r->fault);
    enum status status = xml_input_reader(&r->input, &r->fault, &r->xml, error);
    bool item = false;
    while (status == OK && r->contexts[0] != CONTEXT_RSS) {
        status = step(r, error);
        if (status == OK) status = handle(r, &item, error);
    }
    xml_fault_listen(NULL);
    if (status) {
        wxr_close(r);
        return status;
    }
    *out = r;
    return OK;
}

enum status wxr_open_file(const char *path, struct wxr_reader **out, struct error *error) {
    struct wxr_reader *r = NEW(struct wxr_reader);
    enum status status = xml_input_open(&r->input, path, error);
    if (status) {
        wxr_close(r);
        return status;
    }
    return open_input(r, out, error);
}

enum status wxr_open_memory(slice bytes, struct wxr_reader **out, struct error *error) {
    struct wxr_reader *r = NEW(struct wxr_reader);
    xml_input_init_memory(&r->input, bytes);
    return open_input(r, out, error);
}

void wxr_close(struct wxr_reader *r) {
    if (!r) return;
    if (r->xml) xmlFreeTextReader(r->xml);
    wxr_shortcut_free(r->shortcut);
    xml_input_fini(&r->input);
    buf_fini(&r->text);
    table_fini(&r->authors);
    table_fini(&r->categories);
    memory_free(r->texts);
    memory_free(r->comments);
    memory_free(r->terms);
    arena_free(r->own);
    memory_free(r);
}

void wxr_close_p(struct wxr_reader **reader) { wxr_close(*reader); }

static void give(struct wxr_reader *r, struct wxr_item *out) {
    *out = r->item;
    out->creator_name = wxr_author_name(r, slice_trim(out->creator));
    out->comments = ARENA_ARRAY(r->arena, out->comment_count, struct wxr_comment);
    if (out->comment_count) memcpy(out->comments, r->comments, out->comment_count * sizeof *out->comments);
    out->terms = ARENA_ARRAY(r->arena, out->term_count, struct wxr_term);
    if (out->term_count) memcpy(out->terms, r->terms, out->term_count * sizeof *out->terms);
    for (size_t i = 0; i < out->term_count; i++)
        out->terms[i].description = wxr_category_description(r, out->terms[i].nicename);
}

enum status wxr_next(struct wxr_reader *r, struct arena *arena, struct wxr_item *out, struct error *error) {
    if (r->broken == NOT_FOUND) return NOT_FOUND;
    if (r->broken) return error_set(error, r->broken, "the export could not be read before");
    r->arena = arena;
    bool item = false;
    enum status status = OK;
    xml_fault_listen(&r->fault);
    while (status == OK && !item) {
        status = step(r, error);
        if (status == OK) status = handle(r, &item, error);
    }
    xml_fault_listen(NULL);
    if (status == OK) give(r, out);
    r->broken = status;
    return status;
}

const struct wxr_channel *wxr_channel(const struct wxr_reader *r) { return &r->channel; }

static slice text_of(const struct wxr_reader *r, const struct table *table, slice key) {
    const int64_t *index = table_get(table, key);
    return index ? r->texts[*index] : (slice){0};
}

slice wxr_author_name(const struct wxr_reader *r, slice login) { return text_of(r, &r->authors, login); }

slice wxr_category_description(const struct wxr_reader *r, slice nicename) {
    return text_of(r, &r->categories, nicename);
}

int64_t wxr_bytes_read(const struct wxr_reader *r) { return r->input.bytes_read; }
int64_t wxr_bytes_total(const struct wxr_reader *r) { return r->input.bytes_total; }
int64_t wxr_controls_dropped(const struct wxr_reader *r) { return r->input.controls_dropped; }
