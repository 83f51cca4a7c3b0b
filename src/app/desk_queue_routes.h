/* Addresses of the moderators' side of the desk. */
#ifndef PALABRE_APP_DESK_QUEUE_ROUTES_H
#define PALABRE_APP_DESK_QUEUE_ROUTES_H

#include "app/request.h"

#define ROUTES_DESK_QUEUE

#endif
