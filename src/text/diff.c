#include "text/diff.h"

#include "base/buf.h"

#include <string.h>

struct tokens {
    slice *items;
    size_t count;
    bool *changed; /* taken out of the earlier text, put into the later */
};

enum token_kind { TOKEN_SPACE, TOKEN_WORD, TOKEN_MARK };

static enum token_kind kind_of(char c) {
    unsigned char byte = (unsigned char)c;
    if (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r') return TOKEN_SPACE;
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    return letter || (byte >= '0' && byte <= '9') || byte >= 0x80 ? TOKEN_WORD : TOKEN_MARK;
}

/* A word, a run of spaces, or one mark of punctuation. */
static size_t token_length(slice text) {
    enum token_kind kind = kind_of(text.p[0]);
    size_t n = 1;
    while (kind != TOKEN_MARK && n < text.n && kind_of(text.p[n]) == kind) n++;
    return n;
}

static struct tokens split(struct arena *arena, slice text) {
    struct tokens tokens = {.count = 0};
    for (slice rest = text; rest.n > 0; rest = slice_after(rest, token_length(rest))) tokens.count++;
    tokens.items = ARENA_ARRAY(arena, tokens.count + 1, slice);
    tokens.changed = ARENA_ARRAY(arena, tokens.count + 1, bool);
    size_t i = 0;
    for (slice rest = text; rest.n > 0; i++) {
        size_t n = token_length(rest);
        tokens.items[i] = slice_sub(rest, 0, n);
        rest = slice_after(rest, n);
    }
    return tokens;
}

/* The middle of both, between what they begin and end with alike. */
struct middle {
    struct tokens *before, *after;
    size_t first;
    int n, m;    /* tokens of each */
    int **trace; /* trace[d][k + d]: how far d edits reach on diagonal k */
};

static bool same(const struct middle *mid, int x, int y) {
    return slice_equal(mid->before->items[mid->first + (size_t)x], mid->after->items[mid->first + (size_t)y]);
}

static bool goes_down(const int *reach, int d, int k) { return k == -d || (k != d && reach[k - 1] < reach[k + 1]); }

/* One more edit on every diagonal. True: the end of both is reached. */
static bool step(const struct middle *mid, int *reach, int d) {
    for (int k = -d; k <= d; k += 2) {
        int x = goes_down(reach, d, k) ? reach[k + 1] : reach[k - 1] + 1;
        while (x < mid->n && x - k < mid->m && same(mid, x, x - k)) x++;
        reach[k] = x;
        if (x >= mid->n && x - k >= mid->m) return true;
    }
    return false;
}

/* The fewest edits that lead from one to the other; -1: more than DIFF_EDITS_MAX. */
static int search(struct arena *arena, struct middle *mid) {
    int most = mid->n + mid->m < DIFF_EDITS_MAX ? mid->n + mid->m : DIFF_EDITS_MAX;
    int *reach = ARENA_ARRAY(arena, (size_t)(2 * most + 3), int) + most + 1;
    mid->trace = ARENA_ARRAY(arena, (size_t)(most + 1), int *);
    reach[1] = 0;
    for (int d = 0; d <= most; d++) {
        if (step(mid, reach, d)) return d;
        mid->trace[d] = ARENA_ARRAY(arena, (size_t)(2 * d + 1), int);
        memcpy(mid->trace[d], reach - d, (size_t)(2 * d + 1) * sizeof reach[0]);
    }
    return -1;
}

/* Back along the way that was found. */
static void mark(const struct middle *mid, int edits) {
    int x = mid->n, y = mid->m;
    for (int d = edits; d > 0; d--) {
        const int *reach = mid->trace[d - 1] + d - 1;
        int k = x - y;
        bool down = goes_down(reach, d, k);
        x = reach[down ? k + 1 : k - 1];
        y = x - (down ? k + 1 : k - 1);
        if (down)
            mid->after->changed[mid->first + (size_t)y] = true;
        else
            mid->before->changed[mid->first + (size_t)x] = true;
    }
}

static void compare(struct arena *arena, struct tokens *before, struct tokens *after) {
    size_t first = 0, last = 0;
    size_t least = before->count < after->count ? before->count : after->count;
    while (first < least && slice_equal(before->items[first], after->items[first])) first++;
    while (first + last < least &&
           slice_equal(before->items[before->count - 1 - last], after->items[after->count - 1 - last]))
        last++;
    struct middle mid = {.before = before,
                         .after = after,
                         .first = first,
                         .n = (int)(before->count - first - last),
                         .m = (int)(after->count - first - last)};
    int edits = search(arena, &mid);
    if (edits >= 0) {
        mark(&mid, edits);
        return;
    }
    for (int i = 0; i < mid.n; i++) before->changed[first + (size_t)i] = true;
    for (int i = 0; i < mid.m; i++) after->changed[first + (size_t)i] = true;
}

/* A space that stayed between two words that did not: taken with them, so that a changed phrase reads as one. */
static void join_phrases(struct tokens *before, struct tokens *after) {
    for (size_t i = 0, j = 0; i < before->count && j < after->count;) {
        if (before->changed[i]) {
            i++;
        } else if (after->changed[j]) {
            j++;
        } else {
            bool space = kind_of(before->items[i].p[0]) == TOKEN_SPACE && i > 0 && j > 0;
            bool between = space && (before->changed[i - 1] || after->changed[j - 1]) &&
                           (before->changed[i + 1] || after->changed[j + 1]);
            if (between) before->changed[i] = after->changed[j] = true;
            i++;
            j++;
        }
    }
}

static size_t write_run(struct arena *arena, struct buf *out, const struct tokens *tokens, size_t at, slice open,
                        slice close) {
    if (at >= tokens->count || !tokens->changed[at]) return at;
    buf_add(out, open);
    for (; at < tokens->count && tokens->changed[at]; at++) buf_add(out, html_escape(arena, tokens->items[at]).s);
    buf_add(out, close);
    return at;
}

struct html diff_words(struct arena *arena, slice before, slice after) {
    struct tokens old = split(arena, before), new = split(arena, after);
    struct buf out CLEANUP(buf_fini) = {0};
    compare(arena, &old, &new);
    join_phrases(&old, &new);
    buf_init(&out, 16 * (before.n + after.n) + 64);
    for (size_t i = 0, j = 0; i < old.count || j < new.count;) {
        i = write_run(arena, &out, &old, i, S("<del>"), S("</del>"));
        j = write_run(arena, &out, &new, j, S("<ins>"), S("</ins>"));
        for (; i < old.count && j < new.count && !old.changed[i] && !new.changed[j]; i++, j++)
            buf_add(&out, html_escape(arena, new.items[j]).s);
    }
    return (struct html){arena_copy(arena, buf_slice(&out))};
}
