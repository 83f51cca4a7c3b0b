/* The inside of typography.h: for renderers of this room, which have set the addresses apart already. */
#ifndef PALABRE_TEXT_TYPOGRAPHY_SET_H
#define PALABRE_TEXT_TYPOGRAPHY_SET_H

#include "text/typography.h"

/* typography_apply without looking for addresses. */
void typography__set(enum typography typography, slice text, struct typography_state *state, struct buf *out);

#endif
