/* The charter a new site starts with, in French and English, until the publication writes its own. For this room only. */
#ifndef PALABRE_DOMAIN_CHARTER_DEFAULT_H
#define PALABRE_DOMAIN_CHARTER_DEFAULT_H

#include "domain/charter.h"

/* Writer: saves it as the next version, by the program itself. */
enum status charter__save_default(struct db *db, struct error *error) MUST_USE;

#endif
