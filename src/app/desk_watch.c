/* The watch list: its page, one of its entries, and trying them out. */
#include "app/desk_guard_routes.h"
#include "app/guard.h"
#include "app/map_desk.h"
#include "domain/charter.h"
#include "text/fold.h"
#include "text/mark.h"
#include "view/page_desk_guard.h"

enum {
    SHOWN_MAX = 200,
    FAULTS_MAX = 20,
    LINES_MAX = 5000, /* added at once */
};

struct watching {
    struct view_desk_watch page;
    struct charter charter;
    struct view_watch_fault faults[FAULTS_MAX];
    struct watch_entry *adding;
    size_t adding_count;
};

/* --- What the pages show ------------------------------------------------------------------------------------------ */

static const struct view_rule *load_rules(struct request *r, struct charter *charter, size_t *count) {
    struct error error;
    *count = 0;
    if (charter_load(r->db, r->arena, 0, APP_LANGUAGE[r->language].tag, charter, &error) != OK) {
        *charter = (struct charter){0};
        return NULL;
    }
    struct view_rule *rules = ARENA_ARRAY(r->arena, charter->rule_count, struct view_rule);
    for (size_t i = 0; i < charter->rule_count; i++)
        rules[(*count)++] = (struct view_rule){.code = charter->rules[i].code, .title = charter->rules[i].title};
    return rules;
}

/* rule: its code, for a form. */
static struct view_watch_entry map_entry(const struct watch_entry *entry) {
    return (struct view_watch_entry){.id = entry->id,
                                     .kind = watch_kind_name(entry->kind),
                                     .action = watch_action_name(entry->action),
                                     .pattern = entry->pattern,
                                     .rule = entry->rule_code,
                                     .language = entry->language,
                                     .overran_at = entry->overran_at,
                                     .created_at = entry->created_at,
                                     .by_name = entry->by_name};
}

static struct view_watch_entry map_row(const struct watch_entry *entry, const struct charter *charter) {
    struct view_watch_entry row = map_entry(entry);
    if (row.rule.n) row.rule = map_rule(charter, row.rule);
    return row;
}

static bool is_asked_for(struct request *r, const struct watch_entry *entry, slice query) {
    return query.n == 0 || slice_contains(text_fold_search(r->arena, entry->pattern), query);
}

static enum status load_rows(struct request *r, struct watching *w, struct error *error) {
    struct watch_entries list;
    enum status status = watch_entries_load(r->db, r->arena, &list, error);
    if (status != OK) return status;
    struct view_watch_entry *rows = ARENA_ARRAY(r->arena, SHOWN_MAX, struct view_watch_entry);
    slice query = text_fold_search(r->arena, w->page.query);
    for (size_t i = 0; i < list.count; i++) {
        if (!is_asked_for(r, &list.items[i], query)) continue;
        if (w->page.matching++ < SHOWN_MAX) rows[w->page.count++] = map_row(&list.items[i], &w->charter);
    }
    w->page.rows = rows;
    w->page.total = list.count;
    return OK;
}

static struct watching *watching_new(struct request *r) {
    struct watching *w = ARENA_NEW(r->arena, struct watching);
    w->page.form = (struct view_watch_entry){.kind = S("word"), .action = S("note")};
    w->page.query = request_field(r, "q");
    w->page.now = clock_now();
    return w;
}

static void reply(struct request *r, struct watching *w, int http_status) {
    struct error error = {OK, ""};
    w->page.rules = load_rules(r, &w->charter, &w->page.rule_count);
    w->page.faults = w->faults;
    enum status status = load_rows(r, w, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, w->page.form.pattern, S("/moderation"));
        return;
    }
    struct buf *body = request_buf(r);
    status = view_desk_watch(request_view(r), &w->page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* ?added=3&known=1 ?done=saved ?done=removed */
void desk_watch(struct request *r) {
    struct watching *w = watching_new(r);
    w->page.saved = slice_equal(request_field(r, "done"), S("saved"));
    w->page.removed = slice_equal(request_field(r, "done"), S("removed"));
    w->page.added = request_has_field(r, "added");
    w->page.added_count = request_field_int(r, "added");
    w->page.known_count = request_field_int(r, "known");
    reply(r, w, 200);
}

/* --- Trying out --------------------------------------------------------------------------------------------------- */

static void try_list(struct request *r, const struct watch_list *list, const struct charter *charter, slice language,
                     struct view_watch_trial *trial) {
    struct watch_result result = {0};
    struct evasion evasion = text_evasion(r->arena, trial->text);
    watch_look(list, r->arena, trial->text, &evasion, language, &result);
    struct view_watch_entry *found = ARENA_ARRAY(r->arena, result.count + 1, struct view_watch_entry);
    slice *words = ARENA_ARRAY(r->arena, result.count + 1, slice);
    for (size_t i = 0; i < result.count; i++) {
        struct view_watch_entry row = map_row(result.found[i].entry, charter);
        row.pattern = arena_copy(r->arena, row.pattern); /* the list may go */
        words[i] = slice_sub(trial->text, result.found[i].from, result.found[i].to);
        bool known = false;
        for (size_t k = 0; k < trial->found_count; k++) known |= found[k].id == row.id;
        if (!known) found[trial->found_count++] = row;
    }
    trial->tried = true;
    trial->marked = text_mark(r->arena, html_escape(r->arena, trial->text), words, result.count);
    trial->found = found;
    trial->overran = result.overran_count > 0;
}

void desk_watch_try(struct request *r) {
    struct watching *w = watching_new(r);
    struct error error = {OK, ""};
    struct watch_list *list;
    w->page.trial.text = request_field(r, "text");
    enum status status = watch_list_make(r->db, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, w->page.trial.text, S("/moderation/words"));
        return;
    }
    try_list(r, list, &w->charter, r->site.language, &w->page.trial);
    reply(r, w, 200);
    watch_list_unref(list);
}

/* --- Adding ------------------------------------------------------------------------------------------------------- */

/* False: the kind or the action is none. */
static bool read_entry(struct request *r, slice kind, struct watch_entry *out) {
    slice language = request_field(r, "language");
    *out = (struct watch_entry){.rule_code = request_field(r, "rule"), .language = language, .by_name = S("")};
    bool known = language.n == 0;
    for (size_t i = 0; i < APP_LANGUAGES; i++) known |= slice_equal(language, APP_LANGUAGE[i].tag);
    return known && out->rule_code.n <= 40 && watch_kind_parse(kind, &out->kind) &&
           watch_action_parse(request_field(r, "action"), &out->action);
}

static struct view_watch_fault map_fault(struct request *r, const struct watch_entry *entry, size_t at, int64_t line,
                                         const struct error *error) {
    struct view_watch_fault fault = {
        .line = line, .pattern = entry->pattern, .at = at == SIZE_MAX ? 0 : (int64_t)at + 1};
    if (entry->kind == WATCH_EXPRESSION) fault.detail = arena_copy(r->arena, slice_of(error->detail));
    return fault;
}

static void read_lines(struct request *r, struct watching *w, const struct watch_entry *model) {
    slice rest = request_field(r, "patterns");
    w->adding = ARENA_ARRAY(r->arena, LINES_MAX, struct watch_entry);
    for (int64_t line = 1; rest.p && w->adding_count < LINES_MAX; line++) {
        struct watch_entry entry = *model;
        struct error error = {OK, ""};
        size_t at;
        entry.pattern = slice_trim(slice_cut(&rest, '\n'));
        if (entry.pattern.n == 0) continue;
        if (watch_check(r->arena, &entry, &at, &error) == OK)
            w->adding[w->adding_count++] = entry;
        else if (w->page.fault_count < FAULTS_MAX)
            w->faults[w->page.fault_count++] = map_fault(r, &entry, at, line, &error);
    }
}

static enum status apply_add(struct db *db, struct request *r, void *data, struct error *error) {
    struct watching *w = data;
    w->page.added_count = w->page.known_count = 0;
    for (size_t i = 0; i < w->adding_count; i++) {
        enum status status = watch_add(db, &w->adding[i], r->account.id, error);
        if (status != OK && status != CONFLICT) return status;
        if (status == OK)
            w->page.added_count++;
        else
            w->page.known_count++;
    }
    return OK;
}

static void after_add(struct request *r, void *data, enum status status, const struct error *error) {
    struct watching *w = data;
    if (status == LIMIT) {
        w->page.full = true;
        reply(r, w, 422);
    } else if (status != OK) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, w->page.form.pattern, S("/moderation/words"));
    } else {
        request_redirect(r, arena_format(r->arena, "/moderation/words?added=%lld&known=%lld",
                                         (long long)w->page.added_count, (long long)w->page.known_count));
    }
}

void desk_watch_add(struct request *r) {
    struct watching *w = watching_new(r);
    struct watch_entry model;
    w->page.form = (struct view_watch_entry){.kind = request_field(r, "kind"),
                                             .action = request_field(r, "action"),
                                             .pattern = request_field(r, "patterns"),
                                             .rule = request_field(r, "rule"),
                                             .language = request_field(r, "language")};
    bool usable = read_entry(r, w->page.form.kind, &model);
    if (usable) read_lines(r, w, &model);
    if (!usable || w->page.fault_count || w->adding_count == 0)
        reply(r, w, 422);
    else
        request_write(r, w, apply_add, after_add);
}

/* --- One entry ---------------------------------------------------------------------------------------------------- */

struct entry_page {
    struct view_desk_watch_entry page;
    struct watch_entry entry;
    struct charter charter;
    struct view_watch_fault fault;
    bool removing;
};

static bool load_entry(struct request *r, struct entry_page *e) {
    struct error error = {OK, ""};
    enum status status = watch_get(r->db, r->arena, request_number(r, "id"), &e->entry, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation/words"));
        return false;
    }
    e->page.form = map_entry(&e->entry);
    e->page.now = clock_now();
    return true;
}

static void reply_entry(struct request *r, struct entry_page *e, int http_status) {
    struct error error = {OK, ""};
    e->page.rules = load_rules(r, &e->charter, &e->page.rule_count);
    struct buf *body = request_buf(r);
    enum status status = view_desk_watch_entry(request_view(r), &e->page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void desk_watch_entry(struct request *r) {
    struct entry_page *e = ARENA_NEW(r->arena, struct entry_page);
    if (load_entry(r, e)) reply_entry(r, e, 200);
}

static enum status apply_entry(struct db *db, struct request *r, void *data, struct error *error) {
    struct entry_page *e = data;
    if (e->removing) return watch_remove(db, e->entry.id, r->account.id, error);
    return watch_save(db, &e->entry, r->account.id, error);
}

static void after_entry(struct request *r, void *data, enum status status, const struct error *error) {
    struct entry_page *e = data;
    if (status == OK) {
        request_redirect(r, e->removing ? S("/moderation/words?done=removed") : S("/moderation/words?done=saved"));
    } else if (status == CONFLICT) {
        e->page.taken = true;
        reply_entry(r, e, 409);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, e->entry.pattern, S("/moderation/words"));
    }
}

static void try_entry(struct request *r, struct entry_page *e) {
    struct watch_entry tried = e->entry;
    tried.overran_at = 0;
    struct watch_list *list = watch_list_of(&tried, 1);
    try_list(r, list, &e->charter, tried.language, &e->page.trial);
    reply_entry(r, e, 200);
    watch_list_unref(list);
}

void desk_watch_entry_post(struct request *r) {
    struct entry_page *e = ARENA_NEW(r->arena, struct entry_page);
    struct error error = {OK, ""};
    struct watch_entry typed;
    size_t at;
    slice what = request_field(r, "do");
    if (!load_entry(r, e)) return;
    e->removing = slice_equal(what, S("remove"));
    if (e->removing) {
        request_write(r, e, apply_entry, after_entry);
        return;
    }
    if (!read_entry(r, watch_kind_name(e->entry.kind), &typed)) {
        request_fail(r, 422, VIEW_ERROR_FORM, request_field(r, "pattern"), S("/moderation/words"));
        return;
    }
    typed.id = e->entry.id;
    typed.created_at = e->entry.created_at;
    typed.by_name = e->entry.by_name;
    typed.pattern = request_field(r, "pattern");
    enum status status = watch_check(r->arena, &typed, &at, &error);
    e->entry = typed;
    e->page.form = map_entry(&typed);
    e->page.trial.text = request_field(r, "try");
    if (status != OK) {
        e->fault = map_fault(r, &typed, at, 1, &error);
        e->page.fault = &e->fault;
        reply_entry(r, e, 422);
    } else if (slice_equal(what, S("try"))) {
        try_entry(r, e);
    } else {
        request_write(r, e, apply_entry, after_entry);
    }
}
