/* Links in mails: they say what they are about, signed. Who holds one may act on that and nothing else. A signature is over
   the personal part, too, so that a row of an older backup cannot be reached by a newer link.

     follow   ARTICLE.SUBSCRIPTION.MAC    /follow/…
     message  NUMBER.MAC                  /messages/… : as good as the secret of the author's private page
   report   ARTICLE.REPORT.MAC          /reports/… : as good as the secret of the receipt */
#ifndef PALABRE_APP_LINKS_H
#define PALABRE_APP_LINKS_H

#include "app/keys.h"
#include "domain/comment.h"
#include "domain/follow.h"
#include "domain/report.h"

slice links_follow(const struct app_keys *keys, struct arena *arena, const struct subscription *subscription);
/* NOT_FOUND: not ours, or it has ended. */
enum status links_find_follow(const struct app_keys *keys, struct db *db, struct arena *arena, slice token,
                              struct subscription *out, struct error *error) MUST_USE;

slice links_message(const struct app_keys *keys, struct arena *arena, const struct comment *comment);
/* By such a link, or by the secret of the private page. NOT_FOUND. */
enum status links_find_message(const struct app_keys *keys, struct db *db, struct arena *arena, slice token,
                               struct comment *out, struct error *error) MUST_USE;

slice links_report(const struct app_keys *keys, struct arena *arena, const struct report *report);
/* By such a link, or by the secret of the receipt. NOT_FOUND. */
enum status links_find_report(const struct app_keys *keys, struct db *db, struct arena *arena, slice token,
                              struct report *out, struct error *error) MUST_USE;

#endif
