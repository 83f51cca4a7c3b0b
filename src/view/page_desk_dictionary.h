/* /moderation/dictionary: what people here write rightly and no dictionary has. Functions as in page_read.h.
   Forms (POST, each with `csrf`): add (a word) or remove (one of the list); comment: the message to come back to. */
#ifndef PALABRE_VIEW_PAGE_DESK_DICTIONARY_H
#define PALABRE_VIEW_PAGE_DESK_DICTIONARY_H

#include "view/page_desk.h"

struct view_site_word {
    slice word, by_name;
    time_ms added_at;
};
struct view_desk_dictionary {
    const struct view_site_word *words; /* by their letters */
    size_t count;
    slice added, removed; /* what has just been done; empty: nothing */
    slice typed;
    bool wrong; /* what was typed is not one word */
    time_ms now;
};
enum status view_desk_dictionary(const struct view_context *context, const struct view_desk_dictionary *page,
                                 struct buf *out, struct error *error) MUST_USE;

#endif
