#include "discussion_fixture.h"

static struct discussion_page page_of(struct fixture *f, int64_t page, int64_t replies_shown) {
    struct discussion_page out;
    if (discussion_page_load(f->db, f->arena, ARTICLE, page, 2, replies_shown, &out, &f->error) != OK)
        fail_msg("page %lld: %s", (long long)page, f->error.detail);
    return out;
}

static enum status load(struct fixture *f, article_id article, int64_t page) {
    struct discussion_page out;
    return discussion_page_load(f->db, f->arena, article, page, 2, 3, &out, &f->error);
}

static struct thread_page thread_of(struct fixture *f, comment_number root, int64_t page) {
    struct thread_page out;
    if (thread_page_load(f->db, f->arena, root, page, 2, &out, &f->error) != OK) fail_msg("%s", f->error.detail);
    return out;
}

static void an_empty_discussion_has_one_page(void **state) {
    struct fixture *f = *state;
    struct discussion_page page = page_of(f, 0, 3);
    assert_int_equal(page.page, 1);
    assert_int_equal(page.page_count, 1);
    assert_int_equal(page.thread_count, 0);
    assert_slice(page.article.headline, "Le pont");
    assert_slice(page.article.body_html, "<p>x</p>");
    assert_int_equal(load(f, ARTICLE, 2), NOT_FOUND);
    assert_int_equal(load(f, ARTICLE, -1), NOT_FOUND);
    assert_int_equal(load(f, DRAFT, 0), NOT_FOUND);
    assert_int_equal(load(f, (article_id){99}, 0), NOT_FOUND);
}

static void pages_hold_ordinals_and_never_shift(void **state) {
    struct fixture *f = *state;
    comment_number roots[5];
    for (int i = 0; i < 5; i++) roots[i] = fixture_published(f, ARTICLE, NOBODY);
    (void)fixture_pending(f, ARTICLE, NOBODY);
    (void)fixture_published(f, OTHER, NOBODY);
    struct discussion_page page = page_of(f, 0, 3);
    assert_int_equal(page.page, 3);
    assert_int_equal(page.page_count, 3);
    assert_int_equal(page.thread_count, 1);
    assert_int_equal(page.threads[0].root.number.v, roots[4].v);
    page = page_of(f, 2, 3);
    assert_int_equal(page.thread_count, 2);
    assert_int_equal(page.threads[0].root.number.v, roots[2].v);
    assert_int_equal(page.threads[1].root.number.v, roots[3].v);
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'hide'");
    assert_int_equal(fixture_decide(f, roots[0], ACT_REMOVE), OK);
    assert_int_equal(fixture_decide(f, roots[2], ACT_REMOVE), OK);
    page = page_of(f, 2, 3);
    assert_int_equal(page.thread_count, 1);
    assert_int_equal(page.threads[0].root.number.v, roots[3].v);
    assert_int_equal(load(f, ARTICLE, 4), NOT_FOUND);
}

static void the_first_replies_stand_below_each_root(void **state) {
    struct fixture *f = *state;
    comment_number one = fixture_published(f, ARTICLE, NOBODY), two = fixture_published(f, ARTICLE, NOBODY);
    comment_number of_two[5];
    for (int i = 0; i < 5; i++) of_two[i] = fixture_published(f, ARTICLE, i == 1 ? of_two[0] : two);
    comment_number of_one = fixture_published(f, ARTICLE, one);
    (void)fixture_pending(f, ARTICLE, one);
    struct discussion_page page = page_of(f, 1, 3);
    assert_int_equal(page.threads[0].reply_count, 1);
    assert_int_equal(page.threads[0].replies[0].number.v, of_one.v);
    assert_int_equal(page.threads[0].more_replies, 0);
    assert_int_equal(page.threads[1].reply_count, 3);
    for (int i = 0; i < 3; i++) assert_int_equal(page.threads[1].replies[i].number.v, of_two[i].v);
    assert_int_equal(page.threads[1].replies[1].parent.v, of_two[0].v);
    assert_slice(page.threads[1].replies[1].parent_name, "Zoé");
    assert_int_equal(page.threads[1].more_replies, 2);
    page = page_of(f, 1, 0);
    assert_int_equal(page.threads[1].reply_count, 0);
    assert_int_equal(page.threads[1].more_replies, 5);
}

static void a_stub_says_nothing_of_what_was_written(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY), parent = fixture_published(f, ARTICLE, root);
    comment_number child = fixture_published(f, ARTICLE, parent);
    assert_int_equal(fixture_decide(f, root, ACT_REMOVE), OK);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, parent, &f->error)), OK);
    struct discussion_page page = page_of(f, 1, 3);
    const struct thread *thread = &page.threads[0];
    assert_int_equal(thread->root.state, COMMENT_REMOVED);
    assert_int_equal(thread->root.number.v, root.v);
    const struct comment *stubs[] = {&thread->root, &thread->replies[0]};
    for (size_t i = 0; i < 2; i++) {
        assert_slice(stubs[i]->name, "");
        assert_slice(stubs[i]->html, "");
        assert_slice(stubs[i]->text_source, "");
        assert_slice(stubs[i]->title, "");
        assert_slice(stubs[i]->website, "");
    }
    assert_int_equal(thread->reply_count, 2);
    assert_int_equal(thread->replies[0].state, COMMENT_WITHDRAWN);
    assert_int_equal(thread->replies[1].number.v, child.v);
    assert_slice(thread->replies[1].parent_name, ""); /* nor is it named by who answers it */
    assert_int_equal(thread->more_replies, 0);
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'hide'");
    page = page_of(f, 1, 3);
    assert_int_equal(page.thread_count, 1); /* the root holds its reply */
    assert_int_equal(page.threads[0].reply_count, 1);
    assert_int_equal(page.threads[0].replies[0].number.v, child.v);
}

static void a_root_with_replies_stays_as_a_stub_whatever_became_of_it(void **state) {
    struct fixture *f = *state;
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'hide'");
    comment_number root = fixture_published(f, ARTICLE, NOBODY), reply = fixture_published(f, ARTICLE, root);
    assert_int_equal(fixture_undo(f, root), OK); /* pending again */
    assert_int_equal(page_of(f, 1, 3).threads[0].root.state, COMMENT_PENDING);
    assert_slice(page_of(f, 1, 3).threads[0].root.name, "");
    assert_int_equal(fixture_decide(f, root, ACT_SPAM), OK);
    assert_int_equal(page_of(f, 1, 3).threads[0].root.state, COMMENT_SPAM);
    assert_int_equal(fixture_decide(f, reply, ACT_REMOVE), OK);
    assert_int_equal(page_of(f, 1, 3).thread_count, 0);
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'stub'");
    assert_int_equal(page_of(f, 1, 3).thread_count, 0); /* spam leaves no stub, and its removed reply has no place */
    assert_int_equal(fixture_decide(f, root, ACT_PUBLISH), OK);
    assert_int_equal(page_of(f, 1, 3).threads[0].reply_count, 1);
}

static void replies_of_a_hidden_root_are_nobodys(void **state) {
    struct fixture *f = *state;
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'stub'");
    comment_number one = fixture_published(f, ARTICLE, NOBODY), of_one = fixture_published(f, ARTICLE, one);
    comment_number two = fixture_published(f, ARTICLE, NOBODY), of_two = fixture_published(f, ARTICLE, two);
    assert_int_equal(fixture_decide(f, of_one, ACT_REMOVE), OK);
    assert_int_equal(fixture_decide(f, one, ACT_SPAM), OK);
    struct discussion_page page = page_of(f, 1, 3);
    assert_int_equal(page.thread_count, 1);
    assert_int_equal(page.threads[0].root.number.v, two.v);
    assert_int_equal(page.threads[0].reply_count, 1);
    assert_int_equal(page.threads[0].replies[0].number.v, of_two.v);
}

static void a_thread_has_pages_of_its_own(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY), replies[5];
    for (int i = 0; i < 5; i++) replies[i] = fixture_published(f, ARTICLE, root);
    assert_int_equal(fixture_decide(f, replies[2], ACT_REMOVE), OK);
    struct thread_page page = thread_of(f, root, 2);
    assert_int_equal(page.page, 2);
    assert_int_equal(page.page_count, 3);
    assert_slice(page.article.slug, "le-pont");
    assert_int_equal(page.thread.root.number.v, root.v);
    assert_int_equal(page.thread.reply_count, 2);
    assert_int_equal(page.thread.replies[0].state, COMMENT_REMOVED);
    assert_int_equal(page.thread.replies[1].number.v, replies[3].v);
    assert_int_equal(page.thread.more_replies, 3);
    assert_int_equal(thread_of(f, root, 3).thread.reply_count, 1);
    struct thread_page out;
    assert_int_equal(thread_page_load(f->db, f->arena, root, 4, 2, &out, &f->error), NOT_FOUND);
    assert_int_equal(thread_page_load(f->db, f->arena, root, 0, 2, &out, &f->error), NOT_FOUND);
    assert_int_equal(thread_page_load(f->db, f->arena, replies[0], 1, 2, &out, &f->error), NOT_FOUND);
    assert_int_equal(thread_page_load(f->db, f->arena, (comment_number){99}, 1, 2, &out, &f->error), NOT_FOUND);
    comment_number pending = fixture_pending(f, ARTICLE, NOBODY);
    assert_int_equal(thread_page_load(f->db, f->arena, pending, 1, 2, &out, &f->error), NOT_FOUND);
}

static void badges_show_in_pages(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.account = SACHA;
    comment_number root = fixture_send(f, &input).number;
    assert_int_equal(fixture_decide(f, root, ACT_PUBLISH), OK);
    assert_int_equal(page_of(f, 1, 3).threads[0].root.badge, BADGE_AUTHOR);
    assert_int_equal(thread_of(f, root, 1).thread.root.badge, BADGE_AUTHOR);
    assert_slice(page_of(f, 1, 3).threads[0].root.fingerprint, "");
}

static void feeds_take_the_latest_published(void **state) {
    struct fixture *f = *state;
    comment_number one = fixture_pending(f, ARTICLE, NOBODY), two = fixture_published(f, ARTICLE, NOBODY);
    comment_number reply = fixture_published(f, ARTICLE, two);
    clock_set_offset(1000);
    assert_int_equal(fixture_decide(f, one, ACT_PUBLISH), OK); /* sent first, published last */
    clock_set_offset(0);
    struct article article;
    struct comment_list list;
    assert_int_equal(discussion_latest(f->db, f->arena, ARTICLE, 10, &article, &list, &f->error), OK);
    assert_int_equal(list.count, 3);
    assert_int_equal(list.items[0].number.v, one.v);
    assert_int_equal(list.items[1].number.v, reply.v);
    assert_int_equal(list.items[2].number.v, two.v);
    assert_false(list.more);
    assert_slice(article.headline, "Le pont");
    assert_slice(article.body_html, "");
    assert_int_equal(fixture_decide(f, one, ACT_REMOVE), OK);
    assert_int_equal(discussion_latest(f->db, f->arena, ARTICLE, 1, &article, &list, &f->error), OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].number.v, reply.v);
    assert_true(list.more);
    assert_int_equal(discussion_latest(f->db, f->arena, DRAFT, 1, &article, &list, &f->error), NOT_FOUND);
}

/* How SQLite would do each statement about comments and decisions: by index, sorting nothing that can grow. */
static const struct {
    const char *name, *sql;
} STATEMENTS[] = {
#define STATEMENT(name, sql) {#name, sql},
#define STATEMENT2(name, sqlite, postgresql) {#name, sqlite},
#include "db/sql/comment.def"
#include "db/sql/decision.def"
#include "db/sql/recommendation.def"
#undef STATEMENT
#undef STATEMENT2
};

/* Sorted are at most as many rows as a page, or a bounded look at one hand's messages, holds. */
static bool may_sort(const char *name) {
    static const char *const names[] = {
        "COMMENT_OWN",    "COMMENT_SAME_HAND", "COMMENT_SENT_TWICE",   "QUEUE_PENDING",         "QUEUE_PENDING_ARTICLE",
        "QUEUE_REPORTED", "QUEUE_DECIDED",     "HISTORY_COUNT_DEVICE", "HISTORY_COUNT_ADDRESS", "HISTORY_COUNT_NAME"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* Steps of a plan that look at more rows than are asked for. */
static bool is_bad_step(const char *name, const char *step) {
    static const char *const fine[] = {"SCAN own",
                                       "SCAN d",
                                       "SCAN f",
                                       "SCAN hand",
                                       "SCAN q",
                                       "SCAN h",
                                       "SCAN account",
                                       "SCAN CONSTANT ROW",
                                       "SCAN site_change" /* always empty here */,
                                       "SCAN comment USING INDEX comment_queue" /* its first row */,
                                       "SCAN r USING INDEX report_open_article" /* its first rows */,
                                       "SCAN report USING INDEX report_open_by_article" /* the open ones */};
    if (strstr(step, "TEMP B-TREE")) return !may_sort(name);
    if (strncmp(step, "SCAN ", 5) != 0) return false;
    for (size_t i = 0; i < ARRAY_COUNT(fine); i++)
        if (strcmp(step, fine[i]) == 0) return false;
    return true;
}

static void every_statement_goes_by_index(void **state) {
    struct fixture *f = *state;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->store.folder.database, &db), SQLITE_OK);
    for (size_t i = 0; i < ARRAY_COUNT(STATEMENTS); i++) {
        sqlite3_stmt *plan = NULL;
        const char *sql = arena_format(f->arena, "EXPLAIN QUERY PLAN %s", STATEMENTS[i].sql).p;
        if (sqlite3_prepare_v2(db, sql, -1, &plan, NULL) != SQLITE_OK)
            fail_msg("%s: %s", STATEMENTS[i].name, sqlite3_errmsg(db));
        while (sqlite3_step(plan) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(plan, 3);
            if (is_bad_step(STATEMENTS[i].name, step)) fail_msg("%s: %s", STATEMENTS[i].name, step);
        }
        sqlite3_finalize(plan);
    }
    sqlite3_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_empty_discussion_has_one_page),
        TEST(pages_hold_ordinals_and_never_shift),
        TEST(the_first_replies_stand_below_each_root),
        TEST(a_stub_says_nothing_of_what_was_written),
        TEST(a_root_with_replies_stays_as_a_stub_whatever_became_of_it),
        TEST(replies_of_a_hidden_root_are_nobodys),
        TEST(a_thread_has_pages_of_its_own),
        TEST(badges_show_in_pages),
        TEST(feeds_take_the_latest_published),
    };
    const struct CMUnitTest sqlite_tests[] = {TEST(every_statement_goes_by_index)};
    return store_run_groups("domain/discussion", tests, sqlite_tests);
}
