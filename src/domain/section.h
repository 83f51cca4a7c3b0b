/* Sections: the publication's departments. */
#ifndef PALABRE_DOMAIN_SECTION_H
#define PALABRE_DOMAIN_SECTION_H

#include "domain/site.h"

struct section {
    section_id id; /* 0 when new */
    slice slug, title, description, language;
    enum moderation moderation;
    int64_t position;
};

struct section_list {
    struct section *items;
    size_t count;
};

enum status section_list_load(struct db *db, struct arena *arena, struct section_list *out,
                              struct error *error) MUST_USE;
enum status section_find(struct db *db, struct arena *arena, slice slug, struct section *out,
                         struct error *error) MUST_USE;
enum status section_get(struct db *db, struct arena *arena, section_id id, struct section *out,
                        struct error *error) MUST_USE;
/* Writer: makes (id 0) or saves; *id is set. INVALID (title empty…), CONFLICT (slug taken). Journals. */
enum status section_save(struct db *db, const struct section *section, account_id by, section_id *id,
                         struct error *error) MUST_USE;

#endif
