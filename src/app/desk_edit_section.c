/* The sections: their list and order, the form of one. */
#include "app/desk_edit_routes.h"
#include "app/map_edit.h"
#include "domain/section.h"
#include "view/page_desk_edit_site.h"

static slice address_saved(void) { return S("/moderation/sections?done=saved"); }

static struct view_section_row map_section(const struct section *s) {
    return (struct view_section_row){s->id.v,        s->slug,     s->title,
                                     s->description, s->language, moderation_name(s->moderation)};
}

void desk_sections(struct request *r) {
    struct section_list list;
    struct error error = {OK, ""};
    enum status status = section_list_load(r->db, r->arena, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return;
    }
    struct view_section_row *rows = ARENA_ARRAY(r->arena, list.count, struct view_section_row);
    for (size_t i = 0; i < list.count; i++) rows[i] = map_section(&list.items[i]);
    struct view_desk_sections page = {
        .rows = rows, .count = list.count, .saved = slice_equal(request_field(r, "done"), S("saved"))};
    struct buf *body = request_buf(r);
    status = view_desk_sections(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* --- Their order -------------------------------------------------------------------------------------------------- */

struct moving {
    int64_t id;
    bool up;
};

/* Numbers all of them anew: positions may be equal, as those of imported sections are. */
static enum status apply_order(struct db *db, struct request *r, void *data, struct error *error) {
    struct moving *m = data;
    struct section_list list;
    enum status status = section_list_load(db, r->arena, &list, error);
    if (status != OK) return status;
    size_t at = 0;
    while (at < list.count && list.items[at].id.v != m->id) at++;
    if (at == list.count) return error_set(error, NOT_FOUND, "no such section");
    if (m->up ? at > 0 : at + 1 < list.count) {
        size_t other = m->up ? at - 1 : at + 1;
        struct section moved = list.items[at];
        list.items[at] = list.items[other];
        list.items[other] = moved;
    }
    for (size_t i = 0; i < list.count && status == OK; i++) {
        struct section *s = &list.items[i];
        section_id id;
        if (s->position == (int64_t)i + 1) continue;
        s->position = (int64_t)i + 1;
        status = section_save(db, s, r->account.id, &id, error);
    }
    request_touch_site(r);
    return status;
}

static void after_order(struct request *r, void *data, enum status status, const struct error *error) {
    (void)data;
    if (status == OK)
        request_redirect(r, address_saved());
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/sections"));
}

void desk_sections_order(struct request *r) {
    struct moving *m = ARENA_NEW(r->arena, struct moving);
    m->up = request_has_field(r, "up");
    m->id = request_field_int(r, m->up ? "up" : "down");
    request_write(r, m, apply_order, after_order);
}

/* --- One section -------------------------------------------------------------------------------------------------- */

struct sectioning {
    struct section section;
    struct view_section_row form;
    struct edit_problems problems;
};

static void reply(struct request *r, const struct sectioning *s, int http_status) {
    struct error error = {OK, ""};
    struct view_desk_section page = {
        .form = s->form, .problems = s->problems.items, .problem_count = s->problems.count};
    struct buf *body = request_buf(r);
    enum status status = view_desk_section(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* The section of the address, or a new one; false: answered. */
static bool load(struct request *r, struct section *out) {
    struct error error = {OK, ""};
    if (!request_parameter(r, "id").p) {
        *out = (struct section){.language = r->site.language};
        return true;
    }
    enum status status = section_get(r->db, r->arena, (section_id){request_number(r, "id")}, out, &error);
    if (status != OK) request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation/sections"));
    return status == OK;
}

void desk_section(struct request *r) {
    struct sectioning *s = ARENA_NEW(r->arena, struct sectioning);
    if (!load(r, &s->section)) return;
    s->form = map_section(&s->section);
    reply(r, s, 200);
}

static enum status apply_section(struct db *db, struct request *r, void *data, struct error *error) {
    struct sectioning *s = data;
    struct section_list list;
    section_id id;
    enum status status = OK;
    if (!s->section.id.v) { /* a new one stands last */
        status = section_list_load(db, r->arena, &list, error);
        if (status == OK) s->section.position = list.count ? list.items[list.count - 1].position + 1 : 1;
    }
    if (status == OK) status = section_save(db, &s->section, r->account.id, &id, error);
    request_touch_site(r);
    return status;
}

static void after_section(struct request *r, void *data, enum status status, const struct error *error) {
    struct sectioning *s = data;
    switch (status) {
    case OK: request_redirect(r, address_saved()); return;
    case CONFLICT: edit_problem_add(&s->problems, VIEW_FIELD_SLUG, VIEW_FAULT_TAKEN, 0); break;
    case LIMIT: edit_problem_add(&s->problems, VIEW_FIELD_FORM, VIEW_FAULT_FULL, 0); break;
    case INVALID: edit_problem_add_detail(&s->problems, error); break;
    case NOT_FOUND:
    case FORBIDDEN:
    case BUSY:
    case UNAVAILABLE:
    case INTERNAL:
        request_fail_status(r, status, error, VIEW_ERROR_FORM, s->form.description, S("/moderation/sections"));
        return;
    }
    reply(r, s, status == CONFLICT ? 409 : 422);
}

void desk_section_post(struct request *r) {
    struct sectioning *s = ARENA_NEW(r->arena, struct sectioning);
    if (!load(r, &s->section)) return;
    s->form = (struct view_section_row){.id = s->section.id.v,
                                        .slug = request_field(r, "slug"),
                                        .title = request_field(r, "title"),
                                        .description = request_field(r, "description"),
                                        .language = request_field(r, "language"),
                                        .moderation = request_field(r, "moderation")};
    s->section.title = s->form.title;
    s->section.description = s->form.description;
    s->section.slug = slice_trim(s->form.slug);
    s->section.language = s->form.language.n ? s->form.language : r->site.language;
    if (!moderation_parse(s->form.moderation, &s->section.moderation)) {
        edit_problem_add(&s->problems, VIEW_FIELD_MODERATION, VIEW_FAULT_FORM, 0);
        reply(r, s, 422);
        return;
    }
    request_write(r, s, apply_section, after_section);
}
