/* What the form of an article does: preview, save, publish, withdraw. Nothing typed is ever lost: whatever is wrong, the
   form comes back with what was in it. */
#include "app/desk_edit.h"

#include "app/desk_edit_related.h"
#include "app/desk_edit_routes.h"
#include "app/excerpt.h"
#include "app/map.h"
#include "domain/section.h"

/* What a button does; the names are the form's. */
enum edit_action {
    EDIT_AGAIN,
    EDIT_ACCEPT,
    EDIT_READ,
    EDIT_PREVIEW,
    EDIT_SAVE,
    EDIT_PUBLISH,
    EDIT_WITHDRAW,
    EDIT_DRAFT
};
static const slice ACTIONS[] = {
    [EDIT_AGAIN] = S_INIT("edit"),        [EDIT_ACCEPT] = S_INIT("accept"), [EDIT_READ] = S_INIT("read"),
    [EDIT_PREVIEW] = S_INIT("preview"),   [EDIT_SAVE] = S_INIT("save"),     [EDIT_PUBLISH] = S_INIT("publish"),
    [EDIT_WITHDRAW] = S_INIT("withdraw"), [EDIT_DRAFT] = S_INIT("draft"),
};

struct editing {
    enum edit_action action;
    struct article stored;  /* id 0: new */
    article_id made;        /* by an earlier sending of the same form; 0: none */
    struct article article; /* as typed, then prepared */
    bool has_related;       /* the form has the field */
    struct desk_related_choice related;
    bool keeps_moderation, keeps_discussion; /* this editor did not touch the switch */
    struct desk_edit_page page;
};

/* --- From the form ------------------------------------------------------------------------------------------------ */

static struct view_article_form read_form(struct request *r, const struct article *stored) {
    return (struct view_article_form){.id = stored->id.v,
                                      .revision = request_field_int(r, "revision"),
                                      .headline = request_field(r, "headline"),
                                      .standfirst = request_field(r, "standfirst"),
                                      .byline = request_field(r, "byline"),
                                      .body = request_field(r, "body"),
                                      .section = request_field(r, "section"),
                                      .language = request_field(r, "language"),
                                      .kind = request_field(r, "kind"),
                                      .source_url = request_field(r, "source_url"),
                                      .source_site = request_field(r, "source_site"),
                                      .source_author = request_field(r, "source_author"),
                                      .source_title = request_field(r, "source_title"),
                                      .source_date = request_field(r, "source_date"),
                                      .related = request_field(r, "related"),
                                      .moderation = request_field(r, "moderation"),
                                      .discussion = request_field(r, "discussion"),
                                      .was_moderation = request_field(r, "was_moderation"),
                                      .was_discussion = request_field(r, "was_discussion"),
                                      .send_key = stored->id.v ? S("") : request_field(r, "send_key"),
                                      .is_html = stored->body_format == BODY_HTML};
}

static void read_section(struct request *r, struct editing *e) {
    struct section section;
    struct error error;
    slice slug = e->page.form.section;
    if (!slug.n) return;
    if (section_find(r->db, r->arena, slug, &section, &error) != OK) {
        edit_problem_add(&e->page.problems, VIEW_FIELD_SECTION, VIEW_FAULT_FORM, 0);
        return;
    }
    e->article.section = section.id;
    e->article.section_slug = section.slug;
    e->article.section_title = section.title;
}

/* The day as it was shown means the moment as it was stored. */
static void read_source_date(struct request *r, struct editing *e) {
    slice shown = map_date(r->arena, desk_edit_dates(r), e->stored.source_date);
    if (slice_equal(slice_trim(e->page.form.source_date), shown))
        e->article.source_date = e->stored.source_date;
    else if (!map_date_parse(r->arena, e->page.form.source_date, &e->article.source_date))
        edit_problem_add(&e->page.problems, VIEW_FIELD_SOURCE_DATE, VIEW_FAULT_FORM, 0);
}

static void read_switches(struct request *r, struct editing *e) {
    const struct view_article_form *f = &e->page.form;
    if (!moderation_parse(f->moderation, &e->article.moderation))
        edit_problem_add(&e->page.problems, VIEW_FIELD_MODERATION, VIEW_FAULT_FORM, 0);
    e->article.discussion_closed = slice_equal(f->discussion, S("closed"));
    e->keeps_moderation = request_has_field(r, "was_moderation") && slice_equal(f->moderation, f->was_moderation);
    e->keeps_discussion = request_has_field(r, "was_discussion") && slice_equal(f->discussion, f->was_discussion);
}

/* Empty lines before the text mean nothing, and a form may have put one there. */
static slice without_first_lines(slice text) {
    while (text.n && (text.p[0] == '\r' || text.p[0] == '\n')) text = slice_after(text, 1);
    return text;
}

static void read_article(struct request *r, struct editing *e) {
    const struct view_article_form *f = &e->page.form;
    struct article *a = &e->article;
    *a = e->stored;
    a->revision = f->revision;
    a->headline = f->headline;
    a->standfirst = f->standfirst;
    a->byline = f->byline;
    a->body_source = without_first_lines(f->body);
    a->language = f->language.n ? f->language : r->site.language;
    a->source_url = f->source_url;
    a->source_site = f->source_site;
    a->source_author = f->source_author;
    a->source_title = f->source_title;
    a->send_key = f->send_key.n == CRYPTO_TOKEN_CHARS ? f->send_key : S("");
    a->section = (section_id){0};
    a->section_slug = a->section_title = S("");
    /* An address that readers know stays; before, it follows the headline. */
    if (!e->stored.published_at) a->slug = S("");
    if (!article_kind_parse(f->kind.n ? f->kind : S("article"), &a->kind))
        edit_problem_add(&e->page.problems, VIEW_FIELD_KIND, VIEW_FAULT_FORM, 0);
    e->has_related = request_has_field(r, "related");
    if (!desk_related_read(f->related, &e->related))
        edit_problem_add(&e->page.problems, VIEW_FIELD_RELATED, VIEW_FAULT_FORM, 0);
    read_section(r, e);
    read_source_date(r, e);
    read_switches(r, e);
}

/* Makes a field that was found wrong right, for the sake of those after it. False: what was wrong is none of these. */
static bool mend(struct article *a, enum view_field field) {
    const struct {
        enum view_field field;
        slice *value, good;
    } fields[] = {{VIEW_FIELD_HEADLINE, &a->headline, S("-")},
                  {VIEW_FIELD_STANDFIRST, &a->standfirst, S("")},
                  {VIEW_FIELD_BYLINE, &a->byline, S("")},
                  {VIEW_FIELD_LANGUAGE, &a->language, S("fr")},
                  {VIEW_FIELD_SOURCE_URL, &a->source_url, S("https://example.org/")},
                  {VIEW_FIELD_SOURCE_SITE, &a->source_site, S("")},
                  {VIEW_FIELD_SOURCE_AUTHOR, &a->source_author, S("")},
                  {VIEW_FIELD_SOURCE_TITLE, &a->source_title, S("")}};
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        if (fields[i].field != field) continue;
        *fields[i].value = fields[i].good;
        return true;
    }
    return false;
}

/* Whatever is wrong is said at once, not one field after the other. */
static void prepare(struct request *r, struct editing *e) {
    struct error error = {OK, ""};
    while (article_prepare(r->arena, &e->article, &error) != OK) {
        struct view_problem problem = edit_problem_of_detail(&error);
        edit_problem_add(&e->page.problems, problem.field, problem.fault, problem.limit);
        if (!mend(&e->article, problem.field)) return;
    }
}

/* --- Writing ------------------------------------------------------------------------------------------------------ */

static bool same_text(const struct article *a, const struct article *b) {
    return slice_equal(a->headline, b->headline) && slice_equal(a->standfirst, b->standfirst) &&
           slice_equal(a->byline, b->byline) && slice_equal(a->body_source, b->body_source) &&
           slice_equal(a->language, b->language) && slice_equal(a->source_url, b->source_url) &&
           slice_equal(a->source_site, b->source_site) && slice_equal(a->source_author, b->source_author) &&
           slice_equal(a->source_title, b->source_title) && a->source_date == b->source_date && a->kind == b->kind &&
           a->section.v == b->section.v && slice_equal(a->body_html, b->body_html);
}

/* A new one. The same form sent twice is one article; with another text, from a page gone back to, it is a second thought
   about that one: CONFLICT, and what was typed comes back upon what stands. */
static enum status make(struct db *db, struct request *r, struct editing *e, struct error *error) {
    struct article now;
    article_id found;
    slice key = e->article.send_key;
    enum status status = key.n ? article_find_sent(db, key, &found, error) : NOT_FOUND;
    if (status == NOT_FOUND) return article_save(db, &e->article, r->account.id, &e->article.id, error);
    if (status == OK) status = article_get(db, r->arena, found, &now, error);
    if (status != OK) return status;
    if (same_text(&e->article, &now)) {
        e->article.id = found;
        return OK;
    }
    e->made = found;
    return error_set(error, CONFLICT, "the form had made an article already");
}

static enum status save(struct db *db, struct request *r, struct editing *e, struct error *error) {
    struct article article = e->article, now;
    account_id by = r->account.id;
    if (!article.id.v) return make(db, r, e, error);
    enum status status = article_get(db, r->arena, article.id, &now, error);
    if (status != OK) return status;
    if (e->keeps_moderation) article.moderation = now.moderation;
    if (e->keeps_discussion) article.discussion_closed = now.discussion_closed;
    if (!same_text(&article, &now)) return article_save(db, &article, by, &article.id, error);
    return article_set_discussion(db, article.id, article.discussion_closed, article.moderation, by, error);
}

static enum status apply_edit(struct db *db, struct request *r, void *data, struct error *error) {
    static const enum article_state TO[] = {
        [EDIT_PUBLISH] = ARTICLE_PUBLISHED, [EDIT_WITHDRAW] = ARTICLE_WITHDRAWN, [EDIT_DRAFT] = ARTICLE_DRAFT};
    struct editing *e = data;
    e->article.id = e->stored.id; /* this may be the second run */
    bool changed;
    enum status status = e->stored.id.v ? desk_related_touch(db, r, e->stored.id, error) : OK;
    if (status == OK) status = save(db, r, e, error);
    if (status == OK && e->has_related)
        status = related_choose(db, e->article.id, e->related.ids, e->related.count, r->account.id, &changed, error);
    if (status == OK && e->action > EDIT_SAVE)
        status = article_set_state(db, e->article.id, TO[e->action], 0, r->account.id, error);
    if (status == OK) request_touch_article(r, e->article.id);
    return status == OK ? desk_related_touch(db, r, e->article.id, error) : status;
}

static void reply_again(struct request *r, struct editing *e, int http_status) {
    struct article *stored = ARENA_NEW(r->arena, struct article);
    struct error error = {OK, ""};
    if (e->stored.id.v && article_get(r->db, r->arena, e->stored.id, stored, &error) == OK) e->page.stored = stored;
    desk_edit_reply(r, &e->page, http_status);
}

/* What was typed, upon what stands now: sent again, it replaces it. */
static void reply_conflict(struct request *r, struct editing *e) {
    struct article now;
    struct error error = {OK, ""};
    if (e->made.v) {
        e->stored.id = e->made;
        e->page.form.id = e->made.v;
    }
    if (article_get(r->db, r->arena, e->stored.id, &now, &error) == OK) e->page.form.revision = now.revision;
    e->page.conflict = true;
    reply_again(r, e, 409);
}

static void after_edit(struct request *r, void *data, enum status status, const struct error *error) {
    static const enum view_article_notice DONE[] = {[EDIT_SAVE] = VIEW_ARTICLE_SAVED,
                                                    [EDIT_PUBLISH] = VIEW_ARTICLE_NOW_PUBLISHED,
                                                    [EDIT_WITHDRAW] = VIEW_ARTICLE_NOW_WITHDRAWN,
                                                    [EDIT_DRAFT] = VIEW_ARTICLE_NOW_DRAFT};
    struct editing *e = data;
    if (status == OK) {
        request_redirect(r, desk_edit_address(r, e->article.id, DONE[e->action]));
    } else if (status == CONFLICT) {
        reply_conflict(r, e);
    } else if (status == INVALID) {
        edit_problem_add_detail(&e->page.problems, error);
        reply_again(r, e, 422);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_ARTICLE, e->page.form.body, S("/moderation/articles"));
    }
}

/* --- Preview ------------------------------------------------------------------------------------------------------ */

/* As readers will see it once it is saved: published now, or corrected now. */
static void reply_preview(struct request *r, struct editing *e) {
    struct error error = {OK, ""};
    struct view_article shown = map_article(&e->article);
    shown.updated_at = clock_now();
    if (!shown.published_at) shown.published_at = shown.updated_at;
    struct view_article_preview page = {
        .article = &shown, .state = map_article_status(&e->stored).state, .form = &e->page.form, .id = e->stored.id.v};
    struct buf *body = request_buf(r);
    enum status status = view_article_preview(request_view_in(r, e->article.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* --- The page that an excerpt quotes ------------------------------------------------------------------------------- */

static void fill(slice *field, slice text) {
    if (text.n) *field = text;
}

/* What describes the page is what the page says; what the editor wrote stays. */
static void fill_form(struct request *r, struct view_article_form *f, const struct excerpt_page *page) {
    const struct quoted_page *quoted = &page->quoted;
    bool is_empty = !without_first_lines(f->body).n;
    size_t language = app_language_find(quoted->language, APP_LANGUAGES);
    f->kind = S("excerpt");
    fill(&f->source_url, page->url);
    fill(&f->source_title, quoted->title);
    fill(&f->source_author, quoted->author);
    fill(&f->source_site, quoted->site);
    if (quoted->date) f->source_date = map_date(r->arena, desk_edit_dates(r), quoted->date);
    if (!slice_trim(f->headline).n) f->headline = quoted->title;
    if (!f->id && is_empty && language < APP_LANGUAGES) f->language = APP_LANGUAGE[language].tag;
    if (is_empty)
        f->body = quoted->markdown;
    else
        f->proposal = quoted->markdown;
}

static void page_read(struct request *r, void *data, const struct excerpt_page *page) {
    struct editing *e = data;
    e->page.problems.count = 0;
    if (page->fault == VIEW_FAULT_NONE) {
        fill_form(r, &e->page.form, page);
        e->page.notice = VIEW_ARTICLE_PAGE_READ;
    } else {
        edit_problem_add(&e->page.problems, VIEW_FIELD_SOURCE_URL, page->fault, page->http_status);
    }
    reply_again(r, e, page->fault == VIEW_FAULT_NONE ? 200 : 422);
}

/* --- The handler -------------------------------------------------------------------------------------------------- */

static enum edit_action action_of(struct request *r) {
    for (size_t i = 0; i < ARRAY_COUNT(ACTIONS); i++)
        if (slice_equal(request_field(r, "action"), ACTIONS[i])) return (enum edit_action)i;
    return EDIT_AGAIN;
}

void desk_article_post(struct request *r) {
    struct editing *e = ARENA_NEW(r->arena, struct editing);
    if (request_number(r, "id") && !desk_edit_load(r, &e->stored)) return;
    if (!e->stored.id.v) e->stored.slug = e->stored.section_slug = e->stored.section_title = S("");
    e->action = action_of(r);
    e->page.form = read_form(r, &e->stored);
    read_article(r, e);
    if (e->action == EDIT_AGAIN || e->action == EDIT_ACCEPT) {
        struct desk_related related;
        if (e->action == EDIT_ACCEPT) {
            desk_related_load(r, e->stored.id, &related);
            e->page.form.related = related.proposed;
        }
        e->page.problems.count = 0;
        reply_again(r, e, 200);
        return;
    }
    if (e->action == EDIT_READ) {
        excerpt_read(r, slice_trim(e->page.form.source_url), page_read, e);
        return;
    }
    prepare(r, e);
    if (e->page.problems.count)
        reply_again(r, e, 422);
    else if (e->action == EDIT_PREVIEW)
        reply_preview(r, e);
    else
        request_write(r, e, apply_edit, after_edit);
}
