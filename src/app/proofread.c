#include "app/proofread.h"

#include "base/log.h"

enum { FIX_MAX_BYTES = 120 };

static const slice LANGUAGES[APP_LANGUAGES] = {[APP_LANGUAGE_FR] = S_INIT("fr"), [APP_LANGUAGE_EN] = S_INIT("en")};

void proofread_start(struct app *app) {
    const struct app_options *o = &app->options;
    size_t workers = o->workers ? o->workers : 2;
    struct error error = {OK, ""};
    char quoted[600];
    app->speller =
        speller_new(&(struct speller_options){.folder = o->dictionaries, .waiting_max = workers > 1 ? workers / 2 : 1});
    for (size_t i = 0; i < APP_LANGUAGES; i++) {
        if (speller_has(app->speller, LANGUAGES[i])) continue;
        log_line(LOG_WARN, "no_dictionary", "language=%.*s folder=%s consequence=\"its spelling is not looked at\"",
                 SLICE_FMT(LANGUAGES[i]), log_quote(quoted, sizeof quoted, o->dictionaries));
    }
    if (tongue_new(o->language_models, LANGUAGES, APP_LANGUAGES, &app->tongue, &error) == OK) return;
    app->tongue = NULL;
    log_line(LOG_WARN, "no_language_models",
             "error=%s consequence=\"languages are told apart by their dictionaries alone\"",
             log_quote(quoted, sizeof quoted, slice_of(error.detail)));
}

void proofread_stop(struct app *app) {
    speller_free(app->speller);
    tongue_free(app->tongue);
}

/* --- What was chosen -------------------------------------------------------------------------------------------------- */

static slice numbered(struct request *r, const char *name, size_t i) {
    return request_field(r, arena_format(r->arena, "%s_%zu", name, i).p);
}

/* Most forms have none, and need not be asked for each. */
static bool has_numbered(const struct request *r) {
    for (size_t i = 0; i < r->form.count; i++)
        if (slice_starts(r->form.fields[i].name, S("fix_"))) return true;
    return false;
}

static size_t read_changes(struct request *r, struct proofread_change changes[static PROOFREAD_WORDS]) {
    size_t count = 0;
    if (!has_numbered(r)) return 0;
    for (size_t i = 0; i < PROOFREAD_WORDS; i++) {
        slice word = numbered(r, "word", i), to = slice_trim(numbered(r, "fix", i));
        if (!word.n || !to.n || to.n > FIX_MAX_BYTES || slice_equal(word, to)) continue;
        changes[count++] = (struct proofread_change){word, to};
    }
    return count;
}

static struct proofreading_tools tools_of(const struct app *app) {
    return (struct proofreading_tools){app->speller, app->tongue, LANGUAGES, APP_LANGUAGES};
}

enum status proofread_unread(struct app *app, struct db *db, struct arena *arena, struct proofreading_due *out,
                             struct error *error) {
    struct proofreading_tools tools = tools_of(app);
    return proofreading_due_read(db, arena, &tools, out, error);
}

static enum status run(struct request *r, struct comment_draft *draft, struct proofreading *out, struct error *error) {
    struct proofreading_tools tools = tools_of(r->app);
    return proofreading_run(r->db, r->arena, &tools, &r->site.options, draft, out, error);
}

enum status proofread_draft(struct request *r, bool send, struct comment_draft *draft,
                            struct comment_problems *problems, struct proofreading *out, struct error *error) {
    struct proofread_change changes[PROOFREAD_WORDS];
    if (send && !has_numbered(r) && proofreading_run_later(r->arena, &r->site.options, draft, out)) return OK;
    enum status status = run(r, draft, out, error);
    size_t count = status == OK ? read_changes(r, changes) : 0;
    if (status != OK || count == 0) return status;
    struct comment_input input = draft->input;
    input.text = proofread_apply(r->arena, &out->text, changes, count);
    if (slice_equal(input.text, draft->input.text)) return OK;
    status = comment_prepare(r->db, r->arena, &input, r->app->options.message_characters, draft, problems, error);
    draft->input.text = input.text; /* whatever is wrong with it, what was chosen stays */
    return status == OK ? run(r, draft, out, error) : status;
}

bool proofread_is_confirmed(struct request *r) { return slice_equal(request_field(r, "meant"), S("1")); }

/* --- What is shown ---------------------------------------------------------------------------------------------------- */

static const struct view_advice *map_advice(struct request *r, const struct proofreading *p) {
    static const enum view_advice_kind KINDS[] = {
        [PROOFREADING_SPELLING] = VIEW_ADVICE_SPELLING, [PROOFREADING_FOREIGN] = VIEW_ADVICE_FOREIGN,
        [PROOFREADING_CAPITALS] = VIEW_ADVICE_CAPITALS, [PROOFREADING_SHORT] = VIEW_ADVICE_SHORT,
        [PROOFREADING_LONG] = VIEW_ADVICE_LONG,         [PROOFREADING_REPEATED] = VIEW_ADVICE_REPEATED,
    };
    struct view_advice *advice = ARENA_ARRAY(r->arena, p->count + 1, struct view_advice);
    for (size_t i = 0; i < p->count; i++) {
        const struct proofreading_finding *f = &p->findings[i];
        advice[i] = (struct view_advice){KINDS[f->check], f->required, f->count, f->limit, f->language};
    }
    return advice;
}

static const struct view_proofreading_word *map_words(struct request *r, slice language, const struct proofread *text) {
    struct speller_suggestions *found = ARENA_ARRAY(r->arena, text->word_count + 1, struct speller_suggestions);
    struct view_proofreading_word *words = ARENA_ARRAY(r->arena, text->word_count + 1, struct view_proofreading_word);
    speller_suggest(r->app->speller, r->arena, language, text->words, text->word_count, PROOFREAD_BUDGET_MS, found);
    for (size_t i = 0; i < text->word_count; i++)
        words[i] = (struct view_proofreading_word){text->words[i], found[i].items, found[i].count, found[i].pending};
    return words;
}

const struct view_proofreading *proofread_view(struct request *r, const struct comment_draft *draft,
                                               const struct proofreading *p) {
    struct view_proofreading *shown = ARENA_NEW(r->arena, struct view_proofreading);
    *shown = (struct view_proofreading){.html = proofread_mark_html(r->arena, &p->text),
                                        .words = map_words(r, draft->input.language, &p->text),
                                        .word_count = p->text.word_count,
                                        .advice = map_advice(r, p),
                                        .advice_count = p->count,
                                        .asks = p->asks,
                                        .confirmed = proofread_is_confirmed(r),
                                        .language = draft->input.language};
    return shown;
}
