-- From which message on those without keys of their likeness are given them, in the background: what was there before the
-- keys were (0007), and what is imported. 0: all have theirs.
ALTER TABLE search_progress ADD COLUMN next_like INTEGER NOT NULL DEFAULT 1;
