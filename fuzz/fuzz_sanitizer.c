/* Foreign HTML, as a post and as a comment: whatever the source, what is left of it is safe, and is read back as it was
 * written; and cleaning it again changes nothing, typography apart. */
#include "html_audit.h"

#include "base/arena.h"
#include "text/sanitize.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_stable(struct arena *arena, slice once) {
    const struct sanitize_options plain = {.plain_html = true};
    struct html twice;
    if (sanitize_article_html(arena, once, &plain, NULL, &twice, NULL) != OK) {
        return;
    }
    if (!slice_equal(once, twice.s)) {
        fprintf(stderr, "once:  %.*s\ntwice: %.*s\n", SLICE_FMT(once), SLICE_FMT(twice.s));
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en"), S_INIT("")};
    struct sanitize_options options = {.language = LANGUAGES[size % 3], .plain_html = size % 5 == 0};
    if (size % 2) {
        options.base_address = S("https://example.org/2020/post/");
    }
    slice source = slice_make(data, size);
    struct arena *arena = arena_new((size_t)256 << 20);
    struct sanitize_report report = {0};
    struct html html;
    if (sanitize_article_html(arena, source, &options, &report, &html, NULL) == OK) {
        /* What was implied at the ceiling is over it when it is asked for; quotes that typography sets end addresses. */
        bool shallow = audit_html(html.s, AUDIT_ARTICLE) < SANITIZE_MAX_DEPTH - 4;
        if (shallow && options.language.n == 0) {
            must_be_stable(arena, html.s);
        }
    }
    if (sanitize_comment_html(arena, source, &options, &report, &html, NULL) == OK) {
        audit_html(html.s, AUDIT_COMMENT);
    }
    slice plain;
    (void)!sanitize_plain(arena, source, size % 300, &plain, NULL);
    arena_free(arena);
    return 0;
}
