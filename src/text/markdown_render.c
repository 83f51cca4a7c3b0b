#include "text/markdown_render.h"

#include "text/address.h"
#include "text/entity.h"
#include "text/link.h"

static const char COMMENT_REL[] = "nofollow ugc noopener";
static const char ARTICLE_REL[] = "noopener";

void markdown__init(struct renderer *r, struct arena *arena, enum markdown_dialect dialect,
                    const struct markdown_options *options, size_t source_bytes) {
    size_t most = 16 * source_bytes + 64 * 1024;
    *r = (struct renderer){.arena = arena, .dialect = dialect, .paragraph = SIZE_MAX};
    r->running = (struct running){
        .arena = arena,
        .typography = options ? typography_of(options->language) : TYPOGRAPHY_NONE,
        .rel = dialect == MARKDOWN_COMMENT ? COMMENT_REL : ARTICLE_REL,
        .mentions = options,
        .mentions_left = MARKDOWN_MAX_MENTIONS,
    };
    buf_init(&r->running.scratch, most);
    buf_init(&r->out, most);
    buf_init(&r->pending, most);
    buf_init(&r->code, most);
    buf_init(&r->figures, most);
    buf_reserve(&r->out, source_bytes + source_bytes / 2 < most ? source_bytes + source_bytes / 2 : most);
}

void markdown__fini(struct renderer *r) {
    buf_fini(&r->running.scratch);
    buf_fini(&r->out);
    buf_fini(&r->pending);
    buf_fini(&r->code);
    buf_fini(&r->figures);
}

static bool is_comment(const struct renderer *r) { return r->dialect == MARKDOWN_COMMENT; }

/* The result of every callback: md4c stops when the output has become too long. */
static int go_on(const struct renderer *r) {
    return r->out.status == OK && r->pending.status == OK && r->code.status == OK && r->figures.status == OK ? 0 : -1;
}

static void flush(struct renderer *r) {
    if (r->pending.n == 0) return;
    r->running.in_link = r->link_is_open;
    running__add(&r->running, buf_slice(&r->pending), &r->out);
    buf_clear(&r->pending);
}

static void start_block(struct renderer *r) { r->running.state = (struct typography_state){0}; }

/* The paragraph holds more than images: it stays a paragraph. */
static void settle_paragraph(struct renderer *r) { r->paragraph = SIZE_MAX; }

/* An attribute's text: in comments as typed, otherwise with its character references decoded. */
static slice attribute(struct renderer *r, const MD_ATTRIBUTE *a) {
    slice typed = {a->text, a->size};
    if (is_comment(r) || slice_find_char(typed, '&') == SIZE_MAX) return typed;
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, typed.n + 16);
    for (size_t i = 0; a->size && a->substr_offsets[i] < a->size; i++) {
        slice part = slice_sub(typed, a->substr_offsets[i], a->substr_offsets[i + 1]);
        if (a->substr_types[i] == MD_TEXT_ENTITY) {
            entity__decode_all(part, ENTITY_IN_ATTRIBUTE, &b);
        } else {
            buf_add(&b, part);
        }
    }
    return arena_copy(r->arena, buf_slice(&b));
}

/* Where a link or an image may lead, ready for its attribute; empty for nowhere. */
static slice allowed_address(struct renderer *r, const MD_ATTRIBUTE *a, bool image) {
    slice url = address__clean(r->arena, attribute(r, a));
    if (slice_starts_nocase(url, S("www."))) url = arena_format(r->arena, "http://%.*s", SLICE_FMT(url));
    bool local = !is_comment(r) && url_is_local(url) && !(image && slice_starts(url, S("#")));
    bool ok = local || (image ? url_is_web(url) : url_is_safe(url));
    return ok ? url : (slice){NULL, 0};
}

/* Spans */

static void open_link(struct renderer *r, const MD_SPAN_A_DETAIL *link) {
    r->link_href = allowed_address(r, &link->href, false);
    r->link_is_open = r->link_href.n > 0;
    if (r->link_is_open) running__open_link(r->running.rel, r->link_href, &r->out);
}

static void close_link(struct renderer *r) {
    if (r->link_is_open) buf_add(&r->out, S("</a>"));
    r->link_is_open = false;
    r->link_href = (slice){NULL, 0};
}

static void add_image(struct buf *out, slice src, slice alt) {
    buf_add(out, S("<img src=\""));
    buf_add_html(out, src);
    buf_add(out, S("\" alt=\""));
    buf_add_html(out, alt);
    buf_add(out, S("\" loading=\"lazy\">"));
}

static void add_figure(struct renderer *r, slice src, slice alt, slice title) {
    struct buf *out = &r->figures;
    buf_add(out, S("<figure>"));
    if (r->link_is_open) running__open_link(r->running.rel, r->link_href, out);
    add_image(out, src, alt);
    if (r->link_is_open) buf_add(out, S("</a>"));
    if (title.n) {
        start_block(r);
        buf_add(out, S("<figcaption>"));
        r->running.in_link = false;
        running__add(&r->running, title, out);
        buf_add(out, S("</figcaption>"));
    }
    buf_add(out, S("</figure>\n"));
}

/* In a comment an image is a link to its address, with its alternative text. */
static void add_image_link(struct renderer *r, slice src, slice alt) {
    bool link = src.n && !r->link_is_open;
    if (link) running__open_link(r->running.rel, src, &r->out);
    buf_add_html(&r->out, alt.n ? alt : src);
    if (link) buf_add(&r->out, S("</a>"));
    typography_skip(&r->running.state);
}

static void close_image(struct renderer *r, const MD_SPAN_IMG_DETAIL *image) {
    slice src = allowed_address(r, &image->src, true);
    slice alt = slice_trim(buf_slice(&r->code));
    if (is_comment(r)) {
        add_image_link(r, src, alt);
    } else if (src.n) {
        if (r->paragraph != SIZE_MAX) add_figure(r, src, alt, attribute(r, &image->title));
        add_image(&r->out, src, alt);
        typography_skip(&r->running.state);
    } else {
        settle_paragraph(r);
        buf_add_html(&r->out, alt);
    }
    buf_clear(&r->code);
}

static void open_span(struct renderer *r, MD_SPANTYPE type, void *detail) {
    switch (type) {
    case MD_SPAN_EM: buf_add(&r->out, S("<em>")); break;
    case MD_SPAN_STRONG: buf_add(&r->out, S("<strong>")); break;
    case MD_SPAN_DEL: buf_add(&r->out, S("<del>")); break;
    case MD_SPAN_A: open_link(r, detail); break;
    case MD_SPAN_CODE:
        settle_paragraph(r);
        buf_add(&r->out, S("<code>"));
        break;
    case MD_SPAN_IMG:
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
    case MD_SPAN_WIKILINK:
    case MD_SPAN_U: break; /* off */
    }
}

static void close_span(struct renderer *r, MD_SPANTYPE type) {
    switch (type) {
    case MD_SPAN_EM: buf_add(&r->out, S("</em>")); break;
    case MD_SPAN_STRONG: buf_add(&r->out, S("</strong>")); break;
    case MD_SPAN_DEL: buf_add(&r->out, S("</del>")); break;
    case MD_SPAN_A: close_link(r); break;
    case MD_SPAN_CODE:
        buf_add_html(&r->out, buf_slice(&r->code));
        buf_clear(&r->code);
        typography_skip(&r->running.state);
        buf_add(&r->out, S("</code>"));
        break;
    case MD_SPAN_IMG:
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
    case MD_SPAN_WIKILINK:
    case MD_SPAN_U: break;
    }
}

static void close_spans(struct renderer *r, size_t down_to) {
    while (r->span_count > down_to) close_span(r, r->spans[--r->span_count]);
}

/* md4c 0.4.8 does not always leave the spans it has entered ("[a~](~b"): at the end of a block none stays open. */
static void close_all_spans(struct renderer *r) {
    if (r->images) buf_clear(&r->code);
    r->images = r->spans_beyond = 0;
    close_spans(r, 0);
}

static bool has_span(const struct renderer *r, MD_SPANTYPE type) {
    for (size_t i = 0; i < r->span_count; i++) {
        if (r->spans[i] == type) return true;
    }
    return false;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *context) {
    struct renderer *r = context;
    if (type == MD_SPAN_IMG) {
        if (r->images++ == 0) flush(r);
        return go_on(r);
    }
    if (r->images) return 0; /* alternative text has no markup */
    flush(r);
    bool again = (type == MD_SPAN_A || type == MD_SPAN_CODE) && has_span(r, type);
    if (r->span_count == MARKDOWN__MAX_SPANS || again) {
        r->spans_beyond++;
        return go_on(r);
    }
    r->spans[r->span_count++] = type;
    open_span(r, type, detail);
    return go_on(r);
}

static int leave_span(MD_SPANTYPE type, void *detail, void *context) {
    struct renderer *r = context;
    if (type == MD_SPAN_IMG) {
        if (r->images > 0 && --r->images == 0) close_image(r, detail);
        return go_on(r);
    }
    if (r->images) return 0;
    flush(r);
    if (r->spans_beyond) {
        r->spans_beyond--;
        return go_on(r);
    }
    size_t at = r->span_count;
    while (at > 0 && r->spans[at - 1] != type) at--;
    if (at > 0) close_spans(r, at - 1);
    return go_on(r);
}

/* Blocks */

static void write_heading(struct renderer *r, unsigned signs, bool open) {
    if (is_comment(r)) {
        buf_add(&r->out, open ? S("<p><strong>") : S("</strong></p>\n"));
        return;
    }
    if (open) r->heading = outline__level(&r->outline, signs);
    buf_add_format(&r->out, open ? "<h%u>" : "</h%u>\n", r->heading);
}

static void open_ordered_list(struct renderer *r, const MD_BLOCK_OL_DETAIL *list) {
    if (list->start == 1) {
        buf_add(&r->out, S("<ol>\n"));
    } else {
        buf_add_format(&r->out, "<ol start=\"%u\">\n", list->start);
    }
}

/* A container beyond the ceiling (by indentation; markers were taken care of) gives its text only. */
static bool is_shown(const struct renderer *r) { return r->depth <= MARKDOWN_MAX_DEPTH; }

static void open_paragraph(struct renderer *r) {
    if (!is_comment(r)) {
        r->paragraph = r->out.n;
        buf_clear(&r->figures);
    }
    buf_add(&r->out, S("<p>"));
}

/* Images alone stand as figures, not inside a paragraph. */
static void close_paragraph(struct renderer *r) {
    if (r->paragraph != SIZE_MAX && r->figures.n && r->out.status == OK) {
        r->out.n = r->paragraph;
        buf_add(&r->out, buf_slice(&r->figures));
    } else {
        buf_add(&r->out, S("</p>\n"));
    }
    settle_paragraph(r);
}

static void open_container(struct renderer *r, MD_BLOCKTYPE type, void *detail) {
    r->depth++;
    if (!is_shown(r)) return;
    if (type == MD_BLOCK_QUOTE) buf_add(&r->out, S("<blockquote>\n"));
    if (type == MD_BLOCK_UL) buf_add(&r->out, S("<ul>\n"));
    if (type == MD_BLOCK_OL) open_ordered_list(r, detail);
}

static void close_container(struct renderer *r, MD_BLOCKTYPE type) {
    if (is_shown(r)) {
        if (type == MD_BLOCK_QUOTE) buf_add(&r->out, S("</blockquote>\n"));
        if (type == MD_BLOCK_UL) buf_add(&r->out, S("</ul>\n"));
        if (type == MD_BLOCK_OL) buf_add(&r->out, S("</ol>\n"));
    }
    r->depth--;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *context) {
    struct renderer *r = context;
    flush(r);
    close_all_spans(r);
    start_block(r);
    switch (type) {
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL: open_container(r, type, detail); break;
    case MD_BLOCK_LI: buf_add(&r->out, is_shown(r) ? S("<li>") : S("<br>\n")); break;
    case MD_BLOCK_HR: buf_add(&r->out, is_comment(r) ? S("") : S("<hr>\n")); break;
    case MD_BLOCK_H: write_heading(r, ((MD_BLOCK_H_DETAIL *)detail)->level, true); break;
    case MD_BLOCK_CODE:
        r->in_code_block = true;
        buf_add(&r->out, S("<pre><code>"));
        break;
    case MD_BLOCK_P: open_paragraph(r); break;
    case MD_BLOCK_TABLE:
        if (((MD_BLOCK_TABLE_DETAIL *)detail)->col_count > MARKDOWN_MAX_COLUMNS) return MARKDOWN__TOO_WIDE;
        buf_add(&r->out, S("<table>\n"));
        break;
    case MD_BLOCK_THEAD: buf_add(&r->out, S("<thead>\n")); break;
    case MD_BLOCK_TBODY: buf_add(&r->out, S("<tbody>\n")); break;
    case MD_BLOCK_TR: buf_add(&r->out, S("<tr>")); break;
    case MD_BLOCK_TH: buf_add(&r->out, S("<th>")); break;
    case MD_BLOCK_TD: buf_add(&r->out, S("<td>")); break;
    case MD_BLOCK_DOC:
    case MD_BLOCK_HTML: break; /* HTML is off */
    }
    return go_on(r);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *context) {
    struct renderer *r = context;
    flush(r);
    close_all_spans(r);
    switch (type) {
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_UL:
    case MD_BLOCK_OL: close_container(r, type); break;
    case MD_BLOCK_LI: buf_add(&r->out, is_shown(r) ? S("</li>\n") : S("")); break;
    case MD_BLOCK_H: write_heading(r, ((MD_BLOCK_H_DETAIL *)detail)->level, false); break;
    case MD_BLOCK_CODE:
        buf_add_html(&r->out, buf_slice(&r->code));
        buf_clear(&r->code);
        r->in_code_block = false;
        buf_add(&r->out, S("</code></pre>\n"));
        break;
    case MD_BLOCK_P: close_paragraph(r); break;
    case MD_BLOCK_TABLE: buf_add(&r->out, S("</table>\n")); break;
    case MD_BLOCK_THEAD: buf_add(&r->out, S("</thead>\n")); break;
    case MD_BLOCK_TBODY: buf_add(&r->out, S("</tbody>\n")); break;
    case MD_BLOCK_TR: buf_add(&r->out, S("</tr>\n")); break;
    case MD_BLOCK_TH: buf_add(&r->out, S("</th>")); break;
    case MD_BLOCK_TD: buf_add(&r->out, S("</td>")); break;
    case MD_BLOCK_DOC:
    case MD_BLOCK_HR:
    case MD_BLOCK_HTML: break;
    }
    return go_on(r);
}

/* Text */

static void break_line(struct renderer *r, MD_TEXTTYPE type) {
    if (r->images) {
        buf_add_char(&r->code, ' ');
        return;
    }
    flush(r);
    r->running.state.before = ' ';
    buf_add(&r->out, type == MD_TEXT_BR || is_comment(r) ? S("<br>\n") : S("\n"));
}

static void add_text(struct renderer *r, MD_TEXTTYPE type, slice text) {
    struct buf *to = r->images ? &r->code : &r->pending;
    if (!r->images && r->paragraph != SIZE_MAX && slice_trim(text).n) settle_paragraph(r);
    if (type == MD_TEXT_ENTITY && !is_comment(r)) {
        entity__decode_all(text, ENTITY_IN_TEXT, to);
    } else {
        buf_add(to, text);
    }
}

/* Inside a span of code that was not written, it is text like other text. */
static void add_code(struct renderer *r, slice code) {
    bool written = r->images || r->in_code_block || has_span(r, MD_SPAN_CODE);
    buf_add(written ? &r->code : &r->pending, code);
}

static int text(MD_TEXTTYPE type, const MD_CHAR *p, MD_SIZE size, void *context) {
    struct renderer *r = context;
    slice s = {p, size};
    switch (type) {
    case MD_TEXT_NORMAL:
    case MD_TEXT_ENTITY:
    case MD_TEXT_HTML: add_text(r, type, s); break;
    case MD_TEXT_NULLCHAR: add_text(r, type, S("\uFFFD")); break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR: break_line(r, type); break;
    case MD_TEXT_CODE:
    case MD_TEXT_LATEXMATH: add_code(r, s); break;
    }
    return go_on(r);
}

const MD_PARSER *markdown__parser(enum markdown_dialect dialect) {
    /* No permissive autolinks of md4c's: they take quadratic time ("http://a.b/(" repeated), and miss l'https://… */
    static const MD_PARSER COMMENT = {0,           MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS,
                                      enter_block, leave_block,
                                      enter_span,  leave_span,
                                      text,        NULL,
                                      NULL};
    static const MD_PARSER ARTICLE = {0,           MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH,
                                      enter_block, leave_block,
                                      enter_span,  leave_span,
                                      text,        NULL,
                                      NULL};
    return dialect == MARKDOWN_COMMENT ? &COMMENT : &ARTICLE;
}
