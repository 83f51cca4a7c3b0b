/* Words of a list under every disguise, and honest words that must not be taken for them. */
#include "case.h"

#include "base/buf.h"
#include "text/word_set.h"

#include <string.h>

enum { FOUND_MAX = 16 };

struct evasion_case {
    const char *words; /* of the list, by ';' */
    const char *text;
    const char *found; /* the very words of the text, by ';' */
};

static slice find(struct arena *arena, const char *list, const char *text) {
    slice words[FOUND_MAX], rest = slice_of(list);
    size_t count = 0;
    while (rest.p && count < FOUND_MAX) words[count++] = slice_cut(&rest, ';');
    struct word_set *set = word_set_new(words, count);
    struct evasion evasion = text_evasion(arena, slice_of(text));
    struct word_found found[FOUND_MAX];
    size_t n = word_set_find(set, arena, &evasion, found, FOUND_MAX);
    struct buf b;
    buf_init(&b, 10000);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(&b, ';');
        buf_add(&b, slice_sub(slice_of(text), found[i].from, found[i].to));
    }
    slice out = arena_copy(arena, buf_slice(&b));
    buf_fini(&b);
    word_set_free(set);
    return out;
}

static void run(const struct evasion_case *cases, size_t count) {
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(4 << 20);
        wrong += case_differs(cases[i].text, find(arena, cases[i].words, cases[i].text), cases[i].found);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
}

static void sees_through_disguises(void **state) {
    (void)state;
    static const struct evasion_case CASES[] = {
        {"salope", "Quelle salope !", "salope"},
        {"salope", "SALOPE", "SALOPE"},
        {"salope", "Sàlôpé", "Sàlôpé"},
        {"pédé", "pede", "pede"},
        {"salope", "sa\u0301lope", "sa\u0301lope"},
        {"salope", "ѕаlоре", "ѕаlоре"},             /* Cyrillic but for the l */
        {"salope", "ｓａｌｏｐｅ", "ｓａｌｏｐｅ"}, /* full width */
        {"salope", "𝓼𝓪𝓵𝓸𝓹𝓮", "𝓼𝓪𝓵𝓸𝓹𝓮"},
        {"salope", "ⓢⓐⓛⓞⓟⓔ", "ⓢⓐⓛⓞⓟⓔ"},
        {"idiot", "Іdіοt", "Іdіοt"},    /* Ukrainian capital and small i, Greek omicron */
        {"viagra", "VΙΑGRΑ", "VΙΑGRΑ"}, /* Greek capitals */
        {"salope", "s a l o p e", "s a l o p e"},
        {"salope", "tu es une s.a.l.o.p.e.", "s.a.l.o.p.e"},
        {"salope", "s - a", ""},
        {"salope", "s-a-l-o-p-e", "s-a-l-o-p-e"},
        {"salope", "sa-lope, sal_ope, s*alope", "sa-lope;sal_ope;s*alope"},
        {"salope", "sal\u200bo\u00adpe", "sal\u200bo\u00adpe"},
        {"salope", "s@l0pe", "s@l0pe"},
        {"salope", "$4l0p3", "$4l0p3"},
        {"salope", "5al0pe", "5al0pe"},
        {"connard", "c0nn@rd", "c0nn@rd"},
        {"connard", "connnnaaaard", "connnnaaaard"},
        {"connard", "con-nard, c.o.n.n.a.r.d", "c.o.n.n.a.r.d;con-nard"},
        {"connard*", "Des connards et de la connardise", "connards;connardise"},
        {"*phobe", "un xénophobe, des x.e.n.o.p.h.o.b.e.s", "xénophobe"},
        {"ass", "a55", "a55"},
        {"ass", "a$$", "a$$"},
        {"shit", "sh!t, sh1t, $hit", "sh!t;sh1t;$hit"},
        {"idiot", "!diot", "!diot"},
        {"kill yourself", "KILL   your-self! k1ll yourself", "KILL   your-self;k1ll yourself"},
        {"ta gueule", "Ta gueule, « TA\nGUEULE »", "Ta gueule;TA\nGUEULE"},
        {"nœud", "noeud", "noeud"},
        {"œuf", "Œuf", "Œuf"},
        {"scheiße", "scheisse", "scheisse"},
        {"дурак", "Дурак! д у р а к", "Дурак;д у р а к"},
        {"sale con", "s a l e c o n", "s a l e c o n"},
        {"sale con", "s a l e  c o n", "s a l e  c o n"},
        {"viagra;cialis", "Cialis, V1agra", "Cialis;V1agra"},
        {"f*ck", "f*ck, f**ck", "f*ck;f**ck"},
        {"con", "l’con d’à côté", "con"},
        {"sale", "jean@sale.fr", "sale"},
    };
    run(CASES, ARRAY_COUNT(CASES));
}

static void leaves_honest_words_alone(void **state) {
    (void)state;
    static const struct evasion_case CASES[] = {
        {"cunt", "Scunthorpe United", ""},
        {"ass", "class, passer, assassin, as, 'as', bass", ""},
        {"con", "second, concours, conseil, balcon, Falcon", ""},
        {"cul", "calcul, culture, recul, particulier", ""},
        {"pute", "dispute, députe, computer, réputé", ""},
        {"anal", "canal, analyse", ""},
        {"an", "an-nuel, l’ane", "an"},
        {"hell", "he'll say hello, shell", ""},
        {"penis", "pen is mightier; « le pen is »", ""},
        {"mal", "mai, mais, maille", ""},
        {"mai", "mal", ""},
        {"poison", "poisson", ""},
        {"poisson", "poison", ""},
        {"desert", "dessert", ""},
        {"lot", "107, 10t, en 2010", ""},
        {"ote", "073, 0.73", ""},
        {"con", "b a c o n", ""},
        {"salope", "sal ope", ""},
        {"merde", "emmerder, Mer de Chine, la mer de sable", ""},
        {"ta gueule", "tag ueule, va-t-en ta belle gueule", ""},
        {"sa", "y a à boire", ""},
        {"lan", "l'an 2000", ""},
        {"test", "t'es toi", ""},
        {"vu", "vue, vus", ""},
    };
    run(CASES, ARRAY_COUNT(CASES));
}

static void knows_what_can_be_listed(void **state) {
    (void)state;
    assert_true(word_set_accepts(S("con")));
    assert_true(word_set_accepts(S("connard*")));
    assert_false(word_set_accepts(S("")));
    assert_false(word_set_accepts(S("a")));
    assert_false(word_set_accepts(S("*")));
    assert_false(word_set_accepts(S(" -- ")));
    char *longest = memset((char[WORD_SET_LETTERS_MAX + 2]){0}, 'a', WORD_SET_LETTERS_MAX + 1);
    assert_true(word_set_accepts(slice_make(longest, WORD_SET_LETTERS_MAX)));
    assert_false(word_set_accepts(slice_make(longest, WORD_SET_LETTERS_MAX + 1)));
}

static void reads_plainly_for_expressions(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"Sàl0pe  !!", "salope"},
        {"C'est   s.u.p.e.r", "c est super"},
        {"En 2010, à 10 h", "en 2010 a 10 h"},
        {"hééééllo", "hello"},
        {"", ""},
    };
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct evasion e = text_evasion(arena, slice_of(CASES[i].in));
        const struct evasion_place *places;
        wrong += case_differs(CASES[i].in, evasion_plain(arena, &e, &places), CASES[i].out);
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
    struct arena *arena = arena_new(1 << 20);
    struct evasion e = text_evasion(arena, S("un  Sàl0pé là"));
    const struct evasion_place *places;
    slice plain = evasion_plain(arena, &e, &places);
    size_t at = slice_find(plain, S("salope"));
    assert_int_equal(places[at].from, 4);
    assert_int_equal(places[at + 5].to, 4 + S("Sàl0pé").n);
    arena_free(arena);
}

static void takes_what_is_no_text(void **state) {
    (void)state;
    struct arena *arena = arena_new(4 << 20);
    assert_int_equal(text_evasion(arena, S("")).count, 0);
    assert_int_equal(text_evasion(arena, S("\xff\xfe\x80 \xed\xa0\x80")).count, 0);
    assert_int_equal(text_evasion(arena, S("\u200b\u0301 ﷽ 🙂")).count, 0);
    char many[70000];
    struct evasion e = text_evasion(arena, slice_make(memset(many, 'a', sizeof many), sizeof many));
    assert_int_equal(e.count, 2); /* runs are counted up to 65535 */
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_through_disguises),   cmocka_unit_test(leaves_honest_words_alone),
        cmocka_unit_test(knows_what_can_be_listed), cmocka_unit_test(reads_plainly_for_expressions),
        cmocka_unit_test(takes_what_is_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
