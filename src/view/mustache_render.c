#include "view/mustache.h"

#include "view/mustache_program.h"

enum {
    MAX_INDENTATION = 4096,              /* of nested standalone partials, in all */
    MAX_LEVELS = 4 * MUSTACHE_MAX_DEPTH, /* sections, partials, parents and blocks within one another */
};

/* A parent being rendered, and the template it stands in. */
struct parent {
    const struct node *node;
    const struct mustache *template;
};

struct renderer {
    const struct mustache *template; /* the one being rendered: for errors and dynamic names */
    struct buf *out;
    struct error *error;
    enum status status;
    unsigned line;
    unsigned steps;
    unsigned levels;
    unsigned context_count;
    unsigned parent_count;
    bool line_start; /* kept up only while there is an indentation */
    struct buf indentation;
    const struct value *contexts[MAX_LEVELS + 1]; /* the innermost is the last */
    struct parent parents[MAX_LEVELS + 1];        /* whose blocks replace; the outermost, which wins, is the first */
};

static void fail(struct renderer *r, const char *what) {
    if (r->status == OK) {
        r->status = error_set(r->error, LIMIT, "%.*s:%u: %s", SLICE_FMT(r->template->name), r->line, what);
    }
}

/* Within its ceilings so far? */
static bool step(struct renderer *r, const struct node *node) {
    if (node->line) {
        r->line = node->line;
    }
    if (++r->steps > MUSTACHE_MAX_STEPS) {
        fail(r, "too much to do: a recursion without end?");
    } else if (r->out->status != OK) {
        fail(r, "the page is too long");
    }
    return r->status == OK;
}

static bool enter(struct renderer *r) {
    if (r->levels == MAX_LEVELS) {
        fail(r, "too many levels: a recursion without end?");
        return false;
    }
    r->levels++;
    return true;
}

static void write_indentation(struct renderer *r) {
    if (r->line_start) {
        buf_add(r->out, buf_slice(&r->indentation));
        r->line_start = false;
    }
}

static void write_text(struct renderer *r, slice text) {
    if (r->indentation.n == 0) {
        buf_add(r->out, text);
        return;
    }
    while (text.n) {
        size_t newline = slice_find_char(text, '\n');
        slice line = slice_sub(text, 0, newline == SIZE_MAX ? text.n : newline + 1);
        if (line.p[0] != '\n' && line.p[0] != '\r') {
            write_indentation(r);
        }
        buf_add(r->out, line);
        r->line_start = newline != SIZE_MAX;
        text = slice_after(text, line.n);
    }
}

/* Most strings need no escaping, and go out in one piece. */
static bool is_plain(slice text) {
    static const bool SPECIAL[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    for (size_t i = 0; i < text.n; i++) {
        if (SPECIAL[(unsigned char)text.p[i]]) {
            return false;
        }
    }
    return true;
}

static void write_value(struct renderer *r, const struct node *node, const struct value *value) {
    if (r->indentation.n) {
        write_indentation(r);
    }
    if (!value) {
        return;
    }
    switch (value->type) {
    case VALUE_STRING:
        if (node->escape && !is_plain(value->text)) {
            buf_add_html(r->out, value->text);
            return;
        }
        buf_add(r->out, value->text);
        return;
    case VALUE_HTML: buf_add(r->out, value->text); return;
    case VALUE_INT: buf_add_int(r->out, value->integer); return;
    case VALUE_BOOL: buf_add(r->out, value->truth ? S("true") : S("false")); return;
    case VALUE_NULL:
    case VALUE_OBJECT:
    case VALUE_LIST: return;
    }
}

static const struct value *look_up(const struct renderer *r, const struct name *name) {
    if (name->count == 0) {
        return r->contexts[r->context_count - 1];
    }
    const struct key *key = &name->keys[0];
    const struct value *found = NULL;
    for (unsigned i = r->context_count; i > 0 && !found; i--) {
        found = value_lookup(r->contexts[i - 1], key->text, key->hash);
    }
    for (unsigned i = 1; i < name->count && found; i++) {
        key = &name->keys[i];
        found = value_lookup(found, key->text, key->hash);
    }
    return found;
}

static void render_list(struct renderer *r, const struct node_list *list);

static void render_in(struct renderer *r, const struct node_list *body, const struct value *context) {
    if (enter(r)) {
        r->contexts[r->context_count++] = context;
        render_list(r, body);
        r->context_count--;
        r->levels--;
    }
}

static void render_section(struct renderer *r, const struct node *node) {
    const struct value *value = look_up(r, &node->name);
    bool is_true = value_is_true(value);
    if (node->kind == NODE_INVERTED) {
        if (!is_true && enter(r)) {
            render_list(r, &node->body);
            r->levels--;
        }
        return;
    }
    if (!is_true) {
        return;
    }
    if (value->type != VALUE_LIST) {
        render_in(r, &node->body, value);
        return;
    }
    for (const struct value *item = value_list_first(value); item && r->status == OK; item = value_list_next(item)) {
        render_in(r, &node->body, item);
    }
}

static const struct mustache *target_of(const struct renderer *r, const struct node *node) {
    if (node->label.n) {
        return node->target;
    }
    const struct value *name = look_up(r, &node->name);
    bool usable = name && name->type == VALUE_STRING && r->template->find;
    return usable ? r->template->find(r->template->find_context, name->text) : NULL;
}

/* Renders a list of nodes of a template, with more indentation. */
static void render_indented(struct renderer *r, const struct mustache *template, const struct node_list *list,
                            const struct node *place) {
    if (!enter(r)) {
        return;
    }
    const struct mustache *outer = r->template;
    unsigned outer_line = r->line;
    size_t outer_indentation = r->indentation.n;
    buf_add(&r->indentation, place->indent);
    if (r->indentation.status != OK) {
        fail(r, "indented too far");
    }
    if (place->standalone) {
        r->line_start = true;
    } else if (outer_indentation == 0) {
        r->line_start = false;
    }
    r->template = template;
    render_list(r, list);
    r->indentation.n = outer_indentation;
    r->template = outer;
    r->line = outer_line;
    r->levels--;
}

static void render_partial(struct renderer *r, const struct node *node) {
    const struct mustache *target = target_of(r, node);
    if (!target) {
        return;
    }
    /* Never more parents than levels: no check of its own. */
    bool is_parent = node->kind == NODE_PARENT;
    if (is_parent) {
        r->parents[r->parent_count++] = (struct parent){node, r->template};
    }
    render_indented(r, target, &target->body, node);
    if (is_parent) {
        r->parent_count--;
    }
}

static const struct node *find_replacement(const struct node *parent, slice label) {
    for (const struct node *block = parent->body.first; block; block = block->next) {
        if (slice_equal(block->label, label)) {
            return block;
        }
    }
    return NULL;
}

static void render_block(struct renderer *r, const struct node *node) {
    for (unsigned i = 0; i < r->parent_count; i++) {
        const struct node *block = find_replacement(r->parents[i].node, node->label);
        if (block) {
            render_indented(r, r->parents[i].template, &block->body, node);
            return;
        }
    }
    if (enter(r)) {
        render_list(r, &node->body);
        r->levels--;
    }
}

static void render_plural(struct renderer *r, const struct node *node) {
    const struct value *value = look_up(r, &node->name);
    int64_t n = value && value->type == VALUE_INT ? value->integer : 0;
    if (enter(r)) {
        render_list(r, &node->forms[catalog_plural_form(node->catalog, n)]);
        r->levels--;
    }
}

static void render_list(struct renderer *r, const struct node_list *list) {
    for (const struct node *node = list->first; node && step(r, node); node = node->next) {
        switch (node->kind) {
        case NODE_TEXT: write_text(r, node->text); break;
        case NODE_VALUE: write_value(r, node, look_up(r, &node->name)); break;
        case NODE_SECTION:
        case NODE_INVERTED: render_section(r, node); break;
        case NODE_PARTIAL:
        case NODE_PARENT: render_partial(r, node); break;
        case NODE_BLOCK: render_block(r, node); break;
        case NODE_PLURAL: render_plural(r, node); break;
        }
    }
}

enum status mustache_render(const struct mustache *template, const struct value *data, struct buf *out,
                            struct error *error) {
    struct renderer r;
    r.template = template;
    r.out = out;
    r.error = error;
    r.status = OK;
    r.line = 1;
    r.steps = r.levels = r.parent_count = 0;
    r.line_start = true;
    buf_init(&r.indentation, MAX_INDENTATION);
    r.contexts[0] = data;
    r.context_count = 1;
    render_list(&r, &template->body);
    buf_fini(&r.indentation);
    if (out->status != OK) {
        fail(&r, "the page is too long");
    }
    return r.status;
}
