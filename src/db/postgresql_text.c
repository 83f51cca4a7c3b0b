/* Names into numbers. */
#include "db/postgresql.h"

#include "base/buf.h"

#include <ctype.h>
#include <string.h>

enum { NAMES_MAX = 64, NUMBERED_MAX = 64 * 1024 };

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The end of what stands between quotes, or of a comment, that begins at p; p itself when neither does. */
static const char *skip_quiet(const char *p) {
    if (*p == '\'' || *p == '"') {
        const char *end = strchr(p + 1, *p); /* a doubled quote ends one and begins another */
        return end ? end + 1 : p + strlen(p);
    }
    if (p[0] == '-' && p[1] == '-') return p + strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end ? end + 2 : p + strlen(p);
    }
    return p;
}

static int number_of(struct arena *arena, slice name, const char **names, int *count) {
    for (int i = 0; i < *count; i++)
        if (slice_equal(slice_of(names[i]), name)) return i + 1;
    if (*count == NAMES_MAX) return 0;
    names[(*count)++] = arena_copy(arena, name).p;
    return *count;
}

const char *pg_number_parameters(struct arena *arena, const char *sql, const char **names, int *count) {
    struct buf out CLEANUP(buf_fini);
    buf_init(&out, NUMBERED_MAX);
    *count = 0;
    for (const char *p = sql; *p;) {
        const char *after = skip_quiet(p);
        if (after == p && p[0] == ':' && p[1] == ':') after = p + 2;
        if (after == p && (p[0] != ':' || !is_word(p[1]))) after = p + 1;
        if (after != p) {
            buf_add(&out, slice_make(p, (size_t)(after - p)));
            p = after;
            continue;
        }
        const char *end = p + 1;
        while (is_word(*end)) end++;
        int number = number_of(arena, slice_make(p + 1, (size_t)(end - p - 1)), names, count);
        if (number == 0) return NULL;
        buf_add_char(&out, '$');
        buf_add_int(&out, number);
        p = end;
    }
    return out.status == OK ? arena_copy(arena, buf_slice(&out)).p : NULL;
}

bool pg_is_writing(const char *sql) {
    if (strncmp(sql, "SELECT", 6) == 0) return strstr(sql, "setval(") || strstr(sql, " FOR UPDATE");
    if (strncmp(sql, "WITH", 4) != 0) return true;
    return strstr(sql, "INSERT INTO") || strstr(sql, "UPDATE ") || strstr(sql, "DELETE FROM");
}
