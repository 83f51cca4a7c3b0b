/* Options of the site: switches, choices, numbers and short texts that an administrator sets at the desk. What there is
   stands in site_option_table.h; the values come with the site (site_load, in its own query) and are saved with it
   (site_save). What an operator sets is a setting instead (main/settings.h).

     if (site_option(&r->site.options, SITE_OPTION_SPELLING) != POLICY_OFF) …

   Any thread; what is static is immutable. */
#ifndef PALABRE_DOMAIN_SITE_OPTION_H
#define PALABRE_DOMAIN_SITE_OPTION_H

#include "base/arena.h"
#include "domain/site_option_table.h"

enum site_option {
#define OPTION(id, name, group, type, label, help) SITE_OPTION_##id,
    SITE_OPTIONS(OPTION)
#undef OPTION
        SITE_OPTION_COUNT
};

/* The sets of choices, as the enums their indexes are. */
enum policy { POLICY_OFF, POLICY_ADVISE, POLICY_REQUIRE };
enum folding { FOLDING_NEVER, FOLDING_8, FOLDING_12, FOLDING_18, FOLDING_30 };
enum link_policy { LINKS_ALLOWED, LINKS_NOTED, LINKS_HELD, LINKS_REFUSED };
enum challenge_policy { CHALLENGE_OFF, CHALLENGE_PRESSURE, CHALLENGE_ALWAYS };

enum site_option_type { SITE_OPTION_SWITCH, SITE_OPTION_CHOICE, SITE_OPTION_NUMBER, SITE_OPTION_TEXT };
enum site_option_group { SITE_GROUP_READING, SITE_GROUP_PROOFREADING, SITE_GROUP_ABUSE, SITE_GROUP_COUNT };

struct site_option_choice {
    slice value;       /* as stored and in forms */
    const char *label; /* English */
};
struct site_option_info {
    slice name;
    enum site_option_group group;
    enum site_option_type type;
    const struct site_option_choice *choices; /* CHOICE */
    size_t choice_count;
    int64_t initial, least, most; /* TEXT: most is its length in characters */
    const char *initial_text;
    const char *label, *help; /* English; help may be "" */
};
const struct site_option_info *site_option_info(enum site_option which);
const char *site_option_group_label(enum site_option_group group); /* English */

struct site_options {
    int64_t number[SITE_OPTION_COUNT]; /* of a switch, a choice, a number */
    slice text[SITE_OPTION_COUNT];     /* of a text */
};

static inline int64_t site_option(const struct site_options *options, enum site_option which) {
    return options->number[which];
}
static inline slice site_option_text(const struct site_options *options, enum site_option which) {
    return options->text[which];
}

void site_options_init(struct site_options *out); /* every one at its default */

/* What is stored, or was typed, for one option. A text is normalised, in the arena. */
enum site_option_fault { SITE_OPTION_FINE, SITE_OPTION_NO_NUMBER, SITE_OPTION_TOO_LONG, SITE_OPTION_UNUSABLE };
enum site_option_fault site_option_set(struct site_options *options, struct arena *arena, enum site_option which,
                                       slice value) MUST_USE; /* not FINE: nothing is set */
slice site_option_value(struct arena *arena, const struct site_options *options, enum site_option which);
/* By its name. False: there is none (it was made by another version of the program). */
bool site_option_find(slice name, enum site_option *out);

#endif
