-- Uniqueness only where there is something to be unique: an imported message has no private link, a message written here no
-- key elsewhere, and the form's key is of those sent by a form. A row of an index for each NULL cost every insertion.
-- (Constraints of a table can only be dropped by making it anew: https://www.sqlite.org/lang_altertable.html, 7.)

CREATE TABLE comment_again (
    number             INTEGER PRIMARY KEY AUTOINCREMENT, -- unique on the site, grows, never used twice
    article_id         INTEGER NOT NULL REFERENCES article (id),
    root_number        INTEGER REFERENCES comment (number), -- NULL: a root comment
    parent_number      INTEGER REFERENCES comment (number), -- whom it answers; NULL: a root comment
    ordinal            INTEGER,                  -- of a root in its discussion, of a reply in its root; NULL until first published
    last_reply_ordinal INTEGER NOT NULL,         -- given last to a reply of this root
    reply_count        INTEGER NOT NULL,         -- published replies of this root
    state              TEXT NOT NULL CHECK (state IN ('pending', 'published', 'rejected', 'spam', 'removed', 'withdrawn')),
    version            INTEGER NOT NULL,         -- grows with each change of this comment: a decision names the one it saw
    name               TEXT NOT NULL,
    title              TEXT NOT NULL,            -- '' : the article's
    text_source        TEXT NOT NULL,            -- as typed: the truth
    html               TEXT NOT NULL,            -- derived, safe
    renderer_version   INTEGER NOT NULL,
    language           TEXT NOT NULL,
    website            TEXT NOT NULL,
    account_id         INTEGER REFERENCES account (id), -- badge: written by somebody of the house
    submitted_at       INTEGER NOT NULL,
    published_at       INTEGER,                  -- first publication
    edited_at          INTEGER,                  -- shown as 'edited'
    edited_by_desk     INTEGER NOT NULL CHECK (edited_by_desk IN (0, 1)),
    charter_version    INTEGER NOT NULL,         -- the one its author accepted
    checks             TEXT NOT NULL,            -- what the checks saw, JSON array of words for the moderator
    report_count       INTEGER NOT NULL,         -- open reports
    secret_hash        BLOB NOT NULL,            -- SHA-256 of the author's private link; empty: imported, nobody has one
    send_key           BLOB,                     -- SHA-256 of the form's one-time key: the same form sent twice is one message
    -- personal data, retention class 'address' and 'mail'
    email              TEXT NOT NULL,
    device_hash        BLOB,                     -- SHA-256 of the author's cookie
    address_sealed     BLOB,
    fingerprint        TEXT NOT NULL,            -- keyed, of the address block; '' unknown
    import_source      TEXT,
    import_key         TEXT
) STRICT;

INSERT INTO comment_again
    SELECT number, article_id, root_number, parent_number, ordinal, last_reply_ordinal, reply_count, state, version,
        name, title, text_source, html, renderer_version, language, website, account_id, submitted_at, published_at,
        edited_at, edited_by_desk, charter_version, checks, report_count, CASE WHEN import_source IS NULL THEN
        secret_hash ELSE x'' END, send_key, email, device_hash, address_sealed, fingerprint, import_source,
        import_key
    FROM comment ORDER BY number;
UPDATE sqlite_sequence SET seq = max(seq, (SELECT seq FROM sqlite_sequence WHERE name = 'comment'))
    WHERE name = 'comment_again' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'comment');
DROP TABLE comment;
ALTER TABLE comment_again RENAME TO comment;

CREATE UNIQUE INDEX comment_by_secret ON comment (secret_hash) WHERE import_source IS NULL;
CREATE UNIQUE INDEX comment_by_send_key ON comment (send_key) WHERE send_key IS NOT NULL;
CREATE UNIQUE INDEX comment_by_import ON comment (import_source, import_key) WHERE import_source IS NOT NULL;
CREATE UNIQUE INDEX comment_root_ordinal ON comment (article_id, ordinal) WHERE root_number IS NULL AND ordinal IS NOT NULL;
CREATE UNIQUE INDEX comment_reply_ordinal ON comment (root_number, ordinal) WHERE root_number IS NOT NULL AND ordinal IS NOT NULL;
CREATE INDEX comment_queue ON comment (submitted_at, number) WHERE state = 'pending';
CREATE INDEX comment_queue_article ON comment (article_id, submitted_at, number) WHERE state = 'pending';
CREATE INDEX comment_reported ON comment (report_count DESC, number) WHERE report_count > 0;
CREATE INDEX comment_thread ON comment (root_number, number) WHERE root_number IS NOT NULL;
CREATE INDEX comment_mention ON comment (article_id, name, number) WHERE state = 'published';
CREATE INDEX comment_latest ON comment (article_id, published_at DESC, number DESC) WHERE state = 'published';
CREATE INDEX comment_by_device ON comment (device_hash, number) WHERE device_hash IS NOT NULL;
CREATE INDEX comment_by_fingerprint ON comment (fingerprint, number) WHERE fingerprint != '';
CREATE INDEX comment_by_name ON comment (name, number);
