/* Earlier texts of articles, earlier versions of the charter. */
#include "site_fixture.h"

#include "domain/article_revision.h"
#include "domain/charter.h"

static void save(struct fixture *f, article_id id, slice headline, account_id by) {
    struct article article;
    assert_ok(article_get(f->db, f->arena, id, &article, &f->error));
    article.headline = headline;
    assert_ok(article_save(f->db, &article, by, &id, &f->error));
}

static void earlier_texts_are_kept_newest_first(void **state) {
    struct fixture *f = *state;
    struct article_revision_list list;
    struct article_revision revision;
    account_id edith = fixture_account(f, S("edith"), ROLE_EDITOR);
    article_id id = fixture_article(f, S("Un"));
    assert_ok(article_revision_list_load(f->db, f->arena, id, &list, &f->error));
    assert_int_equal(list.count, 0);
    save(f, id, S("Deux"), edith);
    clock_set_offset(60000);
    save(f, id, S("Trois"), (account_id){0});
    assert_ok(article_revision_list_load(f->db, f->arena, id, &list, &f->error));
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].revision, 2);
    assert_text(list.items[0].headline, "Deux");
    assert_text(list.items[0].by_name, "");
    assert_text(list.items[0].body_source, "");
    assert_text(list.items[1].headline, "Un");
    assert_text(list.items[1].by_name, "edith");
    assert_true(list.items[0].replaced_at >= list.items[1].replaced_at + 59000);
    assert_ok(article_revision_get(f->db, f->arena, id, 1, &revision, &f->error));
    assert_text(revision.body_source, "Texte.");
    assert_int_equal(article_revision_get(f->db, f->arena, id, 3, &revision, &f->error), NOT_FOUND); /* the current */
    assert_int_equal(article_revision_get(f->db, f->arena, (article_id){99}, 1, &revision, &f->error), NOT_FOUND);
}

static void turning_the_switch_is_no_correction(void **state) {
    struct fixture *f = *state;
    struct article before, after;
    article_id id = fixture_article(f, S("Un"));
    assert_ok(article_get(f->db, f->arena, id, &before, &f->error));
    clock_set_offset(2 * 3600 * 1000);
    assert_ok(article_set_discussion(f->db, id, true, MODERATION_INHERIT, (account_id){0}, &f->error));
    assert_ok(article_get(f->db, f->arena, id, &after, &f->error));
    assert_true(after.discussion_closed);
    assert_int_equal(after.updated_at, before.updated_at);
    assert_true(after.version > before.version);
}

static void versions_of_the_charter_are_listed(void **state) {
    struct fixture *f = *state;
    struct charter_version_list list;
    account_id admin = fixture_account(f, S("admin"), ROLE_ADMINISTRATOR);
    struct charter_rule rule = {.code = S("calm"), .title = S("Du calme"), .severity = SEVERITY_LOW};
    struct charter charters[] = {{.language = S("fr"), .rules = &rule, .rule_count = 1},
                                 {.language = S("en"), .rules = &rule, .rule_count = 1}};
    assert_ok(charter_version_list_load(f->db, f->arena, &list, &f->error));
    assert_int_equal(list.count, 1);
    assert_text(list.items[0].by_name, "");
    assert_ok(charter_save(f->db, charters, 2, admin, &f->error));
    assert_ok(charter_version_list_load(f->db, f->arena, &list, &f->error));
    assert_int_equal(list.count, 2); /* one for each version, not for each language */
    assert_int_equal(list.items[0].version, 2);
    assert_text(list.items[0].by_name, "admin");
    assert_true(list.items[0].created_at > 0);
}

static void a_rule_is_checked_by_itself(void **state) {
    struct fixture *f = *state;
    struct charter_rule rule = {.code = S("calm"), .title = S("  Du   calme "), .severity = SEVERITY_LOW};
    assert_ok(charter_check_rule(f->arena, &rule, &f->error));
    assert_text(rule.title, "Du calme");
    rule.title = S(" ");
    assert_int_equal(charter_check_rule(f->arena, &rule, &f->error), INVALID);
    assert_detail("title: ");
    rule.title = S("Du calme");
    rule.code = S("Calme !");
    assert_int_equal(charter_check_rule(f->arena, &rule, &f->error), INVALID);
    assert_detail("code: ");
    slice introduction = S("a\x07");
    assert_int_equal(charter_check_introduction(f->arena, &introduction, &f->error), INVALID);
    assert_detail("introduction: ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(earlier_texts_are_kept_newest_first),
        FIXTURE_TEST(turning_the_switch_is_no_correction),
        FIXTURE_TEST(versions_of_the_charter_are_listed),
        FIXTURE_TEST(a_rule_is_checked_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
