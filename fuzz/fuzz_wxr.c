/* A WordPress export, whole: the reader, and every translation an item goes through that needs no database (old
   addresses, dates, galleries, comments to Markdown, cleaning). */
#include "exchange/comment_markdown.h"
#include "exchange/wordpress_job.h"
#include "text/sanitize.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_comment(struct wordpress_job *job, const struct wxr_comment *c) {
    struct error error;
    slice source;
    struct html html;
    time_ms at;
    (void)wordpress__date(job, c->date_gmt, (slice){0}, c->date, &at);
    enum status status = comment_markdown(job->item, c->content, S("fr"), NULL, &source, &html, &error);
    assert(status == OK || status == INVALID || status == LIMIT);
}

static void read_item(struct wordpress_job *job, const struct wxr_item *item) {
    struct error error;
    const slice *paths;
    size_t count;
    time_ms at;
    struct html body;
    struct sanitize_report cleaned = {0};
    wordpress__old_paths(job, item, &paths, &count);
    for (size_t i = 0; i < count; i++) assert(paths[i].n > 1 && paths[i].p[0] == '/');
    (void)wordpress__date(job, item->post_date_gmt, item->pub_date, item->post_date, &at);
    int64_t made;
    slice content = gallery__expand(&job->gallery, job->item, item->content, item->post_id, &made);
    struct sanitize_options options = {.base_address = S("https://blog.example.org/post/")};
    (void)!sanitize_article_html(job->item, content, &options, &cleaned, &body, &error);
    for (size_t i = 0; i < item->comment_count; i++) read_comment(job, &item->comments[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct error error;
    struct wxr_reader *reader CLEANUP(wxr_close_p) = NULL;
    if (wxr_open_memory(slice_make(data, size), &reader, &error) != OK) return 0;
    struct arena *arena CLEANUP(arena_free_p) = arena_new((size_t)1024 * 1024 * 1024);
    struct wordpress_job job = {.item = arena, .blog_path = S("/blog")};
    struct wxr_item item;
    struct wxr_reader *first CLEANUP(wxr_close_p) = NULL;
    enum status status = wxr_open_memory(slice_make(data, size), &first, &error);
    if (status == OK) (void)!gallery__read(&job.gallery, first, &error);
    while ((status = wxr_next(reader, arena, &item, &error)) == OK) {
        read_item(&job, &item);
        arena_reset(arena);
    }
    gallery__fini(&job.gallery);
    assert(status == NOT_FOUND || status == INVALID || status == LIMIT);
    return 0;
}
