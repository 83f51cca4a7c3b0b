#include "exchange/comment_markdown.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/markdown.h"

#include <stdio.h>
#include <string.h>

enum { PREFIX_MAX = 256, LISTS_MAX = 40, STEPS_MAX = 80, GROWTH = 8 };

struct list {
    bool ordered;
    int64_t next;
};

/* The fragment is what sanitize_comment_html wrote: balanced, few elements, attributes in double quotes. */
struct writer_state {
    struct buf out;
    enum comment_markdown_care care;
    bool pre, code;
    char prefix[PREFIX_MAX]; /* of each line: "> ", spaces under a list item */
    size_t prefix_n;
    size_t steps[STEPS_MAX]; /* how much of the prefix each open quotation or item added */
    size_t step_count;
    struct list lists[LISTS_MAX];
    size_t list_count;
    int newlines; /* wanted before the next character: 1 a break, 2 a new block */
    bool fresh;   /* a quotation has just begun: its first block begins with it */
    slice marker; /* of a list item, wanted before its first character; the last of the prefix is as wide */
    char marker_text[24];
    char marks[16]; /* of emphasis, wanted before the next character that is no space */
    size_t mark_count;
    slice href; /* of the open link */
    size_t link_at;
};

static void add_prefix(struct writer_state *w, bool blank) {
    size_t n = w->prefix_n - w->marker.n;
    while (blank && n && w->prefix[n - 1] == ' ') n--;
    buf_add(&w->out, (slice){w->prefix, n});
}

/* Everything wanted before a character: new lines with their prefixes, a list marker. */
static void flush(struct writer_state *w) {
    if (w->out.n == 0) {
        w->newlines = 0;
        add_prefix(w, false);
    }
    for (; w->newlines > 0; w->newlines--) {
        buf_add_char(&w->out, '\n');
        add_prefix(w, w->newlines > 1);
    }
    buf_add(&w->out, w->marker);
    w->marker = (slice){0};
    w->fresh = false;
}

static void want(struct writer_state *w, int newlines) {
    if (w->marker.n || w->fresh) return; /* the first block stands beside its mark */
    if (w->newlines < newlines) w->newlines = newlines;
}

static void push(struct writer_state *w, slice prefix) {
    bool fits = w->prefix_n + prefix.n <= PREFIX_MAX && w->step_count < ARRAY_COUNT(w->steps);
    if (w->step_count >= ARRAY_COUNT(w->steps)) return;
    w->steps[w->step_count++] = fits ? prefix.n : 0;
    if (!fits) return;
    memcpy(w->prefix + w->prefix_n, prefix.p, prefix.n);
    w->prefix_n += prefix.n;
}

static void pop(struct writer_state *w) {
    if (w->step_count) w->prefix_n -= w->steps[--w->step_count];
}

/* Whether Markdown may take this character, at this place, for more than itself. */
static bool is_mark(const struct writer_state *w, char c) {
    bool line_start = w->out.n == 0 || w->out.p[w->out.n - 1] == '\n';
    if (line_start && strchr("#>+-=~|", c)) return true;
    return strchr("\\`*_[]<>&!", c) != NULL;
}

static bool at_number_mark(const struct writer_state *w, char c) {
    if (c != '.' && c != ')') return false;
    size_t at = w->out.n;
    while (at && w->out.p[at - 1] >= '0' && w->out.p[at - 1] <= '9') at--;
    return at < w->out.n && (at == 0 || w->out.p[at - 1] == '\n' || w->out.p[at - 1] == ' ');
}

static void add_code_char(struct writer_state *w, char c) {
    if (c == '\n') {
        w->newlines++; /* blank lines of code are kept, those at its end are not */
        return;
    }
    flush(w);
    buf_add_char(&w->out, c);
}

static void add_char(struct writer_state *w, char c) {
    if (w->pre) {
        add_code_char(w, c);
        return;
    }
    bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    bool line_start = w->newlines || w->out.n == 0 || w->marker.n || w->fresh;
    if (space && line_start) return;
    flush(w);
    if (space) {
        buf_add_char(&w->out, ' ');
        return;
    }
    buf_add(&w->out, (slice){w->marks, w->mark_count});
    w->mark_count = 0;
    if (w->care != CARE_NONE && !w->code && (is_mark(w, c) || at_number_mark(w, c))) buf_add_char(&w->out, '\\');
    buf_add_char(&w->out, c);
}

static const struct {
    slice entity;
    char c;
} ENTITIES[] = {{S_INIT("&amp;"), '&'},  {S_INIT("&lt;"), '<'},   {S_INIT("&gt;"), '>'},
                {S_INIT("&quot;"), '"'}, {S_INIT("&#39;"), '\''}, {S_INIT("&#34;"), '"'}};

/* Takes one character off escaped text. */
static char next_char(slice *text) {
    for (size_t i = 0; text->p[0] == '&' && i < ARRAY_COUNT(ENTITIES); i++) {
        if (!slice_starts(*text, ENTITIES[i].entity)) continue;
        *text = slice_after(*text, ENTITIES[i].entity.n);
        return ENTITIES[i].c;
    }
    char c = text->p[0];
    *text = slice_after(*text, 1);
    return c;
}

static void add_text(struct writer_state *w, slice text) {
    while (text.n) add_char(w, next_char(&text));
}

/* Emphasis must touch the words it holds, or it is none. */
static void begin_mark(struct writer_state *w, slice mark) {
    if (w->care == CARE_WORDS || w->mark_count + mark.n > sizeof w->marks) return;
    memcpy(w->marks + w->mark_count, mark.p, mark.n);
    w->mark_count += mark.n;
}

static void end_mark(struct writer_state *w, slice mark) {
    if (w->care == CARE_WORDS) return;
    if (w->mark_count >= mark.n) { /* it held no word */
        w->mark_count -= mark.n;
        return;
    }
    bool space = w->out.n && w->out.p[w->out.n - 1] == ' ';
    if (space && !w->out.status) w->out.n--;
    buf_add(&w->out, mark);
    if (space) buf_add_char(&w->out, ' ');
}

static void begin_quotation(struct writer_state *w) {
    want(w, 2);
    if (w->marker.n) {
        flush(w);
        buf_add(&w->out, S("> "));
    } else if (w->newlines > 1 && w->out.n) { /* the blank line before it is not the quotation's */
        buf_add_char(&w->out, '\n');
        add_prefix(w, true);
        w->newlines = 1;
    }
    push(w, S("> "));
    w->fresh = true;
}

static void begin_item(struct writer_state *w) {
    if (w->marker.n)
        flush(w);
    else
        want(w, 1);
    struct list none = {0};
    struct list *list = w->list_count ? &w->lists[w->list_count - 1] : &none;
    int n = list->ordered ? snprintf(w->marker_text, sizeof w->marker_text, "%jd. ", (intmax_t)list->next++)
                          : snprintf(w->marker_text, sizeof w->marker_text, "- ");
    size_t before = w->prefix_n;
    push(w, slice_sub(S("                        "), 0, (size_t)n));
    w->marker = slice_sub((slice){w->marker_text, (size_t)n}, 0, w->prefix_n - before);
}

static void begin_list(struct writer_state *w, bool ordered) {
    want(w, w->list_count ? 1 : 2);
    if (w->list_count < LISTS_MAX) w->lists[w->list_count++] = (struct list){ordered, 1};
}

static void begin_link(struct writer_state *w, slice tag) {
    size_t at = slice_find(tag, S("href=\""));
    slice rest = slice_after(tag, at == SIZE_MAX ? tag.n : at + 6);
    w->href = slice_sub(rest, 0, slice_find_char(rest, '"'));
    if (!w->href.n) return;
    flush(w);
    w->link_at = w->out.n;
    buf_add_char(&w->out, '[');
}

static void add_href(struct writer_state *w) {
    slice rest = w->href;
    while (rest.n) buf_add_char(&w->out, next_char(&rest));
}

/* A link whose words are its address is written as the address alone: it becomes a link by itself. */
static void end_link(struct writer_state *w) {
    if (!w->href.n) return;
    struct buf address;
    buf_init(&address, w->href.n + 1);
    slice rest = w->href;
    while (rest.n) buf_add_char(&address, next_char(&rest));
    slice words = slice_make(w->out.p + w->link_at + 1, w->out.n - w->link_at - 1);
    bool bare = !w->out.status && slice_equal(words, buf_slice(&address)) && slice_starts(words, S("http"));
    if (bare) {
        memmove(w->out.p + w->link_at, words.p, words.n);
        w->out.n--;
    } else {
        bool brackets = slice_find_char(w->href, '(') != SIZE_MAX || slice_find_char(w->href, ')') != SIZE_MAX;
        buf_add(&w->out, brackets ? S("](<") : S("]("));
        add_href(w);
        buf_add(&w->out, brackets ? S(">)") : S(")"));
    }
    buf_fini(&address);
    w->href = (slice){0};
}

static bool is(slice name, const char *other) { return slice_equal(name, slice_of(other)); }

static void begin_pre(struct writer_state *w) {
    want(w, 2);
    if (w->care == CARE_WORDS) return;
    flush(w);
    buf_add(&w->out, S("```"));
    w->pre = true;
    w->newlines = 1;
}

static void end_pre(struct writer_state *w) {
    if (w->pre) {
        w->newlines = 1;
        flush(w);
        buf_add(&w->out, S("```"));
    }
    w->pre = false;
    w->newlines = 2;
}

static void code(struct writer_state *w, bool begins) {
    if (w->pre || w->care == CARE_WORDS) return;
    if (begins) flush(w);
    buf_add_char(&w->out, '`');
    w->code = begins;
}

static void begin_tag(struct writer_state *w, slice name, slice tag) {
    if (is(name, "p"))
        want(w, 2);
    else if (is(name, "br"))
        w->newlines = w->newlines ? 2 : 1;
    else if (is(name, "blockquote"))
        begin_quotation(w);
    else if (is(name, "ul") || is(name, "ol"))
        begin_list(w, is(name, "ol"));
    else if (is(name, "li"))
        begin_item(w);
    else if (is(name, "em") || is(name, "i"))
        begin_mark(w, S("*"));
    else if (is(name, "strong") || is(name, "b"))
        begin_mark(w, S("**"));
    else if (is(name, "pre"))
        begin_pre(w);
    else if (is(name, "code"))
        code(w, true);
    else if (is(name, "a"))
        begin_link(w, tag);
}

static void end_tag(struct writer_state *w, slice name) {
    if (is(name, "p"))
        want(w, 2);
    else if (is(name, "blockquote")) {
        pop(w);
        w->fresh = false;
        w->newlines = 2;
    } else if (is(name, "ul") || is(name, "ol")) {
        if (w->list_count) w->list_count--;
        w->newlines = w->list_count ? 1 : 2;
    } else if (is(name, "li")) {
        if (w->marker.n) flush(w); /* an empty item */
        pop(w);
        w->newlines = 1;
    } else if (is(name, "em") || is(name, "i"))
        end_mark(w, S("*"));
    else if (is(name, "strong") || is(name, "b"))
        end_mark(w, S("**"));
    else if (is(name, "pre"))
        end_pre(w);
    else if (is(name, "code"))
        code(w, false);
    else if (is(name, "a"))
        end_link(w);
}

slice comment_markdown_source(struct arena *arena, struct html fragment, enum comment_markdown_care care) {
    struct writer_state w = {.care = care};
    buf_init(&w.out, fragment.s.n * GROWTH + 4096);
    slice rest = fragment.s;
    while (rest.n) {
        size_t at = slice_find_char(rest, '<');
        add_text(&w, slice_sub(rest, 0, at));
        if (at == SIZE_MAX) break;
        size_t end = slice_find_char(rest, '>');
        slice tag = slice_sub(rest, at + 1, end);
        rest = slice_after(rest, end == SIZE_MAX ? rest.n : end + 1);
        bool closes = slice_starts(tag, S("/"));
        slice name = closes ? slice_after(tag, 1) : tag;
        name = slice_sub(name, 0, slice_find_char(name, ' '));
        if (closes)
            end_tag(&w, name);
        else
            begin_tag(&w, name, tag);
    }
    slice out = {0};
    if (!w.out.status) out = arena_copy(arena, slice_trim(buf_slice(&w.out)));
    buf_fini(&w.out);
    return out;
}

/* Whether two plain texts have the same words: white space does not count. */
static bool same_words(slice a, slice b) {
    for (;;) {
        a = slice_trim(a), b = slice_trim(b);
        if (!a.n || !b.n) return a.n == b.n;
        while (a.n && b.n && a.p[0] == b.p[0]) a = slice_after(a, 1), b = slice_after(b, 1);
        bool space_a = a.n && strchr(" \n\t\r", a.p[0]), space_b = b.n && strchr(" \n\t\r", b.p[0]);
        if (a.n && b.n && !space_a && !space_b) return false;
    }
}

static enum status render(struct arena *arena, slice source, slice language, slice words, struct html *html, bool *same,
                          struct error *error) {
    slice plain;
    enum status status = markdown_plain(arena, MARKDOWN_COMMENT, source, 0, &plain, error);
    if (status) return status;
    *same = same_words(plain, words);
    struct markdown_options options = {.language = language};
    return markdown_comment(arena, source, &options, html, error);
}

/* Of what is not ASCII: letters with accents, dashes, quotes, the ellipsis, the euro sign. Not the others: among them are
   spaces, and signs without a width. */
static bool is_usual(slice rest) {
    static const slice SIGNS[] = {S_INIT("\u2013"), S_INIT("\u2014"), S_INIT("\u2018"), S_INIT("\u2019"),
                                  S_INIT("\u201C"), S_INIT("\u201D"), S_INIT("\u2026"), S_INIT("\u20AC"),
                                  S_INIT("\u00AB"), S_INIT("\u00BB")};
    unsigned char c = (unsigned char)rest.p[0];
    if (c < 0xC2 || (c >= 0xC3 && c < 0xCC)) return true; /* ASCII, inside of a character, up to U+02FF */
    for (size_t i = 0; i < ARRAY_COUNT(SIGNS); i++)
        if (slice_starts(rest, SIGNS[i])) return true;
    return false;
}

/* What a byte may be in a text that is its own translation. */
enum place {
    PLAIN = 0, /* anything, anywhere */
    MARK,      /* HTML, WordPress or Markdown may take it for more than itself */
    COLON,
    BLANK,
    NEW_LINE,
    WWW,  /* what an address may begin with */
    WIDE, /* the first byte of what may be an unusual character */
};
static enum place place_of(char c) {
    static const unsigned char PLACES[128] = {
        ['<'] = MARK,  ['>'] = MARK,  ['&'] = MARK,      ['['] = MARK, [']'] = MARK, ['*'] = MARK,  ['_'] = MARK,
        ['`'] = MARK,  ['\\'] = MARK, ['~'] = MARK,      ['|'] = MARK, ['@'] = MARK, ['\r'] = MARK, ['\t'] = MARK,
        [':'] = COLON, [' '] = BLANK, ['\n'] = NEW_LINE, ['w'] = WWW,  ['W'] = WWW};
    unsigned char byte = (unsigned char)c;
    if (byte < 0x80) return (enum place)PLACES[byte];
    return byte == 0xC2 || byte >= 0xCC ? WIDE : PLAIN; /* up to U+02FF all but U+0080 to U+00BF are usual */
}

static bool begins_line(slice line) {
    char c = line.n ? line.p[0] : '\n';
    return !(c >= '0' && c <= '9') && !strchr(" #-+=", c);
}

static bool stays(slice text, size_t i) {
    char before = i > 0 ? text.p[i - 1] : '\n', next = i + 1 < text.n ? text.p[i + 1] : '\n';
    switch (place_of(text.p[i])) {
    case PLAIN: return true;
    case MARK: return false;
    case COLON: return next != '/';
    case BLANK: return before != ' ';
    case NEW_LINE:
        if (before == ' ' || (before == '\n' && (i < 2 || text.p[i - 2] == '\n'))) return false;
        return begins_line(slice_after(text, i + 1));
    case WWW: return !slice_starts_nocase(slice_after(text, i), S("www."));
    case WIDE: return is_usual(slice_after(text, i));
    }
    return false;
}

/* Whether nothing in it means anything to HTML, to WordPress or to Markdown, and its white space is as it would become:
   then it is its own translation, as the long way would find out. Most comments are such. */
static bool is_plain(slice text) {
    if (text.n == 0 || !utf8_is_valid(text) || utf8_find_control(text) != SIZE_MAX || !begins_line(text)) return false;
    for (size_t i = 0; i < text.n; i++)
        if (place_of(text.p[i]) != PLAIN && !stays(text, i)) return false;
    return text.p[text.n - 1] != ' ' && text.p[text.n - 1] != '\n';
}

enum status comment_markdown(struct arena *arena, slice foreign, slice language, struct sanitize_report *report,
                             slice *source, struct html *html, struct error *error) {
    if (is_plain(foreign)) {
        struct markdown_options options = {.language = language};
        *source = foreign;
        return markdown_comment(arena, foreign, &options, html, error);
    }
    struct html clean;
    slice words;
    enum status status = sanitize_comment_html(arena, foreign, NULL, report, &clean, error);
    if (status == OK) status = sanitize_plain(arena, clean.s, 0, &words, error);
    if (status) return status;
    *source = (slice){0};
    *html = (struct html){0};
    if (!slice_trim(words).n) return OK;
    bool same = false;
    for (int care = CARE_NONE; care <= CARE_WORDS && !same && status == OK; care++) {
        *source = comment_markdown_source(arena, clean, (enum comment_markdown_care)care);
        status = render(arena, *source, language, words, html, &same, error);
    }
    return status;
}
