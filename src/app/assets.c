#include "app/assets.h"

#include "app/theme.h"
#include "base/embedded.h"
#include "base/memory.h"
#include "text/picture.h"
#include "view/address.h"

#include <string.h>

enum { HASH_CHARS = 10, ICON_IN_PAGE_BYTES = 640 /* about what a request and the head of its answer cost */ };

struct asset {
    slice name; /* below web/static */
    char hash[HASH_CHARS + 1];
    struct picture_size size;                       /* of a picture */
    struct page *_Atomic forever, *_Atomic checked; /* for the address with the hash, and for the one without */
    struct page
        *plain[2]; /* what they were before they were compressed: somebody may be sending them; freed at the end */
};

struct app_assets {
    struct asset *items;
    size_t count;
    struct buf icon;
};

static slice content_type(slice name) {
    static const struct {
        slice ending, type;
    } TYPES[] = {
        {S_INIT(".css"), S_INIT("text/css; charset=utf-8")},
        {S_INIT(".js"), S_INIT("text/javascript; charset=utf-8")},
        {S_INIT(".svg"), S_INIT("image/svg+xml")},
        {S_INIT(".png"), S_INIT("image/png")},
        {S_INIT(".jpg"), S_INIT("image/jpeg")},
        {S_INIT(".jpeg"), S_INIT("image/jpeg")},
        {S_INIT(".gif"), S_INIT("image/gif")},
        {S_INIT(".webp"), S_INIT("image/webp")},
        {S_INIT(".avif"), S_INIT("image/avif")},
        {S_INIT(".ico"), S_INIT("image/x-icon")},
        {S_INIT(".webmanifest"), S_INIT("application/manifest+json")},
        {S_INIT(".txt"), S_INIT("text/plain; charset=utf-8")},
    };
    for (size_t i = 0; i < ARRAY_COUNT(TYPES); i++)
        if (slice_ends(name, TYPES[i].ending)) return TYPES[i].type;
    return S("application/octet-stream");
}

static const slice FOREVER = S_INIT("public, max-age=31536000, immutable");
static const slice CHECKED = S_INIT("public, max-age=300");

static struct page *make(const struct embedded_file *file, slice name, page_make_head make_head, void *ctx) {
    struct buf body;
    buf_init(&body, file->size);
    buf_add(&body, slice_make(file->data, file->size));
    struct page_source source = {
        .body = &body, .status = 200, .content_type = content_type(name), .effort = PAGE_LATER, .extra = &FOREVER};
    return page_new(&source, make_head, ctx);
}

/* Between double quotes in HTML, and in a URL: what means something in either, and what is not ASCII, is encoded. */
static void add_data_url(struct buf *out, slice svg) {
    static const char MEANS[] = "\"#%&<>\\^`{|}";
    buf_add(out, S("data:image/svg+xml,"));
    for (size_t i = 0; i < svg.n; i++) {
        unsigned char c = (unsigned char)svg.p[i];
        if (c > ' ' && c < 0x7F && !strchr(MEANS, c))
            buf_add_char(out, (char)c);
        else
            buf_add_format(out, "%%%02X", c);
    }
}

static void make_icon(struct app_assets *assets, const struct asset *asset, slice bytes) {
    if (bytes.n <= ICON_IN_PAGE_BYTES)
        add_data_url(&assets->icon, bytes);
    else
        buf_add_format(&assets->icon, "/static/%s/%.*s", asset->hash, SLICE_FMT(asset->name));
}

struct app_assets *assets_new(const struct theme *theme, page_make_head make_head, void *ctx) {
    size_t file_count;
    const struct embedded_file *files = theme_files(theme, &file_count);
    struct app_assets *assets = NEW(struct app_assets);
    assets->items = memory_alloc_array(file_count, sizeof *assets->items);
    buf_init(&assets->icon, ICON_IN_PAGE_BYTES * 4);
    for (size_t i = 0; i < file_count; i++) {
        const struct embedded_file *file = &files[i];
        slice path = slice_of(file->path);
        if (!slice_starts(path, S("static/"))) continue;
        struct asset *asset = &assets->items[assets->count++];
        asset->name = slice_after(path, S("static/").n);
        struct crypto_hash hash = crypto_sha256(slice_make(file->data, file->size));
        struct buf hex;
        buf_init(&hex, HASH_CHARS);
        crypto_add_hex(&hex, slice_make(hash.bytes, HASH_CHARS / 2));
        memcpy(asset->hash, hex.p, HASH_CHARS);
        if (slice_starts(content_type(asset->name), S("image/")))
            asset->size = picture_size(slice_make(file->data, file->size));
        buf_fini(&hex);
        if (slice_equal(asset->name, S("icon.svg"))) make_icon(assets, asset, slice_make(file->data, file->size));
        asset->forever = make(file, asset->name, make_head, ctx);
        asset->checked = page_with_extra(asset->forever, &CHECKED);
    }
    return assets;
}

/* What it replaces is kept: somebody may be sending it. */
static void swap_in(struct page *_Atomic *page, struct page **plain, struct page *with) {
    *plain = *page;
    *page = with;
}

void assets_compress(struct app_assets *assets) {
    for (size_t i = 0; i < assets->count; i++) {
        struct asset *asset = &assets->items[i];
        if (!page_may_gain(asset->forever, PAGE_THOROUGH, 1u << PAGE_BROTLI)) continue;
        /* brotli, which nearly all browsers take, as hard as can be; the others need megabytes for that, and gain less */
        struct page *quick = page_compress(asset->forever, PAGE_NOW, PAGE_COMPRESSED & ~(1u << PAGE_BROTLI));
        swap_in(&asset->forever, &asset->plain[0], page_compress(quick, PAGE_THOROUGH, 1u << PAGE_BROTLI));
        page_unref(quick);
        swap_in(&asset->checked, &asset->plain[1], page_with_extra(asset->forever, &CHECKED));
    }
}

void assets_free(struct app_assets *assets) {
    if (!assets) return;
    for (size_t i = 0; i < assets->count; i++) {
        page_unref(assets->items[i].forever);
        page_unref(assets->items[i].checked);
        page_unref(assets->items[i].plain[0]);
        page_unref(assets->items[i].plain[1]);
    }
    buf_fini(&assets->icon);
    memory_free(assets->items);
    memory_free(assets);
}

static const struct asset *by_name(const struct app_assets *assets, slice name) {
    for (size_t i = 0; i < assets->count; i++)
        if (slice_equal(assets->items[i].name, name)) return &assets->items[i];
    return NULL;
}

slice assets_address(const void *context, struct arena *arena, slice name) {
    const struct asset *asset = by_name(context, name);
    if (!asset) return arena_format(arena, "/static/%.*s", SLICE_FMT(name));
    return address_static(arena, slice_of(asset->hash), name);
}

slice assets_icon(const struct app_assets *assets) { return buf_slice(&assets->icon); }

bool assets_picture(const void *context, struct arena *arena, slice src, struct picture *out) {
    static const slice FOLDER = S_INIT("/static/");
    if (!slice_starts(src, FOLDER)) return false;
    const struct asset *asset = by_name(context, slice_after(src, FOLDER.n));
    if (!asset) return false;
    *out = (struct picture){address_static(arena, slice_of(asset->hash), asset->name), asset->size};
    return true;
}

struct page *assets_find(struct app_assets *assets, slice path, bool *immutable) {
    slice rest = path, first = slice_cut(&rest, '/');
    const struct asset *asset = rest.p ? by_name(assets, rest) : NULL;
    *immutable = asset && slice_equal(first, slice_of(asset->hash));
    if (*immutable) return asset->forever;
    if (!asset || first.n != HASH_CHARS) asset = by_name(assets, path);
    return asset ? asset->checked : NULL; /* a hash of yesterday gives today's file, to be checked again soon */
}
