/* How much memory the process holds on to. */
#ifndef PALABRE_BASE_FOOTPRINT_H
#define PALABRE_BASE_FOOTPRINT_H

/* Before the first thread: large pieces of memory (compressors' tables, tables of addresses) are the system's own, taken when
   they are touched and given back when they are freed, however often that was done before. */
void footprint_begin(void);

/* Gives the system back what nothing needs at the moment: freed memory the allocator has kept, and pages of the program's
   and its libraries' files that were read once (symbols and relocations, code that only starts things). The latter stay in
   the system's page cache; what is needed after all costs a minor fault. For the end of starting. Any thread; some
   milliseconds. Where /proc is not there, only the allocator's. */
void footprint_trim(void);

#endif
