-- Mail: the outbox at work, subscriptions to discussions, addresses that are paused.

DROP TABLE outbox; -- nothing was ever written to it

-- What is to be sent, written in the transaction that causes it; gone once it is sent. No address stands here: whom a row
-- is for follows from its comment or subscription when it is sent.
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL,             -- domain/outbox.h
    held            INTEGER NOT NULL CHECK (held IN (0, 1)), -- 1: not before the setting mail_delay after next_at
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'failed')),
    article_id      INTEGER REFERENCES article (id),
    comment_number  INTEGER,                   -- what it is about
    subscription_id INTEGER,                   -- whom it is for; NULL: the author of comment_number
    answer_number   INTEGER,                   -- of 'answered': the answer
    created_at      INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,
    lease_until     INTEGER NOT NULL,          -- a process has taken it, until then; 0: none
    lease_owner     TEXT NOT NULL,
    error           TEXT NOT NULL              -- what the server said last
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_by_comment ON outbox (comment_number);
CREATE INDEX outbox_by_subscription ON outbox (subscription_id);

-- Who follows a discussion by e-mail. Gone when it ends, with its address.
CREATE TABLE subscription (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id   INTEGER NOT NULL REFERENCES article (id),
    state        TEXT NOT NULL CHECK (state IN ('asked', 'active')), -- asked: the address has not confirmed it
    frequency    TEXT NOT NULL CHECK (frequency IN ('each', 'daily')),
    language     TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    confirmed_at INTEGER,
    told_at      INTEGER NOT NULL,              -- messages shown up to then have been told of
    -- personal data, retention class 'mail'
    email        TEXT NOT NULL,
    email_hash   BLOB NOT NULL,                 -- keyed, of the address in small letters
    device_hash  BLOB,                          -- SHA-256 of the author's cookie: nobody is told of their own messages
    UNIQUE (article_id, email_hash)
) STRICT;
CREATE INDEX subscription_active ON subscription (article_id, frequency, id) WHERE state = 'active';
CREATE INDEX subscription_by_email ON subscription (email_hash);
CREATE INDEX subscription_asked ON subscription (asked_at) WHERE state = 'asked';

-- What is known of an address, by its keyed hash.
CREATE TABLE mail_address (
    email_hash BLOB PRIMARY KEY,
    refusals   INTEGER NOT NULL,                -- permanent ones, one after another
    paused_at  INTEGER,                         -- nothing is sent to it; NULL: it is not paused
    never_at   INTEGER,                         -- its owner wants no mail from here, ever
    reason     TEXT NOT NULL,                   -- of the pause
    email      TEXT NOT NULL                    -- while it is paused, for the desk; '' otherwise
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_address_paused ON mail_address (paused_at) WHERE paused_at IS NOT NULL;

ALTER TABLE comment ADD COLUMN notify INTEGER NOT NULL DEFAULT 0 CHECK (notify IN (0, 1)); -- its author wants mails about it
ALTER TABLE comment ADD COLUMN author_told TEXT NOT NULL DEFAULT ''; -- the state its author knows of: '', 'published', 'rejected', 'removed'
ALTER TABLE comment ADD COLUMN followers_told_at INTEGER;            -- once, however often it is published again
CREATE INDEX comment_told ON comment (article_id, followers_told_at) WHERE followers_told_at IS NOT NULL;
