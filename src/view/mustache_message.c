#include "view/mustache_message.h"

static enum status fail(const struct scanner *scanner, const struct tag *tag, struct error *error, const char *what) {
    return error_set(error, INVALID, "%.*s:%u: %s", SLICE_FMT(scanner->name), tag->line, what);
}

/* ASCII white space only: no-break spaces are the author's. */
static slice collapse(struct arena *arena, slice raw) {
    raw = slice_trim(raw);
    char *out = arena_alloc(arena, raw.n + 1);
    size_t n = 0;
    bool space = false;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            space = true;
            continue;
        }
        if (space) {
            out[n++] = ' ';
            space = false;
        }
        out[n++] = c;
    }
    return slice_make(out, n);
}

enum status message_read(struct scanner *scanner, struct arena *arena, const struct tag *opening, slice *out,
                         struct error *error) {
    size_t begin = scanner->at;
    struct tag tag;
    bool found;
    enum status status;
    while ((status = scanner_next(scanner, &tag, &found, error)) == OK) {
        if (!found) {
            return fail(scanner, opening, error, "a message is not closed");
        }
        if (tag.kind == TAG_CLOSE && slice_equal(tag.content, opening->content)) {
            break;
        }
        bool nested =
            tag.kind == TAG_SECTION && (slice_equal(tag.content, S("t")) || slice_equal(tag.content, S("tn")));
        if (nested || tag.kind == TAG_DELIMITERS) {
            return fail(scanner, &tag, error, "a message cannot hold another one, nor change the delimiters");
        }
    }
    if (status != OK) {
        return status;
    }
    *out = collapse(arena, slice_sub(scanner->source, begin, tag.begin));
    return out->n ? OK : fail(scanner, opening, error, "a message is empty");
}

enum status message_split(const struct scanner *scanner, slice text, const struct tag *opening,
                          struct plural_message *out, struct error *error) {
    slice parts[3] = {0};
    size_t count = 0;
    size_t from = 0;
    for (size_t i = 0; i <= text.n; i++) {
        slice rest = slice_after(text, i);
        if (slice_starts(rest, scanner->open)) {
            size_t close = slice_find(rest, scanner->close);
            i += close == SIZE_MAX ? 0 : close;
        } else if (i == text.n || text.p[i] == '|') {
            if (count == 3) {
                return fail(scanner, opening, error, "a plural message has too many '|'");
            }
            parts[count++] = slice_trim(slice_sub(text, from, i));
            from = i + 1;
        }
    }
    if (count != 3 || !parts[0].n || !parts[1].n || !parts[2].n) {
        return fail(scanner, opening, error, "a plural message is {{#tn}}number | singular | plural{{/tn}}");
    }
    *out = (struct plural_message){parts[0], parts[1], parts[2]};
    return OK;
}
