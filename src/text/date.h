/* Dates in a language and a time zone. ICU gives the patterns, the names of months and the zone's transitions once, in
   date_formats_new; after that the object is immutable: any thread may format with it, without a lock. */
#ifndef PALABRE_TEXT_DATE_H
#define PALABRE_TEXT_DATE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"

struct date_formats;

/* language: "fr", "en", "fr-CA"… ("en" alone is written as in Europe: 7 January 2022 at 01:19). zone: a name of the IANA
   database ("Europe/Paris", "UTC"). INVALID for an unknown zone or language. Some milliseconds. */
enum status date_formats_new(slice language, slice zone, struct date_formats **out, struct error *error) MUST_USE;
void date_formats_free(struct date_formats *formats); /* NULL is fine */
bool date_zone_is_valid(slice zone);

/* All results live in the arena. */
slice date_long(const struct date_formats *f, struct arena *arena, time_ms t); /* "Le 7 janvier 2022 à 01:19" */
slice date_day(const struct date_formats *f, struct arena *arena, time_ms t); /* "7 janvier 2022"; "1er janvier 2022" */
slice date_short(const struct date_formats *f, struct arena *arena, time_ms t); /* "07/01/2022 01:19", for tables */
slice date_time(const struct date_formats *f, struct arena *arena, time_ms t);  /* "01:19" */
slice date_month(const struct date_formats *f, struct arena *arena, time_ms t); /* "janvier 2022" */
slice date_iso(const struct date_formats *f, struct arena *arena, time_ms t); /* RFC 3339: 2022-01-07T01:19:05+01:00 */
slice date_rfc822(const struct date_formats *f, struct arena *arena, time_ms t); /* Fri, 07 Jan 2022 01:19:05 +0100 */
slice date_iso_utc(struct arena *arena, time_ms t);                              /* 2022-01-07T00:19:05Z */
slice date_http(struct arena *arena, time_ms t); /* RFC 9110 §5.6.7: Fri, 07 Jan 2022 00:19:05 GMT */

/* The calendar's fields in the zone, for addresses by year and month. */
struct date_fields {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int weekday;        /* 0 = Sunday */
    int offset_minutes; /* east of Greenwich */
};
struct date_fields date_fields_of(const struct date_formats *formats_or_null, time_ms t); /* NULL: UTC */

/* False, and *out untouched, when text is not exactly one; all are strict about ranges (no 31 February). */
bool date_parse_sql(slice text, time_ms *out);    /* "2022-01-07 00:19:05", UTC (WXR's *_gmt) */
bool date_parse_rfc822(slice text, time_ms *out); /* "Fri, 07 Jan 2022 01:19:05 +0100" (RSS pubDate) */
bool date_parse_iso(slice text, time_ms *out);    /* RFC 3339, with Z or an offset; fractions are cut */

#endif
