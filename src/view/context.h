/* What every page needs besides its own data: the publication, the language of the interface, where assets are.
   The view sees plain structs only: the app fills them from the domain. Everything here is borrowed for the call. */
#ifndef PALABRE_VIEW_CONTEXT_H
#define PALABRE_VIEW_CONTEXT_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/slice.h"
#include "text/date.h"
#include "text/picture.h"
#include "view/templates.h"

struct view_language {
    slice tag;  /* BCP 47: "fr" */
    slice name; /* in itself: "Français" */
};

struct view_section {
    slice slug, title, description, language;
};

struct view_site {
    slice name, tagline;
    slice base_url; /* "https://example.org", no slash at the end; empty: unknown, addresses then stay relative to the
                       host (feeds, canonical links and the like are then not absolute: set it in production) */
    slice language; /* of the publication; the interface's is the catalog's */
    const struct view_language *languages; /* those the interface speaks, this one's included */
    size_t language_count;
    const struct view_section *sections; /* in their order */
    size_t section_count;
};

/* Somebody signed in. Only for pages that are rendered for one person: never on a page that is shared. */
struct view_viewer {
    slice display_name;
    slice csrf;    /* token for the forms of the session */
    bool may_edit; /* articles and sections */
    bool may_administer;
    int64_t pending_count; /* in the queue, printed beside 'Moderation' */
};

/* The address of an asset by its name below web/static ("site.css"): "/static/3f2a9c/site.css". Any thread. The result
   is borrowed or lives in the arena. NULL in view_context: "/static/site.css". */
typedef slice (*view_asset_fn)(const void *context, struct arena *arena, slice name);

struct view_context {
    struct arena *arena;               /* all scratch memory of the rendering; the app's, gone with the request */
    const struct templates *templates; /* in the interface's language, with its catalog */
    const struct date_formats *dates;  /* in the interface's language and the site's time zone */
    const struct view_site *site;
    const struct view_viewer *viewer; /* NULL: nobody, or a shared page */
    view_asset_fn asset;
    slice icon;                /* of the page, as its link says it; empty: the asset icon.svg */
    picture_find_fn picture;   /* those of an article that are assets; NULL: none is known */
    const void *asset_context; /* of both */
};

#endif
