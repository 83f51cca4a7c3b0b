/* A header field. */
#ifndef PALABRE_HTTP_HEADER_H
#define PALABRE_HTTP_HEADER_H

#include "base/slice.h"

struct http_header {
    slice name, value;
};

#endif
