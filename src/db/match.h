/* A full-text question in the engine's own language (FTS5's, or a tsquery), to be bound as :match. Terms are those of
   src/text/search_words.h: they hold no quote, no backslash and no space, which is asserted.

   Phrases of one clause are alternatives; every clause has to hold, and no excluded one. At least one clause that is not
   excluded is needed. Lives in the arena. */
#ifndef PALABRE_DB_MATCH_H
#define PALABRE_DB_MATCH_H

#include "base/buf.h"
#include "db/db.h"

struct db_match {
    struct arena *arena;
    bool is_tsquery;
    struct buf wanted, unwanted;
    struct buf *clause; /* the one being written */
    bool first;         /* of the clause's phrases */
};

void db_match_begin(struct db_match *match, const struct db *db, struct arena *arena);
void db_match_clause(struct db_match *match, bool excluded); /* ends the one before */
void db_match_phrase(struct db_match *match, const slice *terms, size_t count);
slice db_match_end(struct db_match *match); /* and frees what it used */

#endif
