/* Slugs, folding, excerpts. */
#include "case.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/excerpt.h"
#include "text/fold.h"
#include "text/slug.h"

static void makes_slugs(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"Bonjour le monde", "bonjour-le-monde"},
        {"L'été à Œdipe : « ça va ? »", "l-ete-a-oedipe-ca-va"},
        {"Straße und Ærø", "strasse-und-aero"},
        {"C++ & C#", "c-c"},
        {"  --  ", "article"},
        {"", "article"},
        {"🙂", "article"},
        {"Доброе утро", "dobroe-utro"},
        {"Ελλάδα", "ellada"},
        {"北京", "bei-jing"},
        {"ﬁn de l’année 2021", "fin-de-l-annee-2021"},
        {"../../etc/passwd", "etc-passwd"},
        {"<script>alert(1)</script>", "script-alert-1-script"},
        {"Un titre vraiment très long qui dépasse la limite de quatre-vingts caractères dont on parle ici",
         "un-titre-vraiment-tres-long-qui-depasse-la-limite-de-quatre-vingts-caracteres"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    };
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        slice slug = text_slug(arena, slice_of(CASES[i].in));
        wrong += case_differs(CASES[i].in, slug, CASES[i].out);
        assert_true(text_slug_is_valid(slug));
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void knows_slugs(void **state) {
    (void)state;
    static const char *const bad[] = {"", "-a", "a-", "a--b", "A", "é", "a b", "a/b", "a.b"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(text_slug_is_valid(slice_of(bad[i])));
    }
    assert_true(text_slug_is_valid(S("a-1-b")));
}

static void folds_names(void **state) {
    (void)state;
    static const struct text_case SAME[] = {
        {"Jean Dupont", "  jean   DUPONT "},
        {"Élodie", "e\u0301LODIE"},
        {"ﬁn", "FIN"},
        {"Straße", "STRASSE"},
        {"Ａｌｉｃｅ", "alice"},
        {"a\u200Bb", "ab"},
        {"a\u00ADb", "ab"},
        {"a\u00A0b", "A b"},
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_COUNT(SAME); i++) {
        slice other = text_fold_name(arena, slice_of(SAME[i].out));
        assert_int_equal(
            case_differs(SAME[i].in, text_fold_name(arena, slice_of(SAME[i].in)), arena_cstring(arena, other)), 0);
    }
    assert_false(slice_equal(text_fold_name(arena, S("Elodie")), text_fold_name(arena, S("Élodie"))));
    arena_free(arena);
}

static void finds_names_that_look_alike(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    slice palabre = text_skeleton(arena, S("Palabre"));
    assert_true(slice_equal(text_skeleton(arena, S("\u0420\u0430l\u0430bre")), palabre)); /* Cyrillic */
    assert_true(slice_equal(text_skeleton(arena, S("Pa1abre")), palabre));
    assert_true(slice_equal(text_skeleton(arena, S("PaIabre")), palabre));
    assert_false(slice_equal(text_skeleton(arena, S("Palabra")), palabre));
    arena_free(arena);
}

static void folds_for_search(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    assert_int_equal(
        case_differs("", text_fold_search(arena, S("L’Œuvre d'Élodie À Łódź")), "l'oeuvre d'elodie a lodz"), 0);
    arena_free(arena);
}

static void cuts_titles(void **state) {
    (void)state;
    static const struct {
        const char *in;
        size_t max;
        const char *out;
    } CASES[] = {
        {"Début du titre", 30, "Début du titre"},
        {"Début du titre qui est long", 20, "Début du titre (...)"},
        {"Début du titre qui est long", 22, "Début du titre (...)"},
        {"Début du titre, qui est long", 21, "Début du titre (...)"},
        {"Le titre : « longue suite de mots »", 20, "Le titre (...)"},
        {"Anticonstitutionnellement", 16, "Anticonsti (...)"},
        {"éééééééééé éééééééééé", 16, "éééééééééé (...)"},
        {"abcdefghie\u0301klmnop", 16, "abcdefghi (...)"},
        {"", 10, ""},
    };
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        slice got = text_cut_title(arena, slice_of(CASES[i].in), CASES[i].max);
        wrong += case_differs(CASES[i].in, got, CASES[i].out);
        assert_true(utf8_length(got) <= CASES[i].max);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void makes_excerpts(void **state) {
    (void)state;
    static const struct {
        const char *in;
        size_t max;
        const char *out;
    } CASES[] = {
        {"Court.", 30, "Court."},
        {"  Deux\n\nlignes   ici ", 30, "Deux lignes ici"},
        {"Une phrase assez longue. Une autre phrase qui dépasse.", 30, "Une phrase assez longue."},
        {"Non. Une phrase bien trop longue pour tenir ici", 30, "Non. Une phrase bien trop…"},
        {"Un, deux, trois, quatre", 10, "Un, deux…"},
        {"Sanslemoindreespace", 10, "Sanslemoi…"},
        {"x", 0, ""},
    };
    struct arena *arena = arena_new(1 << 20);
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        slice got = text_excerpt(arena, slice_of(CASES[i].in), CASES[i].max);
        wrong += case_differs(CASES[i].in, got, CASES[i].out);
        assert_true(utf8_length(got) <= CASES[i].max);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_slugs),      cmocka_unit_test(knows_slugs),
        cmocka_unit_test(folds_names),      cmocka_unit_test(finds_names_that_look_alike),
        cmocka_unit_test(folds_for_search), cmocka_unit_test(cuts_titles),
        cmocka_unit_test(makes_excerpts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
