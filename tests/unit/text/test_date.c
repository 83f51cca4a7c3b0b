#include "case.h"

#include "base/buf.h"
#include "text/date.h"

#include <time.h>

static struct date_formats *formats(const char *language, const char *zone) {
    struct date_formats *f = NULL;
    struct error error = {0};
    assert_int_equal(date_formats_new(slice_of(language), slice_of(zone), &f, &error), OK);
    assert_non_null(f);
    return f;
}

static time_ms at(const char *iso) {
    time_ms t = 0;
    assert_true(date_parse_iso(slice_of(iso), &t));
    return t;
}

typedef slice (*formatter)(const struct date_formats *, struct arena *, time_ms);

static const struct {
    const char *language, *zone, *moment;
    formatter format;
    const char *wanted;
} FORMATS[] = {
    {"fr", "Europe/Paris", "2022-01-07T00:19:05Z", date_long, "Le 7 janvier 2022 à 01:19"},
    {"fr", "Europe/Paris", "2022-01-01T00:00:00Z", date_long, "Le 1er janvier 2022 à 01:00"},
    {"fr", "Europe/Paris", "2022-07-31T22:30:00Z", date_long, "Le 1er août 2022 à 00:30"},
    {"fr", "Europe/Paris", "2022-01-07T00:19:05Z", date_day, "7 janvier 2022"},
    {"fr", "Europe/Paris", "2022-01-07T00:19:05Z", date_short, "07/01/2022 01:19"},
    {"fr", "Europe/Paris", "2022-01-07T00:19:05Z", date_time, "01:19"},
    {"fr", "Europe/Paris", "2022-02-07T00:19:05Z", date_month, "février 2022"},
    {"fr", "Europe/Paris", "2022-01-07T00:19:05Z", date_iso, "2022-01-07T01:19:05+01:00"},
    {"fr", "Europe/Paris", "2022-07-07T00:19:05Z", date_iso, "2022-07-07T02:19:05+02:00"},
    {"fr", "Europe/Paris", "2022-01-07T00:19:05Z", date_rfc822, "Fri, 07 Jan 2022 01:19:05 +0100"},
    {"en", "UTC", "2022-01-07T01:19:05Z", date_long, "7 January 2022 at 01:19"},
    {"en", "UTC", "2022-01-07T01:19:05Z", date_day, "7 January 2022"},
    {"en", "UTC", "2022-01-07T01:19:05Z", date_month, "January 2022"},
    {"en-US", "America/New_York", "2022-01-07T01:19:05Z", date_day, "January 6, 2022"},
    {"en-US", "America/New_York", "2022-01-07T05:19:05Z", date_time, "12:19\u202FAM"},
    {"en", "America/New_York", "2022-01-07T01:19:05Z", date_iso, "2022-01-06T20:19:05-05:00"},
    {"en", "Asia/Kolkata", "2022-01-07T01:19:05Z", date_iso, "2022-01-07T06:49:05+05:30"},
    {"de", "Europe/Berlin", "2022-03-07T01:19:05Z", date_long, "7. März 2022 um 02:19"},
    {"es", "Europe/Madrid", "2022-03-07T01:19:05Z", date_day, "7 de marzo de 2022"},
    {"fr-CA", "America/Montreal", "2022-03-01T12:00:00Z", date_day, "1er mars 2022"},
    {"fr", "UTC", "1969-12-31T23:59:59Z", date_iso, "1969-12-31T23:59:59+00:00"},
    {"fr", "UTC", "0001-01-01T00:00:00Z", date_iso, "0001-01-01T00:00:00+00:00"},
    {"fr", "UTC", "9999-12-31T23:59:59Z", date_iso, "9999-12-31T23:59:59+00:00"},
};

static void formats_dates(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(FORMATS); i++) {
        struct date_formats *f = formats(FORMATS[i].language, FORMATS[i].zone);
        wrong += case_differs(FORMATS[i].moment, FORMATS[i].format(f, arena, at(FORMATS[i].moment)), FORMATS[i].wanted);
        date_formats_free(f);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

/* The hour that does not exist and the hour that comes twice. */
static void follows_summer_time(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct date_formats *f = formats("fr", "Europe/Paris");
    static const struct text_case CASES[] = {
        {"2022-03-27T00:59:59Z", "2022-03-27T01:59:59+01:00"}, {"2022-03-27T01:00:00Z", "2022-03-27T03:00:00+02:00"},
        {"2022-10-30T00:59:59Z", "2022-10-30T02:59:59+02:00"}, {"2022-10-30T01:00:00Z", "2022-10-30T02:00:00+01:00"},
        {"1976-03-28T00:00:00Z", "1976-03-28T02:00:00+02:00"}, {"2099-07-01T00:00:00Z", "2099-07-01T02:00:00+02:00"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        assert_int_equal(case_differs(CASES[i].in, date_iso(f, arena, at(CASES[i].in)), CASES[i].out), 0);
    }
    date_formats_free(f);
    arena_free(arena);
}

static void refuses_unknown_zones_and_languages(void **state) {
    (void)state;
    static const char *const zones[] = {"", "Europe/Pari", "Mars/Base", "GMT+25", "Europe/Paris;x", "\xFF"};
    struct date_formats *f = NULL;
    struct error error;
    for (size_t i = 0; i < ARRAY_COUNT(zones); i++) {
        assert_false(date_zone_is_valid(slice_of(zones[i])));
        assert_int_equal(date_formats_new(S("fr"), slice_of(zones[i]), &f, &error), INVALID);
    }
    static const char *const languages[] = {"", "xx-not-a-tag-at-all", "q", "12", "fr fr"};
    for (size_t i = 0; i < ARRAY_COUNT(languages); i++) {
        assert_int_equal(date_formats_new(slice_of(languages[i]), S("UTC"), &f, &error), INVALID);
    }
    assert_null(f);
    assert_true(date_zone_is_valid(S("Europe/Paris")));
    assert_true(date_zone_is_valid(S("UTC")));
}

static void writes_utc(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    assert_true(slice_is(date_iso_utc(arena, at("2022-01-07T01:19:05+01:00")), "2022-01-07T00:19:05Z"));
    assert_true(slice_is(date_http(arena, 784111777000), "Sun, 06 Nov 1994 08:49:37 GMT"));
    arena_free(arena);
}

static void parses(void **state) {
    (void)state;
    static const struct {
        bool (*parse)(slice, time_ms *);
        const char *text, *wanted; /* wanted NULL: refused */
    } CASES[] = {
        {date_parse_sql, "2022-01-07 00:19:05", "2022-01-07T00:19:05Z"},
        {date_parse_sql, "2024-02-29 23:59:59", "2024-02-29T23:59:59Z"},
        {date_parse_sql, "2023-02-29 00:00:00", NULL},
        {date_parse_sql, "0000-00-00 00:00:00", NULL}, /* WordPress writes this for drafts */
        {date_parse_sql, "2022-13-01 00:00:00", NULL},
        {date_parse_sql, "2022-01-07 24:00:00", NULL},
        {date_parse_sql, "2022-01-07", NULL},
        {date_parse_sql, "2022-01-07 00:19:05x", NULL},
        {date_parse_sql, "", NULL},
        {date_parse_iso, "2022-01-07T00:19:05Z", "2022-01-07T00:19:05Z"},
        {date_parse_iso, "2022-01-07T00:19:05.123456Z", "2022-01-07T00:19:05Z"},
        {date_parse_iso, "2022-01-07t01:19:05+01:00", "2022-01-07T00:19:05Z"},
        {date_parse_iso, "2022-01-07T00:19:05-08:00", "2022-01-07T08:19:05Z"},
        {date_parse_iso, "2022-01-07T00:19:05", NULL},
        {date_parse_iso, "2022-01-07T00:19:05+0100", NULL},
        {date_parse_iso, "2022-01-07T00:19:05+24:00", NULL},
        {date_parse_rfc822, "Fri, 07 Jan 2022 01:19:05 +0100", "2022-01-07T00:19:05Z"},
        {date_parse_rfc822, "7 Jan 2022 01:19 GMT", "2022-01-07T01:19:00Z"},
        {date_parse_rfc822, "Fri, 07 jan 2022 01:19:05 EST", "2022-01-07T06:19:05Z"},
        {date_parse_rfc822, "Wed, 30 Nov -0001 00:00:00 +0000", NULL}, /* WordPress again */
        {date_parse_rfc822, "Fri, 07 Foo 2022 01:19:05 +0100", NULL},
        {date_parse_rfc822, "Fri, 07 Jan 2022", NULL},
        {date_parse_rfc822, "", NULL},
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        time_ms t = -1;
        bool done = CASES[i].parse(slice_of(CASES[i].text), &t);
        if (done != (CASES[i].wanted != NULL)) {
            fail_msg("%s: %s", CASES[i].text, done ? "was taken" : "was refused");
        }
        if (!done) {
            assert_int_equal(t, -1);
            continue;
        }
        assert_int_equal(case_differs(CASES[i].text, date_iso_utc(arena, t), CASES[i].wanted), 0);
    }
    arena_free(arena);
}

static void fields_and_back(void **state) {
    (void)state;
    /* Every 11 hours or so over 60 years, against the C library. */
    for (time_ms t = -300000000000; t < 1900000000000; t += 39999000) {
        struct date_fields f = date_fields_of(NULL, t);
        time_t seconds = (time_t)(t / 1000);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_equal(f.year, tm.tm_year + 1900);
        assert_int_equal(f.month, tm.tm_mon + 1);
        assert_int_equal(f.day, tm.tm_mday);
        assert_int_equal(f.hour, tm.tm_hour);
        assert_int_equal(f.weekday, tm.tm_wday);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_dates),
        cmocka_unit_test(follows_summer_time),
        cmocka_unit_test(refuses_unknown_zones_and_languages),
        cmocka_unit_test(writes_utc),
        cmocka_unit_test(parses),
        cmocka_unit_test(fields_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
