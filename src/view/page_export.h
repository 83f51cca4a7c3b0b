/* A message as its author takes it away: with its earlier texts and what was decided, as JSON or as text. Functions as in
   page_read.h. */
#ifndef PALABRE_VIEW_PAGE_EXPORT_H
#define PALABRE_VIEW_PAGE_EXPORT_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"

struct view_export_revision {
    time_ms replaced_at;
    bool by_desk; /* who replaced it */
    slice name, title, text;
};
struct view_export_decision {
    enum view_comment_state to;
    time_ms at;
    bool edit;          /* the text was changed by the desk, the state not */
    bool undone;        /* since */
    slice rule, reason; /* where the site gives reasons; may be empty */
};
struct view_export {
    const struct view_article *article;
    const struct view_comment *message;
    slice text, email; /* as typed */
    int64_t charter_version;
    const struct view_export_revision *revisions; /* the latest first */
    size_t revision_count;
    const struct view_export_decision *decisions; /* the latest first */
    size_t decision_count;
};

/* {"number":12,"article":{…},"state":"published",…,"revisions":[…],"decisions":[…]}; times in UTC, RFC 3339. */
void view_export_json(const struct view_context *context, const struct view_export *page, struct buf *out);
enum status view_export_text(const struct view_context *context, const struct view_export *page, struct buf *out,
                             struct error *error) MUST_USE;

#endif
