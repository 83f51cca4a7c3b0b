-- What several engines and nodes take. The rest of it 0001 has already.

-- Every process that serves this publication has the same secret (secret.key): a keyed hash of it.
CREATE TABLE secret_check (
    id          BIGINT PRIMARY KEY CHECK (id = 1),
    fingerprint BYTEA NOT NULL
);
