#include "text/outline.h"

#include <assert.h>

unsigned outline__level(struct outline *outline, unsigned source_level) {
    assert(source_level >= 1 && source_level <= OUTLINE_LEVELS);
    while (outline->depth > 0 && outline->open[outline->depth - 1] >= source_level) outline->depth--;
    outline->open[outline->depth++] = (unsigned char)source_level;
    return outline->depth + 1 < OUTLINE_LEVELS ? outline->depth + 1 : OUTLINE_LEVELS;
}
