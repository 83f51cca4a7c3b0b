/* Writing a journal row in few words. For this room only; writer.

   struct journal_note note CLEANUP(journal__note_fini);
   journal__note_init(&note);
   journal__note_text(&note, "headline", article->headline);
   status = journal__note_write(&note, db, chain, by, "article.save", "article", id, error); */
#ifndef PALABRE_DOMAIN_JOURNAL_NOTE_H
#define PALABRE_DOMAIN_JOURNAL_NOTE_H

#include "base/buf.h"
#include "domain/journal.h"

enum { JOURNAL_ACTOR_SIZE = 32 };

struct journal_note {
    struct buf json; /* the members so far */
};

void journal__note_init(struct journal_note *note);
void journal__note_fini(struct journal_note *note);
void journal__note_text(struct journal_note *note, const char *name, slice value);
void journal__note_int(struct journal_note *note, const char *name, int64_t value);
void journal__note_bool(struct journal_note *note, const char *name, bool value);
void journal__note_hash(struct journal_note *note, const char *name, const struct crypto_hash *value); /* hexadecimal */
/* "name":{"from":"…","to":"…"}, when they differ. */
void journal__note_change(struct journal_note *note, const char *name, slice from, slice to);
void journal__note_change_int(struct journal_note *note, const char *name, int64_t from, int64_t to);
bool journal__note_is_empty(const struct journal_note *note);

/* actor: journal__actor's. The subject is "kind:id" ("article:12"), or the kind alone when id is 0. LIMIT when the members
   are too long. */
enum status journal__note_write(struct journal_note *note, struct db *db, int64_t chain, slice actor, const char *act,
                                const char *subject_kind, int64_t subject_id, struct error *error) MUST_USE;

/* "account:3", or "system" for 0; in a buffer of the caller's. */
slice journal__actor(char out[static JOURNAL_ACTOR_SIZE], account_id by);

#endif
