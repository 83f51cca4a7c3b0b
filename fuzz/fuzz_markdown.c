/* Markdown, as a comment and as an article: whatever the source, the HTML is safe, and is read back as it was written. */
#include "html_audit.h"

#include "base/arena.h"
#include "text/markdown.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct markdown_mention NAMES[] = {
        {S_INIT("Jean"), S_INIT("https://example.org/comments/1")},
        {S_INIT("Jean Dupont"), S_INIT("https://example.org/comments/2")},
        {S_INIT("<b>"), S_INIT("javascript:alert(1)")},
    };
    static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en"), S_INIT("")};
    const struct markdown_options options = {
        .language = LANGUAGES[size % 3], .mentions = NAMES, .mention_count = sizeof NAMES / sizeof NAMES[0]};
    slice source = slice_make(data, size);
    struct arena *arena = arena_new((size_t)256 << 20);
    struct html html;
    if (markdown_comment(arena, source, &options, &html, NULL) == OK) {
        audit_html(html.s, AUDIT_COMMENT);
    }
    if (markdown_article(arena, source, &options, &html, NULL) == OK) {
        audit_html(html.s, AUDIT_ARTICLE);
    }
    slice plain;
    (void)!markdown_plain(arena, MARKDOWN_COMMENT, source, size % 300, &plain, NULL);
    (void)!markdown_plain(arena, MARKDOWN_ARTICLE, source, 0, &plain, NULL);
    arena_free(arena);
    return 0;
}
