#include "site_fixture.h"

#include "domain/journal.h"

static void roles_have_rights(void **state) {
    (void)state;
    static const struct {
        enum role role;
        const char *name;
        bool moderate, edit, administer;
    } ROLES[] = {
        {ROLE_MODERATOR, "moderator", true, false, false},
        {ROLE_EDITOR, "editor", true, true, false},
        {ROLE_ADMINISTRATOR, "administrator", true, true, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(ROLES); i++) {
        enum role role;
        assert_text(role_name(ROLES[i].role), ROLES[i].name);
        assert_true(role_parse(slice_of(ROLES[i].name), &role));
        assert_int_equal(role, ROLES[i].role);
        assert_int_equal(role_may(role, RIGHT_MODERATE), ROLES[i].moderate);
        assert_int_equal(role_may(role, RIGHT_EDIT_ARTICLES), ROLES[i].edit);
        assert_int_equal(role_may(role, RIGHT_ADMINISTER), ROLES[i].administer);
    }
    enum role role;
    assert_false(role_parse(S(""), &role));
}

static enum status add(struct fixture *f, slice name, slice display_name, account_id *id) {
    struct account_input input = {.name = name,
                                  .display_name = display_name,
                                  .language = S("fr"),
                                  .role = ROLE_MODERATOR,
                                  .password_hash = FAKE_PHC};
    return account_add(f->db, &input, (account_id){0}, id, &f->error);
}

static void names_are_folded(void **state) {
    struct fixture *f = *state;
    account_id id;
    account_id other;
    assert_ok(add(f, S(" \xc3\x89lodie.B "), S(""), &id));
    struct account account;
    assert_ok(account_find(f->db, f->arena, S("\xc3\xa9LODIE.b"), &account, &f->error));
    assert_int_equal(account.id.v, id.v);
    assert_text(account.name, "\xc3\xa9lodie.b");
    assert_text(account.display_name, "\xc3\x89lodie.B");
    assert_true(account.password_hash.n > 0);
    assert_ok(account_get(f->db, f->arena, id, &account, &f->error));
    assert_int_equal(account.password_hash.n, 0);
    assert_int_equal(add(f, S("\xc3\x89LODIE.B"), S("X"), &other), CONFLICT);
    assert_detail("is taken");
    assert_int_equal(account_find(f->db, f->arena, S("personne"), &account, &f->error), NOT_FOUND);
    assert_int_equal(account_find(f->db, f->arena, S("\xff"), &account, &f->error), NOT_FOUND);
    static const char *const BAD[] = {"",       "a",   "deux mots",      "a/b",
                                      "a@b.fr", "x<y", "\xe2\x80\xaexy", "abcdefghijabcdefghijabcdefghijabcdefghij1"};
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) assert_int_equal(add(f, slice_of(BAD[i]), S("Nom"), &other), INVALID);
    assert_int_equal(add(f, S("correct"), S("\x01"), &other), INVALID);
    assert_detail("display_name: ");
    struct account_list list;
    assert_ok(account_list_load(f->db, f->arena, &list, &f->error));
    assert_int_equal(list.count, 1);
}

static void passwords_are_verified(void **state) {
    struct fixture *f = *state;
    slice phc;
    assert_int_equal(account_hash_password(f->arena, S("123456789"), &phc, &f->error), INVALID);
    assert_detail("password: ");
    /* characters, not bytes: nine letters of two bytes each */
    assert_int_equal(
        account_hash_password(f->arena, S("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"),
                              &phc, &f->error),
        INVALID);
    assert_int_equal(account_hash_password(f->arena, S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), &phc, &f->error),
                     INVALID);
    assert_ok(account_hash_password(f->arena, S("sous l'arbre"), &phc, &f->error));
    struct account_input input = {
        .name = S("ana"), .language = S("fr"), .role = ROLE_EDITOR, .password_hash = S("sous l'arbre")};
    account_id id;
    assert_int_equal(account_add(f->db, &input, (account_id){0}, &id, &f->error), INVALID);
    input.password_hash = phc;
    assert_ok(account_add(f->db, &input, (account_id){0}, &id, &f->error));
    struct account account;
    assert_ok(account_find(f->db, f->arena, S("ana"), &account, &f->error));
    assert_true(account_verify_password(&account, S("sous l'arbre")));
    assert_false(account_verify_password(&account, S("sous l'herbe")));
    account.disabled = true;
    assert_false(account_verify_password(&account, S("sous l'arbre")));
    /* as long for nobody as for somebody: the hash of nobody is a real one, with the same limits */
    int64_t start = clock_monotonic_ns();
    assert_false(account_verify_password(&account, S("sous l'arbre")));
    int64_t disabled = clock_monotonic_ns() - start;
    start = clock_monotonic_ns();
    assert_false(account_verify_password(NULL, S("sous l'arbre")));
    int64_t nobody = clock_monotonic_ns() - start;
    assert_true(nobody > 1000 * 1000 && disabled > 1000 * 1000);
}

static void the_last_administrator_stays(void **state) {
    struct fixture *f = *state;
    account_id first = fixture_account(f, S("ada"), ROLE_ADMINISTRATOR);
    fixture_account(f, S("edi"), ROLE_EDITOR);
    struct account account;
    assert_ok(account_get(f->db, f->arena, first, &account, &f->error));
    account.role = ROLE_EDITOR;
    assert_int_equal(account_save(f->db, &account, first, &f->error), CONFLICT);
    account.role = ROLE_ADMINISTRATOR;
    account.disabled = true;
    assert_int_equal(account_save(f->db, &account, first, &f->error), CONFLICT);
    account_id second = fixture_account(f, S("bob"), ROLE_ADMINISTRATOR);
    assert_ok(account_save(f->db, &account, second, &f->error));
    assert_ok(account_get(f->db, f->arena, second, &account, &f->error));
    account.role = ROLE_MODERATOR; /* the other one is disabled, and does not count */
    assert_int_equal(account_save(f->db, &account, second, &f->error), CONFLICT);
    account.role = ROLE_ADMINISTRATOR;
    account.display_name = S("Bob l'\xc3\xa9"
                             "diteur");
    assert_ok(account_save(f->db, &account, second, &f->error));
    assert_ok(account_get(f->db, f->arena, second, &account, &f->error));
    assert_text(account.display_name, "Bob l'\xc3\xa9"
                                      "diteur");
    account.id.v = 77;
    assert_int_equal(account_save(f->db, &account, second, &f->error), NOT_FOUND);
}

static slice open_session(struct fixture *f, account_id account, int64_t lifetime_ms) {
    struct session_input input = {
        .account = account, .user_agent = S("Firefox"), .fingerprint = S("ab12"), .lifetime_ms = lifetime_ms};
    slice token;
    assert_ok(session_open(f->db, f->arena, &input, &token, &f->error));
    return token;
}

static void a_session_is_found_by_its_token(void **state) {
    struct fixture *f = *state;
    account_id id = fixture_account(f, S("ana"), ROLE_EDITOR);
    slice token = open_session(f, id, SESSION_TOUCH_MS + 60 * 1000);
    struct session session;
    struct account account;
    assert_int_equal(token.n, CRYPTO_TOKEN_CHARS);
    assert_ok(session_find(f->db, f->arena, token, &session, &account, &f->error));
    assert_int_equal(account.id.v, id.v);
    assert_int_equal(account.role, ROLE_EDITOR);
    assert_int_equal(session.account.v, id.v);
    assert_text(session.user_agent, "Firefox");
    assert_int_equal(session.csrf.n, CRYPTO_TOKEN_CHARS);
    assert_false(slice_equal(session.csrf, token));
    assert_int_equal(session_find(f->db, f->arena, S("x"), &session, &account, &f->error), NOT_FOUND);
    assert_int_equal(session_find(f->db, f->arena, session.csrf, &session, &account, &f->error), NOT_FOUND);
    /* the token itself is nowhere in the database */
    slice sql = arena_format(f->arena, "SELECT count(*) FROM session WHERE token_hash = '%.*s'", SLICE_FMT(token));
    assert_int_equal(fixture_query(f, sql.p), 0);
    struct session later;
    clock_set_offset(SESSION_TOUCH_MS - 60 * 1000);
    assert_ok(session_touch(f->db, session.id, &f->error)); /* too soon to be told apart */
    assert_ok(session_find(f->db, f->arena, token, &later, &account, &f->error));
    assert_int_equal(later.last_seen_at, session.last_seen_at);
    clock_set_offset(SESSION_TOUCH_MS);
    assert_ok(session_touch(f->db, session.id, &f->error));
    assert_ok(session_find(f->db, f->arena, token, &later, &account, &f->error));
    assert_true(later.last_seen_at >= session.last_seen_at + SESSION_TOUCH_MS);
    clock_set_offset(SESSION_TOUCH_MS + 61 * 1000);
    assert_int_equal(session_find(f->db, f->arena, token, &session, &account, &f->error), NOT_FOUND);
    open_session(f, id, 60 * 1000);
    assert_int_equal(fixture_query(f, "SELECT count(*) FROM session"), 1);
}

static void sessions_end(void **state) {
    struct fixture *f = *state;
    account_id ana = fixture_account(f, S("ana"), ROLE_EDITOR);
    account_id bob = fixture_account(f, S("bob"), ROLE_ADMINISTRATOR);
    slice first = open_session(f, ana, 60 * 1000);
    open_session(f, ana, 60 * 1000);
    struct session_list list;
    assert_ok(session_list_account(f->db, f->arena, ana, &list, &f->error));
    assert_int_equal(list.count, 2);
    struct session session;
    struct account account;
    assert_ok(session_find(f->db, f->arena, first, &session, &account, &f->error));
    assert_int_equal(session_close(f->db, bob, session.id, &f->error), NOT_FOUND);
    assert_ok(session_close(f->db, ana, session.id, &f->error));
    assert_int_equal(session_find(f->db, f->arena, first, &session, &account, &f->error), NOT_FOUND);
    assert_ok(session_list_account(f->db, f->arena, ana, &list, &f->error));
    assert_int_equal(list.count, 1);
    /* one's own new password leaves them; somebody else's ends them */
    assert_ok(account_set_password(f->db, ana, FAKE_PHC, ana, &f->error));
    assert_ok(session_list_account(f->db, f->arena, ana, &list, &f->error));
    assert_int_equal(list.count, 1);
    assert_ok(account_set_password(f->db, ana, FAKE_PHC, bob, &f->error));
    assert_ok(session_list_account(f->db, f->arena, ana, &list, &f->error));
    assert_int_equal(list.count, 0);
    first = open_session(f, ana, 60 * 1000);
    assert_ok(account_get(f->db, f->arena, ana, &account, &f->error));
    account.disabled = true;
    assert_ok(account_save(f->db, &account, bob, &f->error));
    assert_int_equal(session_find(f->db, f->arena, first, &session, &account, &f->error), NOT_FOUND);
    struct session_input input = {.account = ana, .lifetime_ms = 1000};
    slice token;
    assert_int_equal(session_open(f->db, f->arena, &input, &token, &f->error), FORBIDDEN);
    assert_int_equal(account_set_password(f->db, ana, S("plain"), bob, &f->error), INVALID);
    assert_int_equal(account_set_password(f->db, (account_id){77}, FAKE_PHC, bob, &f->error), NOT_FOUND);
}

static void what_was_done_is_in_the_journal(void **state) {
    struct fixture *f = *state;
    account_id ana = fixture_account(f, S("ana"), ROLE_EDITOR);
    open_session(f, ana, 1000);
    assert_ok(account_set_password(f->db, ana, FAKE_PHC, ana, &f->error));
    struct journal_list list;
    slice subject = arena_format(f->arena, "account:%lld", (long long)ana.v);
    struct journal_filter filter = {.subject = subject, .limit = 10};
    assert_ok(journal_list_load(f->db, f->arena, &filter, &list, &f->error));
    assert_int_equal(list.count, 3);
    assert_text(list.items[0].act, "account.password");
    assert_text(list.items[1].act, "session.open");
    assert_text(list.items[1].data, "{\"session\":1}");
    assert_text(list.items[2].act, "account.add");
    assert_text(list.items[2].actor, "system");
    assert_text(list.items[2].data, "{\"name\":\"ana\",\"role\":\"editor\"}");
    assert_true(slice_equal(list.items[0].actor, subject));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_rights),           FIXTURE_TEST(names_are_folded),
        FIXTURE_TEST(passwords_are_verified),          FIXTURE_TEST(the_last_administrator_stays),
        FIXTURE_TEST(a_session_is_found_by_its_token), FIXTURE_TEST(sessions_end),
        FIXTURE_TEST(what_was_done_is_in_the_journal),
    };
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
