#include "text/search_snippet.h"

#include "base/utf8.h"
#include "text/excerpt.h"
#include "text/unicode.h"

#define NBSP "\xC2\xA0" /* no line is an ellipsis alone */

enum { BEFORE_BYTES = 60 /* of text shown before the first hit */ };

struct word {
    size_t from, to;
    slice term;
    uint32_t clauses; /* a bit for each clause this word is part of a hit of */
    bool joined;      /* the next word belongs to the same hit */
};

struct text {
    slice plain;
    struct word *words;
    size_t count;
};

static void read_words(struct arena *arena, struct search_stemmers *stemmers, slice language, struct text *t) {
    struct search_reader reader;
    struct search_word word;
    size_t room = 64;
    t->words = ARENA_ARRAY(arena, room, struct word);
    search_reader_init(&reader, stemmers, search_language_of(language), t->plain);
    while (search_read(&reader, &word)) {
        if (t->count == room) {
            struct word *more = ARENA_ARRAY(arena, room * 2, struct word);
            for (size_t i = 0; i < room; i++) more[i] = t->words[i];
            t->words = more;
            room *= 2;
        }
        t->words[t->count++] = (struct word){word.from, word.to, arena_copy(arena, word.term), 0, false};
    }
}

static bool stands_at(const struct text *t, size_t at, const struct search_phrase *phrase) {
    if (phrase->count > t->count - at) return false;
    for (size_t i = 0; i < phrase->count; i++)
        if (!slice_equal(t->words[at + i].term, phrase->terms[i])) return false;
    return true;
}

static bool mark_hit(struct text *t, const struct search_clause *clause, size_t bit, size_t at) {
    size_t longest = 0;
    for (size_t k = 0; k < clause->count; k++)
        if (clause->any[k].count > longest && stands_at(t, at, &clause->any[k])) longest = clause->any[k].count;
    for (size_t i = 0; i < longest; i++) {
        t->words[at + i].clauses |= UINT32_C(1) << bit;
        if (i + 1 < longest) t->words[at + i].joined = true;
    }
    return longest > 0;
}

static bool mark_hits(struct text *t, const struct search_query *query) {
    bool any = false;
    for (size_t c = 0; c < query->count; c++) {
        const struct search_clause *clause = &query->clauses[c];
        if (clause->excluded || clause->kind != SEARCH_WORDS) continue;
        for (size_t at = 0; at < t->count; at++) any = mark_hit(t, clause, c, at) || any;
    }
    return any;
}

static int bits(uint32_t set) { return __builtin_popcount(set); }

/* The first word of the window of that many bytes that has most clauses in it, then most hits. */
static size_t best_start(const struct text *t, size_t bytes) {
    size_t best = 0, end = 0, counts[SEARCH_CLAUSES_MAX] = {0}, hits = 0, best_value = 0;
    for (size_t at = 0; at < t->count; at++) {
        if (!t->words[at].clauses) continue;
        if (end < at) end = at; /* no hits in between */
        for (; end < t->count && t->words[end].to - t->words[at].from <= bytes; end++) {
            for (size_t c = 0; c < SEARCH_CLAUSES_MAX; c++) counts[c] += t->words[end].clauses >> c & 1;
            hits += t->words[end].clauses != 0;
        }
        uint32_t set = 0;
        for (uint32_t c = 0; c < SEARCH_CLAUSES_MAX; c++) set |= counts[c] ? UINT32_C(1) << c : 0;
        size_t value = (size_t)bits(set) * 1000 + (hits < 999 ? hits : 999);
        if (value > best_value) {
            best_value = value;
            best = at;
        }
        if (end <= at) {
            end = at + 1; /* one word longer than the window */
            continue;
        }
        for (size_t c = 0; c < SEARCH_CLAUSES_MAX; c++) counts[c] -= t->words[at].clauses >> c & 1;
        hits--;
    }
    return best;
}

/* Escaped, white space collapsed. */
static void add_text(struct buf *out, slice text) {
    while (text.n) {
        size_t n = 0;
        while (n < text.n && text.p[n] != '\n' && text.p[n] != ' ' && text.p[n] != '\t') n++;
        buf_add_html(out, slice_sub(text, 0, n));
        text = slice_after(text, n);
        if (text.n) buf_add_char(out, ' ');
        while (text.n && (text.p[0] == '\n' || text.p[0] == ' ' || text.p[0] == '\t')) text = slice_after(text, 1);
    }
}

/* A phrase is marked as one. */
static size_t hit_end(const struct text *t, size_t at, size_t end) {
    while (at + 1 < end && t->words[at].joined) at++;
    return at;
}

static struct html write(struct arena *arena, const struct text *t, size_t first, size_t last, size_t from, size_t to) {
    struct buf out CLEANUP(buf_fini);
    buf_init(&out, 16 * (to - from) + 64);
    if (first > 0) buf_add(&out, S("…" NBSP));
    size_t at = from;
    for (size_t i = first; i < last; i++) {
        if (!t->words[i].clauses) continue;
        size_t end = hit_end(t, i, last);
        add_text(&out, slice_sub(t->plain, at, t->words[i].from));
        buf_add(&out, S("<mark>"));
        add_text(&out, slice_sub(t->plain, t->words[i].from, t->words[end].to));
        buf_add(&out, S("</mark>"));
        at = t->words[end].to;
        i = end;
    }
    add_text(&out, slice_sub(t->plain, at, to));
    if (last < t->count) buf_add(&out, S(NBSP "…"));
    return (struct html){arena_copy(arena, buf_slice(&out))};
}

struct html search_snippet(struct arena *arena, struct search_stemmers *stemmers, const struct search_query *query,
                           slice language, slice plain, size_t max_chars) {
    struct text t = {.plain = slice_trim(unicode__nfc(arena, slice_sub(plain, 0, SEARCH_SNIPPET_BYTES)))};
    read_words(arena, stemmers, language, &t);
    if (!mark_hits(&t, query)) return html_escape(arena, text_excerpt(arena, t.plain, max_chars));
    size_t bytes = max_chars + max_chars / 8; /* of French and English, about */
    if (t.plain.n <= bytes) return write(arena, &t, 0, t.count, 0, t.plain.n);
    size_t first = best_start(&t, bytes - BEFORE_BYTES);
    size_t hit = t.words[first].from;
    while (first > 0 && hit - t.words[first - 1].from <= BEFORE_BYTES) first--;
    if (t.words[first].from <= BEFORE_BYTES / 2) first = 0;
    size_t from = first ? t.words[first].from : 0, last = first + 1;
    while (last < t.count && t.words[last].to - from <= bytes) last++;
    /* what stands close behind the last word (a point, a closing quotation mark) comes with it */
    size_t to = last == t.count ? t.plain.n : t.words[last - 1].to;
    return write(arena, &t, first, last, from, to);
}
