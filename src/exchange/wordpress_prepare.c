#include "exchange/wordpress_prepare.h"

#include "base/utf8.h"
#include "domain/comment.h"
#include "exchange/comment_markdown.h"
#include "text/link.h"
#include "text/sanitize.h"

static slice one_line(struct arena *arena, slice html, size_t max, slice otherwise) {
    slice plain;
    struct error error;
    if (sanitize_plain(arena, html, 0, &plain, &error) != OK) return otherwise;
    plain = slice_trim(utf8_prefix(slice_trim(plain), max));
    plain = slice_trim(slice_sub(plain, 0, slice_find_char(plain, '\n')));
    return plain.n ? plain : otherwise;
}

static void prepare_author(const struct wordpress_options *options, bool french, const struct wxr_comment *c,
                           struct arena *arena, struct prepared_comment *out) {
    out->name = one_line(arena, c->author, COMMENT_NAME_MAX, french ? S("Anonyme") : S("Anonymous"));
    slice email = slice_trim(c->email), website = slice_trim(c->website);
    if (email.n <= COMMENT_EMAIL_MAX && utf8_is_valid(email)) out->email = email;
    bool safe = url_is_web(website) && website.n <= COMMENT_WEBSITE_MAX;
    if (safe) out->website = website;
    out->unsafe_website = website.n && !safe && !slice_equal(website, S("http://"));
    slice ip = slice_trim(c->ip);
    if (ip.n && options->address)
        options->address(options->address_ctx, arena, ip, &out->fingerprint, &out->address_sealed);
}

static void prepare_text(slice language, bool french, const struct wxr_comment *c, struct arena *arena,
                         struct prepared_comment *out) {
    struct html html = {0};
    struct sanitize_report cleaned = {0};
    struct error error;
    out->status = comment_markdown(arena, c->content, language, &cleaned, &out->text_source, &html, &error);
    if (out->status) {
        out->why = arena_copy(arena, slice_of(error.detail));
        out->text_source = (slice){0};
    }
    out->no_text = !out->text_source.n;
    if (out->no_text) {
        out->text_source = french ? S("(Sans texte)") : S("(No text)");
        html = html_escape(arena, out->text_source);
        html.s = arena_format(arena, "<p>%.*s</p>", SLICE_FMT(html.s));
    }
    out->html = html.s;
    out->dropped = cleaned.elements_dropped + cleaned.addresses_dropped + cleaned.elements_unwrapped;
}

void wordpress__prepare(const struct wordpress_options *options, slice language, const struct wxr_comment *c,
                        struct arena *arena, struct prepared_comment *out) {
    *out = (struct prepared_comment){.status = OK};
    size_t before = arena_used(arena);
    bool french = slice_equal(language, S("fr"));
    prepare_author(options, french, c, arena, out);
    prepare_text(language, french, c, arena, out);
    out->bytes = arena_used(arena) - before;
}
