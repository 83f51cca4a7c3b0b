/* What proofreading costs: checking messages (spelling, language, every advice) as the preview does, in CPU time of this
   thread, so that a busy machine matters little; and suggestions for what was mistyped, four words at a time within the
   preview's budget, in CPU and in wall time.

       proofread DIR LANGUAGE DICTIONARIES TYPOS MESSAGES…

   DIR: an empty folder for the database. DICTIONARIES: the folder of Hunspell's. MESSAGES: files with a message a line.
   TYPOS: a word as typed and as meant a line; those that the dictionary knows are left out. bench/proofread makes them. */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/utf8.h"
#include "db/db.h"
#include "domain/import.h"
#include "domain/proofreading.h"
#include "domain/site_word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LINES = 20000,
    LINE_BYTES = 8192,
    SITE_WORDS = 1000,
    TOGETHER = 4,    /* typos in a message */
    BUDGET_MS = 150, /* app/proofread.h's */
    MESSAGE_MAX = 5000,
};

struct bench {
    struct db *db;
    struct arena *arena;
    struct site site;
    struct speller *speller;
    struct tongue *tongue;
    slice language;
    article_id article;
};

static struct error error;
static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en")};

static void must(enum status status) {
    if (status == OK) return;
    fprintf(stderr, "proofread: %s\n", error.detail);
    exit(EXIT_FAILURE);
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_us(void) { return seconds(CLOCK_THREAD_CPUTIME_ID) * 1e6; }

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print(const char *what, double *values, size_t count) {
    qsort(values, count, sizeof *values, compare);
    printf("%s_p50=%.1f\n%s_p99=%.1f\n", what, values[count / 2], what, values[count * 99 / 100]);
}

/* Without their newlines. */
static size_t read_lines(struct arena *arena, const char *path, slice lines[static LINES]) {
    static char line[LINE_BYTES];
    size_t count = 0;
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    while (count < LINES && fgets(line, sizeof line, file))
        lines[count++] = arena_copy(arena, slice_trim(slice_of(line)));
    fclose(file);
    return count;
}

static void make_site(struct bench *b) {
    struct site_defaults defaults = {S("Banc d'essai"), S(""), b->language, S("Europe/Paris")};
    struct import_article in = {.source = S("bench"),
                                .key = S("1"),
                                .article = {.kind = ARTICLE_PLAIN,
                                            .state = ARTICLE_PUBLISHED,
                                            .slug = S("banc"),
                                            .language = b->language,
                                            .headline = S("Banc d'essai"),
                                            .published_at = 1641514740000}};
    bool made;
    must(db_write_begin(b->db, &error));
    must(site_create(b->db, &defaults, &error));
    must(import_article_add(b->db, &in, &b->article, &made, &error));
    for (int i = 0; i < SITE_WORDS; i++) {
        slice word = arena_format(b->arena, "Zz%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
        must(site_word_add(b->db, word, (account_id){0}, &error));
    }
    must(db_write_commit(b->db, &error));
    must(site_load(b->db, b->arena, &b->site, &error));
}

static void check(struct bench *b, const char *path) {
    static slice messages[LINES];
    static double checked[LINES], prepared[LINES];
    struct arena *own CLEANUP(arena_free_p) = arena_new((size_t)256 << 20);
    size_t count = read_lines(own, path, messages), unknown = 0, advice = 0, characters = 0;
    struct proofreading_tools tools = {b->speller, b->tongue, LANGUAGES, ARRAY_COUNT(LANGUAGES)};
    for (size_t i = 0; i < count; i++) {
        struct comment_input input = {
            .article = b->article, .name = S("Solange"), .text = messages[i], .language = b->language};
        struct comment_draft draft;
        struct comment_problems problems;
        struct proofreading p;
        arena_reset(b->arena);
        double start = cpu_us();
        must(comment_prepare(b->db, b->arena, &input, MESSAGE_MAX, &draft, &problems, &error));
        double middle = cpu_us();
        must(proofreading_run(b->db, b->arena, &tools, &b->site.options, &draft, &p, &error));
        checked[i] = cpu_us() - middle;
        prepared[i] = middle - start;
        characters += utf8_length(messages[i]);
        unknown += p.text.word_count;
        advice += p.count;
    }
    if (count == 0) return;
    printf("file=%s\nmessages=%zu\ncharacters=%zu\nunknown=%zu\nadvice=%zu\n", path, count, characters / count, unknown,
           advice);
    print("check_us", checked, count);
    print("prepare_us", prepared, count);
}

/* Whether what was meant is among them. */
static bool has(const struct speller_suggestions *s, slice meant) {
    for (size_t i = 0; i < s->count; i++)
        if (slice_equal(s->items[i], meant)) return true;
    return false;
}

struct tally {
    double wall_ms[LINES], cpu_ms[LINES];
    size_t questions, words, answered, meant;
};

static void ask(struct bench *b, struct tally *t, const slice typed[static TOGETHER],
                const slice meant[static TOGETHER]) {
    struct speller_suggestions out[TOGETHER];
    double wall = seconds(CLOCK_MONOTONIC), cpu = cpu_us();
    speller_suggest(b->speller, b->arena, b->language, typed, TOGETHER, BUDGET_MS, out);
    t->cpu_ms[t->questions] = (cpu_us() - cpu) / 1e3;
    t->wall_ms[t->questions++] = (seconds(CLOCK_MONOTONIC) - wall) * 1e3;
    for (size_t i = 0; i < TOGETHER; i++) {
        t->words++;
        t->answered += out[i].count > 0;
        t->meant += has(&out[i], meant[i]);
    }
}

static void suggest(struct bench *b, const char *path) {
    static slice lines[LINES];
    static struct tally tally;
    slice typed[TOGETHER], meant[TOGETHER];
    struct arena *own CLEANUP(arena_free_p) = arena_new((size_t)64 << 20);
    size_t count = read_lines(own, path, lines), n = 0;
    for (size_t i = 0; i < count; i++) {
        meant[n] = lines[i];
        typed[n] = slice_cut(&meant[n], ' ');
        if (speller_knows(b->speller, b->language, typed[n]) || ++n < TOGETHER) continue;
        n = 0;
        arena_reset(b->arena);
        ask(b, &tally, typed, meant);
    }
    if (tally.questions == 0) return;
    printf("typos=%zu\nanswered=%zu\nmeant=%zu\n", tally.words, tally.answered, tally.meant);
    print("suggest_wall_ms", tally.wall_ms, tally.questions);
    printf("suggest_wall_ms_most=%.1f\n", tally.wall_ms[tally.questions - 1]);
    print("suggest_cpu_ms", tally.cpu_ms, tally.questions);
}

int main(int argc, char **argv) {
    static struct bench b;
    char path[4096];
    if (argc < 6) {
        fprintf(stderr, "usage: proofread DIR LANGUAGE DICTIONARIES TYPOS MESSAGES...\n");
        return EXIT_FAILURE;
    }
    b.language = slice_of(argv[2]);
    b.arena = arena_new((size_t)1 << 26);
    must(crypto_init(&error));
    snprintf(path, sizeof path, "%s/palabre.db", argv[1]);
    must(db_open(slice_of(path), DB_WRITE, &b.db, &error));
    make_site(&b);
    b.speller = speller_new(&(struct speller_options){.folder = slice_of(argv[3]), .waiting_max = 1});
    must(tongue_new(S("/usr/share/libexttextcat"), LANGUAGES, ARRAY_COUNT(LANGUAGES), &b.tongue, &error));
    double start = cpu_us();
    if (!speller_has(b.speller, b.language) || speller_knows(b.speller, b.language, S("zzyzx"))) {
        fprintf(stderr, "proofread: no dictionary for %s in %s\n", argv[2], argv[3]);
        return EXIT_FAILURE;
    }
    printf("open_ms=%.1f\n", (cpu_us() - start) / 1e3);
    for (int i = 5; i < argc; i++) check(&b, argv[i]);
    suggest(&b, argv[4]);
    tongue_free(b.tongue);
    speller_free(b.speller);
    db_close(b.db);
    arena_free(b.arena);
    return 0;
}
