/* Making the terms of many messages on a thread of its own, while those before them are written into the index. For
   search_index.c only.

   A batch is filled by whoever reads the messages, then given: it is the thread's until it is taken again, in the order in
   which batches were given. At most SEARCH_AHEAD_BATCHES are given and not taken. One thread gives and takes. */
#ifndef PALABRE_DOMAIN_SEARCH_AHEAD_H
#define PALABRE_DOMAIN_SEARCH_AHEAD_H

#include "base/arena.h"
#include "base/error.h"

enum { SEARCH_BATCH = 256, SEARCH_AHEAD_BATCHES = 3 };

struct search_message {
    int64_t number, article;
    slice language, title, name, html; /* in the batch's arena, as words will be */
    slice words;
};
struct search_batch {
    struct arena *arena;
    size_t count;
    struct search_message messages[SEARCH_BATCH];
    enum status status; /* of making their terms */
    struct error error;
};

struct search_ahead;

/* NULL when no thread is to be had. */
struct search_ahead *search__ahead_new(void);
void search__ahead_free(struct search_ahead *ahead); /* NULL is fine; what was given is gone */
/* An empty batch, to be filled and given. None may be filled while SEARCH_AHEAD_BATCHES are given. */
struct search_batch *search__ahead_batch(struct search_ahead *ahead);
void search__ahead_give(struct search_ahead *ahead);
size_t search__ahead_given(const struct search_ahead *ahead); /* and not taken */
/* The oldest given, when its terms are made; there until the next search__ahead_batch. One must be given. */
const struct search_batch *search__ahead_take(struct search_ahead *ahead);

#endif
