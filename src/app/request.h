/* A request on its way through the application, off the loop. It lives in its call's arena and ends with the answer:
   after any request_reply*, request_redirect, request_fail, neither r nor its arena may be touched. Exactly one of them
   is called for each request.

   A handler runs on a worker:

     void desk_publish(struct request *r) {
         struct decide *d = ARENA_NEW(r->arena, struct decide);
         … parse the form into *d …
         request_write(r, d, apply_decision, after_decision);
     }
     static enum status apply_decision(struct db *db, struct request *r, void *data, struct error *error);  // writer
     static void after_decision(struct request *r, void *data, enum status status, const struct error *error);  // worker

   apply may run more than once and touches nothing but its data and the arena. What changed for readers it says with
   request_touch_*: these pages are made again and swapped in before `after` runs, so that whoever acted sees the act. */
#ifndef PALABRE_APP_REQUEST_H
#define PALABRE_APP_REQUEST_H

#include "app/live.h"
#include "app/state.h"
#include "domain/account.h"
#include "domain/decision.h"
#include "view/page_system.h"

struct request;
typedef void (*request_handler)(struct request *r);

/* How a route is guarded; a sum. */
enum route_flags {
    ROUTE_LOOP = 1,                                              /* answered on the loop, from the cache (dispatch.c) */
    ROUTE_MODERATE = 2,                                          /* signed in, and may moderate */
    ROUTE_EDIT = 4,                                              /* … may edit articles */
    ROUTE_ADMINISTER = 8,                                        /* … may administer */
    ROUTE_LIVE = 16,                                             /* a stream, begun on the loop (live.c) */
    ROUTE_HASHES = 32,                                           /* computes a password's hash: on workers of its own */
    ROUTE_ANY_FORM = 64,                                         /* a form that cannot be read counts as an empty one */
    ROUTE_DESK = ROUTE_MODERATE | ROUTE_EDIT | ROUTE_ADMINISTER, /* mask */
};

struct app_route {
    request_handler handler;
    unsigned flags;
    int page_kind; /* ROUTE_LOOP: which page; above PAGE_KIND_BITS of it, in which order */
};
enum { PAGE_KIND_BITS = 8 };

struct touched {
    enum { TOUCHED_THREAD, TOUCHED_COUNTS, TOUCHED_ARTICLE, TOUCHED_SITE } what;
    int64_t article;
    int64_t root, root_ordinal; /* THREAD, COUNTS */
    int64_t ordinal;            /* COUNTS: of the message itself */
};
enum { REQUEST_TOUCHED_MAX = 64 };

struct request {
    struct app *app;
    struct http_call *call;
    struct arena *arena;   /* the call's */
    struct worker *worker; /* while a handler or an `after` runs */
    struct db *db;         /* the worker's read connection */
    struct http_match match;
    const struct app_route *route;
    struct http_form form; /* POST: the fields; GET: the query's */
    struct site site;
    size_t language; /* of the interface */
    bool signed_in;
    struct session session;
    struct account account;
    slice cookies; /* Set-Cookie values to send: use request_set_cookie */
    /* the machinery's own */
    struct http_header headers[8];
    size_t header_count;
    bool
        keep_for_back; /* the browser may show this answer again when its reader goes back to it: a form being filled */
    struct writer_job job;
    void *data;
    enum status (*apply)(struct db *db, struct request *r, void *data, struct error *error);
    void (*after)(struct request *r, void *data, enum status status, const struct error *error);
    bool (*answer)(struct request *r, void *data); /* request_write_answer's, or NULL */
    article_id submitted_to; /* set by apply: the discussion has got a message that request_settle counts */
    bool put_off;            /* likewise: something is due (indexer_nudge) */
    enum status status;
    struct error error;
    struct touched touched[REQUEST_TOUCHED_MAX];
    size_t touched_count;
    bool touched_too_many;
    struct db *writing; /* while apply runs */
    struct live_change *changes, **changes_end;
    struct cache_waiter *waiters;
    _Atomic int waiting;
};

/* --- Asking ------------------------------------------------------------------------------------------------------ */

slice request_parameter(const struct request *r, const char *name);   /* of the pattern; p NULL: none */
int64_t request_number(const struct request *r, const char *name);    /* of a {name:int}; 0: none */
slice request_field(const struct request *r, const char *name);       /* of form or query; empty when missing */
int64_t request_field_int(const struct request *r, const char *name); /* 0 when missing or not a number */
bool request_has_field(const struct request *r, const char *name);
slice request_fingerprint(struct request *r);    /* keyed, of the client's address */
uint64_t request_address_key(struct request *r); /* for limiters */
/* Takes one for a message or an edit, of the address and of its neighbourhood; false: see limiter_take. */
bool request_take_sending(struct request *r, int64_t *retry_s);
/* One was sent from that address elsewhere, or before: so much less is left to it. */
void request_count_sending(struct request *r, const struct address *client);
slice request_sealed_address(struct request *r); /* for the database */
slice request_device(struct request *r);         /* the author's cookie; empty: none */

/* Form tokens: signed and dated. purpose says what the form may do: "comment:12", "sign-in". */
slice request_token(struct request *r, slice purpose);
bool request_token_ok(struct request *r, slice purpose); /* of the field `token` */
/* Every POST to a guarded route must carry the session's token in the field `csrf`; the machinery sees to it before the
   handler runs, and answers 403 itself. */

/* --- Showing ----------------------------------------------------------------------------------------------------- */

/* The context of a page in the request's language, with the viewer when somebody is signed in. In the arena. */
const struct view_context *request_view(struct request *r);
/* The same in another language of the interface (an article's). */
const struct view_context *request_view_in(struct request *r, slice language);
/* The worker's, empty: for what nobody needs when the handler calls this again, or returns. */
struct arena *request_scratch(struct request *r);
struct buf *request_buf(struct request *r); /* an empty buffer with the ceiling of a page; freed with the answer */

/* --- Answering --------------------------------------------------------------------------------------------------- */

/* An HTML page, not to be stored by anybody. body: request_buf's, whole. render: what the view said (not OK: 500). */
void request_reply_page(struct request *r, int status, struct buf *body, enum status render, const struct error *error);
void request_reply_bytes(struct request *r, int status, slice content_type, slice body); /* body: arena or static */
/* body: request_buf's, whole (its status OK); taken. */
void request_reply_buf(struct request *r, int status, slice content_type, struct buf *body);
/* For the answer to come; at most eight. value: arena or static. */
void request_add_header(struct request *r, slice name, slice value);
void request_redirect(struct request *r, slice location);           /* 303 See Other */
void request_redirect_permanent(struct request *r, slice location); /* 301 */
void request_redirect_found(struct request *r, slice location);     /* 302 */
/* An error page in the site's language. about, kept_text, back: see view/page_system.h. */
void request_fail(struct request *r, int status, enum view_error_about about, slice kept_text, slice back);
void request_fail_limit(struct request *r, slice kept_text, slice back, int64_t retry_s); /* 429 */
/* The page that goes with a domain's status; logs what is our own fault. */
void request_fail_status(struct request *r, enum status status, const struct error *error, enum view_error_about about,
                         slice kept_text, slice back);
void request_set_cookie(struct request *r, slice name, slice value, int64_t max_age_s);

/* --- Writing ----------------------------------------------------------------------------------------------------- */

/* When the disk is too far behind, apply and after are not called: the request is answered with 503, and what was typed. */
void request_write(struct request *r, void *data,
                   enum status (*apply)(struct db *db, struct request *r, void *data, struct error *error),
                   void (*after)(struct request *r, void *data, enum status status, const struct error *error));
/* The same; and after a commit that has changed no page, `answer` is asked first, on whatever thread that is (the writer's,
   which must not wait): without a database, it answers and says true, or false for `after` to be called. */
void request_write_answer(struct request *r, void *data,
                          enum status (*apply)(struct db *db, struct request *r, void *data, struct error *error),
                          void (*after)(struct request *r, void *data, enum status status, const struct error *error),
                          bool (*answer)(struct request *r, void *data));
/* The writer's settle (db/writer.h): counts what requests have submitted, once for each discussion. */
enum status request_settle(struct db *db, const struct writer_job *jobs, struct error *error) MUST_USE;

/* In apply: what readers will see changed. */
void request_touch_thread(struct request *r, article_id article, comment_number root, int64_t root_ordinal);
/* How often a message is recommended: readers see it some seconds later (recount_ms), one rendering for all that came by
   then. ordinal: its own. */
void request_touch_counts(struct request *r, article_id article, comment_number root, int64_t root_ordinal,
                          int64_t ordinal);
void request_touch_article(struct request *r, article_id article); /* its text, or all of its discussion */
/* In apply, after the change: what followers of the discussion are told. request_touch_article tells by itself. */
void request_tell(struct request *r, article_id article, comment_number number, enum live_kind kind);
void request_touch_site(struct request *r); /* names, sections, charter, policies: everything */

#endif
