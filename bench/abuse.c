/* What is against abuse, at size, without HTTP: the look-up of texts that are nearly the same among many, and a list of
   words on one message. CPU time of this thread, so that a busy machine matters little.

       abuse DIR [MESSAGES]      DIR: an empty folder for the database (1,000,000 messages: some 2 GB)

   The messages have no sketches, as if each candidate were an open case: its text is compared.

   Prints, for texts that nobody has sent and for variants of texts that are there, the median and the 99th percentile of a
   look-up, and how many variants were found; then the same for 5,000 words on 2,000 characters. */
#include "base/clock.h"
#include "base/crypto.h"
#include "db/db.h"
#include "domain/import.h"
#include "domain/likeness.h"
#include "domain/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BATCH = 4096,
    VOCABULARY = 4000,
    WORDS_IN_TEXT = 60,
    CHANGED = 4, /* of them, in a variant */
    LOOK_UPS = 2000,
    LISTED = 5000,
    CHARACTERS = 2000,
    PERCENT = 75,
};

struct bench {
    struct db *db;
    struct arena *arena;
    char vocabulary[VOCABULARY][12];
    int64_t messages;
    article_id article;
};

static struct error error;

static void must(enum status status) {
    if (status == OK) return;
    fprintf(stderr, "abuse: %s\n", error.detail);
    exit(EXIT_FAILURE);
}

static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* Common words are common: the square of a number below 1. variant 0: the text itself. */
static slice text_of(const struct bench *b, struct arena *arena, uint64_t number, uint64_t variant) {
    struct buf out CLEANUP(buf_fini);
    buf_init(&out, 4096);
    for (uint64_t i = 0; i < WORDS_IN_TEXT; i++) {
        bool changed = variant && mix(variant * 977 + i) % WORDS_IN_TEXT < CHANGED;
        double share = (double)(mix(number * 8191 + i + (changed ? variant << 40 : 0)) >> 11) / 9007199254740992.0;
        buf_add_format(&out, "%s%s", i ? " " : "", b->vocabulary[(size_t)(share * share * VOCABULARY)]);
    }
    return arena_copy(arena, buf_slice(&out));
}

static void make_vocabulary(struct bench *b) {
    static const char *const SYLLABLES[] = {"ba", "cel", "dou", "fi",  "gran", "li",  "mon", "ne",  "par", "qui",
                                            "ro", "sen", "tou", "vre", "eau",  "ian", "que", "men", "ter", "os"};
    for (size_t i = 0; i < VOCABULARY; i++) {
        uint64_t r = mix(i + 1);
        snprintf(b->vocabulary[i], sizeof b->vocabulary[i], "%s%s%s", SYLLABLES[r % 20], SYLLABLES[r / 20 % 20],
                 r / 400 % 3 ? SYLLABLES[r / 1200 % 20] : "");
    }
}

static void make_article(struct bench *b) {
    struct site_defaults defaults = {S("Banc d'essai"), S(""), S("fr"), S("Europe/Paris")};
    struct import_article in = {.source = S("bench"),
                                .key = S("1"),
                                .article = {.kind = ARTICLE_PLAIN,
                                            .state = ARTICLE_PUBLISHED,
                                            .slug = S("banc"),
                                            .language = S("fr"),
                                            .headline = S("Banc d'essai"),
                                            .published_at = 1641514740000}};
    bool made;
    must(db_write_begin(b->db, &error));
    must(site_create(b->db, &defaults, &error));
    must(import_article_add(b->db, &in, &b->article, &made, &error));
    must(db_write_commit(b->db, &error));
}

static void fill(struct bench *b) {
    static struct import_comment comments[BATCH];
    static struct import_result results[BATCH];
    for (int64_t done = 0; done < b->messages; done += BATCH) {
        arena_reset(b->arena);
        for (int64_t i = 0; i < BATCH; i++)
            comments[i] = (struct import_comment){.source = S("bench"),
                                                  .key = arena_format(b->arena, "%lld", (long long)(done + i)),
                                                  .article = b->article,
                                                  .state = COMMENT_PUBLISHED,
                                                  .name = S("Solange"),
                                                  .text_source = text_of(b, b->arena, (uint64_t)(done + i + 1), 0),
                                                  .html = S("<p></p>"),
                                                  .language = S("fr"),
                                                  .submitted_at = 1641514740000 + done + i};
        must(db_write_begin(b->db, &error));
        must(import_comments_add(b->db, comments, BATCH, results, &error));
        for (int64_t i = 0; i < BATCH; i++) {
            struct arena *scratch CLEANUP(arena_free_p) = arena_new(1 << 20);
            struct evasion evasion = text_evasion(scratch, comments[i].text_source);
            struct likeness_mark mark = likeness_mark(&evasion);
            must(likeness_keep(b->db, results[i].number, b->article, mark.keys, &error));
        }
        must(db_write_commit(b->db, &error));
    }
}

static double cpu_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print(const char *what, double *us, size_t count, const char *more) {
    qsort(us, count, sizeof *us, compare);
    printf("%-46s median %7.1f us   99th %7.1f us   %s\n", what, us[count / 2], us[count * 99 / 100], more);
}

static void look_up(struct bench *b, bool variants) {
    static double us[LOOK_UPS];
    int64_t found = 0;
    for (uint64_t i = 0; i < LOOK_UPS; i++) {
        arena_reset(b->arena);
        uint64_t there = mix(i + 5) % (uint64_t)b->messages + 1;
        slice text = text_of(b, b->arena, variants ? there : i + ((uint64_t)1 << 40), variants ? i + 1 : 0);
        struct likeness_near near;
        double start = cpu_us();
        struct evasion evasion = text_evasion(b->arena, text);
        struct likeness_mark mark = likeness_mark(&evasion);
        struct likeness_of of = {.sketch = mark.sketch, .text = text};
        memcpy(of.keys, mark.keys, sizeof of.keys);
        must(likeness_find(b->db, b->arena, &of, PERCENT, &near, &error));
        us[i] = cpu_us() - start;
        found += near.count > 0;
    }
    char more[80];
    snprintf(more, sizeof more, "%lld of %d found", (long long)found, LOOK_UPS);
    print(variants ? "look-up of a variant (4 words of 60 changed)" : "look-up of a text nobody has sent", us, LOOK_UPS,
          more);
}

static void look_for_words(struct bench *b) {
    static double us[LOOK_UPS];
    struct watch_entry *entries = memset(calloc(LISTED, sizeof *entries), 0, LISTED * sizeof *entries);
    struct arena *own CLEANUP(arena_free_p) = arena_new(1 << 24);
    for (size_t i = 0; i < LISTED; i++)
        entries[i] = (struct watch_entry){
            .pattern = arena_format(own, "%s%s", b->vocabulary[i % VOCABULARY], b->vocabulary[mix(i) % VOCABULARY]),
            .rule_code = S(""),
            .language = S("")};
    struct watch_list *list = watch_list_of(entries, LISTED);
    for (uint64_t i = 0; i < LOOK_UPS; i++) {
        struct buf text CLEANUP(buf_fini);
        struct watch_result result = {0};
        buf_init(&text, 1 << 16);
        arena_reset(b->arena);
        for (uint64_t k = 0; text.n < CHARACTERS; k++) buf_add(&text, text_of(b, b->arena, i * 31 + k, 0));
        text.n = CHARACTERS;
        double start = cpu_us();
        struct evasion evasion = text_evasion(b->arena, buf_slice(&text));
        watch_look(list, b->arena, buf_slice(&text), &evasion, S("fr"), &result);
        us[i] = cpu_us() - start;
    }
    print("5,000 words on 2,000 characters", us, LOOK_UPS, "");
    watch_list_unref(list);
    free(entries);
}

int main(int argc, char **argv) {
    static struct bench b;
    b.messages = argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000;
    if (argc < 2 || b.messages < 1) {
        fprintf(stderr, "usage: abuse DIR [MESSAGES]\n");
        return EXIT_FAILURE;
    }
    b.messages = (b.messages + BATCH - 1) / BATCH * BATCH;
    b.arena = arena_new((size_t)1 << 26);
    must(crypto_init(&error));
    make_vocabulary(&b);
    look_for_words(&b);
    char path[4096];
    snprintf(path, sizeof path, "%s/palabre.db", argv[1]);
    must(db_open(slice_of(path), DB_WRITE, &b.db, &error));
    make_article(&b);
    double start = cpu_us();
    fill(&b);
    printf("%lld messages filled in, %.1f us of CPU each\n", (long long)b.messages,
           (cpu_us() - start) / (double)b.messages);
    look_up(&b, false);
    look_up(&b, true);
    db_close(b.db);
    arena_free(b.arena);
    return 0;
}
