/* Comments: reading one, sending one, and what its author may do with it. */
#ifndef PALABRE_DOMAIN_COMMENT_H
#define PALABRE_DOMAIN_COMMENT_H

#include "domain/article.h"
#include "domain/comment_state.h"
#include "text/likeness.h"

enum badge { BADGE_NONE, BADGE_AUTHOR /* of the article */, BADGE_MODERATOR, BADGE_MEMBER };

struct comment {
    comment_number number;
    article_id article;
    comment_number root;   /* 0: this is a root comment */
    comment_number parent; /* 0: this is a root comment */
    slice parent_name;     /* of whom it answers; for replies to replies */
    int64_t ordinal;       /* 0: never published */
    int64_t last_reply_ordinal, reply_count;
    enum comment_state state;
    int64_t version;
    slice name, title, text_source, html, language, website;
    enum badge badge;
    time_ms submitted_at, published_at, edited_at; /* 0: not (yet) */
    bool edited_by_desk;
    int64_t charter_version;
    int64_t report_count;
    int64_t recommendation_count;
    time_ms picked_at; /* an editors' pick since; 0: no */
    slice checks;      /* JSON array of what the checks saw */
    slice email;       /* personal: only comment_get and comment_find_secret fill it */
    slice fingerprint; /* keyed, of the address block; '' unknown */
};

struct comment_list {
    struct comment *items;
    size_t count;
    bool more;
};

enum status comment_get(struct db *db, struct arena *arena, comment_number number, struct comment *out,
                        struct error *error) MUST_USE;
/* By the secret of its private link. NOT_FOUND. */
enum status comment_find_secret(struct db *db, struct arena *arena, slice secret, struct comment *out,
                                struct error *error) MUST_USE;
/* The author's own pending comments in a discussion, oldest first, by the cookie's token. */
enum status comment_list_own(struct db *db, struct arena *arena, article_id article, slice device_token,
                             struct comment_list *out, struct error *error) MUST_USE;

/* Who has written in a published article's discussion: names of its latest messages, each once. NOT_FOUND. */
enum { COMMENT_NAMES_MAX = 200, COMMENT_NAMES_OF = 500 /* messages */ };
struct comment_names {
    slice items[COMMENT_NAMES_MAX];
    size_t count;
};
enum status comment_names_load(struct db *db, struct arena *arena, article_id article, struct comment_names *out,
                               struct error *error) MUST_USE;

/* Where a published (or removed, shown as a stub) comment stands. */
struct comment_place {
    article_id article;
    slice slug;          /* the article's */
    int64_t page;        /* of the discussion, from 1 */
    comment_number root; /* of its thread */
    int64_t reply_page;  /* 0: shown under its root on the page; else the page (from 2) of the thread's own pages */
};
/* NOT_FOUND when the number was never given or is not to be seen; FORBIDDEN (say 410) when it was removed or withdrawn and leaves no stub. */
enum status comment_locate(struct db *db, struct arena *arena, comment_number number, int64_t roots_per_page,
                           int64_t replies_per_page, struct comment_place *out, struct error *error) MUST_USE;

/* What a commenter typed, and about the sending. */
struct comment_input {
    article_id article;
    comment_number reply_to; /* 0: a root comment */
    slice name, text, title, email, website;
    slice language; /* the article's */
    /* about the sending; not shown */
    slice device_token;   /* cookie; empty: none */
    slice fingerprint;    /* keyed, of the address block */
    slice address_sealed; /* may be empty */
    /* Of the private link. The caller makes it of the form's one-time key, which nobody else knows: the same given twice
       is the same form sent twice, thus one message. Empty: a random one. */
    slice secret;
    account_id account; /* signed in; 0: no */
    bool notify;        /* wants mails: published, refused, answered; needs an email */
    /* The message whose text this replaces, 0: a new one. It stands already: that the discussion is closed, or whom it
       answers gone, is no fault then. */
    comment_number editing;
    const struct article_admission *admission; /* where the caller has read it already; NULL: not */
};

/* Which field is wrong, and how; the app says it in the reader's language. */
enum comment_field { FIELD_NONE, FIELD_NAME, FIELD_TEXT, FIELD_TITLE, FIELD_EMAIL, FIELD_WEBSITE, FIELD_REPLY_TO };
enum comment_fault {
    FAULT_NONE,
    FAULT_EMPTY,
    FAULT_TOO_LONG,
    FAULT_TOO_SHORT,
    FAULT_INVALID_UTF8,
    FAULT_CONTROL,         /* control characters */
    FAULT_FORM,            /* not an e-mail, not an address */
    FAULT_REPLY_GONE,      /* reply to what is not (any more) published */
    FAULT_REPLY_ELSEWHERE, /* reply to another article's message */
    FAULT_CLOSED,          /* the discussion takes no messages */
    FAULT_REPEATED,        /* the same text by the same hand in this discussion within a day */
    FAULT_NAME_RESERVED,   /* the pseudonym folds to a display name of the house */
    FAULT_WORDS,           /* words of the watch list that are refused */
    FAULT_LINKS,           /* more than `limit` links; 0: any in a first message */
};
struct comment_problem {
    enum comment_field field;
    enum comment_fault fault;
    int64_t limit; /* of FAULT_TOO_LONG / TOO_SHORT, in characters; of FAULT_LINKS */
};
enum { COMMENT_PROBLEMS_MAX = 8 };
struct comment_problems {
    struct comment_problem items[COMMENT_PROBLEMS_MAX];
    size_t count;
};

enum {
    COMMENT_NAME_MAX = 60,
    COMMENT_TITLE_MAX = 120,
    COMMENT_EMAIL_MAX = 254,
    COMMENT_WEBSITE_MAX = 300,
};

/* What becomes of a message that is taken; the greater one wins. */
enum comment_fate {
    FATE_USUAL, /* as the discussion's moderation has it */
    FATE_HELD,  /* it waits for a moderator, whatever the moderation */
    FATE_SPAM,  /* marked as spam at once, by the program */
};

/* A checked message with its HTML: what the preview shows and what is sent. Lives in the arena. */
struct comment_draft {
    struct comment_input input; /* normalised: NFC, LF, trimmed */
    slice html;
    slice checks;                  /* JSON array */
    enum comment_fate fate;        /* abuse_look's */
    struct likeness_mark likeness; /* likewise */
    slice parent_name;             /* of whom it answers */
    int64_t text_hash;             /* of the folded text: comment_text.h */
    bool unread;                   /* its words are read after it was taken: proofreading.h */
    bool counts_later; /* set by the caller, who then calls comment_count_submitted in the same transaction */
    comment_number root;
    comment_number repeats; /* the same words by the same hand in another discussion; 0: none */
    int64_t charter_version;
};

/* Worker, read connection: checks and renders. INVALID with *problems filled (all of them, not only the first).
   NOT_FOUND: no such article. max_characters: the setting for the text's length. '@name' links to the latest published
   message of that name in the discussion. Checks: comment_text.h lists the codes ("links", "capitals", "short",
   "repeated"). */
enum status comment_prepare(struct db *db, struct arena *arena, const struct comment_input *input,
                            int64_t max_characters, struct comment_draft *out, struct comment_problems *problems,
                            struct error *error) MUST_USE;

struct comment_receipt {
    comment_number number;
    enum comment_state state; /* pending, or published under post-moderation */
    slice secret;             /* of the private link; empty when the same form had been sent before and `repeated` */
    bool repeated;            /* the same form (secret) was received already: nothing new was written */
    bool uncounted;           /* one of the discussion that comment_count_submitted is still to be told of */
};
/* Writer. Checks again what may have changed (discussion open, parent published, secret). INVALID with *problems. */
enum status comment_submit(struct db *db, struct arena *arena, const struct comment_draft *draft,
                           struct comment_receipt *out, struct comment_problems *problems,
                           struct error *error) MUST_USE;

/* Writer: the counters of what waits, for so many messages of drafts that count later: once for many. */
enum status comment_count_submitted(struct db *db, article_id article, int64_t count, struct error *error) MUST_USE;

/* Writer: the author's edit. While the message is pending, always; published, within the window after sending
   (edit_window_ms; 0: never) and only where moderation is 'post' in effect: under pre-moderation nothing unread takes the
   place of what was approved. The earlier text is kept as a revision; readers see a mark when it was published. version is
   the one the form was made from. CONFLICT when it can no longer be edited, or version differs. A decision made upon the
   earlier version meets CONFLICT. The draft was prepared with input.editing. */
enum status comment_edit_own(struct db *db, comment_number number, int64_t version, const struct comment_draft *draft,
                             int64_t edit_window_ms, struct error *error) MUST_USE;
/* Writer: the author takes the message back. CONFLICT when its state does not allow it. */
enum status comment_withdraw(struct db *db, comment_number number, struct error *error) MUST_USE;

/* Writer: the desk's edit, marked visibly; earlier text kept; a decision 'edit', which can be undone. CONFLICT: version
   differs, or withdrawn by its author. */
enum status comment_edit_desk(struct db *db, comment_number number, int64_t version, const struct comment_draft *draft,
                              account_id by, slice note, struct error *error) MUST_USE;

struct comment_revision {
    int64_t version;
    time_ms at;
    bool by_desk;
    slice name, title, text_source;
};
enum status comment_revisions(struct db *db, struct arena *arena, comment_number number,
                              struct comment_revision **items, size_t *count, struct error *error) MUST_USE;

#endif
