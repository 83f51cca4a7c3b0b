/* The only doors to the heap. Every program dies at once, with one line, when memory is truly gone: a server that has
   ceilings on all that grows (buffers, arenas, queues) meets that only as its own mistake. */
#ifndef PALABRE_BASE_MEMORY_H
#define PALABRE_BASE_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t size);                                /* zeroed; never NULL; size 0 gives a valid pointer */
void *memory_alloc_array(size_t count, size_t size);            /* zeroed; overflow aborts */
void *memory_realloc_array(void *p, size_t count, size_t size); /* new bytes are not zeroed; overflow aborts */
void memory_free(void *p);                                      /* NULL is fine */
char *memory_copy_text(const char *text);                       /* NUL-terminated copy */

#define NEW(type) ((type *)memory_alloc(sizeof(type)))

#endif
