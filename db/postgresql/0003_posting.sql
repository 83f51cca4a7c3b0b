-- What posting and importing fast take. (The order of an article's columns does not matter here: long texts stand elsewhere.)

-- The private link's secret follows from the form's one-time key: one index says of both whether they were here before.
DROP INDEX comment_by_send_key;
ALTER TABLE comment DROP COLUMN send_key;

-- The beginning of the SHA-256 of the folded text, so that the latest texts of a hand need not be folded again to see
-- whether one of them comes twice. NULL: not known (a message of before, an import, an edit by the desk).
ALTER TABLE comment ADD COLUMN text_hash BIGINT;
