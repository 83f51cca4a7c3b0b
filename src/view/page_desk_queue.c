/* The queue: its list, its notices, the page around a message. */
#include "view/page_desk_queue.h"

#include "text/excerpt.h"
#include "view/page_desk_common.h"

enum { CHECKS_SHOWN = 3, EXCERPT_CHARS = 150, PLAIN_BYTES = 2048 };

static const slice QUEUES[] = {[VIEW_QUEUE_PENDING] = S_INIT("pending"),
                               [VIEW_QUEUE_REPORTED] = S_INIT("reported"),
                               [VIEW_QUEUE_DECIDED] = S_INIT("decided")};

slice view_queue_name(enum view_queue queue) { return QUEUES[queue]; }

bool view_queue_parse(slice name, enum view_queue *out) {
    for (size_t i = 0; i < ARRAY_COUNT(QUEUES); i++) {
        if (!slice_equal(QUEUES[i], name)) continue;
        *out = (enum view_queue)i;
        return true;
    }
    return false;
}

static slice with_filter(struct arena *arena, slice address, const struct view_queue_filter *filter, int64_t after) {
    const char *mark = "?";
    if (filter->queue != VIEW_QUEUE_PENDING) {
        address = arena_format(arena, "%.*s%squeue=%.*s", SLICE_FMT(address), mark, SLICE_FMT(QUEUES[filter->queue]));
        mark = "&";
    }
    if (filter->article) {
        address = arena_format(arena, "%.*s%sarticle=%lld", SLICE_FMT(address), mark, (long long)filter->article);
        mark = "&";
    }
    if (after) address = arena_format(arena, "%.*s%safter=%lld", SLICE_FMT(address), mark, (long long)after);
    return address;
}

slice view_queue_address(struct arena *arena, const struct view_queue_filter *filter, int64_t after) {
    return with_filter(arena, S(ADDRESS_DESK), filter, after);
}

slice view_queue_message_address(struct arena *arena, const struct view_queue_filter *filter, int64_t number) {
    slice address = arena_format(arena, ADDRESS_DESK "/comments/%lld", (long long)number);
    return with_filter(arena, address, filter, 0);
}

slice view__desk_excerpt(const struct view__page *p, const struct view_comment *comment, size_t max_chars) {
    return text_excerpt(p->arena, view__plain(p->arena, comment->html, PLAIN_BYTES), max_chars);
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

static void set_tabs(struct view__page *p, struct value *object, const struct view_queue_list *list) {
    static const char *const LABELS[] = {[VIEW_QUEUE_PENDING] = T("To decide"),
                                         [VIEW_QUEUE_REPORTED] = T("Reported"),
                                         [VIEW_QUEUE_DECIDED] = T("Refused")};
    const int64_t counts[] = {list->pending_count, list->report_count, 0};
    struct value *tabs = value_set_list(object, S("tabs"));
    for (size_t i = 0; i < ARRAY_COUNT(LABELS); i++) {
        struct view_queue_filter filter = {(enum view_queue)i, list->filter.article};
        struct value *tab = value_list_add(tabs);
        value_set_string(tab, S("name"), QUEUES[i]);
        value_set_string(tab, S("label"), view__text(p, LABELS[i]));
        value_set_string(tab, S("href"), view_queue_address(p->arena, &filter, 0));
        value_set_bool(tab, S("current"), filter.queue == list->filter.queue);
        value_set_bool(tab, S("counted"), filter.queue != VIEW_QUEUE_DECIDED);
        value_set_int(tab, S("count"), counts[i]);
        value_set_string(tab, S("count_text"), view__number(p, counts[i]));
    }
}

static void set_entry(struct view__page *p, struct value *item, const struct view_queue_entry *entry,
                      const struct view_queue_filter *filter, int64_t current, time_ms now) {
    const struct view_comment *c = entry->comment;
    value_set_int(item, S("number"), c->number);
    value_set_int(item, S("version"), entry->version);
    value_set_string(item, S("href"), view_queue_message_address(p->arena, filter, c->number));
    value_set_bool(item, S("current"), c->number == current);
    value_set_string(item, S("name"), c->name);
    value_set_string(item, S("headline"), view__title(p, c->language, entry->headline));
    value_set_string(item, S("excerpt"), view__desk_excerpt(p, c, EXCERPT_CHARS));
    view__set_lang(p, item, c->language);
    view__desk_set_time(p, item, "sent", c->submitted_at, now);
    view__desk_set_state(p, item, c->state);
    value_set_bool(item, S("show_state"), filter->queue != VIEW_QUEUE_PENDING);
    size_t shown = entry->check_count > CHECKS_SHOWN ? CHECKS_SHOWN : entry->check_count;
    view__desk_set_checks(p, item, entry->checks, shown);
    value_set_int(item, S("more_checks"), (int64_t)(entry->check_count - shown));
    value_set_int(item, S("reports"), entry->report_count);
    value_set_string(item, S("opened_by"), entry->opened_by);
    value_set_bool(item, S("marked"), entry->check_count || entry->report_count || filter->queue != VIEW_QUEUE_PENDING);
}

static void set_list(struct view__page *p, const struct view_desk_queue *page) {
    const struct view_queue_list *list = &page->list;
    const struct view_queue_filter *filter = &list->filter;
    struct value *object = value_set_object(p->root, S("list"));
    int64_t current = page->message ? page->message->comment->number : 0;
    set_tabs(p, object, list);
    value_set_bool(object, S("is_pending"), filter->queue == VIEW_QUEUE_PENDING);
    value_set_bool(object, S("is_reported"), filter->queue == VIEW_QUEUE_REPORTED);
    value_set_int(p->root, S("article_reports"), filter->queue == VIEW_QUEUE_REPORTED ? list->article_reports : 0);
    value_set_bool(object, S("is_decided"), filter->queue == VIEW_QUEUE_DECIDED);
    value_set_bool(object, S("several"), filter->queue != VIEW_QUEUE_DECIDED && list->count > 0);
    struct value *entries = value_set_list(object, S("entries"));
    for (size_t i = 0; i < list->count; i++)
        set_entry(p, value_list_add(entries), &list->entries[i], filter, current, page->now);
    if (filter->article) {
        struct view_queue_filter all = {filter->queue, 0};
        value_set_string(object, S("only"), list->article_headline);
        value_set_string(object, S("all_href"), view_queue_address(p->arena, &all, 0));
    }
    if (list->after) value_set_string(object, S("first_href"), view_queue_address(p->arena, filter, 0));
    if (list->more) {
        int64_t last = list->entries[list->count - 1].comment->number;
        value_set_string(object, S("next_href"), view_queue_address(p->arena, filter, last));
    }
    if (list->oldest_pending && filter->queue == VIEW_QUEUE_PENDING)
        view__desk_set_time(p, object, "oldest", list->oldest_pending, page->now);
}

/* --- Notices ------------------------------------------------------------------------------------------------------ */

static void set_done(struct view__page *p, const struct view_desk_queue *page) {
    if (page->done_count == 0) return;
    struct value *done = value_set_object(p->root, S("done"));
    value_set_string(done, S("text"), view__desk_done(p, page->done, page->done_count));
    if (page->done_count == 1)
        value_set_string(done, S("href"),
                         view_queue_message_address(p->arena, &page->list.filter, page->done[0].number));
    struct value *undo = value_set_list(done, S("undo"));
    size_t count = 0;
    for (size_t i = 0; i < page->done_count; i++) {
        if (!page->done[i].may_undo) continue;
        value_list_add_string(undo, arena_format(p->arena, "%lld:%lld", (long long)page->done[i].number,
                                                 (long long)page->done[i].decision));
        count++;
    }
    value_set_bool(done, S("may_undo"), count > 0);
    value_set_bool(done, S("several"), count > 1);
}

static void set_late(struct view__page *p, const struct view_desk_queue *page) {
    if (page->late_count == 0) return;
    struct value *list = value_set_list(value_set_object(p->root, S("overtaken")), S("items"));
    for (size_t i = 0; i < page->late_count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("text"), view__desk_late(p, &page->late[i], page->now));
        value_set_string(item, S("href"),
                         view_queue_message_address(p->arena, &page->list.filter, page->late[i].number));
    }
}

/* --- The page ----------------------------------------------------------------------------------------------------- */

static void set_rules(struct view__page *p, const struct view_case *message) {
    struct value *rules = value_set_list(p->root, S("rules"));
    for (size_t i = 0; message && i < message->rule_count; i++) {
        struct value *rule = value_list_add(rules);
        value_set_string(rule, S("code"), message->rules[i].code);
        value_set_string(rule, S("title"), view__title(p, p->language, message->rules[i].title));
        /* the digits of the keyboard: nine rules have a key */
        if (i < 9)
            value_set_int(rule, S("digit"), (int64_t)i + 1);
        else
            value_set_null(rule, S("digit"));
    }
}

static slice title_of(struct view__page *p, const struct view_desk_queue *page) {
    if (!page->is_message || !page->message) return view__text(p, T("Moderation"));
    const struct catalog_argument arguments[] = {{S("number"), view__decimal(p->arena, page->message->comment->number)},
                                                 {S("name"), page->message->comment->name}};
    return catalog_format(p->arena, view__text(p, T("Message #{number} of {name}")), arguments, 2);
}

enum status view_desk_queue(const struct view_context *context, const struct view_desk_queue *page, struct buf *out,
                            struct error *error) {
    struct view__page p;
    const struct view_queue_filter *filter = &page->list.filter;
    slice here = page->is_message && page->message
                     ? view_queue_message_address(context->arena, filter, page->message->comment->number)
                     : view_queue_address(context->arena, filter, page->list.after);
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_MESSAGES, here}, T("Moderation"));
    view__page_title(&p, title_of(&p, page));
    value_set_string(p.root, S("queue_style"), view__asset(&p, S("desk-queue.css")));
    value_set_bool(p.root, S("is_message"), page->is_message);
    struct value *carried = value_set_object(p.root, S("filter"));
    value_set_string(carried, S("queue"), view_queue_name(filter->queue));
    value_set_int(carried, S("article"), filter->article);
    value_set_bool(p.root, S("nothing_chosen"), page->nothing_chosen);
    set_list(&p, page);
    set_done(&p, page);
    set_late(&p, page);
    set_rules(&p, page->message);
    if (page->message) view__desk_set_case(&p, page->message, filter, page->now);
    return view__page_render(&p, S("desk/queue"), out, error);
}

/* --- What colleagues do --------------------------------------------------------------------------------------------- */

static slice opened_text(struct view__page *p, slice name) {
    return catalog_format(p->arena, view__text(p, T("{name} has it open")),
                          (struct catalog_argument[]){{S("name"), name}}, 1);
}

static void add_member(struct buf *out, const char *name, slice text) {
    buf_add_format(out, "\"%s\":\"", name);
    buf_add_json(out, text);
    buf_add_char(out, '"');
}

void view_desk_presence(const struct view_context *context, const struct view_presence *presence, struct buf *out) {
    struct view__page p = {.context = context,
                           .catalog = templates_catalog(context->templates),
                           .arena = context->arena,
                           .language = catalog_language(templates_catalog(context->templates))};
    buf_add_char(out, '{');
    add_member(out, "pending", view__number(&p, presence->pending_count));
    buf_add_char(out, ',');
    add_member(out, "reported", view__number(&p, presence->report_count));
    buf_add(out, S(",\"open\":["));
    for (size_t i = 0; i < presence->open_count; i++) {
        const struct view_queue_entry *entry = &presence->open[i];
        buf_add_format(out, "%s{\"number\":%lld,", i ? "," : "", (long long)entry->comment->number);
        add_member(out, "text", opened_text(&p, entry->opened_by));
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    if (presence->number) {
        buf_add_format(out, ",\"message\":{\"number\":%lld,\"version\":%lld", (long long)presence->number,
                       (long long)presence->version);
        if (presence->late) {
            buf_add_char(out, ',');
            add_member(out, "text", view__desk_late(&p, presence->late, presence->now));
        }
        buf_add_char(out, '}');
    }
    buf_add_char(out, '}');
}
