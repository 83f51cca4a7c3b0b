/* Posts and pages become articles. */
#include "exchange/wordpress_job.h"

#include "base/utf8.h"
#include "text/excerpt.h"
#include "text/sanitize.h"
#include "text/slug.h"

enum { SECTION_TITLE_CHARS = 80, SECTION_DESCRIPTION_CHARS = 500 };

static bool says(slice text, slice word) { return slice_equal_nocase(slice_trim(text), word); }

static void count_terms(const struct wordpress_job *job, const struct wxr_item *item) {
    int64_t tags = 0, categories = 0, formats = 0;
    for (size_t i = 0; i < item->term_count; i++) {
        slice domain = item->terms[i].domain;
        if (slice_equal(domain, S("category"))) categories++;
        if (slice_equal(domain, S("post_tag")) || slice_equal(domain, S("tag"))) tags++;
        if (slice_equal(domain, S("post_format"))) formats++;
    }
    import_report_add(job->report, REPORT_LEFT, tags, S("tags on articles"));
    import_report_add(job->report, REPORT_LEFT, categories > 1 ? categories - 1 : 0,
                      S("further categories on articles (the first one is the section)"));
    import_report_add(job->report, REPORT_LEFT, formats, S("post formats"));
}

/* What an article of ours has no place for. */
static void count_left(const struct wordpress_job *job, const struct wxr_item *item) {
    struct import_report *report = job->report;
    count_terms(job, item);
    import_report_add(report, REPORT_LEFT, item->has_thumbnail, S("featured images"));
    import_report_add(report, REPORT_LEFT, (int64_t)item->meta_count, S("custom fields"));
    import_report_add(report, REPORT_LEFT, says(item->is_sticky, S("1")), S("marks of sticky posts"));
    slice parent = slice_trim(item->post_parent);
    bool below = parent.n && !slice_equal(parent, S("0"));
    import_report_add(report, REPORT_LEFT, below, S("places of pages below other pages"));
}

/* The kinds of shortcodes that stay as text, by name: what sanitize.h takes for one, "[name …=\"…\"]". */
static void count_shortcodes(const struct wordpress_job *job, slice source) {
    enum { LOOK_AHEAD = 300, NAME_MAX = 40 };
    static const slice known[] = {S_INIT("caption"), S_INIT("wp_caption"), S_INIT("gallery"), S_INIT("playlist"),
                                  S_INIT("embed"),   S_INIT("audio"),      S_INIT("video"),   S_INIT("code")};
    for (size_t at; (at = slice_find_char(source, '[')) != SIZE_MAX;) {
        source = slice_after(source, at + 1);
        slice rest = slice_sub(source, 0, LOOK_AHEAD);
        slice inside = slice_sub(rest, 0, slice_find_char(rest, ']'));
        slice name = slice_sub(inside, 0, slice_find_char(inside, ' '));
        bool is_one = inside.n < rest.n && name.n && name.n < NAME_MAX && name.p[0] >= 'a' && name.p[0] <= 'z' &&
                      slice_contains(inside, S("=\""));
        for (size_t i = 0; i < ARRAY_COUNT(known); i++) is_one = is_one && !slice_equal(name, known[i]);
        if (is_one)
            import_report_add_format(job->report, REPORT_CHANGED, 1, "unknown shortcodes [%.*s], kept as text",
                                     SLICE_FMT(name));
    }
}

/* Cleans the text once more, for the report alone. */
static void count_cleaning(const struct wordpress_job *job, slice source) {
    struct import_report *report = job->report;
    struct sanitize_report cleaned = {0};
    struct html html;
    struct error error;
    if (sanitize_article_html(job->item, source, NULL, &cleaned, &html, &error) != OK) return;
    import_report_add(report, REPORT_LEFT, (int64_t)cleaned.elements_dropped,
                      S("elements with their content (script, iframe, form, audio…)"));
    import_report_add(report, REPORT_LEFT, (int64_t)cleaned.galleries_dropped,
                      S("playlists, and galleries of which no picture is in the file"));
    import_report_add(report, REPORT_LEFT, (int64_t)cleaned.addresses_dropped,
                      S("links and images without a safe address"));
    import_report_add(report, REPORT_LEFT, (int64_t)cleaned.attributes_dropped,
                      S("attributes of elements (style, class, on…)"));
    import_report_add(report, REPORT_CHANGED, (int64_t)cleaned.elements_unwrapped,
                      S("elements of other kinds, of which the text was kept"));
    if (cleaned.shortcodes_kept) count_shortcodes(job, source);
}

/* The post's state here; *why (may stay empty) is what the report says of a change. */
static enum article_state state_of(const struct wordpress_job *job, const struct wxr_item *item, time_ms at,
                                   slice *why) {
    slice status = item->status;
    if (says(status, S("trash"))) return ARTICLE_WITHDRAWN;
    if (says(status, S("draft")) || says(status, S("pending"))) return ARTICLE_DRAFT;
    if (says(status, S("future")) || (says(status, S("publish")) && at > job->now))
        *why = S("scheduled");
    else if (says(status, S("private")))
        *why = S("private");
    else if (item->post_password.n)
        *why = S("protected by a password");
    else if (says(status, S("publish")))
        return ARTICLE_PUBLISHED;
    else
        *why = arena_format(job->item, "of the unknown status '%.*s'", SLICE_FMT(slice_sub(status, 0, 40)));
    return ARTICLE_DRAFT;
}

/* The text of a field that may hold markup, as one line of plain text of at most max characters. */
static enum status plain_line(const struct wordpress_job *job, const struct wxr_item *item, slice html, size_t max,
                              slice what, slice *out, struct error *error) {
    slice plain;
    enum status status = sanitize_plain(job->item, html, 0, &plain, error);
    if (status) return status;
    slice cut = text_excerpt(job->item, plain, max); /* white space collapses, too */
    if (utf8_length(plain) > max)
        import_report_problem(job->report, item->line, item->title, "its %.*s was cut to %zu characters",
                              SLICE_FMT(what), max);
    *out = slice_trim(cut);
    return OK;
}

static slice slug_of(const struct wordpress_job *job, slice old, slice title) {
    old = slice_trim(old);
    if (text_slug_is_valid(old)) return old;
    slice decoded = wordpress__decoded(job->item, old);
    return text_slug(job->item, decoded.n ? decoded : title);
}

static const struct wxr_term *first_category(const struct wxr_item *item) {
    const struct wxr_term *old = NULL; /* WXR 1.0 wrote some without saying what they are */
    for (size_t i = 0; i < item->term_count; i++) {
        const struct wxr_term *term = &item->terms[i];
        if (slice_equal(term->domain, S("category"))) return term;
        if (!old && !term->domain.n && term->name.n) old = term;
    }
    return old;
}

static enum status make_section(struct wordpress_job *job, const struct wxr_term *term, slice slug, section_id *id,
                                struct error *error) {
    struct section section = {.slug = slug, .language = job->language, .moderation = MODERATION_INHERIT};
    enum status status = sanitize_plain(job->item, term->name, SECTION_TITLE_CHARS, &section.title, error);
    if (status) return status;
    section.title = slice_trim(section.title);
    if (!section.title.n) section.title = slug;
    status = sanitize_plain(job->item, term->description, SECTION_DESCRIPTION_CHARS, &section.description, error);
    if (status) return status;
    struct section_list all;
    status = section_list_load(job->db, job->item, &all, error);
    if (status) return status;
    section.position = all.count ? all.items[all.count - 1].position + 1 : 1;
    return section_save(job->db, &section, (account_id){0}, id, error);
}

/* The section of the item's first category: there is one, or it is made. 0 without a category. */
static enum status section_of(struct wordpress_job *job, const struct wxr_item *item, section_id *out,
                              struct error *error) {
    *out = (section_id){0};
    const struct wxr_term *term = first_category(item);
    slice key = term ? slice_trim(term->nicename.n ? term->nicename : term->name) : (slice){0};
    if (!key.n) return OK;
    bool made;
    int64_t *known = table_put(&job->sections, job->own, key, &made);
    if (!made) {
        *out = (section_id){*known};
        return OK;
    }
    slice slug = slug_of(job, key, term->name);
    struct section section;
    enum status status = section_find(job->db, job->item, slug, &section, error);
    if (status == OK) {
        *out = section.id;
        job->report->sections.known++;
    } else if (status == NOT_FOUND) {
        status = make_section(job, term, slug, out, error);
        job->report->sections.made += status == OK;
    }
    if (status == INVALID) { /* the article stands without one */
        import_report_problem(job->report, item->line, item->title, "its section: %s", error->detail);
        status = OK;
    }
    *known = out->v;
    return status;
}

static enum status fill_texts(struct wordpress_job *job, const struct wxr_item *item, struct article *a,
                              struct error *error) {
    enum status status = plain_line(job, item, item->title, ARTICLE_HEADLINE_MAX, S("title"), &a->headline, error);
    if (status == OK)
        status = plain_line(job, item, item->excerpt, ARTICLE_STANDFIRST_MAX, S("excerpt"), &a->standfirst, error);
    slice login = slice_trim(item->creator);
    slice name = item->creator_name;
    if (status == OK)
        status =
            plain_line(job, item, name.n ? name : login, ARTICLE_BYLINE_MAX, S("author's name"), &a->byline, error);
    if (status) return status;
    if (!a->headline.n) {
        a->headline = slice_equal(a->language, S("fr")) ? S("(Sans titre)") : S("(Untitled)");
        import_report_add(job->report, REPORT_CHANGED, 1, S("articles without a title, given one"));
    }
    a->body_format = BODY_HTML; /* as it was; article_prepare cleans it */
    return wordpress__content(job, item, &a->body_source, error);
}

static void fill_dates(struct wordpress_job *job, const struct wxr_item *item, struct article *a) {
    time_ms at, modified;
    bool dated = wordpress__date(job, item->post_date_gmt, item->pub_date, item->post_date, &at);
    if (!dated) {
        at = job->now;
        import_report_problem(job->report, item->line, item->title,
                              "it has no valid date: the time of the import is taken");
    }
    slice why = {0};
    a->state = state_of(job, item, at, &why);
    if (why.n)
        import_report_add_format(job->report, REPORT_CHANGED, 1, "posts and pages %.*s, kept as drafts",
                                 SLICE_FMT(why));
    if (why.n && !says(item->status, S("future")))
        import_report_problem(job->report, item->line, item->title, "%.*s: kept as a draft", SLICE_FMT(why));
    a->published_at = a->state == ARTICLE_DRAFT ? 0 : at;
    a->created_at = at < job->now ? at : job->now;
    if (!wordpress__date(job, item->post_modified_gmt, (slice){0}, item->post_modified, &modified) ||
        modified < a->created_at)
        modified = a->created_at;
    a->updated_at = modified < job->now ? modified : job->now;
}

/* An item that cannot be an article is left out, and said; only a failure of the database stops the import. */
static enum status leave(struct wordpress_job *job, const struct wxr_item *item, const char *why) {
    import_report_problem(job->report, item->line, item->title, "left out: %s", why);
    import_report_add(job->report, REPORT_LEFT, 1, S("posts and pages that could not be read"));
    import_report_add(job->report, REPORT_LEFT, (int64_t)item->comment_count, S("comments on what was left out"));
    return OK;
}

static void count_article(struct wordpress_job *job, const struct import_article *in, bool made) {
    struct import_report *report = job->report;
    struct import_report_kind *kind = in->article.kind == ARTICLE_PAGE ? &report->pages : &report->articles;
    if (!made) {
        kind->known++;
        return;
    }
    kind->made++;
    report->drafts += in->article.state == ARTICLE_DRAFT;
    report->withdrawn += in->article.state == ARTICLE_WITHDRAWN;
    report->addresses += (int64_t)in->old_path_count;
}

static enum status article_add(struct wordpress_job *job, const struct wxr_item *item, bool page, struct error *error) {
    struct import_report_mark mark;
    import_report_mark(job->report, &mark);
    struct import_article in = {.source = job->source, .key = slice_trim(item->post_id)};
    struct article *a = &in.article;
    a->kind = page ? ARTICLE_PAGE : ARTICLE_PLAIN;
    a->language = job->language;
    a->discussion_closed = !says(item->comment_status, S("open"));
    enum status status = fill_texts(job, item, a, error);
    if (status == INVALID || status == LIMIT) return leave(job, item, error->detail);
    if (status == OK) status = section_of(job, item, &a->section, error);
    if (status) return status;
    fill_dates(job, item, a);
    a->slug = slug_of(job, item->post_name, a->headline);
    status = article_prepare(job->item, a, error);
    if (status == INVALID || status == LIMIT) return leave(job, item, error->detail);
    if (status) return status;
    wordpress__old_paths(job, item, &in.old_paths, &in.old_path_count);
    article_id id;
    bool made;
    status = import_article_add(job->db, &in, &id, &made, error);
    if (status) return error_prefix(error, "line %jd", (intmax_t)item->line);
    count_article(job, &in, made);
    if (made) {
        count_left(job, item);
        count_cleaning(job, a->body_source);
    } else {
        import_report_take_back(job->report, &mark);
    }
    return wordpress__comments_add(job, item, id, a->created_at, error);
}

static bool is_draft_of_itself(const struct wxr_item *item) {
    return says(item->status, S("auto-draft")) || says(item->status, S("inherit"));
}

bool wordpress__is_wanted(const struct wxr_item *item) {
    slice type = slice_trim(item->post_type);
    return (slice_equal(type, S("page")) || slice_equal(type, S("post"))) && !is_draft_of_itself(item);
}

enum status wordpress__item_add(struct wordpress_job *job, const struct wxr_item *item, struct error *error) {
    slice type = slice_trim(item->post_type);
    bool page = slice_equal(type, S("page"));
    if (!page && !slice_equal(type, S("post"))) {
        import_report_add_format(job->report, REPORT_LEFT, 1, "items of the type '%.*s'",
                                 SLICE_FMT(slice_sub(type, 0, 60)));
        import_report_add(job->report, REPORT_LEFT, (int64_t)item->comment_count, S("comments on what was left out"));
        return OK;
    }
    if (is_draft_of_itself(item)) {
        import_report_add(job->report, REPORT_LEFT, 1, S("automatic drafts and revisions"));
        return OK;
    }
    int64_t number;
    if (!slice_to_int64(slice_trim(item->post_id), &number) || number <= 0)
        return leave(job, item, "it has no number (wp:post_id)");
    return article_add(job, item, page, error);
}
