#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/embedded.h"

static const struct embedded_file table[] = {
    {"a.css", (const unsigned char *)"a", 1},
    {"b/one.sql", (const unsigned char *)"bb", 2},
    {"b/two.sql", (const unsigned char *)"", 0},
};

static void finds_every_entry(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_ptr_equal(embedded_find(table, 3, table[i].path), &table[i]);
    }
}

static void finds_nothing_else(void **state) {
    (void)state;
    static const char *const absent[] = {"", "a", "a.css2", "b", "b/", "b/one.sqk", "c", "zzz"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_null(embedded_find(table, 3, absent[i]));
    }
    assert_null(embedded_find(table, 0, "a.css"));
}

static void check_table(const struct embedded_file *files, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(embedded_find(files, count, files[i].path), &files[i]);
        assert_int_equal(files[i].data[files[i].size], 0);
    }
}

static void generated_tables_are_sorted(void **state) {
    (void)state;
    check_table(embedded_web, embedded_web_count);
    check_table(embedded_migrations, embedded_migrations_count);
    check_table(embedded_catalogs, embedded_catalogs_count);
    check_table(embedded_demo, embedded_demo_count);
    const struct embedded_file *french = embedded_find(embedded_catalogs, embedded_catalogs_count, "fr.mo");
    assert_non_null(french);
    /* The magic number of a GNU .mo file, in either byte order. */
    assert_true(memcmp(french->data, "\xde\x12\x04\x95", 4) == 0 || memcmp(french->data, "\x95\x04\x12\xde", 4) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_entry),
        cmocka_unit_test(finds_nothing_else),
        cmocka_unit_test(generated_tables_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
