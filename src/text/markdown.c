#include "text/markdown.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/address.h"
#include "text/entity.h"
#include "text/excerpt.h"
#include "text/link.h"
#include "text/markdown_prepare.h"
#include "text/markdown_render.h"

#include <string.h>

/* Newlines as LF, and no control characters: what is stored was checked, what comes from an import may not be. */
static void add_clean(slice source, struct buf *out) {
    for (slice rest = source; rest.n;) {
        slice at = rest;
        uint32_t c;
        (void)utf8_next(&rest, &c);
        slice one = slice_sub(at, 0, at.n - rest.n);
        if (c == '\r') {
            if (!slice_starts(rest, S("\n"))) buf_add_char(out, '\n');
        } else if (utf8_find_control(one) == SIZE_MAX) {
            buf_add(out, one);
        }
    }
}

enum status markdown__read(enum markdown_dialect dialect, slice source, const MD_PARSER *parser, void *context,
                           struct error *error) {
    if (source.n > MARKDOWN_MAX_SOURCE) {
        return error_set(error, LIMIT, "the text has %zu bytes, %d are the most", source.n, MARKDOWN_MAX_SOURCE);
    }
    size_t invalid = utf8_find_invalid(source);
    if (invalid != SIZE_MAX) return error_set(error, INVALID, "the text is not UTF-8 at byte %zu", invalid);
    CLEANUP(buf_fini) struct buf clean, prepared;
    buf_init(&clean, source.n);
    buf_init(&prepared, 4 * source.n + 64); /* a line of one byte may get a line of '>' before it */
    if (slice_find_char(source, '\r') != SIZE_MAX || utf8_find_control(source) != SIZE_MAX) {
        add_clean(source, &clean);
        source = buf_slice(&clean);
    }
    buf_reserve(&prepared, source.n + source.n / 8);
    markdown__prepare(dialect, source, &prepared);
    if (prepared.status != OK) return error_set(error, LIMIT, "the text has too many quotations");
    /* md4c looks for the end of a line with strcspn, and so past the end of a text whose last line has none. A buffer
       always has room for the NUL. */
    if (prepared.p) prepared.p[prepared.n] = '\0';
    int result = md_parse(prepared.p ? prepared.p : "", (MD_SIZE)prepared.n, parser, context);
    if (result == MARKDOWN__TOO_WIDE) {
        return error_set(error, LIMIT, "a table has more than %d columns", MARKDOWN_MAX_COLUMNS);
    }
    if (result != 0) return error_set(error, LIMIT, "the text gives too much HTML");
    return OK;
}

static enum status render(struct arena *arena, enum markdown_dialect dialect, slice source,
                          const struct markdown_options *options, struct html *out, struct error *error) {
    struct renderer r;
    markdown__init(&r, arena, dialect, options, source.n);
    enum status status = markdown__read(dialect, source, markdown__parser(dialect), &r, error);
    if (status == OK && r.out.status != OK) status = error_set(error, LIMIT, "the text gives too much HTML");
    char *p = status == OK ? arena_try_alloc(arena, r.out.n + 1) : NULL;
    if (status == OK && !p) status = error_set(error, LIMIT, "the HTML does not fit into memory set aside for it");
    if (status == OK) {
        if (r.out.n) memcpy(p, r.out.p, r.out.n);
        *out = (struct html){{p, r.out.n}};
    }
    markdown__fini(&r);
    return status;
}

enum status markdown_comment(struct arena *arena, slice source, const struct markdown_options *options,
                             struct html *out, struct error *error) {
    return render(arena, MARKDOWN_COMMENT, source, options, out, error);
}

enum status markdown_article(struct arena *arena, slice source, const struct markdown_options *options,
                             struct html *out, struct error *error) {
    return render(arena, MARKDOWN_ARTICLE, source, options, out, error);
}

/* Plain text */

struct plain {
    enum markdown_dialect dialect;
    struct buf out;
};

static int separate_block(MD_BLOCKTYPE type, void *detail, void *context) {
    (void)type, (void)detail;
    struct plain *p = context;
    if (p->out.n && p->out.p[p->out.n - 1] == ' ') p->out.n--;
    if (p->out.n && p->out.p[p->out.n - 1] != '\n') buf_add_char(&p->out, '\n');
    return p->out.status != OK;
}

static int pass_span(MD_SPANTYPE type, void *detail, void *context) {
    (void)type, (void)detail, (void)context;
    return 0;
}

/* White space is one space, none at the start of a block. */
static void add_words(struct buf *out, slice text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool space = c == ' ' || c == '\n' || c == '\t';
        if (!space) {
            buf_add_char(out, c);
        } else if (out->n && out->p[out->n - 1] != ' ' && out->p[out->n - 1] != '\n') {
            buf_add_char(out, ' ');
        }
    }
}

static int plain_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *context) {
    struct plain *p = context;
    slice s = {text, size};
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
        add_words(&p->out, S(" "));
    } else if (type == MD_TEXT_ENTITY && p->dialect == MARKDOWN_ARTICLE) {
        entity__decode_all(s, ENTITY_IN_TEXT, &p->out);
    } else {
        add_words(&p->out, s);
    }
    return p->out.status != OK;
}

enum status markdown_plain(struct arena *arena, enum markdown_dialect dialect, slice source, size_t max_chars,
                           slice *out, struct error *error) {
    MD_PARSER parser = *markdown__parser(dialect);
    parser.enter_block = parser.leave_block = separate_block;
    parser.enter_span = parser.leave_span = pass_span;
    parser.text = plain_text;
    struct plain p = {.dialect = dialect};
    buf_init(&p.out, 2 * source.n + 64);
    enum status status = markdown__read(dialect, source, &parser, &p, error);
    if (status == OK) {
        slice words = slice_trim(buf_slice(&p.out));
        *out = max_chars ? text_excerpt(arena, words, max_chars) : arena_copy(arena, words);
    }
    buf_fini(&p.out);
    return status;
}
