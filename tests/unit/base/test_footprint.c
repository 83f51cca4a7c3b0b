#include "base/footprint.h"
#include "base/memory.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PIECES = 4000, PIECE = 4096 };

/* In kB; name: "RssAnon", "RssFile". */
static long resident(const char *name) {
    char line[256];
    long found = -1;
    FILE *file = fopen("/proc/self/status", "re");
    if (!file) return -1;
    while (fgets(line, sizeof line, file)) {
        size_t n = strlen(name);
        if (strncmp(line, name, n) == 0 && line[n] == ':') found = strtol(line + n + 1, NULL, 10);
    }
    fclose(file);
    return found;
}

/* The sanitizers' allocators keep what is freed: there is nothing to look at. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHER_ALLOCATOR
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHER_ALLOCATOR
#endif
#ifndef OTHER_ALLOCATOR
static void freed_memory_goes_back(void **state) {
    static char *pieces[PIECES];
    (void)state;
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = memory_alloc(PIECE);
        memset(pieces[i], 'x', PIECE);
    }
    char *last = memory_alloc(PIECE); /* keeps the heap's end from being given back by itself */
    long full = resident("RssAnon");
    for (int i = 0; i < PIECES; i++) memory_free(pieces[i]);
    footprint_trim();
    assert_true(resident("RssAnon") < full - PIECES * PIECE / 1024 / 2);
    memory_free(last);
}
#endif
/* What is mapped from files is read again when it is needed, and unchanged: data that was relocated, too. */
static const char *const WORDS[] = {"un", "deux", "trois"};

static void files_are_let_go_and_come_back(void **state) {
    (void)state;
    long before = resident("RssFile");
    assert_true(before > 0);
    footprint_trim();
    assert_true(resident("RssFile") < before);
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) assert_true(strlen(WORDS[i]) >= 2);
    assert_string_equal(WORDS[2], "trois");
}

int main(void) {
    mallopt(M_PERTURB, 0); /* or the allocator writes over what it gives back, and has it again */
    const struct CMUnitTest tests[] = {
#ifndef OTHER_ALLOCATOR
        cmocka_unit_test(freed_memory_goes_back),
#endif
        cmocka_unit_test(files_are_let_go_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
