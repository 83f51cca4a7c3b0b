#include "domain/comment_text.h"

#include "base/crypto.h"
#include "base/utf8.h"
#include "text/fold.h"
#include "text/markdown.h"

#include <inttypes.h>
#include <unicode/uchar.h>

enum {
    MENTION_WORDS = 3,     /* a name of more is not found */
    LINKS_USUAL = 2,       /* more are told to the moderator */
    CAPITALS_LETTERS = 12, /* fewer say nothing */
    CAPITALS_PERCENT = 90,
    SHORT_CHARACTERS = 10,
    CHECKS_MAX_BYTES = 1024,
};

static bool ends_word(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/* The first so many words of what follows an '@', on its line; empty when there are fewer. */
static slice first_words(slice rest, int words) {
    size_t end = 0;
    for (int i = 0; i < words; i++) {
        if (i > 0 && (end >= rest.n || rest.p[end] != ' ')) return (slice){0};
        size_t start = i > 0 ? end + 1 : 0;
        end = start;
        while (end < rest.n && !ends_word(rest.p[end])) end++;
        if (end == start) return (slice){0};
    }
    return slice_sub(rest, 0, end);
}

/* Without the punctuation that may follow a name in a sentence. */
static slice trim_punctuation(slice name) {
    static const slice marks[] = {S_INIT("»"), S_INIT("”"),      S_INIT("’"),
                                  S_INIT("…"), S_INIT("\u00a0"), S_INIT("\u202f")};
    for (bool again = true; again && name.n > 0;) {
        again = slice_contains(S(".,;:!?)]}'\"*_"), slice_sub(name, name.n - 1, name.n));
        if (again) name.n--;
        for (size_t i = 0; i < ARRAY_COUNT(marks); i++) {
            if (!slice_ends(name, marks[i])) continue;
            name.n -= marks[i].n;
            again = true;
        }
    }
    return name;
}

/* Names are looked up as they are written; people write the names of others without their capitals. */
static slice with_capitals(struct arena *arena, slice name) {
    struct buf out CLEANUP(buf_fini);
    buf_init(&out, name.n * 2 + 8);
    uint32_t c, before = ' ';
    while (utf8_next(&name, &c)) {
        utf8_add(&out, before == ' ' || before == '-' ? (uint32_t)u_toupper((UChar32)c) : c);
        before = c;
    }
    return arena_copy(arena, buf_slice(&out));
}

static void add_name(slice names[COMMENT_MENTIONS_MAX], size_t *count, slice name) {
    if (name.n == 0 || *count == COMMENT_MENTIONS_MAX || utf8_length(name) > COMMENT_NAME_MAX) return;
    for (size_t i = 0; i < *count; i++)
        if (slice_equal(names[i], name)) return;
    names[(*count)++] = name;
}

size_t comment__mention_names(struct arena *arena, slice text, slice names[COMMENT_MENTIONS_MAX]) {
    size_t count = 0;
    /* One word for every '@' comes before two words for any. */
    for (int words = 1; words <= MENTION_WORDS; words++) {
        slice rest = text;
        size_t at;
        while (count < COMMENT_MENTIONS_MAX && (at = slice_find_char(rest, '@')) != SIZE_MAX) {
            rest = slice_after(rest, at + 1);
            slice name = trim_punctuation(first_words(rest, words));
            add_name(names, &count, name);
            add_name(names, &count, with_capitals(arena, name));
        }
    }
    return count;
}

/* Keeps of names those somebody in the discussion bears; fills mentions, in the arena. */
static enum status find_mentions(struct db *db, struct arena *arena, article_id article, const slice *names,
                                 size_t name_count, struct markdown_mention *mentions, size_t *count,
                                 struct error *error) {
    static const char *const parameters[COMMENT_MENTIONS_MAX] = {"name1", "name2", "name3", "name4", "name5",
                                                                 "name6", "name7", "name8", "name9", "name10"};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_MENTIONS);
    db_bind_int(rows, "article", article.v);
    for (size_t i = 0; i < COMMENT_MENTIONS_MAX; i++) {
        if (i < name_count)
            db_bind_text(rows, parameters[i], names[i]);
        else
            db_bind_null(rows, parameters[i]);
    }
    enum status status;
    *count = 0;
    while ((status = db_step(rows, error)) == OK) {
        if (db_is_null(rows, "number")) continue;
        size_t candidate = (size_t)db_int(rows, "candidate") - 1;
        mentions[(*count)++] = (struct markdown_mention){
            .name = names[candidate],
            .href = arena_format(arena, "/comments/%" PRId64, db_int(rows, "number")),
        };
    }
    return status == NOT_FOUND ? OK : status;
}

enum status comment__render(struct db *db, struct arena *arena, article_id article, slice language, slice text,
                            slice *html, struct error *error) {
    slice names[COMMENT_MENTIONS_MAX];
    struct markdown_mention mentions[COMMENT_MENTIONS_MAX];
    size_t mention_count = 0, name_count = comment__mention_names(arena, text, names);
    if (name_count > 0) {
        enum status status = find_mentions(db, arena, article, names, name_count, mentions, &mention_count, error);
        if (status != OK) return status;
    }
    struct markdown_options options = {.language = language, .mentions = mentions, .mention_count = mention_count};
    struct html rendered = {0};
    enum status status = markdown_comment(arena, text, &options, &rendered, error);
    if (status == OK) *html = rendered.s;
    return status;
}

int64_t comment__text_hash(struct arena *arena, slice text) {
    struct crypto_hash hash = crypto_sha256(text_fold_search(arena, text));
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof bits; i++) bits = bits << 8 | hash.bytes[i];
    return (int64_t)bits;
}

int64_t comment__count_links(slice html) {
    int64_t links = 0;
    for (size_t at; (at = slice_find(html, S("href=\"http"))) != SIZE_MAX; links++) html = slice_after(html, at + 1);
    return links;
}

bool comment__is_all_capitals(slice text) {
    int64_t upper = 0, lower = 0;
    uint32_t c;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        upper += byte >= 'A' && byte <= 'Z';
        lower += byte >= 'a' && byte <= 'z';
    }
    while (lower * 100 <= (int64_t)text.n * (100 - CAPITALS_PERCENT) && utf8_next(&text, &c)) {
        if (c < 0x80) continue;
        upper += u_isupper((UChar32)c);
        lower += u_islower((UChar32)c);
    }
    int64_t letters = upper + lower;
    return letters >= CAPITALS_LETTERS && upper * 100 >= letters * CAPITALS_PERCENT;
}

static void add_check(struct buf *json, const char *code, const char *detail, int64_t value) {
    buf_add_format(json, "%s{\"check\":\"%s\"", json->n > 1 ? "," : "", code);
    if (detail) buf_add_format(json, ",\"%s\":%" PRId64, detail, value);
    buf_add_char(json, '}');
}

slice comment__checks(struct arena *arena, slice text, slice html, comment_number repeated) {
    struct buf json CLEANUP(buf_fini);
    buf_init(&json, CHECKS_MAX_BYTES);
    buf_add_char(&json, '[');
    int64_t links = comment__count_links(html), characters = (int64_t)utf8_length(text);
    if (links > LINKS_USUAL) add_check(&json, "links", "count", links);
    if (comment__is_all_capitals(text)) add_check(&json, "capitals", NULL, 0);
    if (characters < SHORT_CHARACTERS) add_check(&json, "short", "count", characters);
    if (repeated.v != 0) add_check(&json, "repeated", "comment", repeated.v);
    buf_add_char(&json, ']');
    return arena_copy(arena, buf_slice(&json));
}
