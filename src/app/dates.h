/* Making and freeing the table behind app_dates (state.h). */
#ifndef PALABRE_APP_DATES_H
#define PALABRE_APP_DATES_H

#include "app/state.h"

struct app_dates *app_dates_new(void);
void app_dates_free(struct app_dates *dates);

#endif
