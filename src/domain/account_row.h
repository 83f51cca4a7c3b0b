/* From a row of account.def to a struct account. For this room only. */
#ifndef PALABRE_DOMAIN_ACCOUNT_ROW_H
#define PALABRE_DOMAIN_ACCOUNT_ROW_H

#include "domain/account.h"

/* Everything but the password's hash. */
enum status account__read(struct db_rows *rows, struct arena *arena, struct account *out, struct error *error) MUST_USE;
/* All of them; for accounts that are disabled or have a new password. */
enum status session__close_all(struct db *db, account_id account, struct error *error) MUST_USE;

#endif
