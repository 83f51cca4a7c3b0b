/* The append-only journal: chains of rows, each with the hash of the one before it.
   hash = SHA-256(previous_hash ‖ row), row = the fields chain, sequence, at, actor, act, subject, data, each as decimal
   or text, each preceded by its length in bytes as decimal and ':' (a netstring without the comma): no two rows share
   a reading. The first previous_hash of a chain is 32 zero bytes. */
#ifndef PALABRE_DOMAIN_JOURNAL_H
#define PALABRE_DOMAIN_JOURNAL_H

#include "domain/site.h"

struct journal_entry {
    int64_t chain; /* article id, or 0: the site */
    slice actor;   /* "account:3", "author", "reader", "system", "import" */
    slice act;     /* "comment.publish" */
    slice subject; /* "comment:2878763" */
    slice data;    /* JSON object */
};
struct journal_row {
    int64_t id, chain, sequence;
    time_ms at;
    slice actor, act, subject, data;
    struct crypto_hash hash;
};
struct journal_list {
    struct journal_row *items;
    size_t count;
    bool more;
};

/* The hash that row must carry (row->hash is not looked at): anybody can verify an exported chain with it. LIMIT over a
   megabyte. */
enum status journal_hash(const struct crypto_hash *previous, const struct journal_row *row, struct crypto_hash *out,
                         struct error *error) MUST_USE;

/* Writer. LIMIT: the entry is over a megabyte. */
enum status journal_append(struct db *db, const struct journal_entry *entry, struct error *error) MUST_USE;

struct journal_filter {
    slice subject;  /* empty: all */
    int64_t before; /* keyset: rows with a smaller id; 0: from the newest */
    size_t limit;   /* 1..500 */
};
enum status journal_list_load(struct db *db, struct arena *arena, const struct journal_filter *filter,
                              struct journal_list *out, struct error *error) MUST_USE;
/* Every row of all chains, oldest first, for export. The row's texts are borrowed until visit returns; what visit returns
   other than OK ends it. */
enum status journal_each(struct db *db, enum status (*visit)(void *ctx, const struct journal_row *row), void *ctx,
                         struct error *error) MUST_USE;

#endif
