#include "exchange/wordpress.h"

#include "exchange/wordpress_job.h"

#include "text/link.h"
#include "text/sanitize.h"

#include <string.h>

/* Ceilings of arenas: of what one text may need while it is cleaned, and of what a whole import remembers. */
enum { SCRATCH_MAX = 1024 * 1024 * 1024, OWN_MAX = 256 * 1024 * 1024, NAME_MAX_CHARS = 80 };

bool wordpress__date(const struct wordpress_job *job, slice gmt, slice rfc822, slice local, time_ms *out) {
    time_ms t;
    if (date_parse_sql(slice_trim(gmt), out)) return true;
    if (date_parse_rfc822(slice_trim(rfc822), out)) return true;
    if (!date_parse_sql(slice_trim(local), &t)) return false;
    /* Read as UTC, then put right by the zone's offset; once more, for the hours next to a change of the offset. */
    const int64_t minute = 60 * 1000;
    time_ms guess = t - date_fields_of(job->zone, t).offset_minutes * minute;
    *out = t - date_fields_of(job->zone, guess).offset_minutes * minute;
    return true;
}

/* The blog's address without its scheme, so that a blog that moved to https is the same blog. */
static slice blog_key(struct arena *arena, slice address) {
    slice host = url_host(address);
    slice path = wordpress__path(address);
    while (slice_ends(path, S("/"))) path.n--;
    struct buf b;
    buf_init(&b, 4096);
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        buf_add_char(&b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    buf_add(&b, path);
    slice key = arena_format(arena, "wordpress:%.*s", SLICE_FMT(buf_slice(&b)));
    buf_fini(&b);
    return key;
}

/* Palabre speaks two languages; an article in another one is set as one in the site's. */
static slice language_of(const struct wordpress_job *job, slice tag) {
    tag = slice_trim(tag);
    if (slice_starts_nocase(tag, S("fr"))) return S("fr");
    if (slice_starts_nocase(tag, S("en"))) return S("en");
    return job->site.language;
}

/* What stands at the head of the file, once it has been read. */
static enum status begin_channel(struct wordpress_job *job, struct error *error) {
    const struct wxr_channel *channel = &job->current->channel;
    slice address = slice_trim(channel->base_blog_url.n ? channel->base_blog_url : channel->link);
    if (!url_is_web(address)) address = (slice){0};
    job->source = blog_key(job->own, address);
    job->blog_host = arena_copy(job->own, url_host(address));
    slice path = wordpress__path(address);
    while (slice_ends(path, S("/"))) path.n--;
    job->blog_path = arena_copy(job->own, path);
    job->language = language_of(job, channel->language);
    slice title;
    enum status status = sanitize_plain(job->own, channel->title, NAME_MAX_CHARS, &title, error);
    if (status) return status;
    job->report->name = arena_copy(job->report->arena, title);
    job->report->address = arena_copy(job->report->arena, slice_sub(address, 0, 200));
    job->report->version = arena_copy(job->report->arena, slice_sub(slice_trim(channel->version), 0, 20));
    return OK;
}

/* Where all comments are new, all are prepared ahead. */
static enum status begin_comments(struct wordpress_job *job, struct error *error) {
    enum status status = begin_channel(job, error);
    if (status == OK) status = import_source_is_new(job->db, job->source, &job->is_new, error);
    if (status == OK) ahead_prepare(job->ahead, job->language, job->is_new);
    return status;
}

/* A pipe cannot be read twice: its galleries go. */
static enum status read_gallery(struct wordpress_job *job, struct error *error) {
    job->gallery_is_read = true;
    if (job->path && !wxr_bytes_total(job->reader)) return OK;
    struct wxr_reader *reader CLEANUP(wxr_close_p) = NULL;
    enum status status =
        job->path ? wxr_open_file(job->path, &reader, error) : wxr_open_memory(job->bytes, &reader, error);
    return status ? status : gallery__read(&job->gallery, reader, error);
}

enum status wordpress__content(struct wordpress_job *job, const struct wxr_item *item, slice *out,
                               struct error *error) {
    *out = item->content;
    if (!gallery__is_in(item->content)) return OK;
    enum status status = job->gallery_is_read ? OK : read_gallery(job, error);
    if (status) return status;
    int64_t made;
    *out = gallery__expand(&job->gallery, job->item, item->content, slice_trim(item->post_id), &made);
    import_report_add(job->report, REPORT_CHANGED, made, S("galleries, made figures"));
    return OK;
}

void wordpress__progress(const struct wordpress_job *job, size_t done, size_t count) {
    if (!job->options->progress) return;
    const struct import_report *r = job->report;
    int64_t read = job->current->bytes_read;
    double part = count ? (double)done / (double)count : 1; /* reading is the smaller half of the work */
    job->options->progress(job->options->progress_ctx, job->item_at + (int64_t)((double)(read - job->item_at) * part),
                           wxr_bytes_total(job->reader),
                           r->articles.made + r->articles.known + r->pages.made + r->pages.known,
                           r->comments.made + r->comments.known);
}

static enum status add_items(struct wordpress_job *job, struct error *error) {
    enum status status;
    while ((status = ahead_next(job->ahead, &job->current, error)) == OK) {
        if (!job->source.p) status = begin_comments(job, error);
        if (status == OK) status = wordpress__item_add(job, &job->current->item, error);
        if (status) return status == NOT_FOUND ? INTERNAL : status;
        wordpress__progress(job, 1, 1);
        job->item_at = job->current->bytes_read;
        arena_reset(job->item);
    }
    if (status == NOT_FOUND && !job->source.p) return begin_channel(job, error); /* a blog without an item */
    return status == NOT_FOUND ? OK : status;
}

static enum status run(struct wordpress_job *job, struct error *error) {
    bool filling = false;
    enum status status = import_begin(job->db, &filling, error);
    if (status) return status;
    status = site_load(job->db, job->own, &job->site, error);
    if (status == OK) status = date_formats_new(job->site.language, job->site.time_zone, &job->zone, error);
    if (status == OK) {
        job->ahead = ahead_new(job->reader, job->options);
        status = add_items(job, error);
        ahead_free(job->ahead);
    }
    if (status == OK && !job->options->dry_run) return import_commit(job->db, filling, error);
    import_rollback(job->db, filling);
    return status;
}

static enum status import(struct wordpress_job *job, struct error *error) {
    job->own = arena_new(OWN_MAX);
    job->item = arena_new(WXR_ARENA_MAX);
    job->scratch = arena_new(SCRATCH_MAX);
    job->now = clock_now();
    enum status status = run(job, error);
    const struct import_report *r = job->report;
    if (r->articles.made + r->pages.made + r->comments.made > 0)
        import_report_add(job->report, REPORT_CHANGED, wxr_controls_dropped(job->reader),
                          S("control characters, left out"));
    date_formats_free(job->zone);
    gallery__fini(&job->gallery);
    table_fini(&job->sections);
    number_set_fini(&job->added);
    arena_free(job->scratch);
    arena_free(job->item);
    arena_free(job->own);
    return status;
}

static void begin_report(struct import_report *out, const struct wordpress_options *options) {
    import_report_init(out);
    out->program = S("WordPress");
    out->dry_run = options->dry_run;
}

enum status wordpress_import(struct db *write, slice file_path, const struct wordpress_options *options,
                             struct import_report *out, struct error *error) {
    begin_report(out, options);
    const char *path = arena_cstring(out->arena, slice_sub(file_path, 0, 4096));
    if (!path) return error_set(error, INVALID, "the file's name holds a NUL");
    struct wxr_reader *reader CLEANUP(wxr_close_p) = NULL;
    enum status status = wxr_open_file(path, &reader, error);
    if (status == OK) {
        struct wordpress_job job = {.db = write, .options = options, .report = out, .reader = reader, .path = path};
        status = import(&job, error);
    }
    if (status) (void)error_prefix(error, "%s", path);
    return status;
}

enum status wordpress_import_memory(struct db *write, slice bytes, const struct wordpress_options *options,
                                    struct import_report *out, struct error *error) {
    begin_report(out, options);
    struct wxr_reader *reader CLEANUP(wxr_close_p) = NULL;
    enum status status = wxr_open_memory(bytes, &reader, error);
    if (status) return status;
    struct wordpress_job job = {.db = write, .options = options, .report = out, .reader = reader, .bytes = bytes};
    return import(&job, error);
}
