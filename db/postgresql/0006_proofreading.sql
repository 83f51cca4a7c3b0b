-- Options of the site, and the words its dictionaries do not know.

-- What an administrator has set; an option that has no row is at its default (domain/site_option.h).
CREATE TABLE site_option (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Names of people and places, and what else people here write rightly. In every language.
CREATE TABLE site_word (
    word     TEXT PRIMARY KEY,
    added_by BIGINT REFERENCES account (id),
    added_at BIGINT NOT NULL
);
