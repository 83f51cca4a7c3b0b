/* Forms: what was typed, and what is wrong with it. The app passes codes; the view says them in the reader's language,
   beside the field and once at the top. */
#ifndef PALABRE_VIEW_FORM_H
#define PALABRE_VIEW_FORM_H

#include "base/slice.h"

/* The fields of all forms; the name attribute is view_field_name's. */
enum view_field {
    VIEW_FIELD_FORM, /* the form as a whole */
    VIEW_FIELD_NAME,
    VIEW_FIELD_TEXT,
    VIEW_FIELD_TITLE,
    VIEW_FIELD_EMAIL,
    VIEW_FIELD_WEBSITE,
    VIEW_FIELD_REPLY_TO,
    VIEW_FIELD_RULE,    /* report */
    VIEW_FIELD_ACCOUNT, /* set-up, sign-in: the name one signs in with */
    VIEW_FIELD_PASSWORD,
    VIEW_FIELD_PASSWORD_AGAIN,
    VIEW_FIELD_PUBLICATION,
    VIEW_FIELD_TAGLINE,
    VIEW_FIELD_LANGUAGE,
    VIEW_FIELD_TIME_ZONE,
    /* the desk's */
    VIEW_FIELD_HEADLINE,
    VIEW_FIELD_STANDFIRST,
    VIEW_FIELD_BYLINE,
    VIEW_FIELD_BODY,
    VIEW_FIELD_SECTION,
    VIEW_FIELD_KIND,
    VIEW_FIELD_SOURCE_URL,
    VIEW_FIELD_SOURCE_SITE,
    VIEW_FIELD_SOURCE_AUTHOR,
    VIEW_FIELD_SOURCE_TITLE,
    VIEW_FIELD_SOURCE_DATE,
    VIEW_FIELD_RELATED,
    VIEW_FIELD_MODERATION,
    VIEW_FIELD_DISCUSSION,
    VIEW_FIELD_SLUG,
    VIEW_FIELD_DESCRIPTION,
    VIEW_FIELD_INTRODUCTION,
    VIEW_FIELD_CODE,
    VIEW_FIELD_LEGAL_GROUND,
    VIEW_FIELD_ROLE,
    VIEW_FIELD_DISPLAY_NAME,
    VIEW_FIELD_CLOSE_AFTER_DAYS,
    VIEW_FIELD_PASSWORD_NOW,
    VIEW_FIELDS
};
slice view_field_name(enum view_field field); /* "name", "text", "password_again", … ; "" for the form */

enum view_fault {
    VIEW_FAULT_NONE,
    VIEW_FAULT_EMPTY,
    VIEW_FAULT_TOO_LONG,  /* limit */
    VIEW_FAULT_TOO_SHORT, /* limit */
    VIEW_FAULT_INVALID_UTF8,
    VIEW_FAULT_CONTROL,
    VIEW_FAULT_FORM,       /* not an e-mail, not an address, not a name one can use */
    VIEW_FAULT_NO_ADDRESS, /* not an e-mail, where one is needed */
    VIEW_FAULT_REPLY_GONE,
    VIEW_FAULT_REPLY_ELSEWHERE,
    VIEW_FAULT_CLOSED,
    VIEW_FAULT_REPEATED,
    VIEW_FAULT_NAME_RESERVED,
    VIEW_FAULT_STALE,     /* the form's token is too old, or not ours */
    VIEW_FAULT_TOO_MANY,  /* limit: seconds to wait; 0: unknown */
    VIEW_FAULT_TAKEN,     /* the account's name */
    VIEW_FAULT_DIFFERENT, /* the two passwords */
    VIEW_FAULT_WRONG,     /* name or password */
    VIEW_FAULT_CONFLICT,  /* a moderator decided meanwhile: it can no longer be changed */
    VIEW_FAULT_NUMBER,    /* not a whole number; limit: the largest */
    VIEW_FAULT_FULL,      /* there are as many as there can be */
    VIEW_FAULT_LAST_ADMINISTRATOR,
    /* the page that an excerpt quotes */
    VIEW_FAULT_PAGE_NO_ADDRESS,
    VIEW_FAULT_PAGE_NOT_PUBLIC,
    VIEW_FAULT_PAGE_NOT_FOUND,
    VIEW_FAULT_PAGE_NO_ANSWER,
    VIEW_FAULT_PAGE_TOO_SLOW,
    VIEW_FAULT_PAGE_TOO_LARGE,
    VIEW_FAULT_PAGE_BAD_ANSWER, /* limit: the status of HTTP, or 0 */
    VIEW_FAULT_PAGE_NOTHING,
    VIEW_FAULT_WORDS,       /* words that are not taken: the form's refused_words */
    VIEW_FAULT_LINKS,       /* limit: the most; 0: none in a first message */
    VIEW_FAULT_BANNED,      /* limit: until when, ms */
    VIEW_FAULT_SLOW,        /* limit: seconds to wait */
    VIEW_FAULT_UNPROVEN,    /* a proof of work is asked for; limit: seconds to wait without one */
    VIEW_FAULT_HELD,        /* an edit that a moderator would have to read first */
    VIEW_FAULT_UNCONFIRMED, /* what proofreading asks to be confirmed */
    VIEW_FAULT_TO_MEND,     /* what it wants mended */
    VIEW_FAULT_UNMENDED,    /* the same, of an edit */
    VIEW_FAULTS
};

struct view_problem {
    enum view_field field;
    enum view_fault fault;
    int64_t limit;
};

/* The form of a message: POST address_send(article), fields name, text, title, email, website, reply_to, action =
   preview | send, token, send_key, and VIEW_HONEYPOT, which people leave empty. */
#define VIEW_HONEYPOT "address2"

struct view_form {
    int64_t article;
    int64_t reply_to;                        /* 0: to the article */
    slice name, text, title, email, website; /* as typed */
    slice token;                             /* signed and dated; empty on shared pages */
    slice send_key;                          /* once; empty on shared pages */
    bool offers_notices, notify;             /* a box for mails about the message; whether it is ticked */
    slice follow_token; /* of the form to follow the discussion by e-mail; empty: it is not offered */
    bool may_send; /* the 'Send' button is there beside 'Preview' (on shared pages, whose token would be old: no) */
    slice made;    /* signed stamp of when it was first shown; empty on shared pages */
    slice refused_words;    /* of VIEW_FAULT_WORDS, as typed, in quotation marks; may be empty */
    int64_t proof_wait_s;   /* of asks_for_proof: that whoever cannot compute waits */
    bool asks_for_proof;    /* the ALTCHA widget stands in it, for the key send_key */
    bool pre_moderated;     /* says that a moderator reads first */
    int64_t max_characters; /* of the text; 0: not said */
    const struct view_problem *problems;
    size_t problem_count;
};

#endif
