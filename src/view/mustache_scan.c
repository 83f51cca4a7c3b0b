#include "view/mustache_scan.h"

#include <string.h>

enum { MAX_DELIMITER = 16 };

void scanner_init(struct scanner *scanner, slice source, slice name) {
    *scanner = (struct scanner){.source = source, .name = name, .line = 1, .open = S("{{"), .close = S("}}")};
}

static enum status fail(const struct scanner *scanner, struct error *error, const char *what) {
    return error_set(error, INVALID, "%.*s:%u: %s", SLICE_FMT(scanner->name), scanner->line, what);
}

static void count_lines(struct scanner *scanner, size_t until) {
    while (scanner->line_at < until) {
        const char *from = scanner->source.p + scanner->line_at;
        const char *newline = memchr(from, '\n', until - scanner->line_at);
        if (!newline) {
            break;
        }
        scanner->line++;
        scanner->line_at += (size_t)(newline - from) + 1;
    }
    scanner->line_at = until;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

/* Takes a word off the front of *text. */
static slice take_word(slice *text) {
    *text = slice_trim(*text);
    size_t n = 0;
    while (n < text->n && !is_space(text->p[n])) {
        n++;
    }
    slice word = slice_sub(*text, 0, n);
    *text = slice_trim(slice_after(*text, n));
    return word;
}

static enum status set_delimiters(struct scanner *scanner, slice content, struct error *error) {
    slice open = take_word(&content);
    slice close = take_word(&content);
    if (open.n == 0 || close.n == 0 || content.n > 0 || open.n > MAX_DELIMITER || close.n > MAX_DELIMITER ||
        slice_contains(open, S("=")) || slice_contains(close, S("="))) {
        return fail(scanner, error, "delimiters are two words without '=', as in {{=<% %>=}}");
    }
    scanner->open = open;
    scanner->close = close;
    return OK;
}

static enum tag_kind kind_of(char sigil) {
    switch (sigil) {
    case '{':
    case '&': return TAG_RAW;
    case '#': return TAG_SECTION;
    case '^': return TAG_INVERTED;
    case '/': return TAG_CLOSE;
    case '>': return TAG_PARTIAL;
    case '<': return TAG_PARENT;
    case '$': return TAG_BLOCK;
    case '!': return TAG_COMMENT;
    case '=': return TAG_DELIMITERS;
    default: return TAG_VALUE;
    }
}

/* What closes a tag that begins with the sigil: "}" and "=" stand before the delimiter. False when it is not there. */
static bool find_end(const struct scanner *scanner, size_t from, char sigil, size_t *content_end, size_t *tag_end) {
    slice rest = slice_after(scanner->source, from);
    slice before = sigil == '{' ? S("}") : sigil == '=' ? S("=") : S("");
    slice first = before.n ? before : scanner->close;
    for (size_t at = 0; at < rest.n;) {
        size_t found = slice_find(slice_after(rest, at), first);
        if (found == SIZE_MAX) {
            return false;
        }
        at += found;
        if (slice_starts(slice_after(rest, at + before.n), scanner->close)) {
            *content_end = from + at;
            *tag_end = from + at + before.n + scanner->close.n;
            return true;
        }
        at++;
    }
    return false;
}

enum status scanner_next(struct scanner *scanner, struct tag *tag, bool *found, struct error *error) {
    *found = false;
    size_t distance = slice_find(slice_after(scanner->source, scanner->at), scanner->open);
    if (distance == SIZE_MAX) {
        return OK;
    }
    size_t begin = scanner->at + distance;
    count_lines(scanner, begin);
    slice inside = slice_after(scanner->source, begin + scanner->open.n);
    char sigil = inside.n ? inside.p[0] : '\0';
    enum tag_kind kind = kind_of(sigil);
    size_t content_begin = begin + scanner->open.n + (kind != TAG_VALUE);
    size_t content_end, end;
    if (!find_end(scanner, content_begin, sigil, &content_end, &end)) {
        return fail(scanner, error, "a tag is not closed");
    }
    *tag = (struct tag){.kind = kind, .begin = begin, .end = end, .line = scanner->line};
    tag->content = slice_trim(slice_sub(scanner->source, content_begin, content_end));
    if (tag->content.n == 0 && kind != TAG_COMMENT) {
        return fail(scanner, error, "a tag is empty");
    }
    scanner->at = end;
    *found = true;
    return kind == TAG_DELIMITERS ? set_delimiters(scanner, tag->content, error) : OK;
}

slice scanner_indentation(slice text) {
    size_t n = 0;
    while (n < text.n && (text.p[n] == ' ' || text.p[n] == '\t')) {
        n++;
    }
    return slice_sub(text, 0, n);
}

struct tag_line scanner_line_of(const struct scanner *scanner, const struct tag *tag) {
    slice source = scanner->source;
    struct tag_line line = {.begin = tag->begin};
    while (line.begin > 0 && (source.p[line.begin - 1] == ' ' || source.p[line.begin - 1] == '\t')) {
        line.begin--;
    }
    line.blank_before = line.begin == 0 || source.p[line.begin - 1] == '\n';
    slice after = slice_after(source, tag->end);
    line.next = tag->end + scanner_indentation(after).n;
    after = slice_after(source, line.next);
    line.blank_after = after.n == 0 || slice_starts(after, S("\n")) || slice_starts(after, S("\r\n"));
    if (line.blank_after && after.n) {
        line.next += after.p[0] == '\r' ? 2 : 1;
    }
    return line;
}
