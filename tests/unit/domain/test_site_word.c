#include "site_fixture.h"

#include "domain/journal.h"
#include "domain/site_word.h"

static bool is_known(struct fixture *f, const char *word) {
    bool known = false;
    assert_ok(site_word_is_known(f->db, f->arena, slice_of(word), &known, &f->error));
    return known;
}

static struct site_word_list list(struct fixture *f) {
    struct site_word_list words;
    assert_ok(site_word_list_load(f->db, f->arena, &words, &f->error));
    return words;
}

static void a_word_is_known_as_it_is_written(void **state) {
    struct fixture *f = *state;
    account_id by = fixture_account(f, S("maud"), ROLE_MODERATOR);
    assert_false(is_known(f, "brouchtoulle"));
    assert_ok(site_word_add(f->db, S(" brouchtoulle "), by, &f->error));
    assert_ok(site_word_add(f->db, S("Quincampoix"), by, &f->error));
    assert_ok(site_word_add(f->db, S("étourmi"), by, &f->error));
    assert_true(is_known(f, "brouchtoulle") && is_known(f, "Brouchtoulle")); /* at the front of a sentence */
    assert_true(is_known(f, "Quincampoix") && is_known(f, "étourmi") && is_known(f, "Étourmi"));
    assert_false(is_known(f, "quincampoix") || is_known(f, "BROUCHTOULLE") || is_known(f, "brouchtoulles"));
    assert_false(is_known(f, "etourmi"));
}

static void both_apostrophes_are_one(void **state) {
    struct fixture *f = *state;
    assert_ok(site_word_add(f->db, S("d’Artagnan"), (account_id){0}, &f->error));
    assert_true(is_known(f, "d'Artagnan") && is_known(f, "d’Artagnan") && is_known(f, "D’Artagnan"));
    assert_ok(site_word_add(f->db, S("d'Artagnan"), (account_id){0}, &f->error));
    assert_int_equal(list(f).count, 1);
}

static void what_is_not_one_word_is_refused(void **state) {
    struct fixture *f = *state;
    static const char *const BAD[] = {"",
                                      " ",
                                      "deux mots",
                                      "x1",
                                      "<b>",
                                      "-",
                                      "mot-",
                                      "-mot",
                                      "a--b",
                                      "l'",
                                      "a\xcc",
                                      "mot.",
                                      "\xf0\x9f\x8c\x89",
                                      "unmotbeaucouptroplongpourquelquunlaitjamaisecritquelquepartdanslemonde"};
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        enum status status = site_word_add(f->db, slice_of(BAD[i]), (account_id){0}, &f->error);
        if (status != INVALID) print_error("\"%s\"\n", BAD[i]);
        assert_int_equal(status, INVALID);
        assert_detail("word");
    }
    assert_int_equal(list(f).count, 0);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM journal WHERE act LIKE 'site_word%'"), 0);
}

static void the_list_says_who_added_what_and_the_journal_too(void **state) {
    struct fixture *f = *state;
    account_id by = fixture_account(f, S("maud"), ROLE_MODERATOR);
    assert_ok(site_word_add(f->db, S("saint-glinglin"), by, &f->error));
    assert_ok(site_word_add(f->db, S("Ablette"), (account_id){0}, &f->error));
    assert_ok(site_word_add(f->db, S("Ablette"), by, &f->error)); /* is there: nothing happens */
    struct site_word_list words = list(f);
    assert_int_equal(words.count, 2);
    assert_text(words.items[0].word, "Ablette");
    assert_text(words.items[0].by_name, "");
    assert_text(words.items[1].word, "saint-glinglin");
    assert_text(words.items[1].by_name, "maud");
    assert_true(words.items[1].added_at > 0);
    assert_ok(site_word_remove(f->db, S("Ablette"), by, &f->error));
    assert_ok(site_word_remove(f->db, S("Ablette"), by, &f->error));
    assert_ok(site_word_remove(f->db, S("nowhere"), by, &f->error));
    assert_false(is_known(f, "Ablette"));
    assert_int_equal(list(f).count, 1);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM journal WHERE act = 'site_word.add'"), 2);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM journal WHERE act = 'site_word.remove'"), 1);
    struct journal_list rows;
    struct journal_filter filter = {.subject = S("site"), .limit = 1};
    assert_ok(journal_list_load(f->db, f->arena, &filter, &rows, &f->error));
    assert_text(rows.items[0].act, "site_word.remove");
    assert_text(rows.items[0].data, "{\"word\":\"Ablette\"}");
}

static void words_stand_by_their_letters(void **state) {
    struct fixture *f = *state;
    static const char *const ADDED[] = {"zeste", "d'Artagnan", "Quincampoix", "étourmi", "Ablette", "Étaples", "etal"};
    static const char *const LISTED[] = {"Ablette", "d'Artagnan", "etal", "Étaples", "étourmi", "Quincampoix", "zeste"};
    for (size_t i = 0; i < ARRAY_COUNT(ADDED); i++)
        assert_ok(site_word_add(f->db, slice_of(ADDED[i]), (account_id){0}, &f->error));
    struct site_word_list words = list(f);
    assert_int_equal(words.count, ARRAY_COUNT(LISTED));
    for (size_t i = 0; i < ARRAY_COUNT(LISTED); i++) assert_text(words.items[i].word, LISTED[i]);
}

static void there_is_room_for_so_many(void **state) {
    struct fixture *f = *state;
    fixture_execute(f, "INSERT INTO site_word (word, added_at, added_by) "
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
                       "SELECT 'w' || i, 1, NULL FROM n");
    assert_ok(site_word_add(f->db, S("dernier"), (account_id){0}, &f->error));
    assert_int_equal(site_word_add(f->db, S("trop"), (account_id){0}, &f->error), LIMIT);
    assert_detail("10000");
    assert_int_equal(list(f).count, SITE_WORDS_MAX);
    assert_ok(site_word_remove(f->db, S("dernier"), (account_id){0}, &f->error));
    assert_ok(site_word_add(f->db, S("trop"), (account_id){0}, &f->error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(a_word_is_known_as_it_is_written), FIXTURE_TEST(both_apostrophes_are_one),
        FIXTURE_TEST(what_is_not_one_word_is_refused),  FIXTURE_TEST(the_list_says_who_added_what_and_the_journal_too),
        FIXTURE_TEST(words_stand_by_their_letters),     FIXTURE_TEST(there_is_room_for_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
