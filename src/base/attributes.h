/* Compiler attributes used everywhere, under one spelling. gcc and clang only. */
#ifndef PALABRE_BASE_ATTRIBUTES_H
#define PALABRE_BASE_ATTRIBUTES_H

/* The caller must look at the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* printf-like: format_index is that of the format, first that of the first variable argument. */
#define PRINTF_LIKE(format_index, first) __attribute__((format(printf, format_index, first)))

/* Runs fn(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define UNUSED __attribute__((unused))

#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
