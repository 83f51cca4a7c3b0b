-- Search. What can be found stands here as terms (src/text/search_words.h), kept with the text it comes from in the same
-- transaction; the server itself keeps each row's vector in step with its terms.

-- The terms with their places. (A vector holds places up to 16383, and 256 of one term: further ones are found, too, but not
-- in a phrase.)
CREATE FUNCTION search_vector(words TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(CAST(string_agg('''' || term || ''':' || LEAST(place, 16383), ' ') AS tsvector), CAST('' AS tsvector))
    FROM regexp_split_to_table(words, '\s+') WITH ORDINALITY AS t (term, place) WHERE term <> ''
$$;

CREATE TABLE search_article (
    rowid  BIGINT PRIMARY KEY, -- of the article; published ones
    words  TEXT NOT NULL,
    vector tsvector GENERATED ALWAYS AS (search_vector(words)) STORED
);
CREATE INDEX search_article_vector ON search_article USING gin (vector);

CREATE TABLE search_message (
    rowid      BIGINT NOT NULL, -- the comment's number; published ones
    article_id BIGINT NOT NULL,
    words      TEXT NOT NULL,
    vector     tsvector GENERATED ALWAYS AS (search_vector(words)) STORED,
    PRIMARY KEY (article_id, rowid)
) PARTITION BY HASH (article_id);
DO $$
BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE search_message_%s PARTITION OF search_message FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    END LOOP;
END $$;
CREATE INDEX search_message_by_rowid ON search_message (rowid);
CREATE INDEX search_message_vector ON search_message USING gin (vector);

-- Each index as its terms, for `palabre check`.
CREATE VIEW search_article_term AS
    SELECT t.term, s.rowid AS doc, t.place - 1 AS "offset"
    FROM search_article s CROSS JOIN regexp_split_to_table(s.words, '\s+') WITH ORDINALITY AS t (term, place) WHERE t.term <> '';
CREATE VIEW search_message_term AS
    SELECT t.term, s.rowid AS doc, t.place - 1 AS "offset"
    FROM search_message s CROSS JOIN regexp_split_to_table(s.words, '\s+') WITH ORDINALITY AS t (term, place) WHERE t.term <> '';

-- How far the index has come: what was there before it, or came in bulk, is looked at from here on. 0: all has been.
-- Another version of the terms (SEARCH_VERSION) makes all of it anew.
CREATE TABLE search_progress (
    id            BIGINT PRIMARY KEY CHECK (id = 1),
    version       BIGINT NOT NULL,
    rewriting     BIGINT NOT NULL CHECK (rewriting IN (0, 1)), -- 1: what is in the index is of another version
    next_article  BIGINT NOT NULL,
    next_message  BIGINT NOT NULL,
    next_likeness BIGINT NOT NULL
);
INSERT INTO search_progress (id, version, rewriting, next_article, next_message, next_likeness) VALUES (1, 1, 0, 1, 1, 1);

-- The terms that tell an article from others; likes are found by those they share.
CREATE TABLE article_term (
    article_id BIGINT NOT NULL REFERENCES article (id),
    term       TEXT NOT NULL,
    weight     BIGINT NOT NULL,
    PRIMARY KEY (article_id, term)
);
CREATE INDEX article_term_by_term ON article_term (term, article_id);

-- 'See also'. Where an editor has chosen, only what was chosen is shown.
CREATE TABLE article_related (
    article_id BIGINT NOT NULL REFERENCES article (id),
    related_id BIGINT NOT NULL REFERENCES article (id),
    chosen     BIGINT NOT NULL CHECK (chosen IN (0, 1)),
    position   BIGINT NOT NULL,
    score      BIGINT NOT NULL,
    PRIMARY KEY (article_id, chosen, related_id)
);
CREATE INDEX article_related_back ON article_related (related_id, article_id);
