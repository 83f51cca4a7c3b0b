/* The handlers, by what they are about; each runs on a worker (request.h). The table is routes.c. */
#ifndef PALABRE_APP_HANDLERS_H
#define PALABRE_APP_HANDLERS_H

#include "app/request.h"

/* read.c: what is read, where the cache cannot answer */
void read_comment(struct request *r);       /* GET /comments/N: redirect to its place */
void read_section_older(struct request *r); /* GET /sections/S?before= */
void read_names(struct request *r);         /* of those who wrote in a discussion: for @ */
void read_archive_older(struct request *r); /* GET /archive/M?before= */
void read_own(struct request *r);           /* GET /articles/N/own */
void read_discussion(struct request *r);    /* a discussion for one who carries an author's cookie */
void read_health(struct request *r);        /* GET /healthz, /readyz */
void read_front(struct request *r);         /* GET /?… : an old address in the query, or home */
void read_unknown(struct request *r);       /* no such address: an old one's redirect, or 404 */

/* search.c */
void search_show(struct request *r);     /* GET /search */
void search_describe(struct request *r); /* GET /opensearch.xml */

/* oembed.c */
void read_oembed(struct request *r); /* GET /oembed?url= */

/* write.c: sending */
void write_reply_form(struct request *r); /* GET /comments/N/reply */
void write_message(struct request *r);    /* POST /articles/N/comments */

/* report.c: reporting a message or an article */
void report_form(struct request *r);    /* GET /comments/N/report, /articles/N/report */
void report(struct request *r);         /* POST */
void report_receipt(struct request *r); /* GET /reports/S: what came of it */

/* recommend.c: recommendations and picks */
void recommend_form(struct request *r); /* GET /comments/N/recommend: what one recommends, and taking it back */
void recommend(struct request *r);      /* POST */
void desk_pick(struct request *r);      /* POST /moderation/comments/N/pick */

/* message.c: the author's private page */
void message_show(struct request *r);     /* GET /messages/S */
void message_edit(struct request *r);     /* POST */
void message_withdraw(struct request *r); /* POST /messages/S/withdraw */
void message_export(struct request *r);   /* GET /messages/S/export.json, .txt */

/* follow.c: what readers do about mails */
void follow_form(struct request *r);          /* GET /articles/N/follow */
void follow_post(struct request *r);          /* POST */
void follow_manage(struct request *r);        /* GET /follow/LINK */
void follow_manage_post(struct request *r);   /* POST */
void follow_confirm_form(struct request *r);  /* GET /follow/LINK/confirm */
void follow_confirm_post(struct request *r);  /* POST */
void follow_stop_form(struct request *r);     /* GET /follow/LINK/stop */
void follow_stop_post(struct request *r);     /* POST: also a mail program's, RFC 8058 */
void message_notices(struct request *r);      /* GET /messages/LINK/notices */
void message_notices_post(struct request *r); /* POST: likewise */

/* sign.c: signing in and out, first set-up */
void sign_in_form(struct request *r);
void sign_in(struct request *r);
void sign_out(struct request *r);
void setup_form(struct request *r);
void setup(struct request *r);

#endif
