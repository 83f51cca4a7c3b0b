/* What the parts of the WordPress importer share; for this folder only. */
#ifndef PALABRE_EXCHANGE_WORDPRESS_JOB_H
#define PALABRE_EXCHANGE_WORDPRESS_JOB_H

#include "domain/import.h"
#include "exchange/number_set.h"
#include "exchange/table.h"
#include "exchange/wordpress.h"
#include "exchange/wordpress_ahead.h"
#include "exchange/wordpress_gallery.h"
#include "exchange/wxr.h"
#include "text/date.h"

/* One import, from its begin to its commit. */
struct wordpress_job {
    struct db *db;
    const struct wordpress_options *options;
    struct import_report *report;
    struct wxr_reader *reader; /* of its size only: ahead has it */
    struct ahead *ahead;
    const struct ahead_item *current;
    const char *path; /* of the file; NULL: bytes in memory */
    slice bytes;
    struct gallery gallery; /* read when the first gallery turns up */
    bool gallery_is_read;
    struct arena *own;     /* lives as long as the job */
    struct arena *item;    /* reset after each item; what was read of it is ahead's */
    struct arena *scratch; /* reset after each batch of comments */
    struct site site;
    struct date_formats *zone; /* the site's; for dates the export gives in local time only */
    time_ms now;
    slice source; /* "wordpress:" and the blog's address; empty until the channel has been read */
    slice blog_host, blog_path;
    slice language;          /* of the articles */
    struct table sections;   /* nicename → section id */
    bool is_new;             /* nothing from this source was there before */
    struct number_set added; /* is_new: the numbers of comments that are there now */
    int64_t item_at;         /* the byte of the file at which reading the current item began, or a little after */
};

/* Tells how far the import is: done of count comments of the current item (which has been read whole). */
void wordpress__progress(const struct wordpress_job *job, size_t done, size_t count);

/* Whether an item is of the kinds that become articles, if nothing else speaks against it. Any thread. */
bool wordpress__is_wanted(const struct wxr_item *item);

/* An item of the kinds that become articles, its section and its comments. OK also when it had to be left out (the
   report says why); an error only when the database fails. */
enum status wordpress__item_add(struct wordpress_job *job, const struct wxr_item *item, struct error *error) MUST_USE;

/* The comments of an item that has become this article. fallback: the date of those that have none. */
enum status wordpress__comments_add(struct wordpress_job *job, const struct wxr_item *item, article_id article,
                                    time_ms fallback, struct error *error) MUST_USE;

/* The item's content, with its galleries as figures (the pictures are looked for in the whole file, once). In the item's
   arena, or the content itself. */
enum status wordpress__content(struct wordpress_job *job, const struct wxr_item *item, slice *out,
                               struct error *error) MUST_USE;

/* The moment of an export's pair of dates: the one in UTC, else rfc822 (may be empty), else the local one in the site's
   zone. False when none is a date ("0000-00-00 00:00:00" is none). */
bool wordpress__date(const struct wordpress_job *job, slice gmt, slice rfc822, slice local, time_ms *out);

/* The path and query of an http(s) address; empty when it is none, or only the root of a site. Borrowed. */
slice wordpress__path(slice address);
/* %c3%a9 as é; what would not be UTF-8 gives the text as it was. */
slice wordpress__decoded(struct arena *arena, slice text);
/* The addresses under which visitors reached this item: its link, its short link, its guid; the first of equal ones.
   In the item's arena. */
void wordpress__old_paths(const struct wordpress_job *job, const struct wxr_item *item, const slice **out,
                          size_t *count);

#endif
