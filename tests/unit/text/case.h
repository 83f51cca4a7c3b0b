/* What the tables of this folder's tests share. */
#ifndef PALABRE_TESTS_UNIT_TEXT_CASE_H
#define PALABRE_TESTS_UNIT_TEXT_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/slice.h"

#include <stdio.h>

struct text_case {
    const char *in, *out;
};

static inline bool slice_is(slice got, const char *wanted) { return slice_equal(got, slice_of(wanted)); }

/* Prints what differs, so that one run shows every wrong line of a table; gives 1 when it differs. */
static inline int case_differs(const char *in, slice got, const char *wanted) {
    if (slice_is(got, wanted)) {
        return 0;
    }
    print_error("of     %s\n  got    %.*s\n  wanted %s\n", in, SLICE_FMT(got), wanted);
    return 1;
}

#endif
