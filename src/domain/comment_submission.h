/* What preparing and sending a message share. For this room only. */
#ifndef PALABRE_DOMAIN_COMMENT_SUBMISSION_H
#define PALABRE_DOMAIN_COMMENT_SUBMISSION_H

#include "domain/comment.h"

/* Dropped silently when COMMENT_PROBLEMS_MAX are there. limit is kept for FAULT_TOO_LONG and FAULT_LINKS. */
void comment__add_problem(struct comment_problems *problems, enum comment_field field, enum comment_fault fault,
                          int64_t limit);
/* INVALID; problems holds at least one. */
enum status comment__refuse(const struct comment_problems *problems, struct error *error);

/* Sets root and parent_name from input.reply_to, or adds the problem. */
enum status comment__check_parent(struct db *db, struct arena *arena, struct comment_draft *draft,
                                  struct comment_problems *problems, struct error *error) MUST_USE;

/* What the same form has sent already. NOT_FOUND: nothing, or no form (its secret is empty). state may be NULL. */
enum status comment__find_sent(struct db *db, const struct comment_input *input, comment_number *number,
                               enum comment_state *state, struct error *error) MUST_USE;

/* Binds :device (hashed into *device, which must live as long as the statement) and :fingerprint. */
void comment__bind_hand(struct db_rows *rows, const struct comment_input *input, struct crypto_hash *device);

#endif
