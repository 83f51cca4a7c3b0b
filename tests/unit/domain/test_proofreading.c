/* What is found in a message, by the options of the site. The dictionaries here know what stands in WORDS. */
#include "discussion_fixture.h"

#include "domain/proofreading.h"
#include "domain/site_word.h"

static const slice LANGUAGES[] = {S_INIT("fr"), S_INIT("en")};
static const struct {
    const char *language, *words;
} WORDS[] = {
    {"fr",
     " le la pont est un une de et que je ne suis pas du tout avec vous ce cette homme toujours il fut très beau "},
    {"en", " the bridge is not a that we do i you all agree with at very old and it was always there fine "},
};

/* A handle is the dictionary's words. */
static void *fake_open(const char *aff_path, const char *dic_path) {
    (void)dic_path;
    bool french = strstr(aff_path, "fr") != NULL;
    return (void *)(uintptr_t)WORDS[french ? 0 : 1].words;
}

static void fake_close(void *handle) { (void)handle; }

static bool fake_knows(void *handle, const char *word) {
    char wanted[80];
    snprintf(wanted, sizeof wanted, " %s ", word);
    if (wanted[1] >= 'A' && wanted[1] <= 'Z') wanted[1] = (char)(wanted[1] | 0x20);
    return strstr(handle, wanted) != NULL;
}

static void fake_suggest(void *handle, const char *word, size_t most, struct buf *out) {
    (void)handle, (void)word, (void)most, (void)out;
}

static const struct speller_engine FAKE = {fake_open, fake_close, fake_knows, fake_suggest};

struct desk {
    struct site_options options;
    struct comment_draft draft;
    struct proofreading found;
};

static void look(struct fixture *f, struct desk *d, const char *text) {
    struct speller_options options = {.folder = S("/usr/share/hunspell"), .waiting_max = 1, .engine = &FAKE};
    struct speller *speller = speller_new(&options);
    struct proofreading_tools tools = {speller, NULL, LANGUAGES, ARRAY_COUNT(LANGUAGES)};
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    struct comment_problems problems;
    input.text = slice_of(text);
    if (fixture_prepare(f, &input, &d->draft, &problems) != OK) fail_msg("%s", f->error.detail);
    assert_int_equal(proofreading_run(f->db, f->arena, &tools, &d->options, &d->draft, &d->found, &f->error), OK);
    speller_free(speller);
}

static struct desk looked_at(struct fixture *f, const char *text) {
    struct desk d = {.draft = {.html = S("")}};
    site_options_init(&d.options);
    look(f, &d, text);
    return d;
}

static const struct proofreading_finding *finding(const struct desk *d, enum proofreading_check check) {
    for (size_t i = 0; i < d->found.count; i++)
        if (d->found.findings[i].check == check) return &d->found.findings[i];
    return NULL;
}

#define FRENCH "Je ne suis pas du tout avec vous et le pont est un beau pont"
#define ENGLISH "I do not agree with you at all and the bridge was always there and it is very old"

static void a_message_without_fault_has_no_finding(void **state) {
    struct desk d = looked_at(*state, FRENCH);
    assert_int_equal(d.found.count, 0);
    assert_int_equal(d.found.text.word_count, 0);
    assert_false(d.found.asks || d.found.blocks);
    assert_slice(d.draft.checks, "[]");
}

static void unknown_words_are_named_for_the_moderator(void **state) {
    struct desk d = looked_at(*state, "Le ponnt est une fôte et le ponnt est beau, je ne suis pas du tout avec vous.");
    const struct proofreading_finding *f = finding(&d, PROOFREADING_SPELLING);
    assert_non_null(f);
    assert_int_equal(f->count, 2);
    assert_false(f->required || d.found.asks);
    assert_slice(d.draft.checks, "[{\"check\":\"spelling\",\"count\":2,\"words\":[\"ponnt\",\"fôte\"]}]");
}

static void names_around_and_words_of_the_site_are_no_mistakes(void **state) {
    struct fixture *f = *state;
    /* Zoé writes under an article by Sacha Morel; the list of the site has a word. */
    assert_int_equal(WRITE(f, site_word_add(f->db, S("brouchtoulle"), SACHA, &f->error)), OK);
    struct desk d = looked_at(f, "Morel est là. Zoé est là. Brouchtoulle est là. Une brouchtoulle. Morelle est là.");
    assert_int_equal(d.found.text.word_count, 2);
    assert_slice(d.found.text.words[0], "là");
    assert_slice(d.found.text.words[1], "Morelle");
    d = looked_at(f, "La morel est un pont.");
    assert_int_equal(d.found.text.word_count, 1); /* a name has its capital */
}

static void another_language_is_told_instead_of_its_words(void **state) {
    struct desk d = looked_at(*state, ENGLISH);
    const struct proofreading_finding *f = finding(&d, PROOFREADING_FOREIGN);
    assert_non_null(f);
    assert_slice(f->language, "en");
    assert_null(finding(&d, PROOFREADING_SPELLING));
    assert_int_equal(d.found.text.mark_count, 0);
    assert_slice(d.draft.checks, "[{\"check\":\"foreign\",\"language\":\"en\"}]");
    d = looked_at(*state,
                  "dieser ganze lange text wurde weder hier noch dort geschrieben sondern anderswo vor langer zeit");
    f = finding(&d, PROOFREADING_FOREIGN);
    assert_non_null(f);
    assert_int_equal(f->language.n, 0);       /* none of the site's */
    d = looked_at(*state, "we do not agree"); /* too short to tell */
    assert_null(finding(&d, PROOFREADING_FOREIGN));
    assert_non_null(finding(&d, PROOFREADING_SPELLING));
}

static void what_can_be_counted_is(void **state) {
    struct fixture *f = *state;
    struct desk d = looked_at(f, "JE NE SUIS PAS DU TOUT AVEC VOUS ET LE PONT EST UN BEAU PONT");
    assert_non_null(finding(&d, PROOFREADING_CAPITALS));
    d = looked_at(f, "Le pont");
    const struct proofreading_finding *found = finding(&d, PROOFREADING_SHORT);
    assert_non_null(found);
    assert_true(found->count == 7 && found->limit == 12);
    site_options_init(&d.options);
    d.options.number[SITE_OPTION_LONG_ABOVE] = 20;
    look(f, &d, "Le pont est un pont et un pont.");
    found = finding(&d, PROOFREADING_LONG);
    assert_non_null(found);
    assert_true(found->count == 31 && found->limit == 20);
    assert_slice(d.draft.checks, "[{\"check\":\"long\",\"count\":31}]");
    d.options.number[SITE_OPTION_LONG_ABOVE] = 31; /* above, not at */
    look(f, &d, "Le pont est un pont et un pont.");
    assert_null(finding(&d, PROOFREADING_LONG));
}

static void what_was_sent_elsewhere_repeats(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, OTHER, NOBODY);
    input.text = S(FRENCH);
    (void)fixture_send(f, &input);
    struct desk d = looked_at(f, FRENCH);
    assert_non_null(finding(&d, PROOFREADING_REPEATED));
}

/* Of what is guessed a confirmation is asked; what is counted must be mended. */
static void what_is_required_asks_or_blocks(void **state) {
    static const struct {
        enum site_option option;
        const char *text;
        bool asks, blocks;
    } CASES[] = {
        {SITE_OPTION_SPELLING, "Le ponnt est un pont.", true, false},
        {SITE_OPTION_FOREIGN, ENGLISH, true, false},
        {SITE_OPTION_CAPITALS, "JE NE SUIS PAS DU TOUT AVEC VOUS ET LE PONT EST BEAU", false, true},
        {SITE_OPTION_SHORT, "Le pont", false, true},
        {SITE_OPTION_LONG, "Le pont est un pont.", false, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct desk d = {.draft = {.html = S("")}};
        site_options_init(&d.options);
        d.options.number[SITE_OPTION_LONG_ABOVE] = 19;
        if (CASES[i].option != SITE_OPTION_LONG) d.options.number[SITE_OPTION_LONG] = POLICY_OFF;
        d.options.number[CASES[i].option] = POLICY_REQUIRE;
        look(*state, &d, CASES[i].text);
        assert_int_equal(d.found.count, 1);
        assert_true(d.found.findings[0].required);
        assert_int_equal(d.found.asks, CASES[i].asks);
        assert_int_equal(d.found.blocks, CASES[i].blocks);
        d.options.number[CASES[i].option] = POLICY_OFF;
        if (CASES[i].option == SITE_OPTION_FOREIGN) d.options.number[SITE_OPTION_SPELLING] = POLICY_OFF;
        look(*state, &d, CASES[i].text);
        assert_int_equal(d.found.count, 0);
    }
}

static slice later(struct fixture *f, struct desk *d, const char *text) {
    struct speller_options options = {.folder = S("/usr/share/hunspell"), .waiting_max = 1, .engine = &FAKE};
    struct speller *speller = speller_new(&options);
    struct proofreading_tools tools = {speller, NULL, LANGUAGES, ARRAY_COUNT(LANGUAGES)};
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    struct comment_problems problems;
    slice finding;
    input.text = slice_of(text);
    if (fixture_prepare(f, &input, &d->draft, &problems) != OK) fail_msg("%s", f->error.detail);
    assert_true(proofreading_run_later(f->arena, &d->options, &d->draft, &d->found));
    assert_true(d->draft.unread);
    assert_int_equal(proofreading_told(f->db, f->arena, &tools, &d->options, &d->draft, &finding, &f->error), OK);
    speller_free(speller);
    return finding.n ? proofreading_add(f->arena, d->draft.checks, finding) : d->draft.checks;
}

static void what_is_read_later_is_told_as_if_it_had_been_at_once(void **state) {
    static const char *const TEXTS[] = {
        FRENCH,
        ENGLISH,
        "Le ponnt.",
        "LE PONNT EST TOUJOURS LE PONNT DE CET HOMME",
        "Le ponnt https://example.org/1 https://example.org/2 https://example.org/3 est une fôte.",
        "Un pont https://example.org/1 https://example.org/2 https://example.org/3 est un pont.",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(TEXTS); i++) {
        struct desk d = {.draft = {.html = S("")}};
        site_options_init(&d.options);
        d.options.number[SITE_OPTION_LONG_ABOVE] = 60;
        slice told = later(f, &d, TEXTS[i]);
        look(f, &d, TEXTS[i]);
        if (!slice_equal(told, d.draft.checks))
            fail_msg("%.*s later, %.*s at once", SLICE_FMT(told), SLICE_FMT(d.draft.checks));
    }
}

static void what_decides_is_not_left_for_later(void **state) {
    static const enum site_option WORDS_OPTIONS[] = {SITE_OPTION_SPELLING, SITE_OPTION_FOREIGN};
    struct fixture *f = *state;
    struct comment_draft draft = {
        .input = {.text = S("LE PONNT EST LA")}, .html = S(""), .checks = S("[{\"check\":\"capitals\"}]")};
    struct proofreading found;
    for (size_t i = 0; i < ARRAY_COUNT(WORDS_OPTIONS); i++) {
        struct site_options options;
        site_options_init(&options);
        options.number[WORDS_OPTIONS[i]] = POLICY_REQUIRE;
        assert_false(proofreading_run_later(f->arena, &options, &draft, &found));
    }
    struct site_options options;
    site_options_init(&options);
    options.number[SITE_OPTION_CAPITALS] = POLICY_REQUIRE;
    assert_false(proofreading_run_later(f->arena, &options, &draft, &found));
    options.number[SITE_OPTION_CAPITALS] = options.number[SITE_OPTION_SPELLING] = POLICY_OFF;
    options.number[SITE_OPTION_FOREIGN] = POLICY_OFF;
    assert_true(proofreading_run_later(f->arena, &options, &draft, &found));
    assert_false(draft.unread);
    assert_slice(draft.checks, "[{\"check\":\"capitals\"}]");
}

static void a_finding_takes_its_place(void **state) {
    static const struct {
        const char *checks, *with;
    } CASES[] = {
        {"[]", "[{W}]"},
        {"", "[{W}]"},
        {"[{\"check\":\"capitals\"}]", "[{\"check\":\"capitals\"},{W}]"},
        {"[{\"check\":\"short\",\"count\":3},{\"check\":\"quick\",\"count\":1}]",
         "[{\"check\":\"short\",\"count\":3},{W},{\"check\":\"quick\",\"count\":1}]"},
        {"[{\"check\":\"links_first\",\"count\":3}]", "[{W},{\"check\":\"links_first\",\"count\":3}]"},
        {"[{\"check\":\"links\",\"count\":3},{\"check\":\"repeated\",\"comment\":7}]",
         "[{\"check\":\"links\",\"count\":3},{\"check\":\"repeated\",\"comment\":7},{W}]"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        slice with = proofreading_add(f->arena, slice_of(CASES[i].checks), S("{W}"));
        if (!slice_equal(with, slice_of(CASES[i].with))) fail_msg("%s: %.*s", CASES[i].checks, SLICE_FMT(with));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_message_without_fault_has_no_finding),
        TEST(unknown_words_are_named_for_the_moderator),
        TEST(names_around_and_words_of_the_site_are_no_mistakes),
        TEST(another_language_is_told_instead_of_its_words),
        TEST(what_can_be_counted_is),
        TEST(what_was_sent_elsewhere_repeats),
        TEST(what_is_required_asks_or_blocks),
        TEST(what_is_read_later_is_told_as_if_it_had_been_at_once),
        TEST(what_decides_is_not_left_for_later),
        TEST(a_finding_takes_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
