#include "domain/discussion.h"

#include "domain/comment_row.h"

#include <assert.h>
#include <inttypes.h>

/* What every page of comments needs to know: the article, and what the site shows of what is gone. */
struct reading {
    struct article *article;
    enum removed_display display;
    struct comment_reader reader;
};

static int64_t pages_of(int64_t last_ordinal, int64_t per_page) {
    return last_ordinal > 0 ? (last_ordinal - 1) / per_page + 1 : 1;
}

/* Of the site's row that alone: a page is read often. */
static enum status load_display(struct db *db, enum removed_display *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_REMOVED_DISPLAY);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    bool is_fine = removed_display_parse(db_text_peek(rows, "removed_display"), out);
    return is_fine ? OK : error_set(error, INTERNAL, "the site's policies are damaged");
}

static enum status begin(struct db *db, struct arena *arena, article_id id, bool with_body, struct article *article,
                         struct reading *out, struct error *error) {
    enum status status =
        with_body ? article_get(db, arena, id, article, error) : article_get_brief(db, arena, id, article, error);
    if (status != OK) return status;
    if (article->state != ARTICLE_PUBLISHED)
        return error_set(error, NOT_FOUND, "article %" PRId64 " is not published", id.v);
    enum removed_display display;
    status = load_display(db, &display, error);
    if (status != OK) return status;
    *out = (struct reading){
        .article = article,
        .display = display,
        .reader = {.arena = arena, .article_author = article->author, .article_byline = article->byline},
    };
    return OK;
}

/* Keeps of its replies what is shown, and stubs; counts the published ones that stand elsewhere. */
static void keep_visible(const struct reading *reading, struct thread *thread) {
    size_t kept = 0;
    int64_t published = 0;
    for (size_t i = 0; i < thread->reply_count; i++) {
        struct comment *reply = &thread->replies[i];
        enum comment_presence presence = comment__reply_presence(reply->state, reading->display);
        if (presence == COMMENT_HIDDEN) continue;
        if (presence == COMMENT_STUB)
            comment__blank(reply);
        else
            published++;
        thread->replies[kept++] = *reply;
    }
    thread->reply_count = kept;
    thread->more_replies = thread->root.reply_count - published;
}

static enum status load_roots(struct db *db, const struct reading *reading, int64_t first, int64_t last,
                              struct discussion_page *out, struct error *error) {
    struct comment_list roots;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_ROOTS);
    db_bind_int(rows, "article", reading->article->id.v);
    db_bind_int(rows, "first", first);
    db_bind_int(rows, "last", last);
    enum status status = comment__read_list(rows, &reading->reader, (size_t)(last - first + 1), &roots, error);
    if (status != OK) return status;
    out->threads = ARENA_ARRAY(reading->reader.arena, roots.count ? roots.count : 1, struct thread);
    for (size_t i = 0; i < roots.count; i++) {
        struct comment *root = &roots.items[i];
        enum comment_presence presence = comment__root_presence(root->state, root->reply_count, reading->display);
        if (presence == COMMENT_HIDDEN) continue;
        if (presence == COMMENT_STUB) comment__blank(root);
        out->threads[out->thread_count++].root = *root;
    }
    return OK;
}

static struct thread *find_thread(struct discussion_page *page, size_t from, comment_number root) {
    for (size_t i = from; i < page->thread_count; i++)
        if (page->threads[i].root.number.v == root.v) return &page->threads[i];
    return NULL;
}

/* The replies come thread by thread, in the order of the roots; those of a hidden root are nobody's. */
static void share_replies(const struct reading *reading, struct comment_list *replies, struct discussion_page *page) {
    size_t next_thread = 0;
    for (size_t i = 0, run; i < replies->count; i += run) {
        comment_number root = replies->items[i].root;
        for (run = 1; i + run < replies->count && replies->items[i + run].root.v == root.v;) run++;
        struct thread *thread = find_thread(page, next_thread, root);
        if (!thread) continue;
        next_thread = (size_t)(thread - page->threads) + 1;
        thread->replies = replies->items + i;
        thread->reply_count = run;
    }
    for (size_t i = 0; i < page->thread_count; i++) keep_visible(reading, &page->threads[i]);
}

static enum status load_replies(struct db *db, const struct reading *reading, int64_t first, int64_t last,
                                int64_t replies_shown, struct discussion_page *out, struct error *error) {
    struct comment_list replies = {0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_REPLIES);
    db_bind_int(rows, "article", reading->article->id.v);
    db_bind_int(rows, "first", first);
    db_bind_int(rows, "last", last);
    db_bind_int(rows, "shown", replies_shown);
    size_t most = (size_t)((last - first + 1) * replies_shown);
    enum status status = comment__read_list(rows, &reading->reader, most, &replies, error);
    if (status == OK) share_replies(reading, &replies, out);
    return status;
}

static enum status load_page(struct db *db, struct arena *arena, article_id id, int64_t page, int64_t roots_per_page,
                             int64_t replies_shown, struct discussion_page *out, struct error *error) {
    struct reading reading;
    enum status status = begin(db, arena, id, true, &out->article, &reading, error);
    if (status != OK) return status;
    out->page_count = pages_of(out->article.last_ordinal, roots_per_page);
    out->page = page ? page : out->page_count;
    if (out->page < 1 || out->page > out->page_count)
        return error_set(error, NOT_FOUND, "the discussion has %" PRId64 " pages", out->page_count);
    int64_t last = out->page * roots_per_page, first = last - roots_per_page + 1;
    status = load_roots(db, &reading, first, last, out, error);
    return status == OK ? load_replies(db, &reading, first, last, replies_shown, out, error) : status;
}

enum status discussion_page_load(struct db *db, struct arena *arena, article_id id, int64_t page,
                                 int64_t roots_per_page, int64_t replies_shown, struct discussion_page *out,
                                 struct error *error) {
    assert(roots_per_page > 0 && replies_shown >= 0);
    *out = (struct discussion_page){0};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = load_page(db, arena, id, page, roots_per_page, replies_shown, out, error);
    db_read_end(db);
    return status;
}

/* --- By recommendations ------------------------------------------------------------------------------------------- */

static enum status count_ranked(struct db *db, article_id article, int64_t *count, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_RECOMMENDED_COUNT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "most", DISCUSSION_RANKED);
    enum status status = db_step(rows, error);
    if (status == OK) *count = db_int(rows, "count");
    return status;
}

static enum status load_ranked(struct db *db, const struct reading *reading, int64_t skip, int64_t limit,
                               struct discussion_page *out, struct error *error) {
    struct comment_list roots;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_RECOMMENDED);
    db_bind_int(rows, "article", reading->article->id.v);
    db_bind_int(rows, "skip", skip);
    db_bind_int(rows, "limit", limit);
    enum status status = comment__read_list(rows, &reading->reader, (size_t)limit, &roots, error);
    if (status != OK) return status;
    out->threads = ARENA_ARRAY(reading->reader.arena, roots.count ? roots.count : 1, struct thread);
    for (size_t i = 0; i < roots.count; i++) out->threads[i].root = roots.items[i];
    out->thread_count = roots.count;
    return OK;
}

static enum status load_first_replies(struct db *db, const struct reading *reading, struct thread *thread,
                                      int64_t replies_shown, struct error *error) {
    struct comment_list replies = {0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_THREAD_REPLIES);
    db_bind_int(rows, "article", reading->article->id.v);
    db_bind_int(rows, "root", thread->root.number.v);
    db_bind_int(rows, "first", 1);
    db_bind_int(rows, "last", replies_shown);
    enum status status = comment__read_list(rows, &reading->reader, (size_t)replies_shown, &replies, error);
    if (status != OK) return status;
    thread->replies = replies.items;
    thread->reply_count = replies.count;
    keep_visible(reading, thread);
    return OK;
}

static enum status load_recommended(struct db *db, struct arena *arena, article_id id, int64_t roots_per_page,
                                    int64_t replies_shown, struct discussion_page *out, struct error *error) {
    struct reading reading;
    int64_t ranked = 0;
    enum status status = begin(db, arena, id, true, &out->article, &reading, error);
    if (status == OK) status = count_ranked(db, id, &ranked, error);
    if (status != OK) return status;
    out->page_count = pages_of(ranked, roots_per_page);
    if (out->page < 1 || out->page > out->page_count)
        return error_set(error, NOT_FOUND, "the order has %" PRId64 " pages", out->page_count);
    int64_t skip = (out->page - 1) * roots_per_page, left = DISCUSSION_RANKED - skip;
    status = load_ranked(db, &reading, skip, left < roots_per_page ? left : roots_per_page, out, error);
    for (size_t i = 0; i < out->thread_count && status == OK; i++)
        status = load_first_replies(db, &reading, &out->threads[i], replies_shown, error);
    return status;
}

enum status discussion_recommended_load(struct db *db, struct arena *arena, article_id id, int64_t page,
                                        int64_t roots_per_page, int64_t replies_shown, struct discussion_page *out,
                                        struct error *error) {
    assert(roots_per_page > 0 && replies_shown >= 0);
    *out = (struct discussion_page){.page = page};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = load_recommended(db, arena, id, roots_per_page, replies_shown, out, error);
    db_read_end(db);
    return status;
}

enum status discussion_picks(struct db *db, struct arena *arena, const struct article *article,
                             struct comment_list *out, struct error *error) {
    const struct comment_reader reader = {
        .arena = arena, .article_author = article->author, .article_byline = article->byline};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_PICKS);
    db_bind_int(rows, "article", article->id.v);
    db_bind_int(rows, "limit", DISCUSSION_PICKS);
    return comment__read_list(rows, &reader, DISCUSSION_PICKS, out, error);
}

/* As the desk reads it, which is how the badge comes without the article; without what is the desk's alone. */
static enum status load_root(struct db *db, struct arena *arena, comment_number number, struct comment *out,
                             struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_GET);
    db_bind_int(rows, "number", number.v);
    enum status status = db_step(rows, error);
    if (status == OK) comment__read(rows, &(struct comment_reader){.arena = arena, .desk = true}, out);
    if (status == NOT_FOUND || (status == OK && (out->root.v != 0 || out->ordinal == 0)))
        return error_set(error, NOT_FOUND, "no thread %" PRId64, number.v);
    out->checks = out->fingerprint = (slice){0};
    return status;
}

static enum status load_thread_replies(struct db *db, const struct reading *reading, int64_t replies_per_page,
                                       struct thread_page *out, struct error *error) {
    struct comment_list replies;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_THREAD_REPLIES);
    int64_t last = out->page * replies_per_page;
    db_bind_int(rows, "article", out->thread.root.article.v);
    db_bind_int(rows, "root", out->thread.root.number.v);
    db_bind_int(rows, "first", last - replies_per_page + 1);
    db_bind_int(rows, "last", last);
    enum status status = comment__read_list(rows, &reading->reader, (size_t)replies_per_page, &replies, error);
    if (status != OK) return status;
    out->thread.replies = replies.items;
    out->thread.reply_count = replies.count;
    keep_visible(reading, &out->thread);
    return OK;
}

static enum status load_thread(struct db *db, struct arena *arena, comment_number root, int64_t page,
                               int64_t replies_per_page, struct thread_page *out, struct error *error) {
    struct reading reading;
    struct comment *comment = &out->thread.root;
    enum status status = load_root(db, arena, root, comment, error);
    if (status == OK) status = begin(db, arena, comment->article, false, &out->article, &reading, error);
    if (status != OK) return status;
    enum comment_presence presence = comment__root_presence(comment->state, comment->reply_count, reading.display);
    if (presence == COMMENT_HIDDEN) return error_set(error, NOT_FOUND, "no thread %" PRId64, root.v);
    if (presence == COMMENT_STUB) comment__blank(comment);
    out->page = page;
    out->page_count = pages_of(comment->last_reply_ordinal, replies_per_page);
    if (page < 1 || page > out->page_count)
        return error_set(error, NOT_FOUND, "the thread has %" PRId64 " pages", out->page_count);
    return load_thread_replies(db, &reading, replies_per_page, out, error);
}

enum status thread_page_load(struct db *db, struct arena *arena, comment_number root, int64_t page,
                             int64_t replies_per_page, struct thread_page *out, struct error *error) {
    assert(replies_per_page > 0);
    *out = (struct thread_page){0};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = load_thread(db, arena, root, page, replies_per_page, out, error);
    db_read_end(db);
    return status;
}

static enum status load_latest(struct db *db, struct arena *arena, article_id id, size_t limit, struct article *article,
                               struct comment_list *out, struct error *error) {
    struct reading reading;
    enum status status = begin(db, arena, id, false, article, &reading, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_LATEST);
    db_bind_int(rows, "article", id.v);
    db_bind_int(rows, "limit", (int64_t)limit + 1);
    return comment__read_list(rows, &reading.reader, limit, out, error);
}

enum status discussion_latest(struct db *db, struct arena *arena, article_id id, size_t limit, struct article *article,
                              struct comment_list *out, struct error *error) {
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = load_latest(db, arena, id, limit, article, out, error);
    db_read_end(db);
    return status;
}
