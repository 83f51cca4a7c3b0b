#include "http/negotiate.h"

#include "base/attributes.h"
#include "http/head.h"

const char *http_encoding_name(enum http_encoding encoding) {
    static const char *const NAMES[] = {"identity", "gzip", "zstd", "br"};
    return NAMES[encoding];
}

/* A weight in thousandths, RFC 9110 §12.4.2; what is malformed counts as 0: not wanted. */
static int read_weight(slice s) {
    if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.')) {
        return 0;
    }
    int weight = s.p[0] == '1' ? 1000 : 0;
    int unit = 100;
    for (size_t i = 2; i < s.n; i++, unit /= 10) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return 0;
        }
        weight += (s.p[i] - '0') * unit;
    }
    return weight <= 1000 ? weight : 0;
}

/* Takes the next element of an Accept-like header: its value, and its weight. */
static bool next_weighted(slice *rest, slice *value, int *weight) {
    slice element;
    if (!http__list_next(rest, &element)) {
        return false;
    }
    *value = slice_trim(slice_cut(&element, ';'));
    *weight = 1000;
    while (element.p) {
        slice parameter = slice_trim(slice_cut(&element, ';'));
        slice name = slice_trim(slice_cut(&parameter, '='));
        if (slice_equal_nocase(name, S("q"))) {
            *weight = read_weight(slice_trim(parameter));
        }
    }
    return true;
}

enum http_encoding http_encoding_choose(slice header, unsigned available) {
    static const slice NAMES[HTTP_ENCODING_COUNT] = {
        [HTTP_IDENTITY] = S_INIT("identity"),
        [HTTP_GZIP] = S_INIT("gzip"),
        [HTTP_ZSTD] = S_INIT("zstd"),
        [HTTP_BROTLI] = S_INIT("br"),
    };
    enum { UNSET = -1 };
    int weights[HTTP_ENCODING_COUNT] = {UNSET, UNSET, UNSET, UNSET};
    int others = UNSET;
    slice value;
    int weight;
    while (next_weighted(&header, &value, &weight)) {
        for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++) {
            if (value.n == NAMES[i].n && slice_equal_nocase(value, NAMES[i])) {
                weights[i] = weight;
            }
        }
        weights[HTTP_GZIP] = slice_equal_nocase(value, S("x-gzip")) ? weight : weights[HTTP_GZIP];
        others = slice_equal(value, S("*")) ? weight : others;
    }
    int best = HTTP_IDENTITY;
    int most = weights[HTTP_IDENTITY] != UNSET ? weights[HTTP_IDENTITY] : 1; /* acceptable, and liked least */
    for (int i = HTTP_GZIP; i < HTTP_ENCODING_COUNT; i++) {
        int mine = weights[i] != UNSET ? weights[i] : others;
        if (available >> i & 1 && mine > 0 && mine >= most) {
            best = i;
            most = mine;
        }
    }
    return (enum http_encoding)best;
}

static slice without_weakness(slice etag) { return slice_starts(etag, S("W/")) ? slice_after(etag, 2) : etag; }

bool http_etag_matches(slice if_none_match, slice etag) {
    if (slice_equal(if_none_match, etag)) {
        return true; /* one tag, as we gave it: nearly always */
    }
    slice rest = slice_trim(if_none_match);
    if (slice_equal(rest, S("*"))) {
        return true;
    }
    etag = without_weakness(etag);
    /* An entity tag may hold a comma: go by quotes, not by http__list_next. */
    while (rest.n > 0) {
        rest = without_weakness(rest);
        size_t length = slice_starts(rest, S("\"")) ? slice_find_char(slice_after(rest, 1), '"') : SIZE_MAX;
        if (length == SIZE_MAX) {
            return false;
        }
        if (slice_equal(slice_sub(rest, 0, length + 2), etag)) {
            return true;
        }
        rest = slice_trim(slice_after(rest, length + 2));
        if (!slice_starts(rest, S(","))) {
            return false;
        }
        rest = slice_trim(slice_after(rest, 1));
    }
    return false;
}

/* RFC 4647 §3.4: "zh-Hant-TW" is served by "zh-hant", then by "zh". */
static size_t look_up(slice range, const slice *languages, size_t count) {
    while (range.n > 0) {
        for (size_t i = 0; i < count; i++) {
            if (slice_equal_nocase(languages[i], range)) {
                return i;
            }
        }
        while (range.n > 0 && range.p[range.n - 1] != '-') {
            range.n--;
        }
        range.n -= range.n > 0;
    }
    return SIZE_MAX;
}

size_t http_language_choose(slice accept_language, const slice *languages, size_t count, size_t fallback) {
    size_t best = fallback;
    int most = 0;
    slice range;
    int weight;
    while (next_weighted(&accept_language, &range, &weight)) {
        size_t found = slice_equal(range, S("*")) ? fallback : look_up(range, languages, count);
        if (found != SIZE_MAX && weight > most) {
            best = found;
            most = weight;
        }
    }
    return best;
}

bool http_accept_is_json(slice accept) {
    int json = 0;
    int html = 0;
    slice type;
    int weight;
    while (next_weighted(&accept, &type, &weight)) {
        bool is_json =
            slice_equal_nocase(type, S("application/json")) || slice_equal_nocase(type, S("application/problem+json"));
        bool is_html = slice_equal_nocase(type, S("text/html")) || slice_equal_nocase(type, S("application/xhtml+xml"));
        json = is_json && weight > json ? weight : json;
        html = is_html && weight > html ? weight : html;
    }
    return json > html;
}
