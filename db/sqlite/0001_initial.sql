-- The first schema. Migrations are append-only: never edit this file once it has landed, add 0002_….sql.
-- Times are milliseconds since 1970-01-01T00:00:00Z. Counters are kept in the transaction that changes what they count
-- and verified by `palabre check`.

CREATE TABLE site (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    name             TEXT NOT NULL,
    tagline          TEXT NOT NULL,
    language         TEXT NOT NULL,              -- 'fr' | 'en': of the interface where no article says otherwise
    time_zone        TEXT NOT NULL,              -- IANA name
    moderation       TEXT NOT NULL CHECK (moderation IN ('pre', 'post', 'closed')),
    strict           INTEGER NOT NULL CHECK (strict IN (0, 1)),      -- 1: the whole site under 'pre', at once
    removed_display  TEXT NOT NULL CHECK (removed_display IN ('stub', 'hide')),
    close_after_days INTEGER NOT NULL CHECK (close_after_days >= 0), -- 0: never
    gives_reasons    INTEGER NOT NULL CHECK (gives_reasons IN (0, 1)),
    charter_version  INTEGER NOT NULL,           -- 0: none yet
    version          INTEGER NOT NULL,           -- grows with each change of what home, sections and site feeds show
    pending_count    INTEGER NOT NULL,
    report_count     INTEGER NOT NULL,           -- open reports
    setup_hash       BLOB,                       -- SHA-256 of the one-time set-up secret; NULL once used
    created_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE section (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    language    TEXT NOT NULL,
    moderation  TEXT CHECK (moderation IN ('pre', 'post', 'closed')), -- NULL: the site's
    position    INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,          -- to sign in; folded
    display_name  TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'moderator')),
    password_hash TEXT NOT NULL,                 -- PHC string, Argon2id
    language      TEXT NOT NULL,
    disabled      INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   BLOB NOT NULL UNIQUE,           -- SHA-256 of the cookie's token
    account_id   INTEGER NOT NULL REFERENCES account (id),
    csrf         TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,                  -- keyed, of the address block
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_account ON session (account_id, last_seen_at);

CREATE TABLE charter (
    version      INTEGER NOT NULL,
    language     TEXT NOT NULL,
    introduction TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    account_id   INTEGER REFERENCES account (id),
    PRIMARY KEY (version, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE charter_rule (
    version      INTEGER NOT NULL,
    language     TEXT NOT NULL,
    position     INTEGER NOT NULL,
    code         TEXT NOT NULL,                  -- the same in every language and version: 'insult'
    title        TEXT NOT NULL,
    text         TEXT NOT NULL,
    severity     TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
    legal_ground TEXT,
    PRIMARY KEY (version, language, position),
    FOREIGN KEY (version, language) REFERENCES charter (version, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE article (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    section_id        INTEGER REFERENCES section (id),
    kind              TEXT NOT NULL CHECK (kind IN ('article', 'excerpt', 'page')),
    state             TEXT NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    slug              TEXT NOT NULL,
    language          TEXT NOT NULL,
    headline          TEXT NOT NULL,
    standfirst        TEXT NOT NULL,
    byline            TEXT NOT NULL,
    body_source       TEXT NOT NULL,
    body_format       TEXT NOT NULL CHECK (body_format IN ('markdown', 'html')),
    body_html         TEXT NOT NULL,             -- derived, safe
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
    UNIQUE (import_source, import_key)
) STRICT;
CREATE INDEX article_by_date ON article (published_at DESC, id DESC) WHERE state = 'published' AND kind != 'page';
CREATE INDEX article_by_section ON article (section_id, published_at DESC, id DESC) WHERE state = 'published';
CREATE INDEX article_by_update ON article (updated_at DESC, id DESC);

CREATE TABLE article_revision (
    article_id  INTEGER NOT NULL REFERENCES article (id),
    revision    INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    account_id  INTEGER REFERENCES account (id),
    headline    TEXT NOT NULL,
    standfirst  TEXT NOT NULL,
    body_source TEXT NOT NULL,
    PRIMARY KEY (article_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE comment (
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
    secret_hash        BLOB NOT NULL UNIQUE,     -- SHA-256 of the author's private link
    send_key           BLOB UNIQUE,              -- SHA-256 of the form's one-time key: the same form sent twice is one message
    -- personal data, retention class 'address' and 'mail'
    email              TEXT NOT NULL,
    device_hash        BLOB,                     -- SHA-256 of the author's cookie
    address_sealed     BLOB,
    fingerprint        TEXT NOT NULL,            -- keyed, of the address block; '' unknown
    import_source      TEXT,
    import_key         TEXT,
    UNIQUE (import_source, import_key)
) STRICT;
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

CREATE TABLE comment_revision (
    comment_number INTEGER NOT NULL REFERENCES comment (number),
    version        INTEGER NOT NULL,             -- the comment's version that held this text
    at             INTEGER NOT NULL,             -- when it was replaced
    by_desk        INTEGER NOT NULL CHECK (by_desk IN (0, 1)),
    name           TEXT NOT NULL,
    title          TEXT NOT NULL,
    text_source    TEXT NOT NULL,
    PRIMARY KEY (comment_number, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    comment_number INTEGER NOT NULL REFERENCES comment (number),
    article_id     INTEGER NOT NULL REFERENCES article (id),
    comment_version INTEGER,                     -- the text and state it was made upon; NULL: imported
    account_id     INTEGER REFERENCES account (id), -- NULL: the program itself (post-moderation, import)
    act            TEXT NOT NULL CHECK (act IN ('publish', 'reject', 'spam', 'remove', 'edit', 'undo', 'dismiss')),
    from_state     TEXT NOT NULL,
    to_state       TEXT NOT NULL,
    rule_code      TEXT NOT NULL,                -- '' none
    charter_version INTEGER NOT NULL,
    note           TEXT NOT NULL,                -- private
    reason         TEXT NOT NULL,                -- for the author
    at             INTEGER NOT NULL,
    undone_by      INTEGER REFERENCES decision (id)
) STRICT;
CREATE INDEX decision_by_comment ON decision (comment_number, id);
CREATE INDEX decision_by_account ON decision (account_id, id);
CREATE INDEX decision_refused ON decision (id, article_id)
    WHERE act IN ('reject', 'spam', 'remove') AND undone_by IS NULL;

CREATE TABLE report (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    comment_number INTEGER NOT NULL REFERENCES comment (number),
    article_id     INTEGER NOT NULL REFERENCES article (id),
    rule_code      TEXT NOT NULL,
    text           TEXT NOT NULL,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    fingerprint    TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'dismissed')),
    at             INTEGER NOT NULL,
    closed_at      INTEGER,
    decision_id    INTEGER REFERENCES decision (id)
) STRICT;
CREATE INDEX report_by_comment ON report (comment_number, id);
CREATE INDEX report_open ON report (at, id) WHERE state = 'open';

-- Append-only. One chain per discussion (chain = article id) and one for the site itself (chain = 0): each row carries
-- the hash of the one before it in its chain.
CREATE TABLE journal (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
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
CREATE INDEX journal_by_subject ON journal (subject, id);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Addresses of what was imported, as they were on the old site (path and query, no host).
CREATE TABLE redirect (
    path           TEXT PRIMARY KEY,
    article_id     INTEGER REFERENCES article (id),
    comment_number INTEGER REFERENCES comment (number)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    next_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at, id);
