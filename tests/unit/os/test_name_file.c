/* A name is one process's at a time, and known again by the next. */
#include "../temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "os/name_file.h"

struct paths {
    struct temp_folder folder;
    char path[300], other[300];
};

static int start(void **state) {
    struct paths *p = calloc(1, sizeof *p);
    struct error error;
    assert_int_equal(crypto_init(&error), OK);
    temp_folder_init(&p->folder);
    (void)snprintf(p->path, sizeof p->path, "%s/courier", p->folder.path);
    (void)snprintf(p->other, sizeof p->other, "%s/copied", p->folder.path);
    *state = p;
    return 0;
}

static int stop(void **state) {
    struct paths *p = *state;
    temp_folder_fini(&p->folder);
    free(p);
    return 0;
}

static void copy(const char *from, const char *to, size_t most) {
    char content[200];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_non_null(in);
    assert_non_null(out);
    size_t n = fread(content, 1, most < sizeof content ? most : sizeof content, in);
    assert_int_equal(fwrite(content, 1, n, out), n);
    fclose(in);
    fclose(out);
}

static void the_next_one_has_the_same_name(void **state) {
    struct paths *p = *state;
    struct name_file first, second;
    name_file_take(p->path, &first);
    assert_false(first.is_old);
    assert_int_equal(strlen(first.name), NAME_FILE_CHARS);
    name_file_drop(&first);
    name_file_take(p->path, &second);
    assert_true(second.is_old);
    assert_string_equal(second.name, first.name);
    name_file_drop(&second);
}

static void while_one_has_it_another_gets_a_name_of_its_own(void **state) {
    struct paths *p = *state;
    struct name_file first, second, third;
    name_file_take(p->path, &first);
    name_file_take(p->path, &second);
    assert_false(second.is_old);
    assert_int_equal(second.fd, -1);
    assert_int_equal(strlen(second.name), NAME_FILE_CHARS);
    assert_string_not_equal(second.name, first.name);
    name_file_drop(&second);
    name_file_drop(&first);
    name_file_take(p->path, &third);
    assert_string_equal(third.name, first.name);
    name_file_drop(&third);
}

/* A data folder that was copied for a second node, or a file that is damaged. */
static void a_copy_is_another_s(void **state) {
    struct paths *p = *state;
    struct name_file first, copied, again;
    name_file_take(p->path, &first);
    for (size_t most = 0; most < 100; most += 11) {
        copy(p->path, p->other, most);
        name_file_take(p->other, &copied);
        assert_false(copied.is_old);
        assert_true(copied.fd >= 0);
        assert_string_not_equal(copied.name, first.name);
        name_file_drop(&copied);
        name_file_take(p->other, &again);
        assert_true(again.is_old);
        assert_string_equal(again.name, copied.name);
        name_file_drop(&again);
    }
    name_file_drop(&first);
}

static void without_a_file_there_is_a_name_too(void **state) {
    struct paths *p = *state;
    struct name_file first, second;
    name_file_take("/nowhere/at/all", &first);
    name_file_take(NULL, &second);
    assert_true(first.fd == -1 && second.fd == -1 && !first.is_old && !second.is_old);
    assert_string_not_equal(first.name, second.name);
    name_file_drop(&first);
    (void)p;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_next_one_has_the_same_name),
        TEST(while_one_has_it_another_gets_a_name_of_its_own),
        TEST(a_copy_is_another_s),
        TEST(without_a_file_there_is_a_name_too),
    };
    return cmocka_run_group_tests_name("name_file", tests, NULL, NULL);
}
