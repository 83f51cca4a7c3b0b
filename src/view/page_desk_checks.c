/* What the checks saw, in words. */
#include "text/mark.h"
#include "view/page_desk_common.h"

struct wording {
    slice code;
    const char *one, *many; /* many NULL: it has no number */
};

static const struct wording WORDINGS[] = {
    {S_INIT("links"), TN("one link", "{count} links")},
    {S_INIT("short"), TN("a single character", "{count} characters only")},
    {S_INIT("similar"), TN("nearly the same text, by one author", "nearly the same text, by {count} authors")},
    {S_INIT("links_first"), TN("one link in a first message", "{count} links in a first message")},
    {S_INIT("network"), TN("one message from the same network in {minutes} minutes",
                           "{count} messages from the same network in {minutes} minutes")},
    {S_INIT("author"), TN("one message from the same device in {minutes} minutes",
                          "{count} messages from the same device in {minutes} minutes")},
    {S_INIT("quick"), TN("sent one second after the form was shown", "sent {count} seconds after the form was shown")},
    {S_INIT("capitals"), T("nearly all in capitals"), NULL},
    {S_INIT("repeated"), T("same text as an earlier message"), NULL},
    {S_INIT("blind"), T("sent without the page that has the button"), NULL},
    {S_INIT("waited"), T("sent without the computation that was asked for"), NULL},
    {S_INIT("word"), T("“{as}”: on the list"), NULL},
    {S_INIT("spelling"), TN("one unknown word: {words}", "{count} unknown words: {words}")},
    {S_INIT("long"), TN("long: one character", "long: {count} characters")},
    {S_INIT("foreign"), T("in another language, it seems"), NULL},
    {S_INIT("expression"), T("“{as}”: an expression of the list"), NULL},
};

static const struct wording *wording_of(slice code) {
    for (size_t i = 0; i < ARRAY_COUNT(WORDINGS); i++)
        if (slice_equal(WORDINGS[i].code, code)) return &WORDINGS[i];
    return NULL;
}

/* « s@lope » is said to be 'salope' of the list where the two differ. */
static const char *word_message(const struct view_check *check, const char *usual) {
    if (slice_equal(check->code, S("word")) && !slice_equal_nocase(check->as, check->entry))
        return T("“{as}”: “{entry}” on the list");
    return usual;
}

/* "a, b, c", and … where there are more. */
static slice words_text(const struct view__page *p, const struct view_check *check) {
    slice all = S("");
    for (size_t i = 0; i < check->word_count; i++)
        all = arena_format(p->arena, "%.*s%s%.*s", SLICE_FMT(all), i ? ", " : "", SLICE_FMT(check->words[i]));
    if ((int64_t)check->word_count < check->count) all = arena_format(p->arena, "%.*s…", SLICE_FMT(all));
    return all;
}

static const char *language_message(slice language, const char *usual) {
    if (slice_equal(language, S("fr"))) return T("in French, it seems");
    if (slice_equal(language, S("en"))) return T("in English, it seems");
    return usual;
}

static const char *message_of(const struct view_check *check, const char *usual) {
    if (slice_equal(check->code, S("foreign"))) return language_message(check->language, usual);
    return word_message(check, usual);
}

static slice check_text(const struct view__page *p, const struct view_check *check) {
    const struct wording *wording = wording_of(check->code);
    if (!wording) return check->code;
    const struct catalog_argument arguments[] = {{S("count"), view__number(p, check->count)},
                                                 {S("minutes"), view__number(p, check->minutes)},
                                                 {S("as"), check->as},
                                                 {S("words"), words_text(p, check)},
                                                 {S("entry"), check->entry}};
    slice message = wording->many ? catalog_get_plural(p->catalog, wording->one, wording->many, check->count)
                                  : view__text(p, message_of(check, wording->one));
    return catalog_format(p->arena, message, arguments, ARRAY_COUNT(arguments));
}

static slice field_text(const struct view__page *p, slice field) {
    if (slice_equal(field, S("name"))) return view__text(p, T("in the pseudonym"));
    if (slice_equal(field, S("title"))) return view__text(p, T("in the title"));
    if (slice_equal(field, S("website"))) return view__text(p, T("in the website"));
    return S("");
}

void view__desk_set_checks(const struct view__page *p, struct value *object, const struct view_check *checks,
                           size_t count) {
    struct value *list = value_set_list(object, S("checks"));
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("text"), check_text(p, &checks[i]));
        value_set_string(item, S("rule"), checks[i].rule);
        value_set_string(item, S("where"), field_text(p, checks[i].field));
        value_set_bool(item, S("serious"), checks[i].serious);
        struct value *links = value_set_list(item, S("links"));
        for (size_t k = 0; k < checks[i].comment_count; k++) {
            struct view_queue_filter all = {VIEW_QUEUE_PENDING, 0};
            struct value *link = value_list_add(links);
            value_set_int(link, S("number"), checks[i].comments[k]);
            value_set_string(link, S("href"), view_queue_message_address(p->arena, &all, checks[i].comments[k]));
        }
    }
}

struct html view__desk_marked(const struct view__page *p, struct html markup, const struct view_check *checks,
                              size_t count) {
    slice *words = ARENA_ARRAY(p->arena, count + 1, slice);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (checks[i].as.n) words[n++] = checks[i].as;
    return n ? text_mark(p->arena, markup, words, n) : markup;
}
