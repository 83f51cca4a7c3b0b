-- What several engines and nodes take.

-- Every process that serves this publication has the same secret (secret.key): a keyed hash of it.
CREATE TABLE secret_check (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint BLOB NOT NULL
) STRICT;

-- A text that was replaced knows its discussion, as everything does that follows one (PostgreSQL places rows by it).
ALTER TABLE comment_revision ADD COLUMN article_id INTEGER NOT NULL DEFAULT 0;
UPDATE comment_revision SET article_id = (SELECT article_id FROM comment WHERE number = comment_number);

-- On PostgreSQL: changes of the site's version and counts that have not been added to the site's row yet. Here they are
-- added at once, and there is never a row; one text reads both.
CREATE TABLE site_change (
    article_id INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    pending    INTEGER NOT NULL,
    reports    INTEGER NOT NULL
) STRICT;
