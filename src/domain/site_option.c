#include "domain/site_option.h"

#include "text/check.h"

#include <assert.h>

/* Marks what script/extract-messages collects; the view translates it, which this room may not know. */
#define T(message) "" message

static const struct site_option_choice POLICY[] = {
    [POLICY_OFF] = {S_INIT("off"), T("Not looked at")},
    [POLICY_ADVISE] = {S_INIT("advise"), T("Advice in the preview")},
    [POLICY_REQUIRE] = {S_INIT("require"), T("Required before sending")},
};

static const struct site_option_choice FOLDING[] = {
    [FOLDING_NEVER] = {S_INIT("never"), T("Never")},    [FOLDING_8] = {S_INIT("8"), T("After 8 lines")},
    [FOLDING_12] = {S_INIT("12"), T("After 12 lines")}, [FOLDING_18] = {S_INIT("18"), T("After 18 lines")},
    [FOLDING_30] = {S_INIT("30"), T("After 30 lines")},
};

static const struct site_option_choice LINKS[] = {
    [LINKS_ALLOWED] = {S_INIT("allow"), T("Like any other")},
    [LINKS_NOTED] = {S_INIT("note"), T("Told to the moderator")},
    [LINKS_HELD] = {S_INIT("hold"), T("A moderator reads the message first")},
    [LINKS_REFUSED] = {S_INIT("refuse"), T("Not taken")},
};
static const struct site_option_choice CHALLENGES[] = {
    [CHALLENGE_OFF] = {S_INIT("off"), T("Never")},
    [CHALLENGE_PRESSURE] = {S_INIT("pressure"), T("When pressure rises")},
    [CHALLENGE_ALWAYS] = {S_INIT("always"), T("Always")},
};

static const char *const GROUPS[SITE_GROUP_COUNT] = {
    [SITE_GROUP_READING] = T("Reading the discussions"),
    [SITE_GROUP_PROOFREADING] = T("Proofreading of messages"),
    [SITE_GROUP_ABUSE] = T("Against abuse"),
};

#define SITE_SWITCH(first) .type = SITE_OPTION_SWITCH, .initial = (first), .most = 1
#define SITE_CHOICE(set, first)                                                                                        \
    .type = SITE_OPTION_CHOICE, .choices = (set), .choice_count = ARRAY_COUNT(set), .initial = (first)
#define SITE_NUMBER(first, from, to) .type = SITE_OPTION_NUMBER, .initial = (first), .least = (from), .most = (to)
#define SITE_TEXT(first, characters) .type = SITE_OPTION_TEXT, .initial_text = (first), .most = (characters)

static const struct site_option_info OPTIONS[SITE_OPTION_COUNT] = {
#define OPTION(id, called, in, kind, words, explained)                                                                 \
    [SITE_OPTION_##                                                                                                    \
        id] = {.name = S_INIT(called), .group = SITE_GROUP_##in, .label = (words), .help = (explained), kind},
    SITE_OPTIONS(OPTION)
#undef OPTION
};

const struct site_option_info *site_option_info(enum site_option which) {
    assert((size_t)which < SITE_OPTION_COUNT);
    return &OPTIONS[which];
}

const char *site_option_group_label(enum site_option_group group) { return GROUPS[group]; }

void site_options_init(struct site_options *out) {
    for (size_t i = 0; i < SITE_OPTION_COUNT; i++) {
        out->number[i] = OPTIONS[i].initial;
        out->text[i] = slice_of(OPTIONS[i].initial_text);
    }
}

static enum site_option_fault set_number(int64_t *number, slice value, int64_t least, int64_t most) {
    int64_t parsed;
    if (!slice_to_int64(slice_trim(value), &parsed) || parsed < least || parsed > most) return SITE_OPTION_NO_NUMBER;
    *number = parsed;
    return SITE_OPTION_FINE;
}

static enum site_option_fault set_choice(int64_t *number, slice value, const struct site_option_info *info) {
    for (size_t i = 0; i < info->choice_count; i++) {
        if (!slice_equal(info->choices[i].value, value)) continue;
        *number = (int64_t)i;
        return SITE_OPTION_FINE;
    }
    return SITE_OPTION_UNUSABLE;
}

static enum site_option_fault set_text(struct arena *arena, slice *text, slice value, int64_t max_characters) {
    slice checked = S("");
    enum text_problem problem = text_check_line(arena, value, (size_t)max_characters, &checked);
    if (problem == TEXT_TOO_LONG) return SITE_OPTION_TOO_LONG;
    if (problem != TEXT_FINE && problem != TEXT_EMPTY) return SITE_OPTION_UNUSABLE;
    *text = problem == TEXT_EMPTY ? S("") : checked;
    return SITE_OPTION_FINE;
}

enum site_option_fault site_option_set(struct site_options *options, struct arena *arena, enum site_option which,
                                       slice value) {
    const struct site_option_info *info = site_option_info(which);
    switch (info->type) {
    case SITE_OPTION_SWITCH:
    case SITE_OPTION_NUMBER: return set_number(&options->number[which], value, info->least, info->most);
    case SITE_OPTION_CHOICE: return set_choice(&options->number[which], value, info);
    case SITE_OPTION_TEXT: return set_text(arena, &options->text[which], value, info->most);
    }
    return SITE_OPTION_UNUSABLE;
}

slice site_option_value(struct arena *arena, const struct site_options *options, enum site_option which) {
    const struct site_option_info *info = site_option_info(which);
    if (info->type == SITE_OPTION_TEXT) return options->text[which];
    if (info->type == SITE_OPTION_CHOICE) return info->choices[options->number[which]].value;
    return arena_format(arena, "%lld", (long long)options->number[which]);
}

bool site_option_find(slice name, enum site_option *out) {
    for (size_t i = 0; i < SITE_OPTION_COUNT; i++) {
        if (!slice_equal(OPTIONS[i].name, name)) continue;
        *out = (enum site_option)i;
        return true;
    }
    return false;
}
