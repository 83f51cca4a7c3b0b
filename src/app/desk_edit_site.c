/* The site's own page: names, policies, and the switch that puts all of it under pre-moderation. */
#include "app/desk_edit_routes.h"
#include "app/map_edit.h"
#include "view/page_desk_edit_site.h"

struct setting {
    struct site site; /* as typed */
    bool strict;
    struct view_desk_site page;
    struct edit_problems problems;
};

static slice address(struct request *r, const char *done) {
    return arena_format(r->arena, "/moderation/site?done=%s", done);
}

static void reply(struct request *r, struct setting *s, int http_status) {
    struct error error = {OK, ""};
    s->page.strict = r->site.strict;
    s->page.problems = s->problems.items;
    s->page.problem_count = s->problems.count;
    struct buf *body = request_buf(r);
    enum status status = view_desk_site(request_view(r), &s->page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

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
    if (s->problems.count)
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
