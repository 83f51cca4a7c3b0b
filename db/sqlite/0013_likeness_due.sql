-- Messages whose keys of likeness (0007), and what they are like, are still to be worked out (domain/likeness_due.h): a row is
-- written with the message, and taken out with the work. keys: four numbers of eight bytes, the highest byte first.
CREATE TABLE likeness_due (
    comment_number INTEGER NOT NULL,
    article_id     INTEGER NOT NULL,
    keys           BLOB NOT NULL,
    PRIMARY KEY (comment_number, article_id)
) STRICT, WITHOUT ROWID;
