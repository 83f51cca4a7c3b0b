/* Of forms: what is said against abuse, and the widget that computes. */
#include "view/page_common.h"

static slice counted(struct view__page *p, slice message, int64_t count) {
    return catalog_format(p->arena, message, (struct catalog_argument[]){{S("count"), view__number(p, count)}}, 1);
}

static slice with(struct view__page *p, const char *message, slice name, slice value) {
    return catalog_format(p->arena, view__text(p, message), (struct catalog_argument[]){{name, value}}, 1);
}

static slice seconds_text(struct view__page *p, enum view_fault fault, int64_t limit) {
    if (fault == VIEW_FAULT_SLOW)
        return catalog_get_plural(p->catalog,
                                  TN("This discussion is in slow mode. Your text is kept: please send it in a second.",
                                     "This discussion is in slow mode. Your text is kept: please send it in {count} "
                                     "seconds."),
                                  limit);
    return catalog_get_plural(
        p->catalog,
        TN("Very many messages are arriving just now. Your device computes for a moment, below, before you send; if it "
           "cannot, send again in a second: a moderator will read your message first.",
           "Very many messages are arriving just now. Your device computes for a moment, below, before you send; if it "
           "cannot, send again in {count} seconds: a moderator will read your message first."),
        limit);
}

slice view__abuse_text(struct view__page *p, const struct view_problem *problem) {
    int64_t limit = problem->limit;
    if (problem->fault == VIEW_FAULT_SLOW || problem->fault == VIEW_FAULT_UNPROVEN)
        return counted(p, seconds_text(p, problem->fault, limit), limit);
    if (problem->fault == VIEW_FAULT_LINKS && limit == 0)
        return view__text(p, T("A first message has no links here. Please take them out."));
    if (problem->fault == VIEW_FAULT_LINKS)
        return counted(p, catalog_get_plural(p->catalog, TN("At most one link.", "At most {count} links."), limit),
                       limit);
    if (problem->fault == VIEW_FAULT_WORDS && p->refused_words.n == 0)
        return view__text(p, T("It holds words that are not taken here."));
    if (problem->fault == VIEW_FAULT_WORDS)
        return with(p, T("It holds what is not taken here: {words}."), S("words"), p->refused_words);
    if (problem->fault == VIEW_FAULT_BANNED)
        return with(p,
                    T("The moderators take no messages from this device or network until {date}. Your text is kept "
                      "below, for you to copy."),
                    S("date"), date_day(p->context->dates, p->arena, limit));
    return S("");
}

/* The words of the widget, as it reads them: a JSON object. */
static slice proof_words(struct view__page *p) {
    static const struct {
        const char *name, *text;
    } WORDS[] = {
        {"ariaLinkLabel", T("About this widget")},
        {"error", T("The computation failed. You can still send: see above.")},
        {"expired", T("Too old. Please compute again.")},
        {"footer", ""},
        {"label", T("My device computes for a moment")},
        {"verified", T("Computed: you can send")},
        {"verifying", T("Computing…")},
        {"waitAlert", T("Computing… please wait.")},
    };
    struct buf json CLEANUP(buf_fini);
    buf_init(&json, 4096);
    for (size_t i = 0; i < ARRAY_COUNT(WORDS); i++) {
        buf_add_format(&json, "%s\"%s\":\"", i ? "," : "{", WORDS[i].name);
        if (WORDS[i].text[0]) buf_add_json(&json, view__text(p, WORDS[i].text));
        buf_add_char(&json, '"');
    }
    buf_add_char(&json, '}');
    return arena_copy(p->arena, buf_slice(&json));
}

void view__set_proof(struct view__page *p, struct value *object, const struct view_form *form) {
    struct value *proof = value_set_object(object, S("proof"));
    value_set_string(proof, S("url"), arena_format(p->arena, "/challenge?for=%.*s", SLICE_FMT(form->send_key)));
    value_set_string(proof, S("script"), view__asset(p, S("vendor/altcha/altcha.js")));
    value_set_string(proof, S("worker"), view__asset(p, S("vendor/altcha/worker.js")));
    value_set_string(proof, S("style"), view__asset(p, S("vendor/altcha/altcha.css")));
    value_set_string(proof, S("own_style"), view__asset(p, S("proof.css")));
    value_set_string(proof, S("words"), proof_words(p));
    value_set_int(proof, S("wait"), form->proof_wait_s);
}
