#include "view/page_desk_report.h"

#include "view/page_desk_common.h"

enum status view_desk_reports(const struct view_context *context, const struct view_desk_reports *page, struct buf *out,
                              struct error *error) {
    static const char *const NOTICES[] = {
        [VIEW_REPORTS_CLOSED] = T("The report is closed. Whoever made it reads your answer on the page of the report."),
        [VIEW_REPORTS_LATE] = T("A colleague had closed this report; nothing was changed. Your answer was:"),
        [VIEW_REPORTS_LONG] = T("The answer is too long, or holds what is no text. The report is still open."),
    };
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_MESSAGES, S(ADDRESS_DESK "/reports")},
                     T("Reported articles"));
    value_set_string(p.root, S("queue_style"), view__asset(&p, S("desk-queue.css")));
    value_set_string(p.root, S("notice"), page->notice ? view__text(&p, NOTICES[page->notice]) : S(""));
    value_set_string(p.root, S("kept"), page->kept);
    struct value *list = value_set_list(p.root, S("reports"));
    for (size_t i = 0; i < page->count; i++) {
        const struct view_article_report *report = &page->reports[i];
        struct value *item = value_list_add(list);
        value_set_int(item, S("id"), report->id);
        value_set_string(item, S("headline"), view__title(&p, p.language, report->headline));
        value_set_string(item, S("article_href"), address_article(p.arena, report->article, report->slug));
        value_set_string(item, S("edit_href"),
                         arena_format(p.arena, ADDRESS_DESK "/articles/%lld", (long long)report->article));
        value_set_bool(item, S("may_edit"), context->viewer->may_edit);
        value_set_string(item, S("rule"), report->rule);
        value_set_string(item, S("text"), report->text);
        value_set_string(item, S("name"), report->name);
        value_set_string(item, S("email"), report->email);
        value_set_string(item, S("answer"), report->answer);
        value_set_string(item, S("action"), arena_format(p.arena, ADDRESS_DESK "/reports/%lld", (long long)report->id));
        view__desk_set_time(&p, item, "at", report->at, page->now);
    }
    return view__page_render(&p, S("desk/reports"), out, error);
}
