#include "text/sanitize.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/address.h"
#include "text/entity.h"
#include "text/excerpt.h"
#include "text/html_attributes.h"
#include "text/html_build.h"
#include "text/html_read.h"

#include <string.h>

static const char COMMENT_REL[] = "nofollow ugc noopener";
static const char ARTICLE_REL[] = "noopener";

struct sanitizer {
    struct html_reader reader;
    struct builder builder;
    struct attribute_writer writer;
    struct sanitize_report *report; /* never NULL */
    bool comment;
    bool wordpress;
    struct buf decoded;
    slice caption; /* of the [caption] that is open, if it was an attribute; in the writer's arena */
    const struct tag_info *endless[32]; /* elements to be dropped whose end tag was looked for in vain */
    size_t endless_count;
};

static enum tag tag_of(const struct sanitizer *s, const struct tag_info *info) {
    return s->comment ? info->comment : info->article;
}

/* Text and comments */

/* Decoded, without the controls that build__text does not know (C1, bidirectional overrides, non-characters). */
static slice decode(struct sanitizer *s, slice text) {
    buf_clear(&s->decoded);
    entity__decode_all(text, ENTITY_IN_TEXT, &s->decoded);
    return text__drop_controls(&s->decoded);
}

/* "[contact-form id="1"]": what looks like a shortcode nobody here knows. */
static size_t count_shortcodes(slice text) {
    enum { LOOK_AHEAD = 300 };
    size_t count = 0;
    for (size_t at = slice_find_char(text, '['); at != SIZE_MAX; at = slice_find_char(text, '[')) {
        text = slice_after(text, at + 1);
        slice rest = slice_sub(text, 0, LOOK_AHEAD);
        slice inside = slice_sub(rest, 0, slice_find_char(rest, ']'));
        bool named = inside.n > 2 && inside.n < rest.n && inside.p[0] >= 'a' && inside.p[0] <= 'z';
        count += named && slice_contains(inside, S("=\""));
    }
    return count;
}

static void add_text(struct sanitizer *s, slice text) {
    if (s->wordpress) s->report->shortcodes_kept += count_shortcodes(text);
    build__text(&s->builder, decode(s, text));
}

static void add_comment(struct sanitizer *s, slice body) {
    slice words = slice_trim(body);
    if (s->wordpress && (slice_starts(words, S("more")) || slice_starts(words, S("nextpage")))) {
        build__boundary(&s->builder);
    }
}

/* Elements that go */

static bool is_endless(const struct sanitizer *s, const struct tag_info *info) {
    for (size_t i = 0; i < s->endless_count; i++) {
        if (s->endless[i] == info) return true;
    }
    return false;
}

/* With the content, up to the next end tag; without an end tag only the tag goes, since all that follows would. */
static void drop_element(struct sanitizer *s, const struct tag_info *info, slice name) {
    s->report->elements_dropped++;
    if (info->class == CLASS_DROP_TAG) return;
    if (info->class == CLASS_DROP_RAW) {
        (void)html__skip_raw(&s->reader, name);
    } else if (!is_endless(s, info)) {
        if (html__find_end_tag(&s->reader, name) != SIZE_MAX) {
            (void)html__skip_raw(&s->reader, name);
        } else if (s->endless_count < ARRAY_COUNT(s->endless)) {
            s->endless[s->endless_count++] = info;
        }
    }
}

static void add_media(struct sanitizer *s, const struct tag_info *info, const struct html_token *token) {
    slice src = s->comment ? (slice){NULL, 0} : attributes__media_address(&s->writer, token->body);
    if (src.n) build__link(&s->builder, src, src);
    drop_element(s, info, token->name);
}

/* Elements that stay */

static void add_image(struct sanitizer *s, slice body) {
    s->writer.in_link = build__is_in_link(&s->builder);
    if (s->comment) {
        slice text, src = attributes__image_address(&s->writer, body, &text);
        if (src.n == 0) return;
        bool opened = build__open_inline(&s->builder, TAG_A, TAG_A, attributes__link(&s->writer, src));
        build__text(&s->builder, text.n ? text : src);
        if (opened) build__close_inline(&s->builder, TAG_A);
        return;
    }
    slice attributes = attributes__write(&s->writer, TAG_IMG, body);
    if (attributes.n) build__image(&s->builder, attributes);
}

static void start_inline(struct sanitizer *s, enum tag tag, slice body) {
    slice attributes = attributes__write(&s->writer, tag, body);
    bool useless = (tag == TAG_A || tag == TAG_TIME) && attributes.n == 0;
    if (!build__open_inline(&s->builder, useless ? TAG_NONE : tag, tag, attributes)) s->report->elements_unwrapped++;
}

static void start_tag(struct sanitizer *s, const struct html_token *token) {
    const struct tag_info *info = tag__find(token->name);
    enum tag tag = tag_of(s, info);
    switch (info->class) {
    case CLASS_DROP:
    case CLASS_DROP_RAW:
    case CLASS_DROP_TAG: drop_element(s, info, token->name); return;
    case CLASS_MEDIA: add_media(s, info, token); return;
    case CLASS_VOID:
        if (info->article == TAG_BR) build__break(&s->builder);
        if (info->article == TAG_HR && tag) build__rule(&s->builder);
        if (info->article == TAG_HR && !tag) build__boundary(&s->builder);
        if (info->article == TAG_IMG) add_image(s, token->body);
        return;
    case CLASS_INLINE:
        if (tag) start_inline(s, tag, token->body);
        break;
    case CLASS_BLOCK:
        if (tag == TAG_NONE) {
            build__boundary(&s->builder);
        } else if (!build__open_block(&s->builder, tag, attributes__write(&s->writer, tag, token->body))) {
            s->report->elements_unwrapped++;
        }
        break;
    case CLASS_BOUNDARY: build__boundary(&s->builder); break;
    case CLASS_TEXT: break;
    }
    if (tag == TAG_NONE && !info->silent) s->report->elements_unwrapped++;
}

static void end_tag(struct sanitizer *s, slice name) {
    const struct tag_info *info = tag__find(name);
    enum tag tag = tag_of(s, info);
    bool block = info->class == CLASS_BLOCK || info->class == CLASS_BOUNDARY;
    if (block && tag == TAG_NONE) {
        build__boundary(&s->builder);
    } else if (block) {
        build__close_block(&s->builder, tag);
    } else if (info->class == CLASS_INLINE && tag) {
        build__close_inline(&s->builder, tag);
    } else if (info->article == TAG_BR) {
        build__break(&s->builder);
    }
}

/* Shortcodes of WordPress */

static void add_code(struct sanitizer *s, const struct html_token *token) {
    slice content;
    if (!html__skip_shortcode(&s->reader, token->name, &content)) {
        build__text(&s->builder, S("[code]"));
        return;
    }
    if (!build__open_block(&s->builder, TAG_PRE, (slice){NULL, 0})) return;
    bool code = build__open_inline(&s->builder, TAG_CODE, TAG_CODE, (slice){NULL, 0});
    build__text(&s->builder, decode(s, content));
    if (code) build__close_inline(&s->builder, TAG_CODE);
    build__close_block(&s->builder, TAG_PRE);
}

static void start_shortcode(struct sanitizer *s, const struct html_token *token) {
    struct builder *b = &s->builder;
    if (slice_ends(token->name, S("caption"))) {
        s->caption = attributes__caption(&s->writer, token->body);
        if (build__open_block(b, TAG_FIGURE, (slice){NULL, 0})) build__mark_caption(b);
    } else if (slice_ends(token->name, S("code"))) {
        add_code(s, token);
    } else if (slice_equal(token->name, S("embed"))) {
        build__boundary(b);
    } else if (slice_equal(token->name, S("audio")) || slice_equal(token->name, S("video"))) {
        slice href = attributes__shortcode_address(&s->writer, token->body);
        if (href.n) build__link(b, href, href);
    } else {
        s->report->galleries_dropped++;
        build__boundary(b);
    }
}

static void end_shortcode(struct sanitizer *s, const struct html_token *token) {
    struct builder *b = &s->builder;
    if (slice_ends(token->name, S("caption"))) {
        if (s->caption.n && build__open_block(b, TAG_FIGCAPTION, (slice){NULL, 0})) build__text(b, s->caption);
        s->caption = (slice){NULL, 0};
        build__close_block(b, TAG_FIGURE);
    } else if (slice_equal(token->name, S("embed"))) {
        build__boundary(b);
    }
}

/* The whole */

static void read_all(struct sanitizer *s) {
    struct html_token token;
    while (html__next(&s->reader, &token) && s->builder.out.status == OK) {
        switch (token.kind) {
        case TOKEN_TEXT: add_text(s, token.body); break;
        case TOKEN_START: start_tag(s, &token); break;
        case TOKEN_END: end_tag(s, token.name); break;
        case TOKEN_COMMENT: add_comment(s, token.body); break;
        case TOKEN_SHORTCODE: start_shortcode(s, &token); break;
        case TOKEN_SHORTCODE_END: end_shortcode(s, &token); break;
        }
    }
    build__finish(&s->builder);
}

static enum status check(slice source, struct error *error) {
    if (source.n > SANITIZE_MAX_SOURCE) {
        return error_set(error, LIMIT, "the HTML has %zu bytes, %d are the most", source.n, SANITIZE_MAX_SOURCE);
    }
    size_t invalid = utf8_find_invalid(source);
    if (invalid != SIZE_MAX) return error_set(error, INVALID, "the HTML is not UTF-8 at byte %zu", invalid);
    return OK;
}

static enum status finish(struct arena *arena, const struct sanitizer *s, struct html *out, struct error *error) {
    const struct builder *b = &s->builder;
    bool fits =
        b->out.status == OK && b->text.status == OK && b->running.scratch.status == OK && s->decoded.status == OK;
    if (!fits) return error_set(error, LIMIT, "the HTML grows too much by being cleaned");
    char *p = arena_try_alloc(arena, b->out.n + 1);
    if (!p) return error_set(error, LIMIT, "the HTML does not fit into memory set aside for it");
    if (b->out.n) memcpy(p, b->out.p, b->out.n);
    *out = (struct html){{p, b->out.n}};
    return OK;
}

static enum status sanitize(struct arena *arena, slice source, const struct sanitize_options *options,
                            struct sanitize_report *report, bool comment, struct html *out, struct error *error) {
    static const struct sanitize_options DEFAULTS = {0};
    enum status status = check(source, error);
    if (status != OK) return status;
    if (!options) options = &DEFAULTS;
    struct sanitize_report nobody = {0};
    bool block_editor = slice_contains(source, S("<!-- wp:"));
    size_t most = 16 * source.n + 64 * 1024;
    struct sanitizer s = {
        .reader = {.source = source, .shortcodes = !comment && !options->plain_html},
        .report = report ? report : &nobody,
        .comment = comment,
        .wordpress = !options->plain_html,
    };
    attributes__init(&s.writer, options->base_address, comment ? COMMENT_REL : ARTICLE_REL, comment, s.report,
                     source.n);
    struct running running = {
        .arena = s.writer.scratch,
        .typography = typography_of(options->language),
        .rel = s.writer.rel,
    };
    build__init(&s.builder, &running, !options->plain_html && !block_editor, most);
    buf_init(&s.decoded, most);
    read_all(&s);
    status = finish(arena, &s, out, error);
    buf_fini(&s.decoded);
    build__fini(&s.builder);
    attributes__fini(&s.writer);
    return status;
}

enum status sanitize_article_html(struct arena *arena, slice source, const struct sanitize_options *options,
                                  struct sanitize_report *report, struct html *out, struct error *error) {
    return sanitize(arena, source, options, report, false, out, error);
}

enum status sanitize_comment_html(struct arena *arena, slice source, const struct sanitize_options *options,
                                  struct sanitize_report *report, struct html *out, struct error *error) {
    return sanitize(arena, source, options, report, true, out, error);
}

/* Plain text */

static void add_words(struct buf *out, slice text) {
    for (size_t i = 0; i < text.n; i++) {
        size_t from = i;
        while (i < text.n && (unsigned char)text.p[i] > ' ') i++;
        if (i > from) buf_add(out, slice_sub(text, from, i));
        if (i == text.n) break;
        bool space = text.p[i] == ' ' || (text.p[i] >= '\t' && text.p[i] <= '\r');
        if (space && out->n && out->p[out->n - 1] != ' ' && out->p[out->n - 1] != '\n') buf_add_char(out, ' ');
    }
}

static void end_plain_block(struct buf *out) {
    if (out->n && out->p[out->n - 1] == ' ') out->n--;
    if (out->n && out->p[out->n - 1] != '\n') buf_add_char(out, '\n');
}

static void add_plain_tag(struct html_reader *reader, const struct html_token *token, struct buf *out) {
    const struct tag_info *info = tag__find(token->name);
    bool gone = info->class == CLASS_DROP || info->class == CLASS_DROP_RAW || info->class == CLASS_MEDIA;
    if (gone && token->kind == TOKEN_START && !reader->no_plain_end) {
        bool ends = html__find_end_tag(reader, token->name) != SIZE_MAX;
        if (ends || info->class == CLASS_DROP_RAW) (void)html__skip_raw(reader, token->name);
        reader->no_plain_end |= !ends;
    }
    if (info->class == CLASS_BLOCK || info->class == CLASS_BOUNDARY || info->article == TAG_HR) end_plain_block(out);
    if (info->article == TAG_BR) add_words(out, S(" "));
}

enum status sanitize_plain(struct arena *arena, slice source, size_t max_chars, slice *out, struct error *error) {
    enum status status = check(source, error);
    if (status != OK) return status;
    struct html_reader reader = {.source = source, .shortcodes = true};
    struct html_token token;
    CLEANUP(buf_fini) struct buf words, decoded;
    buf_init(&words, source.n + 64);
    buf_init(&decoded, source.n + 64);
    while (html__next(&reader, &token)) {
        if (token.kind == TOKEN_TEXT) {
            buf_clear(&decoded);
            entity__decode_all(token.body, ENTITY_IN_TEXT, &decoded);
            add_words(&words, text__drop_controls(&decoded));
        } else if (token.kind == TOKEN_START || token.kind == TOKEN_END) {
            add_plain_tag(&reader, &token, &words);
        }
    }
    slice plain = slice_trim(buf_slice(&words));
    *out = max_chars ? text_excerpt(arena, plain, max_chars) : arena_copy(arena, plain);
    return OK;
}
