/* Every address of the site, and who answers there. */
#ifndef PALABRE_APP_ROUTES_H
#define PALABRE_APP_ROUTES_H

#include "http/router.h"

#include <stddef.h>

extern const struct http_route ROUTES[]; /* data: a const struct app_route */
extern const size_t ROUTE_COUNT;

#endif
