/* Doors for moving in: rows with their own dates, states and keys. Writer, within the importer's transaction; what fails
   must be undone by it (a savepoint, or all). HTML is kept as the importer made it, with renderer version 0: never made
   anew.

   Journalled: each article ('article.import') and each comment added alone ('comment.import'), with where it comes from
   and the hash of its text; comments added together as one row of their discussion's chain ('comments.import', about the
   article): source, how many, the first and the last number, and rows_sha256. That is the last of a chain of hashes, one
   for each comment made, in the order of calls, the first from 32 zero bytes:
   hash = SHA-256(previous ‖ row), row = the fields number, parent's number (0: none), state, submitted_at, key, name, title,
   text_source, written as in journal.h. Who holds the export can show with it what was taken in, text by text. */
#ifndef PALABRE_DOMAIN_IMPORT_H
#define PALABRE_DOMAIN_IMPORT_H

#include "domain/comment.h"

struct import_article {
    slice source, key;      /* once per pair */
    struct article article; /* prepared: body_html set; state, dates and slug are taken as they are */
    const slice *old_paths; /* path and query on the old site */
    size_t old_path_count;
};
/* *made false: it was there already (nothing is changed), *id is its id. Dates of 0 are filled from the others. An old path
   that is taken stays with who has it. INVALID: no source or key. */
enum status import_article_add(struct db *db, const struct import_article *input, article_id *id, bool *made,
                               struct error *error) MUST_USE;

struct import_comment {
    slice source, key, parent_key; /* parent_key empty: a root. The parent must have been imported before. */
    article_id article;
    enum comment_state state;
    slice name, email, website, title, text_source, html, language;
    time_ms submitted_at;
    slice address_sealed, fingerprint;
    int64_t wanted_number; /* 0: none. Taken when it was never given; so old #comment-N addresses stay true */
    bool is_new;  /* import_comments_add: import_comment_find has said NOT_FOUND, and nothing was added since */
    bool or_root; /* import_comments_add: a root when its parent is not there, or elsewhere */
};
/* Published ones get their ordinals in the order of calls: call in order of date, parents first. INVALID: no key, or the
   parent is not there or elsewhere. Once there, it stays as it is: *made false, *number its number. */
enum status import_comment_add(struct db *db, const struct import_comment *input, comment_number *number, bool *made,
                               struct error *error) MUST_USE;

/* Whether it is there from an earlier import. NOT_FOUND: no. */
enum status import_comment_find(struct db *db, slice source, slice key, comment_number *number,
                                struct error *error) MUST_USE;

/* Whether no comment of this source is there. */
enum status import_source_is_new(struct db *db, slice source, bool *is_new, struct error *error) MUST_USE;

/* The transaction of an import of many: db_fill_begin when the site has no comment yet (*filling), else
   db_write_begin. */
enum status import_begin(struct db *db, bool *filling, struct error *error) MUST_USE;
enum status import_commit(struct db *db, bool filling, struct error *error) MUST_USE; /* on failure all is undone */
void import_rollback(struct db *db, bool filling);

struct import_result {
    comment_number number;
    bool made;    /* false: it was there already, and stays as it is */
    bool is_root; /* as or_root says */
};
/* Many at once, of one article and one source: rows are written once, in their final state, and counters and journal once
   for all. The same as import_comment_add one by one, in the same order, but for the journal. results: count of them.
   count: what memory likes, some thousand. INVALID as import_comment_add, also when one has another article or source. */
enum status import_comments_add(struct db *db, const struct import_comment *items, size_t count,
                                struct import_result *results, struct error *error) MUST_USE;

#endif
