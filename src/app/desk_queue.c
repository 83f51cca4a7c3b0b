/* The moderators' queue, and a message with its context: reading. */
#include "app/desk_queue.h"

#include "app/desk_guard_routes.h"
#include "app/desk_presence.h"
#include "app/desk_queue_routes.h"
#include "app/map_desk.h"
#include "app/nodes.h"
#include "domain/journal.h"
#include "domain/report.h"
#include "domain/site_word.h"
#include "text/check.h"

enum { LIST_ENTRIES = 40, NEXT_ENTRIES = 4, DONE_MAX = 60, DECISIONS_MAX = 500 };

struct view_queue_filter desk_filter(const struct request *r) {
    struct view_queue_filter filter = {VIEW_QUEUE_PENDING, 0};
    int64_t article = request_field_int(r, "article");
    if (!view_queue_parse(request_field(r, "queue"), &filter.queue)) filter.queue = VIEW_QUEUE_PENDING;
    filter.article = article > 0 ? article : 0;
    return filter;
}

slice desk_message_address(struct request *r, comment_number number) {
    struct view_queue_filter filter = desk_filter(r);
    return view_queue_message_address(r->arena, &filter, number.v);
}

bool desk_words(struct request *r, const char *field, slice *out) {
    *out = request_field(r, field);
    enum text_problem problem = text_check_body(r->arena, *out, DECISION_WORDS_MAX, out);
    if (problem == TEXT_EMPTY) *out = S("");
    return problem == TEXT_FINE || problem == TEXT_EMPTY;
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

static struct queue_filter filter_of(const struct view_queue_filter *filter, comment_number after, size_t limit) {
    return (struct queue_filter){
        .kind = map_queue(filter->queue), .article = {filter->article}, .after = after, .limit = limit};
}

static enum status load_queue(struct request *r, const struct view_queue_filter *filter, comment_number after,
                              size_t limit, struct queue_page *out, struct error *error) {
    struct queue_filter asked = filter_of(filter, after, limit);
    return queue_load(r->db, r->arena, &asked, out, error);
}

static slice opener_of(const struct desk_opened *opened, size_t count, int64_t number) {
    for (size_t i = 0; i < count; i++)
        if (opened[i].number.v == number) return opened[i].name;
    return S("");
}

static const struct desk_opened *load_opened(struct request *r, size_t *count) {
    return desk_presence_others(r->app->presence, r->arena, r->account.id, clock_now(), count);
}

static comment_number first_free(struct request *r, const struct queue_numbers *queue, comment_number but) {
    size_t count;
    const struct desk_opened *opened = load_opened(r, &count);
    for (size_t i = 0; i < queue->count; i++) {
        comment_number number = queue->items[i];
        if (number.v != but.v && opener_of(opened, count, number.v).n == 0) return number;
    }
    return (comment_number){0};
}

static comment_number first_other(const struct queue_numbers *queue, comment_number but) {
    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i].v != but.v) return queue->items[i];
    return (comment_number){0};
}

static void load_numbers(struct request *r, const struct view_queue_filter *filter, comment_number after, size_t limit,
                         struct queue_numbers *out) {
    struct error error;
    struct queue_filter asked = filter_of(filter, after, limit);
    if (queue_numbers_load(r->db, r->arena, &asked, out, &error) != OK) *out = (struct queue_numbers){0};
}

/* Among the next few of the queue; where colleagues have all of these open, among more. */
static comment_number next_free(struct request *r, const struct view_queue_filter *filter, comment_number number,
                                struct queue_numbers *behind) {
    static const size_t COUNTS[] = {NEXT_ENTRIES, LIST_ENTRIES};
    comment_number next = {0};
    for (size_t i = 0; i < ARRAY_COUNT(COUNTS) && !next.v; i++) {
        load_numbers(r, filter, number, COUNTS[i], behind);
        next = first_free(r, behind, number);
        if (behind->count < COUNTS[i]) break; /* there are no more */
    }
    return next;
}

comment_number desk_next(struct request *r, const struct view_queue_filter *filter, comment_number number) {
    struct queue_numbers behind, front;
    comment_number next = next_free(r, filter, number, &behind);
    if (!next.v) next = next_free(r, filter, (comment_number){0}, &front);
    if (next.v) return next;
    next = first_other(&behind, number);
    return next.v ? next : first_other(&front, number);
}

static bool belongs(const struct view_queue_filter *filter, const struct comment *c) {
    if (filter->article && filter->article != c->article.v) return false;
    switch (filter->queue) {
    case VIEW_QUEUE_PENDING: return c->state == COMMENT_PENDING;
    case VIEW_QUEUE_REPORTED: return c->report_count > 0;
    case VIEW_QUEUE_DECIDED:
        return c->state == COMMENT_REJECTED || c->state == COMMENT_SPAM || c->state == COMMENT_REMOVED;
    }
    return false;
}

static bool holds(const struct queue_page *queue, comment_number number) {
    for (size_t i = 0; i < queue->count; i++)
        if (queue->items[i].comment.number.v == number.v) return true;
    return false;
}

/* The list beside a message that stands further down the queue begins with that message. */
static enum status move_list(struct request *r, const struct view_queue_filter *filter, const struct comment_file *file,
                             struct queue_page *queue, struct error *error) {
    comment_number number = file->comment.number;
    if (!belongs(filter, &file->comment) || holds(queue, number)) return OK;
    struct queue_page rest;
    enum status status = load_queue(r, filter, number, LIST_ENTRIES, &rest, error);
    if (status != OK) return status;
    struct queue_entry *items = ARENA_ARRAY(r->arena, rest.count + 1, struct queue_entry);
    items[0] = (struct queue_entry){file->comment, file->article.headline, file->article.slug};
    for (size_t i = 0; i < rest.count; i++) items[i + 1] = rest.items[i];
    rest.items = items;
    rest.count++;
    *queue = rest;
    return OK;
}

static struct queue_numbers numbers_of(struct arena *arena, const struct queue_page *queue) {
    struct queue_numbers numbers = {ARENA_ARRAY(arena, queue->count, comment_number), queue->count};
    for (size_t i = 0; i < queue->count; i++) numbers.items[i] = queue->items[i].comment.number;
    return numbers;
}

/* --- The page ----------------------------------------------------------------------------------------------------- */

struct showing {
    const struct desk_page *asked;
    struct queue_page queue;
    bool moved;                /* the list does not begin at the queue's start */
    struct comment_file *file; /* NULL: no message */
    int64_t article_reports;
    struct charter charter;
    bool has_charter;
    const struct desk_opened *opened;
    size_t opened_count;
};

static enum status load(struct request *r, struct showing *s, struct error *error) {
    const struct desk_page *asked = s->asked;
    enum status status = load_queue(r, &asked->filter, asked->after, LIST_ENTRIES, &s->queue, error);
    if (status != OK) return status;
    status = report_count_articles(r->db, &s->article_reports, error);
    if (status != OK) return status;
    s->opened = load_opened(r, &s->opened_count);
    s->has_charter = charter_load(r->db, r->arena, 0, APP_LANGUAGE[r->language].tag, &s->charter, error) == OK;
    struct queue_numbers queue = numbers_of(r->arena, &s->queue);
    comment_number number = asked->number;
    if (!number.v) number = first_free(r, &queue, number);
    if (!number.v) number = first_other(&queue, number);
    if (!number.v) return OK;
    s->file = ARENA_NEW(r->arena, struct comment_file);
    status = comment_file_load(r->db, r->arena, number, s->file, error);
    if (status != OK) return status;
    const struct queue_entry *before = s->queue.items;
    status = move_list(r, &asked->filter, s->file, &s->queue, error);
    s->moved = s->queue.items != before;
    return status;
}

static void map_list(struct request *r, const struct showing *s, struct view_queue_list *list) {
    struct view_queue_entry *entries = ARENA_ARRAY(r->arena, s->queue.count, struct view_queue_entry);
    for (size_t i = 0; i < s->queue.count; i++) {
        entries[i] = map_queue_entry(r->arena, &s->queue.items[i]);
        entries[i].opened_by = opener_of(s->opened, s->opened_count, entries[i].comment->number);
    }
    *list = (struct view_queue_list){.filter = s->asked->filter,
                                     .entries = entries,
                                     .count = s->queue.count,
                                     .more = s->queue.more,
                                     .after = s->moved ? entries[0].comment->number : s->asked->after.v,
                                     .pending_count = s->queue.pending_count,
                                     .report_count = s->queue.report_count,
                                     .article_reports = s->article_reports,
                                     .oldest_pending = s->queue.oldest_pending};
    struct article article;
    struct error error;
    if (!list->filter.article) return;
    bool found = article_get(r->db, r->arena, (article_id){list->filter.article}, &article, &error) == OK;
    list->article_headline = found ? article.headline : arena_format(r->arena, "%lld", (long long)list->filter.article);
}

/* The neighbours in the queue of the filter. What the file knows is the whole pending queue. */
static void find_neighbours(struct request *r, const struct showing *s, struct view_case *m) {
    const struct view_queue_filter *filter = &s->asked->filter;
    if (filter->queue == VIEW_QUEUE_PENDING && !filter->article) {
        m->next = s->file->next.v;
        m->previous = s->file->previous.v;
        return;
    }
    struct queue_numbers behind;
    comment_number number = s->file->comment.number;
    load_numbers(r, filter, belongs(filter, &s->file->comment) ? number : (comment_number){0}, 1, &behind);
    m->next = first_other(&behind, number).v;
    for (size_t i = 1; i < s->queue.count; i++)
        if (s->queue.items[i].comment.number.v == number.v) m->previous = s->queue.items[i - 1].comment.number.v;
}

/* The unknown words of the message that a moderator may add to the site's: those that are not there by now. */
static void find_words(struct request *r, struct view_case *m) {
    for (size_t i = 0; i < m->check_count; i++) {
        const struct view_check *check = &m->checks[i];
        slice *words = ARENA_ARRAY(r->arena, check->word_count + 1, slice);
        struct error error;
        for (size_t k = 0; k < check->word_count; k++) {
            bool known = false;
            if (site_word_is_known(r->db, r->arena, check->words[k], &known, &error) == OK && !known)
                words[m->word_count++] = check->words[k];
        }
        if (!check->word_count) continue;
        m->words = words;
        return;
    }
}

static const struct view_case *map_message(struct request *r, const struct showing *s) {
    if (!s->file) return NULL;
    struct view_case *m = ARENA_NEW(r->arena, struct view_case);
    const struct charter *charter = s->has_charter ? &s->charter : NULL;
    *m = map_case(r->arena, s->file, charter);
    struct view_rule *rules = ARENA_ARRAY(r->arena, charter ? charter->rule_count : 0, struct view_rule);
    for (size_t i = 0; charter && i < charter->rule_count; i++)
        rules[m->rule_count++] = (struct view_rule){.code = charter->rules[i].code, .title = charter->rules[i].title};
    m->rules = rules;
    m->opened_by = opener_of(s->opened, s->opened_count, s->file->comment.number.v);
    m->may_pick = s->file->comment.state == COMMENT_PUBLISHED && site_option(&r->site.options, SITE_OPTION_PICKS);
    m->reason_is_sent = r->site.gives_reasons;
    m->note = s->asked->note;
    m->reason = s->asked->reason;
    m->answer = s->asked->answer;
    m->late = s->asked->overtaken;
    m->late_undo = s->asked->overtaken_undo;
    find_words(r, m);
    find_neighbours(r, s, m);
    desk_ban_show(r, s->file->comment.number, m);
    return m;
}

/* desk.js fetches the next message before it is wanted: that is not opening it. */
static bool is_prefetch(struct request *r) { return http_call_header(r->call, S("X-Prefetch")).p != NULL; }

/* Here, and for those who are served by other nodes. */
static void note_open(struct request *r, comment_number number) {
    desk_presence_open(r->app->presence, r->account.id, r->account.display_name, number, clock_now());
    nodes_tell_presence(r->app, r->account.id, r->account.display_name, number);
}

void desk_reply(struct request *r, const struct desk_page *page, int http_status) {
    struct showing s = {.asked = page};
    struct error error = {OK, ""};
    enum status status = page->is_message && page->number.v <= 0 ? NOT_FOUND : load(r, &s, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, page->note, S("/moderation"));
        return;
    }
    comment_number open = s.file ? s.file->comment.number : (comment_number){0};
    if (!is_prefetch(r)) note_open(r, open);
    struct view_desk_queue shown = {.message = map_message(r, &s),
                                    .is_message = page->is_message,
                                    .now = clock_now(),
                                    .done = page->done,
                                    .done_count = page->done_count,
                                    .late = page->late,
                                    .late_count = page->late_count,
                                    .nothing_chosen = page->nothing_chosen};
    map_list(r, &s, &shown.list);
    struct buf *body = request_buf(r);
    status = view_desk_queue(request_view(r), &shown, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* --- Notices ------------------------------------------------------------------------------------------------------ */

enum status desk_find_late(struct request *r, comment_number number, struct view_late *out, struct error *error) {
    struct comment comment;
    struct journal_list rows;
    struct account account;
    struct journal_filter filter = {.subject = arena_format(r->arena, "comment:%lld", (long long)number.v), .limit = 1};
    enum status status = comment_get(r->db, r->arena, number, &comment, error);
    if (status == OK) status = journal_list_load(r->db, r->arena, &filter, &rows, error);
    if (status != OK) return status;
    *out = (struct view_late){.number = number.v, .state = map_state(comment.state), .at = comment.submitted_at};
    if (!rows.count) return OK;
    out->at = rows.items[0].at;
    slice actor = rows.items[0].actor;
    int64_t id;
    bool house = slice_starts(actor, S("account:")) && slice_to_int64(slice_after(actor, S("account:").n), &id);
    if (house && account_get(r->db, r->arena, (account_id){id}, &account, error) == OK)
        out->account_name = account.display_name;
    return OK;
}

void desk_go_on(struct request *r, const struct view_queue_filter *filter, comment_number next,
                const struct desk_outcome *outcomes, size_t count) {
    struct buf address CLEANUP(buf_fini);
    buf_init(&address, 8192);
    buf_add(&address,
            next.v ? view_queue_message_address(r->arena, filter, next.v) : view_queue_address(r->arena, filter, 0));
    char mark = slice_find_char(buf_slice(&address), '?') == SIZE_MAX ? '?' : '&';
    for (int late = 0; late <= 1; late++) {
        size_t said = 0;
        for (size_t i = 0; i < count; i++) {
            if (outcomes[i].late != (late == 1)) continue;
            if (said++ == 0)
                buf_add_format(&address, "%c%s=", mark, late ? "late" : "done");
            else
                buf_add_char(&address, '.');
            buf_add_int(&address, outcomes[i].number.v);
            if (!late) buf_add_format(&address, ":%lld", (long long)outcomes[i].decision.v);
        }
        if (said) mark = '&';
    }
    request_redirect(r, arena_copy(r->arena, buf_slice(&address)));
}

/* What the address says was done, as the database has it: an address can be made up. */
static bool find_done(struct request *r, slice piece, struct view_done *out) {
    struct error error;
    struct decision_list list;
    int64_t number, id = 0;
    slice rest = piece, first = slice_cut(&rest, ':');
    if (!slice_to_int64(first, &number) || (rest.p && !slice_to_int64(rest, &id))) return false;
    if (decision_list_comment(r->db, r->arena, (comment_number){number}, &list, &error) != OK) return false;
    bool last_holds = true;
    for (size_t i = 0; i < list.count; i++) {
        const struct decision *d = &list.items[i];
        bool holds_now = !d->undone && !slice_equal(d->act, S("undo"));
        if (id == 0 || d->id.v == id) {
            *out = (struct view_done){number, d->id.v, d->act, map_state(d->to), holds_now && last_holds};
            return true;
        }
        if (holds_now) last_holds = false;
    }
    return false;
}

static void read_notices(struct request *r, struct desk_page *page) {
    struct error error;
    struct view_done *done = ARENA_ARRAY(r->arena, DONE_MAX, struct view_done);
    struct view_late *late = ARENA_ARRAY(r->arena, DONE_MAX, struct view_late);
    slice rest = request_field(r, "done");
    for (size_t i = 0; rest.p && rest.n && i < DONE_MAX; i++)
        if (find_done(r, slice_cut(&rest, '.'), &done[page->done_count])) page->done_count++;
    rest = request_field(r, "late");
    for (size_t i = 0; rest.p && rest.n && i < DONE_MAX; i++) {
        int64_t number;
        if (!slice_to_int64(slice_cut(&rest, '.'), &number)) continue;
        if (desk_find_late(r, (comment_number){number}, &late[page->late_count], &error) == OK) page->late_count++;
    }
    page->done = done;
    page->late = late;
    page->nothing_chosen = request_has_field(r, "none");
}

/* --- Handlers ----------------------------------------------------------------------------------------------------- */

void desk_queue(struct request *r) {
    struct desk_page page = {.filter = desk_filter(r), .after = {request_field_int(r, "after")}};
    read_notices(r, &page);
    desk_reply(r, &page, 200);
}

void desk_message(struct request *r) {
    struct desk_page page = {.filter = desk_filter(r), .number = {request_number(r, "number")}, .is_message = true};
    read_notices(r, &page);
    desk_reply(r, &page, 200);
}

/* GET /moderation/presence?comment=12&version=3: asked by desk.js every few seconds while its page is in view. */
void desk_presence_poll(struct request *r) {
    struct error error = {OK, ""};
    size_t count;
    comment_number number = {request_field_int(r, "comment")};
    note_open(r, number);
    const struct desk_opened *opened = load_opened(r, &count);
    struct view_queue_entry *entries = ARENA_ARRAY(r->arena, count, struct view_queue_entry);
    for (size_t i = 0; i < count; i++) {
        struct view_comment *comment = ARENA_NEW(r->arena, struct view_comment);
        comment->number = opened[i].number.v;
        entries[i] = (struct view_queue_entry){.comment = comment, .opened_by = opened[i].name};
    }
    struct view_presence presence = {.pending_count = r->site.pending_count,
                                     .report_count = r->site.report_count,
                                     .open = entries,
                                     .open_count = count,
                                     .now = clock_now()};
    struct comment comment;
    struct view_late late;
    if (number.v && comment_get(r->db, r->arena, number, &comment, &error) == OK) {
        presence.number = number.v;
        presence.version = comment.version;
        bool changed = comment.version != request_field_int(r, "version");
        if (changed && desk_find_late(r, number, &late, &error) == OK) presence.late = &late;
    }
    struct buf *json = request_buf(r);
    view_desk_presence(request_view(r), &presence, json);
    request_reply_buf(r, 200, S("application/json"), json);
}
