-- Search. What can be found stands here as terms (src/text/search_words.h), kept with the text it comes from in the same
-- transaction. FTS5's own tokenizer finds the spaces between them and has nothing else to do, so that any program that has
-- FTS5 can open, check and dump the database.

CREATE VIRTUAL TABLE search_article USING fts5 ( -- rowid: of the article; published ones
    words, tokenize = 'ascii', columnsize = 0);
CREATE VIRTUAL TABLE search_message USING fts5 ( -- rowid: the comment's number; published ones
    words, article_id UNINDEXED, tokenize = 'ascii', columnsize = 0);

-- Each index as its terms, for `palabre check`.
CREATE VIRTUAL TABLE search_article_term USING fts5vocab (search_article, instance);
CREATE VIRTUAL TABLE search_message_term USING fts5vocab (search_message, instance);

-- How far the index has come: what was there before it, or came in bulk, is looked at from here on. 0: all has been.
-- Another version of the terms (SEARCH_VERSION) makes all of it anew.
CREATE TABLE search_progress (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    version         INTEGER NOT NULL,
    rewriting       INTEGER NOT NULL CHECK (rewriting IN (0, 1)), -- 1: what is in the index is of another version
    next_article    INTEGER NOT NULL,
    next_message    INTEGER NOT NULL,
    next_likeness   INTEGER NOT NULL                              -- articles, whose likes are looked for after all are in
) STRICT;
INSERT INTO search_progress (id, version, rewriting, next_article, next_message, next_likeness) VALUES (1, 1, 0, 1, 1, 1);

-- The terms that tell an article from others; likes are found by those they share.
CREATE TABLE article_term (
    article_id INTEGER NOT NULL REFERENCES article (id),
    term       TEXT NOT NULL,
    weight     INTEGER NOT NULL,
    PRIMARY KEY (article_id, term)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_term_by_term ON article_term (term, article_id);

-- 'See also'. Where an editor has chosen, only what was chosen is shown.
CREATE TABLE article_related (
    article_id INTEGER NOT NULL REFERENCES article (id),
    related_id INTEGER NOT NULL REFERENCES article (id),
    chosen     INTEGER NOT NULL CHECK (chosen IN (0, 1)), -- 1: by an editor; 0: proposed by likeness
    position   INTEGER NOT NULL,                          -- of a chosen one, from 1
    score      INTEGER NOT NULL,                          -- of a proposed one
    PRIMARY KEY (article_id, chosen, related_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_related_back ON article_related (related_id, article_id);
