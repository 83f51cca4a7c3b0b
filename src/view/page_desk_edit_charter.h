/* The charter: its form, and its earlier versions. Functions as in page_read.h.

   Form (POST /moderation/charter): csrf, version (the one it was made from), rules (how many), and for each language L and
   rule N (from 0): introduction_L, code_N (empty: made from the title), severity_N, title_L_N, text_L_N,
   legal_ground_L_N; action = save | add | up-N | down-N | remove-N. */
#ifndef PALABRE_VIEW_PAGE_DESK_EDIT_CHARTER_H
#define PALABRE_VIEW_PAGE_DESK_EDIT_CHARTER_H

#include "view/article.h"
#include "view/form.h"
#include "view/page_desk.h"

struct view_charter_text {
    slice title, text, legal_ground;
};
struct view_charter_rule {
    slice code;                            /* empty: new */
    slice severity;                        /* "low", "medium", "high" */
    const struct view_charter_text *texts; /* one for each language of the site */
};
struct view_charter_problem {
    struct view_problem problem;
    size_t language; /* its index */
    size_t rule;     /* its index; not looked at for the introduction and for the form as a whole */
};
struct view_charter_version {
    int64_t version;
    time_ms created_at;
    slice by_name; /* empty: the program */
};

struct view_desk_charter {
    int64_t version;            /* the form was made from; 0: none yet */
    const slice *introductions; /* one for each language of the site */
    const struct view_charter_rule *rules;
    size_t rule_count;
    const struct view_charter_problem *problems;
    size_t problem_count;
    bool conflict;                               /* a colleague saved a version meanwhile */
    bool saved;                                  /* just now */
    bool changed;                                /* a rule was added, moved or removed in the form: not saved yet */
    const struct view_charter_version *versions; /* newest first */
    size_t version_count;
    time_ms now;
};
enum status view_desk_charter(const struct view_context *context, const struct view_desk_charter *page, struct buf *out,
                              struct error *error) MUST_USE;

/* A version as readers saw it, in one language. */
struct view_desk_charter_version {
    const struct view_charter *charter;
    slice by_name;
    bool current;
    time_ms now;
};
enum status view_desk_charter_version(const struct view_context *context, const struct view_desk_charter_version *page,
                                      struct buf *out, struct error *error) MUST_USE;

#endif
