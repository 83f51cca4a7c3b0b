/* What an article is like. An article is known by the terms that it has most of; two are alike by the terms they share,
   each weighing the more the fewer articles have it (TF-IDF, and the cosine of the two). Whoever is like the new one is
   offered it in return, so that older articles lead to newer ones, too. */
#include "domain/related.h"
#include "domain/search_terms.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TERMS_MAX = 40,      /* kept of one article */
    DISTINCT_MAX = 8192, /* looked at */
    SHARED_MAX = 200,    /* articles looked at for each term, the newest */
    CANDIDATES_MAX = 4096,
    SMALLEST_TERM = 3, /* bytes */
    TITLE_WEIGHT = 4,  /* a word in the headline is as good as so many */
    SHARED_TERMS_LEAST = 2,
    SCORE_LEAST = 60, /* thousandths of the likeness of an article with itself */
    OFFERED_MAX = 12, /* of those like it, so many are offered it in return */
};

/* Terms of a document */

struct term {
    slice term;
    double weight;
};

static bool tells(slice term) {
    if (term.n < SMALLEST_TERM || search_is_common(term)) return false;
    bool letters = false;
    for (size_t i = 0; i < term.n; i++) letters = letters || term.p[i] > '9' || (unsigned char)term.p[i] >= 0x80;
    bool mark = (unsigned char)term.p[0] == 0xEE; /* U+E000…: search_marks.h */
    return letters && !mark;
}

static int by_term(const void *a, const void *b) {
    const struct term *x = a, *y = b;
    return slice_compare(x->term, y->term);
}

static int by_weight(const void *a, const void *b) {
    const struct term *x = a, *y = b;
    if (x->weight != y->weight) return x->weight < y->weight ? 1 : -1;
    return slice_compare(x->term, y->term);
}

static size_t collect(slice words, struct term *terms) {
    size_t count = 0, kept = 0;
    double weight = TITLE_WEIGHT;
    while (words.p && count < DISTINCT_MAX) {
        slice term = slice_cut(&words, ' ');
        if (slice_starts(term, S("\xEE"))) weight = 1; /* past the headline */
        if (tells(term)) terms[count++] = (struct term){term, weight};
    }
    if (count == 0) return 0;
    qsort(terms, count, sizeof *terms, by_term);
    for (size_t i = 1; i < count; i++) {
        if (slice_equal(terms[kept].term, terms[i].term))
            terms[kept].weight += terms[i].weight;
        else
            terms[++kept] = terms[i];
    }
    for (size_t i = 0; i <= kept; i++) terms[i].weight = sqrt(terms[i].weight);
    qsort(terms, kept + 1, sizeof *terms, by_weight);
    return kept + 1 < TERMS_MAX ? kept + 1 : TERMS_MAX;
}

static enum status keep_terms(struct db *db, article_id id, slice words, struct error *error) {
    struct term *terms = memory_alloc_array(DISTINCT_MAX, sizeof *terms);
    size_t count = collect(words, terms);
    double norm = 0;
    for (size_t i = 0; i < count; i++) norm += terms[i].weight * terms[i].weight;
    enum status status = OK;
    for (size_t i = 0; i < count && status == OK; i++) {
        struct db_rows *rows = db_use(db, DB_ARTICLE_TERM_ADD);
        db_bind_int(rows, "id", id.v);
        db_bind_text(rows, "term", terms[i].term);
        db_bind_int(rows, "weight", llround(1000 * terms[i].weight / sqrt(norm)));
        status = db_run(rows, NULL, error);
    }
    memory_free(terms);
    return status;
}

/* Those that share them */

struct candidate {
    int64_t id;
    double score;
    int shared;
};

struct likes {
    struct db *db;
    struct candidate *candidates; /* by id, open addressing */
    size_t count;
    double articles; /* how many there are */
    double self;     /* the likeness of the article with itself */
};

static struct candidate *candidate_of(struct likes *likes, int64_t id) {
    size_t at = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 40) % (2 * CANDIDATES_MAX);
    while (likes->candidates[at].id && likes->candidates[at].id != id) at = (at + 1) % (2 * CANDIDATES_MAX);
    if (!likes->candidates[at].id && likes->count == CANDIDATES_MAX) return NULL;
    likes->count += !likes->candidates[at].id;
    likes->candidates[at].id = id;
    return &likes->candidates[at];
}

static enum status add_term(struct likes *likes, article_id id, slice term, double weight, struct error *error) {
    struct {
        int64_t id, weight;
    } found[SHARED_MAX];
    size_t count = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(likes->db, DB_ARTICLE_TERM_SHARED);
    db_bind_text(rows, "term", term);
    db_bind_int(rows, "id", id.v);
    db_bind_int(rows, "limit", SHARED_MAX);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        found[count].id = db_int(rows, "id");
        found[count++].weight = db_int(rows, "weight");
    }
    if (status != NOT_FOUND) return status;
    double rare = log(1 + likes->articles / (double)(count + 1));
    likes->self += weight * weight * rare * rare;
    for (size_t i = 0; i < count; i++) {
        struct candidate *c = candidate_of(likes, found[i].id);
        if (!c) continue;
        c->score += weight * (double)found[i].weight * rare * rare;
        c->shared++;
    }
    return OK;
}

static enum status add_terms(struct likes *likes, article_id id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(likes->db, DB_ARTICLE_TERM_LIST);
    db_bind_int(rows, "id", id.v);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        status = add_term(likes, id, db_text_peek(rows, "term"), (double)db_int(rows, "weight"), error);
        if (status != OK) return status;
    }
    return status == NOT_FOUND ? OK : status;
}

static int by_score(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static enum status add_related(struct db *db, int64_t id, int64_t related, int64_t score, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RELATED_ADD);
    db_bind_int(rows, "id", id);
    db_bind_int(rows, "related", related);
    db_bind_bool(rows, "chosen", false);
    db_bind_int(rows, "position", 0);
    db_bind_int(rows, "score", score);
    return db_run(rows, NULL, error);
}

/* It takes the place of the weakest of the other's proposals, when it is better. */
static enum status offer(struct db *db, int64_t to, int64_t id, int64_t score, struct error *error) {
    int64_t weakest = 0, weakest_score = 0, count = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RELATED_WEAKEST);
    db_bind_int(rows, "id", to);
    enum status status = db_step(rows, error);
    if (status == OK) {
        weakest = db_int(rows, "id");
        weakest_score = db_int(rows, "score");
        count = db_int(rows, "count");
    }
    db_finish(rows);
    if (status != OK && status != NOT_FOUND) return status;
    if (count >= RELATED_PROPOSED_MAX) {
        if (weakest_score >= score) return OK;
        struct db_rows *drop CLEANUP(db_finish_p) = db_use(db, DB_RELATED_DROP);
        db_bind_int(drop, "id", to);
        db_bind_int(drop, "related", weakest);
        status = db_run(drop, NULL, error);
        if (status != OK) return status;
    }
    return add_related(db, to, id, score, error);
}

static enum status keep_likes(struct likes *likes, article_id id, struct error *error) {
    qsort(likes->candidates, 2 * CANDIDATES_MAX, sizeof *likes->candidates, by_score);
    enum status status = OK;
    for (size_t i = 0; i < OFFERED_MAX && status == OK; i++) {
        const struct candidate *c = &likes->candidates[i];
        int64_t score = llround(1000 * c->score / likes->self);
        if (c->id == 0 || score < SCORE_LEAST) break;
        if (c->shared < SHARED_TERMS_LEAST) continue;
        if (i < RELATED_PROPOSED_MAX) status = add_related(likes->db, id.v, c->id, score, error);
        if (status == OK) status = offer(likes->db, c->id, id.v, score, error);
    }
    return status;
}

static enum status forget(struct db *db, enum db_statement statement, article_id id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, "id", id.v);
    return db_run(rows, NULL, error);
}

enum status search__find_likes(struct db *db, article_id id, struct error *error) {
    enum status status = forget(db, DB_RELATED_FORGET, id, error);
    if (status != OK) return status;
    struct likes likes = {.db = db};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_COUNT_PUBLISHED);
    status = db_step(rows, error);
    if (status != OK) return status;
    likes.articles = (double)db_int(rows, "count");
    likes.candidates = memory_alloc_array(2 * CANDIDATES_MAX, sizeof *likes.candidates);
    status = add_terms(&likes, id, error);
    if (status == OK && likes.self > 0) status = keep_likes(&likes, id, error);
    memory_free(likes.candidates);
    return status;
}

enum status search__article_likeness(struct db *db, article_id id, slice words, bool likes, struct error *error) {
    enum status status = forget(db, DB_ARTICLE_TERM_CLEAR, id, error);
    if (status == OK) status = keep_terms(db, id, words, error);
    if (status != OK) return status;
    return likes ? search__find_likes(db, id, error) : forget(db, DB_RELATED_FORGET, id, error);
}
