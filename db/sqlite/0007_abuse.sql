-- Likeness of messages, lists of words and expressions, bans.

-- What administrators want to be told of, or refused (domain/watch.h). An entry that is taken out stays, removed: what
-- was found by it names it, and the list's version is the largest of its entries'.
CREATE TABLE watch_entry (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL CHECK (kind IN ('word', 'expression')),
    pattern    TEXT NOT NULL,
    action     TEXT NOT NULL CHECK (action IN ('note', 'hold', 'refuse', 'spam')),
    rule_code  TEXT NOT NULL,                    -- of the charter; '' none
    language   TEXT NOT NULL,                    -- of the messages it is looked for in; '' all
    version    INTEGER NOT NULL UNIQUE,          -- grows with each change of any entry
    removed    INTEGER NOT NULL CHECK (removed IN (0, 1)),
    overran_at INTEGER,                          -- an expression took too long: it is passed over until it is saved anew
    account_id INTEGER REFERENCES account (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX watch_entry_once ON watch_entry (kind, pattern, language) WHERE removed = 0;

-- Keys by which messages that are nearly the same are found (text/likeness.h): texts that are alike share one. Derived.
CREATE TABLE comment_likeness (
    like_key       INTEGER NOT NULL,
    comment_number INTEGER NOT NULL,
    article_id     INTEGER NOT NULL,
    PRIMARY KEY (like_key, comment_number, article_id)
) STRICT, WITHOUT ROWID;

-- What its likeness to others is estimated from (text/likeness.h). NULL: nothing, the texts are compared. Derived.
ALTER TABLE comment ADD COLUMN likeness BLOB;

-- Who may not write for a time: a device, or a block of addresses, known by a keyed fingerprint of it.
CREATE TABLE ban (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT NOT NULL CHECK (kind IN ('device', 'network')),
    mark           TEXT NOT NULL,
    comment_number INTEGER NOT NULL,             -- the message it was set upon
    article_id     INTEGER NOT NULL,
    name           TEXT NOT NULL,                -- that message's pseudonym
    note           TEXT NOT NULL,                -- private
    created_at     INTEGER NOT NULL,
    ends_at        INTEGER NOT NULL,
    account_id     INTEGER REFERENCES account (id),
    revoked_at     INTEGER,
    revoked_by     INTEGER REFERENCES account (id)
) STRICT;
CREATE INDEX ban_by_mark ON ban (mark, ends_at);
CREATE INDEX ban_by_end ON ban (ends_at, id);
