#include "domain/field.h"

#include "text/check.h"
#include "text/slug.h"

static enum status judge(const char *field, enum field_need need, enum text_problem problem, size_t max_chars,
                         slice *value, slice checked, struct error *error) {
    if (problem == TEXT_EMPTY && need == FIELD_OPTIONAL) {
        *value = S("");
        return OK;
    }
    if (problem == TEXT_TOO_LONG) return error_set(error, INVALID, "%s: longer than %zu characters", field, max_chars);
    if (problem != TEXT_FINE) return error_set(error, INVALID, "%s: %s", field, text_problem_message(problem));
    *value = checked;
    return OK;
}

enum status field__line(struct arena *arena, const char *field, enum field_need need, size_t max_chars, slice *value,
                        struct error *error) {
    slice checked = S("");
    return judge(field, need, text_check_line(arena, *value, max_chars, &checked), max_chars, value, checked, error);
}

enum status field__body(struct arena *arena, const char *field, enum field_need need, size_t max_chars, slice *value,
                        struct error *error) {
    slice checked = S("");
    return judge(field, need, text_check_body(arena, *value, max_chars, &checked), max_chars, value, checked, error);
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static bool is_subtag(slice tag, size_t least, size_t most, bool digits) {
    if (tag.n < least || tag.n > most) return false;
    for (size_t i = 0; i < tag.n; i++)
        if (!is_letter(tag.p[i]) && !(digits && tag.p[i] >= '0' && tag.p[i] <= '9')) return false;
    return true;
}

/* RFC 5646 §2.1, as far as its form: a language of two or three letters, then subtags of up to eight. */
enum status field__language(const char *field, slice value, struct error *error) {
    slice rest = value;
    bool good = value.n <= 35 && is_subtag(slice_cut(&rest, '-'), 2, 3, false);
    while (good && rest.p) good = is_subtag(slice_cut(&rest, '-'), 1, 8, true);
    return good ? OK : error_set(error, INVALID, "%s: not a language tag such as \"fr\"", field);
}

enum status field__slug(struct arena *arena, const char *field, slice title, slice *value, struct error *error) {
    if (slice_is_empty(*value)) *value = text_slug(arena, title);
    if (!text_slug_is_valid(*value))
        return error_set(error, INVALID, "%s: lower-case letters a-z, digits and single hyphens only", field);
    return OK;
}
