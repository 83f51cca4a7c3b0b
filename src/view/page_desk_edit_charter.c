/* The charter's form, and its earlier versions. */
#include "view/page_desk_edit_charter.h"

#include "view/page_desk_edit_common.h"

#define CHARTER ADDRESS_DESK "/charter"

static const struct view__choice SEVERITIES[] = {
    {S_INIT("low"), T("Light")},
    {S_INIT("medium"), T("Serious")},
    {S_INIT("high"), T("Grave")},
};

/* --- What is wrong ------------------------------------------------------------------------------------------------ */

static bool is_of_rule(enum view_field field) { return field != VIEW_FIELD_INTRODUCTION && field != VIEW_FIELD_FORM; }

/* The id of the field: "title_fr_2", "code_2", "introduction_fr". */
static slice field_id(const struct view__page *p, const struct view_charter_problem *problem) {
    slice name = view_field_name(problem->problem.field);
    slice tag = p->context->site->languages[problem->language].tag;
    if (problem->problem.field == VIEW_FIELD_FORM) return S("");
    if (problem->problem.field == VIEW_FIELD_CODE)
        return arena_format(p->arena, "%.*s_%zu", SLICE_FMT(name), problem->rule);
    if (!is_of_rule(problem->problem.field))
        return arena_format(p->arena, "%.*s_%.*s", SLICE_FMT(name), SLICE_FMT(tag));
    return arena_format(p->arena, "%.*s_%.*s_%zu", SLICE_FMT(name), SLICE_FMT(tag), problem->rule);
}

static slice place_text(const struct view__page *p, const struct view_charter_problem *problem, slice text) {
    const struct catalog_argument arguments[] = {{S("number"), view__decimal(p->arena, (int64_t)problem->rule + 1)},
                                                 {S("field"), p->context->site->languages[problem->language].name},
                                                 {S("language"), p->context->site->languages[problem->language].name},
                                                 {S("problem"), text}};
    const char *message =
        is_of_rule(problem->problem.field) ? T("Rule {number}, {language}: {problem}") : T("{field}: {problem}");
    if (problem->problem.field == VIEW_FIELD_FORM) return text;
    return catalog_format(p->arena, view__text(p, message), arguments, ARRAY_COUNT(arguments));
}

static void set_problems(struct view__page *p, const struct view_desk_charter *page) {
    struct value *errors = value_set_object(p->root, S("errors"));
    if (page->problem_count == 0) {
        value_set_null(p->root, S("problems"));
        return;
    }
    struct value *list = value_set_list(value_set_object(p->root, S("problems")), S("list"));
    value_set_string(p->root, S("problems_title"),
                     catalog_get_plural(p->catalog, TN("There is something to mend:", "There are some things to mend:"),
                                        (int64_t)page->problem_count));
    for (size_t i = 0; i < page->problem_count; i++) {
        const struct view_charter_problem *problem = &page->problems[i];
        slice id = field_id(p, problem), text = view__problem_text(p, &problem->problem);
        struct value *item = value_list_add(list);
        value_set_string(item, S("text"), place_text(p, problem, text));
        value_set_string(item, S("href"), id.n > 0 ? arena_format(p->arena, "#field-%.*s", SLICE_FMT(id)) : S(""));
        if (id.n > 0) value_set_string(errors, id, text);
    }
}

/* `wrong` of a field, or null. */
static void set_wrong(const struct view__page *p, struct value *object, const char *key, slice id) {
    const struct value *text = value_get(value_get(p->root, S("errors")), id);
    if (text)
        value_set_string(object, slice_of(key), text->text);
    else
        value_set_null(object, slice_of(key));
}

/* --- The form ----------------------------------------------------------------------------------------------------- */

static void add_text(struct view__page *p, struct value *list, const struct view_charter_text *text, size_t language,
                     size_t rule) {
    const struct view_language *l = &p->context->site->languages[language];
    struct value *item = value_list_add(list);
    slice suffix = arena_format(p->arena, "%.*s_%zu", SLICE_FMT(l->tag), rule);
    value_set_string(item, S("tag"), l->tag);
    value_set_string(item, S("language"), l->name);
    value_set_string(item, S("suffix"), suffix);
    value_set_string(item, S("title"), text->title);
    value_set_string(item, S("text"), text->text);
    value_set_string(item, S("legal_ground"), text->legal_ground);
    set_wrong(p, item, "wrong_title", arena_format(p->arena, "title_%.*s", SLICE_FMT(suffix)));
    set_wrong(p, item, "wrong_text", arena_format(p->arena, "text_%.*s", SLICE_FMT(suffix)));
    set_wrong(p, item, "wrong_legal_ground", arena_format(p->arena, "legal_ground_%.*s", SLICE_FMT(suffix)));
}

/* Where the form is sent by a button that rearranges it: the browser then shows the rule concerned. */
static slice rule_action(const struct view__page *p, size_t number) {
    return arena_format(p->arena, CHARTER "#rule-%zu", number);
}

static void add_rule(struct view__page *p, struct value *list, const struct view_desk_charter *page, size_t i) {
    const struct view_charter_rule *rule = &page->rules[i];
    struct value *item = value_list_add(list);
    value_set_int(item, S("index"), (int64_t)i);
    value_set_int(item, S("number"), (int64_t)i + 1);
    value_set_string(item, S("code"), rule->code);
    set_wrong(p, item, "wrong_code", arena_format(p->arena, "code_%zu", i));
    value_set_string(item, S("up_action"), rule_action(p, i));
    value_set_string(item, S("down_action"), rule_action(p, i + 2));
    value_set_string(item, S("remove_action"), rule_action(p, i + 1 < page->rule_count ? i + 1 : i));
    value_set_bool(item, S("first"), i == 0);
    value_set_bool(item, S("last"), i + 1 == page->rule_count);
    view__edit_set_choices(p, item, "severities", SEVERITIES, ARRAY_COUNT(SEVERITIES), rule->severity);
    struct value *texts = value_set_list(item, S("texts"));
    for (size_t l = 0; l < p->context->site->language_count; l++) add_text(p, texts, &rule->texts[l], l, i);
}

static void set_introductions(struct view__page *p, struct value *object, const struct view_desk_charter *page) {
    const struct view_site *site = p->context->site;
    struct value *list = value_set_list(object, S("introductions"));
    for (size_t l = 0; l < site->language_count; l++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("tag"), site->languages[l].tag);
        value_set_string(item, S("language"), site->languages[l].name);
        value_set_string(item, S("introduction"), page->introductions[l]);
        set_wrong(p, item, "wrong", arena_format(p->arena, "introduction_%.*s", SLICE_FMT(site->languages[l].tag)));
    }
}

static slice version_address(const struct view__page *p, int64_t version) {
    return arena_format(p->arena, CHARTER "/%lld", (long long)version);
}

static void set_versions(struct view__page *p, const struct view_desk_charter *page) {
    struct value *list = value_set_list(p->root, S("versions"));
    for (size_t i = 0; i < page->version_count; i++) {
        const struct view_charter_version *version = &page->versions[i];
        struct value *item = value_list_add(list);
        value_set_int(item, S("version"), version->version);
        value_set_string(item, S("href"), version_address(p, version->version));
        value_set_string(item, S("by"), version->by_name);
        value_set_bool(item, S("current"), i == 0);
        view__desk_set_time(p, item, "created", version->created_at, page->now);
    }
    value_set_bool(p->root, S("has_versions"), page->version_count > 0);
}

enum status view_desk_charter(const struct view_context *context, const struct view_desk_charter *page, struct buf *out,
                              struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_CHARTER, S(CHARTER)}, T("Charter"));
    value_set_string(p.root, S("notice"),
                     page->saved ? view__text(&p, T("Saved as a new version. It holds from now on.")) : S(""));
    value_set_bool(p.root, S("conflict"), page->conflict);
    value_set_bool(p.root, S("changed"), page->changed);
    set_problems(&p, page);
    struct value *object = value_set_object(p.root, S("form"));
    value_set_string(object, S("action"), S(CHARTER));
    value_set_int(object, S("version"), page->version);
    value_set_string(object, S("version_href"), version_address(&p, page->version));
    value_set_string(object, S("add_action"), rule_action(&p, page->rule_count + 1));
    value_set_int(object, S("rule_count"), (int64_t)page->rule_count);
    set_introductions(&p, object, page);
    struct value *rules = value_set_list(object, S("rules"));
    for (size_t i = 0; i < page->rule_count; i++) add_rule(&p, rules, page, i);
    set_versions(&p, page);
    return view__page_render(&p, S("desk/charter"), out, error);
}

/* --- An earlier version ------------------------------------------------------------------------------------------- */

enum status view_desk_charter_version(const struct view_context *context, const struct view_desk_charter_version *page,
                                      struct buf *out, struct error *error) {
    struct view__page p = {.context = context, .arena = context->arena};
    slice here = version_address(&p, page->charter->version);
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_CHARTER, here}, T("Charter"));
    view__set_charter(&p, page->charter);
    value_set_string(p.root, S("back"), S(CHARTER));
    value_set_int(p.root, S("version"), page->charter->version);
    value_set_bool(p.root, S("current"), page->current);
    value_set_string(p.root, S("by"), page->by_name);
    view__desk_set_time(&p, p.root, "created", page->charter->created_at, page->now);
    struct value *list = value_set_list(p.root, S("languages"));
    for (size_t i = 0; i < context->site->language_count; i++) {
        const struct view_language *l = &context->site->languages[i];
        struct value *item = value_list_add(list);
        value_set_string(item, S("tag"), l->tag);
        value_set_string(item, S("name"), l->name);
        value_set_bool(item, S("chosen"), slice_equal(l->tag, page->charter->language));
        value_set_string(item, S("href"),
                         arena_format(p.arena, "%.*s?language=%.*s", SLICE_FMT(here), SLICE_FMT(l->tag)));
    }
    return view__page_render(&p, S("desk/charter-version"), out, error);
}
