#include "site_fixture.h"

#include "domain/journal.h"

static struct site load(struct fixture *f) {
    struct site site;
    assert_ok(site_load(f->db, f->arena, &site, &f->error));
    return site;
}

static void every_option_has_a_name_of_its_own_and_a_default_it_would_take(void **state) {
    struct fixture *f = *state;
    struct site_options options;
    site_options_init(&options);
    for (size_t i = 0; i < SITE_OPTION_COUNT; i++) {
        enum site_option which = (enum site_option)i;
        enum site_option found = SITE_OPTION_COUNT;
        const struct site_option_info *info = site_option_info(which);
        assert_true(site_option_find(info->name, &found));
        assert_int_equal(found, which);
        assert_true(info->label[0] != '\0');
        slice value = site_option_value(f->arena, &options, which);
        assert_int_equal(site_option_set(&options, f->arena, which, value), SITE_OPTION_FINE);
        assert_true(slice_equal(site_option_value(f->arena, &options, which), value));
    }
    enum site_option none;
    assert_false(site_option_find(S("no_such_option"), &none));
}

static void what_does_not_fit_is_refused(void **state) {
    struct fixture *f = *state;
    struct site_options options;
    site_options_init(&options);
    for (size_t i = 0; i < SITE_OPTION_COUNT; i++) {
        enum site_option which = (enum site_option)i;
        const struct site_option_info *info = site_option_info(which);
        slice before = site_option_value(f->arena, &options, which);
        slice bad = S("no such value");
        if (info->type == SITE_OPTION_NUMBER || info->type == SITE_OPTION_SWITCH)
            bad = arena_format(f->arena, "%lld", (long long)info->most + 1);
        if (info->type == SITE_OPTION_TEXT) bad = S("\x01");
        assert_int_not_equal(site_option_set(&options, f->arena, which, bad), SITE_OPTION_FINE);
        assert_true(slice_equal(site_option_value(f->arena, &options, which), before));
    }
    assert_int_equal(site_option_set(&options, f->arena, SITE_OPTION_LONG_ABOVE, S("12 pages")), SITE_OPTION_NO_NUMBER);
    assert_int_equal(site_option_set(&options, f->arena, SITE_OPTION_SPELLING, S("Off")), SITE_OPTION_UNUSABLE);
}

static void options_come_with_the_site_and_are_journalled(void **state) {
    struct fixture *f = *state;
    account_id by = fixture_account(f, S("chef"), ROLE_ADMINISTRATOR);
    struct site site = load(f);
    assert_int_equal(site_option(&site.options, SITE_OPTION_SPELLING), POLICY_ADVISE);
    int64_t version = site.version;
    site.options.number[SITE_OPTION_SPELLING] = POLICY_REQUIRE;
    site.options.number[SITE_OPTION_SHORT_BELOW] = 40;
    assert_ok(site_save(f->db, &site, by, &f->error));
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM site_option"), 2);
    struct site again = load(f);
    assert_int_equal(site_option(&again.options, SITE_OPTION_SPELLING), POLICY_REQUIRE);
    assert_int_equal(site_option(&again.options, SITE_OPTION_SHORT_BELOW), 40);
    assert_int_equal(site_option(&again.options, SITE_OPTION_FOREIGN), POLICY_ADVISE);
    assert_text(again.name, "Le Courrier");
    assert_int_equal(again.version, version + 1);
    struct journal_list rows;
    struct journal_filter filter = {.subject = S("site"), .limit = 1};
    assert_ok(journal_list_load(f->db, f->arena, &filter, &rows, &f->error));
    assert_text(rows.items[0].act, "site.save");
    assert_text(rows.items[0].data, "{\"option_spelling\":{\"from\":\"advise\",\"to\":\"require\"},"
                                    "\"option_short_below\":{\"from\":\"12\",\"to\":\"40\"}}");
    again.options.number[SITE_OPTION_SPELLING] = POLICY_ADVISE; /* back */
    assert_ok(site_save(f->db, &again, by, &f->error));
    again = load(f);
    assert_int_equal(site_option(&again.options, SITE_OPTION_SPELLING), POLICY_ADVISE);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM site_option"), 2);
}

static void what_another_version_stored_does_no_harm(void **state) {
    struct fixture *f = *state;
    fixture_execute(f, "INSERT INTO site_option (name, value) VALUES ('of_the_future', 'x'), ('spelling', 'x'),"
                       " ('short_below', '20')");
    struct site site = load(f);
    assert_int_equal(site_option(&site.options, SITE_OPTION_SPELLING), POLICY_ADVISE);
    assert_int_equal(site_option(&site.options, SITE_OPTION_SHORT_BELOW), 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(every_option_has_a_name_of_its_own_and_a_default_it_would_take),
        FIXTURE_TEST(what_does_not_fit_is_refused),
        FIXTURE_TEST(options_come_with_the_site_and_are_journalled),
        FIXTURE_TEST(what_another_version_stored_does_no_harm),
    };
    return cmocka_run_group_tests_name("site_option", tests, NULL, NULL);
}
