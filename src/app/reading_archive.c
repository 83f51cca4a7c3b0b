/* A month of the archive: its newest articles, or those older than one of them. */
#include "app/reading.h"

#include "app/map.h"

/* The first moment of a month in the site's zone, to within the offset that holds there. */
static time_ms month_start(const struct date_formats *dates, int year, int month) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(1024);
    time_ms utc = 0;
    if (!date_parse_iso(arena_format(arena, "%04d-%02d-01T00:00:00Z", year, month), &utc)) return 0;
    return utc - (int64_t)date_fields_of(dates, utc).offset_minutes * 60000;
}

struct view_month reading_month_of(const struct date_formats *dates, time_ms t) {
    struct date_fields fields = date_fields_of(dates, t);
    return (struct view_month){fields.year, fields.month};
}

/* The month of the nearest article before `from`. */
static struct view_month nearest_before(struct db *db, struct arena *arena, const struct date_formats *dates,
                                        time_ms from) {
    struct article_filter filter = {.limit = 1, .before = from, .before_id = {1}};
    struct article_list list;
    struct error error;
    if (article_list_load(db, arena, &filter, &list, &error) != OK || !list.count) return (struct view_month){0, 0};
    return reading_month_of(dates, list.items[0].published_at);
}

enum status reading_archive(struct db *db, struct arena *arena, const struct date_formats *dates,
                            const struct reading_month *wanted, struct view_archive *out, struct error *error) {
    int year = wanted->month.year, month = wanted->month.month;
    time_ms from = month_start(dates, year, month);
    time_ms to = month_start(dates, month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1);
    bool later = wanted->before_id != 0 && wanted->before < to;
    struct article_filter filter = {.limit = READING_MONTH_ARTICLES,
                                    .since = from,
                                    .before = later ? wanted->before : to,
                                    .before_id = {later ? wanted->before_id : 1}};
    struct article_list list;
    time_ms newer;
    enum status status = article_list_load(db, arena, &filter, &list, error);
    if (status != OK) return status;
    if (!list.count) return error_set(error, NOT_FOUND, "nothing was published that month");
    *out = (struct view_archive){.month = wanted->month,
                                 .older = nearest_before(db, arena, dates, from),
                                 .articles = map_articles(arena, list.items, list.count),
                                 .article_count = list.count,
                                 .more = list.more,
                                 .is_later = later};
    if (article_first_since(db, to, &newer, error) == OK) out->newer = reading_month_of(dates, newer);
    return OK;
}
