/* The one place where a comment moves from state to state, with its place in the discussion, the counters and the
   journal. For this room only; writer. Every function runs in the caller's transaction, which a failure must undo. */
#ifndef PALABRE_DOMAIN_COMMENT_CHANGE_H
#define PALABRE_DOMAIN_COMMENT_CHANGE_H

#include "domain/comment.h"
#include "domain/journal_note.h"

/* What a change needs to know of a comment. Kept true by the functions below. */
struct comment_subject {
    comment_number number, root, parent; /* root 0: a root */
    article_id article;
    int64_t ordinal, root_ordinal; /* 0: none yet; root_ordinal of a root is its own */
    enum comment_state state;
    int64_t version, report_count;
    time_ms submitted_at, published_at;
    struct crypto_hash text_hash; /* SHA-256 of the text as typed */
    int64_t charter_version;      /* the site's, now */
    char language[16];
};

/* The discussion that a number belongs to, for ever. On PostgreSQL every partition is asked: once, where nothing but the
   number is known; whatever follows names both. NOT_FOUND. */
enum status comment__article(struct db *db, comment_number number, article_id *out, struct error *error) MUST_USE;

/* Locks its discussion first. article: where it is known; 0: it is looked up. NOT_FOUND: also when it is another one's. */
enum status comment__subject_load(struct db *db, article_id article, comment_number number, struct comment_subject *out,
                                  struct error *error) MUST_USE;

/* Moves it: its place on first publication, its version, and every counter. CONFLICT when its version is not
   subject->version any more. Whether the edge is legal is the caller's to have asked. */
enum status comment__move(struct db *db, struct comment_subject *subject, enum comment_state to, time_ms now,
                          struct error *error) MUST_USE;

/* What a page of its discussion shows has changed otherwise than by a move: its text, mostly. */
enum status comment__touch_discussion(struct db *db, const struct comment_subject *subject,
                                      struct error *error) MUST_USE;

/* Keeps the text as it is before an edit: the revision bears the version that held it. */
enum status comment__keep_revision(struct db *db, const struct comment_subject *subject, bool by_desk, time_ms now,
                                   struct error *error) MUST_USE;

/* The counters of waiting messages and of open reports. */
enum status comment__count_pending(struct db *db, article_id article, int64_t change, struct error *error) MUST_USE;
enum status comment__count_reports(struct db *db, const struct comment_subject *subject, int64_t change,
                                   struct error *error) MUST_USE;

/* The open reports are closed as "upheld" or "dismissed", by a decision (0: by none, the matter is moot), with an answer to
   those who made them. */
enum status comment__close_reports(struct db *db, const struct comment_subject *subject, slice as, slice answer,
                                   int64_t decision, time_ms now, struct error *error) MUST_USE;
/* Those that the decision closed are open again. */
enum status comment__reopen_reports(struct db *db, const struct comment_subject *subject, int64_t decision,
                                    struct error *error) MUST_USE;

/* A row in the discussion's chain about the comment as it is now: adds its state, version, charter and the SHA-256 of its
   text to the members of the note, so that who approved which exact text, when and under which charter can be shown. */
enum status comment__journal(struct db *db, const struct comment_subject *subject, slice actor, const char *act,
                             struct journal_note *note, struct error *error) MUST_USE;

#endif
