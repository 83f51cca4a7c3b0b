/* The head of a picture: whatever stands there, a size is whole or not there at all. */
#include "text/picture.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct picture_size found = picture_size(slice_make(data, size));
    assert((found.width == 0) == (found.height == 0));
    assert(found.width >= 0 && found.width <= PICTURE_SIDE_MAX && found.height >= 0 &&
           found.height <= PICTURE_SIDE_MAX);
    return 0;
}
