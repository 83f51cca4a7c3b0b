/* The proleptic Gregorian calendar, and the English names that mail and HTTP use. For this room only. */
#ifndef PALABRE_TEXT_DATE_FIELDS_H
#define PALABRE_TEXT_DATE_FIELDS_H

#include "text/date.h"

/* Of a moment counted in local milliseconds; years outside 0–9999 are held at the ends. */
struct date_fields date__fields(time_ms local);
/* The local milliseconds; false for what is no date (31 February, 24:00, second 60). */
bool date__from_fields(const struct date_fields *fields, time_ms *out);

const char *date__weekday(int weekday); /* "Sun" for 0 */
const char *date__month(int month);     /* "Jan" for 1 */

#endif
