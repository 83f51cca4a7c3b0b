#include "domain/abuse.h"

#include "base/buf.h"
#include "domain/comment_submission.h"
#include "domain/comment_text.h"

#include <inttypes.h>

enum { CHECKS_BYTES = 16 * 1024 };

struct looking {
    struct db *db;
    struct arena *scratch;
    const struct watch_list *list;
    const struct site_options *options;
    const struct abuse_sending *sending;
    struct comment_draft *draft;
    struct comment_problems *problems;
    struct abuse_report *out;
    struct buf json;
};

static void member_text(struct buf *json, const char *name, slice value) {
    buf_add_format(json, ",\"%s\":\"", name);
    buf_add_json(json, value);
    buf_add_char(json, '"');
}

static void begin(struct looking *l, const char *code) {
    buf_add_format(&l->json, "%s{\"check\":\"%s\"", l->json.n > 1 ? "," : "", code);
}

static void note(struct looking *l, const char *code, int64_t count) {
    begin(l, code);
    buf_add_format(&l->json, ",\"count\":%" PRId64 "}", count);
}

static void decide(struct looking *l, enum comment_fate fate) {
    if (fate > l->draft->fate) l->draft->fate = fate;
}

/* --- Words -------------------------------------------------------------------------------------------------------- */

static void refuse_word(struct looking *l, enum comment_field field, slice as) {
    for (size_t i = 0; i < l->out->refused_count; i++)
        if (slice_equal(l->out->refused[i], as)) return;
    if (l->out->refused_count == 0) comment__add_problem(l->problems, field, FAULT_WORDS, 0);
    if (l->out->refused_count < ARRAY_COUNT(l->out->refused)) l->out->refused[l->out->refused_count++] = as;
}

static void note_found(struct looking *l, enum comment_field field, const char *name, slice text,
                       const struct watch_found *found) {
    const struct watch_entry *entry = found->entry;
    slice as = slice_sub(text, found->from, found->to);
    begin(l, entry->kind == WATCH_WORD ? "word" : "expression");
    member_text(&l->json, "as", as);
    member_text(&l->json, "entry", entry->pattern);
    member_text(&l->json, "action", watch_action_name(entry->action));
    if (entry->rule_code.n) member_text(&l->json, "rule", entry->rule_code);
    member_text(&l->json, "field", slice_of(name));
    buf_add_char(&l->json, '}');
    switch (entry->action) {
    case WATCH_NOTE: return;
    case WATCH_HOLD: decide(l, FATE_HELD); return;
    case WATCH_SPAM: decide(l, FATE_SPAM); return;
    case WATCH_REFUSE: refuse_word(l, field, as); return;
    }
}

static void look_at_field(struct looking *l, enum comment_field field, const char *name, slice text,
                          const struct evasion *evasion) {
    struct watch_result result = {0};
    watch_look(l->list, l->scratch, text, evasion, l->draft->input.language, &result);
    for (size_t i = 0; i < result.count; i++) note_found(l, field, name, text, &result.found[i]);
    for (size_t i = 0; i < result.overran_count && l->out->overran_count < ARRAY_COUNT(l->out->overran); i++)
        l->out->overran[l->out->overran_count++] = result.overran[i];
}

static void look_at_words(struct looking *l, const struct evasion *text) {
    const struct comment_input *input = &l->draft->input;
    const struct {
        enum comment_field field;
        const char *name;
        slice value;
    } short_ones[] = {{FIELD_NAME, "name", input->name},
                      {FIELD_TITLE, "title", input->title},
                      {FIELD_WEBSITE, "website", input->website}};
    look_at_field(l, FIELD_TEXT, "text", input->text, text);
    for (size_t i = 0; i < ARRAY_COUNT(short_ones); i++) {
        if (short_ones[i].value.n == 0) continue;
        struct evasion evasion = text_evasion(l->scratch, short_ones[i].value);
        look_at_field(l, short_ones[i].field, short_ones[i].name, short_ones[i].value, &evasion);
    }
}

/* --- The rest ----------------------------------------------------------------------------------------------------- */

/* Whether nothing of this hand has been published yet. Who sends no cookie is somebody new each time. */
static enum status is_first(struct looking *l, bool *first, struct error *error) {
    const struct comment_input *input = &l->draft->input;
    *first = true;
    if (input->device_token.n == 0) return OK;
    struct crypto_hash device = crypto_sha256(input->device_token);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(l->db, DB_COMMENT_IS_FIRST);
    db_bind_blob(rows, "device", slice_make(device.bytes, sizeof device.bytes));
    enum status status = db_step(rows, error);
    if (status == OK) *first = db_int(rows, "count") == 0;
    return status;
}

static enum status look_at_links(struct looking *l, struct error *error) {
    int64_t links = comment__count_links(l->draft->html), most = site_option(l->options, SITE_OPTION_LINKS_MOST);
    bool first = false;
    if (links == 0) return OK;
    if (most && links > most) comment__add_problem(l->problems, FIELD_TEXT, FAULT_LINKS, most);
    enum status status = l->draft->input.editing.v ? OK : is_first(l, &first, error);
    if (status != OK || !first) return status;
    enum link_policy policy = (enum link_policy)site_option(l->options, SITE_OPTION_LINKS_FIRST);
    if (policy == LINKS_ALLOWED) return OK;
    note(l, "links_first", links);
    if (policy == LINKS_HELD) decide(l, FATE_HELD);
    if (policy == LINKS_REFUSED) comment__add_problem(l->problems, FIELD_TEXT, FAULT_LINKS, 0);
    return OK;
}

static void look_at_count(struct looking *l, const char *code, int64_t count, int64_t most) {
    if (most == 0 || count <= most) return;
    begin(l, code);
    buf_add_format(&l->json, ",\"count\":%" PRId64 ",\"minutes\":%d}", count, ABUSE_WINDOW_MINUTES);
    decide(l, FATE_HELD);
}

static void look_at_sending(struct looking *l) {
    const struct abuse_sending *s = l->sending;
    int64_t quick = site_option(l->options, SITE_OPTION_QUICK_SECONDS);
    look_at_count(l, "network", s->network_messages, site_option(l->options, SITE_OPTION_FLOOD_NETWORK));
    look_at_count(l, "author", s->author_messages, site_option(l->options, SITE_OPTION_FLOOD_AUTHOR));
    if (s->form_seconds >= 0 && s->form_seconds < quick) note(l, "quick", s->form_seconds);
    if (s->blind) note(l, "blind", 0);
    if (s->waited) {
        note(l, "waited", 0);
        decide(l, FATE_HELD);
    }
}

/* The findings so far without their closing bracket. */
static void open_checks(struct looking *l) {
    slice checks = l->draft->checks;
    buf_init(&l->json, CHECKS_BYTES + checks.n);
    buf_add(&l->json, checks.n > 1 ? slice_sub(checks, 0, checks.n - 1) : S("["));
}

enum status abuse_look(struct db *db, struct arena *arena, struct arena *scratch, const struct watch_list *list,
                       const struct site_options *options, const struct abuse_sending *sending,
                       struct comment_draft *draft, struct comment_problems *problems, struct abuse_report *out,
                       struct error *error) {
    struct looking l = {.db = db,
                        .scratch = scratch,
                        .list = list,
                        .options = options,
                        .sending = sending,
                        .draft = draft,
                        .problems = problems,
                        .out = out};
    *out = (struct abuse_report){0};
    if (draft->input.account.v) return OK;
    open_checks(&l);
    struct evasion text = text_evasion(scratch, draft->input.text);
    look_at_words(&l, &text);
    draft->likeness = likeness_mark(&text); /* to what, likeness_due.h finds */
    enum status status = look_at_links(&l, error);
    if (status == OK) look_at_sending(&l);
    buf_add_char(&l.json, ']');
    if (status == OK && l.json.status == OK) draft->checks = arena_copy(arena, buf_slice(&l.json));
    buf_fini(&l.json);
    if (status != OK) return status;
    return problems->count ? comment__refuse(problems, error) : OK;
}
