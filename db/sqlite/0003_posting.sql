-- What posting and importing fast take.

-- The long texts of an article stand behind everything else in its row: counters, policy and dates, which are read and
-- written with each message, are then on the row's first page, however long the article is.
CREATE TABLE article_again (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    section_id        INTEGER REFERENCES section (id),
    kind              TEXT NOT NULL CHECK (kind IN ('article', 'excerpt', 'page')),
    state             TEXT NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    slug              TEXT NOT NULL,
    language          TEXT NOT NULL,
    headline          TEXT NOT NULL,
    byline            TEXT NOT NULL,
    body_format       TEXT NOT NULL CHECK (body_format IN ('markdown', 'html')),
    renderer_version  INTEGER NOT NULL,
    source_url        TEXT NOT NULL,             -- of a press excerpt; '' otherwise
    source_site       TEXT NOT NULL,
    source_author     TEXT NOT NULL,
    source_title      TEXT NOT NULL,
    source_date       INTEGER,
    moderation        TEXT CHECK (moderation IN ('pre', 'post', 'closed')), -- NULL: the section's, then the site's
    discussion_closed INTEGER NOT NULL CHECK (discussion_closed IN (0, 1)),
    created_at        INTEGER NOT NULL,
    published_at      INTEGER,                   -- NULL until first published
    updated_at        INTEGER NOT NULL,
    account_id        INTEGER REFERENCES account (id),
    revision          INTEGER NOT NULL,          -- grows with each save; a form carries the one it was made from
    version           INTEGER NOT NULL,          -- of the discussion: grows with each change a page of it shows
    last_ordinal      INTEGER NOT NULL,          -- ordinal given last to a root comment; 0: none
    comment_count     INTEGER NOT NULL,          -- published comments, replies included
    pending_count     INTEGER NOT NULL,
    import_source     TEXT,                      -- 'wordpress:' and the blog's address
    import_key        TEXT,                      -- the post's id there
    standfirst        TEXT NOT NULL,
    body_source       TEXT NOT NULL,
    body_html         TEXT NOT NULL,             -- derived, safe
    UNIQUE (import_source, import_key)
) STRICT;
INSERT INTO article_again (id, section_id, kind, state, slug, language, headline, byline, body_format,
        renderer_version, source_url, source_site, source_author, source_title, source_date, moderation,
        discussion_closed, created_at, published_at, updated_at, account_id, revision, version, last_ordinal,
        comment_count, pending_count, import_source, import_key, standfirst, body_source, body_html)
    SELECT id, section_id, kind, state, slug, language, headline, byline, body_format, renderer_version,
        source_url, source_site, source_author, source_title, source_date, moderation, discussion_closed,
        created_at, published_at, updated_at, account_id, revision, version, last_ordinal, comment_count,
        pending_count, import_source, import_key, standfirst, body_source, body_html
    FROM article ORDER BY id;
UPDATE sqlite_sequence SET seq = max(seq, (SELECT seq FROM sqlite_sequence WHERE name = 'article'))
    WHERE name = 'article_again' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'article');
DROP TABLE article;
ALTER TABLE article_again RENAME TO article;
CREATE INDEX article_by_date ON article (published_at DESC, id DESC) WHERE state = 'published' AND kind != 'page';
CREATE INDEX article_by_section ON article (section_id, published_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX article_by_update ON article (updated_at DESC, id DESC);

-- No row of the journal is ever deleted (its triggers see to it), so that the next id is one more than the last, without
-- a table that says so and is written each time.
CREATE TABLE journal_again (
    id            INTEGER PRIMARY KEY,
    chain         INTEGER NOT NULL,
    sequence      INTEGER NOT NULL,              -- 1, 2, 3 … within the chain
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL,                 -- 'account:3' | 'author' | 'reader' | 'system' | 'import'
    act           TEXT NOT NULL,                 -- 'comment.publish', 'article.save', 'session.open' …
    subject       TEXT NOT NULL,                 -- 'comment:2878763', 'article:12', 'account:3' …
    data          TEXT NOT NULL,                 -- JSON object
    previous_hash BLOB NOT NULL,
    hash          BLOB NOT NULL,
    UNIQUE (chain, sequence)
) STRICT;
INSERT INTO journal_again SELECT id, chain, sequence, at, actor, act, subject, data, previous_hash, hash
    FROM journal ORDER BY id;
DROP TABLE journal;
ALTER TABLE journal_again RENAME TO journal;
CREATE INDEX journal_by_subject ON journal (subject, id);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- The private link's secret follows from the form's one-time key: one index says of both whether they were here before.
DROP INDEX comment_by_send_key;
ALTER TABLE comment DROP COLUMN send_key;

-- The beginning of the SHA-256 of the folded text, so that the latest texts of a hand need not be folded again to see
-- whether one of them comes twice. NULL: not known (a message of before, an import, an edit by the desk).
ALTER TABLE comment ADD COLUMN text_hash INTEGER;
