#include "text/speller_near.h"

#include "base/attributes.h"
#include "base/utf8.h"
#include "text/unicode.h"

#include <string.h>
#include <unicode/uchar.h>

enum { LETTERS_MAX = 24, ASK_EVERY = 16, TWICE_CANDIDATES = 500 };

struct search {
    uint32_t letters[LETTERS_MAX + 2]; /* in small letters */
    size_t n;
    bool capital; /* the word has one at the front */
    bool (*knows)(void *ctx, slice candidate);
    bool (*go_on)(void *ctx);
    void *ctx;
    struct speller_found *out;
    size_t asked;
    size_t left; /* candidates that may still be tried in this stage */
    bool stopped;
};

/* Letters that differ by an accent or a cedilla, and are typed for one another. */
static const uint32_t *const KIN[] = {
    U"aàâä", U"eéèêë", U"iîïy", U"oôö", U"uùûü", U"cç", U"nñ",
};

static bool is_full(const struct search *s) { return s->stopped || s->out->count == SPELLER_SUGGESTIONS; }

static bool has_already(const struct search *s, slice word) {
    for (size_t i = 0; i < s->out->count; i++)
        if (slice_equal(slice_of(s->out->words[i]), word)) return true;
    return false;
}

static void try_word(struct search *s, const uint32_t *letters, size_t n) {
    if (is_full(s) || n == 0) return;
    if (s->left == 0) return;
    s->left--;
    if (++s->asked % ASK_EVERY == 0 && !s->go_on(s->ctx)) {
        s->stopped = true;
        return;
    }
    char bytes[SPELLER_WORD_BYTES * 2];
    struct buf b = {.p = bytes, .capacity = sizeof bytes, .max = sizeof bytes - 1};
    for (size_t i = 0; i < n; i++)
        utf8_add(&b, i == 0 && s->capital ? (uint32_t)u_toupper((UChar32)letters[i]) : letters[i]);
    if (b.status != OK || !s->knows(s->ctx, buf_slice(&b)) || has_already(s, buf_slice(&b))) return;
    memcpy(s->out->words[s->out->count], b.p, b.n);
    s->out->words[s->out->count++][b.n] = '\0';
}

/* --- Slips: each makes all words that one slip of its kind may have come from ------------------------------------- */

typedef void (*found_fn)(struct search *s, const uint32_t *letters, size_t n);

/* The letters typed for this one, itself among them; NULL: none. */
static const uint32_t *kin_of(uint32_t letter) {
    for (size_t k = 0; k < ARRAY_COUNT(KIN); k++)
        for (const uint32_t *c = KIN[k]; *c; c++)
            if (*c == letter) return KIN[k];
    return NULL;
}

static void other_accents(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    uint32_t word[LETTERS_MAX + 2];
    memcpy(word, letters, n * sizeof *word);
    for (size_t i = 0; i < n; i++) {
        for (const uint32_t *c = kin_of(letters[i]); c && *c; c++) {
            word[i] = *c;
            if (*c != letters[i]) found(s, word, n);
        }
        word[i] = letters[i];
    }
}

static void swapped(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    uint32_t word[LETTERS_MAX + 2];
    for (size_t i = 0; i + 1 < n; i++) {
        if (letters[i] == letters[i + 1]) continue;
        memcpy(word, letters, n * sizeof *word);
        word[i] = letters[i + 1];
        word[i + 1] = letters[i];
        found(s, word, n);
    }
}

static void without(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    uint32_t word[LETTERS_MAX + 2];
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && letters[i] == letters[i - 1]) continue; /* the same word */
        memcpy(word, letters, i * sizeof *word);
        memcpy(word + i, letters + i + 1, (n - i - 1) * sizeof *word);
        found(s, word, n - 1);
    }
}

static void with(struct search *s, const uint32_t *letters, size_t n, size_t at, uint32_t letter, found_fn found) {
    uint32_t word[LETTERS_MAX + 2];
    memcpy(word, letters, at * sizeof *word);
    word[at] = letter;
    memcpy(word + at + 1, letters + at, (n - at) * sizeof *word);
    found(s, word, n + 1);
}

static void doubled(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    for (size_t i = 0; i < n; i++)
        if (i == 0 || letters[i] != letters[i - 1]) with(s, letters, n, i, letters[i], found);
}

static void undoubled(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    uint32_t word[LETTERS_MAX + 2];
    for (size_t i = 1; i < n; i++) {
        if (letters[i] != letters[i - 1]) continue;
        memcpy(word, letters, i * sizeof *word);
        memcpy(word + i, letters + i + 1, (n - i - 1) * sizeof *word);
        found(s, word, n - 1);
    }
}

/* How it is heard, and how it may be written. */
static void sounding_alike(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    static const struct {
        const uint32_t *heard, *written;
    } SOUNDS[] = {
        {U"f", U"ph"},  {U"ph", U"f"}, {U"t", U"th"},      {U"th", U"t"},      {U"k", U"qu"},        {U"k", U"c"},
        {U"qu", U"c"},  {U"c", U"qu"}, {U"an", U"en"},     {U"en", U"an"},     {U"z", U"s"},         {U"s", U"ss"},
        {U"ss", U"sc"}, {U"sc", U"s"}, {U"s", U"sc"},      {U"o", U"au"},      {U"au", U"o"},        {U"o", U"eau"},
        {U"ai", U"é"},  {U"é", U"er"}, {U"er", U"é"},      {U"è", U"ai"},      {U"in", U"im"},       {U"ie", U"ei"},
        {U"ei", U"ie"}, {U"c", U"s"},  {U"g", U"gu"},      {U"j", U"g"},       {U"x", U"xc"},        {U"xc", U"x"},
        {U"g", U"j"},   {U"i", U"y"},  {U"ante", U"ente"}, {U"able", U"ible"}, {U"ately", U"itely"},
    };
    for (size_t k = 0; k < ARRAY_COUNT(SOUNDS); k++) {
        size_t heard = 0, written = 0;
        while (SOUNDS[k].heard[heard]) heard++;
        while (SOUNDS[k].written[written]) written++;
        for (size_t i = 0; i + heard <= n && n - heard + written <= LETTERS_MAX; i++) {
            uint32_t word[LETTERS_MAX + 8];
            if (memcmp(letters + i, SOUNDS[k].heard, heard * sizeof *word) != 0) continue;
            memcpy(word, letters, i * sizeof *word);
            memcpy(word + i, SOUNDS[k].written, written * sizeof *word);
            memcpy(word + i + written, letters + i + heard, (n - i - heard) * sizeof *word);
            found(s, word, n - heard + written);
        }
    }
}

static const uint32_t ALPHABET[] = U"esiarntoulcdmpvghfbqyéèêxjàzkçwîôûœ";

static void with_another(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    for (size_t i = 0; i <= n; i++)
        for (const uint32_t *c = ALPHABET; *c && !is_full(s); c++) with(s, letters, n, i, *c, found);
}

static void with_other_letter(struct search *s, const uint32_t *letters, size_t n, found_fn found) {
    uint32_t word[LETTERS_MAX + 2];
    memcpy(word, letters, n * sizeof *word);
    for (size_t i = 0; i < n; i++) {
        for (const uint32_t *c = ALPHABET; *c && !is_full(s); c++) {
            word[i] = *c;
            if (*c != letters[i]) found(s, word, n);
        }
        word[i] = letters[i];
    }
}

/* A second slip of the likeliest kinds, after a first of the same. */
static void again(struct search *s, const uint32_t *letters, size_t n) {
    if (is_full(s) || n > LETTERS_MAX) return;
    other_accents(s, letters, n, try_word);
    undoubled(s, letters, n, try_word);
    doubled(s, letters, n, try_word);
}

static bool read_letters(struct search *s, slice word) {
    uint32_t c;
    while (utf8_next(&word, &c)) {
        if (s->n == LETTERS_MAX) return false;
        uint32_t small = (uint32_t)u_tolower((UChar32)c);
        if (s->n == 0) s->capital = small != c;
        s->letters[s->n++] = small;
    }
    return s->n > 1;
}

bool speller__near(slice word, enum speller_reach reach, bool (*knows)(void *ctx, slice candidate),
                   bool (*go_on)(void *ctx), void *ctx, struct speller_found *out) {
    struct search s = {.knows = knows, .go_on = go_on, .ctx = ctx, .out = out, .left = SIZE_MAX};
    out->count = 0;
    if (!read_letters(&s, word)) return true;
    if (reach == SPELLER_LIKELY) {
        other_accents(&s, s.letters, s.n, try_word);
        undoubled(&s, s.letters, s.n, try_word);
        doubled(&s, s.letters, s.n, try_word);
        swapped(&s, s.letters, s.n, try_word);
        sounding_alike(&s, s.letters, s.n, try_word);
        without(&s, s.letters, s.n, try_word);
        return !s.stopped;
    }
    with_another(&s, s.letters, s.n, try_word);
    with_other_letter(&s, s.letters, s.n, try_word);
    s.left = TWICE_CANDIDATES;
    if (out->count == 0) {
        undoubled(&s, s.letters, s.n, again);
        other_accents(&s, s.letters, s.n, again);
        doubled(&s, s.letters, s.n, again);
        sounding_alike(&s, s.letters, s.n, again);
    }
    return !s.stopped;
}
