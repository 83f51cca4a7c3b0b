#include "text/date.h"

#include "base/buf.h"
#include "base/memory.h"
#include "text/date_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

enum {
    MOST_TRANSITIONS = 2048,
    MONTHS = 12,
    NAME_BYTES = 64,
    PATTERN_UNITS = 96,
    LOCALE_BYTES = ULOC_FULLNAME_CAPACITY + 64,
};

struct transition {
    time_ms from;
    int32_t offset_minutes;
};

/* A pattern of CLDR (UTS #35, part 4, §8), in UTF-16 as ICU gives it. */
struct pattern {
    UChar units[PATTERN_UNITS];
    int32_t n;
};

struct date_formats {
    bool french;
    struct transition *transitions; /* in order; the first holds for all that is before it */
    size_t transition_count;
    char months[MONTHS][NAME_BYTES], months_alone[MONTHS][NAME_BYTES], months_short[MONTHS][NAME_BYTES];
    char halves[2][NAME_BYTES]; /* AM, PM */
    struct pattern long_pattern, day, short_pattern, time, month;
};

/* Opening */

static bool to_zone(slice zone, UChar *out, int32_t room) {
    if (zone.n == 0 || (int32_t)zone.n >= room) return false;
    for (size_t i = 0; i < zone.n; i++) {
        if ((unsigned char)zone.p[i] < 0x21 || (unsigned char)zone.p[i] > 0x7E) return false;
        out[i] = (UChar)zone.p[i];
    }
    out[zone.n] = 0;
    return true;
}

bool date_zone_is_valid(slice zone) {
    UChar id[64], canonical[64];
    if (!to_zone(zone, id, (int32_t)ARRAY_COUNT(id))) return false;
    UErrorCode code = U_ZERO_ERROR;
    UBool is_system = false;
    (void)ucal_getCanonicalTimeZoneID(id, -1, canonical, (int32_t)ARRAY_COUNT(canonical), &is_system, &code);
    return U_SUCCESS(code) && is_system;
}

static int32_t offset_at(UCalendar *calendar, double at, UErrorCode *code) {
    ucal_setMillis(calendar, at, code);
    int32_t ms = ucal_get(calendar, UCAL_ZONE_OFFSET, code) + ucal_get(calendar, UCAL_DST_OFFSET, code);
    return (int32_t)(ms / 60000);
}

/* Every change of the zone's offset from 1900 to 2200, once: then no calendar is needed to format. */
static enum status read_zone(struct date_formats *f, slice zone, struct error *error) {
    static const double FIRST = -2208988800000.0 /* 1900 */, LAST = 7258118400000.0 /* 2200 */;
    UChar id[64];
    if (!date_zone_is_valid(zone) || !to_zone(zone, id, (int32_t)ARRAY_COUNT(id))) {
        return error_set(error, INVALID, "'%.*s' is not a time zone (\"Europe/Paris\", \"UTC\"…)", SLICE_FMT(zone));
    }
    UErrorCode code = U_ZERO_ERROR;
    UCalendar *calendar = ucal_open(id, -1, "en", UCAL_GREGORIAN, &code);
    f->transitions = memory_alloc_array(MOST_TRANSITIONS, sizeof *f->transitions);
    double at = FIRST;
    while (U_SUCCESS(code) && at < LAST && f->transition_count < MOST_TRANSITIONS) {
        int32_t offset = offset_at(calendar, at, &code);
        f->transitions[f->transition_count++] = (struct transition){(time_ms)at, offset};
        if (!ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &at, &code)) break;
    }
    if (calendar) ucal_close(calendar);
    if (U_FAILURE(code)) return error_set(error, INTERNAL, "time zone: %s", u_errorName(code));
    return OK;
}

/* The locale of ICU for a language tag, with our calendar and digits. "en" alone is the English of Europe. */
static enum status make_locale(slice language, char out[LOCALE_BYTES], struct error *error) {
    char tag[64], parsed[ULOC_FULLNAME_CAPACITY];
    if (slice_equal_nocase(language, S("en"))) language = S("en-GB");
    if (language.n == 0 || language.n >= sizeof tag || slice_contains(language, S("\0"))) {
        return error_set(error, INVALID, "'%.*s' is not a language", SLICE_FMT(slice_sub(language, 0, 60)));
    }
    for (size_t i = 0; i < language.n; i++) tag[i] = language.p[i] == '_' ? '-' : language.p[i];
    tag[language.n] = '\0';
    UErrorCode code = U_ZERO_ERROR;
    int32_t used = 0;
    (void)uloc_forLanguageTag(tag, parsed, (int32_t)sizeof parsed, &used, &code);
    if (U_FAILURE(code) || code == U_STRING_NOT_TERMINATED_WARNING || used != (int32_t)language.n ||
        uloc_getISO3Language(parsed)[0] == '\0') {
        return error_set(error, INVALID, "'%s' is not a language we know", tag);
    }
    snprintf(out, LOCALE_BYTES, "%s@calendar=gregorian;numbers=latn", parsed);
    return OK;
}

static void read_names(const UDateFormat *format, UDateFormatSymbolType type, size_t count, char (*out)[NAME_BYTES],
                       UErrorCode *code) {
    for (size_t i = 0; i < count && U_SUCCESS(*code); i++) {
        UChar name[NAME_BYTES];
        int32_t n = udat_getSymbols(format, type, (int32_t)i, name, NAME_BYTES, code);
        int32_t bytes = 0;
        if (U_SUCCESS(*code)) u_strToUTF8(out[i], NAME_BYTES, &bytes, name, n, code);
        if (U_SUCCESS(*code) && bytes >= NAME_BYTES) *code = U_BUFFER_OVERFLOW_ERROR;
    }
}

/* The letters that format_field knows; a pattern with another one is not used. */
static bool is_supported(const struct pattern *p) {
    bool quoted = false;
    for (int32_t i = 0; i < p->n; i++) {
        UChar c = p->units[i];
        if (c == '\'') {
            quoted = !quoted;
        } else if (!quoted && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !strchr("dMLyHhmsa", c)) {
            return false;
        }
    }
    return true;
}

static void set_pattern(struct pattern *p, const char *ascii) {
    p->n = (int32_t)strlen(ascii);
    for (int32_t i = 0; i < p->n; i++) p->units[i] = (UChar)ascii[i];
}

static void best_pattern(UDateTimePatternGenerator *generator, const char *skeleton, const char *otherwise,
                         struct pattern *out) {
    UErrorCode code = U_ZERO_ERROR;
    struct pattern wanted;
    set_pattern(&wanted, skeleton);
    out->n = udatpg_getBestPattern(generator, wanted.units, wanted.n, out->units, PATTERN_UNITS, &code);
    if (U_FAILURE(code) || out->n > PATTERN_UNITS || !is_supported(out)) set_pattern(out, otherwise);
}

/* CLDR's long date with a short time has the words between them ("à", "at", "um"). */
static void long_pattern(UDateFormat *format, struct pattern *out) {
    UErrorCode code = U_ZERO_ERROR;
    out->n = udat_toPattern(format, false, out->units, PATTERN_UNITS, &code);
    if (U_FAILURE(code) || out->n > PATTERN_UNITS || !is_supported(out)) set_pattern(out, "y-MM-dd HH:mm");
}

static enum status read_language(struct date_formats *f, slice language, struct error *error) {
    char locale[LOCALE_BYTES];
    enum status status = make_locale(language, locale, error);
    if (status != OK) return status;
    UErrorCode code = U_ZERO_ERROR;
    UDateTimePatternGenerator *generator = udatpg_open(locale, &code);
    UDateFormat *format = udat_open(UDAT_SHORT, UDAT_LONG, locale, NULL, 0, NULL, 0, &code);
    if (U_SUCCESS(code)) {
        read_names(format, UDAT_MONTHS, MONTHS, f->months, &code);
        read_names(format, UDAT_STANDALONE_MONTHS, MONTHS, f->months_alone, &code);
        read_names(format, UDAT_SHORT_MONTHS, MONTHS, f->months_short, &code);
        read_names(format, UDAT_AM_PMS, 2, f->halves, &code);
        long_pattern(format, &f->long_pattern);
        best_pattern(generator, "yMMMMd", "y-MM-dd", &f->day);
        best_pattern(generator, "yMMddjjmm", "y-MM-dd HH:mm", &f->short_pattern);
        best_pattern(generator, "jjmm", "HH:mm", &f->time);
        best_pattern(generator, "yMMMM", "y-MM", &f->month);
    }
    if (format) udat_close(format);
    if (generator) udatpg_close(generator);
    f->french = strncmp(locale, "fr", 2) == 0 && !(locale[2] >= 'a' && locale[2] <= 'z');
    if (U_FAILURE(code)) return error_set(error, INTERNAL, "dates of '%s': %s", locale, u_errorName(code));
    return OK;
}

enum status date_formats_new(slice language, slice zone, struct date_formats **out, struct error *error) {
    struct date_formats *f = NEW(struct date_formats);
    enum status status = read_zone(f, zone, error);
    if (status == OK) status = read_language(f, language, error);
    if (status == OK) {
        *out = f;
    } else {
        date_formats_free(f);
    }
    return status;
}

void date_formats_free(struct date_formats *f) {
    if (!f) return;
    memory_free(f->transitions);
    memory_free(f);
}

/* Fields */

static int offset_minutes(const struct date_formats *f, time_ms t) {
    if (!f) return 0;
    size_t low = 0, high = f->transition_count; /* the last transition at or before t is in [low, high) */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (f->transitions[middle].from <= t) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return f->transitions[low].offset_minutes;
}

struct date_fields date_fields_of(const struct date_formats *f, time_ms t) {
    int offset = offset_minutes(f, t);
    struct date_fields fields = date__fields(t + (time_ms)offset * 60000);
    fields.offset_minutes = offset;
    return fields;
}

/* Formatting */

static void add_padded(struct buf *b, int value, size_t width) { buf_add_format(b, "%0*d", (int)width, value); }

static void add_month(const struct date_formats *f, struct buf *b, UChar letter, int month, size_t width) {
    const char(*names)[NAME_BYTES] = width == 3 ? f->months_short : letter == 'L' ? f->months_alone : f->months;
    if (width <= 2) {
        add_padded(b, month, width);
    } else {
        buf_add(b, slice_of(names[month - 1]));
    }
}

static void add_field(const struct date_formats *f, struct buf *b, const struct date_fields *t, UChar letter,
                      size_t width) {
    switch (letter) {
    case 'y': add_padded(b, width == 2 ? t->year % 100 : t->year, width); break;
    case 'M':
    case 'L': add_month(f, b, letter, t->month, width); break;
    case 'd':
        if (f->french && width == 1 && t->day == 1) {
            buf_add(b, S("1er"));
        } else {
            add_padded(b, t->day, width);
        }
        break;
    case 'H': add_padded(b, t->hour, width); break;
    case 'h': add_padded(b, (t->hour + 11) % 12 + 1, width); break;
    case 'm': add_padded(b, t->minute, width); break;
    case 's': add_padded(b, t->second, width); break;
    case 'a': buf_add(b, slice_of(f->halves[t->hour >= 12])); break;
    default: break; /* is_supported let nothing else in */
    }
}

static void add_unit(struct buf *b, UChar c) {
    char bytes[4];
    int32_t n = 0;
    UErrorCode code = U_ZERO_ERROR;
    u_strToUTF8WithSub(bytes, (int32_t)sizeof bytes, &n, &c, 1, 0xFFFD, NULL, &code);
    buf_add(b, (slice){bytes, (size_t)n});
}

static void add_pattern(const struct date_formats *f, struct buf *b, const struct pattern *p,
                        const struct date_fields *t) {
    bool quoted = false;
    for (int32_t i = 0; i < p->n; i++) {
        UChar c = p->units[i];
        if (c == '\'') {
            bool literal = i + 1 < p->n && p->units[i + 1] == '\'';
            quoted = literal ? quoted : !quoted;
            if (literal) buf_add_char(b, '\'');
            i += literal;
            continue;
        }
        if (quoted || !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
            add_unit(b, c);
            continue;
        }
        size_t width = 1;
        while (i + 1 < p->n && p->units[i + 1] == c) {
            width++;
            i++;
        }
        add_field(f, b, t, c, width);
    }
}

static slice format(const struct date_formats *f, struct arena *arena, const struct pattern *p, slice prefix,
                    time_ms t) {
    struct date_fields fields = date_fields_of(f, t);
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, 1024);
    buf_add(&b, prefix);
    add_pattern(f, &b, p, &fields);
    return arena_copy(arena, buf_slice(&b));
}

slice date_long(const struct date_formats *f, struct arena *arena, time_ms t) {
    return format(f, arena, &f->long_pattern, f->french ? S("Le ") : S(""), t);
}

slice date_day(const struct date_formats *f, struct arena *arena, time_ms t) {
    return format(f, arena, &f->day, S(""), t);
}

slice date_short(const struct date_formats *f, struct arena *arena, time_ms t) {
    return format(f, arena, &f->short_pattern, S(""), t);
}

slice date_time(const struct date_formats *f, struct arena *arena, time_ms t) {
    return format(f, arena, &f->time, S(""), t);
}

slice date_month(const struct date_formats *f, struct arena *arena, time_ms t) {
    return format(f, arena, &f->month, S(""), t);
}

/* Two of these stand in every message, and printf is not free. */
static char *two_digits(char *at, int n, char after) {
    at[0] = (char)('0' + n / 10 % 10);
    at[1] = (char)('0' + n % 10);
    at[2] = after;
    return at + 3;
}

/* "2022-01-07T01:19:05" and one byte more; *end: after it. The year has four digits. */
static char *write_iso(struct arena *arena, const struct date_fields *d, char last, char **end) {
    enum { ISO_BYTES = sizeof "2022-01-07T01:19:05+01:00" };
    char *text = arena_alloc(arena, ISO_BYTES), *at = text;
    at = two_digits(at, d->year / 100, '-') - 1;
    at = two_digits(at, d->year % 100, '-');
    at = two_digits(at, d->month, '-');
    at = two_digits(at, d->day, 'T');
    at = two_digits(at, d->hour, ':');
    at = two_digits(at, d->minute, ':');
    *end = two_digits(at, d->second, last);
    return text;
}

static bool has_four_digits(int year) { return year >= 0 && year <= 9999; }

slice date_iso(const struct date_formats *f, struct arena *arena, time_ms t) {
    struct date_fields d = date_fields_of(f, t);
    int offset = abs(d.offset_minutes);
    char sign = d.offset_minutes < 0 ? '-' : '+', *end;
    if (!has_four_digits(d.year))
        return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", d.year, d.month, d.day, d.hour, d.minute,
                            d.second, sign, offset / 60, offset % 60);
    char *text = write_iso(arena, &d, sign, &end);
    end = two_digits(end, offset / 60, ':');
    end = two_digits(end, offset % 60, 0) - 1;
    return (slice){text, (size_t)(end - text)};
}

slice date_rfc822(const struct date_formats *f, struct arena *arena, time_ms t) {
    struct date_fields d = date_fields_of(f, t);
    int offset = abs(d.offset_minutes);
    return arena_format(arena, "%s, %02d %s %04d %02d:%02d:%02d %c%02d%02d", date__weekday(d.weekday), d.day,
                        date__month(d.month), d.year, d.hour, d.minute, d.second, d.offset_minutes < 0 ? '-' : '+',
                        offset / 60, offset % 60);
}

slice date_iso_utc(struct arena *arena, time_ms t) {
    struct date_fields d = date_fields_of(NULL, t);
    if (!has_four_digits(d.year))
        return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day, d.hour, d.minute,
                            d.second);
    char *end, *text = write_iso(arena, &d, 'Z', &end);
    return (slice){text, (size_t)(end - text)};
}

slice date_http(struct arena *arena, time_ms t) {
    struct date_fields d = date_fields_of(NULL, t);
    return arena_format(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", date__weekday(d.weekday), d.day,
                        date__month(d.month), d.year, d.hour, d.minute, d.second);
}
