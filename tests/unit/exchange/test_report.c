#include "exchange/progress.h"
#include "exchange/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state) {
    struct import_report *report = calloc(1, sizeof *report);
    import_report_init(report);
    report->program = S("WordPress");
    *state = report;
    return 0;
}

static int tear_down(void **state) {
    import_report_fini(*state);
    free(*state);
    return 0;
}

static void assert_says(const struct import_report *report, const char *wanted, bool says) {
    struct buf b;
    buf_init(&b, 1 << 20);
    import_report_write(report, &b);
    buf_add_char(&b, '\0');
    assert_int_equal(b.status, OK);
    if ((strstr(b.p, wanted) != NULL) != says) fail_msg("%s: '%s' in\n%s", says ? "missing" : "there", wanted, b.p);
    buf_fini(&b);
}

static void equal_remarks_are_counted_together(void **state) {
    struct import_report *report = *state;
    import_report_add(report, REPORT_LEFT, 2, S("tags"));
    import_report_add_format(report, REPORT_LEFT, 3, "%s", "tags");
    import_report_add(report, REPORT_LEFT, 0, S("nothing"));
    assert_says(report, "      5  tags\n", true);
    assert_says(report, "nothing", false);
    assert_says(report, "Changed on the way", false);
}

static void kinds_of_remarks_are_bounded(void **state) {
    struct import_report *report = *state;
    for (int i = 0; i < REPORT_LINES_MAX + 50; i++) import_report_add_format(report, REPORT_CHANGED, 1, "kind %d", i);
    assert_int_equal(report->groups[REPORT_CHANGED].count, REPORT_LINES_MAX);
    assert_says(report, "     50  others\n", true);
}

static void problems_are_named_up_to_a_ceiling(void **state) {
    struct import_report *report = *state;
    for (int i = 0; i < REPORT_PROBLEMS_MAX + 3; i++)
        import_report_problem(report, i + 1, S("Un titre"), "problem %d", i + 1);
    assert_says(report, "line 20, \"Un titre\": problem 20\n  and 3 more\n", true);
    assert_says(report, "problem 21", false);
}

static void names_cannot_steer_the_terminal(void **state) {
    struct import_report *report = *state;
    report->name = S("a\x1b[2Jb\rc\u202ed");
    import_report_problem(report, 1, S("x\x1b]0;y\x07"), "%s", "é");
    assert_says(report, "\x1b", false);
    assert_says(report, "\r", false);
    assert_says(report, "a [2Jb c d", true);
}

static void long_remarks_are_cut_between_characters(void **state) {
    struct import_report *report = *state;
    char text[600];
    for (size_t i = 0; i + 2 < sizeof text; i += 2) memcpy(text + i, "é", 3);
    import_report_add_format(report, REPORT_LEFT, 1, "x%s", text);
    slice what = report->groups[REPORT_LEFT].items[0].what;
    assert_int_equal(what.n % 2, 1);
    assert_true(slice_ends(what, S("é")));
}

static void a_dry_run_says_so(void **state) {
    struct import_report *report = *state;
    report->comments.made = 3;
    report->comments_by_state[COMMENT_PUBLISHED] = 2;
    report->comments_by_state[COMMENT_SPAM] = 1;
    assert_says(report, "3  comments\n           of which 2 published, 1 spam\n", true);
    assert_says(report, "nothing has been written", false);
    report->dry_run = true;
    assert_says(report, "Would import from WordPress", true);
    assert_says(report, "nothing has been written", true);
}

static void a_bar_fits_its_terminal(void **state) {
    (void)state;
    struct progress_figures half = {
        .bytes_done = 5000000, .bytes_total = 10000000, .articles = 12, .comments = 345, .elapsed_ms = 2000};
    char out[400];
    slice wide = progress_line(out, sizeof out, "Importing", &half, true, 120);
    assert_true(slice_starts(wide, S("Importing [####################....................]  50% 12 articles, 345 "
                                     "comments, 5.0 MB (2.5 MB/s)")));
    for (size_t width = 10; width <= 120; width++)
        assert_in_range(progress_line(out, sizeof out, "Importing", &half, true, width).n, 1, width);
    slice narrow = progress_line(out, sizeof out, "Importing", &half, true, 70);
    assert_false(slice_contains(narrow, S("[")));
    half.bytes_total = 0; /* a pipe: nobody knows how much there is */
    assert_false(slice_contains(progress_line(out, sizeof out, "Importing", &half, true, 120), S("%")));
}

static void elsewhere_there_are_plain_lines(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct progress progress;
    progress_init(&progress, ends[1], "Importing");
    assert_false(progress.terminal);
    progress_show(&progress, 1, 2, 3, 4); /* too soon */
    progress.shown_ms -= 10000;
    progress_show(&progress, 1, 2, 3, 4);
    progress_end(&progress);
    close(ends[1]);
    char got[500];
    ssize_t n = read(ends[0], got, sizeof got - 1);
    close(ends[0]);
    assert_in_range(n, 1, sizeof got - 1);
    got[n] = '\0';
    assert_null(strchr(got, '\r'));
    assert_null(strchr(got, '\x1b'));
    assert_int_equal(got[n - 1], '\n');
    assert_ptr_equal(strchr(got, '\n'), got + n - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_remarks_are_counted_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kinds_of_remarks_are_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(problems_are_named_up_to_a_ceiling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_cannot_steer_the_terminal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_remarks_are_cut_between_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dry_run_says_so, set_up, tear_down),
        cmocka_unit_test(a_bar_fits_its_terminal),
        cmocka_unit_test(elsewhere_there_are_plain_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
