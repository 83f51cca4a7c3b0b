/* A publication in memory, for the tests of pages and feeds: two articles' worth of everything that a page can show.
   Dates are fixed; all lives in the arena of the struct. */
#ifndef PALABRE_TESTS_VIEW_SAMPLES_H
#define PALABRE_TESTS_VIEW_SAMPLES_H

#include "base/arena.h"
#include "base/buf.h"
#include "text/html.h"
#include "view/article.h"
#include "view/context.h"
#include "view/form.h"

enum { SAMPLE_THREADS = 8 };

struct samples {
    struct arena *arena;
    bool french;
    struct catalog *catalog;
    struct templates *templates;
    struct date_formats *dates;
    struct view_site site;
    struct view_context context;
    struct view_article article; /* with body */
    struct view_article excerpt; /* of another publication, in the other language */
    struct view_article articles[6];
    struct view_thread threads[SAMPLE_THREADS];
    struct view_comment own[2];
    struct view_charter charter;
    struct view_form form; /* empty, as on a shared page */
};

/* language: "fr" or "en". Fails the test on an error. */
void samples_init(struct samples *s, slice language);
void samples_fini(struct samples *s);
struct html samples_comment_html(struct samples *s, const char *markdown);

#endif
