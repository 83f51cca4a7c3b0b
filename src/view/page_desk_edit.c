/* The articles' list, and the form of one. */
#include "view/page_desk_edit.h"

#include "view/page_desk_edit_common.h"
#include "view/page_read.h"

static const slice MODERATIONS[] = {
    [VIEW_MODERATION_INHERIT] = S_INIT(""),
    [VIEW_MODERATION_PRE] = S_INIT("pre"),
    [VIEW_MODERATION_POST] = S_INIT("post"),
    [VIEW_MODERATION_CLOSED] = S_INIT("closed"),
};

slice view_moderation_name(enum view_moderation moderation) { return MODERATIONS[moderation]; }

static const char *const STATES[] = {
    [VIEW_ARTICLE_DRAFT] = T("Draft"),
    [VIEW_ARTICLE_PUBLISHED] = T("Published"),
    [VIEW_ARTICLE_WITHDRAWN] = T("Withdrawn"),
};
static const slice SIGNALS[] = {
    [VIEW_ARTICLE_DRAFT] = S_INIT("waiting"),
    [VIEW_ARTICLE_PUBLISHED] = S_INIT("accepted"),
    [VIEW_ARTICLE_WITHDRAWN] = S_INIT("refused"),
};

static slice article_address(const struct view__page *p, int64_t id) {
    return arena_format(p->arena, ADDRESS_DESK "/articles/%lld", (long long)id);
}

void view__edit_set_choices(const struct view__page *p, struct value *object, const char *key,
                            const struct view__choice *choices, size_t count, slice current) {
    struct value *list = value_set_list(object, slice_of(key));
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("value"), choices[i].value);
        value_set_string(item, S("label"), view__text(p, choices[i].label));
        value_set_bool(item, S("chosen"), slice_equal(choices[i].value, current));
    }
}

void view__edit_set_languages(const struct view__page *p, struct value *object, slice current) {
    const struct view_site *site = p->context->site;
    struct value *list = value_set_list(object, S("languages"));
    bool known = current.n == 0;
    for (size_t i = 0; i < site->language_count; i++) {
        bool chosen = slice_equal(site->languages[i].tag, current);
        struct value *item = value_list_add(list);
        value_set_string(item, S("value"), site->languages[i].tag);
        value_set_string(item, S("label"), site->languages[i].name);
        value_set_bool(item, S("chosen"), chosen);
        known = known || chosen;
    }
    if (known) return; /* an imported article may be in a language that the interface does not speak */
    struct value *item = value_list_add(list);
    value_set_string(item, S("value"), current);
    value_set_string(item, S("label"), current);
    value_set_bool(item, S("chosen"), true);
}

/* --- How an article stands ---------------------------------------------------------------------------------------- */

/* Why, or how, messages are taken now. */
static slice discussion_text(const struct view__page *p, const struct view_article_status *s) {
    if (s->discussion_closed) return view__text(p, T("Discussion closed"));
    if (s->effective == VIEW_MODERATION_CLOSED) return view__text(p, T("Discussion closed by the rule above it"));
    if (s->state == VIEW_ARTICLE_PUBLISHED && !s->accepts_comments) return view__text(p, T("Discussion closed by age"));
    if (s->effective == VIEW_MODERATION_POST) return view__text(p, T("Discussion open, read afterwards"));
    return view__text(p, T("Discussion open, read before"));
}

static void set_status(struct view__page *p, struct value *object, const struct view_article_status *s, time_ms now) {
    value_set_string(object, S("state"), view__text(p, STATES[s->state]));
    value_set_string(object, S("signal"), SIGNALS[s->state]);
    value_set_bool(object, S("is_draft"), s->state == VIEW_ARTICLE_DRAFT);
    value_set_bool(object, S("is_published"), s->state == VIEW_ARTICLE_PUBLISHED);
    value_set_bool(object, S("is_withdrawn"), s->state == VIEW_ARTICLE_WITHDRAWN);
    value_set_bool(object, S("discussion_closed"), s->discussion_closed);
    value_set_string(object, S("discussion_text"), discussion_text(p, s));
    value_set_string(object, S("turn_to"), s->discussion_closed ? S("open") : S("closed"));
    value_set_int(object, S("comment_count"), s->comment_count);
    value_set_string(object, S("comment_count_text"), view__number(p, s->comment_count));
    value_set_int(object, S("pending_count"), s->pending_count);
    value_set_string(object, S("pending_count_text"), view__number(p, s->pending_count));
    view__desk_set_time(p, object, "published", s->published_at, now);
    view__desk_set_time(p, object, "changed", s->changed_at, now);
}

static void set_places(struct view__page *p, struct value *object, int64_t id, slice slug) {
    slice address = article_address(p, id);
    value_set_string(object, S("edit_href"), address);
    value_set_string(object, S("preview_href"), arena_format(p->arena, "%.*s/preview", SLICE_FMT(address)));
    value_set_string(object, S("discussion_action"), arena_format(p->arena, "%.*s/discussion", SLICE_FMT(address)));
    value_set_string(object, S("queue_href"), arena_format(p->arena, ADDRESS_DESK "?article=%lld", (long long)id));
    value_set_string(object, S("public_href"), address_article(p->arena, id, slug));
}

static const char *const NOTICES[] = {
    [VIEW_ARTICLE_NOTHING] = "",
    [VIEW_ARTICLE_SAVED] = T("Saved."),
    [VIEW_ARTICLE_PAGE_READ] = T("The page has been read. Please check what the form holds now; nothing is saved yet."),
    [VIEW_ARTICLE_NOW_PUBLISHED] = T("The article is published."),
    [VIEW_ARTICLE_NOW_WITHDRAWN] = T("The article is withdrawn: readers no longer find it."),
    [VIEW_ARTICLE_NOW_DRAFT] = T("The article is a draft again: readers no longer find it."),
    [VIEW_ARTICLE_OPENED] = T("The discussion is open."),
    [VIEW_ARTICLE_CLOSED] = T("The discussion is closed."),
};

static void set_notice(struct view__page *p, enum view_article_notice notice, slice headline) {
    slice text = notice == VIEW_ARTICLE_NOTHING ? S("") : view__text(p, NOTICES[notice]);
    const struct catalog_argument arguments[] = {{S("field"), headline}, {S("problem"), text}};
    if (text.n > 0 && headline.n > 0)
        text = catalog_format(p->arena, view__text(p, T("{field}: {problem}")), arguments, ARRAY_COUNT(arguments));
    value_set_string(p->root, S("notice"), text);
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

static void add_row(struct view__page *p, struct value *list, const struct view_article_row *row, time_ms now) {
    const struct view_article *article = row->article;
    struct value *item = value_list_add(list);
    set_status(p, item, &row->status, now);
    set_places(p, item, article->id, article->slug);
    value_set_int(item, S("id"), article->id);
    value_set_string(item, S("headline"), view__title(p, article->language, article->headline));
    view__set_lang(p, item, article->language);
    value_set_string(item, S("section"), article->section_title);
    value_set_bool(item, S("is_excerpt"), article->kind == VIEW_ARTICLE_EXCERPT);
    value_set_bool(item, S("is_page"), article->kind == VIEW_ARTICLE_PAGE);
}

enum status view_desk_articles(const struct view_context *context, const struct view_desk_articles *page,
                               struct buf *out, struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_ARTICLES, page->here}, T("Articles"));
    set_notice(&p, page->notice, page->notice_headline);
    value_set_string(p.root, S("new_href"), S(ADDRESS_DESK "/articles/new"));
    value_set_string(p.root, S("first_href"), page->is_older ? S(ADDRESS_DESK "/articles") : S(""));
    struct value *rows = value_set_list(p.root, S("rows"));
    for (size_t i = 0; i < page->count; i++) add_row(&p, rows, &page->rows[i], page->now);
    value_set_bool(p.root, S("any"), page->count > 0);
    if (page->more && page->count > 0) {
        const struct view_article_row *last = &page->rows[page->count - 1];
        value_set_string(p.root, S("older_href"),
                         arena_format(p.arena, ADDRESS_DESK "/articles?before=%lld-%lld",
                                      (long long)last->status.changed_at, (long long)last->article->id));
    }
    return view__page_render(&p, S("desk/articles"), out, error);
}

/* --- The form ----------------------------------------------------------------------------------------------------- */

static const struct view__choice KINDS[] = {
    {S_INIT("article"), T("Article")},
    {S_INIT("excerpt"), T("Press excerpt")},
    {S_INIT("page"), T("Page, in no list")},
};
static const struct view__choice ARTICLE_MODERATIONS[] = {
    {S_INIT(""), T("As the section or the site")},
    {S_INIT("pre"), T("Read first, then published")},
    {S_INIT("post"), T("Published at once, read later")},
    {S_INIT("closed"), T("No messages")},
};

static void set_sections(struct view__page *p, struct value *object, slice current) {
    const struct view_site *site = p->context->site;
    struct value *list = value_set_list(object, S("sections"));
    for (size_t i = 0; i < site->section_count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("value"), site->sections[i].slug);
        value_set_string(item, S("label"), site->sections[i].title);
        value_set_bool(item, S("chosen"), slice_equal(site->sections[i].slug, current));
    }
}

void view__edit_set_form(struct view__page *p, const struct view_article_form *form) {
    view__set_problems(p, form->problems, form->problem_count);
    struct value *object = value_set_object(p->root, S("form"));
    value_set_string(object, S("action"), form->id ? article_address(p, form->id) : S(ADDRESS_DESK "/articles/new"));
    value_set_int(object, S("revision"), form->revision);
    value_set_string(object, S("headline"), form->headline);
    value_set_string(object, S("standfirst"), form->standfirst);
    value_set_string(object, S("byline"), form->byline);
    value_set_string(object, S("body"), form->body);
    value_set_string(object, S("section"), form->section);
    value_set_string(object, S("language"), form->language);
    value_set_string(object, S("kind"), form->kind);
    value_set_string(object, S("source_url"), form->source_url);
    value_set_string(object, S("source_site"), form->source_site);
    value_set_string(object, S("source_author"), form->source_author);
    value_set_string(object, S("source_title"), form->source_title);
    value_set_string(object, S("source_date"), form->source_date);
    value_set_string(object, S("related_text"), form->related);
    value_set_string(object, S("proposal"), form->proposal);
    value_set_string(object, S("moderation"), form->moderation);
    value_set_string(object, S("discussion"), form->discussion);
    value_set_string(object, S("was_moderation"), form->was_moderation);
    value_set_string(object, S("was_discussion"), form->was_discussion);
    value_set_string(object, S("send_key"), form->send_key);
    value_set_bool(object, S("closed"), slice_equal(form->discussion, S("closed")));
    value_set_bool(object, S("is_html"), form->is_html);
    bool quotes = slice_equal(form->kind, S("excerpt")) || form->source_url.n > 0;
    value_set_bool(object, S("source_open"), quotes);
    view__edit_set_choices(p, object, "kinds", KINDS, ARRAY_COUNT(KINDS), form->kind);
    view__edit_set_choices(p, object, "moderations", ARTICLE_MODERATIONS, ARRAY_COUNT(ARTICLE_MODERATIONS),
                           form->moderation);
    view__edit_set_languages(p, object, form->language);
    set_sections(p, object, form->section);
}

static slice saved_text(const struct view__page *p, const struct view_article_conflict *c, time_ms now) {
    const struct catalog_argument arguments[] = {{S("name"), c->saved_by},
                                                 {S("when"), view__desk_age(p, c->saved_at, now)}};
    const char *message = c->saved_by.n > 0 ? T("{name} saved this article {when}, while this form was open.")
                                            : T("A colleague saved this article while this form was open.");
    return catalog_format(p->arena, view__text(p, message), arguments, ARRAY_COUNT(arguments));
}

static void set_conflict(struct view__page *p, const struct view_article_conflict *conflict, time_ms now) {
    if (!conflict) {
        value_set_null(p->root, S("conflict"));
        return;
    }
    struct value *object = value_set_object(p->root, S("conflict"));
    value_set_string(object, S("saved"), saved_text(p, conflict, now));
    value_set_string(object, S("headline"), conflict->headline);
    value_set_string(object, S("standfirst"), conflict->standfirst);
    value_set_string(object, S("body"), conflict->body);
}

static void set_revisions(struct view__page *p, const struct view_desk_article *page) {
    struct value *list = value_set_list(p->root, S("revisions"));
    for (size_t i = 0; i < page->revision_count; i++) {
        const struct view_article_revision *revision = &page->revisions[i];
        struct value *item = value_list_add(list);
        value_set_int(item, S("revision"), revision->revision);
        value_set_string(item, S("href"),
                         arena_format(p->arena, ADDRESS_DESK "/articles/%lld/revisions/%lld", (long long)page->form->id,
                                      (long long)revision->revision));
        view__desk_set_time(p, item, "replaced", revision->replaced_at, page->now);
        value_set_string(item, S("by"), revision->replaced_by);
    }
    value_set_bool(p->root, S("has_revisions"), page->revision_count > 0);
}

enum status view_desk_article(const struct view_context *context, const struct view_desk_article *page, struct buf *out,
                              struct error *error) {
    struct view__page p = {.context = context, .arena = context->arena};
    const struct view_article_form *form = page->form;
    slice here = form->id ? article_address(&p, form->id) : S(ADDRESS_DESK "/articles/new");
    const struct view_desk desk = {VIEW_DESK_ARTICLES, here};
    view__desk_begin(&p, context, &desk, form->id ? T("Edit the article") : T("New article"));
    if (form->headline.n > 0) view__page_title(&p, form->headline);
    set_notice(&p, page->notice, S(""));
    view__edit_set_form(&p, form);
    set_conflict(&p, page->conflict, page->now);
    set_revisions(&p, page);
    value_set_string(p.root, S("list_href"), S(ADDRESS_DESK "/articles"));
    view__set_related(&p, page->related, page->related_count);
    value_set_int(p.root, S("from_revision"), page->from_revision);
    if (page->status) {
        struct value *object = value_set_object(p.root, S("status"));
        set_status(&p, object, page->status, page->now);
        set_places(&p, object, form->id, page->slug);
    } else {
        value_set_null(p.root, S("status"));
    }
    return view__page_render(&p, S("desk/article"), out, error);
}

/* --- Preview, and earlier texts ----------------------------------------------------------------------------------- */

enum status view_article_preview(const struct view_context *context, const struct view_article_preview *page,
                                 struct buf *out, struct error *error) {
    struct view_article article = *page->article;
    const struct view_discussion discussion = {.article = &article, .is_article = true, .page = 1, .page_count = 1};
    struct view__page p;
    article.is_draft = false; /* readers will not see the mark */
    view__article_begin(&p, context, &discussion);
    view__page_noindex(&p);
    struct value *preview = value_set_object(p.root, S("preview"));
    value_set_string(preview, S("csrf"), context->viewer->csrf);
    value_set_string(preview, S("back"), article_address(&p, page->id));
    value_set_bool(preview, S("is_published"), page->state == VIEW_ARTICLE_PUBLISHED);
    value_set_bool(preview, S("is_draft"), page->state != VIEW_ARTICLE_PUBLISHED);
    if (page->form)
        view__edit_set_form(&p, page->form);
    else
        value_set_null(p.root, S("form"));
    return view__page_render(&p, S("desk/preview"), out, error);
}

enum status view_desk_revision(const struct view_context *context, const struct view_desk_revision *page,
                               struct buf *out, struct error *error) {
    struct view__page p = {.context = context, .arena = context->arena};
    const struct view_article_revision *revision = &page->revision;
    slice back = article_address(&p, page->id);
    slice here = arena_format(p.arena, "%.*s/revisions/%lld", SLICE_FMT(back), (long long)revision->revision);
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_ARTICLES, here}, T("Earlier text"));
    value_set_string(p.root, S("back"), back);
    value_set_string(p.root, S("restore_href"),
                     arena_format(p.arena, "%.*s?from=%lld", SLICE_FMT(back), (long long)revision->revision));
    value_set_int(p.root, S("revision"), revision->revision);
    view__desk_set_time(&p, p.root, "replaced", revision->replaced_at, page->now);
    value_set_string(p.root, S("by"), revision->replaced_by);
    value_set_string(p.root, S("headline"), page->headline);
    value_set_string(p.root, S("standfirst"), page->standfirst);
    value_set_string(p.root, S("body"), page->body);
    view__set_lang(&p, p.root, page->language);
    return view__page_render(&p, S("desk/revision"), out, error);
}
