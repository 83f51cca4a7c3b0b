#include "text/address.h"

#include "text/link.h"
#include "text/unicode.h"

#include <string.h>

static bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/* Where an address that starts at from can go on to at most. */
static size_t web_limit(slice text, size_t from) {
    size_t most = text.n - from > URL_MAX ? from + URL_MAX : text.n;
    size_t i = from;
    while (i < most) {
        unsigned char c = (unsigned char)text.p[i];
        if (c <= ' ' || c == 0x7F || strchr("<>\"`\\^{|}", c)) break;
        if (c >= 0x80) {
            uint32_t point = unicode__at(text, i);
            bool quote = point == 0xAB || point == 0xBB || (point >= 0x2018 && point <= 0x201F);
            if (quote || unicode__is_space(point) || point == 0x2026) break;
        }
        i++;
    }
    return i;
}

/* Leaves the sentence's punctuation out (as GitHub Flavored Markdown §6.9 does), in one pass from the end. */
static size_t trim_address(slice text, size_t start, size_t end) {
    long round = 0, square = 0; /* brackets that close without having been opened, if positive */
    for (size_t i = start; i < end; i++) {
        round += text.p[i] == ')' ? 1 : text.p[i] == '(' ? -1 : 0;
        square += text.p[i] == ']' ? 1 : text.p[i] == '[' ? -1 : 0;
    }
    while (end > start) {
        char c = text.p[end - 1];
        if (c == ')' || c == ']') {
            long *open = c == ')' ? &round : &square;
            if (*open <= 0) break;
            --*open;
        } else if (!strchr("?!.,:;*_~'", c)) {
            break;
        }
        end--;
    }
    return end;
}

/* How a web address starts: the bytes before its host, or 0. "www." is part of the host. */
static size_t web_prefix(slice rest) {
    if (slice_starts_nocase(rest, S("http://"))) return sizeof "http://" - 1;
    if (slice_starts_nocase(rest, S("https://"))) return sizeof "https://" - 1;
    return 0;
}

/* Whether a host with a dot inside stands at the front: what is no address is refused here, at once. */
static bool starts_with_dotted_host(slice rest) {
    enum { LONGEST_HOST = 253 };
    size_t dots = 0;
    for (size_t i = 0; i < rest.n && i <= LONGEST_HOST; i++) {
        char c = rest.p[i];
        bool dot = c == '.' && i > 0 && rest.p[i - 1] != '.' && i + 1 < rest.n;
        if (!dot && !is_alnum(c) && c != '-' && c != '_' && (unsigned char)c < 0x80) break;
        if (dot && (is_alnum(rest.p[i + 1]) || (unsigned char)rest.p[i + 1] >= 0x80)) dots++;
    }
    return dots > 0;
}

/* The same of a whole address, once it is known where it ends. */
static bool has_dotted_host(slice url) {
    slice host = url_host(url);
    size_t dot = slice_find_char(host, '.');
    return dot != SIZE_MAX && dot > 0 && dot + 1 < host.n;
}

static bool find_web_at(slice text, size_t at, struct address *out) {
    slice rest = slice_after(text, at);
    size_t prefix = web_prefix(rest);
    bool www = prefix == 0 && slice_starts_nocase(rest, S("www."));
    if (prefix == 0 && !www) return false;
    if (unicode__is_alnum(unicode__before(text, at))) return false;
    if (!starts_with_dotted_host(slice_after(rest, www ? 4 : prefix))) return false;
    size_t end = trim_address(text, at, web_limit(text, at));
    slice found = slice_sub(text, at, end);
    if (www ? !slice_contains(slice_after(found, 4), S(".")) : !has_dotted_host(found)) return false;
    *out = (struct address){at, end, www ? ADDRESS_WWW : ADDRESS_WEB};
    return true;
}

static bool is_local_char(char c) { return is_alnum(c) || c == '.' || c == '_' || c == '+' || c == '-'; }

/* The address around the '@' at at; never before least. */
static bool find_mail_at(slice text, size_t least, size_t at, struct address *out) {
    enum { LONGEST_LOCAL = 64, LONGEST_HOST = 253 };
    size_t start = at;
    while (start > least && at - start < LONGEST_LOCAL && is_local_char(text.p[start - 1])) start--;
    while (start < at && text.p[start] == '.') start++;
    if (start == at || text.p[at - 1] == '.' || unicode__is_alnum(unicode__before(text, start))) return false;
    size_t end = at + 1, last_dot = 0;
    while (end < text.n && end - at <= LONGEST_HOST) {
        char c = text.p[end], before = text.p[end - 1];
        bool joint = c == '.' || c == '-';
        if (!is_alnum(c) && !(joint && is_alnum(before))) break;
        if (c == '.') last_dot = end;
        end++;
    }
    while (end > at + 1 && !is_alnum(text.p[end - 1])) end--;
    if (last_dot >= end - 1) { /* the dot ended the sentence: look for one before it */
        const char *dot = memrchr(text.p + at, '.', end - at);
        last_dot = dot ? (size_t)(dot - text.p) : 0;
    }
    if (last_dot == 0 || end - last_dot < 3 || unicode__is_alnum(unicode__at(text, end))) return false;
    if (end < text.n && text.p[end] == '@') return false;
    *out = (struct address){start, end, ADDRESS_MAIL};
    return true;
}

/* Whether "ht" or "ww" stands here: two letters that nearly no word of a text without addresses has side by side. */
static bool may_begin_web(slice text, size_t i) {
    char next = i + 1 < text.n ? text.p[i + 1] : '\0';
    return (text.p[i] | 0x20) == 'h' ? (next | 0x20) == 't' : (next | 0x20) == 'w';
}

bool address__find(slice text, size_t from, struct address *out) {
    static const bool LOOKED_AT[256] = {['h'] = true, ['H'] = true, ['w'] = true, ['W'] = true, ['@'] = true};
    for (size_t i = from; i < text.n; i++) {
        if (!LOOKED_AT[(unsigned char)text.p[i]]) continue;
        if (text.p[i] == '@') {
            if (find_mail_at(text, from, i, out)) return true;
        } else if (may_begin_web(text, i) && find_web_at(text, i, out)) {
            return true;
        }
    }
    return false;
}

slice address__href(struct arena *arena, slice text, const struct address *address) {
    slice found = slice_sub(text, address->start, address->end);
    slice href = found;
    if (address->kind == ADDRESS_WWW) href = arena_format(arena, "http://%.*s", SLICE_FMT(found));
    if (address->kind == ADDRESS_MAIL) href = arena_format(arena, "mailto:%.*s", SLICE_FMT(found));
    href = address__clean(arena, href);
    return url_is_safe(href) ? href : (slice){NULL, 0};
}
