/* The watch list: words, phrases and expressions that an administrator wants messages to be looked through for, and what
   to do with a message that holds one. Words are read through every disguise (text/word_set.h); an expression sees the
   text as typed and, when it finds nothing there, without disguises (text/expression.h). */
#ifndef PALABRE_DOMAIN_WATCH_H
#define PALABRE_DOMAIN_WATCH_H

#include "domain/site.h"
#include "text/evasion.h"

enum watch_kind { WATCH_WORD, WATCH_EXPRESSION };
enum watch_action {
    WATCH_NOTE,   /* say so to the moderator */
    WATCH_HOLD,   /* and let a moderator read it first, whatever the discussion's moderation */
    WATCH_SPAM,   /* take it, as spam */
    WATCH_REFUSE, /* not take it; the author is told the word */
};
slice watch_kind_name(enum watch_kind kind); /* "word", "expression": as stored and in forms */
bool watch_kind_parse(slice name, enum watch_kind *out);
slice watch_action_name(enum watch_action action); /* "note", "hold", "spam", "refuse" */
bool watch_action_parse(slice name, enum watch_action *out);

enum {
    WATCH_ENTRIES_MAX = 20000,
    WATCH_PATTERN_CHARACTERS = 300,
};

struct watch_entry {
    int64_t id;
    enum watch_kind kind;
    enum watch_action action;
    slice pattern;
    slice rule_code;    /* of the charter; may be empty */
    slice language;     /* "fr": looked for in messages of that language only; empty: in all */
    time_ms overran_at; /* an expression that took too long and is passed over since; 0: no */
    time_ms created_at;
    slice by_name; /* display name; empty: the program */
};
struct watch_entries {
    struct watch_entry *items; /* words first, in order; then expressions */
    size_t count;
};

enum status watch_entries_load(struct db *db, struct arena *arena, struct watch_entries *out,
                               struct error *error) MUST_USE;
enum status watch_get(struct db *db, struct arena *arena, int64_t id, struct watch_entry *out,
                      struct error *error) MUST_USE;

/* Normalises the pattern in place. INVALID: a word that holds too few letters or too many, an expression with a mistake,
   whose place is *at, in characters (SIZE_MAX: none); error says what, in English. Any thread. */
enum status watch_check(struct arena *arena, struct watch_entry *entry, size_t *at, struct error *error) MUST_USE;

/* Writer. The entry has been checked. watch_add: CONFLICT when it is there already (nothing is written), LIMIT at
   WATCH_ENTRIES_MAX. watch_save keeps kind and author; NOT_FOUND, CONFLICT. */
enum status watch_add(struct db *db, const struct watch_entry *entry, account_id by, struct error *error) MUST_USE;
enum status watch_save(struct db *db, const struct watch_entry *entry, account_id by, struct error *error) MUST_USE;
enum status watch_remove(struct db *db, int64_t id, account_id by, struct error *error) MUST_USE;
/* Writer: an expression took too long; from now on it is passed over, and administrators see so. */
enum status watch_overran(struct db *db, int64_t id, struct error *error) MUST_USE;

/* --- Looking ------------------------------------------------------------------------------------------------------ */

/* The whole list, ready for looking. Immutable, counted: any number of threads. */
struct watch_list;

/* The version that the database has now; grows with each change. */
enum status watch_version(struct db *db, int64_t *out, struct error *error) MUST_USE;
enum status watch_list_make(struct db *db, struct watch_list **out, struct error *error) MUST_USE;
/* Of entries that need not be stored: for trying one out. Borrowed texts are copied. */
struct watch_list *watch_list_of(const struct watch_entry *entries, size_t count);
struct watch_list *watch_list_ref(struct watch_list *list);
void watch_list_unref(struct watch_list *list); /* NULL is fine */
int64_t watch_list_version(const struct watch_list *list);

struct watch_found {
    const struct watch_entry *entry; /* lives as long as the list */
    size_t from, to;                 /* bytes of the text */
};
enum { WATCH_FOUND_MAX = 20 };
struct watch_result {
    struct watch_found found[WATCH_FOUND_MAX]; /* in the order of the text; more are not said */
    size_t count;
    int64_t overran[4]; /* expressions that took too long */
    size_t overran_count;
};
/* language: the message's. Adds to *out. */
void watch_look(const struct watch_list *list, struct arena *arena, slice text, const struct evasion *evasion,
                slice language, struct watch_result *out);

#endif
