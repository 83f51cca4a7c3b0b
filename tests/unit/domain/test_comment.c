#include "discussion_fixture.h"
#include "domain/comment_text.h"

static struct comment_problem only_problem(struct fixture *f, const struct comment_input *input) {
    struct comment_draft draft;
    struct comment_problems problems;
    assert_int_equal(fixture_prepare(f, input, &draft, &problems), INVALID);
    if (problems.count != 1) fail_msg("%zu problems: %s", problems.count, f->error.detail);
    return problems.items[0];
}

static void assert_problem(struct fixture *f, const struct comment_input *input, enum comment_field field,
                           enum comment_fault fault) {
    struct comment_problem problem = only_problem(f, input);
    assert_int_equal(problem.field, field);
    assert_int_equal(problem.fault, fault);
}

static struct comment_draft prepared(struct fixture *f, const struct comment_input *input) {
    struct comment_draft draft;
    struct comment_problems problems;
    if (fixture_prepare(f, input, &draft, &problems) != OK) fail_msg("%s", f->error.detail);
    return draft;
}

static enum status submit(struct fixture *f, const struct comment_draft *draft, struct comment_problems *problems) {
    struct comment_receipt receipt;
    return WRITE(f, comment_submit(f->db, f->arena, draft, &receipt, problems, &f->error));
}

static slice letters(struct fixture *f, size_t n) {
    char *p = arena_alloc(f->arena, n);
    memset(p, 'a', n);
    return slice_make(p, n);
}

static void fields_are_normalised(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.name = S("  Zoe\xcc\x81 "); /* e and a combining accent */
    input.text = S("\r\n Une ligne\r\nune autre \r\n\r\n\r\n\r\nfin  ");
    input.title = S("  Un\ttitre ");
    input.email = S(" zoe@Example.ORG ");
    input.website = S("www.example.org/x");
    struct comment_draft draft = prepared(f, &input);
    assert_slice(draft.input.name, "Zoé");
    assert_false(slice_contains(draft.input.text, S("\r")));
    assert_true(slice_ends(draft.input.text, S("fin")));
    assert_slice(draft.input.title, "Un titre");
    assert_slice(draft.input.email, "zoe@example.org");
    assert_slice(draft.input.website, "https://www.example.org/x");
    assert_int_equal(draft.charter_version, 1);
    assert_true(slice_contains(draft.html, S("<br")));
    assert_slice(draft.checks, "[]");
}

static void each_field_has_its_fault(void **state) {
    struct fixture *f = *state;
    const struct comment_input good = fixture_input(f, ARTICLE, NOBODY);
    struct comment_input input = good;
    input.name = S("");
    assert_problem(f, &input, FIELD_NAME, FAULT_EMPTY);
    input.name = letters(f, COMMENT_NAME_MAX + 1);
    assert_problem(f, &input, FIELD_NAME, FAULT_TOO_LONG);
    assert_int_equal(only_problem(f, &input).limit, COMMENT_NAME_MAX);
    input = good;
    input.text = S(" \n ");
    assert_problem(f, &input, FIELD_TEXT, FAULT_EMPTY);
    input.text = letters(f, 5001);
    assert_problem(f, &input, FIELD_TEXT, FAULT_TOO_LONG);
    assert_int_equal(only_problem(f, &input).limit, 5000);
    input.text = S("a\xc3");
    assert_problem(f, &input, FIELD_TEXT, FAULT_INVALID_UTF8);
    input.text = S("a\x07");
    assert_problem(f, &input, FIELD_TEXT, FAULT_CONTROL);
    input = good;
    input.title = letters(f, COMMENT_TITLE_MAX + 1);
    assert_problem(f, &input, FIELD_TITLE, FAULT_TOO_LONG);
    input = good;
    input.email = S("zoe at example");
    assert_problem(f, &input, FIELD_EMAIL, FAULT_FORM);
    input = good;
    input.website = S("javascript:alert(1)");
    assert_problem(f, &input, FIELD_WEBSITE, FAULT_FORM);
    input.website = S("ftp://example.org");
    assert_problem(f, &input, FIELD_WEBSITE, FAULT_FORM);
}

static void all_faults_are_told_at_once(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, (comment_number){99});
    input.name = input.text = S("");
    input.email = input.website = S("x");
    input.title = S("\xff");
    struct comment_draft draft;
    struct comment_problems problems;
    assert_int_equal(fixture_prepare(f, &input, &draft, &problems), INVALID);
    assert_int_equal(problems.count, 6);
}

static void a_closed_discussion_takes_nothing(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, DRAFT, NOBODY);
    assert_problem(f, &input, FIELD_NONE, FAULT_CLOSED);
    input = fixture_input(f, ARTICLE, NOBODY);
    struct comment_draft draft = prepared(f, &input);
    (void)fixture_sql(f, "UPDATE article SET discussion_closed = 1 WHERE id = 1");
    assert_problem(f, &input, FIELD_NONE, FAULT_CLOSED);
    struct comment_problems problems;
    assert_int_equal(submit(f, &draft, &problems), INVALID); /* closed since it was prepared */
    assert_int_equal(problems.items[0].fault, FAULT_CLOSED);
    (void)fixture_sql(f, "UPDATE article SET discussion_closed = 0, moderation = 'closed' WHERE id = 1");
    assert_problem(f, &input, FIELD_NONE, FAULT_CLOSED);
    (void)fixture_sql(f, "UPDATE article SET moderation = NULL; UPDATE site SET close_after_days = 1");
    assert_problem(f, &input, FIELD_NONE, FAULT_CLOSED); /* published in 1970 */
    input.article.v = 99;
    struct comment_problems none;
    assert_int_equal(fixture_prepare(f, &input, &draft, &none), NOT_FOUND);
}

static void a_reply_answers_what_is_published_here(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY), pending = fixture_pending(f, ARTICLE, NOBODY);
    struct comment_input input = fixture_input(f, ARTICLE, root);
    struct comment_draft draft = prepared(f, &input);
    assert_int_equal(draft.root.v, root.v);
    assert_slice(draft.parent_name, "Zoé");
    struct comment_input bad = fixture_input(f, ARTICLE, pending);
    assert_problem(f, &bad, FIELD_REPLY_TO, FAULT_REPLY_GONE);
    bad.reply_to.v = 9999;
    assert_problem(f, &bad, FIELD_REPLY_TO, FAULT_REPLY_GONE);
    bad = fixture_input(f, OTHER, root);
    assert_problem(f, &bad, FIELD_REPLY_TO, FAULT_REPLY_ELSEWHERE);
    assert_int_equal(fixture_decide(f, root, ACT_REMOVE), OK);
    assert_problem(f, &input, FIELD_REPLY_TO, FAULT_REPLY_GONE);
    struct comment_problems problems;
    assert_int_equal(submit(f, &draft, &problems), INVALID); /* removed since it was prepared */
    assert_int_equal(problems.items[0].fault, FAULT_REPLY_GONE);
}

static void the_same_form_twice_is_one_message(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.secret = S("the secret of form 1, 32 letters");
    struct comment_receipt first = fixture_send(f, &input);
    assert_int_equal(first.secret.n, CRYPTO_TOKEN_CHARS);
    assert_false(first.repeated);
    assert_int_equal(first.state, COMMENT_PENDING);
    assert_int_equal(fixture_decide(f, first.number, ACT_PUBLISH), OK);
    input.text = S("Même un autre texte."); /* the form decides */
    struct comment_receipt again = fixture_send(f, &input);
    assert_true(again.repeated);
    assert_int_equal(again.number.v, first.number.v);
    assert_int_equal(again.state, COMMENT_PUBLISHED);
    assert_int_equal(again.secret.n, 0);
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM comment"), 1);
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM journal WHERE act = 'comment.submit'"), 1);
}

static void the_same_text_by_the_same_hand_is_refused_for_a_day(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.text = S("Le pont est fermé.");
    struct comment_draft draft = prepared(f, &input);
    comment_number first = fixture_send(f, &input).number;
    assert_problem(f, &input, FIELD_TEXT, FAULT_REPEATED);
    struct comment_problems problems;
    assert_int_equal(submit(f, &draft, &problems), INVALID); /* two sends at once */
    assert_int_equal(problems.items[0].fault, FAULT_REPEATED);
    input.text = S("LE PONT  EST FERME.");
    assert_problem(f, &input, FIELD_TEXT, FAULT_REPEATED);
    input.device_token = S("another device");
    assert_problem(f, &input, FIELD_TEXT, FAULT_REPEATED); /* the same block of addresses */
    input.fingerprint = S("another block");
    (void)prepared(f, &input);
    input.device_token = S("device-1");
    assert_problem(f, &input, FIELD_TEXT, FAULT_REPEATED); /* the same device */
    clock_set_offset(25 * 3600 * 1000);
    (void)prepared(f, &input);
    clock_set_offset(0);
    assert_problem(f, &input, FIELD_TEXT, FAULT_REPEATED);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, first, &f->error)), OK);
    (void)prepared(f, &input); /* what was taken back may be said again */
}

static void the_same_text_elsewhere_is_told_to_the_moderator(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    comment_number first = fixture_send(f, &input).number;
    input.article = OTHER;
    struct comment_draft draft = prepared(f, &input);
    slice expected = arena_format(f->arena, "[{\"check\":\"repeated\",\"comment\":%lld}]", (long long)first.v);
    assert_true(slice_equal(draft.checks, expected));
    comment_number second = fixture_send(f, &input).number;
    assert_true(slice_equal(fixture_get(f, second).checks, expected));
}

static void checks_say_what_they_saw(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.text = S("Voir https://a.example https://b.example https://c.example");
    assert_slice(prepared(f, &input).checks, "[{\"check\":\"links\",\"count\":3}]");
    input.text = S("Voir https://a.example et www.b.example");
    assert_slice(prepared(f, &input).checks, "[]");
    input.text = S("ÇA SUFFIT, LES TRAVAUX !");
    assert_slice(prepared(f, &input).checks, "[{\"check\":\"capitals\"}]");
    input.text = S("Le maire de l'ONU et de l'UE");
    assert_slice(prepared(f, &input).checks, "[]");
    input.text = S("Été ?");
    assert_slice(prepared(f, &input).checks, "[{\"check\":\"short\",\"count\":5}]");
}

static void names_of_the_house_are_the_houses(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.name = S("sacha  MOREL");
    assert_problem(f, &input, FIELD_NAME, FAULT_NAME_RESERVED);
    input.name = S("S\xd0\xb0"
                   "cha Morel"); /* a Cyrillic a */
    assert_problem(f, &input, FIELD_NAME, FAULT_NAME_RESERVED);
    input.account = CAMILLE;
    input.name = S("Sacha Morel");
    assert_problem(f, &input, FIELD_NAME, FAULT_NAME_RESERVED);
    input.account = SACHA;
    (void)prepared(f, &input);
    input.account.v = 0;
    input.name = S("Sacha");
    (void)prepared(f, &input);
}

static void badges_follow_the_account(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    comment_number reader = fixture_send(f, &input).number;
    input = fixture_input(f, ARTICLE, NOBODY);
    input.account = CAMILLE; /* made the article */
    input.name = S("Camille Duval");
    comment_number maker = fixture_send(f, &input).number;
    input = fixture_input(f, ARTICLE, NOBODY);
    input.account = SACHA; /* signed it: the by-line */
    input.name = S("Sacha Morel");
    comment_number signer = fixture_send(f, &input).number;
    input = fixture_input(f, OTHER, NOBODY);
    input.account = SACHA;
    comment_number moderator = fixture_send(f, &input).number;
    assert_int_equal(fixture_get(f, reader).badge, BADGE_NONE);
    assert_int_equal(fixture_get(f, maker).badge, BADGE_AUTHOR);
    assert_int_equal(fixture_get(f, signer).badge, BADGE_AUTHOR);
    assert_int_equal(fixture_get(f, moderator).badge, BADGE_MODERATOR);
}

static void mentions_link_to_the_latest_message_of_that_name(void **state) {
    struct fixture *f = *state;
    comment_number zoe = fixture_published(f, ARTICLE, NOBODY);
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.name = S("Jean Dupont");
    comment_number jean = fixture_send(f, &input).number;
    input = fixture_input(f, ARTICLE, NOBODY);
    input.text = S("@Zoé, comme @Jean Dupont le dit ; @Personne aussi.");
    slice html = prepared(f, &input).html;
    assert_true(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)zoe.v)));
    assert_false(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)jean.v)));
    assert_int_equal(fixture_decide(f, jean, ACT_PUBLISH), OK);
    comment_number later = fixture_published(f, ARTICLE, NOBODY);
    html = prepared(f, &input).html;
    assert_true(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)jean.v)));
    assert_true(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)later.v)));
    assert_false(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)zoe.v)));
    input.text = S("d'accord avec @zoé et @jean dupont");
    html = prepared(f, &input).html;
    assert_true(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)later.v)));
    assert_true(slice_contains(html, arena_format(f->arena, "href=\"/comments/%lld\"", (long long)jean.v)));
    input.article = OTHER; /* nobody there */
    assert_false(slice_contains(prepared(f, &input).html, S("href")));
}

static void names_behind_an_at_sign(void **state) {
    struct fixture *f = *state;
    slice names[COMMENT_MENTIONS_MAX];
    assert_int_equal(comment__mention_names(f->arena, S("rien ici"), names), 0);
    assert_int_equal(comment__mention_names(f->arena, S("@ seul @"), names), 0);
    assert_int_equal(comment__mention_names(f->arena, S("(@Zoé)."), names), 1);
    assert_slice(names[0], "Zoé");
    assert_int_equal(comment__mention_names(f->arena, S("«\u00a0@émile\u00a0»"), names), 2);
    assert_slice(names[0], "émile");
    assert_slice(names[1], "Émile");
    size_t n = comment__mention_names(f->arena, S("@jean-paul le\nBel"), names);
    assert_int_equal(n, 4);
    assert_slice(names[1], "Jean-Paul");
    assert_slice(names[2], "jean-paul le");
    char many[400] = "";
    for (int i = 0; i < 40; i++) snprintf(many + strlen(many), sizeof many - strlen(many), "@N%d x ", i);
    assert_int_equal(comment__mention_names(f->arena, slice_of(many), names), COMMENT_MENTIONS_MAX);
    assert_slice(names[9], "N9"); /* one word of each first */
}

static void only_hashes_of_secrets_are_kept(void **state) {
    struct fixture *f = *state;
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.email = S("zoe@example.org");
    struct comment_receipt receipt = fixture_send(f, &input);
    struct comment comment;
    assert_int_equal(comment_find_secret(f->db, f->arena, receipt.secret, &comment, &f->error), OK);
    assert_int_equal(comment.number.v, receipt.number.v);
    assert_slice(comment.email, "zoe@example.org"); /* the author sees it, and an edit keeps it */
    assert_slice(fixture_get(f, receipt.number).email, "zoe@example.org");
    assert_int_equal(comment_find_secret(f->db, f->arena, S("guess"), &comment, &f->error), NOT_FOUND);
    assert_int_equal(comment_find_secret(f->db, f->arena, S(""), &comment, &f->error), NOT_FOUND);
    assert_int_equal(comment_get(f->db, f->arena, (comment_number){99}, &comment, &f->error), NOT_FOUND);
    assert_int_equal(fixture_sql(f, "SELECT LENGTH(secret_hash) + LENGTH(device_hash) FROM comment"), 64);
}

static void own_messages_are_the_devices_pending_ones_here(void **state) {
    struct fixture *f = *state;
    comment_number first = fixture_pending(f, ARTICLE, NOBODY);
    (void)fixture_published(f, ARTICLE, NOBODY);
    (void)fixture_pending(f, OTHER, NOBODY);
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.device_token = S("device-2");
    (void)fixture_send(f, &input);
    comment_number second = fixture_pending(f, ARTICLE, NOBODY);
    struct comment_list own;
    assert_int_equal(comment_list_own(f->db, f->arena, ARTICLE, S("device-1"), &own, &f->error), OK);
    assert_int_equal(own.count, 2);
    assert_int_equal(own.items[0].number.v, first.v);
    assert_int_equal(own.items[1].number.v, second.v);
    assert_int_equal(comment_list_own(f->db, f->arena, ARTICLE, S(""), &own, &f->error), OK);
    assert_int_equal(own.count, 0);
}

static void post_moderation_publishes_by_itself(void **state) {
    struct fixture *f = *state;
    (void)fixture_sql(f, "UPDATE site SET moderation = 'post'");
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    struct comment_receipt receipt = fixture_send(f, &input);
    assert_int_equal(receipt.state, COMMENT_PUBLISHED);
    struct comment comment = fixture_get(f, receipt.number);
    assert_int_equal(comment.state, COMMENT_PUBLISHED);
    assert_int_equal(comment.ordinal, 1);
    struct decision_list list;
    assert_int_equal(decision_list_comment(f->db, f->arena, receipt.number, &list, &f->error), OK);
    assert_int_equal(list.count, 1);
    assert_slice(list.items[0].account_name, "");
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM decision WHERE account_id IS NULL"), 1);
    assert_int_equal(fixture_sql(f, "SELECT COUNT(*) FROM journal WHERE act = 'comment.publish' AND actor = 'system'"),
                     1);
    assert_int_equal(fixture_undo(f, receipt.number), OK); /* the desk may take it back into the queue */
    assert_int_equal(fixture_get(f, receipt.number).state, COMMENT_PENDING);
    (void)fixture_sql(f, "UPDATE site SET strict = 1"); /* the switch holds over everything */
    input = fixture_input(f, ARTICLE, NOBODY);
    assert_int_equal(fixture_send(f, &input).state, COMMENT_PENDING);
}

static enum status edit_own(struct fixture *f, comment_number number, int64_t version, slice text, int64_t window_ms) {
    struct comment_input input = fixture_input(f, ARTICLE, NOBODY);
    input.editing = number;
    input.text = text;
    struct comment_draft draft = prepared(f, &input);
    return WRITE(f, comment_edit_own(f->db, number, version, &draft, window_ms, &f->error));
}

static void authors_edit_while_it_waits(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_pending(f, ARTICLE, NOBODY);
    assert_int_equal(edit_own(f, number, 2, S("Autre chose."), 0), CONFLICT);
    assert_int_equal(edit_own(f, number, 1, S("Autre chose."), 0), OK);
    struct comment comment = fixture_get(f, number);
    assert_slice(comment.text_source, "Autre chose.");
    assert_int_equal(comment.version, 2);
    assert_int_equal(comment.edited_at, 0); /* nobody has read the other one */
    struct comment_revision *revisions;
    size_t count;
    assert_int_equal(comment_revisions(f->db, f->arena, number, &revisions, &count, &f->error), OK);
    assert_int_equal(count, 1);
    assert_int_equal(revisions[0].version, 1);
    assert_true(slice_starts(revisions[0].text_source, S("Un message")));
    assert_false(revisions[0].by_desk);
    assert_int_equal(fixture_decide(f, number, ACT_REJECT), OK);
    assert_int_equal(edit_own(f, number, 3, S("Encore."), 600000), CONFLICT);
}

static void an_edit_may_keep_its_text_and_answer_what_is_gone(void **state) {
    struct fixture *f = *state;
    comment_number root = fixture_published(f, ARTICLE, NOBODY);
    struct comment_input input = fixture_input(f, ARTICLE, root);
    comment_number number = fixture_send(f, &input).number;
    assert_int_equal(fixture_decide(f, root, ACT_REMOVE), OK);
    (void)fixture_sql(f, "UPDATE article SET discussion_closed = 1 WHERE id = 1");
    input.editing = number;
    input.title = S("Un titre");
    struct comment_draft draft = prepared(f, &input);
    assert_int_equal(WRITE(f, comment_edit_own(f->db, number, 1, &draft, 0, &f->error)), OK);
    assert_slice(fixture_get(f, number).title, "Un titre");
}

static void what_was_approved_is_not_edited(void **state) {
    struct fixture *f = *state;
    comment_number number = fixture_published(f, ARTICLE, NOBODY);
    assert_int_equal(edit_own(f, number, 2, S("Autre chose."), 600000), CONFLICT);
    (void)fixture_sql(f, "UPDATE site SET moderation = 'post'");
    assert_int_equal(edit_own(f, number, 2, S("Autre chose."), 0), CONFLICT);
    int64_t version = fixture_article(f, ARTICLE).version;
    assert_int_equal(edit_own(f, number, 2, S("Autre chose."), 600000), OK);
    assert_true(fixture_get(f, number).edited_at > 0);
    assert_false(fixture_get(f, number).edited_by_desk);
    assert_int_equal(fixture_article(f, ARTICLE).version, version + 1);
    clock_set_offset(600001);
    assert_int_equal(edit_own(f, number, 3, S("Trop tard."), 600000), CONFLICT);
}

static void assert_place(struct fixture *f, comment_number number, int64_t page, comment_number root,
                         int64_t reply_page) {
    struct comment_place place;
    assert_int_equal(comment_locate(f->db, f->arena, number, 2, 2, &place, &f->error), OK);
    assert_int_equal(place.article.v, ARTICLE.v);
    assert_slice(place.slug, "le-pont");
    assert_int_equal(place.page, page);
    assert_int_equal(place.root.v, root.v);
    assert_int_equal(place.reply_page, reply_page);
}

static enum status locate(struct fixture *f, comment_number number) {
    struct comment_place place;
    return comment_locate(f->db, f->arena, number, 2, 2, &place, &f->error);
}

static void a_permalink_finds_its_page(void **state) {
    struct fixture *f = *state;
    comment_number roots[5], replies[5];
    for (int i = 0; i < 5; i++) roots[i] = fixture_published(f, ARTICLE, NOBODY);
    for (int i = 0; i < 5; i++) replies[i] = fixture_published(f, ARTICLE, roots[2]);
    assert_place(f, roots[0], 1, roots[0], 0);
    assert_place(f, roots[1], 1, roots[1], 0);
    assert_place(f, roots[2], 2, roots[2], 0);
    assert_place(f, roots[4], 3, roots[4], 0);
    assert_place(f, replies[1], 2, roots[2], 0);
    assert_place(f, replies[2], 2, roots[2], 2);
    assert_place(f, replies[4], 2, roots[2], 3);
    assert_int_equal(fixture_decide(f, roots[3], ACT_REMOVE), OK);
    assert_place(f, roots[4], 3, roots[4], 0); /* a gap moves nothing */
}

static void what_is_not_to_be_seen_has_no_place(void **state) {
    struct fixture *f = *state;
    comment_number pending = fixture_pending(f, ARTICLE, NOBODY), rejected = fixture_pending(f, ARTICLE, NOBODY);
    comment_number removed = fixture_published(f, ARTICLE, NOBODY), withdrawn = fixture_published(f, ARTICLE, NOBODY);
    comment_number spam = fixture_published(f, ARTICLE, NOBODY), unsent = fixture_pending(f, ARTICLE, NOBODY);
    comment_number answered = fixture_published(f, ARTICLE, NOBODY), reply = fixture_published(f, ARTICLE, answered);
    assert_int_equal(fixture_decide(f, rejected, ACT_REJECT), OK);
    assert_int_equal(fixture_decide(f, removed, ACT_REMOVE), OK);
    assert_int_equal(fixture_decide(f, spam, ACT_SPAM), OK);
    assert_int_equal(fixture_decide(f, answered, ACT_SPAM), OK);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, withdrawn, &f->error)), OK);
    assert_int_equal(WRITE(f, comment_withdraw(f->db, unsent, &f->error)), OK);
    assert_int_equal(locate(f, pending), NOT_FOUND);
    assert_int_equal(locate(f, rejected), NOT_FOUND);
    assert_int_equal(locate(f, spam), NOT_FOUND);
    assert_int_equal(locate(f, unsent), NOT_FOUND); /* withdrawn before anybody saw it */
    assert_int_equal(locate(f, (comment_number){999}), NOT_FOUND);
    assert_int_equal(locate(f, removed), OK); /* stubs */
    assert_int_equal(locate(f, withdrawn), OK);
    assert_int_equal(locate(f, answered), OK);
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'hide'");
    assert_int_equal(locate(f, removed), FORBIDDEN);
    assert_int_equal(locate(f, withdrawn), FORBIDDEN);
    assert_int_equal(locate(f, answered), OK); /* holds its reply */
    assert_int_equal(locate(f, reply), OK);
    assert_int_equal(fixture_decide(f, reply, ACT_REMOVE), OK);
    assert_int_equal(locate(f, reply), FORBIDDEN);
    assert_int_equal(locate(f, answered), NOT_FOUND);
    (void)fixture_sql(f, "UPDATE site SET removed_display = 'stub'");
    assert_int_equal(locate(f, reply), FORBIDDEN); /* nothing stands above it */
    (void)fixture_sql(f, "UPDATE article SET state = 'withdrawn' WHERE id = 1");
    assert_int_equal(locate(f, removed), NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(fields_are_normalised),
        TEST(each_field_has_its_fault),
        TEST(all_faults_are_told_at_once),
        TEST(a_closed_discussion_takes_nothing),
        TEST(a_reply_answers_what_is_published_here),
        TEST(the_same_form_twice_is_one_message),
        TEST(the_same_text_by_the_same_hand_is_refused_for_a_day),
        TEST(the_same_text_elsewhere_is_told_to_the_moderator),
        TEST(checks_say_what_they_saw),
        TEST(names_of_the_house_are_the_houses),
        TEST(badges_follow_the_account),
        TEST(mentions_link_to_the_latest_message_of_that_name),
        TEST(names_behind_an_at_sign),
        TEST(only_hashes_of_secrets_are_kept),
        TEST(own_messages_are_the_devices_pending_ones_here),
        TEST(post_moderation_publishes_by_itself),
        TEST(authors_edit_while_it_waits),
        TEST(an_edit_may_keep_its_text_and_answer_what_is_gone),
        TEST(what_was_approved_is_not_edited),
        TEST(a_permalink_finds_its_page),
        TEST(what_is_not_to_be_seen_has_no_place),
    };
    return cmocka_run_group_tests_name("domain/comment", tests, NULL, NULL);
}
