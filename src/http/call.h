/* A call: one request, and its answer.
 *
 * The server makes it when the whole request is there (head and body, within the ceilings) and hands it to the handler on
 * the thread of its loop. From then on it belongs to the handler, which replies at once, or passes the call to another
 * thread that does. Exactly one http_call_reply*() ends it: from that moment neither the call nor anything in its arena may
 * be touched. Where the connection has gone meanwhile, the answer is dropped; the caller need not know.
 *
 * Not for two threads at a time. Everything borrowed from a call lives until the reply. */
#ifndef PALABRE_HTTP_CALL_H
#define PALABRE_HTTP_CALL_H

#include "base/arena.h"
#include "base/attributes.h"
#include "base/blob.h"
#include "base/slice.h"
#include "http/cookie.h"
#include "http/form.h"
#include "http/header.h"
#include "http/method.h"
#include "os/address.h"
#include "os/loops.h"

#include <stdint.h>

struct http_call;

/* --- The request ------------------------------------------------------------------------------------------------ */

enum http_method http_call_method(const struct http_call *call);
bool http_call_is_head(const struct http_call *call);
slice http_call_target(const struct http_call *call); /* as sent, in origin form: "/a%20b?q=1"; visible ASCII */
/* Percent-decoded once: valid UTF-8, starts with '/' ("*" for OPTIONS *), no control character, no NUL. Nothing is
   normalised: "." and ".." and empty segments stay. (The server refuses "%00", "%2F", a broken '%', invalid UTF-8: 400.) */
slice http_call_path(const struct http_call *call);
slice http_call_query(
    const struct http_call *call); /* what stands after '?', as sent; p == NULL when there is no '?' */
/* Stands for the very bytes of this request's head, wherever on this loop they come again; 0: they have no number. It has
   none with Cookie or Authorization in it. */
uint64_t http_call_head_number(const struct http_call *call);
/* The query's parameters: see http_form_parse. Parsed on the first call. INVALID or LIMIT when it is malformed. */
enum status http_call_parameters(struct http_call *call, const struct http_form **out, struct error *error) MUST_USE;

/* The first header of this name, ASCII case aside, trimmed; p == NULL when there is none. */
slice http_call_header(const struct http_call *call, slice name);
/* The same of two names that every page asks for, found already. */
slice http_call_accept_encoding(const struct http_call *call);
slice http_call_if_none_match(const struct http_call *call);
bool http_call_has_cookies(const struct http_call *call);
size_t http_call_header_count(const struct http_call *call);
struct http_header http_call_header_at(const struct http_call *call, size_t index); /* in the order sent */
slice http_call_host(
    const struct http_call *call); /* Host as sent, "example.org:8080"; empty in HTTP/1.0 without one */
slice http_call_cookie(const struct http_call *call, slice name); /* the first of that name; p == NULL: none */

slice http_call_body(const struct http_call *call); /* decoded from chunks; empty when there is none */
/* The body as a form. Gives 0, or the status to answer with: 415 (not application/x-www-form-urlencoded), 413 (too many
   fields, or too long a name), 400 (malformed, not UTF-8, NUL); the detail is in error. */
int http_call_form(struct http_call *call, const struct http_form_limits *limits, struct http_form *out,
                   struct error *error) MUST_USE;

/* Who speaks: the connection's other end, or, where that is a trusted proxy, whom it speaks for (http_server_options). */
struct address http_call_client(const struct http_call *call);
bool http_call_is_https(const struct http_call *call);    /* as a trusted proxy says; false without one */
bool http_call_is_http_1_1(const struct http_call *call); /* else 1.0 */
slice http_call_id(struct http_call *call); /* 16 hexadecimal digits, unique in this process and hard to guess */

/* --- Working on it ---------------------------------------------------------------------------------------------- */

struct arena *http_call_arena(struct http_call *call);     /* the call's, ends with it; ceiling: http_server_options */
struct loop *http_call_loop(const struct http_call *call); /* where its connection lives */
void http_call_set_data(struct http_call *call, void *data); /* something of the handler's (in the arena, say) */
void *http_call_data(const struct http_call *call);

/* --- The answer ------------------------------------------------------------------------------------------------- */

/* Content-Length, Date and Connection are the server's; do not give them. For HEAD the body is counted, not sent; for 204
   and 304 there is neither body nor Content-Length. A header with CR, LF or NUL in it, or with an invalid name, turns the
   answer into a plain 500: nothing a person typed can split an answer. */
struct http_answer {
    int status;                        /* 200 to 599 */
    slice content_type;                /* empty: no such header */
    const struct http_header *headers; /* copied at once */
    size_t header_count;
    slice body;        /* must be static or in the call's arena: it is not copied. Or: */
    struct blob *blob; /* a body that the server references as long as it needs it; wins over `body` */
    bool close;        /* end the connection after this answer */
};

void http_call_reply(struct http_call *call, const struct http_answer *answer);
/* text/plain; charset=utf-8, Cache-Control: no-store. The text is copied. */
void http_call_reply_text(struct http_call *call, int status, slice text);
/* No body. location: a path ("/x?y", sent as it is: percent-encode it first) or an absolute address. */
void http_call_reply_redirect(struct http_call *call, int status, slice location);

/* The fast path: nothing is copied or allocated. head is what http_head_new made (or its like: status line and all
   headers, Content-Length included, Date and Connection not, no empty line at the end); body the bytes that go with it, NULL
   for none. On the loop's thread the blobs need to live only until this returns, unless the socket is full: then the
   server takes references of its own, as it does when called from another thread. HEAD is looked after. */
void http_call_reply_prebuilt(struct http_call *call, struct blob *head, struct blob *body);

/* Makes such a head; one reference, the caller's. content_length < 0: no Content-Length (204, 304). Headers as in
   http_answer; NULL when one is invalid. Any thread. */
struct blob *http_head_new(int status, slice content_type, const struct http_header *headers, size_t header_count,
                           int64_t content_length) MUST_USE;

#endif
