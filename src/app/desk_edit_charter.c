/* The charter: its form, whose rules are added, moved and taken out without scripts; its earlier versions. */
#include "app/desk_edit_routes.h"
#include "app/map.h"
#include "app/map_edit.h"
#include "text/slug.h"
#include "view/page_desk_edit_charter.h"

enum { PROBLEMS_MAX = 24, CODE_BYTES = 40 };

struct chartering {
    int64_t version; /* the form was made from */
    slice introductions[APP_LANGUAGES];
    struct view_charter_rule rules[CHARTER_RULES_MAX];
    struct view_charter_text (*texts)[APP_LANGUAGES]; /* of the rules */
    size_t count;
    struct view_charter_problem problems[PROBLEMS_MAX];
    size_t problem_count;
    bool conflict, saved, changed;
    struct charter charters[APP_LANGUAGES]; /* to save */
    size_t charter_count;
};

static struct chartering *chartering_new(struct request *r) {
    struct chartering *c = ARENA_NEW(r->arena, struct chartering);
    c->texts = arena_alloc_array(r->arena, CHARTER_RULES_MAX, sizeof *c->texts);
    return c;
}

/* --- The page ----------------------------------------------------------------------------------------------------- */

static void map_versions(struct request *r, struct view_desk_charter *page) {
    struct charter_version_list list;
    struct error error;
    if (charter_version_list_load(r->db, r->arena, &list, &error) != OK) return;
    struct view_charter_version *mapped = ARENA_ARRAY(r->arena, list.count, struct view_charter_version);
    for (size_t i = 0; i < list.count; i++)
        mapped[i] =
            (struct view_charter_version){list.items[i].version, list.items[i].created_at, list.items[i].by_name};
    page->versions = mapped;
    page->version_count = list.count;
}

static void reply(struct request *r, struct chartering *c, int http_status) {
    struct error error = {OK, ""};
    for (size_t i = 0; i < c->count; i++) c->rules[i].texts = c->texts[i];
    struct view_desk_charter page = {.version = c->version,
                                     .introductions = c->introductions,
                                     .rules = c->rules,
                                     .rule_count = c->count,
                                     .problems = c->problems,
                                     .problem_count = c->problem_count,
                                     .conflict = c->conflict,
                                     .saved = c->saved,
                                     .changed = c->changed,
                                     .now = clock_now()};
    map_versions(r, &page);
    struct buf *body = request_buf(r);
    enum status status = view_desk_charter(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* The rule with this code, or a new one at the end. CHARTER_RULES_MAX: there is no more room. */
static size_t place_of(struct chartering *c, slice code) {
    size_t i = 0;
    while (i < c->count && !slice_equal(c->rules[i].code, code)) i++;
    if (i == c->count && i < CHARTER_RULES_MAX) c->rules[c->count++].code = code;
    return i;
}

/* The version in force, in each of the languages it was written in. */
static void load_stored(struct request *r, struct chartering *c) {
    for (size_t l = 0; l < APP_LANGUAGES; l++) {
        struct charter charter;
        struct error error;
        enum status status = charter_load(r->db, r->arena, 0, APP_LANGUAGE[l].tag, &charter, &error);
        if (status != OK || !slice_equal(charter.language, APP_LANGUAGE[l].tag)) continue;
        c->version = charter.version;
        c->introductions[l] = charter.introduction;
        for (size_t i = 0; i < charter.rule_count; i++) {
            const struct charter_rule *rule = &charter.rules[i];
            size_t at = place_of(c, rule->code);
            if (at == CHARTER_RULES_MAX) break;
            c->rules[at].severity = severity_name(rule->severity);
            c->texts[at][l] = (struct view_charter_text){rule->title, rule->text, rule->legal_ground};
        }
    }
}

void desk_charter(struct request *r) {
    struct chartering *c = chartering_new(r);
    load_stored(r, c);
    c->saved = slice_equal(request_field(r, "done"), S("saved"));
    reply(r, c, 200);
}

void desk_charter_version(struct request *r) {
    struct charter charter;
    struct charter_version_list versions;
    struct error error = {OK, ""};
    int64_t version = request_number(r, "version");
    slice language = request_field(r, "language");
    if (!language.n) language = APP_LANGUAGE[r->language].tag;
    enum status status = charter_load(r->db, r->arena, version, language, &charter, &error);
    if (status == OK) status = charter_version_list_load(r->db, r->arena, &versions, &error);
    if (status != OK || version < 1) {
        request_fail_status(r, status == OK ? NOT_FOUND : status, &error, VIEW_ERROR_PAGE, S(""),
                            S("/moderation/charter"));
        return;
    }
    struct view_desk_charter_version page = {
        .charter = map_charter(r->arena, &charter), .current = version == r->site.charter_version, .now = clock_now()};
    for (size_t i = 0; i < versions.count; i++)
        if (versions.items[i].version == version) page.by_name = versions.items[i].by_name;
    struct buf *body = request_buf(r);
    status = view_desk_charter_version(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* --- From the form ------------------------------------------------------------------------------------------------ */

static slice field_at(struct request *r, const char *name, size_t language, size_t rule) {
    slice tag = APP_LANGUAGE[language].tag;
    return request_field(r, arena_format(r->arena, "%s_%.*s_%zu", name, SLICE_FMT(tag), rule).p);
}

static void read_charter(struct request *r, struct chartering *c) {
    int64_t count = request_field_int(r, "rules");
    c->version = request_field_int(r, "version");
    c->count = count < 0 ? 0 : count > CHARTER_RULES_MAX ? CHARTER_RULES_MAX : (size_t)count;
    for (size_t l = 0; l < APP_LANGUAGES; l++)
        c->introductions[l] =
            request_field(r, arena_format(r->arena, "introduction_%.*s", SLICE_FMT(APP_LANGUAGE[l].tag)).p);
    for (size_t i = 0; i < c->count; i++) {
        c->rules[i].code = slice_trim(request_field(r, arena_format(r->arena, "code_%zu", i).p));
        c->rules[i].severity = request_field(r, arena_format(r->arena, "severity_%zu", i).p);
        for (size_t l = 0; l < APP_LANGUAGES; l++)
            c->texts[i][l] = (struct view_charter_text){field_at(r, "title", l, i), field_at(r, "text", l, i),
                                                        field_at(r, "legal_ground", l, i)};
    }
}

static void swap(struct chartering *c, size_t a, size_t b) {
    struct view_charter_rule rule = c->rules[a];
    c->rules[a] = c->rules[b];
    c->rules[b] = rule;
    for (size_t l = 0; l < APP_LANGUAGES; l++) {
        struct view_charter_text text = c->texts[a][l];
        c->texts[a][l] = c->texts[b][l];
        c->texts[b][l] = text;
    }
}

static void take_out(struct chartering *c, size_t at) {
    for (size_t i = at; i + 1 < c->count; i++) swap(c, i, i + 1);
    c->count--;
    for (size_t l = 0; l < APP_LANGUAGES; l++) c->texts[c->count][l] = (struct view_charter_text){.title = S("")};
}

static void add_problem(struct chartering *c, struct view_problem problem, size_t language, size_t rule) {
    if (c->problem_count < PROBLEMS_MAX)
        c->problems[c->problem_count++] = (struct view_charter_problem){problem, language, rule};
}

static void add_rule(struct chartering *c) {
    if (c->count == CHARTER_RULES_MAX) {
        add_problem(c, (struct view_problem){VIEW_FIELD_FORM, VIEW_FAULT_FULL, 0}, 0, 0);
        return;
    }
    c->rules[c->count] = (struct view_charter_rule){.code = S(""), .severity = severity_name(SEVERITY_MEDIUM)};
    c->count++;
}

/* "up-3". False: the button means something else. */
static bool rearrange(struct chartering *c, slice action) {
    slice rest = action, verb = slice_cut(&rest, '-');
    int64_t at = -1;
    bool has_index = rest.p && slice_to_int64(rest, &at) && at >= 0 && (size_t)at < c->count;
    size_t i = has_index ? (size_t)at : 0;
    if (slice_equal(action, S("add"))) {
        add_rule(c);
    } else if (!has_index) {
        return false;
    } else if (slice_equal(verb, S("remove"))) {
        take_out(c, i);
    } else if (slice_equal(verb, S("up"))) {
        if (i > 0) swap(c, i, i - 1);
    } else if (slice_equal(verb, S("down"))) {
        if (i + 1 < c->count) swap(c, i, i + 1);
    } else {
        return false;
    }
    return true;
}

/* --- What is wrong ------------------------------------------------------------------------------------------------ */

/* Whether anything is written in this language. */
static bool is_written(const struct chartering *c, size_t l) {
    bool written = slice_trim(c->introductions[l]).n > 0;
    for (size_t i = 0; i < c->count && !written; i++) {
        const struct view_charter_text *text = &c->texts[i][l];
        written = slice_trim(text->title).n || slice_trim(text->text).n || slice_trim(text->legal_ground).n;
    }
    return written;
}

/* A code made from the first title there is, unlike those of the other rules. */
static slice make_code(struct request *r, const struct chartering *c, size_t at) {
    slice title = S("");
    for (size_t l = 0; l < APP_LANGUAGES && !title.n; l++) title = slice_trim(c->texts[at][l].title);
    slice base = slice_sub(text_slug(r->arena, title), 0, CODE_BYTES - 3), code = base;
    while (slice_ends(base, S("-"))) base.n--;
    code = base;
    for (int n = 2; n < 100; n++) {
        bool taken = false;
        for (size_t i = 0; i < c->count; i++) taken = taken || (i != at && slice_equal(c->rules[i].code, code));
        if (!taken) break;
        code = arena_format(r->arena, "%.*s-%d", SLICE_FMT(base), n);
    }
    return code;
}

static void check_rule(struct request *r, struct chartering *c, size_t l, size_t i, struct charter_rule *rule) {
    struct error error = {OK, ""};
    const struct view_charter_text *text = &c->texts[i][l];
    *rule = (struct charter_rule){
        .code = c->rules[i].code, .title = text->title, .text = text->text, .legal_ground = text->legal_ground};
    if (!severity_parse(c->rules[i].severity, &rule->severity)) rule->severity = SEVERITY_MEDIUM;
    if (charter_check_rule(r->arena, rule, &error) != OK) add_problem(c, edit_problem_of_detail(&error), l, i);
}

static void check_language(struct request *r, struct chartering *c, size_t l) {
    struct error error = {OK, ""};
    struct charter *charter = &c->charters[c->charter_count++];
    *charter = (struct charter){.language = APP_LANGUAGE[l].tag,
                                .introduction = c->introductions[l],
                                .rules = ARENA_ARRAY(r->arena, c->count, struct charter_rule),
                                .rule_count = c->count};
    if (charter_check_introduction(r->arena, &charter->introduction, &error) != OK)
        add_problem(c, edit_problem_of_detail(&error), l, 0);
    for (size_t i = 0; i < c->count; i++) check_rule(r, c, l, i, &charter->rules[i]);
}

static void check_codes(struct request *r, struct chartering *c) {
    for (size_t i = 0; i < c->count; i++)
        if (!c->rules[i].code.n) c->rules[i].code = make_code(r, c, i);
    for (size_t i = 0; i < c->count; i++)
        for (size_t j = 0; j < i; j++)
            if (slice_equal(c->rules[i].code, c->rules[j].code))
                add_problem(c, (struct view_problem){VIEW_FIELD_CODE, VIEW_FAULT_TAKEN, 0}, 0, i);
}

static void check_charter(struct request *r, struct chartering *c) {
    size_t site = app_language_find(r->site.language, APP_LANGUAGE_FR);
    check_codes(r, c);
    for (size_t l = 0; l < APP_LANGUAGES; l++)
        if (l == site || is_written(c, l)) check_language(r, c, l);
    if (!c->count) add_problem(c, (struct view_problem){VIEW_FIELD_FORM, VIEW_FAULT_EMPTY, 0}, 0, 0);
}

/* --- Saving ------------------------------------------------------------------------------------------------------- */

static enum status apply_charter(struct db *db, struct request *r, void *data, struct error *error) {
    struct chartering *c = data;
    struct site site;
    enum status status = site_load(db, r->arena, &site, error);
    if (status != OK) return status;
    if (site.charter_version != c->version)
        return error_set(error, CONFLICT, "the charter was saved by somebody else meanwhile");
    request_touch_site(r);
    return charter_save(db, c->charters, c->charter_count, r->account.id, error);
}

static void after_charter(struct request *r, void *data, enum status status, const struct error *error) {
    struct chartering *c = data;
    if (status == OK) {
        request_redirect(r, S("/moderation/charter?done=saved"));
    } else if (status == CONFLICT) {
        c->conflict = true;
        c->version = r->site.charter_version;
        reply(r, c, 409);
    } else if (status == INVALID) {
        add_problem(c, edit_problem_of_detail(error), 0, 0);
        reply(r, c, 422);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/charter"));
    }
}

void desk_charter_post(struct request *r) {
    struct chartering *c = chartering_new(r);
    read_charter(r, c);
    c->changed = rearrange(c, request_field(r, "action"));
    if (c->changed) {
        reply(r, c, 200);
        return;
    }
    if (!slice_equal(request_field(r, "action"), S("save"))) {
        reply(r, c, 200);
        return;
    }
    check_charter(r, c);
    if (c->problem_count)
        reply(r, c, 422);
    else
        request_write(r, c, apply_charter, after_charter);
}
