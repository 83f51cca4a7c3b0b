#include "site_fixture.h"

#include "domain/charter.h"
#include "domain/journal.h"

static int64_t journal_count(struct fixture *f, const char *act) {
    slice sql = arena_format(f->arena, "SELECT count(*) FROM journal WHERE act = '%s'", act);
    return fixture_query(f, sql.p);
}

static void an_empty_database_has_no_site(void **state) {
    struct fixture *f = *state;
    struct site site;
    assert_int_equal(site_load(f->db, f->arena, &site, &f->error), NOT_FOUND);
    struct site_defaults bad = {S("X"), S(""), S("fr"), S("Europe/Atlantis")};
    assert_int_equal(site_create(f->db, &bad, &f->error), INVALID);
    assert_detail("time_zone: ");
    bad.time_zone = S("UTC");
    bad.name = S("  ");
    assert_int_equal(site_create(f->db, &bad, &f->error), INVALID);
    assert_detail("name: ");
    assert_int_equal(site_load(f->db, f->arena, &site, &f->error), NOT_FOUND);
}

static void a_site_is_made_once(void **state) {
    struct fixture *f = *state;
    struct site_defaults other = {S("Autre"), S(""), S("en"), S("UTC")};
    assert_ok(site_create(f->db, &other, &f->error));
    struct site site;
    assert_ok(site_load(f->db, f->arena, &site, &f->error));
    assert_text(site.name, "Le Courrier");
    assert_text(site.tagline, "Nouvelles de la vallée");
    assert_text(site.language, "fr");
    assert_text(site.time_zone, "Europe/Paris");
    assert_int_equal(site.moderation, MODERATION_PRE);
    assert_int_equal(site.removed_display, REMOVED_STUB);
    assert_int_equal(site.charter_version, 1);
    assert_true(site.needs_setup);
    assert_int_equal(journal_count(f, "site.create"), 1);
}

static void what_is_saved_is_journalled_and_shows_everywhere(void **state) {
    struct fixture *f = *state;
    article_id article = fixture_article(f, S("Un"));
    struct article before;
    struct article after;
    assert_ok(article_get(f->db, f->arena, article, &before, &f->error));
    account_id by = fixture_account(f, S("chef"), ROLE_ADMINISTRATOR);
    struct site site;
    assert_ok(site_load(f->db, f->arena, &site, &f->error));
    assert_false(site.needs_setup);
    int64_t version = site.version;
    assert_ok(site_save(f->db, &site, by, &f->error));
    assert_int_equal(journal_count(f, "site.save"), 0);
    site.name = S(" Le  Courrier de la Sorelle ");
    site.moderation = MODERATION_POST;
    site.strict = true;
    site.removed_display = REMOVED_HIDE;
    site.close_after_days = 30;
    site.gives_reasons = false;
    assert_ok(site_save(f->db, &site, by, &f->error));
    struct site again;
    assert_ok(site_load(f->db, f->arena, &again, &f->error));
    assert_text(again.name, "Le Courrier de la Sorelle");
    assert_int_equal(again.moderation, MODERATION_POST);
    assert_true(again.strict);
    assert_int_equal(again.removed_display, REMOVED_HIDE);
    assert_int_equal(again.close_after_days, 30);
    assert_false(again.gives_reasons);
    assert_int_equal(again.version, version + 1);
    assert_ok(article_get(f->db, f->arena, article, &after, &f->error));
    assert_int_equal(after.version, before.version + 1);
    struct journal_list rows;
    struct journal_filter filter = {.subject = S("site"), .limit = 1};
    assert_ok(journal_list_load(f->db, f->arena, &filter, &rows, &f->error));
    assert_text(rows.items[0].act, "site.save");
    assert_text(rows.items[0].data,
                "{\"name\":{\"from\":\"Le Courrier\",\"to\":\"Le Courrier de la Sorelle\"},"
                "\"moderation\":{\"from\":\"pre\",\"to\":\"post\"},\"strict\":{\"from\":0,\"to\":1},"
                "\"removed_display\":{\"from\":\"stub\",\"to\":\"hide\"},\"close_after_days\":{\"from\":0,\"to\":30},"
                "\"gives_reasons\":{\"from\":1,\"to\":0}}");
    assert_true(slice_starts(rows.items[0].actor, S("account:")));
}

static void what_makes_no_sense_is_not_saved(void **state) {
    struct fixture *f = *state;
    struct site site;
    assert_ok(site_load(f->db, f->arena, &site, &f->error));
    struct site bad = site;
    bad.moderation = MODERATION_INHERIT;
    assert_int_equal(site_save(f->db, &bad, (account_id){0}, &f->error), INVALID);
    bad = site;
    bad.close_after_days = -1;
    assert_int_equal(site_save(f->db, &bad, (account_id){0}, &f->error), INVALID);
    bad = site;
    bad.language = S("français");
    assert_int_equal(site_save(f->db, &bad, (account_id){0}, &f->error), INVALID);
    assert_detail("language: ");
    bad = site;
    bad.name = S("a\nb\x01");
    assert_int_equal(site_save(f->db, &bad, (account_id){0}, &f->error), INVALID);
}

static void the_setup_secret_is_spent_once(void **state) {
    struct fixture *f = *state;
    slice first;
    slice second;
    assert_false(site_setup_check(f->db, S("")));
    assert_ok(site_setup_begin(f->db, f->arena, &first, &f->error));
    assert_true(site_setup_check(f->db, first));
    assert_ok(site_setup_begin(f->db, f->arena, &second, &f->error));
    assert_false(site_setup_check(f->db, first));
    assert_true(site_setup_check(f->db, second));
    assert_int_equal(fixture_query(f, "SELECT length(setup_hash) FROM site"), 32);
    assert_ok(site_setup_end(f->db, &f->error));
    assert_false(site_setup_check(f->db, second));
    assert_ok(site_setup_begin(f->db, f->arena, &first, &f->error));
    fixture_account(f, S("modo"), ROLE_MODERATOR);
    assert_false(site_setup_check(f->db, first));
    assert_int_equal(site_setup_begin(f->db, f->arena, &first, &f->error), FORBIDDEN);
}

static void a_changed_secret_is_noticed(void **state) {
    struct fixture *f = *state;
    bool changed;
    assert_ok(site_note_secret(f->db, S("one"), &changed, &f->error));
    assert_false(changed);
    assert_ok(site_note_secret(f->db, S("one"), &changed, &f->error));
    assert_false(changed);
    enum status other = site_note_secret(f->db, S("two"), &changed, &f->error);
    assert_int_equal(other, db_is_shared(f->db) ? FORBIDDEN : OK);
    assert_int_equal(changed, !db_is_shared(f->db));
}

static void sections_are_kept_in_order(void **state) {
    struct fixture *f = *state;
    struct section culture = {.title = S("Culture & idées"), .language = S("fr"), .position = 2};
    struct section city = {.title = S("Ville"), .language = S("fr"), .position = 1, .moderation = MODERATION_POST};
    section_id culture_id;
    section_id city_id;
    assert_ok(section_save(f->db, &culture, (account_id){0}, &culture_id, &f->error));
    assert_ok(section_save(f->db, &city, (account_id){0}, &city_id, &f->error));
    struct section_list list;
    assert_ok(section_list_load(f->db, f->arena, &list, &f->error));
    assert_int_equal(list.count, 2);
    assert_text(list.items[0].slug, "ville");
    assert_int_equal(list.items[0].moderation, MODERATION_POST);
    assert_text(list.items[1].slug, "culture-idees");
    assert_int_equal(list.items[1].moderation, MODERATION_INHERIT);
    struct section found;
    assert_ok(section_find(f->db, f->arena, S("ville"), &found, &f->error));
    assert_int_equal(found.id.v, city_id.v);
    found.title = S("La ville");
    found.slug = S("culture-idees");
    assert_int_equal(section_save(f->db, &found, (account_id){0}, &city_id, &f->error), CONFLICT);
    assert_detail("slug: ");
    found.slug = S("la-ville");
    assert_ok(section_save(f->db, &found, (account_id){0}, &city_id, &f->error));
    assert_int_equal(section_find(f->db, f->arena, S("ville"), &found, &f->error), NOT_FOUND);
    assert_ok(section_get(f->db, f->arena, city_id, &found, &f->error));
    assert_text(found.title, "La ville");
    found.title = S("");
    assert_int_equal(section_save(f->db, &found, (account_id){0}, &city_id, &f->error), INVALID);
    found = (struct section){.id = {999}, .title = S("X"), .language = S("fr")};
    assert_int_equal(section_save(f->db, &found, (account_id){0}, &city_id, &f->error), NOT_FOUND);
    found = (struct section){.title = S("X"), .slug = S("Pas Bon"), .language = S("fr")};
    assert_int_equal(section_save(f->db, &found, (account_id){0}, &city_id, &f->error), INVALID);
    assert_int_equal(journal_count(f, "section.save"), 3);
}

static void a_new_site_has_a_charter_in_two_languages(void **state) {
    struct fixture *f = *state;
    struct charter fr;
    struct charter en;
    assert_ok(charter_load(f->db, f->arena, 0, S("fr"), &fr, &f->error));
    assert_ok(charter_load(f->db, f->arena, 1, S("en"), &en, &f->error));
    assert_int_equal(fr.version, 1);
    assert_int_equal(fr.rule_count, 5);
    assert_int_equal(en.rule_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_true(slice_equal(fr.rules[i].code, en.rules[i].code));
        assert_int_equal(fr.rules[i].severity, en.rules[i].severity);
        assert_true(fr.rules[i].title.n > 0 && fr.rules[i].text.n > 0);
    }
    struct charter other;
    assert_ok(charter_load(f->db, f->arena, 0, S("de"), &other, &f->error));
    assert_text(other.language, "fr");
    assert_int_equal(charter_load(f->db, f->arena, 7, S("fr"), &other, &f->error), NOT_FOUND);
}

static void a_charter_gets_a_new_version_and_keeps_the_old(void **state) {
    struct fixture *f = *state;
    article_id article = fixture_article(f, S("Un"));
    struct charter_rule rules[2] = {
        {.code = S("respect"), .title = S("Du respect"), .text = S("Partout."), .severity = SEVERITY_MEDIUM},
        {.code = S("law"), .title = S("La loi"), .severity = SEVERITY_HIGH, .legal_ground = S("Code pénal")},
    };
    struct charter_rule swapped[2] = {rules[1], rules[0]};
    struct charter charters[2] = {
        {.language = S("en"), .introduction = S("Hello"), .rules = swapped, .rule_count = 2},
        {.language = S("fr"), .rules = rules, .rule_count = 2},
    };
    assert_ok(charter_save(f->db, charters, 2, (account_id){0}, &f->error));
    struct charter loaded;
    assert_ok(charter_load(f->db, f->arena, 0, S("fr"), &loaded, &f->error));
    assert_int_equal(loaded.version, 2);
    assert_int_equal(loaded.rule_count, 2);
    assert_text(loaded.rules[1].legal_ground, "Code pénal");
    assert_int_equal(loaded.rules[1].severity, SEVERITY_HIGH);
    assert_ok(charter_load(f->db, f->arena, 1, S("fr"), &loaded, &f->error));
    assert_int_equal(loaded.rule_count, 5);
    assert_int_equal(journal_count(f, "charter.save"), 2);
    struct article after;
    assert_ok(article_get(f->db, f->arena, article, &after, &f->error));
    assert_int_equal(after.version, 3); /* made, published, and now under another charter */

    swapped[0].code = S("loi");
    assert_int_equal(charter_save(f->db, charters, 2, (account_id){0}, &f->error), INVALID);
    assert_detail("codes");
    swapped[0].code = S("respect");
    assert_int_equal(charter_save(f->db, charters, 1, (account_id){0}, &f->error), INVALID);
    swapped[0].code = S("Not a code");
    assert_int_equal(charter_save(f->db, charters, 1, (account_id){0}, &f->error), INVALID);
    assert_int_equal(charter_save(f->db, charters, 0, (account_id){0}, &f->error), INVALID);
    charters[1].language = S("en");
    swapped[0].code = S("law");
    assert_int_equal(charter_save(f->db, charters, 2, (account_id){0}, &f->error), INVALID);
    assert_detail("twice");
}

static void names_round_trip(void **state) {
    (void)state;
    for (int i = MODERATION_INHERIT; i <= MODERATION_CLOSED; i++) {
        enum moderation m;
        assert_true(moderation_parse(moderation_name((enum moderation)i), &m));
        assert_int_equal(m, i);
    }
    for (int i = SEVERITY_LOW; i <= SEVERITY_HIGH; i++) {
        enum severity s;
        assert_true(severity_parse(severity_name((enum severity)i), &s));
        assert_int_equal(s, i);
    }
    enum moderation m;
    assert_false(moderation_parse(S("PRE"), &m));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_database_has_no_site, fixture_init, fixture_fini),
        FIXTURE_TEST(a_site_is_made_once),
        FIXTURE_TEST(what_is_saved_is_journalled_and_shows_everywhere),
        FIXTURE_TEST(what_makes_no_sense_is_not_saved),
        FIXTURE_TEST(the_setup_secret_is_spent_once),
        FIXTURE_TEST(a_changed_secret_is_noticed),
        FIXTURE_TEST(sections_are_kept_in_order),
        FIXTURE_TEST(a_new_site_has_a_charter_in_two_languages),
        FIXTURE_TEST(a_charter_gets_a_new_version_and_keeps_the_old),
        cmocka_unit_test(names_round_trip),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
