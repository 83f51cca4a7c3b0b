/* Messages that are nearly the same: the keys of each are kept beside it (text/likeness.h), and looked up soon after a new
   one was taken (likeness_due.h): nothing depends on it but what a moderator is told. Exact repeats by the same hand are
   comment_prepare's. */
#ifndef PALABRE_DOMAIN_LIKENESS_H
#define PALABRE_DOMAIN_LIKENESS_H

#include "domain/comment.h"
#include "text/likeness.h"

enum { LIKENESS_NEAR_MAX = 5 };
struct likeness_near {
    comment_number numbers[LIKENESS_NEAR_MAX]; /* newest first */
    size_t count;
    int64_t authors; /* of those: devices, or addresses, or names, whatever tells them apart */
    int percent;     /* likeness of the most alike */
};

/* What others are compared with. */
struct likeness_of {
    comment_number number; /* its own is not found; 0: it is no message */
    article_id article;
    int64_t keys[LIKENESS_KEYS];
    const uint8_t
        *sketch; /* LIKENESS_SKETCH_BYTES; NULL: this, and the text, are the message's, read where it takes them */
    slice text;
};
/* Messages at least `percent` alike, but those withdrawn. Told by their sketches, which the messages
   carry; texts are compared where that leaves it open, the newest few, and where there is no sketch. Any connection;
   some tens of microseconds and as many rows, whatever the number of messages. */
enum status likeness_find(struct db *db, struct arena *arena, const struct likeness_of *of, int percent,
                          struct likeness_near *out, struct error *error) MUST_USE;

/* Writer: keeps the keys of a message's text (0: it has none), beside those of its earlier ones: what is found by those
   is compared with the text that stands now. The sketch is comment's to keep (likeness_bind). */
enum status likeness_keep(struct db *db, comment_number number, article_id article,
                          const int64_t keys[static LIKENESS_KEYS], struct error *error) MUST_USE;
/* :sketch of a statement that writes a message's text; NULL: there is none. */
void likeness_bind(struct db_rows *rows, const struct likeness_mark *mark);

#endif
