/* The words of the site: the list, adding one, taking one out. From the page of a message one comes back to it. */
#include "app/desk_queue_routes.h"
#include "domain/site_word.h"
#include "view/page_desk_dictionary.h"

#define WORDS "/moderation/dictionary"

struct wording {
    slice word;
    int64_t comment; /* whose page it was done from; 0: the list's own */
    bool remove;
};

static void show(struct request *r, int http_status, slice typed, bool wrong) {
    struct site_word_list list;
    struct error error = {OK, ""};
    enum status status = site_word_list_load(r->db, r->arena, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(WORDS));
        return;
    }
    struct view_site_word *words = ARENA_ARRAY(r->arena, list.count + 1, struct view_site_word);
    for (size_t i = 0; i < list.count; i++)
        words[i] = (struct view_site_word){list.items[i].word, list.items[i].by_name, list.items[i].added_at};
    struct view_desk_dictionary page = {
        .words = words, .count = list.count, .typed = typed, .wrong = wrong, .now = clock_now()};
    page.added = request_field(r, "added");
    page.removed = request_field(r, "removed");
    struct buf *body = request_buf(r);
    status = view_desk_dictionary(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void desk_dictionary(struct request *r) { show(r, 200, S(""), false); }

static enum status apply_word(struct db *db, struct request *r, void *data, struct error *error) {
    const struct wording *w = data;
    return w->remove ? site_word_remove(db, w->word, r->account.id, error)
                     : site_word_add(db, w->word, r->account.id, error);
}

static void after_word(struct request *r, void *data, enum status status, const struct error *error) {
    const struct wording *w = data;
    if (status == INVALID || status == LIMIT) {
        show(r, 422, w->word, true);
    } else if (status != OK) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S(WORDS));
    } else if (w->comment) {
        request_redirect(r, arena_format(r->arena, "/moderation/comments/%lld#words", (long long)w->comment));
    } else {
        struct buf b CLEANUP(buf_fini);
        buf_init(&b, 4096);
        buf_add(&b, w->remove ? S(WORDS "?removed=") : S(WORDS "?added="));
        buf_add_url(&b, w->word);
        request_redirect(r, arena_copy(r->arena, buf_slice(&b)));
    }
}

void desk_dictionary_post(struct request *r) {
    struct wording *w = ARENA_NEW(r->arena, struct wording);
    slice remove = request_field(r, "remove");
    *w = (struct wording){.word = remove.n ? remove : request_field(r, "add"),
                          .comment = request_field_int(r, "comment"),
                          .remove = remove.n > 0};
    w->word = slice_trim(w->word);
    request_write(r, w, apply_word, after_word);
}
