-- Recommendations, editors' picks, reports about articles, receipts of reports.

-- Counted in the transaction that changes what it counts; picked_at: NULL, not picked.
ALTER TABLE comment ADD COLUMN recommendation_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comment ADD COLUMN picked_at BIGINT;
CREATE INDEX comment_recommended ON comment (article_id, recommendation_count DESC, ordinal)
    WHERE recommendation_count > 0 AND root_number IS NULL AND ordinal IS NOT NULL;
CREATE INDEX comment_picked ON comment (article_id, picked_at DESC, number DESC) WHERE picked_at IS NOT NULL;

-- One of each reader: who reads is known by a cookie of its own, made when first needed.
CREATE TABLE recommendation (
    article_id     BIGINT NOT NULL REFERENCES article (id),
    comment_number BIGINT NOT NULL,
    reader_hash    BYTEA NOT NULL,
    fingerprint    TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (article_id, comment_number, reader_hash),
    FOREIGN KEY (article_id, comment_number) REFERENCES comment (article_id, number)
) PARTITION BY HASH (article_id);
DO $$
BEGIN
    FOR i IN 0..15 LOOP
        EXECUTE format('CREATE TABLE recommendation_%s PARTITION OF recommendation FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
    END LOOP;
END $$;

-- A report is about a comment or, without one, about the article itself.
ALTER TABLE report ALTER COLUMN comment_number DROP NOT NULL;
ALTER TABLE report ADD COLUMN account_id BIGINT REFERENCES account (id); -- who closed one about an article
ALTER TABLE report ADD COLUMN answer TEXT NOT NULL DEFAULT '';           -- to whoever reported; '' none
ALTER TABLE report ADD COLUMN secret_hash BYTEA;                         -- of the receipt's secret; NULL: it has none
CREATE INDEX report_open_article ON report (at, id) WHERE state = 'open' AND comment_number IS NULL;
CREATE INDEX report_open_by_article ON report (article_id, fingerprint) WHERE state = 'open' AND comment_number IS NULL;
CREATE UNIQUE INDEX report_by_secret ON report (secret_hash, article_id) WHERE secret_hash IS NOT NULL;

-- The form of a new article, sent twice, is one article.
ALTER TABLE article ADD COLUMN send_key BYTEA; -- SHA-256 of the form's one-time key
CREATE UNIQUE INDEX article_by_send_key ON article (send_key) WHERE send_key IS NOT NULL;
