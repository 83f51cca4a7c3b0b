/* llhttp, behind a wall of its own: its names (HTTP_GET) are ours as well. Inside src/http only. */
#ifndef PALABRE_HTTP_FIELDS_H
#define PALABRE_HTTP_FIELDS_H

#include "http/header.h"

#include <stdbool.h>

/* Has llhttp, in its strict mode, parse a whole head, and gives its fields, values trimmed, slices of head. True when it
   takes the head, and finds exactly `count` fields. */
bool http__fields_collect(slice head, struct http_header *fields, size_t count);

#endif
