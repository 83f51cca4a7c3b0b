-- What a distributed PostgreSQL takes to place discussions on several machines: every unique key of a table that follows an
-- article contains it, and nothing refers from one discussion to another, nor from a table of all to one of theirs
-- (docs/scale.md; tests/scenario/test_partitions.py).

-- An article that came from elsewhere comes once, and so does the form of a new one. A key of its own, so that uniqueness
-- does not have to be asked of every machine's articles.
CREATE TABLE article_once (
    source     TEXT NOT NULL,    -- of an import; '' the form of a new article
    key        TEXT NOT NULL,    -- there; of a form: SHA-256 of its one-time key, in hexadecimal digits
    article_id BIGINT NOT NULL,
    PRIMARY KEY (source, key)
);
INSERT INTO article_once (source, key, article_id)
    SELECT import_source, import_key, id FROM article WHERE import_source IS NOT NULL;
INSERT INTO article_once (source, key, article_id)
    SELECT '', encode(send_key, 'hex'), id FROM article WHERE send_key IS NOT NULL;
DROP INDEX article_by_import;
DROP INDEX article_by_send_key;
ALTER TABLE article DROP COLUMN send_key;

-- Whether the same words were sent to the same discussion before.
CREATE INDEX comment_same_text ON comment (article_id, text_hash) WHERE text_hash IS NOT NULL;

-- What is to be mailed, and who follows, stand with their discussion. Their ids come from a sequence.
ALTER TABLE outbox DROP CONSTRAINT outbox_pkey, ALTER COLUMN article_id SET NOT NULL, ADD PRIMARY KEY (article_id, id);
CREATE INDEX outbox_by_id ON outbox (id);
ALTER TABLE subscription DROP CONSTRAINT subscription_pkey, ADD PRIMARY KEY (article_id, id);
CREATE INDEX subscription_by_id ON subscription (id);

-- From a table of all to a discussion, from one article to another: `palabre check` looks whether they lead somewhere.
ALTER TABLE redirect DROP CONSTRAINT redirect_article_id_fkey, DROP CONSTRAINT redirect_article_id_comment_number_fkey;
ALTER TABLE article_related DROP CONSTRAINT article_related_related_id_fkey;

-- Looked up by key alone, in all discussions: one partition for each key, and not all of them.
ALTER TABLE comment_likeness RENAME TO comment_likeness_before;
CREATE TABLE comment_likeness (
    like_key       BIGINT NOT NULL,
    comment_number BIGINT NOT NULL,
    article_id     BIGINT NOT NULL,
    CONSTRAINT comment_likeness_key PRIMARY KEY (like_key, comment_number, article_id)
) PARTITION BY HASH (like_key);
DO $$
BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE comment_likeness_key_%s PARTITION OF comment_likeness FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    END LOOP;
END $$;
INSERT INTO comment_likeness (like_key, comment_number, article_id)
    SELECT like_key, comment_number, article_id FROM comment_likeness_before;
DROP TABLE comment_likeness_before;

-- Texts are compared byte by byte, as SQLite does, whatever the database's own order: lists come alike from both engines,
-- and an index does not change its order with the system's library. (What a column is made from cannot be altered: `words`
-- is compared with nothing.)
DO $$
DECLARE
    c RECORD;
BEGIN
    FOR c IN SELECT t.oid::regclass AS name, a.attname AS part FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
        WHERE t.relnamespace = CAST(current_schema() AS regnamespace) AND t.relkind IN ('r', 'p') AND NOT t.relispartition
        AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = CAST('text' AS regtype)
        AND a.attname != 'words' ORDER BY 1, 2
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE TEXT COLLATE "C"', c.name, c.part);
    END LOOP;
END $$;
