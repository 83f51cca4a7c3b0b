/* The article with its discussion, a thread's own page, the reader's own pending messages. */
#include "view/page_read.h"

#include "view/jsonld.h"
#include "view/page_common.h"
#include "view/page_parts.h"

#include <assert.h>

/* What the two pages share. */
struct setting {
    const struct view_article *article;
    const struct view_form *form;
    const struct view_comment *own;
    size_t own_count;
    bool newest; /* the page on which one's own pending root messages stand */
    const struct view_reactions *reactions;
    int64_t fold_lines;
    struct view_parts *parts; /* the threads, rendered already; NULL: they are rendered with the page */
};

static struct view__comment_setting comment_setting(const struct setting *s, const struct view_thread *thread) {
    return (struct view__comment_setting){.article = s->article,
                                          .level = 3,
                                          .actions = true,
                                          .can_reply = s->form != NULL,
                                          .thread = thread,
                                          .reactions = s->reactions,
                                          .fold_lines = s->fold_lines};
}

static void add_own_replies(struct view__page *p, struct value *replies, const struct setting *s,
                            const struct view_thread *thread) {
    struct view__comment_setting setting = comment_setting(s, thread);
    setting.level = 4;
    for (size_t i = 0; i < s->own_count; i++) {
        if (s->own[i].root != thread->root.number) continue;
        view__set_comment(p, value_list_add_object(replies), &s->own[i], &setting);
    }
}

static void set_thread(struct view__page *p, struct value *item, const struct setting *s,
                       const struct view_thread *thread) {
    struct view__comment_setting setting = comment_setting(s, thread);
    view__set_comment(p, value_set_object(item, S("root")), &thread->root, &setting);
    setting.level = 4;
    struct value *replies = value_set_list(item, S("replies"));
    for (size_t i = 0; i < thread->reply_count; i++) {
        view__set_comment(p, value_list_add_object(replies), &thread->replies[i], &setting);
    }
    add_own_replies(p, replies, s, thread);
    value_set_bool(item, S("has_replies"), value_list_count(replies) > 0 || thread->more_replies > 0);
    value_set_int(item, S("more"), thread->more_replies);
    if (thread->more_replies <= 0) return;
    value_set_string(item, S("more_text"), view__number(p, thread->more_replies));
    value_set_string(item, S("more_href"),
                     address_thread(p->arena, s->article->id, s->article->slug, thread->root.number,
                                    thread->more_page > 0 ? thread->more_page : 2));
}

static void add_thread(struct view__page *p, struct value *threads, const struct setting *s,
                       const struct view_thread *thread) {
    struct value *item = value_list_add_object(threads);
    value_set_null(item, S("rendered"));
    set_thread(p, item, s, thread);
}

/* --- Threads that are rendered apart ----------------------------------------------------------------------------------- */

static void note_int(struct buf *b, int64_t n) { buf_add(b, slice_make(&n, sizeof n)); }

static void note_slice(struct buf *b, slice s) {
    note_int(b, (int64_t)s.n);
    buf_add(b, s);
}

/* What a thread's bytes are made from is written down here, all of it: a field that is missing would have an old thread shown.
   Who adds one comes by these lines. */
enum { LP64 = sizeof(void *) == 8 };
static_assert(!LP64 || sizeof(struct view_comment) == 200, "a field more: note it below");
static_assert(!LP64 || sizeof(struct view_thread) == 232, "a field more: note it below");
static_assert(!LP64 || sizeof(struct view_article) == 248, "a field more: is it used for a message?");
static_assert(!LP64 || sizeof(struct view_reactions) == 24, "a field more: note it below");
static_assert(!LP64 || sizeof(struct setting) == 64, "a field more: note it below");
static_assert(!LP64 || sizeof(struct view__comment_setting) == 48, "a field more: is it made from what is noted?");

static void note_comment(struct buf *b, const struct view_comment *c) {
    note_int(b, c->number);
    note_int(b, c->root);
    note_int(b, c->parent);
    note_slice(b, c->parent_name);
    note_int(b,
             (int64_t)c->state << 8 | (int64_t)c->badge << 4 | c->is_own << 2 | c->edited_by_desk << 1 | c->is_picked);
    note_slice(b, c->secret);
    note_slice(b, c->name);
    note_slice(b, c->title);
    note_slice(b, c->language);
    note_slice(b, c->website);
    note_slice(b, c->html.s);
    note_int(b, c->submitted_at);
    note_int(b, c->published_at);
    note_int(b, c->edited_at);
    note_int(b, c->recommendation_count);
}

/* What all threads of the page share. Dates and templates live as long as the program. */
static void note_setting(struct buf *b, const struct view__page *p, const struct setting *s) {
    const struct view_article *a = s->article;
    note_int(b, (int64_t)(uintptr_t)p->context->dates);
    note_int(b, (int64_t)(uintptr_t)p->context->templates);
    note_slice(b, p->context->site->base_url);
    note_slice(b, p->context->site->language);
    note_int(b, a->id);
    note_int(b, (int64_t)a->kind << 1 | a->is_draft);
    note_slice(b, a->slug);
    note_slice(b, a->language);
    note_slice(b, a->headline);
    note_slice(b, a->byline);
    note_int(b, a->published_at);
    note_int(b, (s->form != NULL) << 4 | s->reactions->recommends << 1 | s->reactions->picks);
    note_int(b, s->fold_lines);
}

static void note_thread(struct buf *b, const struct view_thread *thread) {
    note_comment(b, &thread->root);
    for (size_t i = 0; i < thread->reply_count; i++) note_comment(b, &thread->replies[i]);
    note_int(b, thread->more_replies);
    note_int(b, thread->more_page);
}

/* Alone: a thread's template sees its thread and the interface's language, and nothing else of the page. */
static enum status render_thread(const struct view__page *p, const struct setting *s, const struct view_thread *thread,
                                 struct buf *out, struct error *error) {
    struct view__page alone = *p;
    alone.root = value_object(p->arena);
    alone.page = value_set_object(alone.root, S("page"));
    value_set_string(alone.page, S("language"), p->language);
    set_thread(&alone, alone.root, s, thread);
    return view__page_render(&alone, S("part/thread"), out, error);
}

enum { PART_MAX_BYTES = 16 * 1024 * 1024 };

static enum status make_parts(struct view__page *p, const struct view_discussion *d, const struct setting *s,
                              struct view_parts *parts, struct error *error) {
    struct buf input, html;
    enum status status = OK;
    size_t at = 0;
    buf_init(&input, PART_MAX_BYTES);
    buf_init(&html, PART_MAX_BYTES);
    note_setting(&input, p, s);
    size_t shared = input.n;
    for (size_t i = 0; i < d->thread_count && status == OK; i++) {
        const struct view_thread *thread = &d->threads[i];
        input.n = shared;
        note_thread(&input, thread);
        const struct view__part *found = view__parts_find(d->former, thread->root.number, buf_slice(&input), &at);
        if (found) {
            view__parts_share(parts, i, found);
            continue;
        }
        buf_clear(&html);
        status = render_thread(p, s, thread, &html, error);
        if (status == OK) status = input.status;
        const struct view__part made = {thread->root.number, buf_slice(&input), buf_slice(&html),
                                        jsonld__thread_part(p->context, d, thread)};
        if (status == OK) view__parts_add(parts, i, &made);
    }
    buf_fini(&input);
    buf_fini(&html);
    return status;
}

static void add_part(struct value *threads, const struct view__part *part) {
    value_set_html(value_list_add_object(threads), S("rendered"), html_from_stored(part->html));
}

static bool root_is_shown(const struct view_thread *threads, size_t count, int64_t root) {
    for (size_t i = 0; i < count; i++) {
        if (threads[i].root.number == root) return true;
    }
    return false;
}

/* One's own pending messages that no thread of this page takes in: threads of their own. */
static void add_own_threads(struct view__page *p, struct value *list, const struct setting *s,
                            const struct view_thread *threads, size_t thread_count) {
    if (!s->newest) return;
    for (size_t i = 0; i < s->own_count; i++) {
        if (root_is_shown(threads, thread_count, s->own[i].root)) continue;
        struct view__comment_setting setting = comment_setting(s, NULL);
        setting.standalone = true;
        struct value *item = value_list_add_object(list);
        value_set_null(item, S("rendered"));
        view__set_comment(p, value_set_object(item, S("root")), &s->own[i], &setting);
        value_set_bool(item, S("has_replies"), false);
    }
}

static void set_part(struct view__page *p, const struct setting *s, const struct view_charter *charter) {
    view__set_charter(p, charter);
    view__set_form(p, s->form, false);
    value_set_string(p->root, S("closed"), view__text(p, T("This discussion takes no more messages.")));
}

static void set_hooks(struct view__page *p, struct value *discussion, const struct setting *s) {
    const struct view_viewer *viewer = p->context->viewer;
    value_set_string(discussion, S("recommend_token"), s->reactions->recommends ? s->reactions->token : S(""));
    value_set_string(discussion, S("pick_csrf"), s->reactions->picks && viewer ? viewer->csrf : S(""));
    value_set_int(discussion, S("fold_lines"), s->fold_lines);
    value_set_string(discussion, S("own_address"), address_own(p->arena, s->article->id));
    value_set_string(discussion, S("live"),
                     arena_format(p->arena, "%.*s/live", SLICE_FMT(view__article_address(p, s->article))));
    value_set_string(discussion, S("live_script"), view__asset(p, S("live.js")));
    value_set_int(discussion, S("article_id"), s->article->id);
}

static void set_open_graph(struct view__page *p, const struct view_article *article) {
    struct value *og = value_set_object(p->page, S("og"));
    value_set_string(og, S("type"), S("article"));
    value_set_string(og, S("title"), view__title(p, article->language, article->headline));
    value_set_string(og, S("section"), article->section_title);
    value_set_string(og, S("author"), article->byline);
    if (article->published_at != 0)
        value_set_string(og, S("published_iso"), date_iso_utc(p->arena, article->published_at));
    if (article->updated_at > article->published_at) {
        value_set_string(og, S("updated_iso"), date_iso_utc(p->arena, article->updated_at));
    }
    slice image = view__article_image(article);
    if (image.n > 0) {
        value_set_string(og, S("image"), address_absolute(p->arena, p->context->site->base_url, image));
    }
    value_set_string(og, S("card"), image.n > 0 ? S("summary_large_image") : S("summary"));
}

static slice page_address(struct view__page *p, const struct view_discussion *d, int64_t page) {
    const struct view_article *a = d->article;
    switch (d->order) {
    case VIEW_OLDEST_FIRST: return address_article_page(p->arena, a->id, a->slug, page);
    case VIEW_NEWEST_FIRST: return address_newest(p->arena, a->id, a->slug, page);
    case VIEW_MOST_RECOMMENDED: return address_recommended(p->arena, a->id, a->slug, page);
    }
    return S("");
}

static void set_neighbours(struct view__page *p, struct value *pager, slice previous, slice next) {
    value_set_string(pager, S("previous"), previous);
    value_set_string(pager, S("next"), next);
    value_set_string(p->page, S("previous_page"), previous);
    value_set_string(p->page, S("next_page"), next);
}

static void set_pager(struct view__page *p, const struct view_discussion *d) {
    if (d->page_count < 2) return;
    struct value *pager = value_set_object(p->root, S("pager"));
    value_set_string(pager, S("page"), view__number(p, d->page));
    value_set_string(pager, S("count"), view__number(p, d->page_count));
    value_set_bool(pager, S("turned"), d->order == VIEW_NEWEST_FIRST);
    value_set_bool(pager, S("ranked"), d->order == VIEW_MOST_RECOMMENDED);
    set_neighbours(p, pager, d->page > 1 ? page_address(p, d, d->page - 1) : S(""),
                   d->page < d->page_count ? page_address(p, d, d->page + 1) : S(""));
}

static slice at_comments(struct view__page *p, slice address) {
    return arena_format(p->arena, "%.*s#comments", SLICE_FMT(address));
}

static void set_order(struct view__page *p, struct value *discussion, const struct view_discussion *d) {
    const struct view_article *a = d->article;
    bool recommends = d->reactions.recommends && a->comment_count > 0, ranked = d->order == VIEW_MOST_RECOMMENDED;
    value_set_bool(discussion, S("has_order"), d->page_count > 1 || d->thread_count > 1 || recommends);
    value_set_string(discussion, S("from_start"), address_article_page(p->arena, a->id, a->slug, 1));
    value_set_bool(discussion, S("is_start"), d->page == 1 && d->order == VIEW_OLDEST_FIRST);
    value_set_string(discussion, S("newest_first"), at_comments(p, address_newest(p->arena, a->id, a->slug, 0)));
    value_set_bool(discussion, S("turned"), d->order == VIEW_NEWEST_FIRST);
    value_set_string(discussion, S("most_recommended"),
                     recommends ? at_comments(p, address_recommended(p->arena, a->id, a->slug, 0)) : S(""));
    value_set_bool(discussion, S("ranked"), ranked);
    value_set_bool(discussion, S("own_first"), d->order != VIEW_OLDEST_FIRST);
    value_set_bool(discussion, S("nothing_ranked"), ranked && d->thread_count == 0);
}

static void set_picks(struct view__page *p, struct value *discussion, const struct view_discussion *d) {
    struct value *list = value_set_list(discussion, S("picks"));
    value_set_bool(discussion, S("has_picks"), d->pick_count > 0);
    for (size_t i = 0; i < d->pick_count; i++) {
        const struct view__comment_setting setting = {
            .article = d->article, .level = 4, .standalone = true, .fold_lines = d->fold_lines, .pinned = true};
        view__set_comment(p, value_list_add_object(list), &d->picks[i], &setting);
    }
}

static void set_discussion(struct view__page *p, const struct view_discussion *d, const struct setting *s) {
    struct value *discussion = value_set_object(p->root, S("discussion"));
    /* An older page says nothing that later messages change: it stays the same bytes, and cached, for ever. */
    value_set_bool(discussion, S("is_older"), !d->is_article);
    value_set_string(discussion, S("page"), view__number(p, d->page));
    value_set_int(discussion, S("count"), d->article->comment_count);
    value_set_string(discussion, S("count_text"), view__number(p, d->article->comment_count));
    view__page_feeds_comments(p, d->article, discussion);
    set_hooks(p, discussion, s);
    set_order(p, discussion, d);
    set_picks(p, discussion, d);
    set_pager(p, d);
    struct value *threads = value_set_list(discussion, S("threads"));
    bool turned = d->order == VIEW_NEWEST_FIRST;
    bool own_first = d->order != VIEW_OLDEST_FIRST;
    if (own_first) add_own_threads(p, threads, s, d->threads, d->thread_count);
    for (size_t i = 0; i < d->thread_count; i++) {
        size_t index = turned ? d->thread_count - 1 - i : i;
        if (s->parts)
            add_part(threads, view__parts_at(s->parts, index));
        else
            add_thread(p, threads, s, &d->threads[index]);
    }
    if (!own_first) add_own_threads(p, threads, s, d->threads, d->thread_count);
}

static void set_title(struct view__page *p, const struct view_discussion *d) {
    slice headline = view__title(p, d->article->language, d->article->headline);
    if (d->is_article) {
        view__page_title(p, headline);
        return;
    }
    const char *message = d->order == VIEW_MOST_RECOMMENDED ? T("{title}, most recommended comments, page {page}")
                                                            : T("{title}, comments, page {page}");
    const struct catalog_argument arguments[] = {{S("title"), headline}, {S("page"), view__number(p, d->page)}};
    view__page_title(p, catalog_format(p->arena, view__text(p, message), arguments, ARRAY_COUNT(arguments)));
}

static void set_addresses(struct view__page *p, const struct view_discussion *d) {
    const struct view_article *article = d->article;
    bool is_article = d->is_article || d->order == VIEW_MOST_RECOMMENDED;
    view__page_canonical(p, is_article ? view__article_address(p, article)
                                       : address_article_page(p->arena, article->id, article->slug, d->page));
    slice base = p->context->site->base_url;
    if (d->is_article && !article->is_draft && base.n > 0) {
        slice embedded = address_oembed(p->arena, address_absolute(p->arena, base, view__article_address(p, article)));
        value_set_string(p->page, S("oembed"), address_absolute(p->arena, base, embedded));
    }
    view__page_describe(p, view__article_summary(p->arena, article, 200));
    view__page_set_section(p, article->section_slug);
    if (article->is_draft || d->order != VIEW_OLDEST_FIRST) view__page_noindex(p);
}

void view__article_begin(struct view__page *p, const struct view_context *context, const struct view_discussion *page) {
    view__page_begin(p, context);
    set_title(p, page);
    set_addresses(p, page);
    set_open_graph(p, page->article);
    struct value *object = value_set_object(p->root, S("article"));
    view__set_article(p, object, page->article, page->is_article ? VIEW__WHOLE : VIEW__NAMED);
    view__set_related(p, page->related, page->related_count);
    bool reported = page->is_article && !page->article->is_draft;
    value_set_string(object, S("report_href"), reported ? address_article_report(p->arena, page->article->id) : S(""));
}

static void set_whole_discussion(struct view__page *p, const struct view_discussion *page, const struct setting *s) {
    set_discussion(p, page, s);
    set_part(p, s, page->charter);
    value_set_bool(p->root, S("takes_part"), true);
}

static struct setting setting_of(const struct view_discussion *page) {
    bool ranked = page->order == VIEW_MOST_RECOMMENDED;
    return (struct setting){.article = page->article,
                            .form = page->form,
                            .own = page->own,
                            .own_count = page->own_count,
                            .newest = page->page == (ranked ? 1 : page->page_count),
                            .reactions = &page->reactions,
                            .fold_lines = page->fold_lines};
}

enum status view_discussion(const struct view_context *context, const struct view_discussion *page, struct buf *out,
                            struct error *error) {
    const struct view_article *article = page->article;
    struct setting s = setting_of(page);
    struct view__page p;
    view__article_begin(&p, context, page);
    if (page->made) {
        assert(page->own_count == 0 && !context->viewer);
        s.parts = page->thread_count > 0 ? view__parts_new(page->thread_count) : NULL;
        enum status status = s.parts ? make_parts(&p, page, &s, s.parts, error) : OK;
        if (status != OK) {
            view_parts_free(s.parts);
            return status;
        }
        *page->made = s.parts;
    }
    /* A page of the house ('About us') that takes no messages has no discussion to show. */
    bool discussed = page->form || page->thread_count > 0 || article->kind != VIEW_ARTICLE_PAGE;
    if (discussed && !article->is_draft) set_whole_discussion(&p, page, &s);
    value_set_html(p.page, S("json_ld"), jsonld__discussion(context, page, s.parts));
    return view__page_render(&p, S("discussion"), out, error);
}

static void set_thread_pager(struct view__page *p, const struct view_thread_page *t) {
    if (t->page_count < 2) return;
    const struct view_article *a = t->article;
    int64_t root = t->thread->root.number;
    struct value *pager = value_set_object(p->root, S("pager"));
    value_set_string(pager, S("page"), view__number(p, t->page));
    value_set_string(pager, S("count"), view__number(p, t->page_count));
    value_set_bool(pager, S("turned"), false);
    set_neighbours(p, pager, t->page > 1 ? address_thread(p->arena, a->id, a->slug, root, t->page - 1) : S(""),
                   t->page < t->page_count ? address_thread(p->arena, a->id, a->slug, root, t->page + 1) : S(""));
}

static slice thread_title(struct view__page *p, const struct view_thread_page *t) {
    const struct view_comment *root = &t->thread->root;
    slice headline = view__title(p, t->article->language, t->article->headline);
    const struct catalog_argument arguments[] = {
        {S("name"), root->name}, {S("number"), view__decimal(p->arena, root->number)}, {S("title"), headline}};
    const char *message = root->name.n > 0 ? T("Replies to {name} (#{number}) on “{title}”")
                                           : T("Replies to message #{number} on “{title}”");
    return catalog_format(p->arena, view__text(p, message), arguments, ARRAY_COUNT(arguments));
}

enum status view_thread(const struct view_context *context, const struct view_thread_page *page, struct buf *out,
                        struct error *error) {
    const struct view_article *article = page->article;
    const struct setting s = {.article = article,
                              .form = page->form,
                              .own = page->own,
                              .own_count = page->own_count,
                              .reactions = &page->reactions,
                              .fold_lines = page->fold_lines};
    struct view__page p;
    view__page_begin(&p, context);
    view__page_title(&p, thread_title(&p, page));
    view__page_canonical(&p,
                         address_thread(p.arena, article->id, article->slug, page->thread->root.number, page->page));
    view__page_set_section(&p, article->section_slug);
    view__set_article(&p, value_set_object(p.root, S("article")), article, VIEW__NAMED);
    struct value *discussion = value_set_object(p.root, S("discussion"));
    set_hooks(&p, discussion, &s);
    view__page_feeds_comments(&p, article, NULL);
    /* The way back lands on the root message, wherever it stands by now. */
    value_set_string(discussion, S("up"), address_comment(p.arena, page->thread->root.number));
    set_thread_pager(&p, page);
    struct view_thread thread = *page->thread;
    thread.more_replies = 0; /* the pager leads to the others */
    add_thread(&p, value_set_list(discussion, S("threads")), &s, &thread);
    set_part(&p, &s, page->charter);
    value_set_bool(p.root, S("takes_part"), true);
    value_set_html(p.page, S("json_ld"), jsonld_thread(context, page));
    return view__page_render(&p, S("thread"), out, error);
}

enum status view_own(const struct view_context *context, const struct view_article *article,
                     const struct view_comment *own, size_t own_count, struct buf *out, struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    struct value *list = value_set_list(p.root, S("own_messages"));
    for (size_t i = 0; i < own_count; i++) {
        const struct view__comment_setting setting = {
            .article = article, .level = own[i].root == 0 ? 3 : 4, .standalone = own[i].parent != own[i].root};
        view__set_comment(&p, value_list_add_object(list), &own[i], &setting);
    }
    return view__page_render(&p, S("own"), out, error);
}
