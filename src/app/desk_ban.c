/* Bans: set on the page of a message, listed and revoked on a page of their own. */
#include "app/desk_guard_routes.h"
#include "app/guard.h"
#include "view/page_desk_guard.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static const struct view_ban *map_bans(struct arena *arena, const struct ban_list *list) {
    struct view_ban *mapped = ARENA_ARRAY(arena, list->count + 1, struct view_ban);
    for (size_t i = 0; i < list->count; i++) {
        const struct ban *ban = &list->items[i];
        mapped[i] = (struct view_ban){.id = ban->id,
                                      .kind = ban_kind_name(ban->kind),
                                      .comment = ban->comment.v,
                                      .name = ban->name,
                                      .note = ban->note,
                                      .by_name = ban->by_name,
                                      .revoked_by_name = ban->revoked_by_name,
                                      .created_at = ban->created_at,
                                      .ends_at = ban->ends_at,
                                      .revoked_at = ban->revoked_at};
    }
    return mapped;
}

void desk_bans(struct request *r) {
    struct error error = {OK, ""};
    struct ban_list bans, ended;
    enum status status = ban_list_load(r->db, r->arena, false, &bans, &error);
    if (status == OK) status = ban_list_load(r->db, r->arena, true, &ended, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return;
    }
    struct view_desk_bans page = {.bans = map_bans(r->arena, &bans),
                                  .count = bans.count,
                                  .ended = map_bans(r->arena, &ended),
                                  .ended_count = ended.count,
                                  .revoked = slice_equal(request_field(r, "done"), S("revoked")),
                                  .now = clock_now()};
    struct buf *body = request_buf(r);
    status = view_desk_bans(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

struct marks {
    struct sender sender;
    slice device, network;
};

static enum status load_marks(struct request *r, comment_number number, struct marks *out, struct error *error) {
    enum status status = sender_load(r->db, r->arena, number, &out->sender, error);
    if (status != OK) return status;
    out->device = ban_device_mark(r->arena, out->sender.device_hash);
    out->network = guard_network_mark_of(r, out->sender.address_sealed);
    return OK;
}

void desk_ban_show(struct request *r, comment_number number, struct view_case *m) {
    struct error error;
    struct marks marks;
    struct ban_list bans;
    if (load_marks(r, number, &marks, &error) != OK) return;
    m->may_ban_device = marks.device.n > 0;
    m->may_ban_network = marks.network.n > 0;
    if (ban_list_sender(r->db, r->arena, marks.device, marks.network, &bans, &error) != OK) return;
    m->bans = map_bans(r->arena, &bans);
    m->ban_count = bans.count;
}

/* --- Setting ------------------------------------------------------------------------------------------------------ */

static enum status apply_ban(struct db *db, struct request *r, void *data, struct error *error) {
    return ban_set(db, data, r->account.id, error);
}

static slice back_to(struct request *r, comment_number number) {
    struct view_queue_filter filter = {VIEW_QUEUE_PENDING, request_field_int(r, "article")};
    if (!view_queue_parse(request_field(r, "queue"), &filter.queue)) filter.queue = VIEW_QUEUE_PENDING;
    return view_queue_message_address(r->arena, &filter, number.v);
}

static void after_ban(struct request *r, void *data, enum status status, const struct error *error) {
    const struct ban_order *order = data;
    slice back = back_to(r, order->comment);
    if (status == OK)
        request_redirect(r, back);
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, order->note, back);
}

void desk_ban(struct request *r) {
    struct error error = {OK, ""};
    struct marks marks;
    struct ban_order *order = ARENA_NEW(r->arena, struct ban_order);
    comment_number number = {request_number(r, "number")};
    enum status status = load_marks(r, number, &marks, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, request_field(r, "note"), S("/moderation"));
        return;
    }
    int64_t days = request_field_int(r, "days");
    bool known = ban_kind_parse(request_field(r, "kind"), &order->kind) && days > 0 && days <= BAN_DAYS_MAX;
    order->mark = order->kind == BAN_DEVICE ? marks.device : marks.network;
    if (!known || order->mark.n == 0) {
        request_fail(r, 422, VIEW_ERROR_FORM, request_field(r, "note"), back_to(r, number));
        return;
    }
    order->comment = number;
    order->article = marks.sender.article;
    order->name = marks.sender.name;
    order->note = request_field(r, "note");
    order->ends_at = clock_now() + days * DAY_MS;
    request_write(r, order, apply_ban, after_ban);
}

/* --- Revoking ----------------------------------------------------------------------------------------------------- */

static enum status apply_revoke(struct db *db, struct request *r, void *data, struct error *error) {
    const int64_t *id = data;
    return ban_revoke(db, *id, r->account.id, error);
}

static void after_revoke(struct request *r, void *data, enum status status, const struct error *error) {
    (void)data;
    if (status == OK || status == CONFLICT) /* it has ended: what was wanted */
        request_redirect(r, S("/moderation/bans?done=revoked"));
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S("/moderation/bans"));
}

void desk_ban_revoke(struct request *r) {
    int64_t *id = ARENA_NEW(r->arena, int64_t);
    *id = request_number(r, "id");
    request_write(r, id, apply_revoke, after_revoke);
}
