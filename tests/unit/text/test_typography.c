#include "case.h"

#include "base/buf.h"
#include "text/html.h"
#include "text/typography.h"

/* _ stands for U+00A0 and ~ for U+202F in what is wanted, so that it can be read. */
static slice readable(struct arena *arena, slice s) {
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        slice rest = slice_after(s, i);
        if (slice_starts(rest, S("\u00A0"))) {
            buf_add_char(&b, '_');
            i += 1;
        } else if (slice_starts(rest, S("\u202F"))) {
            buf_add_char(&b, '~');
            i += 2;
        } else {
            buf_add_char(&b, s.p[i]);
        }
    }
    return arena_copy(arena, buf_slice(&b));
}

static const struct text_case FRENCH[] = {
    {"", ""},
    {"Bonjour", "Bonjour"},
    {"Bonjour !", "Bonjour~!"},
    {"Bonjour!", "Bonjour~!"},
    {"Bonjour\u00A0!", "Bonjour~!"},
    {"Bonjour\u202F!", "Bonjour~!"},
    {"Quoi ?", "Quoi~?"},
    {"Quoi ?!", "Quoi~?!"},
    {"Quoi ? !", "Quoi~?~!"},
    {"Quoi?? Non !!!", "Quoi~?? Non~!!!"},
    {"un ; deux", "un~; deux"},
    {"un; deux", "un~; deux"},
    {"Note : oui", "Note_: oui"},
    {"Note: oui", "Note_: oui"},
    {"Note :", "Note_:"},
    {"il est 01:19", "il est 01:19"},
    {"10:30, 1:1 et 3:2", "10:30, 1:1 et 3:2"},
    {"std::vector et a:b", "std::vector et a:b"},
    {"\"mot\"", "«_mot_»"},
    {"dit \"un mot\" puis", "dit «_un mot_» puis"},
    {"\" mot \"", "«_mot_»"},
    {"«mot»", "«_mot_»"},
    {"« mot »", "«_mot_»"},
    {"«\u00A0mot\u00A0»", "«_mot_»"},
    {"« mot » !", "«_mot_»~!"},
    {"(\"mot\")", "(«_mot_»)"},
    {"\"Quoi ?\"", "«_Quoi~?_»"},
    {"\"a\" et \"b\"", "«_a_» et «_b_»"},
    {"un écran de 15\"", "un écran de 15\""},
    {"l'homme", "l’homme"},
    {"L'État, c'est l'État", "L’État, c’est l’État"},
    {"aujourd'hui", "aujourd’hui"},
    {"d'1 euro", "d’1 euro"},
    {"l'\"idée\"", "l’«_idée_»"},
    {"l'« idée »", "l’«_idée_»"},
    {"'tain", "’tain"},
    {"'mot'", "'mot'"},
    {"déjà ’ posé", "déjà ’ posé"},
    {"enfin...", "enfin…"},
    {"enfin... bon", "enfin… bon"},
    {"enfin....", "enfin...."},
    {"Début du titre (...)", "Début du titre (...)"},
    {"coupé [...] ici", "coupé [...] ici"},
    {"... et", "… et"},
    {"- oui - non – — là", "- oui - non – — là"},
    {"drôle :-) non ;-) si :) oui :D et :p", "drôle :-) non ;-) si :) oui :D et :p"},
    {"bravo;)", "bravo;)"},
    {"oui :smile: non", "oui :smile: non"},
    {":'( triste", ":'( triste"},
    {"voir http://a.org/?a=1;b=2!c=d ici !", "voir http://a.org/?a=1;b=2!c=d ici~!"},
    {"www.a.org/l'eau: oui", "www.a.org/l'eau_: oui"},
    {"moi@a.org!", "moi@a.org~!"},
    {"http://a.org", "http://a.org"},
    {"100 % !", "100_%~!"},
    {"(oui !)", "(oui~!)"},
    {"(!) et (?)", "(!) et (?)"},
    {"! seul", "! seul"},
    {"a != b", "a~!= b"},
    {"a!=b et x?y:z", "a!=b et x?y:z"},
    {"10 000 €", "10~000_€"},
    {"fin.", "fin."},
    {"fichier.txt et 3.14", "fichier.txt et 3.14"},
    {"日本「語」！", "日本「語」！"},
    {"É ! È ? Ç :", "É~! È~? Ç_:"},
    {"5'10\"", "5'10\""},
    {"deux  espaces", "deux  espaces"},
    {"fin \n! non", "fin \n! non"},
    {"760 000 habitants", "760~000 habitants"},
    {"1 234 567,89 €", "1~234~567,89_€"},
    {"(12 500)", "(12~500)"},
    {"en 2024 100 personnes", "en 2024 100 personnes"},
    {"06 12 34 56 78", "06 12 34 56 78"},
    {"1 2345 et 12 34", "1 2345 et 12 34"},
    {"v1 200 et 1.5 300", "v1 200 et 1.5 300"},
    {"à 7 h 15, puis 18 h.", "à 7_h_15, puis 18_h."},
    {"7h 15", "7h_15"},
    {"3 min 20 s", "3_min 20_s"},
    {"12 km, 3 m², 4 km² et 80 km/h", "12_km, 3_m², 4_km² et 80_km/h"},
    {"5 kg 2 g 1 t 3 l 4 ha 6 cm 7 mm 8 m", "5_kg 2_g 1_t 3_l 4_ha 6_cm 7_mm 8_m"},
    {"20 °C, 3 ‰, 5 $ et 2 £", "20_°C, 3_‰, 5_$ et 2_£"},
    {"3 millions, 1 million et 2 milliards", "3_millions, 1_million et 2_milliards"},
    {"en 2024 l'eau, 3 hommes, 2 murs, 1 t-shirt", "en 2024 l’eau, 3 hommes, 2 murs, 1 t-shirt"},
    {"n° 3, N° 4 et no 5", "n°_3, N°_4 et no_5"},
    {"p. 12 et pp. 3-4", "p._12 et pp._3-4"},
    {"Stop. 12 fois", "Stop. 12 fois"},
    {"M. Dupont, Mme Élise et MM. A et B", "M._Dupont, Mme_Élise et MM._A et B"},
    {"M. le maire, le gramme X, Paul M. Durand", "M. le maire, le gramme X, Paul M._Durand"},
    {"12  km", "12  km"},
    {"12 \nkm", "12 \nkm"},
};

static const struct text_case ENGLISH[] = {
    {"\"word\"", "“word”"},
    {"he said \"one\" and \"two\".", "he said “one” and “two”."},
    {"don't", "don’t"},
    {"'word'", "‘word’"},
    {"\"'nested' quote\"", "“‘nested’ quote”"},
    {"the dogs' tails", "the dogs’ tails"},
    {"the '90s", "the ’90s"},
    {"'tis", "’tis"},
    {"rock 'n' roll", "rock ’n’ roll"},
    {"1990's", "1990’s"},
    {"6'2\" tall", "6'2\" tall"},
    {"wait...", "wait…"},
    {"(...)", "(...)"},
    {"Really!? Yes: no; (ok)", "Really!? Yes: no; (ok)"},
    {"—\"so\"—", "—“so”—"},
    {"q=\"x\"", "q=“x”"},
    {"see a@b.org's page", "see a@b.org’s page"},
    {"naïve 'café'", "naïve ‘café’"},
};

static void check_table(const struct text_case *table, size_t count, enum typography typography) {
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        slice got = readable(arena, typography_line(arena, typography, slice_of(table[i].in)));
        wrong += case_differs(table[i].in, got, table[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void sets_french(void **state) {
    (void)state;
    check_table(FRENCH, ARRAY_COUNT(FRENCH), TYPOGRAPHY_FRENCH);
}

static void sets_english(void **state) {
    (void)state;
    check_table(ENGLISH, ARRAY_COUNT(ENGLISH), TYPOGRAPHY_ENGLISH);
}

/* Setting what is set already changes nothing: pages are made from sources that were copied from pages. */
static void is_idempotent(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(FRENCH); i++) {
        slice once = typography_line(arena, TYPOGRAPHY_FRENCH, slice_of(FRENCH[i].in));
        slice twice = typography_line(arena, TYPOGRAPHY_FRENCH, once);
        wrong += case_differs(FRENCH[i].in, twice, arena_cstring(arena, once));
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void carries_state_across_nodes(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    static const char *const nodes[] = {"Il dit \"", "mot", "\" et l'", "eau", " !"};
    struct typography_state carried = {0};
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, 1000);
    for (size_t i = 0; i < ARRAY_COUNT(nodes); i++) {
        typography_apply(TYPOGRAPHY_FRENCH, slice_of(nodes[i]), &carried, &b);
    }
    assert_int_equal(case_differs("nodes", readable(arena, buf_slice(&b)), "Il dit «_mot_» et l’eau~!"), 0);
    arena_free(arena);
}

static void leaves_other_languages_alone(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    assert_int_equal(typography_of(S("fr")), TYPOGRAPHY_FRENCH);
    assert_int_equal(typography_of(S("fr-CA")), TYPOGRAPHY_FRENCH);
    assert_int_equal(typography_of(S("FR_be")), TYPOGRAPHY_FRENCH);
    assert_int_equal(typography_of(S("en-US")), TYPOGRAPHY_ENGLISH);
    assert_int_equal(typography_of(S("frr")), TYPOGRAPHY_NONE);
    assert_int_equal(typography_of(S("")), TYPOGRAPHY_NONE);
    assert_int_equal(typography_of(S("de")), TYPOGRAPHY_NONE);
    slice text = S("\"so\" ! l'eau...");
    assert_true(slice_equal(typography_line(arena, TYPOGRAPHY_NONE, text), text));
    arena_free(arena);
}

/* Malformed UTF-8 goes through as it came; nothing is read past the end. */
static void survives_malformed_input(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    static const char *const bad[] = {"\xC2", "\xE2\x80", "a\xC2 !", "\xFF\xFE\"x\"", "«\xC2"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_true(typography_line(arena, TYPOGRAPHY_FRENCH, slice_of(bad[i])).n > 0);
    }
    arena_free(arena);
}

static void escapes_markup(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    assert_int_equal(case_differs("<", html_escape(arena, S("<b a=\"'\">&")).s, "&lt;b a=&quot;&#39;&quot;&gt;&amp;"),
                     0);
    static const struct text_case HEADLINES[] = {
        {"Le pont restera-t-il ?", "Le pont <span class=\"whole\">restera-t-il</span>~?"},
        {"Fontaine-Été, l'arc-en-ciel",
         "<span class=\"whole\">Fontaine-Été</span>, l’<span class=\"whole\">arc-en-ciel</span>"},
        {"un-mot-composé-bien-long", "un-mot-composé-bien-long"},
        {"<a-b> - c -d e-", "&lt;<span class=\"whole\">a-b</span>&gt; - c -d e-"},
        {"", ""},
        {"\xff-\xc3", "\xff-\xc3"},
    };
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(HEADLINES); i++) {
        slice got = readable(arena, html_escape_headline(arena, S("fr"), slice_of(HEADLINES[i].in)).s);
        wrong += case_differs(HEADLINES[i].in, got, HEADLINES[i].out);
    }
    assert_int_equal(wrong, 0);
    slice typographic = readable(arena, html_escape_typographic(arena, S("fr"), S("\"<b>\" !")).s);
    assert_int_equal(case_differs("\"<b>\" !", typographic, "«_&lt;b&gt;_»~!"), 0);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_french),
        cmocka_unit_test(sets_english),
        cmocka_unit_test(is_idempotent),
        cmocka_unit_test(carries_state_across_nodes),
        cmocka_unit_test(leaves_other_languages_alone),
        cmocka_unit_test(survives_malformed_input),
        cmocka_unit_test(escapes_markup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
