#include "samples.h"
#include "view/page_read.h"
#include "view/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE_MAX = 1 << 20 };

struct fixture {
    struct samples samples;
    struct view_discussion page;
    struct view_parts *parts; /* of the last page made with some */
    struct buf out, whole;
};

static int start(void **state) {
    static struct fixture f;
    f = (struct fixture){.parts = NULL};
    samples_init(&f.samples, S("fr"));
    f.page = (struct view_discussion){.article = &f.samples.article,
                                      .is_article = true,
                                      .page = 1,
                                      .page_count = 1,
                                      .threads = f.samples.threads,
                                      .thread_count = SAMPLE_THREADS,
                                      .charter = &f.samples.charter,
                                      .form = &f.samples.form,
                                      .reactions = {.recommends = true, .picks = true, .token = S("t")},
                                      .fold_lines = 18};
    buf_init(&f.out, PAGE_MAX);
    buf_init(&f.whole, PAGE_MAX);
    *state = &f;
    return 0;
}

static int stop(void **state) {
    struct fixture *f = *state;
    buf_fini(&f->out);
    buf_fini(&f->whole);
    view_parts_free(f->parts);
    samples_fini(&f->samples);
    return 0;
}

/* The page, made with the threads of the last one, is the page as it is made without: byte by byte. Gives how many threads
   were rendered. */
static size_t make(struct fixture *f) {
    struct error error = {OK, ""};
    struct view_discussion whole = f->page;
    struct view_parts *made = NULL;
    f->page.former = f->parts;
    f->page.made = &made;
    buf_clear(&f->out);
    buf_clear(&f->whole);
    assert_int_equal(view_discussion(&f->samples.context, &f->page, &f->out, &error), OK);
    whole.made = NULL;
    assert_int_equal(view_discussion(&f->samples.context, &whole, &f->whole, &error), OK);
    assert_int_equal(f->out.n, f->whole.n);
    assert_memory_equal(f->out.p, f->whole.p, f->out.n);
    view_parts_free(f->parts);
    f->parts = made;
    return made ? view_parts_rendered(made) : 0;
}

static void what_has_not_changed_is_not_rendered_again(void **state) {
    struct fixture *f = *state;
    assert_int_equal(make(f), SAMPLE_THREADS);
    size_t bytes = view_parts_bytes(f->parts);
    assert_true(bytes > f->out.n / 4);
    assert_int_equal(make(f), 0);
    assert_int_equal(view_parts_bytes(f->parts), bytes);
}

static void one_more_message_renders_one(void **state) {
    struct fixture *f = *state;
    f->page.thread_count = SAMPLE_THREADS - 1;
    assert_int_equal(make(f), SAMPLE_THREADS - 1);
    f->page.thread_count = SAMPLE_THREADS;
    f->samples.article.comment_count++;
    assert_int_equal(make(f), 1);
    /* the oldest one leaves the page */
    f->page.threads++;
    f->page.thread_count--;
    assert_int_equal(make(f), 0);
    /* in the other direction they are the same threads */
    f->page.order = VIEW_NEWEST_FIRST;
    assert_int_equal(make(f), 0);
    f->page.thread_count = 0;
    assert_int_equal(make(f), 0);
    assert_null(f->parts);
}

/* Each thing that a thread shows, changed in one of them: that one is rendered again, and no other. */
static void each_change_is_seen(void **state) {
    struct fixture *f = *state;
    struct view_thread *thread = &f->samples.threads[2];
    struct view_comment *root = &thread->root;
    struct view_comment reply = *root;
    reply.number = 77;
    reply.root = reply.parent = root->number;
    (void)make(f);
#define CHANGED(...)                                                                                                   \
    do {                                                                                                               \
        __VA_ARGS__;                                                                                                   \
        assert_int_equal(make(f), 1);                                                                                  \
    } while (0)
    CHANGED(root->name = S("Une autre"));
    CHANGED(root->title = S("Un titre"));
    CHANGED(root->website = S("https://example.org/autre"));
    CHANGED(root->language = S("de"));
    CHANGED(root->html = html_from_stored(S("<p>Autre chose.</p>")));
    CHANGED(root->published_at += 60000);
    CHANGED(root->edited_at = root->published_at + 60000);
    CHANGED(root->edited_by_desk = !root->edited_by_desk);
    CHANGED(root->recommendation_count++);
    CHANGED(root->is_picked = !root->is_picked);
    CHANGED(root->badge = root->badge == VIEW_BADGE_AUTHOR ? VIEW_BADGE_MEMBER : VIEW_BADGE_AUTHOR);
    CHANGED(thread->more_replies += 3);
    CHANGED(thread->more_page = 4);
    CHANGED(thread->replies = &reply; thread->reply_count = 1);
    CHANGED(reply.parent = 99; reply.parent_name = S("Quelqu'un"));
    CHANGED(reply.state = VIEW_COMMENT_REMOVED);
    CHANGED(root->state = VIEW_COMMENT_WITHDRAWN);
#undef CHANGED
}

/* What all of them show. */
static void what_the_page_shares_changes_all(void **state) {
    struct fixture *f = *state;
    (void)make(f);
    f->samples.article.headline = S("Un autre titre, plus long, pour cet article");
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->samples.article.slug = S("un-autre-titre");
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->page.form = NULL;
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->page.fold_lines = 1;
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->page.reactions.recommends = false;
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->page.reactions.picks = false;
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->samples.site.base_url = S("https://autre.example.org");
    assert_int_equal(make(f), SAMPLE_THREADS);
}

/* Those of another language, say: nothing is taken that was made from something else. */
static void parts_of_another_page_do_no_harm(void **state) {
    struct fixture *f = *state;
    struct samples english;
    (void)make(f);
    samples_init(&english, S("en"));
    struct view_context french = f->samples.context;
    f->samples.context = english.context;
    assert_int_equal(make(f), SAMPLE_THREADS);
    f->samples.context = french;
    samples_fini(&english);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_has_not_changed_is_not_rendered_again, start, stop),
        cmocka_unit_test_setup_teardown(one_more_message_renders_one, start, stop),
        cmocka_unit_test_setup_teardown(each_change_is_seen, start, stop),
        cmocka_unit_test_setup_teardown(what_the_page_shares_changes_all, start, stop),
        cmocka_unit_test_setup_teardown(parts_of_another_page_do_no_harm, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
