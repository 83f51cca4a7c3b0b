/* Handing a mail to a server (RFC 5321) through libcurl: one recipient a time, over a connection that is kept for the next.
   Certificates are always verified; nothing but SMTP is spoken, and no redirect exists. One thread at a time. */
#ifndef PALABRE_MAIL_SMTP_H
#define PALABRE_MAIL_SMTP_H

#include "base/error.h"
#include "base/slice.h"

#include <stdint.h>

struct smtp;

enum smtp_tls {
    SMTP_TLS_REQUIRE, /* STARTTLS, or smtps://: no mail in the clear */
    SMTP_TLS_TRY,     /* STARTTLS where the server offers it */
    SMTP_TLS_NO
};
bool smtp_tls_parse(slice name, enum smtp_tls *out); /* "require", "try", "no" */

struct smtp_options {
    slice url;            /* "smtp://HOST[:PORT]" or "smtps://HOST[:PORT]" */
    slice user, password; /* empty: no authentication */
    slice authorities;    /* a file of certificates to trust (PEM); empty: the system's */
    enum smtp_tls tls;
    int64_t timeout_ms; /* for one mail in all, connecting included */
};

/* Copies the options. UNAVAILABLE. */
enum status smtp_new(const struct smtp_options *options, struct smtp **out, struct error *error) MUST_USE;
void smtp_free(struct smtp *smtp); /* says QUIT where it is connected; NULL is fine */

enum smtp_outcome {
    SMTP_SENT,            /* the server has taken the responsibility for it (250 after the content) */
    SMTP_LATER,           /* not now (4xx, greylisting), or nobody knows: the connection broke after the content */
    SMTP_ADDRESS_REFUSED, /* 5xx to the recipient */
    SMTP_MESSAGE_REFUSED, /* 5xx to the content */
    SMTP_SERVER_FAILED,   /* no connection, no TLS, a certificate that is not good, no such user, the sender refused */
};
const char *smtp_outcome_name(enum smtp_outcome outcome); /* "sent", "later", "address_refused" … */

enum { SMTP_SAID_MAX = 400 };
struct smtp_result {
    enum smtp_outcome outcome;
    int code;             /* the last answer's: 250, 451, 550; 0: there was none */
    bool no_such_address; /* with ADDRESS_REFUSED: the server says so (RFC 3463: 5.1.x), not only that it will not */
    char said[SMTP_SAID_MAX]; /* the server's last line, or what went wrong; one line of printable text */
};

/* from, to: mail_address_is_sendable. mail: mail_message_write's bytes. Blocks up to the timeout. */
void smtp_send(struct smtp *smtp, slice from, slice to, slice mail, struct smtp_result *result);
/* Any thread: a transfer under way ends soon, as SMTP_LATER or SMTP_SERVER_FAILED. */
void smtp_interrupt(struct smtp *smtp);

#endif
