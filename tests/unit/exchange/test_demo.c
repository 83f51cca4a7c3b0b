#include "../temp_folder.h"
#include "exchange/demo.h"

#include "base/clock.h"
#include "base/embedded.h"
#include "domain/charter.h"
#include "domain/check.h"
#include "domain/decision.h"
#include "domain/journal.h"
#include "domain/section.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct fixture {
    struct temp_folder folder;
    struct db *db;
    struct arena *arena;
    struct error error;
    struct demo_passwords passwords;
    struct demo_names names;
    json_t *json;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    temp_folder_init(&f->folder);
    f->arena = arena_new(256 << 20);
    assert_int_equal(crypto_init(&f->error), OK);
    assert_int_equal(db_open(slice_of(f->folder.database), DB_WRITE, &f->db, &f->error), OK);
    assert_int_equal(account_hash_password(f->arena, S("assez long pour nous"), &f->passwords.moderator, &f->error),
                     OK);
    f->passwords.editor = f->passwords.administrator = f->passwords.moderator;
    const struct embedded_file *file = embedded_find(embedded_demo, embedded_demo_count, "publication.json");
    assert_non_null(file);
    f->json = json_loadb((const char *)file->data, file->size, 0, NULL);
    assert_non_null(f->json);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    json_decref(f->json);
    db_close(f->db);
    arena_free(f->arena);
    temp_folder_fini(&f->folder);
    free(f);
    return 0;
}

static void load(struct fixture *f) {
    enum status status = demo_load(f->db, f->arena, clock_now(), &f->passwords, &f->names, &f->error);
    if (status != OK) fail_msg("%s", f->error.detail);
}

static void print_fault(void *ctx, slice line) {
    (void)ctx;
    print_message("fault: %.*s\n", SLICE_FMT(line));
}

static int64_t count_states(const struct fixture *f, const char *state) {
    int64_t count = 0;
    size_t i;
    const json_t *message;
    json_array_foreach(json_object_get(f->json, "messages"), i, message) count +=
        strcmp(json_string_value(json_object_get(message, "state")), state) == 0;
    return count;
}

static void the_publication_is_loaded_whole(void **state) {
    struct fixture *f = *state;
    load(f);
    struct check_report checked;
    assert_int_equal(check_run(f->db, print_fault, NULL, &checked, &f->error), OK);
    assert_int_equal(checked.articles, json_array_size(json_object_get(f->json, "articles")));
    assert_int_equal(checked.comments, json_array_size(json_object_get(f->json, "messages")));
    struct site site;
    assert_int_equal(site_load(f->db, f->arena, &site, &f->error), OK);
    assert_true(slice_equal(site.name, S("Le Courrier de la Sorelle")));
    assert_int_equal(site.pending_count, count_states(f, "pending"));
    assert_int_equal(site.report_count, 3);
    assert_false(site.needs_setup);
    struct section_list sections;
    assert_int_equal(section_list_load(f->db, f->arena, &sections, &f->error), OK);
    assert_int_equal(sections.count, json_array_size(json_object_get(f->json, "sections")));
    static const char *const languages[] = {"fr", "en"};
    for (size_t i = 0; i < ARRAY_COUNT(languages); i++) {
        struct charter charter;
        assert_int_equal(charter_load(f->db, f->arena, 0, slice_of(languages[i]), &charter, &f->error), OK);
        const json_t *wanted = json_object_get(json_object_get(f->json, "charter"), languages[i]);
        assert_true(slice_equal(charter.language, slice_of(languages[i])));
        assert_int_equal(charter.rule_count, json_array_size(json_object_get(wanted, "rules")));
    }
    struct account account;
    assert_int_equal(account_find(f->db, f->arena, f->names.moderator, &account, &f->error), OK);
    assert_int_equal(account.role, ROLE_MODERATOR);
    assert_true(crypto_password_verify(account.password_hash, S("assez long pour nous")));
}

struct walk {
    struct fixture *f;
    int64_t rows;
    time_ms last, first;
};

static enum status see_row(void *ctx, const struct journal_row *row) {
    struct walk *walk = ctx;
    assert_true(row->at >= walk->last); /* the story was told in its order */
    if (!walk->rows++) walk->first = row->at;
    walk->last = row->at;
    return OK;
}

static void the_journal_tells_a_month_in_order(void **state) {
    struct fixture *f = *state;
    time_ms before = clock_now();
    load(f);
    assert_in_range(clock_now() - before, 0, 60 * 1000); /* the clock is put back */
    struct walk walk = {.f = f};
    assert_int_equal(journal_each(f->db, see_row, &walk, &f->error), OK);
    assert_true(walk.rows > 150);
    assert_true(walk.last <= clock_now());
    assert_true(before - walk.first > 20LL * 24 * 3600 * 1000);
}

static void every_message_stands_where_it_should(void **state) {
    struct fixture *f = *state;
    load(f);
    int64_t seen[COMMENT_STATES] = {0}, edited = 0, replies = 0, reported = 0;
    for (int64_t n = 1; n <= (int64_t)json_array_size(json_object_get(f->json, "messages")); n++) {
        struct comment c;
        assert_int_equal(comment_get(f->db, f->arena, (comment_number){n}, &c, &f->error), OK);
        seen[c.state]++;
        edited += c.edited_at != 0;
        replies += c.parent.v != 0;
        reported += c.report_count != 0;
        assert_true(c.submitted_at < clock_now());
        if (c.state == COMMENT_PUBLISHED) assert_true(c.published_at >= c.submitted_at && c.ordinal > 0);
        struct decision_list decisions;
        assert_int_equal(decision_list_comment(f->db, f->arena, c.number, &decisions, &f->error), OK);
        bool refused = c.state == COMMENT_REJECTED || c.state == COMMENT_REMOVED;
        if (refused) assert_true(decisions.count > 0);
        for (size_t i = 0; i < decisions.count; i++) {
            bool refusal =
                slice_equal(decisions.items[i].act, S("reject")) || slice_equal(decisions.items[i].act, S("remove"));
            assert_true(!refusal || (decisions.items[i].rule_code.n && decisions.items[i].reason.n));
        }
    }
    for (int s = 0; s < COMMENT_STATES; s++) {
        slice name = comment_state_name((enum comment_state)s);
        assert_int_equal(seen[s], count_states(f, arena_cstring(f->arena, name)));
    }
    int64_t wanted = 0;
    size_t i;
    const json_t *message;
    json_array_foreach(json_object_get(f->json, "messages"), i, message) wanted +=
        json_is_string(json_object_get(message, "reply_to"));
    assert_int_equal(replies, wanted);
    assert_int_equal(edited, 1);
    assert_int_equal(reported, 3);
}

static void a_site_is_not_overwritten(void **state) {
    struct fixture *f = *state;
    load(f);
    assert_int_equal(demo_load(f->db, f->arena, clock_now(), &f->passwords, &f->names, &f->error), CONFLICT);
}

static void a_broken_publication_leaves_nothing(void **state) {
    struct fixture *f = *state;
    time_ms before = clock_now();
    json_t *last = json_array_get(json_object_get(f->json, "messages"), 60);
    json_object_set_new(last, "reply_to", json_string("nobody"));
    char *text = json_dumps(f->json, 0);
    assert_int_equal(demo_load_json(f->db, f->arena, slice_of(text), before, &f->passwords, &f->names, &f->error),
                     INVALID);
    assert_non_null(strstr(f->error.detail, "message "));
    struct site site;
    assert_int_equal(site_load(f->db, f->arena, &site, &f->error), NOT_FOUND);
    assert_in_range(clock_now() - before, 0, 60 * 1000);
    text[strlen(text) - 1] = '\0';
    assert_int_equal(demo_load_json(f->db, f->arena, slice_of(text), before, &f->passwords, &f->names, &f->error),
                     INVALID);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_publication_is_loaded_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_journal_tells_a_month_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_message_stands_where_it_should, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_site_is_not_overwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_publication_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
