/* The site's own page: names, policies, and the switch that puts all of it under pre-moderation. */
#include "app/desk_edit_routes.h"
#include "app/map_edit.h"
#include "view/page_desk_edit_site.h"

struct setting {
    struct site site; /* as typed */
    bool strict;
    struct view_desk_site page;
    struct edit_problems problems;
    struct view_site_option options[SITE_OPTION_COUNT];
    bool has_options; /* the form holds them */
    bool wrong_options;
};

static slice address(struct request *r, const char *done) {
    return arena_format(r->arena, "/moderation/site?done=%s", done);
}

static void reply(struct request *r, struct setting *s, int http_status) {
    struct error error = {OK, ""};
    s->page.strict = r->site.strict;
    s->page.problems = s->problems.items;
    s->page.problem_count = s->problems.count;
    s->page.options = s->options;
    s->page.option_count = SITE_OPTION_COUNT;
    struct buf *body = request_buf(r);
    enum status status = view_desk_site(request_view(r), &s->page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* --- The options -------------------------------------------------------------------------------------------------- */

static const struct view_site_option_choice *map_choices(struct request *r, const struct site_option_info *info) {
    struct view_site_option_choice *choices =
        ARENA_ARRAY(r->arena, info->choice_count + 1, struct view_site_option_choice);
    for (size_t i = 0; i < info->choice_count; i++)
        choices[i] = (struct view_site_option_choice){info->choices[i].value, info->choices[i].label};
    return choices;
}

static struct view_site_option map_option(struct request *r, enum site_option which) {
    static const enum view_site_option_type TYPES[] = {
        [SITE_OPTION_SWITCH] = VIEW_SITE_OPTION_SWITCH,
        [SITE_OPTION_CHOICE] = VIEW_SITE_OPTION_CHOICE,
        [SITE_OPTION_NUMBER] = VIEW_SITE_OPTION_NUMBER,
        [SITE_OPTION_TEXT] = VIEW_SITE_OPTION_TEXT,
    };
    const struct site_option_info *info = site_option_info(which);
    struct view_site_option shown = {.name = info->name,
                                     .group = site_option_group_label(info->group),
                                     .label = info->label,
                                     .help = info->help,
                                     .choices = map_choices(r, info),
                                     .choice_count = info->choice_count,
                                     .least = info->least,
                                     .most = info->most,
                                     .value = site_option_value(r->arena, &r->site.options, which)};
    shown.type = TYPES[info->type];
    return shown;
}

/* Those of one group together, whatever their order in the table. */
static void map_options(struct request *r, struct view_site_option out[static SITE_OPTION_COUNT]) {
    size_t count = 0;
    for (int group = 0; group < SITE_GROUP_COUNT; group++)
        for (size_t i = 0; i < SITE_OPTION_COUNT; i++)
            if ((int)site_option_info((enum site_option)i)->group == group)
                out[count++] = map_option(r, (enum site_option)i);
}

/* As typed; a switch that is off is not sent. */
static void read_options(struct request *r, struct setting *s) {
    static const enum view_fault FAULTS[] = {
        [SITE_OPTION_FINE] = VIEW_FAULT_NONE,
        [SITE_OPTION_NO_NUMBER] = VIEW_FAULT_NUMBER,
        [SITE_OPTION_TOO_LONG] = VIEW_FAULT_TOO_LONG,
        [SITE_OPTION_UNUSABLE] = VIEW_FAULT_FORM,
    };
    for (size_t i = 0; i < SITE_OPTION_COUNT && s->has_options; i++) {
        struct view_site_option *shown = &s->options[i];
        enum site_option which;
        slice field = arena_format(r->arena, "option_%.*s", SLICE_FMT(shown->name));
        shown->value = request_field(r, field.p);
        if (shown->type == VIEW_SITE_OPTION_SWITCH && !shown->value.n) shown->value = S("0");
        if (!site_option_find(shown->name, &which)) continue;
        shown->fault = FAULTS[site_option_set(&s->site.options, r->arena, which, shown->value)];
        shown->limit = shown->most;
        s->wrong_options = s->wrong_options || shown->fault != VIEW_FAULT_NONE;
    }
}

/* --- The page ----------------------------------------------------------------------------------------------------- */

void desk_site(struct request *r) {
    struct setting *s = ARENA_NEW(r->arena, struct setting);
    const struct site *site = &r->site;
    slice done = request_field(r, "done");
    s->page = (struct view_desk_site){.publication = site->name,
                                      .tagline = site->tagline,
                                      .language = site->language,
                                      .time_zone = site->time_zone,
                                      .moderation = moderation_name(site->moderation),
                                      .removed = removed_display_name(site->removed_display),
                                      .gives_reasons = site->gives_reasons};
    s->page.close_after_days = arena_format(r->arena, "%lld", (long long)site->close_after_days);
    if (slice_equal(done, S("saved"))) s->page.notice = VIEW_SITE_SAVED;
    if (slice_equal(done, S("strict"))) s->page.notice = VIEW_SITE_STRICT;
    if (slice_equal(done, S("lifted"))) s->page.notice = VIEW_SITE_LIFTED;
    map_options(r, s->options);
    reply(r, s, 200);
}

/* --- Saving ------------------------------------------------------------------------------------------------------- */

/* What the form does not hold stays as it is now, not as it was when the form was made. */
static enum status apply_site(struct db *db, struct request *r, void *data, struct error *error) {
    struct setting *s = data;
    struct site now;
    enum status status = site_load(db, r->arena, &now, error);
    if (status != OK) return status;
    struct site site = s->site;
    site.strict = now.strict;
    if (!s->has_options) site.options = now.options;
    request_touch_site(r);
    return site_save(db, &site, r->account.id, error);
}

static void after_site(struct request *r, void *data, enum status status, const struct error *error) {
    struct setting *s = data;
    if (status == OK) {
        request_redirect(r, address(r, "saved"));
    } else if (status == INVALID) {
        struct view_problem problem = edit_problem_of_detail(error);
        if (problem.field == VIEW_FIELD_NAME) problem.field = VIEW_FIELD_PUBLICATION;
        edit_problem_add(&s->problems, problem.field, problem.fault, problem.limit);
        reply(r, s, 422);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/site"));
    }
}

static void read_site(struct request *r, struct setting *s) {
    s->page = (struct view_desk_site){.publication = request_field(r, "publication"),
                                      .tagline = request_field(r, "tagline"),
                                      .language = request_field(r, "language"),
                                      .time_zone = request_field(r, "time_zone"),
                                      .moderation = request_field(r, "moderation"),
                                      .removed = request_field(r, "removed"),
                                      .close_after_days = request_field(r, "close_after_days"),
                                      .gives_reasons = slice_equal(request_field(r, "gives_reasons"), S("1"))};
    s->site = r->site;
    s->site.name = s->page.publication;
    s->site.tagline = s->page.tagline;
    s->site.time_zone = slice_trim(s->page.time_zone);
    s->site.gives_reasons = s->page.gives_reasons;
    s->site.language = APP_LANGUAGE[app_language_find(s->page.language, r->language)].tag;
    s->has_options = request_field_int(r, "options") == 1;
    map_options(r, s->options);
    read_options(r, s);
}

enum { DAYS_MAX = 36500 }; /* a century: site_save's */

static void check_site(struct setting *s) {
    slice days = slice_trim(s->page.close_after_days);
    if (!slice_to_int64(days.n ? days : S("0"), &s->site.close_after_days) || s->site.close_after_days < 0 ||
        s->site.close_after_days > DAYS_MAX)
        edit_problem_add(&s->problems, VIEW_FIELD_CLOSE_AFTER_DAYS, VIEW_FAULT_NUMBER, DAYS_MAX);
    if (!slice_trim(s->page.publication).n) edit_problem_add(&s->problems, VIEW_FIELD_PUBLICATION, VIEW_FAULT_EMPTY, 0);
    if (!date_zone_is_valid(s->site.time_zone))
        edit_problem_add(&s->problems, VIEW_FIELD_TIME_ZONE, VIEW_FAULT_FORM, 0);
    if (!moderation_parse(s->page.moderation, &s->site.moderation) || s->site.moderation == MODERATION_INHERIT)
        edit_problem_add(&s->problems, VIEW_FIELD_MODERATION, VIEW_FAULT_FORM, 0);
    if (!removed_display_parse(s->page.removed, &s->site.removed_display))
        edit_problem_add(&s->problems, VIEW_FIELD_FORM, VIEW_FAULT_FORM, 0);
}

void desk_site_post(struct request *r) {
    struct setting *s = ARENA_NEW(r->arena, struct setting);
    read_site(r, s);
    check_site(s);
    if (s->problems.count || s->wrong_options)
        reply(r, s, 422);
    else
        request_write(r, s, apply_site, after_site);
}

/* --- The switch --------------------------------------------------------------------------------------------------- */

static enum status apply_strict(struct db *db, struct request *r, void *data, struct error *error) {
    struct setting *s = data;
    struct site site;
    enum status status = site_load(db, r->arena, &site, error);
    if (status != OK) return status;
    site.strict = s->strict;
    request_touch_site(r);
    return site_save(db, &site, r->account.id, error);
}

static void after_strict(struct request *r, void *data, enum status status, const struct error *error) {
    struct setting *s = data;
    if (status == OK)
        request_redirect(r, address(r, s->strict ? "strict" : "lifted"));
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/site"));
}

void desk_site_strict(struct request *r) {
    struct setting *s = ARENA_NEW(r->arena, struct setting);
    s->strict = request_field_int(r, "strict") == 1;
    request_write(r, s, apply_strict, after_strict);
}
