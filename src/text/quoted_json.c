#include "text/quoted_json.h"

#include "base/buf.h"

#include <jansson.h>

enum { AUTHORS_MAX = 10, NAMES_BYTES = 2000 };

/* Looks into lists and @graph, not deeper: an article stands at the top. */
enum { NESTING_MAX = 3 };

static slice text_at(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (json_is_string(value)) return slice_make(json_string_value(value), json_string_length(value));
    return S("");
}

static bool is_article_type(const json_t *type) {
    static const slice TYPES[] = {
        S_INIT("Article"),         S_INIT("NewsArticle"),           S_INIT("ReportageNewsArticle"),
        S_INIT("BlogPosting"),     S_INIT("OpinionNewsArticle"),    S_INIT("AnalysisNewsArticle"),
        S_INIT("Report"),          S_INIT("BackgroundNewsArticle"), S_INIT("ReviewNewsArticle"),
        S_INIT("LiveBlogPosting"), S_INIT("ScholarlyArticle"),      S_INIT("WebPage"),
    };
    if (!json_is_string(type)) return false;
    slice name = slice_make(json_string_value(type), json_string_length(type));
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (slice_equal(name, TYPES[i])) return true;
    return false;
}

static bool is_article(const json_t *object) {
    const json_t *type = json_object_get(object, "@type");
    for (size_t i = 0; i < json_array_size(type); i++)
        if (is_article_type(json_array_get(type, i))) return true;
    return is_article_type(type);
}

static void take(struct arena *arena, slice *to, slice text) {
    if (!to->n && text.n) *to = arena_copy(arena, text);
}

/* A name, {"name": …}, or a list of either: "Ada, Grace". */
static slice names_of(struct arena *arena, const json_t *value) {
    struct buf b;
    buf_init(&b, NAMES_BYTES);
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count && i < AUTHORS_MAX; i++) {
        const json_t *one = json_is_array(value) ? json_array_get(value, i) : value;
        slice name =
            json_is_string(one) ? slice_make(json_string_value(one), json_string_length(one)) : text_at(one, "name");
        if (!name.n) continue;
        if (b.n) buf_add(&b, S(", "));
        buf_add(&b, name);
    }
    slice names = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return names;
}

static void read_article(struct arena *arena, const json_t *object, struct quoted_json *out) {
    take(arena, &out->headline, text_at(object, "headline"));
    take(arena, &out->author, names_of(arena, json_object_get(object, "author")));
    take(arena, &out->publisher, names_of(arena, json_object_get(object, "publisher")));
    take(arena, &out->date, text_at(object, "datePublished"));
    take(arena, &out->body, text_at(object, "articleBody"));
}

static void read_value(struct arena *arena, const json_t *value, int nesting, struct quoted_json *out) {
    if (nesting == NESTING_MAX) return;
    for (size_t i = 0; i < json_array_size(value); i++) read_value(arena, json_array_get(value, i), nesting + 1, out);
    if (!json_is_object(value)) return;
    if (is_article(value)) read_article(arena, value, out);
    read_value(arena, json_object_get(value, "@graph"), nesting + 1, out);
}

void quoted_json_read(struct arena *arena, slice text, struct quoted_json *out) {
    json_error_t problem;
    json_t *root = json_loadb(text.p ? text.p : "", text.n, 0, &problem);
    if (!root) return;
    read_value(arena, root, 0, out);
    json_decref(root);
}
