-- What a distributed PostgreSQL takes to place discussions on several machines. Here only what both engines share.

-- An article that came from elsewhere comes once, and so does the form of a new one. A key of its own, so that uniqueness
-- does not have to be asked of every machine's articles. (The table article has the first in its definition, too, here.)
CREATE TABLE article_once (
    source     TEXT NOT NULL,    -- of an import; '' the form of a new article
    key        TEXT NOT NULL,    -- there; of a form: SHA-256 of its one-time key, in hexadecimal digits
    article_id INTEGER NOT NULL,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
INSERT INTO article_once (source, key, article_id)
    SELECT import_source, import_key, id FROM article WHERE import_source IS NOT NULL;
INSERT INTO article_once (source, key, article_id) SELECT '', lower(hex(send_key)), id FROM article WHERE send_key IS NOT NULL;
DROP INDEX article_by_send_key;
ALTER TABLE article DROP COLUMN send_key;

-- Whether the same words were sent to the same discussion before.
CREATE INDEX comment_same_text ON comment (article_id, text_hash) WHERE text_hash IS NOT NULL;
