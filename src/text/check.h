/* What people type: checked, and brought into one form. Any thread.
   Each function gives TEXT_FINE and the normalised text in *out (in the arena; untouched otherwise), or the problem.
   Normalised: NFC, CRLF and CR → LF, white space trimmed at the ends. An optional field: TEXT_EMPTY is fine then. */
#ifndef PALABRE_TEXT_CHECK_H
#define PALABRE_TEXT_CHECK_H

#include "base/arena.h"
#include "base/attributes.h"
#include "base/slice.h"

enum text_problem {
    TEXT_FINE = 0,
    TEXT_EMPTY,
    TEXT_TOO_LONG,
    TEXT_INVALID_UTF8,
    TEXT_CONTROL, /* control characters, bidirectional overrides, non-characters (utf8_find_control) */
    TEXT_NOT_A_NAME,
    TEXT_NOT_AN_EMAIL,
    TEXT_NOT_A_WEBSITE,
};

enum {
    TEXT_MAX_NAME = 60, /* characters */
    TEXT_MAX_EMAIL = 254,
    TEXT_MAX_WEBSITE = 300,
};

/* One sentence in English ("This text is too long."), for logs and terminals: pages have their own words, by the problem.
   "" for TEXT_FINE. Static. */
const char *text_problem_message(enum text_problem problem);
/* "too_long": for JSON and logs. Static. */
const char *text_problem_name(enum text_problem problem);

/* One line (a title, a headline): newlines, tabs and runs of spaces become one space. */
enum text_problem text_check_line(struct arena *arena, slice input, size_t max_chars, slice *out) MUST_USE;

/* A text of several lines: white space at line ends goes, more than one blank line becomes one; indentation stays. */
enum text_problem text_check_body(struct arena *arena, slice input, size_t max_chars, slice *out) MUST_USE;

/* A pseudonym: a line of 1–TEXT_MAX_NAME characters, with at least one letter, digit or symbol that can be seen, no
   invisible characters, and no run of marks that would climb over the lines around it. */
enum text_problem text_check_name(struct arena *arena, slice input, slice *out) MUST_USE;

/* name@host.tld, ASCII or internationalised; the host in lower case. Says that it may be one, not that it works. */
enum text_problem text_check_email(struct arena *arena, slice input, slice *out) MUST_USE;

/* An http or https address with a host; "www.example.org" gets "https://". */
enum text_problem text_check_website(struct arena *arena, slice input, slice *out) MUST_USE;

#endif
