#include "discussion_fixture.h"

static enum status make(struct fixture *f, const struct decision_order *order, struct decision_result *result,
                        struct decision_other *other) {
    return WRITE(f, decision_make(f->db, f->arena, order, result, other, &f->error));
}

static struct decision_list decisions(struct fixture *f, comment_number number) {
    struct decision_list list = {0};
    assert_int_equal(decision_list_comment(f->db, f->arena, number, &list, &f->error), OK);
    return list;
}

static struct journal_row journal_last(struct fixture *f, comment_number number) {
    struct journal_list list = {0};
    struct journal_filter filter = {.subject = arena_format(f->arena, "comment:%lld", (long long)number.v), .limit = 1};
    assert_int_equal(journal_list_load(f->db, f->arena, &filter, &list, &f->error), OK);
    assert_int_equal(list.count, 1);
    return list.items[0];
}

static void assert_journal_has(const struct journal_row *row, const char *part) {
    if (!slice_contains(row->data, slice_of(part))) fail_msg("%.*s has no %s", SLICE_FMT(row->data), part);
}

/* A message brought into a state by legal acts. */
static comment_number in_state(struct fixture *f, enum comment_state state) {
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    switch (state) {
    case COMMENT_PUBLISHED: assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK); break;
    case COMMENT_REJECTED: assert_int_equal(fixture_decide(f, number, ACT_REJECT), OK); break;
    case COMMENT_SPAM: assert_int_equal(fixture_decide(f, number, ACT_SPAM), OK); break;
    case COMMENT_REMOVED:
        assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
        assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
        break;
    case COMMENT_WITHDRAWN: assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK); break;
    case COMMENT_PENDING:
    case COMMENT_STATES: break;
    }
    assert_int_equal(fixture_get(f, number).state, state);
    return number;
}

static void every_edge_is_walked_and_every_other_refused(void **state) {
    struct fixture *f = *state;
    for (int from = 0; from < COMMENT_STATES; from++) {
        for (int act = 0; act < ACT_WITHDRAW; act++) {
            enum comment_state to = (enum comment_state)from;
            bool legal = comment_state_after(to, (enum comment_act)act, &to);
            comment_number number = in_state(f, (enum comment_state)from);
            struct comment before = fixture_get(f, number);
            assert_int_equal(fixture_decide(f, number, (enum comment_act)act), legal ? OK : CONFLICT);
            struct comment after = fixture_get(f, number);
            assert_int_equal(after.state, to);
            assert_int_equal(after.version, before.version + legal);
            if (!legal) continue;
            assert_int_equal(fixture_undo(f, number), OK);
            assert_int_equal(fixture_get(f, number).state, from);
        }
    }
}

static void withdrawing_is_its_authors(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_decide(f, number, ACT_WITHDRAW), INVALID);
    assert_int_equal(fixture_get(f, number).state, COMMENT_PENDING);
}

static void a_publication_counts_everywhere(void **state) {
    struct fixture *f = *state;
    comment_number first = fixture_pending(f, ARTICLE, NOBODY), second = fixture_pending(f, ARTICLE, NOBODY);
    struct article article = fixture_article(f, ARTICLE);
    struct site site = fixture_site(f);
    assert_int_equal(article.pending_count, 2);
    assert_int_equal(article.comment_count, 0);
    assert_int_equal(site.pending_count, 2);
    struct decision_order order = {.number = second, .version = 1, .act = ACT_PUBLISH, .by = SACHA, .note = S("vu")};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(make(f, &order, &result, &other), OK);
    assert_int_equal(result.from, COMMENT_PENDING);
    assert_int_equal(result.to, COMMENT_PUBLISHED);
    assert_int_equal(result.article.v, ARTICLE.v);
    assert_int_equal(result.root.v, second.v);
    assert_int_equal(result.page, 1); /* the first published is the first of the discussion, whenever it was sent */
    assert_int_equal(fixture_decide(f, first, ACT_PUBLISH), OK);
    assert_int_equal(fixture_get(f, first).ordinal, 2);
    struct article after = fixture_article(f, ARTICLE);
    assert_int_equal(after.pending_count, 0);
    assert_int_equal(after.comment_count, 2);
    assert_int_equal(after.last_ordinal, 2);
    assert_int_equal(after.version, article.version + 2);
    assert_int_equal(fixture_site(f).pending_count, 0);
    assert_int_equal(fixture_site(f).version, site.version + 2);
}

static void a_refusal_changes_no_page(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    struct article before = fixture_article(f, ARTICLE);
    struct site site = fixture_site(f);
    assert_int_equal(fixture_decide(f, number, ACT_REJECT), OK);
    assert_int_equal(fixture_article(f, ARTICLE).version, before.version);
    assert_int_equal(fixture_site(f).version, site.version);
    assert_int_equal(fixture_get(f, number).ordinal, 0);
    assert_int_equal(fixture_site(f).pending_count, 0);
}

static void a_stub_that_appears_changes_its_page(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_undo(f, number), OK); /* waits again: nothing is shown of it */
    int64_t version = fixture_article(f, ARTICLE).version, of_site = fixture_site(f).version;
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK);
    assert_int_equal(fixture_article(f, ARTICLE).version, version + 1);
    assert_int_equal(fixture_site(f).version, of_site); /* no count changed */
}

static void replies_have_ordinals_of_their_root(void **state) {
    struct fixture *f = *state;
    comment_number one = fixture_published(f, ARTICLE, NOBODY), two = fixture_published(f, ARTICLE, NOBODY);
    comment_number reply = fixture_published(f, ARTICLE, two);
    comment_number deep = fixture_pending(f, ARTICLE, reply);
    struct decision_order order = {.number = deep, .act = ACT_PUBLISH, .by = SACHA};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(make(f, &order, &result, &other), OK);
    assert_int_equal(result.page, 2);
    assert_int_equal(result.root.v, two.v);
    struct comment comment = fixture_get(f, deep);
    assert_int_equal(comment.root.v, two.v);
    assert_int_equal(comment.parent.v, reply.v);
    assert_int_equal(comment.ordinal, 2);
    assert_int_equal(fixture_get(f, reply).ordinal, 1);
    assert_int_equal(fixture_get(f, two).reply_count, 2);
    assert_int_equal(fixture_get(f, two).last_reply_ordinal, 2);
    assert_int_equal(fixture_get(f, one).reply_count, 0);
    assert_int_equal(fixture_decide(f, reply, ACT_REMOVE), OK);
    assert_int_equal(fixture_get(f, two).reply_count, 1);
    assert_int_equal(fixture_get(f, two).last_reply_ordinal, 2);
}

static void a_reply_may_be_published_below_what_is_gone(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY), parent = fixture_published(f, ARTICLE, root);
    comment_number reply = fixture_pending(f, ARTICLE, parent);
    assert_int_equal(fixture_decide(f, parent, ACT_REMOVE), OK);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, root, &f->error)), OK);
    assert_int_equal(fixture_decide(f, reply, ACT_PUBLISH), OK);
    assert_int_equal(fixture_get(f, root).reply_count, 1);
}

static void a_root_never_published_gets_its_place_with_its_first_reply(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY), reply = fixture_pending(f, ARTICLE, root);
    /* As an import leaves it: a reply to what never was published. */
    (void)fixture_sql(f, "UPDATE comment SET state = 'spam', ordinal = NULL, published_at = NULL WHERE number = 1;"
                         "UPDATE article SET comment_count = 0, last_ordinal = 0 WHERE id = 1;"
                         "DELETE FROM search_message WHERE rowid = 1; DELETE FROM decision;");
    struct decision_order order = {.number = reply, .act = ACT_PUBLISH, .by = SACHA};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(make(f, &order, &result, &other), OK);
    assert_int_equal(result.page, 1);
    assert_int_equal(fixture_get(f, root).ordinal, 1);
    assert_int_equal(fixture_get(f, reply).ordinal, 1);
}

static void the_second_of_two_decisions_is_told(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    clock_set_offset(5000);
    struct decision_order order = {.number = number, .version = 1, .act = ACT_PUBLISH, .by = SACHA};
    struct decision_result result;
    struct decision_other other;
    time_ms before = clock_now();
    assert_int_equal(make(f, &order, &result, &other), OK);
    order = (struct decision_order){.number = number, .version = 1, .act = ACT_SPAM, .by = CAMILLE};
    assert_int_equal(make(f, &order, &result, &other), CONFLICT);
    assert_slice(other.account_name, "Sacha Morel");
    assert_int_equal(other.state, COMMENT_PUBLISHED);
    assert_in_range(other.at, before, before + 60000);
    assert_int_equal(fixture_get(f, number).state, COMMENT_PUBLISHED);
    assert_int_equal(decisions(f, number).count, 1);
    order.version = 2; /* having seen it published, one may */
    assert_int_equal(make(f, &order, &result, &other), OK);
}

static void a_decision_is_told_of_the_authors_act(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.editing = number;
    struct comment_draft draft;
    struct comment_problems problems;
    assert_int_equal(fixture_prepare(f, &input, &draft, &problems), OK);
    assert_int_equal(WRITE(f, comment_edit_own(f->db, number, 1, &draft, 0, &f->error)), OK);
    struct decision_order order = {.number = number, .version = 1, .act = ACT_PUBLISH, .by = SACHA};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(make(f, &order, &result, &other), CONFLICT);
    assert_slice(other.account_name, "");
    assert_int_equal(other.state, COMMENT_PENDING);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK);
    order.version = 0;
    assert_int_equal(make(f, &order, &result, &other), CONFLICT);
    assert_int_equal(other.state, COMMENT_WITHDRAWN);
}

static void undo_goes_back_decision_by_decision(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_undo(f, number), CONFLICT); /* nothing yet */
    assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
    time_ms published_at = fixture_get(f, number).published_at;
    assert_int_equal(fixture_decide(f, number, ACT_REMOVE), OK);
    assert_int_equal(fixture_undo(f, number), OK);
    assert_int_equal(fixture_get(f, number).state, COMMENT_PUBLISHED);
    assert_int_equal(fixture_article(f, ARTICLE).comment_count, 1);
    assert_int_equal(fixture_undo(f, number), OK); /* one further back, not the undo */
    struct comment comment = fixture_get(f, number);
    assert_int_equal(comment.state, COMMENT_PENDING);
    assert_int_equal(comment.ordinal, 1);
    assert_int_equal(comment.published_at, published_at);
    assert_int_equal(fixture_article(f, ARTICLE).comment_count, 0);
    assert_int_equal(fixture_article(f, ARTICLE).pending_count, 1);
    assert_int_equal(fixture_undo(f, number), CONFLICT);
    comment_number next = fixture_published(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_get(f, next).ordinal, 2);
    assert_int_equal(fixture_decide(f, number, ACT_PUBLISH), OK);
    assert_int_equal(fixture_get(f, number).ordinal, 1); /* its own, still */
    struct decision_list list = decisions(f, number);    /* newest first: publish, undo, undo, remove, publish */
    assert_int_equal(list.count, 5);
    assert_slice(list.items[1].act, "undo");
    assert_true(list.items[3].undone && list.items[4].undone);
    assert_false(list.items[0].undone || list.items[1].undone || list.items[2].undone);
    assert_int_equal(fixture_sql(f, "SELECT undone_by FROM decision WHERE act = 'remove'"), list.items[2].id.v);
    assert_int_equal(fixture_sql(f, "SELECT undone_by FROM decision WHERE act = 'publish' ORDER BY id LIMIT 1"),
                     list.items[1].id.v);
}

static void undo_takes_only_what_was_meant(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    decision_id publication = decisions(f, number).items[0].id;
    assert_int_equal(fixture_decide(f, number, ACT_SPAM), OK);
    struct decision_result result;
    assert_int_equal(WRITE(f, decision_undo(f->db, f->arena, number, publication, CAMILLE, &result, &f->error)),
                     CONFLICT);
    assert_int_equal(fixture_get(f, number).state, COMMENT_SPAM);
    decision_id spam = decisions(f, number).items[0].id;
    assert_int_equal(WRITE(f, decision_undo(f->db, f->arena, number, spam, CAMILLE, &result, &f->error)), OK);
    assert_int_equal(result.from, COMMENT_SPAM);
    assert_int_equal(result.to, COMMENT_PUBLISHED);
    assert_int_equal(result.page, 1);
}

static void what_its_author_withdrew_stays_so(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK);
    assert_int_equal(fixture_undo(f, number), CONFLICT);
    for (int act = 0; act < ACT_WITHDRAW; act++)
        assert_int_equal(fixture_decide(f, number, (enum comment_act)act), CONFLICT);
    assert_int_equal(fixture_get(f, number).state, COMMENT_WITHDRAWN);
    assert_int_equal(fixture_article(f, ARTICLE).comment_count, 0);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), CONFLICT);
}

static void an_edit_by_the_desk_is_marked_kept_and_undone(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    struct comment original = fixture_get(f, number);
    int64_t version = fixture_article(f, ARTICLE).version;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.text = S("Une *autre* phrase.");
    input.editing = number;
    struct comment_draft draft;
    struct comment_problems problems;
    assert_int_equal(fixture_prepare(f, &input, &draft, &problems), OK);
    assert_int_equal(WRITE(f, comment_edit_desk(f->db, number, 1, &draft, SACHA, S("adouci"), &f->error)), CONFLICT);
    assert_int_equal(WRITE(f, comment_edit_desk(f->db, number, 2, &draft, SACHA, S("adouci"), &f->error)), OK);
    struct comment edited = fixture_get(f, number);
    assert_slice(edited.text_source, "Une *autre* phrase.");
    assert_true(slice_contains(edited.html, S("<em>autre</em>")));
    assert_true(edited.edited_at > 0 && edited.edited_by_desk);
    assert_int_equal(fixture_article(f, ARTICLE).version, version + 1);
    struct journal_row row = journal_last(f, number);
    assert_slice(row.act, "comment.edit");
    assert_slice(row.actor, "account:2");
    assert_journal_has(&row, "from_text_sha256");
    struct decision_list list = decisions(f, number);
    assert_slice(list.items[0].act, "edit");
    assert_slice(list.items[0].note, "adouci");
    assert_int_equal(fixture_undo(f, number), OK);
    struct comment restored = fixture_get(f, number);
    assert_true(slice_equal(restored.text_source, original.text_source));
    assert_true(slice_equal(restored.html, original.html));
    assert_int_equal(restored.edited_at, 0);
    assert_false(restored.edited_by_desk);
    assert_int_equal(restored.state, COMMENT_PUBLISHED);
    assert_int_equal(fixture_undo(f, number), OK); /* and on to the publication */
    assert_int_equal(fixture_get(f, number).state, COMMENT_PENDING);
}

static void edits_are_undone_one_by_one_but_not_over_the_authors(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    struct comment_draft draft;
    struct comment_problems problems;
    input.editing = number;
    static const char *const texts[] = {"La première correction.", "La deuxième correction."};
    for (int i = 0; i < 2; i++) {
        input.text = slice_of(texts[i]);
        assert_int_equal(fixture_prepare(f, &input, &draft, &problems), OK);
        assert_int_equal(WRITE(f, comment_edit_desk(f->db, number, i + 1, &draft, SACHA, S(""), &f->error)), OK);
    }
    assert_int_equal(fixture_undo(f, number), OK);
    assert_slice(fixture_get(f, number).text_source, texts[0]);
    assert_true(fixture_get(f, number).edited_by_desk); /* the first edit still stands */
    assert_int_equal(fixture_undo(f, number), OK);
    assert_true(slice_starts(fixture_get(f, number).text_source, S("Un message")));
    input.text = S("La troisième correction.");
    assert_int_equal(fixture_prepare(f, &input, &draft, &problems), OK);
    assert_int_equal(WRITE(f, comment_edit_desk(f->db, number, 5, &draft, SACHA, S(""), &f->error)), OK);
    input.text = S("L'auteur y revient.");
    assert_int_equal(fixture_prepare(f, &input, &draft, &problems), OK);
    assert_int_equal(WRITE(f, comment_edit_own(f->db, number, 6, &draft, 0, &f->error)), OK);
    assert_int_equal(fixture_undo(f, number), CONFLICT);
    assert_slice(fixture_get(f, number).text_source, "L'auteur y revient.");
}

static void who_approved_which_text_when_and_under_which_charter_is_written(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.text = S("abc");
    comment_number number = fixture_send(f, &input).number;
    struct journal_row row = journal_last(f, number);
    assert_slice(row.act, "comment.submit");
    assert_slice(row.actor, "author");
    static const char sha[] = "\"text_sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"";
    assert_journal_has(&row, sha);
    assert_false(slice_contains(row.data, S("block-1")));
    struct decision_order order = {.number = number, .act = ACT_REJECT, .by = SACHA, .rule_code = S("insult")};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(make(f, &order, &result, &other), OK);
    row = journal_last(f, number);
    assert_slice(row.act, "comment.reject");
    assert_slice(row.actor, "account:2");
    assert_int_equal(row.chain, ARTICLE.v);
    assert_journal_has(&row, sha);
    assert_journal_has(&row, "\"from\":\"pending\"");
    assert_journal_has(&row, "\"state\":\"rejected\"");
    assert_journal_has(&row, "\"rule\":\"insult\"");
    assert_journal_has(&row, "\"charter\":1");
    assert_int_equal(fixture_undo(f, number), OK);
    row = journal_last(f, number);
    assert_slice(row.act, "comment.undo");
    assert_int_equal(WRITE(f, comment_withdraw(f->db, number, &f->error)), OK);
    row = journal_last(f, number);
    assert_slice(row.act, "comment.withdraw");
    assert_slice(row.actor, "author");
}

static void orders_are_checked(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    struct decision_result result;
    struct decision_other other;
    struct decision_order order = {.number = number, .act = ACT_REJECT, .by = SACHA, .rule_code = S("no-such-rule")};
    assert_int_equal(make(f, &order, &result, &other), INVALID);
    order.rule_code = S("subject");
    order.reason = S("\xff");
    assert_int_equal(make(f, &order, &result, &other), INVALID);
    order.reason = S("a\x01");
    assert_int_equal(make(f, &order, &result, &other), INVALID);
    char *words = calloc(1, DECISION_WORDS_MAX + 1);
    memset(words, 'a', DECISION_WORDS_MAX + 1);
    order.reason = slice_make(words, DECISION_WORDS_MAX + 1);
    assert_int_equal(make(f, &order, &result, &other), INVALID);
    order.reason.n--;
    assert_int_equal(make(f, &order, &result, &other), OK);
    free(words);
    order.number.v = 999;
    assert_int_equal(make(f, &order, &result, &other), NOT_FOUND);
    assert_int_equal(fixture_undo(f, order.number), NOT_FOUND);
}

static void lists_are_newest_first(void **state) {
    struct fixture *f = *state;
    comment_number one = fixture_published(f, ARTICLE, NOBODY), two = fixture_pending(f, ARTICLE, NOBODY);
    struct decision_order order = {
        .number = two, .act = ACT_SPAM, .by = CAMILLE, .rule_code = S("insult"), .note = S("n"), .reason = S("r")};
    struct decision_result result;
    struct decision_other other;
    assert_int_equal(make(f, &order, &result, &other), OK);
    struct decision_list list;
    assert_int_equal(decision_list_latest(f->db, f->arena, (account_id){0}, 10, &list, &f->error), OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].comment.v, two.v);
    assert_slice(list.items[0].account_name, "Camille Duval");
    assert_slice(list.items[0].rule_code, "insult");
    assert_slice(list.items[0].note, "n");
    assert_slice(list.items[0].reason, "r");
    assert_int_equal(list.items[0].from, COMMENT_PENDING);
    assert_int_equal(list.items[0].to, COMMENT_SPAM);
    assert_int_equal(list.items[1].comment.v, one.v);
    assert_int_equal(decision_list_latest(f->db, f->arena, SACHA, 10, &list, &f->error), OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(decision_list_latest(f->db, f->arena, (account_id){0}, 1, &list, &f->error), OK);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].comment.v, two.v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_edge_is_walked_and_every_other_refused),
        TEST(withdrawing_is_its_authors),
        TEST(a_publication_counts_everywhere),
        TEST(a_refusal_changes_no_page),
        TEST(a_stub_that_appears_changes_its_page),
        TEST(replies_have_ordinals_of_their_root),
        TEST(a_reply_may_be_published_below_what_is_gone),
        TEST(a_root_never_published_gets_its_place_with_its_first_reply),
        TEST(the_second_of_two_decisions_is_told),
        TEST(a_decision_is_told_of_the_authors_act),
        TEST(undo_goes_back_decision_by_decision),
        TEST(undo_takes_only_what_was_meant),
        TEST(what_its_author_withdrew_stays_so),
        TEST(an_edit_by_the_desk_is_marked_kept_and_undone),
        TEST(edits_are_undone_one_by_one_but_not_over_the_authors),
        TEST(who_approved_which_text_when_and_under_which_charter_is_written),
        TEST(orders_are_checked),
        TEST(lists_are_newest_first),
    };
    return cmocka_run_group_tests_name("domain/decision", tests, NULL, NULL);
}
