#include "exchange/wxr_shortcut.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

enum { BYTES = 256 * 1024, START_BYTES = 256, ITEM_DEPTH = 3, PLACE_LEAST = 64, PLACE_MAX = BYTES + PLACE_LEAST };

/* What the text at hand is inside of. */
enum within { TEXT, CDATA, COMMENT, INSTRUCTION };
static const slice ENDS[] = {[CDATA] = S_INIT("]]>"), [COMMENT] = S_INIT("-->"), [INSTRUCTION] = S_INIT("?>")};

struct wxr_shortcut {
    struct xml_input *input;
    char bytes[BYTES];
    size_t at, end;
    bool begun, ended;
    bool off;           /* all that follows passes as it is */
    enum status status; /* why reading failed, said when all before it has been given */
    char detail[160];
    size_t pass; /* bytes from at on that pass as they are */
    enum within within;
    int depth;    /* of open elements */
    bool in_item; /* the one at ITEM_DEPTH is an <item> */
    int64_t line;
    uint64_t mark; /* of the next place */
    struct buf place;
    size_t place_at;
    struct wxr_run *first, *last;
    struct wxr_comment *found; /* of the run at hand */
    size_t found_capacity;
};

/* Whether more has to be read before it can be told; or that it is not as it would have to be. */
enum look { FOUND, MORE, OTHERWISE };

static bool starts(slice rest, const char *text) { return slice_starts(rest, slice_of(text)); }

/* By its last byte, which is rare in what these are looked for in: much faster than memmem with so short ones. */
static size_t find_text(slice rest, slice text) {
    size_t before = text.n - 1;
    for (size_t at = before; at < rest.n; at++) {
        const char *p = memchr(rest.p + at, text.p[before], rest.n - at);
        if (!p) break;
        at = (size_t)(p - rest.p);
        if (memcmp(p - before, text.p, before) == 0) return at - before;
    }
    return SIZE_MAX;
}

static int64_t lines_in(slice text) {
    int64_t lines = 0;
    for (const char *p = text.p, *end = text.p + text.n; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) lines++;
    return lines;
}

static slice after_space(slice rest) {
    size_t i = 0;
    while (i < rest.n && (rest.p[i] == ' ' || rest.p[i] == '\n' || rest.p[i] == '\t')) i++;
    return slice_after(rest, i);
}

/* Characters that XML takes as they are: no carriage return, which it would change. */
static bool is_clean(slice text) {
    const uint64_t high = 0x8080808080808080u, spaces = 0x2020202020202020u;
    for (size_t i = 0; i < text.n;) {
        uint64_t word;
        if (i + 8 <= text.n) {
            memcpy(&word, text.p + i, 8);
            if (((word - spaces) & ~word & high) == 0) {
                i += 8;
                continue;
            }
        }
        unsigned char c = (unsigned char)text.p[i++];
        if (c < 0x20 && c != '\n' && c != '\t') return false;
    }
    if (utf8_find_invalid(text) != SIZE_MAX) return false;
    return find_text(text, S("\xEF\xBF\xBE")) == SIZE_MAX && find_text(text, S("\xEF\xBF\xBF")) == SIZE_MAX;
}

/* One element without attributes, at the front: its name behind "wp:", and its text. */
static enum look look_at_field(slice *rest, slice *name, slice *text) {
    size_t end = slice_find_char(*rest, '>');
    if (end == SIZE_MAX) return MORE;
    if (!starts(*rest, "<wp:")) return OTHERWISE;
    *name = slice_sub(*rest, 4, end);
    *rest = slice_after(*rest, end + 1);
    *text = (slice){0};
    bool empty = slice_ends(*name, S("/"));
    name->n -= empty;
    for (size_t i = 0; i < name->n; i++) {
        char c = name->p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')) return OTHERWISE;
    }
    if (empty) return name->n ? FOUND : OTHERWISE;
    bool data = starts(*rest, "<![CDATA[");
    if (data) *rest = slice_after(*rest, 9);
    size_t to = data ? find_text(*rest, S("]]>")) : slice_find_char(*rest, '<');
    if (to == SIZE_MAX) return MORE;
    *text = slice_sub(*rest, 0, to);
    *rest = slice_after(*rest, data ? to + 3 : to);
    if (!data && (slice_find_char(*text, '&') != SIZE_MAX || slice_find_char(*text, '>') != SIZE_MAX)) return OTHERWISE;
    if (rest->n < 6 + name->n) return MORE;
    bool closed = starts(*rest, "</wp:") && slice_starts(slice_after(*rest, 5), *name) && rest->p[5 + name->n] == '>';
    *rest = slice_after(*rest, 6 + name->n);
    return closed && name->n ? FOUND : OTHERWISE;
}

static const struct {
    slice name;
    size_t offset;
} FIELDS[] = {
#define FIELD(name, member) {S_INIT(name), offsetof(struct wxr_comment, member)},
    WXR_COMMENT_FIELDS(FIELD)
#undef FIELD
};

static slice *field_at(struct wxr_comment *c, size_t i) { return (slice *)(void *)((char *)c + FIELDS[i].offset); }

/* *next: where the field is looked for first. */
static void set_field(struct wxr_comment *c, slice name, slice text, size_t *next) {
    for (size_t tried = 0; tried < ARRAY_COUNT(FIELDS); tried++) {
        size_t i = (*next + tried) % ARRAY_COUNT(FIELDS);
        if (!slice_equal(FIELDS[i].name, name)) continue;
        *field_at(c, i) = text;
        *next = i + 1;
        return;
    }
}

/* <wp:commentmeta>: known to be there, and wanted by nobody. */
static enum look pass_meta(slice *rest) {
    static const char begin[] = "<wp:commentmeta>", end[] = "</wp:commentmeta>";
    *rest = slice_after(*rest, sizeof begin - 1);
    for (;;) {
        *rest = after_space(*rest);
        if (starts(*rest, end)) {
            *rest = slice_after(*rest, sizeof end - 1);
            return FOUND;
        }
        slice name, text;
        enum look look = look_at_field(rest, &name, &text);
        if (look != FOUND) return look;
    }
}

/* <wp:comment> at the front of *rest, which is moved behind it. */
static enum look look_at_comment(slice *rest, struct wxr_comment *out) {
    static const char begin[] = "<wp:comment>", end[] = "</wp:comment>";
    slice whole = *rest;
    size_t next = 0;
    *rest = slice_after(*rest, sizeof begin - 1);
    for (;;) {
        *rest = after_space(*rest);
        if (starts(*rest, end)) break;
        enum look look;
        slice name, text;
        if (starts(*rest, "<wp:commentmeta>")) {
            look = pass_meta(rest);
        } else {
            look = look_at_field(rest, &name, &text);
            if (look == FOUND) set_field(out, name, text, &next);
        }
        if (look != FOUND) return look;
    }
    *rest = slice_after(*rest, sizeof end - 1);
    return is_clean(slice_sub(whole, 0, whole.n - rest->n)) ? FOUND : OTHERWISE;
}

/* Keeps count comments aside, which are the first n bytes of the text at hand; writes their place. */
static void keep_run(struct wxr_shortcut *s, size_t count, size_t n) {
    struct wxr_run *run = NEW(struct wxr_run);
    const char *from = s->bytes + s->at;
    run->bytes = memory_alloc(n);
    memcpy(run->bytes, from, n);
    run->comments = memory_alloc_array(count, sizeof *run->comments);
    run->count = count;
    for (size_t i = 0; i < count; i++) {
        run->comments[i] = s->found[i];
        for (size_t k = 0; k < ARRAY_COUNT(FIELDS); k++) {
            slice *text = field_at(&run->comments[i], k);
            if (text->p) text->p = run->bytes + (text->p - from);
        }
    }
    if (s->last)
        s->last->next = run;
    else
        s->first = run;
    s->last = run;
    int64_t lines = lines_in(slice_make(from, n));
    buf_clear(&s->place);
    buf_add_format(&s->place, "<wp:comment n=\"%016" PRIx64 "\"/>", s->mark++);
    for (int64_t i = 0; i < lines; i++) buf_add_char(&s->place, '\n');
    s->place_at = 0;
    s->line += lines;
    s->at += n;
    s->input->bytes_read += (int64_t)n - (int64_t)s->place.n; /* whoever reads the place counts it */
}

/* As many comments as stand side by side in what is at hand: the last may still be cut off. */
static enum look look_at_run(struct wxr_shortcut *s, slice whole) {
    slice rest = whole;
    size_t count = 0, done = 0;
    int64_t line = s->line;
    enum look look;
    for (;;) {
        struct wxr_comment comment = {.line = line + lines_in(slice_sub(whole, done, whole.n - rest.n))};
        size_t from = whole.n - rest.n;
        look = look_at_comment(&rest, &comment);
        if (look != FOUND) break;
        if (count == s->found_capacity) {
            s->found_capacity = s->found_capacity ? 2 * s->found_capacity : 64;
            s->found = memory_realloc_array(s->found, s->found_capacity, sizeof *s->found);
        }
        line = comment.line + lines_in(slice_sub(whole, from, whole.n - rest.n));
        done = whole.n - rest.n;
        s->found[count++] = comment;
        rest = after_space(rest);
        if (!starts(rest, "<wp:comment>")) break;
    }
    if (count == 0) return look;
    if (done < PLACE_LEAST) return OTHERWISE; /* nothing would be saved */
    keep_run(s, count, done);
    return FOUND;
}

/* Any other tag; '>' may stand in an attribute. */
static enum look look_at_tag(struct wxr_shortcut *s, slice rest) {
    char quote = '\0';
    size_t i = 1;
    for (; i < rest.n; i++) {
        char c = rest.p[i];
        if (!quote && c == '>') break;
        if (!quote && c == '<') return OTHERWISE;
        if (c == quote)
            quote = '\0';
        else if (!quote && (c == '"' || c == '\''))
            quote = c;
    }
    if (i >= rest.n) return MORE;
    s->pass = i + 1;
    if (rest.p[1] == '/') {
        s->depth--;
    } else if (rest.p[i - 1] != '/') {
        s->depth++;
        if (s->depth == ITEM_DEPTH) s->in_item = starts(rest, "<item>");
    }
    return FOUND;
}

static enum look look_for_end(struct wxr_shortcut *s, slice rest) {
    slice end = ENDS[s->within];
    size_t at = find_text(rest, end);
    if (at != SIZE_MAX) {
        s->pass = at + end.n;
        s->within = TEXT;
        return FOUND;
    }
    if (rest.n < end.n) return MORE;
    s->pass = rest.n - (end.n - 1);
    return FOUND;
}

static enum look begin_within(struct wxr_shortcut *s, enum within within, size_t pass) {
    s->within = within;
    s->pass = pass;
    return FOUND;
}

/* What comes next: sets pass, or the place of a run. last: no more can be had. */
static enum look look_at(struct wxr_shortcut *s, slice rest, bool last) {
    if (s->within != TEXT) return look_for_end(s, rest);
    size_t tag = slice_find_char(rest, '<');
    s->pass = tag == SIZE_MAX ? rest.n : tag;
    if (s->pass) return FOUND;
    if (rest.n < sizeof "<wp:comment>" && !last) return MORE;
    if (starts(rest, "<![CDATA[")) return begin_within(s, CDATA, 9);
    if (starts(rest, "<!--")) return begin_within(s, COMMENT, 4);
    if (starts(rest, "<?")) return begin_within(s, INSTRUCTION, 2);
    if (starts(rest, "<!")) return OTHERWISE;
    if (starts(rest, "<wp:comment>") && s->depth == ITEM_DEPTH && s->in_item) {
        enum look look = look_at_run(s, rest);
        if (look == FOUND || (look == MORE && !last)) return look;
    }
    return look_at_tag(s, rest);
}

static bool is_utf8(slice declaration) {
    size_t at = slice_find(declaration, S("encoding"));
    if (at == SIZE_MAX) return true;
    slice value = slice_after(declaration, at + sizeof "encoding" - 1);
    size_t begin = 0;
    while (begin < value.n && strchr(" =\"'\n", value.p[begin])) begin++;
    return slice_starts_nocase(slice_after(value, begin), S("utf-8"));
}

/* Bytes are characters of UTF-8, as far as the file says what they are. */
static void begin(struct wxr_shortcut *s, slice start) {
    s->begun = true;
    if (slice_starts(start, S("\xEF\xBB\xBF"))) start = slice_after(start, 3);
    s->off = !starts(start, "<");
    if (!starts(start, "<?xml")) return;
    slice declaration = slice_sub(start, 0, find_text(start, S("?>")));
    s->off = declaration.n == start.n || !is_utf8(declaration) || slice_contains(declaration, S("1.1"));
}

static void fill(struct wxr_shortcut *s) {
    memmove(s->bytes, s->bytes + s->at, s->end - s->at);
    s->end -= s->at;
    s->at = 0;
    size_t n = xml_input_read(s->input, s->bytes + s->end, BYTES - s->end);
    s->end += n;
    s->ended = n == 0;
    s->status = s->input->status;
    memcpy(s->detail, s->input->detail, sizeof s->detail);
    s->input->status = OK;
}

/* False: there is no more, or not without waiting while something could be given. */
static bool go_on(struct wxr_shortcut *s, bool may_wait) {
    slice rest = slice_make(s->bytes + s->at, s->end - s->at);
    bool last = s->ended || rest.n == BYTES;
    if (!s->begun && (rest.n >= START_BYTES || last)) begin(s, rest);
    enum look look = MORE;
    if (s->begun && rest.n) look = s->off ? OTHERWISE : look_at(s, rest, last);
    if (look == FOUND) return true;
    if (look == OTHERWISE || (last && rest.n)) {
        s->off = s->off || !s->ended || look == OTHERWISE;
        s->pass = rest.n;
        return true;
    }
    if (s->ended || !may_wait) return false;
    fill(s);
    return true;
}

static size_t give(struct wxr_shortcut *s, char *out, size_t max) {
    bool placed = s->place_at < s->place.n;
    const char *from = placed ? s->place.p + s->place_at : s->bytes + s->at;
    size_t n = placed ? s->place.n - s->place_at : s->pass;
    if (n > max) n = max;
    memcpy(out, from, n);
    if (placed) {
        s->place_at += n;
        return n;
    }
    s->line += lines_in(slice_make(from, n));
    s->at += n;
    s->pass -= n;
    return n;
}

static size_t read_on(void *ctx, char *out, size_t max) {
    struct wxr_shortcut *s = ctx;
    size_t n = 0;
    while (n < max) {
        if (s->place_at < s->place.n || s->pass)
            n += give(s, out + n, max - n);
        else if (!go_on(s, n == 0))
            break;
    }
    if (n == 0 && s->status) {
        s->input->status = s->status;
        memcpy(s->input->detail, s->detail, sizeof s->detail);
    }
    return n;
}

struct wxr_shortcut *wxr_shortcut_new(struct xml_input *input) {
    struct wxr_shortcut *s = NEW(struct wxr_shortcut);
    s->input = input;
    s->line = 1;
    crypto_random(&s->mark, sizeof s->mark);
    buf_init(&s->place, PLACE_MAX);
    input->more = read_on;
    input->more_ctx = s;
    return s;
}

void wxr_run_free(struct wxr_run *run) {
    if (!run) return;
    memory_free(run->comments);
    memory_free(run->bytes);
    memory_free(run);
}

void wxr_shortcut_free(struct wxr_shortcut *s) {
    if (!s) return;
    while (s->first) {
        struct wxr_run *next = s->first->next;
        wxr_run_free(s->first);
        s->first = next;
    }
    buf_fini(&s->place);
    memory_free(s->found);
    memory_free(s);
}

struct wxr_run *wxr_shortcut_take(struct wxr_shortcut *s, slice mark) {
    struct wxr_run *run = s->first;
    if (!run || !mark.n) return NULL;
    uint64_t waiting = 0;
    for (const struct wxr_run *r = run; r; r = r->next) waiting++;
    char wanted[20];
    snprintf(wanted, sizeof wanted, "%016" PRIx64, s->mark - waiting);
    if (!slice_equal(mark, slice_of(wanted))) return NULL;
    s->first = run->next;
    if (!s->first) s->last = NULL;
    return run;
}
