/* GET /oembed?url=…: what other sites show of a published article or message. */
#include "app/handlers.h"
#include "app/map.h"
#include "view/address.h"
#include "view/page_oembed.h"

/* The path of an address of this site; p NULL: another one's. */
static slice own_path(struct request *r, slice url) {
    slice base = r->app->options.base_url, none = {NULL, 0};
    if (!base.n || !slice_starts(url, base)) return none;
    slice path = slice_after(url, base.n);
    path = slice_sub(path, 0, slice_find_char(path, '#'));
    path = slice_sub(path, 0, slice_find_char(path, '?'));
    return slice_starts(path, S("/")) ? path : none;
}

struct embedded {
    struct article article;
    struct comment comment; /* number 0: the article itself */
};

static enum status find(struct request *r, slice path, struct embedded *out, struct error *error) {
    int64_t number = 0;
    slice slug;
    enum status status = NOT_FOUND;
    article_id article = {0};
    if (slice_starts(path, S("/comments/")) && slice_to_int64(slice_after(path, S("/comments/").n), &number)) {
        status = comment_get(r->db, r->arena, (comment_number){number}, &out->comment, error);
        article = out->comment.article;
        if (status == OK && out->comment.state != COMMENT_PUBLISHED) status = NOT_FOUND;
    } else if (slice_starts(path, S("/articles/"))) {
        slice rest = slice_after(path, S("/articles/").n);
        slice segment = slice_sub(rest, 0, slice_find_char(rest, '/'));
        status = address_parse_article(segment, &article.v, &slug) ? OK : NOT_FOUND;
    }
    if (status == OK) status = article_get(r->db, r->arena, article, &out->article, error);
    return status == OK && out->article.state != ARTICLE_PUBLISHED ? NOT_FOUND : status;
}

void read_oembed(struct request *r) {
    struct embedded *e = ARENA_NEW(r->arena, struct embedded);
    struct error error = {OK, ""};
    slice format = request_field(r, "format");
    if (format.n && !slice_equal(format, S("json"))) {
        request_fail(r, 501, VIEW_ERROR_PAGE, S(""), S("")); /* as oEmbed has it, 2.3.4.2 */
        return;
    }
    enum status status = find(r, own_path(r, request_field(r, "url")), e, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    struct view_article article = map_article(&e->article);
    struct view_comment comment = map_comment(&e->comment);
    struct view_oembed page = {.article = &article,
                               .comment = e->comment.number.v ? &comment : NULL,
                               .max_width = request_field_int(r, "maxwidth"),
                               .max_height = request_field_int(r, "maxheight")};
    struct buf *body = request_buf(r);
    status = view_oembed(request_view_in(r, e->article.language), &page, body, &error);
    if (status == OK) {
        request_reply_buf(r, 200, S("application/json"), body);
        return;
    }
    buf_fini(body);
    request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
}
