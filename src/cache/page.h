/* A rendered page: immutable bytes in every encoding, each with the head of its 200 and of its 304 answer, shared by
   reference. Made once, off the loops; read by any thread. */
#ifndef PALABRE_CACHE_PAGE_H
#define PALABRE_CACHE_PAGE_H

#include "base/blob.h"
#include "base/clock.h"

#include <stdatomic.h>

enum page_encoding { PAGE_IDENTITY, PAGE_GZIP, PAGE_ZSTD, PAGE_BROTLI, PAGE_ENCODINGS }; /* as http/negotiate.h */

enum { PAGE_HASH_BYTES = 12 }; /* of an entity tag: enough to tell versions of one page apart */

enum { PAGE_COMPRESSED = (1 << PAGE_GZIP) | (1 << PAGE_ZSTD) | (1 << PAGE_BROTLI) }; /* all of them, as a sum */

/* How much is done about compression. */
enum page_effort {
    PAGE_LATER,    /* nothing: the page can be served at once, and page_compress makes the rest */
    PAGE_FAST,     /* a fifth of a millisecond for 100 kB: for a page that changes while it is being read */
    PAGE_NOW,      /* what pays for a page that stands for a while */
    PAGE_THOROUGH, /* the strongest there is: for what is made once (static files) */
};

struct page_variant {
    struct blob *head;         /* status line and headers of the 200 (or other) answer */
    struct blob *not_modified; /* the same of the 304 */
    struct blob *body;
    /* With its quotes, one per encoding. Strong for the plain bytes, weak for a compressed form: it is the same page with
       whatever effort it was compressed, but not the same bytes (RFC 9110 §8.8.1). */
    slice etag;
    enum page_effort effort; /* spent so far, whether or not it paid */
};

struct page_head;
typedef struct blob *(*page_make_head)(void *ctx, const struct page_head *head);

struct page {
    _Atomic int references;
    struct page_variant variants[PAGE_ENCODINGS]; /* head NULL: this encoding does not pay, or is not there yet */
    unsigned available;                           /* a sum of 1 << encoding */
    _Atomic unsigned wanted;   /* the same: what readers would take, as page_want noted it; 0: nobody has read it */
    time_ms made_at;           /* its plain bytes */
    slice tag;                 /* what the maker wants to find again: the slug its address must have */
    time_ms fresh_until;       /* to be made again, in the background, once this moment has passed; 0: never */
    int64_t article, version;  /* the discussion it shows, and how that stood; 0: none */
    _Atomic int64_t confirmed; /* the maker's: when it last knew that the page is up to date */
    size_t bytes;              /* all it holds */
    unsigned char hash[PAGE_HASH_BYTES]; /* of its plain bytes */
    void *kept; /* what the maker wants to find again when it makes the page anew; NULL: nothing. Not in copies. */
    void (*kept_free)(void *kept);
    /* what its heads are made of */
    int status;
    slice content_type;
    const void *extra;
    page_make_head make_head;
    void *ctx;
};

/* What a head is made of; the app knows the other headers. */
struct page_head {
    int status; /* of the page, or 304 */
    slice content_type, etag;
    slice content_encoding; /* empty: identity */
    int64_t content_length; /* -1: none (304) */
    bool varies;            /* more than one encoding: Vary: Accept-Encoding */
    const void *extra;      /* page_source.extra */
};
struct page_source {
    struct buf *body;   /* taken */
    int status;         /* 200 … */
    slice content_type; /* static */
    slice tag;          /* copied */
    time_ms fresh_until;
    int64_t article, version, confirmed; /* see struct page */
    enum page_effort effort;
    const void *extra; /* handed to make_head; static */
    void *kept;        /* taken */
    size_t kept_bytes;
    void (*kept_free)(void *kept);
};

/* One reference, the caller's. */
struct page *page_new(const struct page_source *source, page_make_head make_head, void *ctx);
/* Adds compressed forms to a page that nobody else has yet: of these encodings (a sum) those on which less effort was
   spent so far, where it is larger than a packet and they make it smaller. */
void page_add_forms(struct page *page, enum page_effort effort, unsigned encodings);
/* Whether page_add_forms would have something to do. */
bool page_may_gain(const struct page *page, enum page_effort effort, unsigned encodings);
/* The same page with more forms, see page_add_forms; what it has already, and its plain bytes, are shared. One reference,
   the caller's. PAGE_NOW: a millisecond or two; PAGE_THOROUGH: a hundred. */
struct page *page_compress(const struct page *page, enum page_effort effort, unsigned encodings);
/* The same bytes in all their forms under other headers (page_source.extra). One reference, the caller's. */
struct page *page_with_extra(const struct page *page, const void *extra);
struct page *page_ref(struct page *page);
void page_unref(struct page *page); /* NULL is fine */

/* A reader would take these encodings (a sum); true: some of them for the first time. Any thread, costs a load. */
static inline bool page_want(struct page *page, unsigned encodings) {
    unsigned before = atomic_load_explicit(&page->wanted, memory_order_relaxed);
    if ((before & encodings) == encodings) return false;
    before = atomic_fetch_or_explicit(&page->wanted, encodings, memory_order_relaxed);
    return (before & encodings) != encodings;
}

#endif
