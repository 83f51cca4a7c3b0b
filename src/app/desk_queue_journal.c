/* The journal: read at the desk, and exported whole. */
#include "app/desk_queue_routes.h"

#include "app/map_desk.h"

enum {
    ROWS = 50,
    EXPORT_BYTES = 12 * 1024 * 1024, /* of one answer, about; what is beyond it is asked for with ?after= */
};

void desk_journal(struct request *r) {
    struct error error = {OK, ""};
    struct journal_list list;
    struct account_list names;
    struct journal_filter filter = {
        .subject = slice_trim(request_field(r, "subject")), .before = request_field_int(r, "before"), .limit = ROWS};
    enum status status = journal_list_load(r->db, r->arena, &filter, &list, &error);
    if (status == OK) status = account_list_load(r->db, r->arena, &names, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return;
    }
    struct view_desk_journal page = {.subject = filter.subject,
                                     .rows = map_journal(r->arena, list.items, list.count, &names),
                                     .count = list.count,
                                     .more = list.more,
                                     .before = filter.before,
                                     .now = clock_now()};
    struct buf *body = request_buf(r);
    status = view_desk_journal(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

struct exporting {
    struct buf *out;
    int64_t after, last; /* ids */
    bool more;
};

static void add_text(struct buf *out, const char *name, slice text) {
    buf_add_format(out, ",\"%s\":\"", name);
    buf_add_json(out, text);
    buf_add_char(out, '"');
}

/* One line. `data` is a string, with the very bytes that were hashed: see domain/journal.h for how. */
static enum status export_row(void *ctx, const struct journal_row *row) {
    struct exporting *e = ctx;
    if (row->id <= e->after) return OK;
    if (e->out->n > EXPORT_BYTES) {
        e->more = true;
        return LIMIT;
    }
    buf_add_format(e->out, "{\"id\":%lld,\"chain\":%lld,\"sequence\":%lld,\"at\":%lld", (long long)row->id,
                   (long long)row->chain, (long long)row->sequence, (long long)row->at);
    add_text(e->out, "actor", row->actor);
    add_text(e->out, "act", row->act);
    add_text(e->out, "subject", row->subject);
    add_text(e->out, "data", row->data);
    buf_add(e->out, S(",\"hash\":\""));
    crypto_add_hex(e->out, slice_make(row->hash.bytes, sizeof row->hash.bytes));
    buf_add(e->out, S("\"}\n"));
    e->last = row->id;
    return OK;
}

/* JSON Lines, oldest first. Where there is more than one answer holds, `Link: <…?after=ID>; rel="next"` leads on. */
void desk_journal_export(struct request *r) {
    struct error error = {OK, ""};
    struct exporting e = {.out = request_buf(r), .after = request_field_int(r, "after")};
    enum status status = journal_each(r->db, export_row, &e, &error);
    if (status == LIMIT && e.more) status = OK;
    if (status == OK) status = e.out->status; /* a single row is at most a megabyte: it fits above EXPORT_BYTES */
    if (status != OK) {
        buf_fini(e.out);
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation/journal"));
        return;
    }
    request_add_header(r, S("Content-Disposition"), S("attachment; filename=\"journal.jsonl\""));
    if (e.more) {
        slice next = arena_format(r->arena, "</moderation/journal.jsonl?after=%lld>; rel=\"next\"", (long long)e.last);
        request_add_header(r, S("Link"), next);
    }
    request_reply_buf(r, 200, S("application/jsonl"), e.out);
}
