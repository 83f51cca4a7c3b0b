#include "text/html_build.h"

#include "base/utf8.h"

#include <assert.h>

/* How an element may be filled. */
enum content {
    CONTENT_FLOW,      /* blocks; text makes a paragraph: the root, blockquote */
    CONTENT_EITHER,    /* blocks, or text as it is: li, dd, td, th, figure */
    CONTENT_PHRASING,  /* text and inline elements: p, headings, dt, caption, figcaption */
    CONTENT_PRE,       /* the same, white space kept */
    CONTENT_STRUCTURE, /* only the children that belong there: lists and tables */
};

static enum content content_of(enum tag tag) {
    /* not a switch over the enum: most are inline elements, which are no blocks */
    static const unsigned char CONTENT[TAG_COUNT] = {
        [TAG_NONE] = CONTENT_FLOW,        [TAG_BLOCKQUOTE] = CONTENT_FLOW,     [TAG_LI] = CONTENT_EITHER,
        [TAG_DD] = CONTENT_EITHER,        [TAG_TD] = CONTENT_EITHER,           [TAG_TH] = CONTENT_EITHER,
        [TAG_FIGURE] = CONTENT_EITHER,    [TAG_P] = CONTENT_PHRASING,          [TAG_H1] = CONTENT_PHRASING,
        [TAG_H2] = CONTENT_PHRASING,      [TAG_H3] = CONTENT_PHRASING,         [TAG_H4] = CONTENT_PHRASING,
        [TAG_H5] = CONTENT_PHRASING,      [TAG_H6] = CONTENT_PHRASING,         [TAG_DT] = CONTENT_PHRASING,
        [TAG_CAPTION] = CONTENT_PHRASING, [TAG_FIGCAPTION] = CONTENT_PHRASING, [TAG_PRE] = CONTENT_PRE,
        [TAG_UL] = CONTENT_STRUCTURE,     [TAG_OL] = CONTENT_STRUCTURE,        [TAG_DL] = CONTENT_STRUCTURE,
        [TAG_TABLE] = CONTENT_STRUCTURE,  [TAG_THEAD] = CONTENT_STRUCTURE,     [TAG_TBODY] = CONTENT_STRUCTURE,
        [TAG_TR] = CONTENT_STRUCTURE,
    };
    return (enum content)CONTENT[tag];
}

static bool is_heading(enum tag tag) { return tag >= TAG_H1 && tag <= TAG_H6; }
static bool is_list(enum tag tag) { return tag == TAG_UL || tag == TAG_OL; }
static bool is_cell(enum tag tag) { return tag == TAG_TD || tag == TAG_TH || tag == TAG_CAPTION; }
static bool is_row_group(enum tag tag) { return tag == TAG_THEAD || tag == TAG_TBODY; }
static bool is_code(enum tag tag) { return tag == TAG_CODE || tag == TAG_KBD || tag == TAG_SAMP || tag == TAG_VAR; }

static bool is_link(enum tag tag) { return tag == TAG_A; }

static struct build_block *top(struct builder *b) { return &b->blocks[b->block_count - 1]; }
static enum content top_content(struct builder *b) { return content_of(top(b)->tag); }

void build__init(struct builder *b, const struct running *running, bool breaks, size_t most_bytes) {
    *b = (struct builder){.running = *running, .breaks = breaks, .block_count = 1};
    b->blocks[0] = (struct build_block){.tag = TAG_NONE, .written = true};
    buf_init(&b->out, most_bytes);
    buf_init(&b->text, most_bytes);
    buf_init(&b->running.scratch, most_bytes);
}

void build__fini(struct builder *b) {
    buf_fini(&b->out);
    buf_fini(&b->text);
    buf_fini(&b->running.scratch);
}

/* Writing */

static void write_start(struct builder *b, enum tag tag, slice attributes) {
    buf_add_char(&b->out, '<');
    buf_add(&b->out, tag__name(tag));
    buf_add(&b->out, attributes);
    buf_add_char(&b->out, '>');
}

static void write_end(struct builder *b, enum tag tag) {
    buf_add(&b->out, S("</"));
    buf_add(&b->out, tag__name(tag));
    buf_add_char(&b->out, '>');
}

/* Whether what is written now stands in an element of the kind. */
static bool is_inside(const struct builder *b, bool (*kind)(enum tag)) {
    for (size_t i = 0; i < b->inlines_written; i++) {
        if (kind(b->inlines[i].tag)) return true;
    }
    return false;
}

static void flush_text(struct builder *b) {
    if (b->text.n == 0) return;
    if (top(b)->tag == TAG_PRE || is_inside(b, is_code)) {
        buf_add_html(&b->out, buf_slice(&b->text));
        typography_skip(&b->running.state);
    } else {
        b->running.in_link = is_inside(b, is_link);
        running__add(&b->running, buf_slice(&b->text), &b->out);
    }
    buf_clear(&b->text);
}

/* Inline elements stay open in the model when a block begins or ends, and come again with the next text. */
static void close_written_inlines(struct builder *b) {
    flush_text(b);
    while (b->inlines_written > 0) {
        struct build_inline *i = &b->inlines[--b->inlines_written];
        if (i->tag != TAG_NONE) write_end(b, i->tag);
        i->written = false;
    }
}

static void forget_space(struct builder *b) {
    b->space = b->newline = false;
    b->line_breaks = 0;
}

static void write_blocks(struct builder *b) {
    for (size_t i = 1; i < b->block_count; i++) {
        struct build_block *block = &b->blocks[i];
        if (block->written) continue;
        block->written = true;
        if (is_heading(block->tag)) { /* only those that are written count */
            unsigned level = outline__level(&b->outline, 1 + (unsigned)(block->tag - TAG_H1));
            block->tag = (enum tag)(TAG_H1 + level - 1);
        }
        b->blocks[i - 1].has_children = true;
        b->blocks[i - 1].has_text = false;
        write_start(b, block->tag, block->attributes);
        bool holds_blocks = content_of(block->tag) == CONTENT_STRUCTURE || content_of(block->tag) == CONTENT_FLOW;
        if (holds_blocks && block->tag != TAG_TR) buf_add_char(&b->out, '\n');
    }
}

/* The stack of blocks */

static void pop(struct builder *b);

static void push(struct builder *b, enum tag tag, slice attributes, bool implied) {
    if (tag == TAG_DD && top(b)->last_child == TAG_NONE) { /* in a dl a dd has a dt before it */
        push(b, TAG_DT, (slice){NULL, 0}, true);
        pop(b);
    }
    assert(b->block_count < BUILD_MOST_BLOCKS);
    close_written_inlines(b);
    forget_space(b);
    b->running.state = (struct typography_state){0};
    b->after_open_pre = tag == TAG_PRE;
    if (is_row_group(tag)) top(b)->has_rows = true;
    b->blocks[b->block_count++] = (struct build_block){.tag = tag, .attributes = attributes, .implied = implied};
    /* These may be empty; all others are written when something comes to stand in them. */
    bool at_once = tag == TAG_LI || tag == TAG_TD || tag == TAG_TH || tag == TAG_DT || tag == TAG_DD;
    if (at_once) write_blocks(b);
}

static void drop_inlines(struct builder *b, size_t depth) {
    while (b->inline_count > 0 && b->inlines[b->inline_count - 1].depth > depth) {
        b->inline_count--;
    }
}

static void pop(struct builder *b) {
    assert(b->block_count > 1);
    close_written_inlines(b);
    forget_space(b);
    b->running.state = (struct typography_state){0};
    struct build_block *block = top(b);
    if (block->tag == TAG_DL && block->last_child == TAG_DT) { /* and a dt has a dd after it */
        push(b, TAG_DD, (slice){NULL, 0}, true);
        pop(b);
    }
    b->block_count--;
    if (!block->implied) drop_inlines(b, b->block_count);
    struct build_block *parent = top(b);
    if (block->written) {
        write_end(b, block->tag);
        bool inside_row = block->tag == TAG_TD || block->tag == TAG_TH;
        bool inside_figure = block->tag == TAG_FIGCAPTION || parent->tag == TAG_FIGURE;
        if (!inside_row && !inside_figure) buf_add_char(&b->out, '\n');
        parent->has_text = false;
        parent->last_child = block->tag;
        if (block->tag == TAG_FIGCAPTION) parent->has_caption = true;
    }
}

static void pop_to(struct builder *b, size_t count) {
    while (b->block_count > count) pop(b);
}

static void close_paragraph(struct builder *b) {
    if (top(b)->tag == TAG_P) pop(b);
}

/* Which block stands highest that is tag, not looking out of the cell of a table; 0 when there is none. */
static size_t find_block(const struct builder *b, enum tag tag) {
    bool table_part = tag == TAG_TABLE || tag == TAG_TR || is_cell(tag) || is_row_group(tag);
    for (size_t i = b->block_count - 1; i > 0; i--) {
        if (b->blocks[i].tag == tag) return i;
        if (b->blocks[i].tag == TAG_TABLE || (!table_part && is_cell(b->blocks[i].tag))) return 0;
    }
    return 0;
}

/* The child that is implied when something comes into a block that has only children of its own. */
static enum tag implied_child(enum tag tag) {
    if (is_list(tag)) return TAG_LI;
    if (tag == TAG_DL) return TAG_DD;
    if (tag == TAG_TABLE) return TAG_TBODY;
    return tag == TAG_TR ? TAG_TD : TAG_TR;
}

/* Until blocks may stand here. */
static void make_place_for_block(struct builder *b) {
    close_paragraph(b);
    if (top(b)->tag == TAG_FIGURE && top(b)->has_caption) pop(b); /* a caption is the first or the last in its figure */
    while (top_content(b) == CONTENT_STRUCTURE) push(b, implied_child(top(b)->tag), (slice){NULL, 0}, false);
}

/* Until text may stand here. */
static void make_place_for_text(struct builder *b) {
    if (top(b)->tag == TAG_FIGURE && top(b)->has_caption) pop(b);
    while (top_content(b) == CONTENT_STRUCTURE) push(b, implied_child(top(b)->tag), (slice){NULL, 0}, false);
    if (top_content(b) == CONTENT_FLOW) push(b, TAG_P, (slice){NULL, 0}, true);
}

/* Whether any of these inline elements writes something; text goes on across the others. */
static bool has_tags(const struct builder *b, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        if (b->inlines[i].tag != TAG_NONE) return true;
    }
    return false;
}

/* Everything that is open is written: text may follow. */
static void start_text(struct builder *b) {
    bool spaced = b->space, newline = b->newline;
    size_t breaks = b->line_breaks;
    make_place_for_text(b);
    write_blocks(b);
    bool has_text = top(b)->has_text;
    if (has_text && (breaks || newline)) {
        flush_text(b);
        for (size_t i = 0; i < (breaks ? breaks : 1); i++) buf_add(&b->out, S("<br>\n"));
        b->running.state.before = ' ';
    } else if (has_text && spaced) {
        buf_add_char(&b->text, ' ');
    }
    forget_space(b);
    if (has_tags(b, b->inlines_written, b->inline_count)) flush_text(b);
    for (; b->inlines_written < b->inline_count; b->inlines_written++) {
        struct build_inline *i = &b->inlines[b->inlines_written];
        if (i->tag != TAG_NONE) write_start(b, i->tag, i->attributes);
        i->written = true;
    }
    top(b)->has_text = true;
}

/* Text */

static bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }

static bool is_dropped(unsigned char c) { return (c < ' ' && !is_white((char)c)) || c == 0x7F; }

static void end_line(struct builder *b, size_t newlines) {
    enum content content = top_content(b);
    bool paragraph = top(b)->tag == TAG_P || content == CONTENT_FLOW;
    if (newlines >= 2 && paragraph) {
        close_paragraph(b);
    } else if (is_heading(top(b)->tag)) {
        b->space = true;
    } else if (newlines >= 2 && b->line_breaks == 0) {
        b->line_breaks = 2;
    } else {
        b->newline = true;
    }
}

/* The white space at the front; gives its length. */
static size_t take_white(struct builder *b, slice s) {
    size_t n = 0, newlines = 0;
    for (; n < s.n && is_white(s.p[n]); n++) newlines += s.p[n] == '\n';
    if (b->breaks && newlines) {
        end_line(b, newlines);
    } else {
        b->space = true;
    }
    return n;
}

/* In pre all white space counts. The parser drops a newline right after the tag: so do we, and where one that counts would
   stand there we write two. */
static void add_verbatim(struct builder *b, slice s) {
    if (b->after_open_pre && slice_starts(s, S("\r"))) s = slice_after(s, 1);
    if (b->after_open_pre && slice_starts(s, S("\n"))) s = slice_after(s, 1);
    b->after_open_pre = false;
    size_t n = 0;
    while (n < s.n && (is_dropped((unsigned char)s.p[n]) || s.p[n] == '\r')) n++;
    s = slice_after(s, n);
    if (s.n == 0) return;
    bool right_after_tag = !top(b)->written && !has_tags(b, 0, b->inline_count);
    start_text(b);
    if (right_after_tag && s.p[0] == '\n') buf_add_char(&b->text, '\n');
    for (size_t i = 0; i < s.n; i++) {
        if (!is_dropped((unsigned char)s.p[i]) && s.p[i] != '\r') buf_add_char(&b->text, s.p[i]);
    }
}

/* In a [caption] what follows the image (and the link around it) is the caption. */
static void start_caption(struct builder *b) {
    const struct build_block *block = top(b);
    bool due = block->tag == TAG_FIGURE && block->captions_text && block->has_image && !block->has_caption &&
               b->inline_count == 0;
    if (due) push(b, TAG_FIGCAPTION, (slice){NULL, 0}, false);
}

/* A no-break space alone where nothing stands yet: editors fill empty paragraphs with it. */
static bool is_filler(struct builder *b, slice word) {
    bool nothing_yet = !top(b)->has_text || top_content(b) == CONTENT_FLOW || top_content(b) == CONTENT_STRUCTURE;
    return nothing_yet && slice_equal(word, S("\u00A0"));
}

void build__text(struct builder *b, slice s) {
    if (top(b)->tag == TAG_PRE) {
        add_verbatim(b, s);
        return;
    }
    while (s.n) {
        if (is_white(s.p[0])) {
            s = slice_after(s, take_white(b, s));
            continue;
        }
        size_t n = 0;
        while (n < s.n && !is_white(s.p[n]) && !is_dropped((unsigned char)s.p[n])) n++;
        if (is_filler(b, slice_sub(s, 0, n))) {
            b->space = true;
        } else if (n > 0) {
            start_caption(b);
            start_text(b);
            buf_add(&b->text, slice_sub(s, 0, n));
        }
        s = slice_after(s, n == 0 ? 1 : n);
    }
}

/* Inline elements */

static void close_inline(struct builder *b, size_t at) {
    if (has_tags(b, at, b->inlines_written)) flush_text(b);
    while (b->inlines_written > at) {
        struct build_inline *i = &b->inlines[--b->inlines_written];
        if (i->tag != TAG_NONE) write_end(b, i->tag);
        i->written = false;
    }
    for (size_t i = at; i + 1 < b->inline_count; i++) b->inlines[i] = b->inlines[i + 1];
    b->inline_count--;
}

void build__close_inline(struct builder *b, enum tag source) {
    for (size_t i = b->inline_count; i > 0; i--) {
        if (b->inlines[i - 1].source == source) {
            close_inline(b, i - 1);
            return;
        }
    }
}

bool build__open_inline(struct builder *b, enum tag tag, enum tag source, slice attributes) {
    if (source == TAG_A) build__close_inline(b, TAG_A); /* no link inside a link */
    start_caption(b);
    b->after_open_pre = false;
    if (b->inline_count == SANITIZE_MAX_DEPTH) return false;
    size_t depth = b->block_count - (top(b)->implied ? 1 : 0);
    b->inlines[b->inline_count++] = (struct build_inline){tag, source, attributes, depth, false};
    return true;
}

void build__image(struct builder *b, slice attributes) {
    if (top(b)->tag == TAG_PRE) return;
    start_text(b);
    flush_text(b);
    write_start(b, TAG_IMG, attributes);
    top(b)->has_image = true;
    typography_skip(&b->running.state);
}

void build__break(struct builder *b) {
    if (top(b)->tag == TAG_PRE) {
        add_verbatim(b, S("\n"));
    } else {
        b->line_breaks++;
    }
}

void build__link(struct builder *b, slice href, slice text) {
    build__boundary(b);
    start_text(b);
    flush_text(b);
    bool in_link = is_inside(b, is_link);
    if (!in_link) running__open_link(b->running.rel, href, &b->out);
    buf_add_html(&b->out, text);
    if (!in_link) write_end(b, TAG_A);
    typography_skip(&b->running.state);
    build__boundary(b);
}

/* Blocks */

void build__boundary(struct builder *b) {
    flush_text(b);
    if (top(b)->tag == TAG_P) {
        pop(b);
    } else if (top(b)->tag == TAG_PRE) {
        if (top(b)->has_text) add_verbatim(b, S("\n"));
    } else {
        b->newline = true;
    }
}

/* Blocks that take no block inside: what comes there is a line of its own. */
static bool is_closed_to_blocks(struct builder *b) {
    enum content content = top_content(b);
    if (top(b)->tag == TAG_P || is_heading(top(b)->tag)) return false; /* these end instead */
    return content == CONTENT_PHRASING || content == CONTENT_PRE;
}

static bool open_item(struct builder *b, enum tag tag, slice attributes) {
    bool term = tag != TAG_LI;
    for (size_t i = b->block_count - 1; i > 0; i--) {
        enum tag open = b->blocks[i].tag;
        bool list = term ? open == TAG_DL : is_list(open);
        if (list) {
            pop_to(b, i + 1);
            push(b, tag, attributes, false);
            return true;
        }
        if (is_cell(open) || open == TAG_BLOCKQUOTE || open == TAG_FIGURE || is_list(open) || open == TAG_DL) break;
    }
    if (is_closed_to_blocks(b)) return false;
    close_paragraph(b);
    if (is_heading(top(b)->tag)) pop(b);
    make_place_for_block(b);
    push(b, term ? TAG_DL : TAG_UL, (slice){NULL, 0}, false);
    push(b, tag, attributes, false);
    return true;
}

/* The parts of the table that is open here; outside of one they leave their text. */
static bool open_table_part(struct builder *b, enum tag tag, slice attributes) {
    size_t table = find_block(b, TAG_TABLE);
    if (table == 0) return false;
    if (tag == TAG_CAPTION) {
        if (b->blocks[table].has_children || b->block_count > table + 1) return false;
        push(b, tag, attributes, false);
        return true;
    }
    if (is_row_group(tag)) {
        pop_to(b, table + 1);
        push(b, tag == TAG_THEAD && b->blocks[table].has_rows ? TAG_TBODY : tag, attributes, false);
        return true;
    }
    size_t keep = table + 1; /* of the blocks below: the group, and the row for a cell */
    if (keep < b->block_count && is_row_group(b->blocks[keep].tag)) keep++;
    if (tag != TAG_TR && keep < b->block_count && b->blocks[keep].tag == TAG_TR) keep++;
    pop_to(b, keep);
    if (top(b)->tag == TAG_TABLE) push(b, TAG_TBODY, (slice){NULL, 0}, false);
    if (tag != TAG_TR && top(b)->tag != TAG_TR) push(b, TAG_TR, (slice){NULL, 0}, false);
    push(b, tag, attributes, false);
    return true;
}

static bool open_figcaption(struct builder *b, slice attributes) {
    size_t figure = find_block(b, TAG_FIGURE);
    if (figure == 0) return false;
    pop_to(b, figure + 1);
    if (b->blocks[figure].has_caption) return false;
    push(b, TAG_FIGCAPTION, attributes, false);
    return true;
}

bool build__open_block(struct builder *b, enum tag tag, slice attributes) {
    bool done = false;
    flush_text(b);
    if (b->block_count >= SANITIZE_MAX_DEPTH) {
        done = false;
    } else if (tag == TAG_CAPTION || tag == TAG_TR || is_cell(tag) || is_row_group(tag)) {
        done = open_table_part(b, tag, attributes);
    } else if (tag == TAG_FIGCAPTION) {
        done = open_figcaption(b, attributes);
    } else if (tag == TAG_LI || tag == TAG_DT || tag == TAG_DD) {
        done = open_item(b, tag, attributes);
    } else if (!is_closed_to_blocks(b)) {
        close_paragraph(b);
        if (is_heading(top(b)->tag)) pop(b);
        make_place_for_block(b);
        done = !(is_heading(tag) && top(b)->tag == TAG_TH);
        if (done) push(b, tag, attributes, false);
    }
    if (!done) build__boundary(b);
    return done;
}

void build__rule(struct builder *b) {
    if (is_closed_to_blocks(b)) {
        build__boundary(b);
        return;
    }
    close_paragraph(b);
    if (is_heading(top(b)->tag)) pop(b);
    make_place_for_block(b);
    close_written_inlines(b);
    forget_space(b);
    write_blocks(b);
    buf_add(&b->out, S("<hr>\n"));
    top(b)->has_text = false;
    top(b)->has_children = true;
}

/* An end tag of an item does not reach out of its list. */
static bool is_out_of_reach(const struct builder *b, enum tag tag, size_t at) {
    if (tag != TAG_LI && tag != TAG_DT && tag != TAG_DD) return false;
    for (size_t i = at + 1; i < b->block_count; i++) {
        if (is_list(b->blocks[i].tag) || b->blocks[i].tag == TAG_DL) return true;
    }
    return false;
}

void build__close_block(struct builder *b, enum tag tag) {
    if (is_heading(tag)) {
        if (is_heading(top(b)->tag)) pop(b);
        return;
    }
    size_t at = find_block(b, tag);
    if (at && !is_out_of_reach(b, tag, at)) {
        pop_to(b, at);
    } else {
        build__boundary(b);
    }
}

void build__mark_caption(struct builder *b) {
    if (top(b)->tag == TAG_FIGURE) top(b)->captions_text = true;
}

bool build__is_in_link(const struct builder *b) {
    for (size_t i = 0; i < b->inline_count; i++) {
        if (b->inlines[i].tag == TAG_A) return true;
    }
    return false;
}

void build__finish(struct builder *b) {
    pop_to(b, 1);
    flush_text(b);
}
