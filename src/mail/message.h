/* A mail as it goes over the wire: RFC 5322 with MIME (RFC 2045–2049). Headers in ASCII, words in other scripts as encoded
   words (RFC 2047), bodies as quoted-printable, no line over 76 bytes but where an address is longer, CRLF everywhere.

   What comes from people (names, subjects, bodies) can end up in nothing but its own place: line ends and other control
   characters in a header become a space, and an address that could hold more than an address is refused. */
#ifndef PALABRE_MAIL_MESSAGE_H
#define PALABRE_MAIL_MESSAGE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

enum { MAIL_ADDRESS_MAX = 254, MAIL_MESSAGE_MAX = 4 * 1024 * 1024 };

/* Borrowed for the call. An empty slice: the header is left out. */
struct mail_message {
    slice from_name, from; /* from: an address */
    slice to, reply_to;    /* addresses */
    slice subject;
    slice message_id;         /* "outbox-12.1700000000000@example.org", without < > */
    slice thread_id;          /* of the mail this one belongs under, which need not exist: In-Reply-To and References */
    slice date;               /* RFC 5322 §3.3: text/date.h's date_rfc822 */
    slice language;           /* BCP 47 */
    slice text;               /* UTF-8, LF */
    slice html;               /* a whole document; empty: the text alone */
    slice list_name, list_id; /* List-Id (RFC 2919): "Le pont" <discussion-12.example.org> */
    slice archive;            /* address of the page it is about: List-Archive (RFC 2369) */
    slice unsubscribe;        /* address: List-Unsubscribe and List-Unsubscribe-Post (RFC 8058) */
    bool bulk;                /* Precedence: list; otherwise nothing */
};

/* Appends the mail; "Auto-Submitted: auto-generated" (RFC 3834 §5) always. INVALID: from, to or reply_to is not
   mail_address_is_sendable, or an id, a list_id or an address of a page holds white space, controls, '<' or '>'. LIMIT: out
   is full. */
enum status mail_message_write(const struct mail_message *message, struct buf *out, struct error *error) MUST_USE;

/* An ASCII address of the form that needs no quoting (RFC 5321 dot-string @ domain), of at most MAIL_ADDRESS_MAX bytes. */
bool mail_address_is_sendable(slice address);

#endif
