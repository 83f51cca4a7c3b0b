-- What several engines and nodes take.

-- Every process that serves this publication has the same secret (secret.key): a keyed hash of it.
CREATE TABLE secret_check (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint BLOB NOT NULL
) STRICT;
