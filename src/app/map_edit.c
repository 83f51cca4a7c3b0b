#include "app/map_edit.h"

#include "text/check.h"

void edit_problem_add(struct edit_problems *problems, enum view_field field, enum view_fault fault, int64_t limit) {
    if (problems->count < ARRAY_COUNT(problems->items))
        problems->items[problems->count++] = (struct view_problem){field, fault, limit};
}

/* --- The domain's words ------------------------------------------------------------------------------------------- */

/* Where the domain's name of a field is not the form's. */
static const struct {
    slice name;
    enum view_field field;
} NAMES[] = {{S_INIT("days"), VIEW_FIELD_CLOSE_AFTER_DAYS}};

static enum view_field field_of(slice name) {
    for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++)
        if (slice_equal(NAMES[i].name, name)) return NAMES[i].field;
    for (int i = VIEW_FIELD_FORM + 1; i < VIEW_FIELDS; i++)
        if (slice_equal(view_field_name((enum view_field)i), name)) return (enum view_field)i;
    return VIEW_FIELD_FORM;
}

static const struct {
    enum text_problem problem;
    enum view_fault fault;
} FAULTS[] = {
    {TEXT_EMPTY, VIEW_FAULT_EMPTY},
    {TEXT_INVALID_UTF8, VIEW_FAULT_INVALID_UTF8},
    {TEXT_CONTROL, VIEW_FAULT_CONTROL},
};

static enum view_fault fault_of(slice what, int64_t *limit) {
    slice longer = S("longer than ");
    if (slice_starts(what, longer)) {
        slice rest = slice_after(what, longer.n);
        if (slice_to_int64(slice_cut(&rest, ' '), limit)) return VIEW_FAULT_TOO_LONG;
    }
    if (slice_contains(what, S("control characters"))) return VIEW_FAULT_CONTROL;
    if (slice_contains(what, S("names the page it quotes"))) return VIEW_FAULT_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(FAULTS); i++)
        if (slice_equal(what, slice_of(text_problem_message(FAULTS[i].problem)))) return FAULTS[i].fault;
    return VIEW_FAULT_FORM;
}

struct view_problem edit_problem_of_detail(const struct error *error) {
    slice detail = slice_of(error->detail);
    size_t colon = slice_find(detail, S(": "));
    struct view_problem problem = {VIEW_FIELD_FORM, VIEW_FAULT_FORM, 0};
    if (colon == SIZE_MAX) return problem;
    problem.field = field_of(slice_sub(detail, 0, colon));
    problem.fault = fault_of(slice_after(detail, colon + 2), &problem.limit);
    return problem;
}

void edit_problem_add_detail(struct edit_problems *problems, const struct error *error) {
    struct view_problem problem = edit_problem_of_detail(error);
    edit_problem_add(problems, problem.field, problem.fault, problem.limit);
}

/* --- Articles ----------------------------------------------------------------------------------------------------- */

struct view_article_status map_article_status(const struct article *a) {
    static const enum view_article_state STATES[] = {[ARTICLE_DRAFT] = VIEW_ARTICLE_DRAFT,
                                                     [ARTICLE_PUBLISHED] = VIEW_ARTICLE_PUBLISHED,
                                                     [ARTICLE_WITHDRAWN] = VIEW_ARTICLE_WITHDRAWN};
    static const enum view_moderation MODERATIONS[] = {[MODERATION_INHERIT] = VIEW_MODERATION_INHERIT,
                                                       [MODERATION_PRE] = VIEW_MODERATION_PRE,
                                                       [MODERATION_POST] = VIEW_MODERATION_POST,
                                                       [MODERATION_CLOSED] = VIEW_MODERATION_CLOSED};
    return (struct view_article_status){.state = STATES[a->state],
                                        .effective = MODERATIONS[a->effective],
                                        .discussion_closed = a->discussion_closed,
                                        .accepts_comments = a->accepts_comments,
                                        .comment_count = a->comment_count,
                                        .pending_count = a->pending_count,
                                        .published_at = a->published_at,
                                        .changed_at = a->updated_at};
}

slice map_date(struct arena *arena, const struct date_formats *dates, time_ms t) {
    if (t == 0) return S("");
    struct date_fields f = date_fields_of(dates, t);
    return arena_format(arena, "%04d-%02d-%02d", f.year, f.month, f.day);
}

bool map_date_parse(struct arena *arena, slice text, time_ms *out) {
    slice day = slice_trim(text);
    *out = 0;
    if (day.n == 0) return true;
    return day.n == 10 && date_parse_iso(arena_format(arena, "%.*sT12:00:00Z", SLICE_FMT(day)), out);
}

struct view_article_form map_article_form(struct arena *arena, const struct date_formats *dates,
                                          const struct article *a) {
    slice discussion = a->discussion_closed ? S("closed") : S("open");
    return (struct view_article_form){.id = a->id.v,
                                      .revision = a->revision,
                                      .headline = a->headline,
                                      .standfirst = a->standfirst,
                                      .byline = a->byline,
                                      .body = a->body_source,
                                      .section = a->section_slug,
                                      .language = a->language,
                                      .kind = article_kind_name(a->kind),
                                      .source_url = a->source_url,
                                      .source_site = a->source_site,
                                      .source_author = a->source_author,
                                      .source_title = a->source_title,
                                      .source_date = map_date(arena, dates, a->source_date),
                                      .moderation = moderation_name(a->moderation),
                                      .discussion = discussion,
                                      .was_moderation = moderation_name(a->moderation),
                                      .was_discussion = discussion,
                                      .is_html = a->body_format == BODY_HTML};
}
