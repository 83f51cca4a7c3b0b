/* What is asked of a dictionary, what is marked, what replaces it. The dictionary here knows what stands in KNOWN. */
#include "case.h"

#include "base/buf.h"

#include "text/markdown.h"
#include "text/proofread.h"

static const char *const KNOWN[] = {
    "le",    "la",    "les",      "un",    "une",    "mot",   "est",         "il",          "dit",     "homme", "œuvre",
    "cœur",  "État",  "là",       "celui", "centre", "ville", "aujourd'hui", "rendez-vous", "bonjour", "à",     "que",
    "de",    "et",    "donne",    "moi",   "word",   "a",     "the",         "cat",         "is",      "don't", "well",
    "known", "Paris", "allemand", "bien",  "faute",  "Un",    "Le",          "écrit",       "auteur",  "ami",   "ami",
};

static bool knows(void *ctx, slice word) {
    char straight[80];
    size_t n = 0;
    (void)ctx;
    for (size_t i = 0; i < word.n && n < sizeof straight - 1; i++) {
        bool typographic = slice_starts(slice_after(word, i), S("’"));
        straight[n++] = typographic ? '\'' : word.p[i];
        if (typographic) i += 2;
    }
    if (n > 0 && straight[0] >= 'A' && straight[0] <= 'Z') {
        for (size_t i = 0; i < ARRAY_COUNT(KNOWN); i++)
            if (slice_equal(slice_of(KNOWN[i]), slice_make(straight, n))) return true;
        straight[0] = (char)(straight[0] | 0x20); /* the front of a sentence */
    }
    for (size_t i = 0; i < ARRAY_COUNT(KNOWN); i++)
        if (slice_equal(slice_of(KNOWN[i]), slice_make(straight, n))) return true;
    return false;
}

static bool excuses(void *ctx, slice word) {
    ++*(int *)ctx;
    return slice_equal(word, S("Lussange"));
}

static struct proofread read_language(struct arena *arena, const char *source, const char *language) {
    static int asked;
    struct markdown_options markdown = {.language = slice_of(language)};
    struct proofread_options options = {slice_of(language), knows, excuses, &asked};
    struct html html;
    struct error error;
    struct proofread p;
    assert_int_equal(markdown_comment(arena, slice_of(source), &markdown, &html, &error), OK);
    proofread_find(arena, &options, html, slice_of(source), &p);
    return p;
}

/* The marked words, in the order of the text, with a space between. */
static slice marked(struct arena *arena, const struct proofread *p) {
    slice all = S("");
    for (size_t i = 0; i < p->mark_count; i++) {
        const struct proofread_mark *m = &p->marks[i];
        slice source = slice_sub(p->source, m->source_start, m->source_end);
        assert_true(slice_equal(p->words[m->word], source));
        all = arena_format(arena, "%.*s%s%.*s", SLICE_FMT(all), i ? " " : "", SLICE_FMT(source));
    }
    return all;
}

static void marks_what_nobody_knows(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"le mott est là", "mott"},
        {"Mott, la fôte et le mott.", "Mott fôte mott"},
        {"la *fôte* est **là**", "fôte"},
        {"- la fôte\n- le mott", "fôte mott"},
        {"[le mott](https://example.org/fôte)", "mott"},
        {"l'homme, l’homme, d'hommme, qu’hommme", "hommme hommme"},
        {"aujourd'hui, aujourd’hui, aujourd'huis", "aujourd'huis"},
        {"dit-il, celui-là, donne-moi, rendez-vous, centre-ville", ""},
        {"centre-vile, viille-centre", "vile viille"},
        {"franco-allemand, ex-ami, donne-t-il", ""},
        {"oeuvre, Oeuvre, coeur, Etat", ""},
        {"le coeurr", "coeurr"},
        {"Bonjour. Bonnjour ! bonnjour", "Bonnjour bonnjour"},
        {"la viille (fôte)", "viille fôte"},
        {"une « fôte » et une fôte", "fôte"},
        {"une \"fôte\" et une fôtte", "fôtte"},
        {"« une fôte", "fôte"},
        {"la 😀 fôte", "fôte"},
        {"Lussange est une viille", "viille"},
    };
    struct arena *arena = arena_new(1 << 24);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct proofread p = read_language(arena, CASES[i].in, "fr");
        wrong += case_differs(CASES[i].in, marked(arena, &p), CASES[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void leaves_alone_what_is_no_word_of_the_author(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "> la fôte\n\nle mot",
        "`fôte` et\n\n```\nfôte\n```",
        "https://example.org/fôte/viille www.fôte.org fôte@viille.org",
        "@fôte dit que @viille est là",
        "le mot fôte.txt et viille.org et fôte/viille #fôte",
        "SNCF, ONGs, iPhone, McDo, GT4",
        "3e, 20h30, B2B, covid-19, 1er",
        "il dit que Zorglub et Dupont-Durand est là",
        "et l’Élyssée et d'Artagnan",
        "citoyen·ne·s, auteur(trice)",
        "Привет, 北京, Ελλάδα",
        "x y z a b",
        "im*poss*ibl",
        "pneumonoultramicroscopicsilicovolcanoconiosispneumonoultramicroscopicsilicovolcanoconiosis",
        "",
    };
    struct arena *arena = arena_new(1 << 24);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(TEXTS); i++) {
        struct proofread p = read_language(arena, TEXTS[i], "fr");
        wrong += case_differs(TEXTS[i], marked(arena, &p), "");
        assert_true(slice_equal(proofread_mark_html(arena, &p).s, p.html.s));
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void english_has_its_own_apostrophes(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"the cat's word, the cat’s word, don't, don’t", ""},
        {"the catt's word", "catt"},
        {"a well-known cat, a well-knwon cat", "knwon"},
        {"“the catt” and \"the catt\"", "and"},
        {"l'homme", "l'homme"},
    };
    struct arena *arena = arena_new(1 << 24);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct proofread p = read_language(arena, CASES[i].in, "en");
        wrong += case_differs(CASES[i].in, marked(arena, &p), CASES[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void marks_in_the_html_and_changes_the_source(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 24);
    struct proofread p = read_language(arena, "😀 l'hommme a une *fôte*.\n\n> une fôte\n\nfôte `fôte`", "fr");
    assert_true(slice_is(proofread_mark_html(arena, &p).s,
                         "<p>😀 l’<u class=\"unknown\" data-word=\"0\" data-at=\"5\">hommme</u> a une "
                         "<em><u class=\"unknown\" data-word=\"1\" data-at=\"19\">fôte</u></em>.</p>\n"
                         "<blockquote>\n<p>une fôte</p>\n</blockquote>\n"
                         "<p><u class=\"unknown\" data-word=\"1\" data-at=\"39\">fôte</u> <code>fôte</code></p>\n"));
    struct proofread_change changes[] = {{S("fôte"), S("faute")}, {S("hommme"), S("homme")}, {S("une"), S("deux")}};
    slice changed = proofread_apply(arena, &p, changes, 3);
    assert_true(slice_is(changed, "😀 l'homme a une *faute*.\n\n> une fôte\n\nfaute `fôte`"));
    assert_true(slice_equal(proofread_apply(arena, &p, NULL, 0), p.source));
    arena_free(arena);
}

static void counts_and_stops(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 26);
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 300; i++) buf_add_format(&text, "le mott%c%c ", 'a' + i % 26, 'a' + i / 26 % 26);
    struct proofread p = read_language(arena, arena_copy(arena, buf_slice(&text)).p, "fr");
    assert_int_equal(p.asked_count, 600);
    assert_int_equal(p.unknown_count, 300);
    assert_int_equal(p.word_count, PROOFREAD_WORDS);
    assert_true(p.mark_count <= PROOFREAD_MARKS);
    buf_fini(&text);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_what_nobody_knows),
        cmocka_unit_test(leaves_alone_what_is_no_word_of_the_author),
        cmocka_unit_test(english_has_its_own_apostrophes),
        cmocka_unit_test(marks_in_the_html_and_changes_the_source),
        cmocka_unit_test(counts_and_stops),
    };
    return cmocka_run_group_tests_name("proofread", tests, NULL, NULL);
}
