#include "text/markdown_prepare.h"

#include "text/address.h"

#include <string.h>

/* A line as far as its containers go. */
struct line {
    slice whole;     /* without its newline */
    size_t content;  /* where the markers of quotations and items end, and the white space after them */
    size_t quotes;   /* '>' among them */
    size_t bare;     /* where the quotations' markers end; items' may follow */
    size_t too_deep; /* where the first marker beyond the ceiling stands; SIZE_MAX: nowhere */
    bool opens_item; /* a marker that starts an item even in the middle of a paragraph (CommonMark §5.2, §5.3) */
    size_t indent;   /* columns of white space right before content */
};

struct preparer {
    enum markdown_dialect dialect;
    struct buf *out;
    char fence; /* '`' or '~' inside a fenced block of code, otherwise 0 */
    size_t fence_length, fence_quotes;
    size_t quotes_before;   /* of the line before, 0 when it was empty */
    size_t definitions;     /* of references, so far */
    size_t paragraph_lines; /* of the paragraph so far, roughly */
    bool has_backtick;      /* in the paragraph so far: a span of code may be open */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The length of the marker of a list's item at the front ("-", "12."), which white space or nothing follows; or 0. */
static size_t item_marker(slice s) {
    size_t n = 0;
    if (s.n && strchr("-+*", s.p[0])) {
        n = 1;
    } else {
        while (n < s.n && n < 9 && is_digit(s.p[n])) n++;
        if (n == 0 || n == s.n || (s.p[n] != '.' && s.p[n] != ')')) return 0;
        n++;
    }
    return n == s.n || s.p[n] == ' ' || s.p[n] == '\t' ? n : 0;
}

static size_t skip_space(slice s, size_t i, size_t *columns) {
    *columns = 0;
    for (; i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'); i++) *columns += s.p[i] == '\t' ? 4 : 1;
    return i;
}

static struct line look_at(slice whole) {
    struct line line = {.whole = whole, .too_deep = SIZE_MAX};
    size_t i = 0;
    for (size_t markers = 0;; markers++) {
        i = skip_space(whole, i, &line.indent);
        slice rest = slice_after(whole, i);
        bool quote = slice_starts(rest, S(">"));
        size_t width = quote ? 1 : item_marker(rest);
        if (width == 0) break;
        if (markers == MARKDOWN_MAX_DEPTH) {
            line.too_deep = i;
            break;
        }
        line.quotes += quote;
        bool bullet_or_one = !quote && (width == 1 || (width == 2 && rest.p[0] == '1'));
        if (bullet_or_one && line.quotes == markers && line.indent < 4) line.opens_item = true;
        i += width;
        if (quote && line.quotes == markers + 1) line.bare = skip_space(whole, i, &line.indent);
    }
    line.content = i;
    return line;
}

static size_t run_of(slice s, char c) {
    size_t n = 0;
    while (n < s.n && s.p[n] == c) n++;
    return n;
}

/* Opens or closes a fence if the line is one; true when it belongs to fenced code. */
static bool follow_fence(struct preparer *p, const struct line *line) {
    slice content = slice_trim(slice_after(line->whole, line->content));
    if (p->fence && line->quotes < p->fence_quotes) p->fence = 0; /* its quotation ended, and so did it */
    if (p->fence) {
        size_t n = run_of(content, p->fence);
        if (n >= p->fence_length && n == content.n) p->fence = 0;
        return true;
    }
    char c = content.n ? content.p[0] : '\0';
    size_t n = c == '`' || c == '~' ? run_of(content, c) : 0;
    if (n < 3 || (c == '`' && slice_find_char(slice_after(content, n), '`') != SIZE_MAX)) return false;
    p->fence = c;
    p->fence_length = n;
    p->fence_quotes = line->quotes;
    return true;
}

/* Lines of '-', '=', '*' or '_' alone: underlines and rules in Markdown, ornament to those who type them. */
static bool is_ornament(slice content) {
    char c = content.n ? content.p[0] : '\0';
    if (c == '\0' || !strchr("-=*_", c)) return false;
    for (size_t i = 0; i < content.n; i++) {
        if (content.p[i] != c && content.p[i] != ' ' && content.p[i] != '\t') return false;
    }
    return true;
}

/* Whether a definition of a reference ("[label]: address") may start here; the label may go on in the next lines. */
static bool is_definition(slice rest) {
    enum { LONGEST_LABEL = 1000 };
    if (!slice_starts(rest, S("["))) return false;
    rest = slice_sub(rest, 1, LONGEST_LABEL + 2);
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '\\')
            i++;
        else if (rest.p[i] == ']')
            return i + 1 < rest.n && rest.p[i + 1] == ':';
    }
    return false;
}

/* Every byte with a backslash before it, but white space. */
static void add_escaped(struct buf *out, slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t') buf_add_char(out, '\\');
        buf_add_char(out, s.p[i]);
    }
}

/* Bare addresses may hold what means emphasis elsewhere. */
static void add_with_addresses(struct buf *out, slice s) {
    struct address a;
    size_t done = 0;
    while (address__find(s, done, &a)) {
        bool bracketed = a.start > 0 && s.p[a.start - 1] == '<';
        buf_add(out, slice_sub(s, done, a.start));
        for (size_t i = a.start; i < a.end; i++) {
            if (!bracketed && strchr("*_~", s.p[i])) buf_add_char(out, '\\');
            buf_add_char(out, s.p[i]);
        }
        done = a.end;
    }
    buf_add(out, slice_after(s, done));
}

/* The marker at the front, so that it is text: "\>", "\-", "12\.". */
static void add_unmarked(struct buf *out, slice s) {
    size_t digits = 0;
    while (digits < s.n && is_digit(s.p[digits])) digits++;
    buf_add(out, slice_sub(s, 0, digits));
    buf_add_char(out, '\\');
    buf_add(out, slice_after(s, digits));
}

/* Whether the line may start a definition that is to be text: all in a comment; in an article those beyond a ceiling,
   since md4c looks through the rest of the paragraph for the title of each. */
static bool is_refused_definition(struct preparer *p, slice rest) {
    enum { MOST_DEFINITIONS = 1000 };
    if (!is_definition(rest)) return false;
    p->definitions++;
    return p->dialect == MARKDOWN_COMMENT || p->definitions > MOST_DEFINITIONS;
}

/* md4c walks the lines of a paragraph for each bracket that may be a link: too many lines, and brackets are text. */
static bool is_too_long_for_links(const struct preparer *p) {
    enum { MOST_LINES_IN_COMMENT = 200, MOST_LINES_IN_ARTICLE = 1000 }; /* rows of a table are such lines, too */
    return p->paragraph_lines > (p->dialect == MARKDOWN_COMMENT ? MOST_LINES_IN_COMMENT : MOST_LINES_IN_ARTICLE);
}

static void add_without_links(struct buf *out, slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n) {
            buf_add_char(out, s.p[i++]);
        } else if (s.p[i] == '[') {
            buf_add_char(out, '\\');
        }
        buf_add_char(out, s.p[i]);
    }
}

static void add_content(struct preparer *p, const struct line *line, slice rest_of_source) {
    slice content = slice_after(line->whole, line->content);
    bool comment = p->dialect == MARKDOWN_COMMENT;
    if (line->too_deep != SIZE_MAX) {
        add_unmarked(p->out, content);
    } else if (is_too_long_for_links(p)) {
        add_without_links(p->out, content);
    } else if (is_refused_definition(p, slice_make(content.p, content.n + rest_of_source.n))) {
        buf_add_char(p->out, '\\');
        buf_add(p->out, content);
    } else if (p->has_backtick || (!comment && line->indent >= 4)) {
        buf_add(p->out, content);
    } else {
        add_with_addresses(p->out, content);
    }
}

/* Whoever answers right below a quotation has not put '>' before the answer; Markdown would take it into the quotation
   (a 'lazy continuation'), people do not. */
static void end_quotation(struct preparer *p, const struct line *line) {
    for (size_t i = 0; i < line->quotes; i++) buf_add_char(p->out, '>');
    buf_add_char(p->out, '\n');
    p->has_backtick = false;
}

/* Ornament is text in a comment; in an article it is what Markdown says, however many markers of items it looks like. */
static void add_ornament(struct preparer *p, const struct line *line, size_t start) {
    buf_add(p->out, slice_sub(line->whole, 0, start));
    if (p->dialect == MARKDOWN_COMMENT) {
        add_escaped(p->out, slice_after(line->whole, start));
    } else {
        buf_add(p->out, slice_after(line->whole, start));
    }
}

static void add_line(struct preparer *p, slice whole, slice rest_of_source) {
    struct line line = look_at(whole);
    if (follow_fence(p, &line)) {
        buf_add(p->out, whole);
        p->quotes_before = 0;
        return;
    }
    bool ornament = is_ornament(slice_after(whole, line.bare));
    bool empty = !ornament && slice_trim(slice_after(whole, line.content)).n == 0;
    if (empty) p->has_backtick = false;
    if (p->dialect == MARKDOWN_COMMENT && !empty && line.quotes < p->quotes_before) end_quotation(p, &line);
    if (!p->has_backtick) p->has_backtick = slice_find_char(whole, '`') != SIZE_MAX;
    p->quotes_before = empty ? 0 : line.quotes;
    p->paragraph_lines = empty || (line.opens_item && !ornament) ? 0 : p->paragraph_lines + 1;
    if (ornament) {
        add_ornament(p, &line, line.bare);
    } else if (is_ornament(slice_after(whole, line.content))) {
        add_ornament(p, &line, line.content);
    } else {
        buf_add(p->out, slice_sub(whole, 0, line.content));
        add_content(p, &line, rest_of_source);
    }
}

void markdown__prepare(enum markdown_dialect dialect, slice source, struct buf *out) {
    struct preparer p = {.dialect = dialect, .out = out};
    slice rest = source;
    while (rest.p) {
        slice whole = slice_cut(&rest, '\n');
        add_line(&p, whole, rest.p ? slice_make(rest.p - 1, rest.n + 1) : rest);
        if (rest.p) buf_add_char(out, '\n');
    }
}
