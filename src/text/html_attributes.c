#include "text/html_attributes.h"

#include "base/utf8.h"
#include "text/address.h"
#include "text/date.h"
#include "text/entity.h"
#include "text/html_read.h"
#include "text/link.h"

#include <string.h>

enum attribute {
    ATTRIBUTE_HREF,
    ATTRIBUTE_SRC,
    ATTRIBUTE_LAZY_SRC, /* what scripts that load images late put the address into */
    ATTRIBUTE_LAZY_SRC_2,
    ATTRIBUTE_ALT,
    ATTRIBUTE_TITLE,
    ATTRIBUTE_CITE,
    ATTRIBUTE_WIDTH,
    ATTRIBUTE_HEIGHT,
    ATTRIBUTE_COLSPAN,
    ATTRIBUTE_ROWSPAN,
    ATTRIBUTE_LANG,
    ATTRIBUTE_DIR,
    ATTRIBUTE_START,
    ATTRIBUTE_REVERSED,
    ATTRIBUTE_DATETIME,
    ATTRIBUTE_CAPTION,
    ATTRIBUTE_COUNT,
};

static const slice NAMES[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_HREF] = S_INIT("href"),         [ATTRIBUTE_SRC] = S_INIT("src"),
    [ATTRIBUTE_LAZY_SRC] = S_INIT("data-src"), [ATTRIBUTE_LAZY_SRC_2] = S_INIT("data-lazy-src"),
    [ATTRIBUTE_ALT] = S_INIT("alt"),           [ATTRIBUTE_TITLE] = S_INIT("title"),
    [ATTRIBUTE_CITE] = S_INIT("cite"),         [ATTRIBUTE_WIDTH] = S_INIT("width"),
    [ATTRIBUTE_HEIGHT] = S_INIT("height"),     [ATTRIBUTE_COLSPAN] = S_INIT("colspan"),
    [ATTRIBUTE_ROWSPAN] = S_INIT("rowspan"),   [ATTRIBUTE_LANG] = S_INIT("lang"),
    [ATTRIBUTE_DIR] = S_INIT("dir"),           [ATTRIBUTE_START] = S_INIT("start"),
    [ATTRIBUTE_REVERSED] = S_INIT("reversed"), [ATTRIBUTE_DATETIME] = S_INIT("datetime"),
    [ATTRIBUTE_CAPTION] = S_INIT("caption"),
};

/* The values as written in the tag; p is NULL for what is not there. */
struct values {
    slice of[ATTRIBUTE_COUNT];
    size_t count; /* all attributes, the unknown too */
};

void attributes__init(struct attribute_writer *w, slice base_address, const char *rel, bool comment,
                      struct sanitize_report *report, size_t source_bytes) {
    size_t most = 16 * source_bytes + 64 * 1024;
    *w = (struct attribute_writer){
        .kept = arena_new(64 * source_bytes + 1024 * 1024), /* each tag's attributes: escaped, and aligned */
        .scratch = arena_new(4 * 1024 * 1024),              /* some copies of one address, which URL_MAX bounds */
        .base_address = base_address,
        .rel = rel,
        .comment = comment,
        .report = report,
    };
    buf_init(&w->value, most);
    buf_init(&w->written, most);
}

void attributes__fini(struct attribute_writer *w) {
    arena_free(w->kept);
    arena_free(w->scratch);
    buf_fini(&w->value);
    buf_fini(&w->written);
}

slice text__drop_controls(struct buf *b) {
    slice rest = buf_slice(b);
    if (slice_find_char(rest, '\r') == SIZE_MAX && utf8_find_control(rest) == SIZE_MAX) return rest;
    size_t n = 0;
    while (rest.n) {
        slice at = rest;
        uint32_t c;
        (void)utf8_next(&rest, &c);
        slice one = slice_sub(at, 0, at.n - rest.n);
        bool gone = c == '\r' ? slice_starts(rest, S("\n")) : utf8_find_control(one) != SIZE_MAX;
        if (gone) continue;
        memmove(b->p + n, one.p, one.n);
        if (c == '\r') b->p[n] = '\n';
        n += one.n;
    }
    b->n = n;
    return buf_slice(b);
}

static struct values read_values(slice body) {
    struct values v = {0};
    struct html_attribute a;
    while (html__next_attribute(&body, &a)) {
        v.count++;
        for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
            bool first = !v.of[i].p && slice_equal_nocase(a.name, NAMES[i]); /* of two, HTML takes the first */
            if (first) v.of[i] = a.value.p ? a.value : S("");
        }
    }
    return v;
}

/* Borrowed from the writer until the next call. */
static slice decode(struct attribute_writer *w, slice value) {
    buf_clear(&w->value);
    entity__decode_all(value, ENTITY_IN_ATTRIBUTE, &w->value);
    return text__drop_controls(&w->value);
}

/* The address as it may be written: absolute, or of this site where no base is known. In scratch; empty when refused. */
static slice resolve(struct attribute_writer *w, slice value, bool web_only) {
    slice none = {NULL, 0};
    /* Not through text__drop_controls: what a browser ignores is address__clean's to know. */
    buf_clear(&w->value);
    entity__decode_all(value, ENTITY_IN_ATTRIBUTE, &w->value);
    slice url = address__clean(w->scratch, buf_slice(&w->value));
    if (url.n == 0) return none;
    if (web_only ? url_is_web(url) : url_is_safe(url)) return url;
    if (w->base_address.n) {
        url = url_join(w->scratch, w->base_address, url);
        return web_only && !url_is_web(url) ? none : url;
    }
    bool local = url_is_local(url) && !w->comment && !(web_only && url.p[0] == '#');
    return local ? url : none;
}

static void start(struct attribute_writer *w) {
    arena_reset(w->scratch);
    buf_clear(&w->written);
}

static void add(struct attribute_writer *w, enum attribute attribute, slice value) {
    buf_add_char(&w->written, ' ');
    buf_add(&w->written, NAMES[attribute]);
    buf_add(&w->written, S("=\""));
    buf_add_html(&w->written, value);
    buf_add_char(&w->written, '"');
}

static bool is_number(slice value, int64_t least, int64_t most) {
    int64_t n;
    return slice_to_int64(value, &n) && n >= least && n <= most && !(value.n > 1 && value.p[0] == '0');
}

static void add_number(struct attribute_writer *w, const struct values *v, enum attribute attribute, int64_t least,
                       int64_t most) {
    slice value = slice_trim(v->of[attribute]);
    if (value.n && is_number(value, least, most)) add(w, attribute, value);
}

static bool is_language(slice value) {
    if (value.n < 2 || value.n > 35 || value.p[0] == '-' || value.p[value.n - 1] == '-') return false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool ok =
            (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c == '-' && value.p[i - 1] != '-');
        if (!ok) return false;
    }
    return true;
}

static bool is_datetime(slice value) {
    time_ms t;
    if (value.n != sizeof "2022-01-07" - 1) return date_parse_iso(value, &t);
    char midnight[] = "2022-01-07T00:00:00Z";
    memcpy(midnight, value.p, value.n);
    return date_parse_iso(slice_of(midnight), &t);
}

static void add_global(struct attribute_writer *w, const struct values *v) {
    if (w->comment) return;
    slice lang = slice_trim(v->of[ATTRIBUTE_LANG]), dir = slice_trim(v->of[ATTRIBUTE_DIR]);
    if (is_language(lang)) add(w, ATTRIBUTE_LANG, lang);
    if (slice_equal_nocase(dir, S("ltr"))) add(w, ATTRIBUTE_DIR, S("ltr"));
    if (slice_equal_nocase(dir, S("rtl"))) add(w, ATTRIBUTE_DIR, S("rtl"));
    slice title = slice_trim(decode(w, v->of[ATTRIBUTE_TITLE]));
    if (title.n) add(w, ATTRIBUTE_TITLE, title);
}

static void add_link(struct attribute_writer *w, slice href) {
    add(w, ATTRIBUTE_HREF, href);
    if (!url_is_local(href)) buf_add_format(&w->written, " rel=\"%s\"", w->rel);
}

/* The image's own address, or the one that a script would have put there later. */
static slice image_address(struct attribute_writer *w, const struct values *v) {
    static const enum attribute ORDER[] = {ATTRIBUTE_LAZY_SRC, ATTRIBUTE_LAZY_SRC_2, ATTRIBUTE_SRC};
    for (size_t i = 0; i < ARRAY_COUNT(ORDER); i++) {
        slice src = v->of[ORDER[i]].n ? resolve(w, v->of[ORDER[i]], true) : (slice){NULL, 0};
        if (src.n) return src;
    }
    if (v->of[ATTRIBUTE_SRC].p) w->report->addresses_dropped++;
    return (slice){NULL, 0};
}

/* "https://a.org/summer_2020.jpg?w=300" → "summer 2020" */
static slice name_of_file(struct attribute_writer *w, slice src) {
    src = slice_sub(src, 0, slice_find_char(src, '?'));
    const char *slash = src.n ? memrchr(src.p, '/', src.n) : NULL;
    slice name = slash ? slice_after(src, (size_t)(slash - src.p) + 1) : src;
    const char *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;
    if (dot) name.n = (size_t)(dot - name.p);
    buf_clear(&w->value);
    for (size_t i = 0; i < name.n; i++) buf_add_char(&w->value, name.p[i] == '_' || name.p[i] == '-' ? ' ' : name.p[i]);
    return slice_trim(buf_slice(&w->value));
}

/* An image alone in a link is all that the link says: without an alternative text it is called what its file is. */
static slice alternative(struct attribute_writer *w, const struct values *v, slice src) {
    slice alt = slice_trim(decode(w, v->of[ATTRIBUTE_ALT]));
    if (alt.n == 0 && w->in_link) alt = slice_trim(decode(w, v->of[ATTRIBUTE_TITLE]));
    return alt.n == 0 && w->in_link ? name_of_file(w, src) : alt;
}

static void add_image(struct attribute_writer *w, const struct values *v) {
    slice src = image_address(w, v);
    if (src.n == 0) return;
    add(w, ATTRIBUTE_SRC, src);
    add(w, ATTRIBUTE_ALT, alternative(w, v, src));
    add_number(w, v, ATTRIBUTE_WIDTH, 1, 99999);
    add_number(w, v, ATTRIBUTE_HEIGHT, 1, 99999);
    add_global(w, v);
    buf_add(&w->written, S(" loading=\"lazy\""));
}

/* Gives false when the element is nothing without what it lacks. */
static bool add_own(struct attribute_writer *w, enum tag tag, const struct values *v) {
    slice none = {NULL, 0};
    if (tag == TAG_A) {
        slice href = v->of[ATTRIBUTE_HREF].p ? resolve(w, v->of[ATTRIBUTE_HREF], false) : none;
        if (href.n) add_link(w, href);
        w->report->addresses_dropped += v->of[ATTRIBUTE_HREF].n && !href.n;
        return href.n > 0;
    }
    if ((tag == TAG_BLOCKQUOTE || tag == TAG_Q) && !w->comment) {
        slice cite = v->of[ATTRIBUTE_CITE].n ? resolve(w, v->of[ATTRIBUTE_CITE], true) : none;
        if (url_is_web(cite)) add(w, ATTRIBUTE_CITE, cite);
    }
    if (tag == TAG_TD || tag == TAG_TH) {
        add_number(w, v, ATTRIBUTE_COLSPAN, 2, 100);
        add_number(w, v, ATTRIBUTE_ROWSPAN, 2, 1000);
    }
    if (tag == TAG_OL) {
        add_number(w, v, ATTRIBUTE_START, -99999, 999999);
        if (v->of[ATTRIBUTE_REVERSED].p && !w->comment) buf_add(&w->written, S(" reversed"));
    }
    if ((tag == TAG_TIME || tag == TAG_DEL || tag == TAG_INS) && !w->comment) {
        slice datetime = slice_trim(v->of[ATTRIBUTE_DATETIME]);
        bool ok = is_datetime(datetime);
        if (ok) add(w, ATTRIBUTE_DATETIME, datetime);
        return ok || tag != TAG_TIME;
    }
    return true;
}

static slice keep(struct attribute_writer *w, const struct values *v) {
    slice written = buf_slice(&w->written);
    size_t kept = 0;
    for (size_t at; (at = slice_find(written, S("=\""))) != SIZE_MAX; written = slice_after(written, at + 2)) kept++;
    w->report->attributes_dropped += v->count > kept ? v->count - kept : 0;
    return w->written.n ? arena_copy(w->kept, buf_slice(&w->written)) : (slice){NULL, 0};
}

slice attributes__write(struct attribute_writer *w, enum tag tag, slice body) {
    if (body.n == 0) return (slice){NULL, 0};
    struct values v = read_values(body);
    start(w);
    if (tag == TAG_IMG) {
        add_image(w, &v);
    } else if (add_own(w, tag, &v)) {
        add_global(w, &v);
    } else {
        buf_clear(&w->written);
    }
    return keep(w, &v);
}

slice attributes__link(struct attribute_writer *w, slice href) {
    buf_clear(&w->written);
    add_link(w, href);
    return arena_copy(w->kept, buf_slice(&w->written));
}

slice attributes__image_address(struct attribute_writer *w, slice body, slice *text) {
    start(w);
    struct values v = read_values(body);
    slice src = image_address(w, &v);
    if (src.n) src = arena_copy(w->kept, src);
    *text = src.n ? arena_copy(w->kept, slice_trim(decode(w, v.of[ATTRIBUTE_ALT]))) : (slice){NULL, 0};
    return src;
}

slice attributes__media_address(struct attribute_writer *w, slice body) {
    start(w);
    struct values v = read_values(body);
    slice src = v.of[ATTRIBUTE_SRC].n ? resolve(w, v.of[ATTRIBUTE_SRC], true) : (slice){NULL, 0};
    return src.n ? arena_copy(w->kept, src) : src;
}

slice attributes__shortcode_address(struct attribute_writer *w, slice body) {
    start(w);
    slice text = decode(w, body);
    struct address address;
    if (!address__find(text, 0, &address) || address.kind == ADDRESS_MAIL) return (slice){NULL, 0};
    slice href = address__href(w->scratch, text, &address);
    return href.n ? arena_copy(w->kept, href) : href;
}

slice attributes__caption(struct attribute_writer *w, slice body) {
    start(w);
    struct values v = read_values(body);
    slice caption = slice_trim(decode(w, v.of[ATTRIBUTE_CAPTION]));
    return caption.n ? arena_copy(w->kept, caption) : caption;
}
