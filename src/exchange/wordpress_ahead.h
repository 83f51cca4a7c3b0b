/* Reading and preparing ahead of the import, each on a thread of its own: one reads the export's items (wxr.h), one
   prepares their comments (wordpress_prepare.h); whoever imports takes items in the file's order, and their comments as
   it likes, and waits for what is not there yet. For this folder only.

   Ownership: an item, and its arena, is the reading thread's until it is given, then the importer's until it asks for the next
   one; the preparing thread only reads it. A batch of prepared comments is the importer's once it is there. Memory:
   items read ahead have AHEAD_BYTES together, or there is one (wxr.h bounds it); batches prepared ahead are
   AHEAD_BATCHES. What went wrong while reading is given at its place, after all that stood before it.

   Where the file can make reading wait (a pipe), or no thread is to be had, all is done on the importer's thread. */
#ifndef PALABRE_EXCHANGE_WORDPRESS_AHEAD_H
#define PALABRE_EXCHANGE_WORDPRESS_AHEAD_H

#include "exchange/wordpress_prepare.h"
#include "exchange/wxr.h"

enum { AHEAD_ITEMS = 16, AHEAD_BYTES = 32 * 1024 * 1024, AHEAD_BATCHES = 64 /* of 128 comments */ };

struct ahead_item {
    struct wxr_item item;
    struct wxr_channel channel; /* as it was when the item had been read */
    int64_t bytes_read;         /* of the file, by then */
};

struct ahead;

/* Begins to read. reader, options: borrowed until ahead_free; nobody else touches the reader meanwhile, but for its size. */
struct ahead *ahead_new(struct wxr_reader *reader, const struct wordpress_options *options);
/* Ends both threads, as soon as each has done what it is at; what was given is gone. NULL is fine. */
void ahead_free(struct ahead *ahead);
/* From here on comments are prepared as well: without it, only when they are asked for (where most are there from an
   earlier import). Once, after the first item, before comments are asked for. */
void ahead_prepare(struct ahead *ahead, slice language, bool before_asked);

/* The next item; the one before it is gone, with its comments. wxr_next's errors; at NOT_FOUND, too, *out holds the
   channel. */
enum status ahead_next(struct ahead *ahead, const struct ahead_item **out, struct error *error) MUST_USE;

/* A comment of the item given last, prepared: there until ahead_drop of it. */
const struct prepared_comment *ahead_comment(struct ahead *ahead, size_t index);
/* Says that a comment is not needed (any more); once for each. */
void ahead_drop(struct ahead *ahead, size_t index);

#endif
