/* Any text: its words, the marks in its HTML, and what replaces them in its source. The language is the first byte's. */
#include "text/markdown.h"
#include "text/proofread.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Some words it knows, others not. */
static bool knows(void *ctx, slice word) {
    (void)ctx;
    assert(word.n > 0 && word.n < 100);
    return slice_hash(word) % 3 == 0;
}

/* With the marks taken out again, the HTML is what it was. */
static void check_marked(struct arena *arena, const struct proofread *p) {
    slice marked = proofread_mark_html(arena, p).s;
    size_t at = 0, opened = 0;
    for (slice rest = marked; rest.n;) {
        if (slice_starts(rest, S("<u class=\"unknown\""))) {
            rest = slice_after(rest, slice_find_char(rest, '>') + 1);
            opened++;
        } else if (slice_starts(rest, S("</u>"))) {
            rest = slice_after(rest, 4);
        } else {
            assert(at < p->html.s.n && p->html.s.p[at] == rest.p[0]);
            at++;
            rest = slice_after(rest, 1);
        }
    }
    assert(at == p->html.s.n && opened == p->mark_count);
}

static void check_changed(struct arena *arena, const struct proofread *p) {
    struct proofread_change changes[PROOFREAD_WORDS];
    size_t removed = 0, end = 0;
    assert(slice_equal(proofread_apply(arena, p, NULL, 0), p->source));
    for (size_t i = 0; i < p->word_count; i++) changes[i] = (struct proofread_change){p->words[i], S("")};
    for (size_t i = 0; i < p->mark_count; i++) {
        const struct proofread_mark *m = &p->marks[i];
        assert(m->source_start >= end && m->source_end > m->source_start && m->source_end <= p->source.n);
        assert(slice_equal(slice_sub(p->source, m->source_start, m->source_end), p->words[m->word]));
        end = m->source_end;
        removed += m->source_end - m->source_start;
    }
    assert(proofread_apply(arena, p, changes, p->word_count).n == p->source.n - removed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new(256 << 20);
    slice language = size && data[0] % 2 ? S("fr") : S("en");
    slice source = slice_make(data, size);
    struct markdown_options markdown = {.language = language};
    struct proofread_options options = {language, knows, NULL, NULL};
    struct html html;
    struct proofread p;
    struct error error;
    if (markdown_comment(arena, source, &markdown, &html, &error) == OK) {
        proofread_find(arena, &options, html, source, &p);
        check_marked(arena, &p);
        check_changed(arena, &p);
    }
    arena_free(arena);
    return 0;
}
