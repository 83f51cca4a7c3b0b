/* Proofreading, beside the preview of a message. */
#include "view/page_common.h"
#include "view/page_write.h"

/* "English", in the reader's language. */
static slice language_name(struct view__page *p, slice tag) {
    static const struct {
        slice tag;
        const char *name;
    } NAMES[] = {{S_INIT("fr"), T("French")}, {S_INIT("en"), T("English")}};
    for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++)
        if (slice_starts_nocase(tag, NAMES[i].tag)) return view__text(p, NAMES[i].name);
    return tag;
}

static slice foreign_text(struct view__page *p, const struct view_proofreading *proof,
                          const struct view_advice *advice) {
    const struct catalog_argument arguments[] = {{S("own"), language_name(p, proof->language)},
                                                 {S("language"), language_name(p, advice->language)}};
    const char *message = advice->language.n
                              ? T("This message seems to be in {language}; the discussion is in {own}.")
                              : T("This message does not seem to be in {own}, which the discussion is in.");
    return catalog_format(p->arena, view__text(p, message), arguments, 2);
}

static slice counted(struct view__page *p, slice message, int64_t count, int64_t limit) {
    const struct catalog_argument arguments[] = {{S("count"), view__number(p, count)},
                                                 {S("limit"), view__number(p, limit)}};
    return catalog_format(p->arena, message, arguments, 2);
}

static slice advice_text(struct view__page *p, const struct view_proofreading *proof, const struct view_advice *a) {
    switch (a->kind) {
    case VIEW_ADVICE_SPELLING: break; /* the list of words says it */
    case VIEW_ADVICE_FOREIGN: return foreign_text(p, proof, a);
    case VIEW_ADVICE_CAPITALS:
        return view__text(p, T("It is nearly all in capitals, which is hard to read and sounds like shouting."));
    case VIEW_ADVICE_SHORT:
        return counted(p,
                       catalog_get_plural(p->catalog,
                                          TN("It is very short: one character. A few more words say what you mean.",
                                             "It is very short: {count} characters. A few more words say what you "
                                             "mean."),
                                          a->count),
                       a->count, a->limit);
    case VIEW_ADVICE_LONG:
        return counted(p,
                       view__text(p, T("It is long: {count} characters. Up to {limit}, more people read to the end.")),
                       a->count, a->limit);
    case VIEW_ADVICE_REPEATED: return view__text(p, T("You have already sent these words under another article."));
    }
    return S("");
}

static void set_advice(struct view__page *p, struct value *object, const struct view_proofreading *proof) {
    struct value *list = value_set_list(object, S("advice"));
    size_t count = 0;
    for (size_t i = 0; i < proof->advice_count; i++) {
        const struct view_advice *a = &proof->advice[i];
        slice text = advice_text(p, proof, a);
        if (!text.n) continue;
        struct value *item = value_list_add(list);
        bool guessed = a->kind == VIEW_ADVICE_FOREIGN;
        value_set_string(item, S("text"), text);
        value_set_bool(item, S("required"), a->required && !guessed);
        count++;
    }
    value_set_bool(object, S("any_advice"), count > 0);
}

static void set_words(struct view__page *p, struct value *object, const struct view_proofreading *proof) {
    struct value *list = value_set_list(object, S("words"));
    bool lang = proof->language.n && !slice_equal(proof->language, p->language);
    for (size_t i = 0; i < proof->word_count; i++) {
        const struct view_proofreading_word *w = &proof->words[i];
        struct value *item = value_list_add(list);
        value_set_int(item, S("index"), (int64_t)i);
        value_set_string(item, S("word"), w->word);
        value_set_string(item, S("lang"), lang ? proof->language : S(""));
        value_set_bool(item, S("pending"), w->pending);
        value_set_bool(item, S("none"), w->count == 0 && !w->pending);
        struct value *suggestions = value_set_list(item, S("suggestions"));
        for (size_t k = 0; k < w->count; k++)
            value_set_string(value_list_add(suggestions), S("text"), w->suggestions[k]);
    }
    value_set_bool(object, S("any_words"), proof->word_count > 0);
}

void view__set_proofreading(struct view__page *p, const struct view_proofreading *proof) {
    value_set_string(p->root, S("write_style"), view__asset(p, S("write.css")));
    value_set_string(p->root, S("write_script"), view__asset(p, S("write.js")));
    if (!proof || (proof->word_count == 0 && proof->advice_count == 0)) {
        value_set_null(p->root, S("proofreading"));
        return;
    }
    struct value *object = value_set_object(p->root, S("proofreading"));
    set_advice(p, object, proof);
    set_words(p, object, proof);
    value_set_bool(object, S("asks"), proof->asks);
    value_set_bool(object, S("confirmed"), proof->confirmed);
}
