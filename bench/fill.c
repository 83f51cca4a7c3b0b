/* Fills a data folder with articles that have very many messages: French of realistic lengths, threads, names. The same
   seed gives the same words, so that two runs measure the same.

       fill --data DIR [--articles A] [--messages N] [--pending P] [--roots-only] [--no-index]

   One thread makes articles and messages, the other inserts them. A articles (1) of N messages each (1000), published, then P that wait (0), in one transaction; an existing folder gets more
   articles, in transactions of 32,768. Speaks to the domain alone, as an importer does; `palabre check --data DIR` is clean after. */
#include "base/clock.h"
#include "base/crypto.h"
#include "db/db.h"
#include "domain/import.h"
#include "domain/likeness_fill.h"
#include "domain/search_index.h"
#include "text/markdown.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    BATCH = 4096,
    JOBS = 4,
    JOB_BYTES = 64 << 20,
    COMMIT_EVERY = 8 * BATCH,
    TEXTS = 2048,
    RECENT = 64,
    RARE_EVERY = 100000,
    RARE_AT = 77,
    STANDFIRST_MAX = 1000,
    MESSAGES_MAX = 10 * 1000 * 1000
};

static const char *const NAMES[] = {
    "Hélène",  "Gérard M.", "Zoé",       "Karim B.",  "marinette", "Le lecteur du fond", "Y. Kervella", "Papi Roch",
    "Solange", "Étienne",   "Anne-Lise", "Nadia",     "Théo",      "Un riverain",        "mémé Jeanne", "Paul-Émile",
    "Lucette", "Bastien",   "Inès",      "Maxime P.", "Odile",     "citoyenne du 12",    "Fañch",       "Aïcha",
};
static const char *const OPENINGS[] = {
    "Je ne suis pas d'accord", "Merci pour cet article", "On oublie toujours", "Il me semble",
    "Pardon d'insister",       "Vous avez raison",       "C'est bien beau",    "Permettez-moi d'ajouter",
    "Je me demande",           "Voilà des années",
};
static const char *const MIDDLES[] = {
    "que les travaux du pont ont duré plus longtemps qu'annoncé",
    "que personne n'a demandé leur avis aux habitants du quartier",
    "que le marché du samedi vaut mieux qu'un parking",
    "que la rivière monte un peu plus chaque hiver",
    "que l'on confond la vitesse et le bruit",
    "que les chiffres donnés par la mairie ne disent pas tout",
    "que les plus jeunes ne viennent plus aux réunions",
    "que le bus de sept heures est toujours plein",
    "que la halle mérite mieux qu'une couche de peinture",
    "que ceux qui décident n'y passent jamais à pied",
};
static const char *const ENDINGS[] = {
    ", et il faudrait en parler.",
    " ; qu'en pensez-vous ?",
    ", mais c'est une autre histoire.",
    ".",
    " !",
    ", du moins vu d'ici.",
    ", comme le disait ma grand-mère.",
    ", chiffres à l'appui.",
    "...",
    ", tout simplement.",
};

struct text {
    slice source, html;
};

/* What a search for a rare word finds. */
static const struct text RARE = {S_INIT("Il y a un palétuvier au bord de la rivière."),
                                 S_INIT("<p>Il y a un palétuvier au bord de la rivière.</p>")};

/* What is inserted at once: messages, before them their article when they are its first. The making thread's until it is
   given, then the inserting one's until it is done. */
struct job {
    struct arena *arena;
    int64_t article; /* from 0 */
    bool begins, ends;
    struct import_article in;
    size_t count;
    struct import_comment comments[BATCH];
    enum status status; /* of making it */
    struct error error;
};

struct generator {
    struct db *db;
    struct arena *arena; /* of the job that is being made; before that, of what stays */
    struct job jobs[JOBS];
    pthread_mutex_t lock; /* guards the next four */
    pthread_cond_t changed;
    int64_t given, done; /* jobs; job n is in place n % JOBS */
    bool stopping;
    struct text texts[TEXTS];
    uint64_t seed;
    int64_t articles, messages, pending;
    bool roots_only, no_index; /* no_index: the search index and the keys of likeness are left to a server */
    time_ms now;
    int64_t uncommitted;
    bool filling;
    int64_t run; /* tells this run's keys from those of an earlier one */
};

/* xorshift64*: not for secrets. */
static uint64_t draw(struct generator *g, uint64_t below) {
    g->seed ^= g->seed >> 12;
    g->seed ^= g->seed << 25;
    g->seed ^= g->seed >> 27;
    return (g->seed * UINT64_C(2685821657736338717) >> 33) % below;
}
#define PICK(g, list) ((list)[draw(g, ARRAY_COUNT(list))])

/* From one sentence to a long letter: most messages have two to four, one in fifty has twenty. */
static slice text(struct generator *g) {
    uint64_t sentences = 1 + draw(g, 4) + (draw(g, 6) == 0 ? draw(g, 8) : 0) + (draw(g, 50) == 0 ? 16 : 0);
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 1 << 16);
    if (draw(g, 12) == 0) buf_add_format(&b, "> %s %s.\n\n", PICK(g, OPENINGS), PICK(g, MIDDLES));
    for (uint64_t i = 0; i < sentences; i++) {
        if (i > 0) buf_add(&b, draw(g, 4) == 0 ? S("\n\n") : S(" "));
        buf_add_format(&b, "%s %s%s", PICK(g, OPENINGS), PICK(g, MIDDLES), PICK(g, ENDINGS));
    }
    if (draw(g, 25) == 0) buf_add(&b, S(" Voir https://www.example.org/dossier/pont"));
    return arena_copy(g->arena, buf_slice(&b));
}

/* What an article may begin with is shorter than the longest letters are. */
static slice standfirst(struct generator *g) {
    slice s = text(g);
    while (s.n > STANDFIRST_MAX) s = text(g);
    return s;
}

static enum status make_article(struct generator *g, int64_t index, struct import_article *out, struct error *error) {
    struct buf body CLEANUP(buf_fini);
    buf_init(&body, 1 << 20);
    for (int i = 0; i < 12; i++) {
        if (i % 4 == 3) buf_add_format(&body, "## %s\n\n", PICK(g, OPENINGS));
        slice paragraph = text(g);
        buf_add_format(&body, "%.*s\n\n", SLICE_FMT(paragraph));
    }
    time_ms at = g->now - INT64_C(400) * 24 * 3600 * 1000;
    *out = (struct import_article){
        .source = S("bench:fill"),
        .key = arena_format(g->arena, "%jd-%jd", (intmax_t)g->run, (intmax_t)index),
        .article = {.kind = ARTICLE_PLAIN,
                    .state = ARTICLE_PUBLISHED,
                    .language = S("fr"),
                    .headline = arena_format(g->arena, "Banc d'essai n° %jd", (intmax_t)index + 1),
                    .standfirst = standfirst(g),
                    .byline = S("La rédaction"),
                    .body_source = arena_copy(g->arena, buf_slice(&body)),
                    .body_format = BODY_MARKDOWN,
                    .created_at = at,
                    .published_at = at,
                    .updated_at = at},
    };
    return article_prepare(g->arena, &out->article, error);
}

/* Texts are drawn from a pool, rendered once each: what is measured, and waited for, is the database. */
static enum status make_texts(struct generator *g, struct error *error) {
    struct markdown_options options = {.language = S("fr")};
    for (size_t i = 0; i < ARRAY_COUNT(g->texts); i++) {
        struct html html;
        g->texts[i].source = text(g);
        enum status status = markdown_comment(g->arena, g->texts[i].source, &options, &html, error);
        if (status) return status;
        g->texts[i].html = html.s;
    }
    return OK;
}

static slice key_of(struct generator *g, int64_t article, int64_t index) {
    return arena_format(g->arena, "%jd-%08jd-%08jd", (intmax_t)g->run, (intmax_t)article, (intmax_t)index);
}

static void make_message(struct generator *g, int64_t article, int64_t index, struct import_comment *out) {
    time_ms begin = g->now - INT64_C(399) * 24 * 3600 * 1000;
    const struct text *text = &PICK(g, g->texts);
    if (index % RARE_EVERY == RARE_AT) text = &RARE;
    bool waits = index >= g->messages; /* those are roots: each may be published on its own */
    *out = (struct import_comment){
        .source = S("bench:fill"),
        .key = key_of(g, article, index),
        .state = waits ? COMMENT_PENDING : COMMENT_PUBLISHED,
        .name = slice_of(PICK(g, NAMES)),
        .text_source = text->source,
        .html = text->html,
        .language = S("fr"),
        .is_new = true,
        .submitted_at = begin + (g->now - begin) / (g->messages + g->pending + 1) * (index + 1),
    };
    if (g->roots_only || waits || index == 0 || draw(g, 10) >= 4) return;
    uint64_t recent = index < RECENT ? (uint64_t)index : RECENT;
    out->parent_key = key_of(g, article, index - 1 - (int64_t)draw(g, recent));
}

/* Messages from index to end, at most BATCH, and their article before the first. */
static void make_job(struct generator *g, struct job *job, int64_t article, int64_t index, int64_t end) {
    arena_reset(job->arena);
    g->arena = job->arena;
    job->article = article;
    job->begins = index == 0;
    job->ends = end == g->messages + g->pending;
    job->count = 0;
    job->status = job->begins ? make_article(g, article, &job->in, &job->error) : OK;
    for (int64_t i = index; i < end; i++) make_message(g, article, i, &job->comments[job->count++]);
}

static void wait_for_change(struct generator *g) { pthread_cond_wait(&g->changed, &g->lock); }

/* False: nobody wants it any more. */
static bool give_job(struct generator *g, int64_t article, int64_t index, int64_t end) {
    pthread_mutex_lock(&g->lock);
    while (!g->stopping && g->given - g->done == JOBS) wait_for_change(g);
    bool wanted = !g->stopping;
    pthread_mutex_unlock(&g->lock);
    if (wanted) make_job(g, &g->jobs[g->given % JOBS], article, index, end);
    pthread_mutex_lock(&g->lock);
    g->given += wanted;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    return wanted;
}

static void *make_all(void *ctx) {
    struct generator *g = ctx;
    int64_t count = g->messages + g->pending;
    for (int64_t article = 0; article < g->articles; article++) {
        int64_t index = 0;
        do {
            int64_t end = count - index < BATCH ? count : index + BATCH;
            if (!give_job(g, article, index, end)) return NULL;
            index = end;
        } while (index < count);
    }
    return NULL;
}

/* Ends the transaction when there is enough in it. */
static enum status commit_now_and_then(struct generator *g, int64_t more, struct error *error) {
    g->uncommitted += more;
    if (g->filling || g->uncommitted < COMMIT_EVERY) return OK;
    g->uncommitted = 0;
    enum status status = db_write_commit(g->db, error);
    return status == OK ? db_write_begin(g->db, error) : status;
}

static enum status insert_job(struct generator *g, struct job *job, article_id *id, struct error *error) {
    static struct import_result results[BATCH];
    bool made;
    enum status status = job->status;
    if (status) *error = job->error;
    if (status == OK && job->begins) status = import_article_add(g->db, &job->in, id, &made, error);
    for (size_t i = 0; i < job->count; i++) job->comments[i].article = *id;
    if (status == OK) status = import_comments_add(g->db, job->comments, job->count, results, error);
    if (status == OK) status = commit_now_and_then(g, (int64_t)job->count, error);
    bool told = job->ends && (g->articles <= 10 || (job->article + 1) % 1000 == 0);
    if (status == OK && told)
        printf("article %jd: %jd messages\n", (intmax_t)id->v, (intmax_t)(g->messages + g->pending));
    return status;
}

static enum status insert_all(struct generator *g, struct error *error) {
    article_id id = {0};
    enum status status = OK;
    for (int64_t left = g->articles; left && status == OK;) {
        pthread_mutex_lock(&g->lock);
        while (g->given == g->done) wait_for_change(g);
        pthread_mutex_unlock(&g->lock);
        struct job *job = &g->jobs[g->done % JOBS];
        status = insert_job(g, job, &id, error);
        left -= job->ends;
        pthread_mutex_lock(&g->lock);
        g->done++;
        g->stopping = status != OK;
        pthread_cond_broadcast(&g->changed);
        pthread_mutex_unlock(&g->lock);
    }
    return status;
}

/* A new database is filled in one transaction (import.h). */
static enum status fill_all(struct generator *g, struct error *error) {
    pthread_t making;
    enum status status = import_begin(g->db, &g->filling, error);
    if (status != OK) return status;
    if (pthread_create(&making, NULL, make_all, g) == 0) {
        status = insert_all(g, error);
        pthread_join(making, NULL);
    } else {
        status = error_set(error, UNAVAILABLE, "there is no thread to be had");
    }
    if (status == OK) return import_commit(g->db, g->filling, error);
    import_rollback(g->db, g->filling);
    return status;
}

static void begin_jobs(struct generator *g) {
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->changed, NULL);
    for (int i = 0; i < JOBS; i++) g->jobs[i].arena = arena_new(JOB_BYTES);
}

static void end_jobs(struct generator *g) {
    for (int i = 0; i < JOBS; i++) arena_free(g->jobs[i].arena);
    pthread_cond_destroy(&g->changed);
    pthread_mutex_destroy(&g->lock);
}

static enum status open_site(struct generator *g, const char *folder, struct error *error) {
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return error_set(error, UNAVAILABLE, "%s: %s", folder, strerror(errno));
    slice path = arena_format(g->arena, "%s/palabre.db", folder);
    enum status status = db_open(path, DB_WRITE, &g->db, error);
    if (status) return status;
    struct site_defaults defaults = {S("Banc d'essai"), S("Des messages par milliers"), S("fr"), S("Europe/Paris")};
    status = db_write_begin(g->db, error);
    if (status == OK) status = site_create(g->db, &defaults, error);
    if (status == OK) return db_write_commit(g->db, error);
    db_write_rollback(g->db);
    return status;
}

static bool parse(int argc, char **argv, struct generator *g, const char **folder) {
    for (int i = 1; i < argc; i++) {
        int64_t *number = strcmp(argv[i], "--articles") == 0   ? &g->articles
                          : strcmp(argv[i], "--messages") == 0 ? &g->messages
                          : strcmp(argv[i], "--pending") == 0  ? &g->pending
                                                               : NULL;
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--roots-only") == 0)
            g->roots_only = true;
        else if (strcmp(argv[i], "--no-index") == 0)
            g->no_index = true;
        else if (strcmp(argv[i], "--data") == 0 && has_value)
            *folder = argv[++i];
        else if (!number || !has_value || !slice_to_int64(slice_of(argv[++i]), number))
            return false;
    }
    return *folder && g->articles > 0 && g->messages >= 0 && g->messages <= MESSAGES_MAX && g->pending >= 0 &&
           g->pending <= MESSAGES_MAX;
}

int main(int argc, char **argv) {
    static struct generator g;
    g = (struct generator){.seed = UINT64_C(0x9e3779b97f4a7c15), .articles = 1, .messages = 1000, .now = clock_now()};
    const char *folder = NULL;
    struct error error = {0};
    if (!parse(argc, argv, &g, &folder)) {
        fprintf(stderr,
                "usage: fill --data DIR [--articles A] [--messages N] [--pending P] [--roots-only] [--no-index]\n");
        return 2;
    }
    g.run = g.now;
    struct arena *pool = arena_new((size_t)64 << 20);
    g.arena = pool;
    begin_jobs(&g);
    enum status status = crypto_init(&error);
    if (status == OK) status = open_site(&g, folder, &error);
    if (status == OK) status = make_texts(&g, &error);
    int64_t began = clock_monotonic_ms();
    clock_t used = clock(); /* of all threads */
    if (status == OK) status = fill_all(&g, &error);
    used = clock() - used;
    double count = (double)(g.articles * (g.messages + g.pending));
    double seconds = (double)(clock_monotonic_ms() - began) / 1000;
    began = clock_monotonic_ms();
    if (status == OK && !g.no_index) status = search_index_all(g.db, NULL, NULL, &error);
    /* as a server that has stood for a while has them: else it would give them in the background, while it is measured */
    if (status == OK && !g.no_index) status = likeness_fill_all(g.db, &error);
    double indexing = (double)(clock_monotonic_ms() - began) / 1000;
    if (status)
        fprintf(stderr, "fill: %s\n", error.detail);
    else
        fprintf(stderr, "%.1f s, %.0f messages/s, %.1f us of CPU each; indexed in %.1f s\n", seconds,
                count / (seconds + 1e-9), (double)used / CLOCKS_PER_SEC * 1e6 / (count + 1e-9), indexing);
    db_close(g.db);
    end_jobs(&g);
    arena_free(pool);
    return status ? status_info(status)->exit_code : 0;
}
