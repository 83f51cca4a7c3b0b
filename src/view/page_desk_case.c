/* A message at the desk, with all that is known of it. */
#include "view/page_desk_common.h"

#include "text/diff.h"
#include "text/link.h"

enum {
    WHOLE_THREAD = 14, /* a thread of so many messages is shown whole … */
    AROUND = 4, /* … of a longer one its root, whom the message answers, and so many on each side; the rest folds */
    ANSWERED_CHARS = 320,
    LATEST_CHARS = 110,
    DIFFS = 10, /* of so many of the latest versions it is shown what changed */
};

static void set_comment(struct view__page *p, struct value *item, const struct view_comment *c,
                        const struct view_queue_filter *filter, time_ms now) {
    value_set_int(item, S("number"), c->number);
    value_set_string(item, S("href"), view_queue_message_address(p->arena, filter, c->number));
    value_set_string(item, S("name"), c->name);
    value_set_string(item, S("title"), view__title(p, c->language, c->title));
    value_set_html(item, S("html"), c->html);
    view__set_lang(p, item, c->language);
    view__desk_set_time(p, item, "sent", c->submitted_at, now);
    view__desk_set_state(p, item, c->state);
    value_set_bool(item, S("is_published"), c->state == VIEW_COMMENT_PUBLISHED);
    value_set_bool(item, S("is_reply"), c->root != 0);
    value_set_string(item, S("answers"), c->parent != c->root || c->root == 0 ? c->parent_name : S(""));
    if (c->parent)
        value_set_int(item, S("answers_number"), c->parent);
    else
        value_set_null(item, S("answers_number"));
}

/* --- The thread --------------------------------------------------------------------------------------------------- */

static const struct view_comment *find(const struct view_case *m, int64_t number) {
    for (size_t i = 0; number && i < m->thread_count; i++)
        if (m->thread[i].number == number) return &m->thread[i];
    return NULL;
}

static bool stands_near(const struct view_case *m, size_t at, size_t current) {
    if (m->thread_count <= WHOLE_THREAD || at == 0) return true;
    size_t distance = at > current ? at - current : current - at;
    return distance <= AROUND || m->thread[at].number == m->comment->parent;
}

/* Runs of messages, those further away folded: `runs`, each with `items` and, when it is folded, `folded` = how many. */
static void set_thread(struct view__page *p, struct value *object, const struct view_case *m,
                       const struct view_queue_filter *filter, time_ms now) {
    struct value *runs = value_set_list(object, S("runs"));
    struct value *run = NULL, *items = NULL;
    size_t current = 0;
    bool near = false;
    while (current < m->thread_count && m->thread[current].number != m->comment->number) current++;
    for (size_t i = 0, folded = 0; i < m->thread_count; i++) {
        if (!run || near != stands_near(m, i, current)) {
            near = stands_near(m, i, current);
            folded = 0;
            run = value_list_add(runs);
            items = value_set_list(run, S("items"));
        }
        value_set_int(run, S("folded"), near ? 0 : (int64_t)++folded);
        struct value *item = value_list_add(items);
        set_comment(p, item, &m->thread[i], filter, now);
        value_set_bool(item, S("current"), i == current);
    }
    value_set_bool(object, S("cut"), m->thread_cut);
    value_set_bool(object, S("has_thread"), m->thread_count > 1);
    value_set_int(object, S("thread_count"), (int64_t)m->thread_count);
}

static void set_answered(struct view__page *p, struct value *object, const struct view_case *m,
                         const struct view_queue_filter *filter, time_ms now) {
    const struct view_comment *answered = find(m, m->comment->parent);
    value_set_null(object, S("answered"));
    if (!answered) return;
    struct value *item = value_set_object(object, S("answered"));
    set_comment(p, item, answered, filter, now);
    value_set_string(item, S("excerpt"), view__desk_excerpt(p, answered, ANSWERED_CHARS));
}

/* --- What is known ------------------------------------------------------------------------------------------------- */

static void set_history(struct view__page *p, struct value *object, const struct view_case *m,
                        const struct view_queue_filter *filter, time_ms now) {
    static const char *const BASES[] = {
        [VIEW_HISTORY_DEVICE] = T("Messages sent from the same browser."),
        [VIEW_HISTORY_ADDRESS] = T("Messages from the same block of addresses: not always the same person."),
        [VIEW_HISTORY_NAME] = T("Messages under the same name: not always the same person."),
    };
    const struct view_history *h = &m->history;
    struct value *history = value_set_object(object, S("history"));
    value_set_string(history, S("basis"), view__text(p, BASES[h->basis]));
    const struct {
        const char *one, *many;
        int64_t count;
    } figures[] = {
        {TN("one published", "{count} published"), h->published}, {TN("one pending", "{count} pending"), h->pending},
        {TN("one rejected", "{count} rejected"), h->rejected},    {TN("one spam", "{count} spam"), h->spam},
        {TN("one removed", "{count} removed"), h->removed},
    };
    struct value *list = value_set_list(history, S("figures"));
    int64_t total = 0;
    for (size_t i = 0; i < ARRAY_COUNT(figures); i++) {
        total += figures[i].count;
        if (figures[i].count == 0) continue;
        slice message = catalog_get_plural(p->catalog, figures[i].one, figures[i].many, figures[i].count);
        value_list_add_string(
            list, catalog_format(p->arena, message,
                                 (struct catalog_argument[]){{S("count"), view__number(p, figures[i].count)}}, 1));
    }
    value_set_bool(history, S("any"), total > 0);
    struct value *latest = value_set_list(history, S("latest"));
    for (size_t i = 0; i < h->latest_count; i++) {
        struct value *item = value_list_add(latest);
        set_comment(p, item, &h->latest[i], filter, now);
        value_set_string(item, S("excerpt"), view__desk_excerpt(p, &h->latest[i], LATEST_CHARS));
    }
}

static void set_reports(struct view__page *p, struct value *object, const struct view_case *m, time_ms now) {
    static const char *const STATES[] = {
        [VIEW_REPORT_OPEN] = T("open"), [VIEW_REPORT_UPHELD] = T("upheld"), [VIEW_REPORT_DISMISSED] = T("dismissed")};
    struct value *list = value_set_list(object, S("reports"));
    for (size_t i = 0; i < m->report_count; i++) {
        const struct view_report_entry *report = &m->reports[i];
        struct value *item = value_list_add(list);
        value_set_string(item, S("rule"), report->rule);
        value_set_string(item, S("text"), report->text);
        value_set_string(item, S("name"), report->name);
        value_set_string(item, S("email"), report->email);
        value_set_string(item, S("answer"), report->answer);
        value_set_string(item, S("report_state"), view__text(p, STATES[report->state]));
        value_set_bool(item, S("is_open"), report->state == VIEW_REPORT_OPEN);
        view__desk_set_time(p, item, "at", report->at, now);
    }
    value_set_bool(object, S("has_reports"), m->report_count > 0);
    value_set_int(object, S("open_reports"), m->open_reports);
}

static void set_decisions(struct view__page *p, struct value *object, const struct view_case *m, time_ms now) {
    struct value *list = value_set_list(object, S("decisions"));
    for (size_t i = 0; i < m->decision_count; i++) {
        const struct view_decision *d = &m->decisions[i];
        struct value *item = value_list_add(list);
        value_set_int(item, S("id"), d->id);
        value_set_string(item, S("text"), view__desk_act_by(p, d->act, d->account_name));
        value_set_string(item, S("rule"), d->rule);
        value_set_string(item, S("note"), d->note);
        value_set_string(item, S("reason"), d->reason);
        value_set_bool(item, S("undone"), d->undone);
        value_set_bool(item, S("may_undo"), d->may_undo);
        view__desk_set_time(p, item, "at", d->at, now);
    }
    value_set_bool(object, S("has_decisions"), m->decision_count > 0);
}

/* What the text after it has changed: the name and the title too, where they did. */
static void set_difference(struct view__page *p, struct value *item, const struct view_case *m, size_t i) {
    const struct view_revision *old = &m->revisions[i], *newer = i > 0 ? &m->revisions[i - 1] : NULL;
    value_set_bool(item, S("compared"), i < DIFFS);
    if (i >= DIFFS) return;
    const struct {
        slice key, before, after;
    } parts[] = {
        {S("name_changes"), old->name, newer ? newer->name : m->comment->name},
        {S("title_changes"), old->title, newer ? newer->title : m->comment->title},
        {S("changes"), old->text, newer ? newer->text : m->text},
    };
    for (size_t part = 0; part < ARRAY_COUNT(parts); part++)
        value_set_html(item, parts[part].key, diff_words(p->arena, parts[part].before, parts[part].after));
}

static void set_revisions(struct view__page *p, struct value *object, const struct view_case *m, time_ms now) {
    struct value *list = value_set_list(object, S("revisions"));
    for (size_t i = 0; i < m->revision_count; i++) {
        const struct view_revision *revision = &m->revisions[i];
        struct value *item = value_list_add(list);
        value_set_string(item, S("name"), revision->name);
        value_set_string(item, S("title"), revision->title);
        value_set_string(item, S("text"), revision->text);
        value_set_bool(item, S("by_desk"), revision->by_desk);
        set_difference(p, item, m, i);
        view__desk_set_time(p, item, "at", revision->replaced_at, now);
    }
    value_set_int(object, S("revision_count"), (int64_t)m->revision_count);
}

/* --- The message itself --------------------------------------------------------------------------------------------- */

static void set_acts(struct view__page *p, struct value *object, const struct view_case *m,
                     const struct view_queue_filter *filter) {
    slice address = arena_format(p->arena, ADDRESS_DESK "/comments/%lld", (long long)m->comment->number);
    value_set_string(object, S("address"), address);
    value_set_bool(object, S("may_publish"), m->may_publish);
    value_set_bool(object, S("may_spam"), m->may_spam);
    /* Which of the two is meant follows from the state: never both. */
    value_set_bool(object, S("may_refuse"), m->may_reject || m->may_remove);
    value_set_bool(object, S("removes"), m->may_remove);
    value_set_string(object, S("refusal"), m->may_remove ? S("remove") : S("reject"));
    value_set_bool(object, S("may_act"), m->may_publish || m->may_spam || m->may_reject || m->may_remove);
    bool editable = m->comment->state != VIEW_COMMENT_WITHDRAWN;
    struct view_queue_filter carried = *filter;
    slice edit = view_queue_message_address(p->arena, &carried, m->comment->number);
    slice path = slice_sub(edit, 0, address.n), query = slice_after(edit, address.n);
    value_set_string(object, S("edit"),
                     editable ? arena_format(p->arena, "%.*s/edit%.*s", SLICE_FMT(path), SLICE_FMT(query)) : S(""));
    value_set_string(object, S("next"), m->next ? view_queue_message_address(p->arena, filter, m->next) : S(""));
    value_set_string(object, S("previous"),
                     m->previous ? view_queue_message_address(p->arena, filter, m->previous) : S(""));
    value_set_string(object, S("queue_href"), view_queue_address(p->arena, filter, 0));
    value_set_string(
        object, S("journal"),
        arena_format(p->arena, ADDRESS_DESK "/journal?subject=comment:%lld", (long long)m->comment->number));
}

static void set_article(struct view__page *p, struct value *object, const struct view_case *m,
                        const struct view_queue_filter *filter) {
    struct view_queue_filter only = {filter->queue, m->article->id};
    value_set_string(object, S("headline"), view__title(p, m->article->language, m->article->headline));
    if (slice_equal(m->article->language, p->language))
        value_set_null(object, S("article_lang"));
    else
        value_set_string(object, S("article_lang"), m->article->language);
    value_set_string(object, S("article_href"), view__article_address(p, m->article));
    value_set_string(object, S("only_href"), filter->article ? S("") : view_queue_address(p->arena, &only, 0));
}

static void set_bans(struct view__page *p, struct value *object, const struct view_case *m, time_ms now) {
    struct value *bans = value_set_list(object, S("bans"));
    for (size_t i = 0; i < m->ban_count; i++) view__desk_set_ban(p, value_list_add(bans), &m->bans[i], now);
    value_set_bool(object, S("may_ban"), m->may_ban_device || m->may_ban_network);
    value_set_bool(object, S("may_ban_device"), m->may_ban_device);
    value_set_bool(object, S("may_ban_network"), m->may_ban_network);
    value_set_string(object, S("bans_href"), S(ADDRESS_DESK "/bans"));
}

void view__desk_set_case(struct view__page *p, const struct view_case *m, const struct view_queue_filter *filter,
                         time_ms now) {
    const struct view_comment *c = m->comment;
    struct value *object = value_set_object(p->root, S("message"));
    set_comment(p, object, c, filter, now);
    set_article(p, object, m, filter);
    value_set_int(object, S("version"), m->version);
    value_set_int(object, S("charter_version"), m->charter_version);
    value_set_string(object, S("email"), m->email);
    value_set_string(object, S("website"), url_is_web(c->website) ? c->website : S(""));
    view__desk_set_time(p, object, "edited", c->edited_at, now);
    value_set_bool(object, S("edited_by_desk"), c->edited_by_desk);
    value_set_string(object, S("public_href"),
                     c->state == VIEW_COMMENT_PUBLISHED ? address_comment(p->arena, c->number) : S(""));
    view__desk_set_checks(p, object, m->checks, m->check_count);
    value_set_html(object, S("html"), view__desk_marked(p, c->html, m->checks, m->check_count));
    value_set_bool(object, S("has_checks"), m->check_count > 0);
    value_set_bool(object, S("looked_at_later"), m->looked_at_later);
    struct value *words = value_set_list(object, S("words"));
    for (size_t i = 0; i < m->word_count; i++) value_set_string(value_list_add(words), S("word"), m->words[i]);
    value_set_bool(object, S("any_words"), m->word_count > 0);
    value_set_string(object, S("words_action"), S(ADDRESS_DESK "/dictionary"));
    value_set_string(object, S("opened_by"), m->opened_by);
    value_set_bool(object, S("may_pick"), m->may_pick);
    value_set_bool(object, S("picked"), c->is_picked);
    value_set_bool(object, S("reason_is_sent"), m->reason_is_sent);
    value_set_string(object, S("note"), m->note);
    value_set_string(object, S("reason"), m->reason);
    value_set_string(object, S("answer"), m->answer);
    value_set_bool(object, S("has_words"), m->note.n > 0 || m->reason.n > 0 || m->answer.n > 0);
    value_set_bool(object, S("late_undo"), m->late_undo);
    value_set_string(object, S("late"), m->late ? view__desk_late(p, m->late, now) : S(""));
    set_bans(p, object, m, now);
    set_answered(p, object, m, filter, now);
    set_thread(p, object, m, filter, now);
    set_history(p, object, m, filter, now);
    set_reports(p, object, m, now);
    set_decisions(p, object, m, now);
    set_revisions(p, object, m, now);
    set_acts(p, object, m, filter);
}

/* --- Editing ------------------------------------------------------------------------------------------------------ */

enum status view_desk_edit(const struct view_context *context, const struct view_desk_edit *page, struct buf *out,
                           struct error *error) {
    struct view__page p;
    slice back = view_queue_message_address(context->arena, &page->filter, page->comment->number);
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_MESSAGES, back}, T("Edit a message"));
    view__set_problems(&p, page->problems, page->problem_count);
    struct value *form = value_set_object(p.root, S("form"));
    set_comment(&p, value_set_object(p.root, S("message")), page->comment, &page->filter, page->now);
    value_set_string(form, S("action"),
                     arena_format(p.arena, ADDRESS_DESK "/comments/%lld/edit", (long long)page->comment->number));
    value_set_string(form, S("back"), back);
    value_set_string(form, S("queue"), view_queue_name(page->filter.queue));
    value_set_int(form, S("article"), page->filter.article);
    value_set_int(form, S("version"), page->version);
    value_set_string(form, S("name"), page->name);
    value_set_string(form, S("title"), page->title);
    value_set_string(form, S("text"), page->text);
    value_set_string(form, S("note"), page->note);
    value_set_string(form, S("most"), view__number(&p, page->max_characters));
    value_set_string(form, S("late"), page->late ? view__desk_late(&p, page->late, page->now) : S(""));
    value_set_string(form, S("headline"), view__title(&p, page->article->language, page->article->headline));
    return view__page_render(&p, S("desk/edit"), out, error);
}
