#include "view/mustache.h"

#include "base/memory.h"
#include "view/mustache_message.h"
#include "view/mustache_program.h"
#include "view/mustache_scan.h"

#include <assert.h>

enum {
    /* Bytes parsed in all, with the translations; and what the tree of one byte takes at most: the shortest tag,
       {{a}}, is a node, a key and a piece of text. */
    MAX_PARSED = 4 * MUSTACHE_MAX_SOURCE,
    BYTES_PER_BYTE = 96,
    MAX_NAME = 256, /* of a template's name */
    MAX_KEYS = 16,  /* in a dotted name */
    EVERYTHING = 0x7fffffff,
};

/* An open tag. */
struct frame {
    struct node *node;
    slice content; /* what the closing tag must say */
    unsigned line;
    struct node_list *outer; /* where nodes went before */
    size_t outer_dedent;
    bool argument;     /* a BLOCK right below a PARENT */
    bool own_line;     /* PARENT: nothing but blanks before it on its line */
    slice indentation; /* PARENT: those blanks */
};

struct parser {
    struct mustache *template;
    const struct mustache_options *options;
    struct error *error;
    size_t parsed;
    struct node_list *list; /* where nodes go; NULL: nowhere */
    struct node_list nowhere;
    struct buf text; /* gathered, not yet a node */
    size_t dedent;   /* blanks to be taken off the front of each line */
    unsigned depth;
    struct frame frames[MUSTACHE_MAX_DEPTH];
};

/* One source: the template's own, or a translation inside it. */
struct source {
    struct scanner scanner;
    bool has_lines; /* not so in a translation, whose lines mean nothing */
};

static enum status fail(const struct source *source, const struct tag *tag, struct error *error, const char *what) {
    slice rest = slice_sub(tag->content, 0, 60);
    slice content = slice_cut(&rest, '\n');
    return error_set(error, INVALID, "%.*s:%u: %s: %.*s", SLICE_FMT(source->scanner.name), tag->line, what,
                     SLICE_FMT(content));
}

static bool in_parent(const struct parser *p) {
    return p->depth > 0 && p->frames[p->depth - 1].node->kind == NODE_PARENT;
}

static void append_node(struct node_list *list, struct node *node) {
    if (list->last) {
        list->last->next = node;
    } else {
        list->first = node;
    }
    list->last = node;
}

static void flush_text(struct parser *p) {
    if (p->text.n) {
        struct node *node = ARENA_NEW(p->template->arena, struct node);
        node->kind = NODE_TEXT;
        node->text = arena_copy(p->template->arena, buf_slice(&p->text));
        append_node(p->list, node);
        buf_clear(&p->text);
    }
}

static struct node *add_node(struct parser *p, enum node_kind kind, const struct tag *tag) {
    struct node *node = ARENA_NEW(p->template->arena, struct node);
    node->kind = kind;
    node->line = tag->line;
    flush_text(p);
    /* Between the tags of a parent only blocks count. */
    append_node(in_parent(p) && kind != NODE_BLOCK ? &p->nowhere : p->list, node);
    return node;
}

/* A stretch of the source without tags. */
static void add_text(struct parser *p, const struct source *source, size_t from, size_t to) {
    if (in_parent(p) || from >= to) {
        return;
    }
    slice rest = slice_sub(source->scanner.source, from, to);
    bool line_start = source->has_lines && (from == 0 || source->scanner.source.p[from - 1] == '\n');
    size_t drop = p->options->drop_indentation ? EVERYTHING : p->dedent;
    while (rest.n) {
        size_t blanks = line_start ? scanner_indentation(rest).n : 0;
        rest = slice_after(rest, blanks < drop ? blanks : drop);
        size_t newline = slice_find_char(rest, '\n');
        slice line = slice_sub(rest, 0, newline == SIZE_MAX ? rest.n : newline + 1);
        bool blank = line_start && p->text.n && slice_trim(line).n == 0;
        if (!(blank && p->options->drop_indentation)) {
            buf_add(&p->text, line);
        }
        rest = slice_after(rest, line.n);
        line_start = true;
    }
}

/* {{a.b.c}}, or {{.}} */
static enum status parse_name(struct parser *p, const struct source *source, const struct tag *tag, slice text,
                              struct name *out) {
    struct key keys[MAX_KEYS] = {0};
    unsigned count = 0;
    slice rest = slice_equal(text, S(".")) ? (slice){NULL, 0} : text;
    while (rest.p) {
        slice part = slice_cut(&rest, '.');
        if (part.n == 0 || count == MAX_KEYS) {
            return fail(source, tag, p->error, "not a name");
        }
        for (size_t i = 0; i < part.n; i++) {
            if (part.p[i] == ' ' || (part.p[i] >= '\t' && part.p[i] <= '\r')) {
                return fail(source, tag, p->error, "a name with white space in it");
            }
        }
        keys[count++] = (struct key){part, value_key_hash(part)};
    }
    struct key *kept = ARENA_ARRAY(p->template->arena, count, struct key);
    for (unsigned i = 0; i < count; i++) {
        kept[i] = keys[i];
    }
    *out = (struct name){kept, count};
    return OK;
}

static enum status push(struct parser *p, const struct source *source, const struct tag *tag, struct node *node) {
    if (p->depth == MUSTACHE_MAX_DEPTH) {
        return error_set(p->error, LIMIT, "%.*s:%u: tags nested deeper than %d", SLICE_FMT(source->scanner.name),
                         tag->line, MUSTACHE_MAX_DEPTH);
    }
    flush_text(p);
    p->frames[p->depth++] = (struct frame){
        .node = node, .content = tag->content, .line = tag->line, .outer = p->list, .outer_dedent = p->dedent};
    p->list = &node->body;
    return OK;
}

/* Adds the text before a tag; takes the whole line when the tag has it to itself. Gives whether it had. */
static bool add_text_before(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    struct tag_line line = scanner_line_of(&source->scanner, tag);
    bool alone = source->has_lines && line.blank_before && line.blank_after;
    add_text(p, source, from, alone ? line.begin : tag->begin);
    if (alone) {
        source->scanner.at = line.next;
    }
    return alone;
}

/* The blanks before a tag, when there is nothing else on its line before it, less those that are dropped anyway. */
static slice indentation_of(const struct parser *p, const struct source *source, const struct tag *tag) {
    struct tag_line line = scanner_line_of(&source->scanner, tag);
    if (!source->has_lines || !line.blank_before || p->options->drop_indentation) {
        return S("");
    }
    return slice_after(slice_sub(source->scanner.source, line.begin, tag->begin), p->dedent);
}

static enum status parse_section(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    add_text_before(p, source, from, tag);
    struct node *node = add_node(p, tag->kind == TAG_SECTION ? NODE_SECTION : NODE_INVERTED, tag);
    enum status status = parse_name(p, source, tag, tag->content, &node->name);
    return status == OK ? push(p, source, tag, node) : status;
}

/* A static name goes into the chain for linking, a dynamic one is a name in the data. */
static enum status parse_target(struct parser *p, const struct source *source, const struct tag *tag,
                                struct node *node) {
    if (tag->content.p[0] == '*') {
        return parse_name(p, source, tag, slice_trim(slice_after(tag->content, 1)), &node->name);
    }
    node->label = tag->content;
    node->next_static = p->template->first_static;
    p->template->first_static = node;
    return OK;
}

static enum status parse_partial(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    slice indentation = indentation_of(p, source, tag);
    bool alone = add_text_before(p, source, from, tag);
    struct node *node = add_node(p, NODE_PARTIAL, tag);
    node->standalone = alone;
    node->indent = alone ? indentation : S("");
    return parse_target(p, source, tag, node);
}

/* Whether a parent has its line, or lines, to itself is known at its end only: until then it is in no list. */
static enum status parse_parent(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    struct tag_line line = scanner_line_of(&source->scanner, tag);
    bool own_line = source->has_lines && line.blank_before;
    add_text(p, source, from, own_line ? line.begin : tag->begin);
    slice indentation = indentation_of(p, source, tag);
    struct node *node = ARENA_NEW(p->template->arena, struct node);
    node->kind = NODE_PARENT;
    node->line = tag->line;
    enum status status = parse_target(p, source, tag, node);
    if (status == OK) {
        status = push(p, source, tag, node);
    }
    if (status == OK) {
        p->frames[p->depth - 1].own_line = own_line;
        p->frames[p->depth - 1].indentation = indentation;
    }
    return status;
}

/* The indentation that a replacement of this block gets: its default's, or its own when that is empty. */
static slice indentation_inside(const struct parser *p, const struct source *source, slice own) {
    slice inside = slice_after(source->scanner.source, source->scanner.at);
    slice indentation = scanner_indentation(inside);
    slice first = slice_after(inside, indentation.n);
    bool ends = slice_starts(first, source->scanner.open) && first.n > source->scanner.open.n &&
                first.p[source->scanner.open.n] == '/';
    if (ends || first.n == 0 || first.p[0] == '\n' || first.p[0] == '\r') {
        return own;
    }
    return p->options->drop_indentation ? S("") : slice_after(indentation, p->dedent);
}

static enum status parse_block(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    bool argument = in_parent(p);
    slice indentation = indentation_of(p, source, tag);
    bool alone;
    if (argument) {
        /* What stands before it on its line is ignored, and so may be anything. */
        struct tag_line line = scanner_line_of(&source->scanner, tag);
        alone = source->has_lines && line.blank_after;
        source->scanner.at = alone ? line.next : tag->end;
    } else {
        alone = add_text_before(p, source, from, tag);
    }
    struct node *node = add_node(p, NODE_BLOCK, tag);
    node->label = tag->content;
    node->standalone = alone;
    node->indent = alone ? indentation_inside(p, source, indentation) : indentation;
    enum status status = push(p, source, tag, node);
    if (status == OK && argument) {
        p->frames[p->depth - 1].argument = true;
        slice inside = slice_after(source->scanner.source, source->scanner.at);
        p->dedent = alone ? scanner_indentation(inside).n : 0;
    }
    return status;
}

static void close_parent(struct parser *p, struct source *source, const struct frame *frame, const struct tag *tag) {
    struct tag_line line = scanner_line_of(&source->scanner, tag);
    struct node *node = frame->node;
    if (frame->own_line && line.blank_after) {
        node->standalone = true;
        node->indent = frame->indentation;
        source->scanner.at = line.next;
    }
    if (in_parent(p)) {
        return;
    }
    if (!node->standalone) {
        buf_add(&p->text, frame->indentation);
        flush_text(p);
    }
    append_node(p->list, node);
}

static enum status parse_close(struct parser *p, struct source *source, size_t from, const struct tag *tag,
                               unsigned base) {
    if (p->depth == base || !slice_equal(p->frames[p->depth - 1].content, tag->content)) {
        return fail(source, tag, p->error, "closes what is not open here");
    }
    const struct frame frame = p->frames[p->depth - 1];
    struct tag_line line = scanner_line_of(&source->scanner, tag);
    if (frame.argument) {
        add_text(p, source, from, source->has_lines && line.blank_before ? line.begin : tag->begin);
    } else if (frame.node->kind != NODE_PARENT) {
        add_text_before(p, source, from, tag);
    }
    flush_text(p);
    p->depth--;
    p->list = frame.outer;
    p->dedent = frame.outer_dedent;
    if (frame.node->kind == NODE_PARENT) {
        close_parent(p, source, &frame, tag);
    }
    return OK;
}

static enum status parse_source(struct parser *p, struct source *source);

/* A translated text, with the delimiters of the place it stands in. */
static enum status parse_translation(struct parser *p, const struct source *around, const struct tag *tag, slice text,
                                     struct node_list *into) {
    struct source source = {.scanner = around->scanner};
    slice language = catalog_language(p->options->catalog);
    source.scanner.name = arena_format(p->template->arena, "%.*s:%u: in the translation (%.*s)",
                                       SLICE_FMT(around->scanner.name), tag->line, SLICE_FMT(language));
    source.scanner.source = text;
    source.scanner.at = source.scanner.line_at = 0;
    source.scanner.line = 1;
    if (into) {
        p->list = into;
    }
    return parse_source(p, &source);
}

static enum status parse_plural(struct parser *p, const struct source *source, const struct tag *tag, slice text) {
    struct plural_message message;
    enum status status = message_split(&source->scanner, text, tag, &message, p->error);
    if (status != OK) {
        return status;
    }
    struct node *node = add_node(p, NODE_PLURAL, tag);
    node->catalog = catalog_has(p->options->catalog, message.one) ? p->options->catalog : catalog_english();
    unsigned forms = catalog_plural_forms(node->catalog);
    struct node_list *lists = ARENA_ARRAY(p->template->arena, forms, struct node_list);
    node->forms = lists;
    status = parse_name(p, source, tag, message.count, &node->name);
    struct node_list *outer = p->list;
    for (unsigned form = 0; form < forms && status == OK; form++) {
        slice translated = catalog_get_form(node->catalog, message.one, message.many, form);
        status = parse_translation(p, source, tag, translated, &lists[form]);
        flush_text(p);
    }
    p->list = outer;
    return status;
}

static enum status parse_message(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    add_text(p, source, from, tag->begin);
    slice text;
    enum status status = message_read(&source->scanner, p->template->arena, tag, &text, p->error);
    if (status != OK || in_parent(p)) {
        return status;
    }
    if (slice_equal(tag->content, S("tn"))) {
        return parse_plural(p, source, tag, text);
    }
    return parse_translation(p, source, tag, catalog_get_slice(p->options->catalog, text), NULL);
}

static bool is_message(const struct parser *p, const struct tag *tag) {
    return p->options->catalog && tag->kind == TAG_SECTION &&
           (slice_equal(tag->content, S("t")) || slice_equal(tag->content, S("tn")));
}

static enum status parse_value(struct parser *p, struct source *source, size_t from, const struct tag *tag) {
    add_text(p, source, from, tag->begin);
    struct node *node = add_node(p, NODE_VALUE, tag);
    node->escape = !p->options->plain_text && (tag->kind == TAG_VALUE || p->options->always_escape);
    return parse_name(p, source, tag, tag->content, &node->name);
}

static enum status parse_tag(struct parser *p, struct source *source, size_t from, const struct tag *tag,
                             unsigned base) {
    if (is_message(p, tag)) {
        /* A translation that held itself would never end. */
        return source->has_lines ? parse_message(p, source, from, tag)
                                 : fail(source, tag, p->error, "a message in a message");
    }
    switch (tag->kind) {
    case TAG_VALUE:
    case TAG_RAW: return parse_value(p, source, from, tag);
    case TAG_SECTION:
    case TAG_INVERTED: return parse_section(p, source, from, tag);
    case TAG_CLOSE: return parse_close(p, source, from, tag, base);
    case TAG_PARTIAL: return parse_partial(p, source, from, tag);
    case TAG_PARENT: return parse_parent(p, source, from, tag);
    case TAG_BLOCK: return parse_block(p, source, from, tag);
    case TAG_COMMENT:
    case TAG_DELIMITERS: add_text_before(p, source, from, tag); return OK;
    }
    return INTERNAL;
}

static enum status parse_source(struct parser *p, struct source *source) {
    unsigned base = p->depth;
    p->parsed += source->scanner.source.n;
    if (p->parsed > MAX_PARSED) {
        return error_set(p->error, LIMIT, "%.*s: too long, with its translations", SLICE_FMT(source->scanner.name));
    }
    struct tag tag;
    bool found;
    for (;;) {
        size_t from = source->scanner.at;
        enum status status = scanner_next(&source->scanner, &tag, &found, p->error);
        if (status == OK && found) {
            status = parse_tag(p, source, from, &tag, base);
        }
        if (status != OK) {
            return status;
        }
        if (!found) {
            add_text(p, source, from, source->scanner.source.n);
            break;
        }
    }
    if (p->depth > base) {
        const struct frame *frame = &p->frames[p->depth - 1];
        tag = (struct tag){.content = frame->content, .line = frame->line};
        return fail(source, &tag, p->error, "is not closed");
    }
    return OK;
}

enum status mustache_compile(slice source_text, slice name, const struct mustache_options *options_or_null,
                             struct mustache **out, struct error *error) {
    static const struct mustache_options BY_THE_BOOK = {0};
    if (source_text.n > MUSTACHE_MAX_SOURCE) {
        return error_set(error, LIMIT, "%.*s: longer than %d bytes", SLICE_FMT(name), MUSTACHE_MAX_SOURCE);
    }
    struct mustache *template = NEW(struct mustache);
    template->arena = arena_new((size_t)MAX_PARSED * BYTES_PER_BYTE);
    template->name = arena_copy(template->arena, slice_sub(name, 0, MAX_NAME));
    struct parser p = {.template = template,
                       .options = options_or_null ? options_or_null : &BY_THE_BOOK,
                       .error = error,
                       .list = &template->body};
    template->strict = p.options->strict;
    buf_init(&p.text, MAX_PARSED);
    struct source source = {.has_lines = true};
    scanner_init(&source.scanner, arena_copy(template->arena, source_text), template->name);
    enum status status = parse_source(&p, &source);
    flush_text(&p);
    buf_fini(&p.text);
    if (status == OK) {
        *out = template;
    } else {
        mustache_free(template);
    }
    return status;
}

void mustache_free(struct mustache *template) {
    if (template) {
        arena_free(template->arena);
        memory_free(template);
    }
}

void mustache_free_p(struct mustache **template) { mustache_free(*template); }

enum status mustache_link(struct mustache *template, mustache_find_fn find, const void *context, struct error *error) {
    assert(!template->find);
    template->find = find;
    template->find_context = context;
    for (struct node *node = template->first_static; node; node = node->next_static) {
        node->target = find(context, node->label);
        if (!node->target && template->strict) {
            return error_set(error, NOT_FOUND, "%.*s:%u: there is no template '%.*s'", SLICE_FMT(template->name),
                             node->line, SLICE_FMT(node->label));
        }
    }
    return OK;
}
