#include "domain/search.h"

#include "db/match.h"

#include <assert.h>
#include <stdlib.h>

enum { RANKED_TWICE_MS_PER_MILLIBIT = 63072000 /* two years in thousandths: a millibit of relevance */ };

/* Keys */

bool search_key_parse(slice text, struct search_key *out) {
    if (text.n < 2) return false;
    struct search_key key = {.set = true, .ranked = text.p[0] == 'r'};
    slice rest = slice_after(text, 1);
    if (text.p[0] == 'n') {
        if (!slice_to_int64(rest, &key.id)) return false;
    } else if (text.p[0] == 'r') {
        size_t dash = rest.n;
        while (dash > 0 && rest.p[dash - 1] != '-') dash--;
        if (dash < 2 || !slice_to_int64(slice_sub(rest, 0, dash - 1), &key.score) ||
            !slice_to_int64(slice_after(rest, dash), &key.id))
            return false;
    } else {
        return false;
    }
    *out = key;
    return key.id > 0;
}

slice search_key_text(struct arena *arena, const struct search_key *key) {
    if (!key->ranked) return arena_format(arena, "n%lld", (long long)key->id);
    return arena_format(arena, "r%lld-%lld", (long long)key->score, (long long)key->id);
}

/* Finding */

struct searching {
    struct db *db;
    struct arena *arena;
    const struct search_request *request;
    bool of_articles;
    slice match;
    struct search_result *out;
};

struct found {
    int64_t id, score;
};

static slice match_text(struct db *db, struct arena *arena, const struct search_query *query) {
    struct db_match match;
    db_match_begin(&match, db, arena);
    for (size_t i = 0; i < query->count; i++) {
        const struct search_clause *clause = &query->clauses[i];
        db_match_clause(&match, clause->excluded);
        for (size_t k = 0; k < clause->count; k++) db_match_phrase(&match, clause->any[k].terms, clause->any[k].count);
    }
    return db_match_end(&match);
}

/* The newest so many below `before`. */
static enum status look_up(struct searching *s, int64_t before, size_t limit, struct found *found, size_t *count,
                           struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(s->db, s->of_articles ? DB_SEARCH_ARTICLE_FIND : DB_SEARCH_MESSAGE_FIND);
    db_bind_text(rows, "match", s->match);
    db_bind_int(rows, "before", before);
    db_bind_int(rows, "limit", (int64_t)limit);
    *count = 0;
    enum status status;
    while (*count < limit && (status = db_step(rows, error)) == OK) found[(*count)++].id = db_int(rows, "id");
    return *count == limit || status == NOT_FOUND ? OK : status;
}

/* The same; BUSY: it takes too much work. */
static enum status find(struct searching *s, int work_ms, int64_t before, size_t limit, struct found *found,
                        size_t *count, struct error *error) {
    enum status status = db_bound_begin(s->db, work_ms, error);
    if (status != OK) return status;
    status = look_up(s, before, limit, found, count, error);
    db_bound_end(s->db);
    return status;
}

/* The newest documents below `before`, one by one; *end: the last one that was looked at, 0: there are no more. */
static enum status walk(struct searching *s, int64_t before, struct found *found, size_t *count, int64_t *end,
                        struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(s->db, s->of_articles ? DB_SEARCH_ARTICLE_WALK : DB_SEARCH_MESSAGE_WALK);
    db_bind_int(rows, "before", before);
    int64_t walked = 0, most = s->request->walk ? s->request->walk : SEARCH_WALKED_MAX;
    db_bind_int(rows, "limit", most);
    enum status status = OK;
    *count = 0;
    while (*count < SEARCH_COUNTED_MAX && (status = db_step(rows, error)) == OK) {
        *end = db_int(rows, "id");
        walked++;
        if (search_answers(s->request->query, db_text_peek(rows, "words"))) found[(*count)++].id = *end;
    }
    if (status != OK && status != NOT_FOUND) return status;
    s->out->walked = walked;
    if (status == NOT_FOUND && walked < most) *end = s->out->walked = 0;
    return OK;
}

/* NOT_FOUND: readers are not shown it. */
static enum status published_at(struct searching *s, int64_t id, time_ms *at, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(s->db, s->of_articles ? DB_SEARCH_ARTICLE_DATE : DB_SEARCH_MESSAGE_DATE);
    db_bind_int(rows, "id", id);
    enum status status = db_step(rows, error);
    if (status == OK) *at = db_int(rows, "published_at");
    return status;
}

static enum status score(struct searching *s, struct found *found, struct error *error) {
    time_ms at = 0;
    enum status status = published_at(s, found->id, &at, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(s->db, s->of_articles ? DB_SEARCH_ARTICLE_WORDS : DB_SEARCH_MESSAGE_WORDS);
    db_bind_int(rows, "id", found->id);
    status = db_step(rows, error);
    if (status == OK)
        found->score =
            search_relevance(s->request->query, db_text_peek(rows, "words")) + at / RANKED_TWICE_MS_PER_MILLIBIT;
    return status;
}

/* Showing */

static enum status load_article(struct searching *s, struct search_hit *hit, struct error *error) {
    enum status status = article_get(s->db, s->arena, (article_id){hit->id}, &hit->article, error);
    if (status == OK && hit->article.state != ARTICLE_PUBLISHED) return NOT_FOUND;
    hit->published_at = hit->article.published_at;
    return status;
}

static enum status load_message(struct searching *s, struct search_hit *hit, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(s->db, DB_SEARCH_MESSAGE_SHOW);
    db_bind_int(rows, "id", hit->id);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    hit->name = db_text(rows, "name", s->arena);
    hit->title = db_text(rows, "title", s->arena);
    hit->language = db_text(rows, "language", s->arena);
    hit->html = db_text(rows, "html", s->arena);
    hit->published_at = db_int(rows, "published_at");
    hit->article = (struct article){
        .id = {db_int(rows, "article_id")},
        .slug = db_text(rows, "slug", s->arena),
        .headline = db_text(rows, "headline", s->arena),
        .language = db_text(rows, "article_language", s->arena),
        .state = ARTICLE_PUBLISHED,
    };
    return OK;
}

/* Takes one on the page; NOT_FOUND: it is not shown, OK with out->more: the page is full, and this one is the next. */
static enum status show(struct searching *s, const struct found *found, bool ranked, struct error *error) {
    struct search_result *out = s->out;
    struct search_hit hit = {.id = found->id};
    if (out->count == s->request->limit) {
        time_ms at;
        enum status status = published_at(s, found->id, &at, error);
        out->more = status == OK;
        return status;
    }
    enum status status = s->of_articles ? load_article(s, &hit, error) : load_message(s, &hit, error);
    if (status != OK) return status;
    out->hits[out->count++] = hit;
    out->next = (struct search_key){.set = true, .ranked = ranked, .score = found->score, .id = found->id};
    return OK;
}

/* From what was found by walking; what there may be below stands on the next page. */
static enum status show_walked(struct searching *s, const struct found *found, size_t count, int64_t end,
                               struct error *error) {
    for (size_t i = 0; i < count && !s->out->more; i++) {
        enum status status = show(s, &found[i], false, error);
        if (status != OK && status != NOT_FOUND) return status;
    }
    if (s->out->more || end == 0) return OK;
    s->out->more = true;
    s->out->next = (struct search_key){.set = true, .id = end};
    return OK;
}

static enum status walk_and_show(struct searching *s, int64_t before, struct found *found, struct error *error) {
    size_t count = 0;
    int64_t end = 0;
    enum status status = walk(s, before, found, &count, &end, error);
    return status == OK ? show_walked(s, found, count, end, error) : status;
}

static enum status show_newest(struct searching *s, struct found *found, struct error *error) {
    enum { CHUNK = 64 };
    size_t count = CHUNK;
    int64_t before = s->request->after.set ? s->request->after.id : INT64_MAX;
    while (!s->out->more && count == CHUNK) {
        enum status status = find(s, SEARCH_LATER_MS, before, CHUNK, found, &count, error);
        if (status == BUSY) return walk_and_show(s, before, found, error);
        if (status != OK) return status;
        for (size_t i = 0; i < count && !s->out->more; i++) {
            before = found[i].id;
            status = show(s, &found[i], false, error);
            if (status != OK && status != NOT_FOUND) return status;
        }
    }
    return OK;
}

static int by_score(const void *a, const void *b) {
    const struct found *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static bool is_past(const struct found *found, const struct search_key *after) {
    if (!after->set) return true;
    return found->score < after->score || (found->score == after->score && found->id < after->id);
}

static enum status show_ranked(struct searching *s, struct found *found, size_t count, struct error *error) {
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        enum status status = score(s, &found[i], error);
        if (status == OK) found[shown++] = found[i];
        if (status != OK && status != NOT_FOUND) return status;
    }
    qsort(found, shown, sizeof *found, by_score);
    s->out->total = (int64_t)shown;
    for (size_t i = 0; i < shown && !s->out->more; i++) {
        if (!is_past(&found[i], &s->request->after)) continue;
        enum status status = show(s, &found[i], true, error);
        if (status != OK && status != NOT_FOUND) return status;
    }
    return OK;
}

/* Two figures: 230000. */
static int64_t rounded(int64_t n) {
    int64_t unit = 1;
    while (n / unit >= 100) unit *= 10;
    return (n + unit / 2) / unit * unit;
}

/* As many as there are, or as there would be if all were as dense as the newest. */
static void count_all(struct search_result *out, const struct found *found, size_t count) {
    out->total = (int64_t)count;
    out->estimated = count == SEARCH_COUNTED_MAX;
    if (!out->estimated) return;
    int64_t span = found[0].id - found[count - 1].id + 1;
    out->total = rounded((int64_t)((double)count * (double)found[0].id / (double)span));
}

/* Of a first page that the index cannot give at once; of few documents all are seen, and nothing is different. */
static enum status run_walking(struct searching *s, struct found *found, struct error *error) {
    size_t count = 0;
    int64_t end = 0;
    enum status status = walk(s, INT64_MAX, found, &count, &end, error);
    if (status != OK) return status;
    s->out->total = (int64_t)count;
    s->out->unsure = end != 0;
    s->out->ranked = end == 0 && count <= SEARCH_RANKED_MAX && !s->request->newest;
    return s->out->ranked ? show_ranked(s, found, count, error) : show_walked(s, found, count, end, error);
}

static enum status run(struct searching *s, struct found *found, struct error *error) {
    const struct search_key *after = &s->request->after;
    int work_ms = after->ranked ? SEARCH_LATER_MS : SEARCH_FIRST_MS;
    size_t count = 0;
    if (s->request->walk && !after->set) return run_walking(s, found, error);
    enum status status = find(s, work_ms, INT64_MAX, SEARCH_COUNTED_MAX, found, &count, error);
    if (status == BUSY && (!after->set || after->ranked)) return run_walking(s, found, error);
    if (status == BUSY) {
        s->out->unsure = true; /* how many there are; those of this page are found below */
        status = show_newest(s, found, error);
        s->out->total = (int64_t)s->out->count;
        return status;
    }
    if (status != OK) return status;
    count_all(s->out, found, count);
    /* A later page goes on as the first began, whatever has been published since. */
    bool few = count <= SEARCH_RANKED_MAX && !s->request->newest;
    s->out->ranked = after->set ? after->ranked : few;
    if (!s->out->ranked) return show_newest(s, found, error);
    return show_ranked(s, found, count < SEARCH_RANKED_MAX ? count : SEARCH_RANKED_MAX, error);
}

enum status search_run(struct db *db, struct arena *arena, const struct search_request *request,
                       struct search_result *out, struct error *error) {
    assert(request->query->count > 0 && request->limit >= 1 && request->limit <= SEARCH_PAGE_MAX);
    *out = (struct search_result){.hits = ARENA_ARRAY(arena, request->limit, struct search_hit)};
    struct searching s = {
        .db = db,
        .arena = arena,
        .request = request,
        .of_articles = request->kind == SEARCH_OF_ARTICLES,
        .match = match_text(db, arena, request->query),
        .out = out,
    };
    struct found *found = ARENA_ARRAY(arena, SEARCH_COUNTED_MAX, struct found);
    enum status status = search_progress_load(db, &out->index, error);
    return status == OK ? run(&s, found, error) : status;
}
