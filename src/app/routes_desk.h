/* The desk's addresses: lines of the table in routes.c. Each side of the desk lists its own. */
#ifndef PALABRE_APP_ROUTES_DESK_H
#define PALABRE_APP_ROUTES_DESK_H

#include "app/desk_edit_routes.h"
#include "app/desk_guard_routes.h"
#include "app/desk_queue_routes.h"

#define ROUTES_DESK ROUTES_DESK_QUEUE ROUTES_DESK_EDIT ROUTES_DESK_GUARD

#endif
