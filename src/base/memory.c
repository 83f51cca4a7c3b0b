#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *require(void *p) {
    if (!p) {
        fputs("palabre: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *memory_alloc(size_t size) { return require(calloc(1, size ? size : 1)); }

void *memory_alloc_array(size_t count, size_t size) { return require(calloc(count ? count : 1, size ? size : 1)); }

void *memory_realloc_array(void *p, size_t count, size_t size) {
    return require(reallocarray(p, count ? count : 1, size ? size : 1));
}

void memory_free(void *p) { free(p); }

char *memory_copy_text(const char *text) {
    size_t n = strlen(text) + 1;
    return memcpy(memory_alloc(n), text, n);
}
