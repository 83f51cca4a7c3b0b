/* Whether a style sheet can be what its author meant: every block, string and comment is closed (CSS Syntax 3). Browsers
   take what is wrong in silence, and leave the rest out. Any thread. */
#ifndef PALABRE_APP_THEME_STYLE_H
#define PALABRE_APP_THEME_STYLE_H

#include "base/slice.h"

/* NULL: nothing is wrong. Otherwise what is, and the line (from 1) where it begins. Static. */
const char *theme_style_mistake(slice css, size_t *line);

#endif
