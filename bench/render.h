/* The pages that bench/render measures: each template that shows messages, made of invented ones. */
#ifndef PALABRE_BENCH_RENDER_H
#define PALABRE_BENCH_RENDER_H

#include "view/page_desk_queue.h"
#include "view/page_read.h"
#include "view/page_search.h"
#include "view/page_write.h"

enum { RENDER_MESSAGES = 50 };

/* What pages are made of: RENDER_MESSAGES messages and what goes around them. */
struct render_material {
    struct view_context context, signed_in; /* signed_in: of a moderator */
    struct view_discussion discussion;      /* its threads: as many as it is told */
    struct view_comment comments[RENDER_MESSAGES];
    struct view_thread threads[RENDER_MESSAGES];
    struct view_search_hit hits[RENDER_MESSAGES];
    struct view_queue_entry entries[RENDER_MESSAGES];
};

struct render_page {
    const char *name; /* of the template, and what it is */
    int messages;     /* shown on it; 1: it is about one, and there is none without */
    bool is_shared;   /* kept in memory for all readers, and so compressed; else made for one person, and sent plain */
    /* Appends the page with so many messages. */
    enum status (*make)(const struct render_material *m, size_t messages, struct buf *out, struct error *error);
};
extern const struct render_page RENDER_PAGES[];
extern const size_t RENDER_PAGE_COUNT;

/* arena, templates, dates: to the end of the program. */
void render_material_init(struct render_material *m, struct arena *arena, const struct templates *templates,
                          const struct date_formats *dates);

#endif
