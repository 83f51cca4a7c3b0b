/* Words, queries, documents and snippets of search. */
#include "case.h"

#include "text/search_query.h"
#include "text/search_snippet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
    struct arena *arena;
    struct search_stemmers *stemmers;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_new((size_t)64 << 20);
    f->stemmers = search_stemmers_new();
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    search_stemmers_free(f->stemmers);
    arena_free(f->arena);
    free(f);
    return 0;
}

static slice terms_in(struct fixture *f, const char *language, const char *text) {
    struct search_reader reader;
    struct search_word word;
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 1 << 20);
    search_reader_init(&reader, f->stemmers, search_language_of(slice_of(language)), slice_of(text));
    while (search_read(&reader, &word)) {
        if (b.n) buf_add_char(&b, ' ');
        buf_add(&b, word.term);
    }
    return arena_copy(f->arena, buf_slice(&b));
}

static void cuts_and_stems(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *language, *in, *out;
    } CASES[] = {
        {"fr", "", ""},
        {"fr", " … !? « » \xff\xfe", ""},
        {"fr", "L'école de l’évêque, jusqu'à l'île d'Yeu", "ecol de evequ a ile yeu"},
        {"fr", "aujourd'hui", "aujourd hui"},
        {"fr", "mangé mangée mangées mangés mange manger mangeait", "mang mang mang mang mang mang mang"},
        {"fr", "mangee mangees", "mang mang"},
        {"fr", "cheval chevaux journal journaux", "cheval cheval journal journal"},
        {"fr", "ŒUVRES œuvre oeuvre cœur coeur ex æquo", "oeuvr oeuvr oeuvr coeur coeur ex aequo"},
        {"fr", "rendez-vous", "rend vous"},
        {"fr", "3e 2024 12h30 covid-19", "3e 2024 12h30 covid 19"},
        {"fr",
         "e\xCC\x81"
         "cole re\xC2\xAD"
         "u\xC2\xAD"
         "nion",
         "ecol reunion"}, /* combining accent; soft hyphens */
        {"en", "The bridges' builders weren't building the mayor's bridge",
         "the bridg builder weren t build the mayor bridg"},
        {"en", "cafés naïve", "cafe naiv"},
        {"de", "Straßen Übergänge", "strassen ubergange"},
        {"", "L'école", "l ecole"},
        {"fr", "東京は雨", "東 京 は 雨"},
        {"fr", "ﬁn Ｐｏｎｔ", "fin pont"},
        {"fr", "Прогулки Ёлка", "прогулки елка"},
    };
    int wrong = 0;
    for (int round = 0; round < 3; round++) { /* in the second words are met, in the third known */
        for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
            wrong += case_differs(CASES[i].in, terms_in(f, CASES[i].language, CASES[i].in), CASES[i].out);
        search_stemmers_remember(f->stemmers);
    }
    assert_int_equal(wrong, 0);
}

/* So many words that most are forgotten again; some as long as what is kept, and longer. */
static void remembers_terms_as_they_were(void **state) {
    struct fixture *f = *state;
    struct search_stemmers *other CLEANUP(search_stemmers_free_p) = search_stemmers_new();
    search_stemmers_remember(other);
    for (int i = 0; i < 40000; i++) {
        char text[64];
        int n = snprintf(text, sizeof text, "é%.*snageantes%c%c%c%c", i % 29, "abcdefghijklmnopqrstuvwxyzabcdef",
                         'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 3, 'a' + i % 5);
        slice word = slice_make(text, (size_t)n);
        for (int language = SEARCH_FRENCH; language <= SEARCH_OTHER; language++) {
            struct search_reader plain, remembering;
            struct search_word a, b;
            search_reader_init(&plain, f->stemmers, (enum search_language)language, word);
            search_reader_init(&remembering, other, (enum search_language)language, word);
            assert_true(search_read(&plain, &a) && search_read(&remembering, &b));
            assert_true(slice_equal(a.term, b.term));
        }
    }
}

static void says_where_words_stand(void **state) {
    struct fixture *f = *state;
    slice text = S("l'été, à l’île");
    struct search_reader reader;
    struct search_word word;
    search_reader_init(&reader, f->stemmers, SEARCH_FRENCH, text);
    assert_true(search_read(&reader, &word));
    assert_true(slice_is(slice_sub(text, word.from, word.to), "été"));
    assert_true(search_read(&reader, &word));
    assert_true(slice_is(slice_sub(text, word.from, word.to), "à"));
    assert_true(search_read(&reader, &word));
    assert_true(slice_is(slice_sub(text, word.from, word.to), "île"));
    assert_false(search_read(&reader, &word));
}

static void cuts_long_words(void **state) {
    struct fixture *f = *state;
    char text[2001];
    memset(text, 'a', 2000);
    text[2000] = '\0';
    slice terms = terms_in(f, "", text);
    assert_int_equal(terms.n, SEARCH_TERM_BYTES);
    for (int i = 0; i < 2000; i += 2) memcpy(text + i, "é", 2);
    assert_true(terms_in(f, "fr", text).n <= SEARCH_TERM_BYTES);
}

/* Clauses as "[-]alternative|alternative …"; marks of authors as @, of articles as #. */
static slice shown(struct fixture *f, const struct search_query *q) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < q->count; i++) {
        if (i) buf_add(&b, S(" & "));
        if (q->clauses[i].excluded) buf_add_char(&b, '-');
        for (size_t k = 0; k < q->clauses[i].count; k++) {
            if (k) buf_add_char(&b, '|');
            for (size_t t = 0; t < q->clauses[i].any[k].count; t++) {
                slice term = q->clauses[i].any[k].terms[t];
                if (t) buf_add_char(&b, ' ');
                if (slice_starts(term, S("\uE001"))) buf_add_char(&b, '@');
                if (slice_starts(term, S("\uE002"))) buf_add_char(&b, '#');
                bool mark = slice_starts(term, S("\uE001")) || slice_starts(term, S("\uE002"));
                buf_add(&b, mark ? slice_after(term, 3) : term);
            }
        }
    }
    return arena_copy(f->arena, buf_slice(&b));
}

static struct search_query parsed(struct fixture *f, slice text) {
    struct search_query q;
    search_query_parse(f->arena, f->stemmers, text, &q);
    return q;
}

static void reads_queries(void **state) {
    struct fixture *f = *state;
    static const struct text_case CASES[] = {
        {"", ""},
        {"   ", ""},
        {"pont", "pont"},
        {"ponts", "pont|ponts"},
        {"élections", "elect|elections"},
        {"le pont", "pont"},
        {"le", "le"},
        {"le pont de pierre", "pont & pierr|pierre"},
        {"\"le pont\"", "le pont"},
        {"« pont neuf »", "pont neuf"},
        {"“pont neuf", "pont neuf"},
        {"l'école", "ecol|l ecol|l ecole"},
        {"rendez-vous", "rend vous|rendez vous"},
        {"pont -tram", "pont & -tram"},
        {"pont - tram", "pont & tram"},
        {"-tram", ""},
        {"le -tram", "le & -tram"},
        {"author:jean", "@jean"},
        {"auteur:\"Jean-Paul Dupônt\" pont", "@jean @paul @dupont & pont"},
        {"-author:Jean", ""},
        {"pont -author:Jean", "pont & -@jean"},
        {"author:", ""},
        {"article:12", "#12"},
        {"article:#12 pont", "#12 & pont"},
        {"article:https://example.org/articles/12-le-pont", "#12"},
        {"article:douze", "articl douz|article douze"},
        {"article:", "articl|article"},
        {"AND OR NOT NEAR(a b)", "near a & b"},
        {"pont\"neuf vieux\"", "pont & neuf vieux"},
        {"* ^ { } : ( ) + ; -- -", ""},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct search_query q = parsed(f, slice_of(CASES[i].in));
        wrong += case_differs(CASES[i].in, shown(f, &q), CASES[i].out);
    }
    assert_int_equal(wrong, 0);
}

static void bounds_queries(void **state) {
    struct fixture *f = *state;
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 5000; i++) buf_add_format(&b, "%d ", i);
    struct search_query q = parsed(f, buf_slice(&b));
    assert_true(q.shortened);
    assert_int_equal(q.count, SEARCH_CLAUSES_MAX);
    assert_false(parsed(f, S("pont  ")).shortened);
    assert_true(parsed(f, S("-a -b")).only_excluded);
    assert_int_equal(parsed(f, S("a\0b\xff\xfe\"c")).count, 2);
}

static slice document(struct fixture *f, const char *language, const char *title, const char *body,
                      const char *author) {
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, SEARCH_DOCUMENT_BYTES + 1024);
    struct search_document d = {slice_of(language), slice_of(title), slice_of(body), slice_of(author), 12};
    search_document_write(f->stemmers, &d, &b);
    assert_int_equal(b.status, OK);
    return arena_copy(f->arena, buf_slice(&b));
}

static void lays_documents_out(void **state) {
    struct fixture *f = *state;
    assert_int_equal(0, case_differs("document", document(f, "fr", "Les ponts", "Un pont, deux rives.", "Jean Dupônt"),
                                     "le pont \uE00212 un pont deux riv \uE001jean \uE001dupont"));
    assert_true(slice_is(document(f, "fr", "", "", ""), "\uE00212"));
}

static void bounds_documents(void **state) {
    struct fixture *f = *state;
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 1 << 22);
    for (int i = 0; i < 20000; i++) buf_add(&b, S("pont "));
    buf_add_char(&b, '\0');
    slice terms = document(f, "fr", "", b.p, "Jean");
    size_t words = 0, bridges = 0;
    bool author = false;
    while (terms.p) {
        slice term = slice_cut(&terms, ' ');
        bridges += slice_is(term, "pont");
        author = author || slice_is(term, "\uE001jean");
        words++;
    }
    assert_int_equal(bridges, SEARCH_DOCUMENT_REPEATS_MAX);
    assert_true(words <= SEARCH_DOCUMENT_WORDS_MAX + 1);
    assert_true(author);
}

static int64_t relevance(struct fixture *f, const char *query, const char *title, const char *body) {
    struct search_query q = parsed(f, slice_of(query));
    return search_relevance(&q, document(f, "fr", title, body, "Jean"));
}

static void ranks(void **state) {
    struct fixture *f = *state;
    int64_t title = relevance(f, "pont", "Le pont", "Une rive.");
    int64_t twice = relevance(f, "pont", "", "Un pont et des ponts.");
    int64_t once = relevance(f, "pont", "", "Un pont et des rives.");
    assert_true(title > twice);
    assert_true(twice > once);
    assert_true(once > 0);
    assert_int_equal(relevance(f, "author:jean", "", "Un pont"), 0);
    assert_true(relevance(f, "\"pont neuf\"", "", "Le pont neuf") > relevance(f, "\"pont neuf\"", "", "neuf pont"));
}

static slice snippet(struct fixture *f, const char *query, const char *text, size_t max) {
    struct search_query q = parsed(f, slice_of(query));
    return search_snippet(f->arena, f->stemmers, &q, S("fr"), slice_of(text), max).s;
}

static void marks_hits(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *query, *in, *out;
    } CASES[] = {
        {"pont", "Les ponts, l'école.", "Les <mark>ponts</mark>, l&#39;école."},
        {"école", "Les ponts, l'école.", "Les ponts, l&#39;<mark>école</mark>."},
        {"\"pont neuf\"", "Le pont neuf et le pont vieux", "Le <mark>pont neuf</mark> et le pont vieux"},
        {"pont neuf", "Le pont neuf et le pont", "Le <mark>pont</mark> <mark>neuf</mark> et le <mark>pont</mark>"},
        {"pont -rive", "Le pont, la rive", "Le <mark>pont</mark>, la rive"},
        {"author:jean", "Jean et le pont", "Jean et le pont"},
        {"mark", "<mark>&\"mark\"</mark>",
         "&lt;<mark>mark</mark>&gt;&amp;&quot;<mark>mark</mark>&quot;&lt;/<mark>mark</mark>&gt;"},
        {"rien", "Un\n\ntexte   court", "Un texte court"},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        wrong += case_differs(CASES[i].in, snippet(f, CASES[i].query, CASES[i].in, 200), CASES[i].out);
    assert_int_equal(wrong, 0);
}

static void chooses_the_part_with_most(void **state) {
    struct fixture *f = *state;
    struct buf b CLEANUP(buf_fini);
    buf_init(&b, 1 << 20);
    buf_add(&b, S("Le pont est loin. "));
    for (int i = 0; i < 100; i++) buf_add(&b, S("Une phrase de remplissage, longue et sans objet. "));
    buf_add(&b, S("Le tramway passe sur le pont de la ville. "));
    for (int i = 0; i < 100; i++) buf_add(&b, S("Une phrase de remplissage, longue et sans objet. "));
    buf_add_char(&b, '\0');
    slice s = snippet(f, "pont tramway", b.p, 120);
    assert_true(slice_contains(s, S("<mark>tramway</mark> passe sur le <mark>pont</mark>")));
    assert_true(slice_starts(s, S("…\xC2\xA0")));
    assert_true(slice_ends(s, S("\xC2\xA0…")));
    assert_true(s.n < 220);
    s = snippet(f, "loin", b.p, 120);
    assert_true(slice_starts(s, S("Le pont est <mark>loin</mark>")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_and_stems),
        cmocka_unit_test(says_where_words_stand),
        cmocka_unit_test(cuts_long_words),
        cmocka_unit_test(reads_queries),
        cmocka_unit_test(remembers_terms_as_they_were),
        cmocka_unit_test(bounds_queries),
        cmocka_unit_test(lays_documents_out),
        cmocka_unit_test(bounds_documents),
        cmocka_unit_test(ranks),
        cmocka_unit_test(marks_hits),
        cmocka_unit_test(chooses_the_part_with_most),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
