/* A rendered page: immutable bytes in every encoding, each with the head of its 200 and of its 304 answer, shared by
   reference. Made once, off the loops; read by any thread. */
#ifndef PALABRE_CACHE_PAGE_H
#define PALABRE_CACHE_PAGE_H

#include "base/blob.h"
#include "base/clock.h"

enum page_encoding { PAGE_IDENTITY, PAGE_GZIP, PAGE_ZSTD, PAGE_BROTLI, PAGE_ENCODINGS }; /* as http/negotiate.h */

enum { PAGE_HASH_BYTES = 12 }; /* of an entity tag: enough to tell versions of one page apart */

struct page_variant {
    struct blob *head;         /* status line and headers of the 200 (or other) answer */
    struct blob *not_modified; /* the same of the 304 */
    struct blob *body;
    slice etag; /* with its quotes: one per encoding, RFC 9110 §8.8.3 */
};

struct page_head;
typedef struct blob *(*page_make_head)(void *ctx, const struct page_head *head);

struct page {
    _Atomic int references;
    struct page_variant variants[PAGE_ENCODINGS]; /* head NULL: this encoding does not pay, or is not there yet */
    unsigned available;                           /* a sum of 1 << encoding */
    bool unfinished;                              /* page_compress has not been called, and would pay */
    slice tag;           /* what the maker wants to find again: the slug its address must have */
    time_ms fresh_until; /* to be made again, in the background, once this moment has passed; 0: never */
    size_t bytes;        /* all it holds */
    unsigned char hash[PAGE_HASH_BYTES]; /* of its plain bytes */
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
/* How much is done about compression when the page is made. */
enum page_effort {
    PAGE_LATER,    /* nothing: it can be served at once, and page_compress makes the rest */
    PAGE_NOW,      /* what pays */
    PAGE_THOROUGH, /* the strongest there is: for what is made once (static files) */
};

struct page_source {
    struct buf *body;   /* taken */
    int status;         /* 200 … */
    slice content_type; /* static */
    slice tag;          /* copied */
    time_ms fresh_until;
    enum page_effort effort;
    const void *extra; /* handed to make_head; static */
};

/* One reference, the caller's. */
struct page *page_new(const struct page_source *source, page_make_head make_head, void *ctx);
/* The same page, with brotli, gzip and zstd where it is larger than a packet and they make it smaller. One reference, the
   caller's; the bytes themselves are shared. Some milliseconds; PAGE_THOROUGH: a hundred. */
struct page *page_compress(const struct page *page, enum page_effort effort);
struct page *page_ref(struct page *page);
void page_unref(struct page *page); /* NULL is fine */

#endif
