-- The check of a message's state, said so that SQLite compares, and does not make a table of the six words for each row that
-- is written: that was a third of what writing one takes. What the check says stays the same, and so does every row: the
-- definition alone is changed, as https://www.sqlite.org/lang_altertable.html §7 does where the stored rows stay as they are.

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
        'CHECK (state IN (''pending'', ''published'', ''rejected'', ''spam'', ''removed'', ''withdrawn''))',
        'CHECK (state = ''pending'' OR state = ''published'' OR state = ''rejected'' OR state = ''spam'' OR state = ''removed'' OR state = ''withdrawn'')')
    WHERE type = 'table' AND name = 'comment';
PRAGMA writable_schema = RESET;

-- So that whoever else has the database open reads the definition again.
CREATE TABLE state_check (changed INTEGER) STRICT;
DROP TABLE state_check;
