/* What the two halves of the demonstration share: the publication (demo.c) and its discussions (demo_story.c). For this
   folder only. */
#ifndef PALABRE_EXCHANGE_DEMO_STORY_H
#define PALABRE_EXCHANGE_DEMO_STORY_H

#include "exchange/demo.h"

#include <jansson.h>

enum { DEMO_MINUTE = 60 * 1000, DEMO_ITEMS_MAX = 1000 /* articles, messages */ };

struct demo_article {
    slice key;
    const json_t *json;
    article_id id;
    time_ms published_at;
};

struct demo {
    struct db *db;
    struct arena *arena;
    const json_t *root;
    time_ms now;
    time_ms real; /* the clock without an offset, when the story began */
    account_id moderator, editor;
    struct demo_article *articles;
    size_t article_count;
};

/* From here on clock_now() is about this moment of the story. */
void demo__set_clock(const struct demo *demo, time_ms moment);
slice demo__text(const json_t *object, const char *key); /* borrowed; empty for null, and when it is missing */
/* The moment so many minutes before the end of the story that the object's key says. */
time_ms demo__moment(const struct demo *demo, const json_t *object, const char *key);

/* What becomes of an article, at the moment the clock shows (demo.c). */
enum status demo__write_article(const struct demo *demo, struct demo_article *article, struct error *error) MUST_USE;
enum status demo__publish_article(const struct demo *demo, const struct demo_article *article,
                                  struct error *error) MUST_USE;
enum status demo__close_discussion(const struct demo *demo, const struct demo_article *article,
                                   struct error *error) MUST_USE;

/* Tells the story: the articles appear, the messages are sent, and all that happened to them (demo_story.c). */
enum status demo__tell(struct demo *demo, struct error *error) MUST_USE;

#endif
