#include "text/charset.h"

#include "base/utf8.h"

#include <string.h>
#include <unicode/ucnv.h>

enum { LOOKED_AT = 1024, NAME_MAX_BYTES = 40 };

static const slice UTF8 = S_INIT("utf-8"), WINDOWS = S_INIT("windows-1252");

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static size_t find_nocase(slice s, slice needle) {
    for (size_t i = 0; i + needle.n <= s.n; i++)
        if (slice_starts_nocase(slice_after(s, i), needle)) return i;
    return SIZE_MAX;
}

static bool is_name_char(char c) {
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
}

/* What follows the first "charset=", in quotes or not. Empty: nothing. */
static slice charset_in(slice s) {
    static const slice WORD = S_INIT("charset=");
    size_t at = find_nocase(s, WORD);
    if (at == SIZE_MAX) return S("");
    s = slice_after(s, at + WORD.n);
    if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) s = slice_after(s, 1);
    size_t n = 0;
    while (n < s.n && is_name_char(s.p[n])) n++;
    return slice_sub(s, 0, n);
}

static slice charset_of(slice *bytes, slice content_type) {
    if (slice_starts(*bytes, S("\xEF\xBB\xBF"))) {
        *bytes = slice_after(*bytes, 3);
        return UTF8;
    }
    if (slice_starts(*bytes, S("\xFF\xFE"))) return S("utf-16le");
    if (slice_starts(*bytes, S("\xFE\xFF"))) return S("utf-16be");
    slice said = charset_in(content_type);
    if (!said.n) said = charset_in(slice_sub(*bytes, 0, LOOKED_AT));
    return said;
}

/* ISO 8859-1 and ASCII mean windows-1252 on the web. */
static bool means_windows(slice name) {
    static const slice NAMES[] = {S_INIT("iso-8859-1"), S_INIT("latin1"), S_INIT("us-ascii"), S_INIT("ascii"),
                                  S_INIT("iso8859-1")};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (slice_equal_nocase(name, NAMES[i])) return true;
    return false;
}

static slice convert(struct arena *arena, slice bytes, slice name) {
    char text[NAME_MAX_BYTES + 1];
    UErrorCode code = U_ZERO_ERROR;
    if (name.n > NAME_MAX_BYTES || bytes.n > INT32_MAX / 4) return bytes;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    int32_t capacity = (int32_t)bytes.n * 3 + 16, n = 0;
    char *out = arena_alloc(arena, (size_t)capacity);
    /* The pivot of two converters: any charset that ICU knows into UTF-8. */
    n = ucnv_convert("UTF-8", text, out, capacity, bytes.p, (int32_t)bytes.n, &code);
    if (U_FAILURE(code)) return (slice){NULL, 0};
    return slice_make(out, (size_t)n);
}

/* With U+FFFD for what is no UTF-8. */
static slice repaired(struct arena *arena, slice bytes) {
    struct buf b;
    buf_init(&b, bytes.n * 3 + 3);
    for (size_t at; (at = utf8_find_invalid(bytes)) < bytes.n; bytes = slice_after(bytes, at + 1)) {
        buf_add(&b, slice_sub(bytes, 0, at));
        utf8_add(&b, 0xFFFD);
    }
    buf_add(&b, bytes);
    slice text = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    return text;
}

slice text_to_utf8(struct arena *arena, slice bytes, slice content_type) {
    slice name = charset_of(&bytes, content_type);
    bool valid = utf8_is_valid(bytes);
    if (!name.n) name = valid ? UTF8 : WINDOWS;
    if (means_windows(name)) name = valid ? UTF8 : WINDOWS; /* said by many a server of pages that are UTF-8 */
    if (slice_equal_nocase(name, UTF8) || slice_equal_nocase(name, S("utf8")))
        return valid ? bytes : repaired(arena, bytes);
    slice text = convert(arena, bytes, name);
    if (!text.p) text = valid ? bytes : convert(arena, bytes, WINDOWS);
    return text.p ? text : repaired(arena, bytes);
}
