/* What the system allows this process. */
#ifndef PALABRE_OS_LIMITS_H
#define PALABRE_OS_LIMITS_H

#include <stddef.h>

/* Raises the number of descriptors (connections, files) this process may have open to the most it may ask for, and gives
   it. At start. */
size_t limits_raise_files(void);

/* Who comes first where the threads of this process share a processor: the loops, which answer most requests at once; then
   the writer, so that what has been worked on is ended; then the workers; then what nobody waits for. Each thread but a
   loop says it of itself, as it begins: it steps back by so many nice values (setpriority(2), which on Linux is a
   thread's own), and needs no privilege for that. Beside other programs they have less than those, where the system
   weighs one thread against the other, and not service against service (cgroups, autogroup). */
enum limits_priority { LIMITS_WRITER = 2, LIMITS_WORKER = 5, LIMITS_BACKGROUND = 10 };
void limits_step_back(enum limits_priority priority);

#endif
