#include "text/picture.h"

#include "base/buf.h"

#include <string.h>

static unsigned big16(slice s, size_t at) {
    return at + 2 <= s.n ? (unsigned)(unsigned char)s.p[at] << 8 | (unsigned char)s.p[at + 1] : 0;
}

static uint32_t big32(slice s, size_t at) {
    return at + 4 <= s.n ? (uint32_t)big16(s, at) << 16 | big16(s, at + 2) : 0;
}

static unsigned little16(slice s, size_t at) {
    return at + 2 <= s.n ? (unsigned)(unsigned char)s.p[at + 1] << 8 | (unsigned char)s.p[at] : 0;
}

static struct picture_size sized(uint32_t width, uint32_t height) {
    bool fits = width > 0 && height > 0 && width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX;
    return fits ? (struct picture_size){(int)width, (int)height} : (struct picture_size){0, 0};
}

/* From marker to marker, until a frame header: SOF0…SOF15 without DHT, JPG and DAC, which stand among them. */
static struct picture_size jpeg_size(slice s) {
    for (size_t at = 2; at + 9 <= s.n;) {
        if ((unsigned char)s.p[at] != 0xFF) break;
        unsigned marker = (unsigned char)s.p[at + 1];
        if (marker == 0xFF) { /* padding */
            at++;
            continue;
        }
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC)
            return sized(big16(s, at + 7), big16(s, at + 5));
        at += 2 + (size_t)big16(s, at + 2);
    }
    return sized(0, 0);
}

static struct picture_size webp_size(slice s) {
    slice form = slice_sub(s, 12, 16);
    if (slice_equal(form, S("VP8 "))) return sized(little16(s, 26) & 0x3FFF, little16(s, 28) & 0x3FFF);
    if (slice_equal(form, S("VP8L")) && s.n >= 25) {
        uint32_t bits = (uint32_t)little16(s, 21) | (uint32_t)little16(s, 23) << 16;
        return sized((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
    }
    if (!slice_equal(form, S("VP8X")) || s.n < 30) return sized(0, 0);
    uint32_t width = little16(s, 24) | (uint32_t)(unsigned char)s.p[26] << 16;
    uint32_t height = little16(s, 27) | (uint32_t)(unsigned char)s.p[29] << 16;
    return sized(width + 1, height + 1);
}

/* The largest of the extents: the others are of thumbnails and tiles. */
static struct picture_size avif_size(slice s) {
    struct picture_size best = {0, 0};
    slice rest = slice_sub(s, 0, 65536);
    for (size_t at; (at = slice_find(rest, S("ispe"))) != SIZE_MAX; rest = slice_after(rest, at + 4)) {
        struct picture_size one = sized(big32(rest, at + 8), big32(rest, at + 12));
        if ((int64_t)one.width * one.height > (int64_t)best.width * best.height) best = one;
    }
    return best;
}

/* A number's whole part; *s behind it and what separates it from the next. false: no number, or in another unit. */
static bool take_number(slice *s, uint32_t *out) {
    uint32_t value = 0;
    size_t i = 0;
    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9' && value <= PICTURE_SIDE_MAX; i++)
        value = value * 10 + (uint32_t)(s->p[i] - '0');
    bool found = i > 0;
    if (i < s->n && s->p[i] == '.')
        for (i++; i < s->n && s->p[i] >= '0' && s->p[i] <= '9';) i++;
    if (slice_starts(slice_after(*s, i), S("px"))) i += 2;
    if (i < s->n && s->p[i] != ' ' && s->p[i] != ',') found = false;
    while (i < s->n && (s->p[i] == ' ' || s->p[i] == ',')) i++;
    *s = slice_after(*s, i);
    *out = value;
    return found;
}

/* In a tag, name with what surrounds it (' width="'). */
static slice attribute_of(slice tag, slice name) {
    size_t at = slice_find(tag, name);
    if (at == SIZE_MAX) return (slice){NULL, 0};
    slice value = slice_after(tag, at + name.n);
    return slice_sub(value, 0, slice_find_char(value, '"'));
}

static struct picture_size svg_size(slice s) {
    size_t at = slice_find(slice_sub(s, 0, 4096), S("<svg"));
    if (at == SIZE_MAX) return sized(0, 0);
    slice tag = slice_after(s, at);
    tag = slice_sub(tag, 0, slice_find_char(tag, '>'));
    slice width = attribute_of(tag, S(" width=\"")), height = attribute_of(tag, S(" height=\""));
    slice box = attribute_of(tag, S(" viewBox=\""));
    uint32_t w = 0, h = 0, left, top;
    if (width.n && height.n && take_number(&width, &w) && take_number(&height, &h)) return sized(w, h);
    bool whole = take_number(&box, &left) && take_number(&box, &top) && take_number(&box, &w) && take_number(&box, &h);
    return whole ? sized(w, h) : sized(0, 0);
}

struct picture_size picture_size(slice s) {
    if (slice_starts(s, S("\x89PNG\r\n\x1A\n"))) return sized(big32(s, 16), big32(s, 20));
    if (slice_starts(s, S("GIF87a")) || slice_starts(s, S("GIF89a"))) return sized(little16(s, 6), little16(s, 8));
    if (slice_starts(s, S("\xFF\xD8"))) return jpeg_size(s);
    if (slice_starts(s, S("RIFF")) && slice_equal(slice_sub(s, 8, 12), S("WEBP"))) return webp_size(s);
    if (slice_equal(slice_sub(s, 4, 8), S("ftyp"))) return avif_size(s);
    return svg_size(s);
}

/* rest: from "<img src=\"" on. Gives how much of it has been written. */
static size_t add_picture(struct arena *arena, slice rest, picture_find_fn find, const void *ctx, struct buf *out) {
    static const slice OPEN = S_INIT("<img src=\"");
    slice src = slice_after(rest, OPEN.n);
    src = slice_sub(src, 0, slice_find_char(src, '"'));
    slice tag = slice_sub(rest, 0, slice_find_char(rest, '>'));
    struct picture picture;
    if (!find(ctx, arena, src, &picture)) {
        buf_add(out, OPEN);
        return OPEN.n;
    }
    buf_add_format(out, "<img src=\"%.*s\"", SLICE_FMT(picture.address));
    bool has_own = attribute_of(tag, S(" width=\"")).p || attribute_of(tag, S(" height=\"")).p;
    if (picture.size.width && !has_own)
        buf_add_format(out, " width=\"%d\" height=\"%d\"", picture.size.width, picture.size.height);
    return OPEN.n + src.n + 1;
}

struct html picture_set_sizes(struct arena *arena, struct html html, picture_find_fn find, const void *ctx) {
    slice rest = html.s;
    size_t at = slice_find(rest, S("<img src=\""));
    if (at == SIZE_MAX) return html;
    struct buf out CLEANUP(buf_fini) = {0};
    buf_init(&out, 4 * html.s.n + 4096);
    for (; at != SIZE_MAX; at = slice_find(rest, S("<img src=\""))) {
        buf_add(&out, slice_sub(rest, 0, at));
        rest = slice_after(rest, at);
        rest = slice_after(rest, add_picture(arena, rest, find, ctx, &out));
    }
    buf_add(&out, rest);
    if (out.status != OK) return html;
    return (struct html){arena_copy(arena, buf_slice(&out))};
}
