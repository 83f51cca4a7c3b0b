#include "domain/article.h"

#include "domain/article_row.h"

#include <inttypes.h>

enum { LIST_MAX = 500, VISIT_ARENA_BYTES = 256 * 1024 };
static const int64_t DAY_MS = 24 * 60 * 60 * 1000;

static const slice KINDS[] = {
    [ARTICLE_PLAIN] = S_INIT("article"),
    [ARTICLE_EXCERPT] = S_INIT("excerpt"),
    [ARTICLE_PAGE] = S_INIT("page"),
};
static const slice STATES[] = {
    [ARTICLE_DRAFT] = S_INIT("draft"),
    [ARTICLE_PUBLISHED] = S_INIT("published"),
    [ARTICLE_WITHDRAWN] = S_INIT("withdrawn"),
};
static const slice FORMATS[] = {
    [BODY_MARKDOWN] = S_INIT("markdown"),
    [BODY_HTML] = S_INIT("html"),
};

static bool find_name(const slice *names, size_t count, slice name, size_t *out) {
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(name, names[i])) continue;
        *out = i;
        return true;
    }
    return false;
}

slice article_kind_name(enum article_kind kind) { return KINDS[kind]; }
slice article_state_name(enum article_state state) { return STATES[state]; }
slice body_format_name(enum body_format format) { return FORMATS[format]; }

bool article_kind_parse(slice name, enum article_kind *out) {
    size_t i;
    if (!find_name(KINDS, ARRAY_COUNT(KINDS), name, &i)) return false;
    *out = (enum article_kind)i;
    return true;
}

bool article_state_parse(slice name, enum article_state *out) {
    size_t i;
    if (!find_name(STATES, ARRAY_COUNT(STATES), name, &i)) return false;
    *out = (enum article_state)i;
    return true;
}

bool body_format_parse(slice name, enum body_format *out) {
    size_t i;
    if (!find_name(FORMATS, ARRAY_COUNT(FORMATS), name, &i)) return false;
    *out = (enum body_format)i;
    return true;
}

/* Policy */

enum moderation article_policy_effective(const struct article_policy *policy) {
    enum moderation holds = policy->of_article;
    if (holds == MODERATION_INHERIT) holds = policy->of_section;
    if (holds == MODERATION_INHERIT) holds = policy->of_site;
    return policy->strict && holds == MODERATION_POST ? MODERATION_PRE : holds;
}

bool article_policy_accepts(const struct article_policy *policy, time_ms now) {
    if (policy->state != ARTICLE_PUBLISHED || policy->discussion_closed) return false;
    if (article_policy_effective(policy) == MODERATION_CLOSED) return false;
    return policy->close_after_days == 0 || now - policy->published_at < policy->close_after_days * DAY_MS;
}

/* Rows */

/* The three moderations, and what stands beside them in every such row. */
static bool read_policy(struct db_rows *rows, enum article_state state, struct article_policy *out) {
    *out = (struct article_policy){
        .strict = db_bool(rows, "strict"),
        .close_after_days = db_int(rows, "close_after_days"),
        .state = state,
        .discussion_closed = db_bool(rows, "discussion_closed"),
        .published_at = db_int(rows, "published_at"),
    };
    return moderation_parse(db_text_peek(rows, "moderation"), &out->of_article) &&
           moderation_parse(db_text_peek(rows, "section_moderation"), &out->of_section) &&
           moderation_parse(db_text_peek(rows, "site_moderation"), &out->of_site);
}

static bool read_policies(struct db_rows *rows, struct article *out) {
    struct article_policy policy;
    if (!read_policy(rows, out->state, &policy)) return false;
    out->moderation = policy.of_article;
    out->effective = article_policy_effective(&policy);
    out->accepts_comments = article_policy_accepts(&policy, clock_now());
    return true;
}

enum status article__read(struct db_rows *rows, struct arena *arena, struct article *out, struct error *error) {
    *out = (struct article){
        .id = {db_int(rows, "id")},
        .section = {db_int(rows, "section_id")},
        .section_slug = db_text(rows, "section_slug", arena),
        .section_title = db_text(rows, "section_title", arena),
        .slug = db_text(rows, "slug", arena),
        .language = db_text(rows, "language", arena),
        .headline = db_text(rows, "headline", arena),
        .standfirst = db_text(rows, "standfirst", arena),
        .byline = db_text(rows, "byline", arena),
        .body_source = db_text(rows, "body_source", arena),
        .body_html = db_text(rows, "body_html", arena),
        .source_url = db_text(rows, "source_url", arena),
        .source_site = db_text(rows, "source_site", arena),
        .source_author = db_text(rows, "source_author", arena),
        .source_title = db_text(rows, "source_title", arena),
        .source_date = db_int(rows, "source_date"),
        .discussion_closed = db_bool(rows, "discussion_closed"),
        .created_at = db_int(rows, "created_at"),
        .published_at = db_int(rows, "published_at"),
        .updated_at = db_int(rows, "updated_at"),
        .author = {db_int(rows, "account_id")},
        .revision = db_int(rows, "revision"),
        .version = db_int(rows, "version"),
        .last_ordinal = db_int(rows, "last_ordinal"),
        .comment_count = db_int(rows, "comment_count"),
        .pending_count = db_int(rows, "pending_count"),
    };
    if (!article_kind_parse(db_text_peek(rows, "kind"), &out->kind) ||
        !article_state_parse(db_text_peek(rows, "state"), &out->state) ||
        !body_format_parse(db_text_peek(rows, "body_format"), &out->body_format) || !read_policies(rows, out))
        return error_set(error, INTERNAL, "article %" PRId64 " is damaged", out->id.v);
    return OK;
}

/* Reading */

static enum status get(struct db *db, struct arena *arena, article_id id, bool body, struct article *out,
                       struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_GET);
    db_bind_int(rows, "id", id.v);
    db_bind_bool(rows, "body", body);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no article %" PRId64, id.v);
    return status == OK ? article__read(rows, arena, out, error) : status;
}

enum status article_get(struct db *db, struct arena *arena, article_id id, struct article *out, struct error *error) {
    return get(db, arena, id, true, out, error);
}

enum status article_admission(struct db *db, struct arena *arena, article_id id, struct article_admission *out,
                              struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_ADMISSION);
    db_bind_int(rows, "id", id.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no article %" PRId64, id.v);
    if (status != OK) return status;
    struct article_policy policy;
    enum article_state state;
    if (!article_state_parse(db_text_peek(rows, "state"), &state) || !read_policy(rows, state, &policy))
        return error_set(error, INTERNAL, "article %" PRId64 " is damaged", id.v);
    *out = (struct article_admission){
        .state = state,
        .language = db_text(rows, "language", arena),
        .effective = article_policy_effective(&policy),
        .accepts_comments = article_policy_accepts(&policy, clock_now()),
        .charter_version = db_int(rows, "charter_version"),
    };
    return OK;
}

enum status article_get_brief(struct db *db, struct arena *arena, article_id id, struct article *out,
                              struct error *error) {
    return get(db, arena, id, false, out, error);
}

enum status article_standing(struct db *db, article_id id, struct article_standing *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_STANDING);
    db_bind_int(rows, "id", id.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no article %" PRId64, id.v);
    if (status != OK) return status;
    *out =
        (struct article_standing){.version = db_int(rows, "version"), .comment_count = db_int(rows, "comment_count")};
    if (article_state_parse(db_text_peek(rows, "state"), &out->state)) return OK;
    return error_set(error, INTERNAL, "article %" PRId64 " is damaged", id.v);
}

static struct db_rows *use_list(struct db *db, const struct article_filter *filter) {
    if (filter->all_states) {
        struct db_rows *rows = db_use(db, DB_ARTICLE_LIST_ALL);
        db_bind_int(rows, "section_id", filter->section.v);
        return rows;
    }
    if (filter->section.v) {
        struct db_rows *rows = db_use(db, DB_ARTICLE_LIST_SECTION);
        db_bind_int(rows, "section_id", filter->section.v);
        return rows;
    }
    return db_use(db, DB_ARTICLE_LIST);
}

/* Reads what the statement gives, at most limit rows; one more row only sets `more`. */
static enum status read_list(struct db_rows *rows, struct arena *arena, size_t limit, struct article_list *out,
                             struct error *error) {
    db_bind_int(rows, "limit", (int64_t)limit + 1);
    struct article_list list = {.items = ARENA_ARRAY(arena, limit, struct article)};
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        list.more = list.count == limit;
        if (list.more) break;
        status = article__read(rows, arena, &list.items[list.count++], error);
        if (status != OK) return status;
    }
    if (status != OK && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status article_list_load(struct db *db, struct arena *arena, const struct article_filter *filter,
                              struct article_list *out, struct error *error) {
    size_t limit = filter->limit < 1 ? 1 : filter->limit > LIST_MAX ? LIST_MAX : filter->limit;
    bool from_newest = filter->before == 0;
    struct db_rows *rows CLEANUP(db_finish_p) = use_list(db, filter);
    db_bind_bool(rows, "body", filter->with_body);
    db_bind_text(rows, "language", filter->language);
    db_bind_int(rows, "before", from_newest ? INT64_MAX : filter->before);
    db_bind_int(rows, "before_id", from_newest ? INT64_MAX : filter->before_id.v);
    db_bind_int(rows, "since", filter->since);
    return read_list(rows, arena, limit, out, error);
}

enum status article_list_pages(struct db *db, struct arena *arena, struct article_list *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_LIST_PAGES);
    db_bind_bool(rows, "body", false);
    return read_list(rows, arena, LIST_MAX, out, error);
}

enum status article_each_moment(struct db *db, enum status (*visit)(void *ctx, time_ms published_at), void *ctx,
                                struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_EACH_MOMENT);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        status = visit(ctx, db_int(rows, "published_at"));
        if (status != OK) return status;
    }
    return status == NOT_FOUND ? OK : status;
}

enum status article_each(struct db *db, enum status (*visit)(void *ctx, const struct article *article), void *ctx,
                         struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(VISIT_ARENA_BYTES);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_EACH);
    db_bind_bool(rows, "body", false);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        struct article article;
        arena_reset(arena);
        status = article__read(rows, arena, &article, error);
        if (status == OK) status = visit(ctx, &article);
        if (status != OK) return status;
    }
    return status == NOT_FOUND ? OK : status;
}

enum status article_first_since(struct db *db, time_ms since, time_ms *published_at, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_ARTICLE_FIRST_SINCE);
    db_bind_int(rows, "since", since);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "nothing was published since");
    if (status != OK) return status;
    *published_at = db_int(rows, "published_at");
    return OK;
}

enum status redirect_find(struct db *db, slice path, article_id *article, comment_number *comment,
                          struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REDIRECT_FIND);
    db_bind_text(rows, "path", path);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "nothing was moved from there");
    if (status != OK) return status;
    article->v = db_int(rows, "article_id");
    comment->v = db_int(rows, "comment_number");
    return OK;
}
