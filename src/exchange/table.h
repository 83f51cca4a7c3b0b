/* A small table from names to numbers, for what an import has to remember: authors, categories, sections.
   Keys are copied into the table's arena. One thread. */
#ifndef PALABRE_EXCHANGE_TABLE_H
#define PALABRE_EXCHANGE_TABLE_H

#include "base/arena.h"
#include "base/slice.h"

struct table_entry {
    slice key;
    int64_t value;
};
struct table {
    struct table_entry *slots; /* open addressing; a slot with key.p NULL is free */
    size_t capacity, count;
};

/* Zeroed is empty. */
void table_fini(struct table *table);
/* The value's place for this key, made with 0 when it is new (*made, may be NULL, tells). The key is then copied into
   the arena, which must live as long as the table. Valid until the next table_put. */
int64_t *table_put(struct table *table, struct arena *arena, slice key, bool *made);
/* NULL when there is none. */
const int64_t *table_get(const struct table *table, slice key);

#endif
