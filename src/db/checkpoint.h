/* Carries the engine's log over into the database, on a thread and a connection of its own, so that no commit pays for it.
   The inside of this room: the writer starts one.

   While messages come in, the log is carried over beside the commits (they do not wait for it, but for the disk that both
   use). That alone never gives the log back from its start, as long as somebody writes at every moment: once it is large,
   one commit waits while the little that is left is carried over. The file stays, since
   writing over it takes less than making it longer. When nobody has written for a while, the rest is carried over, and a
   file that has become very long is cut. Limits: writer.h. */
#ifndef PALABRE_DB_CHECKPOINT_H
#define PALABRE_DB_CHECKPOINT_H

#include "db/engine.h"
#include "db/writer.h"

struct checkpoint;

/* Takes over from the engine, which would do it in the commits of `writes`. *out is NULL when the engine keeps no such log.
   location: that of `writes`. */
enum status checkpoint_start(struct db *writes, slice location, const struct writer_log_limits *limits,
                             struct checkpoint **out, struct error *error) MUST_USE;
/* Ends the thread and gives the log back to the engine; nothing is lost by it, now or at a crash. Before `writes` is
   closed, and not while another thread uses it. NULL is fine. */
void checkpoint_stop(struct checkpoint *checkpoint);

/* Around each transaction of `writes`, on its thread: waits while the log is made to start again. NULL is fine. */
void checkpoint_enter(struct checkpoint *checkpoint);
void checkpoint_leave(struct checkpoint *checkpoint);

struct writer_log checkpoint_log(struct checkpoint *checkpoint); /* any thread; zeros for NULL */

#endif
