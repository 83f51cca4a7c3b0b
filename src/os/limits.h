/* What the system allows this process. */
#ifndef PALABRE_OS_LIMITS_H
#define PALABRE_OS_LIMITS_H

#include <stddef.h>

/* Raises the number of descriptors (connections, files) this process may have open to the most it may ask for, and gives
   it. At start. */
size_t limits_raise_files(void);

#endif
