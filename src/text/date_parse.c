#include "text/date_fields.h"

#include <string.h>

static const int64_t DAY_MS = 86400000;

static const char *const WEEKDAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char *date__weekday(int weekday) { return WEEKDAYS[weekday]; }
const char *date__month(int month) { return MONTHS[month - 1]; }

/* Days since 1970-01-01 and back; Howard Hinnant, 'chrono-Compatible Low-Level Date Algorithms'. */
static int64_t days_from_civil(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct date_fields date__fields(time_ms local) {
    static const time_ms FIRST = -62167219200000 /* year 0 */, LAST = 253402300799999 /* end of 9999 */;
    if (local < FIRST) local = FIRST;
    if (local > LAST) local = LAST;
    int64_t days = local / DAY_MS, ms = local % DAY_MS;
    if (ms < 0) {
        ms += DAY_MS;
        days--;
    }
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    struct date_fields f = {0};
    f.day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    f.month = (int)(m < 10 ? m + 3 : m - 9);
    f.year = (int)(year_of_era + era * 400 + (f.month <= 2));
    f.hour = (int)(ms / 3600000);
    f.minute = (int)(ms / 60000 % 60);
    f.second = (int)(ms / 1000 % 60);
    f.weekday = (int)((days % 7 + 11) % 7);
    return f;
}

static int days_in_month(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

bool date__from_fields(const struct date_fields *f, time_ms *out) {
    if (f->year < 1 || f->year > 9999 || f->month < 1 || f->month > 12) return false;
    if (f->day < 1 || f->day > days_in_month(f->year, f->month)) return false;
    if (f->hour < 0 || f->hour > 23 || f->minute < 0 || f->minute > 59 || f->second < 0 || f->second > 59) return false;
    int64_t seconds = f->hour * 3600 + f->minute * 60 + f->second;
    *out = days_from_civil(f->year, f->month, f->day) * DAY_MS + seconds * 1000;
    return true;
}

/* Takes between least and most digits off the front. */
static bool take_number(slice *rest, size_t least, size_t most, int *out) {
    size_t n = 0;
    int value = 0;
    while (n < most && n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9') value = value * 10 + (rest->p[n++] - '0');
    if (n < least) return false;
    *rest = slice_after(*rest, n);
    *out = value;
    return true;
}

static bool take_char(slice *rest, const char *one_of) {
    if (rest->n == 0 || rest->p[0] == '\0' || !strchr(one_of, rest->p[0])) return false;
    *rest = slice_after(*rest, 1);
    return true;
}

static bool take_ymd(slice *rest, struct date_fields *f) {
    return take_number(rest, 4, 4, &f->year) && take_char(rest, "-") && take_number(rest, 2, 2, &f->month) &&
           take_char(rest, "-") && take_number(rest, 2, 2, &f->day);
}

static bool take_hms(slice *rest, struct date_fields *f) {
    return take_number(rest, 2, 2, &f->hour) && take_char(rest, ":") && take_number(rest, 2, 2, &f->minute) &&
           take_char(rest, ":") && take_number(rest, 2, 2, &f->second);
}

/* +01:00 or +0100: minutes east of Greenwich. */
static bool take_offset(slice *rest, bool colon, int *minutes) {
    if (rest->n == 0) return false;
    bool west = rest->p[0] == '-';
    int hours, rest_minutes;
    if (!take_char(rest, "+-") || !take_number(rest, 2, 2, &hours)) return false;
    if (colon && !take_char(rest, ":")) return false;
    if (!take_number(rest, 2, 2, &rest_minutes) || hours > 23 || rest_minutes > 59) return false;
    *minutes = (hours * 60 + rest_minutes) * (west ? -1 : 1);
    return true;
}

static bool finish(slice rest, const struct date_fields *f, int offset, time_ms *out) {
    time_ms local;
    if (rest.n != 0 || !date__from_fields(f, &local)) return false;
    *out = local - (time_ms)offset * 60000;
    return true;
}

bool date_parse_sql(slice text, time_ms *out) {
    struct date_fields f = {0};
    slice rest = slice_trim(text);
    return take_ymd(&rest, &f) && take_char(&rest, " ") && take_hms(&rest, &f) && finish(rest, &f, 0, out);
}

bool date_parse_iso(slice text, time_ms *out) {
    struct date_fields f = {0};
    slice rest = slice_trim(text);
    int ignored, offset = 0;
    if (!take_ymd(&rest, &f) || !take_char(&rest, "Tt ") || !take_hms(&rest, &f)) return false;
    if (take_char(&rest, ".")) {
        if (!take_number(&rest, 1, 9, &ignored)) return false;
    }
    if (!take_char(&rest, "Zz") && !take_offset(&rest, true, &offset)) return false;
    return finish(rest, &f, offset, out);
}

/* The index of the name that rest starts with (three letters, any case), or -1. */
static int take_name(slice *rest, const char *const *names, int count) {
    for (int i = 0; i < count; i++) {
        if (slice_starts_nocase(*rest, slice_of(names[i]))) {
            *rest = slice_after(*rest, 3);
            return i;
        }
    }
    return -1;
}

/* The zones that RFC 822 §5 names. */
static bool take_zone(slice *rest, int *minutes) {
    static const struct {
        slice name;
        int hours;
    } ZONES[] = {{S_INIT("GMT"), 0},  {S_INIT("UTC"), 0},  {S_INIT("UT"), 0},   {S_INIT("EST"), -5},
                 {S_INIT("EDT"), -4}, {S_INIT("CST"), -6}, {S_INIT("CDT"), -5}, {S_INIT("MST"), -7},
                 {S_INIT("MDT"), -6}, {S_INIT("PST"), -8}, {S_INIT("PDT"), -7}, {S_INIT("Z"), 0}};
    for (size_t i = 0; i < ARRAY_COUNT(ZONES); i++) {
        if (slice_equal_nocase(*rest, ZONES[i].name)) {
            *rest = slice_after(*rest, rest->n);
            *minutes = ZONES[i].hours * 60;
            return true;
        }
    }
    return take_offset(rest, false, minutes);
}

bool date_parse_rfc822(slice text, time_ms *out) {
    struct date_fields f = {0};
    slice rest = slice_trim(text);
    int offset = 0;
    if (take_name(&rest, WEEKDAYS, 7) >= 0) { /* optional; a wrong one is passed over, as feed readers do */
        if (!take_char(&rest, ",") || !take_char(&rest, " ")) return false;
    }
    if (!take_number(&rest, 1, 2, &f.day) || !take_char(&rest, " ")) return false;
    f.month = take_name(&rest, MONTHS, 12) + 1;
    if (!take_char(&rest, " ") || !take_number(&rest, 4, 4, &f.year) || !take_char(&rest, " ")) return false;
    if (!take_number(&rest, 2, 2, &f.hour) || !take_char(&rest, ":") || !take_number(&rest, 2, 2, &f.minute))
        return false;
    if (take_char(&rest, ":") && !take_number(&rest, 2, 2, &f.second)) return false;
    return take_char(&rest, " ") && take_zone(&rest, &offset) && finish(rest, &f, offset, out);
}
