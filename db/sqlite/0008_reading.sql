-- Recommendations, editors' picks, reports about articles, receipts of reports.

-- Counted in the transaction that changes what it counts; picked_at: NULL, not picked.
ALTER TABLE comment ADD COLUMN recommendation_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comment ADD COLUMN picked_at INTEGER;
CREATE INDEX comment_recommended ON comment (article_id, recommendation_count DESC, ordinal)
    WHERE recommendation_count > 0 AND root_number IS NULL AND ordinal IS NOT NULL;
CREATE INDEX comment_picked ON comment (article_id, picked_at DESC, number DESC) WHERE picked_at IS NOT NULL;

-- One of each reader: who reads is known by a cookie of its own, made when first needed.
CREATE TABLE recommendation (
    article_id     INTEGER NOT NULL REFERENCES article (id),
    comment_number INTEGER NOT NULL REFERENCES comment (number),
    reader_hash    BLOB NOT NULL,                -- SHA-256 of the reader's cookie
    fingerprint    TEXT NOT NULL,                -- keyed, of the address block; '' unknown. Retention class 'address'
    at             INTEGER NOT NULL,
    PRIMARY KEY (article_id, comment_number, reader_hash)
) STRICT, WITHOUT ROWID;

-- A report is about a comment or, without one, about the article itself. (A NOT NULL can only be dropped by making the table
-- anew: https://www.sqlite.org/lang_altertable.html, 7.)
CREATE TABLE report_again (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    comment_number INTEGER REFERENCES comment (number), -- NULL: the article
    article_id     INTEGER NOT NULL REFERENCES article (id),
    rule_code      TEXT NOT NULL,
    text           TEXT NOT NULL,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    fingerprint    TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
    at             INTEGER NOT NULL,
    closed_at      INTEGER,
    decision_id    INTEGER REFERENCES decision (id),
    account_id     INTEGER REFERENCES account (id), -- who closed one about an article
    answer         TEXT NOT NULL DEFAULT '',     -- to whoever reported; '' none
    secret_hash    BLOB                          -- SHA-256 of the receipt's secret; NULL: it has none
) STRICT;
INSERT INTO report_again
    SELECT id, comment_number, article_id, rule_code, text, name, email, fingerprint, state, at, closed_at, decision_id,
        NULL, '', NULL
    FROM report ORDER BY id;
UPDATE sqlite_sequence SET seq = max(seq, (SELECT seq FROM sqlite_sequence WHERE name = 'report'))
    WHERE name = 'report_again' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'report');
DROP TABLE report;
ALTER TABLE report_again RENAME TO report;
CREATE INDEX report_by_comment ON report (comment_number, id) WHERE comment_number IS NOT NULL;
CREATE INDEX report_open ON report (at, id) WHERE state = 'open';
CREATE INDEX report_open_article ON report (at, id) WHERE state = 'open' AND comment_number IS NULL;
CREATE INDEX report_open_by_article ON report (article_id, fingerprint) WHERE state = 'open' AND comment_number IS NULL;
CREATE UNIQUE INDEX report_by_secret ON report (secret_hash) WHERE secret_hash IS NOT NULL;

-- The form of a new article, sent twice, is one article.
ALTER TABLE article ADD COLUMN send_key BLOB; -- SHA-256 of the form's one-time key
CREATE UNIQUE INDEX article_by_send_key ON article (send_key) WHERE send_key IS NOT NULL;
