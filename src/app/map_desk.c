#include "app/map_desk.h"

#include "app/map.h"

#include "base/buf.h"
#include "base/crypto.h"

#include <jansson.h>

enum view_comment_state map_state(enum comment_state state) {
    static const enum view_comment_state STATES[COMMENT_STATES] = {
        [COMMENT_PENDING] = VIEW_COMMENT_PENDING,   [COMMENT_PUBLISHED] = VIEW_COMMENT_PUBLISHED,
        [COMMENT_REJECTED] = VIEW_COMMENT_REJECTED, [COMMENT_SPAM] = VIEW_COMMENT_SPAM,
        [COMMENT_REMOVED] = VIEW_COMMENT_REMOVED,   [COMMENT_WITHDRAWN] = VIEW_COMMENT_WITHDRAWN,
    };
    return STATES[state];
}

enum queue_kind map_queue(enum view_queue queue) {
    static const enum queue_kind KINDS[] = {[VIEW_QUEUE_PENDING] = QUEUE_PENDING,
                                            [VIEW_QUEUE_REPORTED] = QUEUE_REPORTED,
                                            [VIEW_QUEUE_DECIDED] = QUEUE_DECIDED};
    return KINDS[queue];
}

static slice json_text(struct arena *arena, const json_t *value) {
    return arena_copy(arena, slice_make(json_string_value(value), json_string_length(value)));
}

slice map_rule(const struct charter *charter, slice code) {
    for (size_t i = 0; charter && i < charter->rule_count; i++)
        if (slice_equal(charter->rules[i].code, code)) return charter->rules[i].title;
    return code;
}

static slice json_member(struct arena *arena, const json_t *item, const char *name) {
    return json_text(arena, json_object_get(item, name));
}

static const int64_t *map_numbers(struct arena *arena, const json_t *item, size_t *count) {
    const json_t *one = json_object_get(item, "comment"), *many = json_object_get(item, "comments");
    size_t n = json_array_size(many);
    int64_t *numbers = ARENA_ARRAY(arena, n + 1, int64_t);
    *count = 0;
    if (json_is_integer(one)) numbers[(*count)++] = json_integer_value(one);
    for (size_t i = 0; i < n && *count < n; i++) numbers[(*count)++] = json_integer_value(json_array_get(many, i));
    return numbers;
}

static const slice *map_check_words(struct arena *arena, const json_t *array, size_t *count) {
    size_t n = json_array_size(array);
    slice *words = ARENA_ARRAY(arena, n + 1, slice);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (json_is_string(json_array_get(array, i))) words[(*count)++] = json_text(arena, json_array_get(array, i));
    return words;
}

static struct view_check map_check(struct arena *arena, const json_t *item, const struct charter *charter) {
    slice action = json_member(arena, item, "action"), rule = json_member(arena, item, "rule");
    struct view_check check = {.code = json_member(arena, item, "check"),
                               .count = json_integer_value(json_object_get(item, "count")),
                               .minutes = json_integer_value(json_object_get(item, "minutes")),
                               .as = json_member(arena, item, "as"),
                               .entry = json_member(arena, item, "entry"),
                               .rule = rule.n ? map_rule(charter, rule) : rule,
                               .field = json_member(arena, item, "field"),
                               .serious = action.n && !slice_equal(action, S("note"))};
    const json_t *percent = json_object_get(item, "percent");
    if (percent) check.minutes = json_integer_value(percent);
    check.language = json_member(arena, item, "language");
    check.words = map_check_words(arena, json_object_get(item, "words"), &check.word_count);
    check.comments = map_numbers(arena, item, &check.comment_count);
    return check;
}

const struct view_check *map_checks(struct arena *arena, slice json, const struct charter *charter, size_t *count) {
    json_t *array = json_loadb(json.p ? json.p : "", json.n, 0, NULL);
    size_t n = json_array_size(array); /* 0 for what is no array */
    struct view_check *checks = ARENA_ARRAY(arena, n, struct view_check);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);
        if (json_is_string(json_object_get(item, "check"))) checks[(*count)++] = map_check(arena, item, charter);
    }
    json_decref(array);
    return checks;
}

static const struct view_comment *map_one(struct arena *arena, const struct comment *comment) {
    struct view_comment *mapped = ARENA_NEW(arena, struct view_comment);
    *mapped = map_comment(comment);
    return mapped;
}

struct view_queue_entry map_queue_entry(struct arena *arena, const struct queue_entry *entry) {
    struct view_queue_entry mapped = {.comment = map_one(arena, &entry->comment),
                                      .version = entry->comment.version,
                                      .headline = entry->article_headline,
                                      .report_count = entry->comment.report_count};
    mapped.checks = map_checks(arena, entry->comment.checks, NULL, &mapped.check_count);
    return mapped;
}

struct view_late map_late(comment_number number, const struct decision_other *other) {
    return (struct view_late){number.v, other->account_name, map_state(other->state), other->at};
}

static struct view_history map_history(struct arena *arena, const struct author_history *h) {
    enum view_history_basis basis = VIEW_HISTORY_NAME;
    if (slice_equal(h->basis, S("device"))) basis = VIEW_HISTORY_DEVICE;
    if (slice_equal(h->basis, S("address"))) basis = VIEW_HISTORY_ADDRESS;
    return (struct view_history){.basis = basis,
                                 .published = h->published,
                                 .rejected = h->rejected,
                                 .spam = h->spam,
                                 .removed = h->removed,
                                 .pending = h->pending,
                                 .latest = map_comments(arena, h->latest.items, h->latest.count),
                                 .latest_count = h->latest.count};
}

enum view_report_state map_report_state(slice state) {
    if (slice_equal(state, S("upheld"))) return VIEW_REPORT_UPHELD;
    return slice_equal(state, S("dismissed")) ? VIEW_REPORT_DISMISSED : VIEW_REPORT_OPEN;
}

static const struct view_report_entry *map_reports(struct arena *arena, const struct comment_file *file,
                                                   const struct charter *charter) {
    struct view_report_entry *mapped = ARENA_ARRAY(arena, file->report_count, struct view_report_entry);
    for (size_t i = 0; i < file->report_count; i++) {
        const struct report *report = &file->reports[i];
        mapped[i] = (struct view_report_entry){.rule = map_rule(charter, report->rule_code),
                                               .text = report->text,
                                               .name = report->name,
                                               .email = report->email,
                                               .state = map_report_state(report->state),
                                               .answer = report->answer,
                                               .at = report->at};
    }
    return mapped;
}

static const struct view_decision *map_decisions(struct arena *arena, const struct comment_file *file,
                                                 const struct charter *charter) {
    const struct decision_list *list = &file->decisions;
    struct view_decision *mapped = ARENA_ARRAY(arena, list->count, struct view_decision);
    bool last_holds = file->comment.state != COMMENT_WITHDRAWN;
    for (size_t i = 0; i < list->count; i++) {
        const struct decision *d = &list->items[i];
        bool holds = !d->undone && !slice_equal(d->act, S("undo"));
        mapped[i] = (struct view_decision){.id = d->id.v,
                                           .act = d->act,
                                           .to = map_state(d->to),
                                           .account_name = d->account_name,
                                           .rule = map_rule(charter, d->rule_code),
                                           .note = d->note,
                                           .reason = d->reason,
                                           .at = d->at,
                                           .undone = d->undone,
                                           .may_undo = holds && last_holds};
        if (holds) last_holds = false; /* only the last one that holds can be undone */
    }
    return mapped;
}

static const struct view_revision *map_revisions(struct arena *arena, const struct comment_file *file) {
    struct view_revision *mapped = ARENA_ARRAY(arena, file->revision_count, struct view_revision);
    for (size_t i = 0; i < file->revision_count; i++) {
        const struct comment_revision *revision = &file->revisions[i];
        mapped[i] = (struct view_revision){revision->at, revision->by_desk, revision->name, revision->title,
                                           revision->text_source};
    }
    return mapped;
}

static bool may(const struct comment_file *file, enum comment_act act) {
    enum comment_state to;
    return comment_state_after(file->comment.state, act, &to);
}

struct view_case map_case(struct arena *arena, const struct comment_file *file, const struct charter *charter) {
    struct view_article *article = ARENA_NEW(arena, struct view_article);
    *article = map_article(&file->article);
    struct view_case mapped = {.comment = map_one(arena, &file->comment),
                               .article = article,
                               .version = file->comment.version,
                               .charter_version = file->comment.charter_version,
                               .email = file->comment.email,
                               .thread = map_comments(arena, file->thread.items, file->thread.count),
                               .thread_count = file->thread.count,
                               .thread_cut = file->thread.more,
                               .history = map_history(arena, &file->history),
                               .reports = map_reports(arena, file, charter),
                               .report_count = file->report_count,
                               .open_reports = file->comment.report_count,
                               .decisions = map_decisions(arena, file, charter),
                               .decision_count = file->decisions.count,
                               .revisions = map_revisions(arena, file),
                               .revision_count = file->revision_count,
                               .text = file->comment.text_source,
                               .may_publish = may(file, ACT_PUBLISH),
                               .may_reject = may(file, ACT_REJECT),
                               .looked_at_later = file->looked_at_later,
                               .may_spam = may(file, ACT_SPAM),
                               .may_remove = may(file, ACT_REMOVE)};
    mapped.checks = map_checks(arena, file->comment.checks, charter, &mapped.check_count);
    return mapped;
}

/* --- The journal -------------------------------------------------------------------------------------------------- */

slice map_hash(struct arena *arena, const struct crypto_hash *hash) {
    struct buf hex CLEANUP(buf_fini);
    buf_init(&hex, 2 * sizeof hash->bytes);
    crypto_add_hex(&hex, slice_make(hash->bytes, sizeof hash->bytes));
    return arena_copy(arena, buf_slice(&hex));
}

static slice json_dumped(struct arena *arena, const json_t *value) {
    size_t n = json_dumpb(value, NULL, 0, JSON_ENCODE_ANY | JSON_COMPACT);
    char *text = arena_alloc(arena, n + 1);
    return slice_make(text, json_dumpb(value, text, n, JSON_ENCODE_ANY | JSON_COMPACT));
}

/* The members of a flat object, each as text. */
static const struct view_journal_datum *map_data(struct arena *arena, slice json, size_t *count) {
    json_t *object = json_loadb(json.p ? json.p : "", json.n, 0, NULL);
    struct view_journal_datum *data = ARENA_ARRAY(arena, json_object_size(object), struct view_journal_datum);
    const char *name;
    json_t *value;
    *count = 0;
    json_object_foreach(object, name, value) {
        slice text = json_is_string(value) ? json_text(arena, value) : json_dumped(arena, value);
        data[(*count)++] = (struct view_journal_datum){arena_copy(arena, slice_of(name)), text};
    }
    json_decref(object);
    return data;
}

static slice account_name(const struct account_list *names, slice actor) {
    int64_t id;
    if (!slice_starts(actor, S("account:")) || !slice_to_int64(slice_after(actor, S("account:").n), &id)) return S("");
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].id.v == id) return names->items[i].display_name;
    return S("");
}

const struct view_journal_row *map_journal(struct arena *arena, const struct journal_row *rows, size_t count,
                                           const struct account_list *names) {
    struct view_journal_row *mapped = ARENA_ARRAY(arena, count, struct view_journal_row);
    for (size_t i = 0; i < count; i++) {
        const struct journal_row *row = &rows[i];
        mapped[i] = (struct view_journal_row){.id = row->id,
                                              .chain = row->chain,
                                              .sequence = row->sequence,
                                              .at = row->at,
                                              .actor = row->actor,
                                              .actor_name = account_name(names, row->actor),
                                              .act = row->act,
                                              .subject = row->subject,
                                              .hash = map_hash(arena, &row->hash)};
        mapped[i].data = map_data(arena, row->data, &mapped[i].data_count);
    }
    return mapped;
}
