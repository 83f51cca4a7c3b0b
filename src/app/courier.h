/* The courier: the one thread that sends what the outbox holds (domain/outbox.h). It takes a row by a lease, under a name of
   its own (os/name_file.h: of the data folder, so that what a process that died had taken is taken again when it is back), through the
   writer, makes the mail of what is true at that moment, sends it, and has the writer note what became of it, in the same
   transaction that takes the next: one commit a mail. A process that dies between the server's 250 and that commit sends the
   mail again, with the same Message-ID: at least once is what SMTP allows.

   It sleeps until a commit wakes it (courier_nudge), a row is due, or, since other nodes may die with theirs, some minutes
   are over. A server that cannot be reached, or lets nobody in, stops all sending for a while, twice as long each time. */
#ifndef PALABRE_APP_COURIER_H
#define PALABRE_APP_COURIER_H

#include "base/error.h"

struct app;
struct courier;

/* Starts the thread; app->options.mail must name a server. */
enum status courier_new(struct app *app, struct courier **out, struct error *error) MUST_USE;
/* After a commit. Any thread, never blocks; NULL is fine. */
void courier_nudge(struct courier *courier);
/* Ends the thread: a mail under way has some seconds. While the writer still runs. NULL is fine. */
void courier_stop(struct courier *courier);
/* Stops it, if it runs. Once nobody nudges any more: the writer's last jobs do. NULL is fine. */
void courier_free(struct courier *courier);

#endif
