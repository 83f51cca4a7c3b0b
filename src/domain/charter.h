/* The charter: rules with a title, a text, a severity and a legal ground; versions are kept. */
#ifndef PALABRE_DOMAIN_CHARTER_H
#define PALABRE_DOMAIN_CHARTER_H

#include "domain/site.h"

enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };
slice severity_name(enum severity severity);
bool severity_parse(slice name, enum severity *out);

struct charter_rule {
    slice code, title, text; /* the code is the same in every language and version: [a-z0-9-]{1,40} */
    enum severity severity;
    slice legal_ground; /* may be empty */
};
struct charter {
    int64_t version;
    slice language, introduction;
    struct charter_rule *rules;
    size_t rule_count;
    time_ms created_at;
};

/* The current version (version 0) or an earlier one, in a language or, failing that, in the site's, or in any. NOT_FOUND. */
enum status charter_load(struct db *db, struct arena *arena, int64_t version, slice language, struct charter *out,
                         struct error *error) MUST_USE;
enum { CHARTER_RULES_MAX = 50 };
/* What charter_save asks of each rule, and of the introduction: normalised in place, or INVALID ("field: what"). Any
   thread. */
enum status charter_check_rule(struct arena *arena, struct charter_rule *rule, struct error *error) MUST_USE;
enum status charter_check_introduction(struct arena *arena, slice *introduction, struct error *error) MUST_USE;

struct charter_version {
    int64_t version;
    time_ms created_at;
    slice by_name; /* display name; empty: the program */
};
struct charter_version_list {
    struct charter_version *items;
    size_t count;
};
enum { CHARTER_VERSIONS_MAX = 200 };
/* Newest first, at most CHARTER_VERSIONS_MAX. */
enum status charter_version_list_load(struct db *db, struct arena *arena, struct charter_version_list *out,
                                      struct error *error) MUST_USE;

/* Writer: a new version, from one charter per language (all languages in one call); version and created_at are not looked
   at. INVALID ("field: what"; the charters must have the same codes). Journals it with a hash of each text. */
enum status charter_save(struct db *db, const struct charter *charters, size_t count, account_id by,
                         struct error *error) MUST_USE;

#endif
