/* What the desk keeps against abuse: the watch list (administrators), bans (moderators). Functions as in page_read.h.

   Forms (POST, each with `csrf`):
     /moderation/words                   kind (word, expression), patterns (one a line), action (note, hold, spam, refuse),
                                         rule, language
     /moderation/words/try               text
     /moderation/words/{id}              pattern, action, rule, language; try (a text); do = save | try | remove
     /moderation/comments/{number}/ban   kind (device, network), days, note
     /moderation/bans/{id}/revoke */
#ifndef PALABRE_VIEW_PAGE_DESK_GUARD_H
#define PALABRE_VIEW_PAGE_DESK_GUARD_H

#include "view/article.h"
#include "view/page_desk.h"
#include "view/page_desk_queue.h"

struct view_watch_entry {
    int64_t id;
    slice kind, action; /* their names */
    slice pattern;
    slice rule;     /* of a row: its title; in a form: its code; may be empty */
    slice language; /* empty: all */
    time_ms overran_at, created_at;
    slice by_name;
};

/* A line that could not be added, and why. */
struct view_watch_fault {
    int64_t line;  /* from 1 */
    slice pattern; /* as typed */
    int64_t at;    /* place of the mistake, in characters from 1; 0: none in particular */
    slice detail;  /* what PCRE2 says, in English; empty: a word that has too few letters, or too many */
};

/* A text that was tried, with what would be found in it. */
struct view_watch_trial {
    bool tried;
    slice text;
    struct html marked; /* it, the words marked */
    const struct view_watch_entry *found;
    size_t found_count;
    bool overran; /* an expression took too long */
};

struct view_desk_watch {
    const struct view_watch_entry *rows; /* those of the query, at most as many as are shown at once */
    size_t count, matching, total;
    slice query;
    struct view_watch_entry form; /* as typed; pattern: all lines */
    const struct view_rule *rules;
    size_t rule_count;
    const struct view_watch_fault *faults;
    size_t fault_count;
    bool full;  /* there are as many as there can be */
    bool added; /* so many have just been added, and so many were there already */
    int64_t added_count, known_count;
    bool saved, removed;
    struct view_watch_trial trial;
    time_ms now;
};
enum status view_desk_watch(const struct view_context *context, const struct view_desk_watch *page, struct buf *out,
                            struct error *error) MUST_USE;

struct view_desk_watch_entry {
    struct view_watch_entry form;
    const struct view_rule *rules;
    size_t rule_count;
    const struct view_watch_fault *fault; /* NULL: none */
    bool taken;                           /* another entry is the same */
    struct view_watch_trial trial;
    time_ms now;
};
enum status view_desk_watch_entry(const struct view_context *context, const struct view_desk_watch_entry *page,
                                  struct buf *out, struct error *error) MUST_USE;

struct view_desk_bans {
    const struct view_ban *bans, *ended;
    size_t count, ended_count;
    bool revoked; /* just now */
    time_ms now;
};
enum status view_desk_bans(const struct view_context *context, const struct view_desk_bans *page, struct buf *out,
                           struct error *error) MUST_USE;

#endif
