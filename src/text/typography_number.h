/* Where French keeps a number and what belongs to it on one line. For this room only. */
#ifndef PALABRE_TEXT_TYPOGRAPHY_NUMBER_H
#define PALABRE_TEXT_TYPOGRAPHY_NUMBER_H

#include "base/slice.h"

/* What a single plain space at byte `at` of text is set as: U+202F between groups of three digits (760 000), U+00A0
   between a number and its unit (12 km, 7 h 15, 100 %), between an abbreviation and its number (n° 3, p. 12), and between
   a title and a name (M. Dupont); empty: it stays a space. `before` is the code point before the text (0: none), as a
   number may stand in <strong>. */
slice typography__bind(slice text, size_t at, uint32_t before);

#endif
