/* Addresses of the editors' and administrators' side of the desk. */
#ifndef PALABRE_APP_DESK_EDIT_ROUTES_H
#define PALABRE_APP_DESK_EDIT_ROUTES_H

#include "app/request.h"

#define ROUTES_DESK_EDIT

#endif
