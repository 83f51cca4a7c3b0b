/* A field of a form that is malformed, as well as it can be read: to give people back what they typed with the page that
   refuses it. Never to act upon. */
#ifndef PALABRE_APP_LENIENT_H
#define PALABRE_APP_LENIENT_H

#include "base/arena.h"
#include "base/slice.h"

/* The first field of that name in an urlencoded body; what is not UTF-8, and NUL, becomes U+FFFD; a '%' that means nothing
   stays. Empty when there is none. In the arena. Any thread. */
slice lenient_field(struct arena *arena, slice body, slice name);

#endif
