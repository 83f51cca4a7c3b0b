/* Reading the page that a press excerpt quotes, on a thread of its own: it waits for somebody else's server. */
#ifndef PALABRE_APP_EXCERPT_H
#define PALABRE_APP_EXCERPT_H

#include "app/request.h"
#include "text/quoted_page.h"
#include "view/form.h"

struct excerpt_page {
    enum view_fault fault; /* VIEW_FAULT_NONE, or one of VIEW_FAULT_PAGE_… */
    int http_status;       /* that its server gave; 0: none */
    slice url;             /* where it stands: canonical, or the last one */
    struct quoted_page quoted;
};

/* Worker; then() runs on a worker, in the same request, and answers it. When too many pages are being read, the request is
   answered with 503. */
void excerpt_read(struct request *r, slice url,
                  void (*then)(struct request *r, void *data, const struct excerpt_page *page), void *data);

#endif
