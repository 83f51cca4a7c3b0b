/* What the files of this program share. */
#ifndef PALABRE_TESTS_BUDGET_H
#define PALABRE_TESTS_BUDGET_H

#include "domain/abuse.h"
#include "view/mustache.h"
#include "view/page_read.h"

enum { COMMENTS = 50, LONG_TEXT = 500, CHECKED_TEXT = 2000 };
#define SENTENCE_TEXT "Je me demande si *la rivière* monte un peu plus chaque hiver : qu'en pensez-vous ? "
extern const char SENTENCE[];

extern struct error error;
void must(enum status status); /* or the program ends with error */

struct bench {
    struct arena *arena;
    struct buf out;
    struct mustache *template;
    struct view_context context;
    struct view_discussion page;
    struct view_parts *parts;
    char text[LONG_TEXT];
    struct db *db;
    comment_number next;
    article_id article;
    int messages;
    struct comment_draft draft;
    struct watch_list *watched;
    char checked[CHECKED_TEXT];
};

/* One turn, after a first one, under this name. */
void measure(struct bench *b, const char *name, void (*turn)(struct bench *));

/* Pages and feeds that are not the article's: with b->context and b->page. */
void measure_views(struct bench *b);
/* What asks the database, by a reading connection, and proofreading. The database lies in the folder, with a discussion. */
void measure_reads(struct bench *b, const char *folder);

#endif
