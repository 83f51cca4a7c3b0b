#include "text/html_read.h"

#include "base/attributes.h"

#include <string.h>

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
static bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static size_t find_from(slice s, size_t from, slice needle) {
    size_t at = slice_find(slice_after(s, from), needle);
    return at == SIZE_MAX ? SIZE_MAX : from + at;
}

/* One attribute at the front (§13.2.5.32–39). False when only white space, '/' or '>' is left; *rest is then there. */
static bool take_attribute(slice *rest, struct html_attribute *a) {
    size_t i = 0;
    while (i < rest->n && (is_space(rest->p[i]) || rest->p[i] == '/')) i++;
    *rest = slice_after(*rest, i);
    if (rest->n == 0 || rest->p[0] == '>') return false;
    i = 1; /* a '=' in the first place is part of the name */
    while (i < rest->n && !is_space(rest->p[i]) && !strchr("/>=", rest->p[i])) i++;
    a->name = slice_sub(*rest, 0, i);
    a->value = (slice){NULL, 0};
    size_t after_name = i;
    while (i < rest->n && is_space(rest->p[i])) i++;
    if (i == rest->n || rest->p[i] != '=') {
        *rest = slice_after(*rest, after_name);
        return true;
    }
    i++;
    while (i < rest->n && is_space(rest->p[i])) i++;
    size_t start = i;
    if (i < rest->n && (rest->p[i] == '"' || rest->p[i] == '\'')) {
        size_t end = slice_find_char(slice_after(*rest, i + 1), rest->p[i]);
        a->value = slice_sub(*rest, i + 1, end == SIZE_MAX ? rest->n : i + 1 + end);
        *rest = end == SIZE_MAX ? slice_after(*rest, rest->n) : slice_after(*rest, i + 1 + end + 1);
        return true;
    }
    while (i < rest->n && !is_space(rest->p[i]) && rest->p[i] != '>') i++;
    a->value = slice_sub(*rest, start, i);
    *rest = slice_after(*rest, i);
    return true;
}

bool html__next_attribute(slice *rest, struct html_attribute *attribute) { return take_attribute(rest, attribute); }

/* Where the '>' of the tag stands whose attributes start at from. A quotation mark that is never closed would take all
   that follows into one attribute: then the first '>' ends the tag. SIZE_MAX when there is none. */
static size_t find_tag_end(slice source, size_t from) {
    slice rest = slice_after(source, from);
    struct html_attribute a;
    while (take_attribute(&rest, &a)) continue;
    if (rest.n) return (size_t)(rest.p - source.p);
    return find_from(source, from, S(">"));
}

static bool read_tag(struct html_reader *r, struct html_token *token, size_t name_start) {
    size_t name_end = name_start;
    while (name_end < r->source.n && !is_space(r->source.p[name_end]) && !strchr("/>", r->source.p[name_end]))
        name_end++;
    size_t end = find_tag_end(r->source, name_end);
    if (end == SIZE_MAX) {
        r->text_only = true;
        return false;
    }
    token->name = slice_sub(r->source, name_start, name_end);
    token->body = slice_sub(r->source, name_end, end);
    r->at = end + 1;
    return true;
}

/* At "<!" or "<?" or "</" and no letter. Comments end at "-->"; all else at '>'; either at the end of the source. */
static void read_comment(struct html_reader *r, struct html_token *token) {
    slice rest = slice_after(r->source, r->at);
    token->kind = TOKEN_COMMENT;
    size_t start = 2, end, after;
    if (slice_starts(rest, S("<!--"))) {
        start = 4;
        bool empty = slice_starts(rest, S("<!-->")) || slice_starts(rest, S("<!--->"));
        end = empty ? start : find_from(rest, start, S("-->"));
        after = empty ? slice_find_char(rest, '>') + 1 : end + 3;
    } else {
        end = slice_find_char(rest, '>');
        after = end + 1;
    }
    if (end == SIZE_MAX) end = after = rest.n;
    token->body = slice_sub(rest, start, end);
    r->at += after;
}

bool html__shortcode_is_known(slice name) {
    static const slice NAMES[] = {S_INIT("caption"),  S_INIT("wp_caption"), S_INIT("gallery"),
                                  S_INIT("playlist"), S_INIT("embed"),      S_INIT("audio"),
                                  S_INIT("video"),    S_INIT("code"),       S_INIT("sourcecode")};
    for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++) {
        if (slice_equal(name, NAMES[i])) return true;
    }
    return false;
}

static size_t name_length(slice s) {
    size_t n = 0;
    while (n < s.n && (is_letter(s.p[n]) || s.p[n] == '_')) n++;
    return n;
}

/* At '['. A known shortcode: [name], [name attributes], [/name]; attributes may hold ']' in quotes. */
static bool read_shortcode(struct html_reader *r, struct html_token *token) {
    enum { LONGEST = 1024 };
    slice rest = slice_sub(r->source, r->at, r->at + LONGEST);
    bool escaped = r->at > 0 && r->source.p[r->at - 1] == '['; /* [[gallery]] stands for itself */
    bool closing = slice_starts(rest, S("[/"));
    size_t start = closing ? 2 : 1;
    size_t end = start + name_length(slice_after(rest, start));
    slice name = slice_sub(rest, start, end);
    if (escaped || !html__shortcode_is_known(name) || end >= rest.n) return false;
    if (rest.p[end] != ']' && (closing || (!is_space(rest.p[end]) && rest.p[end] != '/'))) return false;
    char quote = '\0';
    size_t i = end;
    for (; i < rest.n && (quote || rest.p[i] != ']'); i++) {
        if (quote) {
            quote = rest.p[i] == quote ? '\0' : quote;
        } else if (rest.p[i] == '"' || rest.p[i] == '\'') {
            quote = rest.p[i];
        }
    }
    if (i == rest.n) return false;
    token->kind = closing ? TOKEN_SHORTCODE_END : TOKEN_SHORTCODE;
    token->name = name;
    token->body = slice_sub(rest, end, i);
    r->at += i + 1;
    return true;
}

/* A tag or comment at the front; false when the '<' is text. */
static bool read_markup(struct html_reader *r, struct html_token *token) {
    slice rest = slice_after(r->source, r->at);
    if (rest.n < 2) return false;
    if (is_letter(rest.p[1])) {
        token->kind = TOKEN_START;
        return read_tag(r, token, r->at + 1);
    }
    if (rest.p[1] == '/' && rest.n > 2 && is_letter(rest.p[2])) {
        token->kind = TOKEN_END;
        return read_tag(r, token, r->at + 2);
    }
    if (rest.p[1] != '!' && rest.p[1] != '?' && rest.p[1] != '/') return false;
    if (rest.p[1] == '/' && rest.n == 2) return false;
    read_comment(r, token);
    return true;
}

bool html__next(struct html_reader *r, struct html_token *token) {
    *token = (struct html_token){0};
    size_t start = r->at;
    for (; r->at < r->source.n; r->at++) {
        char c = r->source.p[r->at];
        bool markup = c == '<' && !r->text_only, shortcode = c == '[' && r->shortcodes;
        if (!markup && !shortcode) continue;
        size_t text_end = r->at;
        if (markup ? !read_markup(r, token) : !read_shortcode(r, token)) continue;
        if (text_end == start) return true;
        r->at = text_end; /* the text before it first */
        break;
    }
    if (r->at == start) return false;
    *token = (struct html_token){.kind = TOKEN_TEXT, .body = slice_sub(r->source, start, r->at)};
    return true;
}

size_t html__find_end_tag(const struct html_reader *r, slice name) {
    for (size_t at = find_from(r->source, r->at, S("</")); at != SIZE_MAX; at = find_from(r->source, at + 2, S("</"))) {
        slice rest = slice_after(r->source, at + 2);
        if (!slice_starts_nocase(rest, name)) continue;
        if (rest.n == name.n || is_space(rest.p[name.n]) || strchr("/>", rest.p[name.n])) return at;
    }
    return SIZE_MAX;
}

slice html__skip_raw(struct html_reader *r, slice name) {
    size_t start = r->at, end = html__find_end_tag(r, name);
    if (end == SIZE_MAX) {
        r->at = r->source.n;
        return slice_after(r->source, start);
    }
    size_t close = find_tag_end(r->source, end + 2 + name.n);
    r->at = close == SIZE_MAX ? r->source.n : close + 1;
    return slice_sub(r->source, start, end);
}

bool html__skip_shortcode(struct html_reader *r, slice name, slice *content) {
    size_t start = r->at;
    if (r->no_shortcode_end) return false;
    for (size_t at = find_from(r->source, start, S("[/")); at != SIZE_MAX; at = find_from(r->source, at + 2, S("[/"))) {
        slice rest = slice_after(r->source, at + 2);
        if (!slice_starts(rest, name) || rest.n == name.n || rest.p[name.n] != ']') continue;
        *content = slice_sub(r->source, start, at);
        r->at = at + 2 + name.n + 1;
        return true;
    }
    r->no_shortcode_end = true;
    return false;
}
