/* The desk: what all of its pages share. The pages themselves: page_desk_queue.h, page_desk_journal.h (moderators),
   page_desk_edit.h (editors). All are rendered for one person who is signed in (view_context.viewer is not NULL), in the
   language of that person's account; never shared, never indexed. Functions as in page_read.h. */
#ifndef PALABRE_VIEW_PAGE_DESK_H
#define PALABRE_VIEW_PAGE_DESK_H

#include "base/buf.h"
#include "base/error.h"
#include "view/context.h"

/* Where in the desk a page stands: marked in its navigation. */
enum view_desk_place {
    VIEW_DESK_NOWHERE, /* an error page, a page of its own */
    VIEW_DESK_MESSAGES,
    VIEW_DESK_BANS,
    VIEW_DESK_JOURNAL,
    VIEW_DESK_DICTIONARY,
    VIEW_DESK_ARTICLES,
    VIEW_DESK_SECTIONS,
    VIEW_DESK_CHARTER,
    VIEW_DESK_WORDS, /* looked for */
    VIEW_DESK_ACCOUNTS,
    VIEW_DESK_SITE,
    VIEW_DESK_MAIL,
    VIEW_DESK_SESSIONS, /* one's own */
    VIEW_DESK_PASSWORD, /* likewise */
    VIEW_DESK_PLACES
};

/* What the shell (web/templates/desk/shell.mustache) needs of a page. */
struct view_desk {
    enum view_desk_place place;
    slice here; /* address of this page, where a change of language comes back to; empty: /moderation */
};

#endif
