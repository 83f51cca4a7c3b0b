#include "view/page_desk_guard.h"

#include "view/page_desk_edit_common.h"

#define WORDS ADDRESS_DESK "/words"
#define BANS ADDRESS_DESK "/bans"

static const struct view__choice KINDS[] = {
    {S_INIT("word"), T("Words and phrases")},
    {S_INIT("expression"), T("Regular expressions")},
};
static const struct view__choice ACTIONS[] = {
    {S_INIT("note"), T("Tell the moderator")},
    {S_INIT("hold"), T("A moderator reads the message first, everywhere")},
    {S_INIT("spam"), T("Mark the message as spam")},
    {S_INIT("refuse"), T("Do not take the message; its author is told")},
};

static const char *label_of(const struct view__choice *choices, size_t count, slice value) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(choices[i].value, value)) return choices[i].label;
    return T("Unknown");
}

static slice with(const struct view__page *p, const char *message, slice name, slice value) {
    return catalog_format(p->arena, view__text(p, message), (struct catalog_argument[]){{name, value}}, 1);
}

static slice counted(const struct view__page *p, const char *one, const char *many, size_t count) {
    return catalog_format(p->arena, catalog_get_plural(p->catalog, one, many, (int64_t)count),
                          (struct catalog_argument[]){{S("count"), view__number(p, (int64_t)count)}}, 1);
}

/* --- The watch list ----------------------------------------------------------------------------------------------- */

static slice language_name(const struct view__page *p, slice tag) {
    const struct view_site *site = p->context->site;
    for (size_t i = 0; i < site->language_count; i++)
        if (slice_equal(site->languages[i].tag, tag)) return site->languages[i].name;
    return tag;
}

static void set_row(const struct view__page *p, struct value *item, const struct view_watch_entry *row, time_ms now) {
    value_set_string(item, S("pattern"), row->pattern);
    value_set_string(item, S("href"), arena_format(p->arena, WORDS "/%lld", (long long)row->id));
    value_set_bool(item, S("is_expression"), slice_equal(row->kind, S("expression")));
    value_set_string(item, S("action"), view__text(p, label_of(ACTIONS, ARRAY_COUNT(ACTIONS), row->action)));
    value_set_string(item, S("rule"), row->rule);
    value_set_string(item, S("language"), row->language.n ? language_name(p, row->language) : S(""));
    view__desk_set_time(p, item, "overran", row->overran_at, now);
}

static void set_form(const struct view__page *p, struct value *object, const struct view_watch_entry *form,
                     const struct view_rule *rules, size_t rule_count) {
    value_set_string(object, S("pattern"), form->pattern);
    view__edit_set_choices(p, object, "kinds", KINDS, ARRAY_COUNT(KINDS), form->kind);
    view__edit_set_choices(p, object, "actions", ACTIONS, ARRAY_COUNT(ACTIONS), form->action);
    struct value *list = value_set_list(object, S("rules"));
    for (size_t i = 0; i < rule_count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("value"), rules[i].code);
        value_set_string(item, S("label"), rules[i].title);
        value_set_bool(item, S("chosen"), slice_equal(rules[i].code, form->rule));
    }
    view__edit_set_languages(p, object, form->language);
}

static slice fault_text(const struct view__page *p, const struct view_watch_fault *fault) {
    const struct catalog_argument arguments[] = {
        {S("pattern"), fault->pattern}, {S("at"), view__number(p, fault->at)}, {S("detail"), fault->detail}};
    const char *message = T("“{pattern}”: a word or phrase has 2 to 100 letters.");
    if (fault->detail.n) message = T("“{pattern}” is not an expression: {detail}.");
    if (fault->detail.n && fault->at) message = T("“{pattern}”, character {at}: {detail}.");
    return catalog_format(p->arena, view__text(p, message), arguments, ARRAY_COUNT(arguments));
}

static void set_faults(const struct view__page *p, struct value *object, const struct view_watch_fault *faults,
                       size_t count) {
    struct value *list = value_set_list(object, S("faults"));
    for (size_t i = 0; i < count; i++) value_set_string(value_list_add(list), S("text"), fault_text(p, &faults[i]));
    value_set_bool(object, S("faulty"), count > 0);
}

static void set_trial(const struct view__page *p, const struct view_watch_trial *trial, time_ms now) {
    struct value *object = value_set_object(p->root, S("trial"));
    value_set_string(object, S("text"), trial->text);
    value_set_bool(object, S("tried"), trial->tried);
    value_set_html(object, S("marked"), trial->marked);
    value_set_bool(object, S("any"), trial->found_count > 0);
    value_set_bool(object, S("overran"), trial->overran);
    struct value *list = value_set_list(object, S("found"));
    for (size_t i = 0; i < trial->found_count; i++) set_row(p, value_list_add(list), &trial->found[i], now);
}

static slice watch_notice(const struct view__page *p, const struct view_desk_watch *page) {
    if (page->saved) return view__text(p, T("Saved."));
    if (page->removed) return view__text(p, T("Taken off the list."));
    if (page->added && page->known_count && !page->added_count)
        return view__text(p, T("All of it was on the list already."));
    if (page->added) return counted(p, TN("One entry added.", "{count} entries added."), (size_t)page->added_count);
    return S("");
}

enum status view_desk_watch(const struct view_context *context, const struct view_desk_watch *page, struct buf *out,
                            struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_WORDS, S(WORDS)}, T("Words looked for"));
    value_set_string(p.root, S("notice"), watch_notice(&p, page));
    value_set_string(p.root, S("action"), S(WORDS));
    value_set_string(p.root, S("query"), page->query);
    value_set_bool(p.root, S("any"), page->total > 0);
    value_set_string(p.root, S("total"), counted(&p, TN("One entry", "{count} entries"), page->total));
    value_set_string(p.root, S("more"),
                     page->matching > page->count
                         ? counted(&p, TN("One more: look for it above.", "{count} more: look for them above."),
                                   page->matching - page->count)
                         : S(""));
    struct value *rows = value_set_list(p.root, S("rows"));
    for (size_t i = 0; i < page->count; i++) set_row(&p, value_list_add(rows), &page->rows[i], page->now);
    struct value *form = value_set_object(p.root, S("form"));
    set_form(&p, form, &page->form, page->rules, page->rule_count);
    set_faults(&p, form, page->faults, page->fault_count);
    value_set_bool(form, S("full"), page->full);
    set_trial(&p, &page->trial, page->now);
    return view__page_render(&p, S("desk/words"), out, error);
}

enum status view_desk_watch_entry(const struct view_context *context, const struct view_desk_watch_entry *page,
                                  struct buf *out, struct error *error) {
    struct view__page p;
    slice here = arena_format(context->arena, WORDS "/%lld", (long long)page->form.id);
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_WORDS, here}, T("A word looked for"));
    value_set_string(p.root, S("list_href"), S(WORDS));
    struct value *form = value_set_object(p.root, S("form"));
    value_set_string(form, S("action"), here);
    value_set_bool(form, S("is_expression"), slice_equal(page->form.kind, S("expression")));
    value_set_bool(form, S("taken"), page->taken);
    value_set_string(form, S("by_name"), view__title(&p, p.language, page->form.by_name));
    view__desk_set_time(&p, form, "created", page->form.created_at, page->now);
    view__desk_set_time(&p, form, "overran", page->form.overran_at, page->now);
    set_form(&p, form, &page->form, page->rules, page->rule_count);
    set_faults(&p, form, page->fault, page->fault ? 1 : 0);
    set_trial(&p, &page->trial, page->now);
    return view__page_render(&p, S("desk/word"), out, error);
}

/* --- Bans --------------------------------------------------------------------------------------------------------- */

void view__desk_set_ban(const struct view__page *p, struct value *item, const struct view_ban *ban, time_ms now) {
    struct view_queue_filter all = {VIEW_QUEUE_PENDING, 0};
    bool device = slice_equal(ban->kind, S("device"));
    value_set_string(item, S("name"), ban->name);
    value_set_string(item, S("kind"), view__text(p, device ? T("The device") : T("The network")));
    value_set_string(item, S("note"), ban->note);
    value_set_string(item, S("by_name"), view__title(p, p->language, ban->by_name));
    value_set_int(item, S("number"), ban->comment);
    value_set_string(item, S("href"), view_queue_message_address(p->arena, &all, ban->comment));
    value_set_string(item, S("revoke"), arena_format(p->arena, BANS "/%lld/revoke", (long long)ban->id));
    value_set_string(item, S("end"), date_day(p->context->dates, p->arena, ban->ends_at));
    view__desk_set_time(p, item, "created", ban->created_at, now);
    view__desk_set_time(p, item, "ends", ban->ends_at, now);
    value_set_string(item, S("revoked"),
                     ban->revoked_at ? with(p, T("revoked by {name}"), S("name"), ban->revoked_by_name) : S(""));
}

enum status view_desk_bans(const struct view_context *context, const struct view_desk_bans *page, struct buf *out,
                           struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_BANS, S(BANS)}, T("Bans"));
    value_set_string(p.root, S("notice"), page->revoked ? view__text(&p, T("The ban is revoked.")) : S(""));
    value_set_bool(p.root, S("any"), page->count > 0);
    value_set_bool(p.root, S("any_ended"), page->ended_count > 0);
    struct value *bans = value_set_list(p.root, S("bans")), *ended = value_set_list(p.root, S("ended"));
    for (size_t i = 0; i < page->count; i++) view__desk_set_ban(&p, value_list_add(bans), &page->bans[i], page->now);
    for (size_t i = 0; i < page->ended_count; i++)
        view__desk_set_ban(&p, value_list_add(ended), &page->ended[i], page->now);
    return view__page_render(&p, S("desk/bans"), out, error);
}
