/* Any bytes, as a text: letters stand in order and within it, and what is found is found where it is said to be. The
   first line is a list of words, by ';'. */
#include "base/arena.h"
#include "text/likeness.h"
#include "text/word_set.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 16, FOUND_MAX = 50 };

static void look_at(const struct evasion *e, slice text) {
    for (size_t i = 0; i < e->count; i++) {
        const struct evasion_letter *l = &e->letters[i];
        assert(l->from < l->to && l->to <= text.n && l->run > 0 && l->c != 0);
        /* a character may be several letters */
        if (i > 0) assert(l->from >= e->letters[i - 1].from && l->to >= e->letters[i - 1].to);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    slice text = slice_make(data, size), list = slice_cut(&text, '\n'), words[WORDS_MAX];
    size_t count = 0;
    if (!text.p) text = list;
    while (list.p && count < WORDS_MAX) words[count++] = slice_cut(&list, ';');
    struct arena *arena = arena_new((size_t)64 << 20);
    struct evasion e = text_evasion(arena, text);
    look_at(&e, text);
    struct word_set *set = word_set_new(words, count);
    struct word_found found[FOUND_MAX];
    size_t n = word_set_find(set, arena, &e, found, FOUND_MAX);
    for (size_t i = 0; i < n; i++) {
        assert(found[i].word < count && found[i].from < found[i].to && found[i].to <= text.n);
        assert(word_set_accepts(words[found[i].word]));
    }
    word_set_free(set);
    const struct evasion_place *places;
    slice plain = evasion_plain(arena, &e, &places);
    for (size_t i = 0; i < plain.n; i++) assert(places[i].from <= places[i].to && places[i].to <= text.n);
    struct likeness likeness = text_likeness(arena, &e);
    assert(likeness.count == 0 || likeness_percent(&likeness, &likeness) == 100);
    arena_free(arena);
    return 0;
}
