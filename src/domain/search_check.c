/* Is the index what it should be? Each document against its source, and the engine's index against the documents: a sum of
   hashes of (term, document, place) over either must be the same. Time grows with the index, memory does not. */
#include "domain/comment_state.h"
#include "domain/search_index.h"
#include "domain/search_terms.h"

#include <inttypes.h>
#include <stdio.h>

struct comparing {
    struct db *db;
    const struct search_check_listener *listener;
    struct search_maker maker;
    int64_t before; /* documents from here on are not expected to be there yet */
    uint64_t sum;   /* of the documents */
    int64_t count;
};

static void comparing_fini(struct comparing *c) { search__maker_fini(&c->maker); }

static void say(struct comparing *c, const char *what, int64_t id, const char *fault) {
    char line[200];
    int n = snprintf(line, sizeof line, "%s %" PRId64 ": %s", what, id, fault);
    c->listener->fault(c->listener->ctx, slice_make(line, n > 0 ? (size_t)n : 0));
}

enum { PASS_ROWS = 256 };

static void pass(const struct comparing *c, bool terms, int64_t rows, int64_t done) {
    if (c->listener->passed && rows % PASS_ROWS == 0) c->listener->passed(c->listener->ctx, terms, done);
}

static uint64_t hash_of(slice term, int64_t document, int64_t place) {
    uint64_t h = slice_hash(term) ^ (uint64_t)document * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 29 ^ (uint64_t)place) * UINT64_C(0xbf58476d1ce4e5b9);
    return h ^ h >> 32;
}

static void add_document(struct comparing *c, int64_t id, slice words) {
    c->count++;
    for (int64_t place = 0; words.p; place++) c->sum += hash_of(slice_cut(&words, ' '), id, place);
}

static enum status check_message(struct comparing *c, struct db_rows *rows, struct error *error) {
    int64_t number = db_int(rows, "number");
    bool published = slice_equal(db_text_peek(rows, "state"), comment_state_name(COMMENT_PUBLISHED));
    bool there = !db_is_null(rows, "words");
    pass(c, false, c->count, number);
    if (there) add_document(c, number, db_text_peek(rows, "words"));
    if (there && !published) say(c, "comment", number, "it is not published, and is in the search index");
    if (!published || (!there && number >= c->before)) return OK;
    if (!there) {
        say(c, "comment", number, "it is not in the search index");
        return OK;
    }
    if (number >= c->before) return OK;
    enum status status = search__make_message(&c->maker, rows, error);
    if (status == OK && !slice_equal(buf_slice(&c->maker.words), db_text_peek(rows, "words")))
        say(c, "comment", number, "the search index holds another text");
    return status;
}

static enum status check_article(struct comparing *c, struct db_rows *rows, struct error *error) {
    int64_t id = db_int(rows, "id");
    bool published = slice_equal(db_text_peek(rows, "state"), article_state_name(ARTICLE_PUBLISHED));
    bool there = !db_is_null(rows, "words");
    if (there) add_document(c, id, db_text_peek(rows, "words"));
    if (there && !published) say(c, "article", id, "it is not published, and is in the search index");
    if (!published || (!there && id >= c->before)) return OK;
    if (!there) {
        say(c, "article", id, "it is not in the search index");
        return OK;
    }
    if (id >= c->before) return OK;
    enum status status = search__make_article(&c->maker, c->db, (article_id){id}, error);
    if (status == OK && !slice_equal(buf_slice(&c->maker.words), db_text_peek(rows, "words")))
        say(c, "article", id, "the search index holds another text");
    return status;
}

static enum status check_documents(struct comparing *c, enum db_statement statement,
                                   enum status (*look)(struct comparing *c, struct db_rows *rows, struct error *error),
                                   struct error *error) {
    c->sum = 0;
    c->count = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(c->db, statement);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        status = look(c, rows, error);
        if (status != OK) return status;
    }
    return status == NOT_FOUND ? OK : status;
}

static enum status check_terms(struct comparing *c, enum db_statement statement, const char *what,
                               struct error *error) {
    uint64_t sum = 0;
    int64_t seen = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(c->db, statement);
    enum status status;
    for (; (status = db_step(rows, error)) == OK; seen++, pass(c, true, seen, seen))
        sum += hash_of(db_text_peek(rows, "term"), db_int(rows, "doc"), db_int(rows, "place"));
    if (status != NOT_FOUND) return status;
    if (sum != c->sum) say(c, what, 0, "the index differs from its documents");
    return OK;
}

enum status search__check(struct db *db, const struct search_check_listener *listener, struct error *error) {
    struct comparing c CLEANUP(comparing_fini) = {.db = db, .listener = listener};
    search__maker_init(&c.maker);
    search_stemmers_remember(c.maker.stemmers);
    struct search_progress at;
    enum status status = search_progress_load(db, &at, error);
    if (status != OK) return status;
    struct db_rows *counts CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_CHECK_COUNTS);
    status = db_step(counts, error);
    if (status != OK) return status;
    c.before = at.next_article ? at.next_article : INT64_MAX;
    status = check_documents(&c, DB_SEARCH_CHECK_ARTICLES, check_article, error);
    if (status == OK && c.count != db_int(counts, "articles"))
        say(&c, "search of articles", db_int(counts, "articles"), "documents, and not all of them are articles");
    if (status == OK) status = check_terms(&c, DB_SEARCH_CHECK_ARTICLE_TERMS, "search of articles", error);
    if (status != OK) return status;
    c.before = at.next_message ? at.next_message : INT64_MAX;
    status = check_documents(&c, DB_SEARCH_CHECK_MESSAGES, check_message, error);
    if (status == OK && c.count != db_int(counts, "messages"))
        say(&c, "search of messages", db_int(counts, "messages"), "documents, and not all of them are comments");
    return status == OK ? check_terms(&c, DB_SEARCH_CHECK_MESSAGE_TERMS, "search of messages", error) : status;
}
