#include "text/word_set.h"

#include "base/memory.h"
#include "text/automaton.h"

enum {
    RUN_EVASIVE = 3, /* a letter so often in a row is no spelling; "poisson" and "poison" stay two */
    ARENA_BYTES = 1024 * 1024,
};

struct pattern_letter {
    uint32_t c;
    uint16_t run;
    bool apart; /* a new word, or a joint, begins here */
};

struct pattern {
    size_t first, count; /* of the set's letters */
    bool open_start, open_end;
};

struct word_set {
    struct pattern *patterns;
    struct pattern_letter *letters; /* of all */
    size_t count;
    struct automaton *automaton;
};

static slice without_stars(slice word, bool *start, bool *end) {
    word = slice_trim(word);
    *start = slice_starts(word, S("*"));
    if (*start) word = slice_after(word, 1);
    *end = slice_ends(word, S("*"));
    if (*end) word.n--;
    return slice_trim(word);
}

static size_t letters_in(const struct evasion *e) {
    size_t n = 0;
    for (size_t i = 0; i < e->count; i++) n += e->letters[i].run;
    return n;
}

static struct evasion read_word(struct arena *arena, slice word, struct pattern *pattern) {
    struct evasion e = text_evasion(arena, without_stars(word, &pattern->open_start, &pattern->open_end));
    size_t n = letters_in(&e);
    if (n < 2 || n > WORD_SET_LETTERS_MAX) e.count = 0;
    return e;
}

bool word_set_accepts(slice word) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(ARENA_BYTES);
    struct pattern pattern;
    if (word.n > (size_t)WORD_SET_LETTERS_MAX * 8) return false;
    return read_word(arena, word, &pattern).count > 0;
}

struct word_set *word_set_new(const slice *words, size_t count) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(ARENA_BYTES);
    struct word_set *set = NEW(struct word_set);
    struct automaton_word *compiled = memory_alloc_array(count, sizeof *compiled);
    size_t room = count * WORD_SET_LETTERS_MAX, used = 0;
    uint32_t *symbols = memory_alloc_array(room, sizeof *symbols);
    set->patterns = memory_alloc_array(count, sizeof *set->patterns);
    set->letters = memory_alloc_array(room, sizeof *set->letters);
    set->count = count;
    for (size_t i = 0; i < count; i++) {
        struct pattern *p = &set->patterns[i];
        arena_reset(arena);
        if (words[i].n > (size_t)WORD_SET_LETTERS_MAX * 8) continue;
        struct evasion e = read_word(arena, words[i], p);
        p->first = used;
        p->count = e.count;
        compiled[i] = (struct automaton_word){&symbols[used], e.count};
        for (size_t k = 0; k < e.count; k++, used++) {
            const struct evasion_letter *l = &e.letters[k];
            set->letters[used] =
                (struct pattern_letter){l->c, l->run, k > 0 && (l->gap == GAP_WORD || l->gap == GAP_JOINT)};
            symbols[used] = l->symbol;
        }
    }
    set->letters = memory_realloc_array(set->letters, used + 1, sizeof *set->letters);
    set->automaton = automaton_new(compiled, count);
    memory_free(symbols);
    memory_free(compiled);
    return set;
}

void word_set_free(struct word_set *set) {
    if (!set) return;
    automaton_free(set->automaton);
    memory_free(set->letters);
    memory_free(set->patterns);
    memory_free(set);
}

/* --- Looking ------------------------------------------------------------------------------------------------------ */

struct search {
    const struct word_set *set;
    const struct evasion *text;
    struct word_found *out;
    size_t count, max;
};

static bool is_sign(const struct evasion_letter *l) {
    return l->disguised && !(l->c >= '0' && l->c <= '9') && !(l->c >= 'a' && l->c <= 'z');
}

/* A word may begin before letter i: also after a sign that only looked like a letter, as in an address. */
static bool is_boundary(const struct evasion *text, size_t i) {
    if (i == 0 || i == text->count) return true;
    const struct evasion_letter *l = &text->letters[i];
    return l->gap == GAP_WORD || l->gap == GAP_JOINT || is_sign(l - 1) || is_sign(l);
}

static bool letter_fits(const struct evasion_letter *text, const struct pattern_letter *p, bool first) {
    if (!evasion_reads(text->c, p->c)) return false;
    if (text->run != p->run && (text->run < p->run || text->run < RUN_EVASIVE)) return false;
    if (first) return true;
    return p->apart ? text->gap != GAP_NONE : text->gap != GAP_WORD;
}

/* Digits and signs alone are a number, not a word in disguise. */
static bool fits(const struct word_set *set, const struct evasion *text, size_t start, const struct pattern *p) {
    const struct pattern_letter *letters = &set->letters[p->first];
    size_t disguised = 0, plain = 0;
    if (!p->open_start && !is_boundary(text, start)) return false;
    if (!p->open_end && !is_boundary(text, start + p->count)) return false;
    for (size_t k = 0; k < p->count; k++) {
        const struct evasion_letter *l = &text->letters[start + k];
        if (!letter_fits(l, &letters[k], k == 0)) return false;
        if (l->c == letters[k].c)
            plain++;
        else
            disguised++;
    }
    if (plain == 1) return disguised <= 2 && text->letters[start].c == letters[0].c; /* a55, not 10t */
    return plain > 0 && disguised <= plain * 2;
}

static bool is_known(const struct search *s, const struct word_found *found) {
    for (size_t i = s->count; i > 0; i--)
        if (s->out[i - 1].word == found->word && s->out[i - 1].from == found->from) return true;
    return false;
}

static bool look(void *ctx, size_t index, size_t start) {
    struct search *s = ctx;
    const struct pattern *p = &s->set->patterns[index];
    if (!fits(s->set, s->text, start, p)) return true;
    const struct evasion_letter *l = s->text->letters;
    size_t end = start + p->count;
    if (p->open_start) /* the whole word is what was found */
        while (!is_boundary(s->text, start)) start--;
    if (p->open_end)
        while (!is_boundary(s->text, end)) end++;
    struct word_found found = {index, l[start].from, l[end - 1].to};
    if (!is_known(s, &found)) s->out[s->count++] = found;
    return s->count < s->max;
}

static void scan(struct search *s, struct arena *arena) {
    uint32_t *symbols = ARENA_ARRAY(arena, s->text->count + 1, uint32_t);
    for (size_t i = 0; i < s->text->count; i++) symbols[i] = s->text->letters[i].symbol;
    automaton_scan(s->set->automaton, symbols, s->text->count, look, s);
}

size_t word_set_find(const struct word_set *set, struct arena *arena, const struct evasion *text,
                     struct word_found *out, size_t max) {
    struct search s = {.set = set, .text = text, .out = out, .max = max};
    if (max == 0 || set->count == 0) return 0;
    scan(&s, arena);
    struct evasion merged = evasion_merged(arena, text, GAP_JOINT);
    if (merged.count == text->count || s.count == max) return s.count;
    s.text = &merged;
    scan(&s, arena);
    return s.count;
}
