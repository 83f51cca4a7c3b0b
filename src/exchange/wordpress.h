/* Moving in from WordPress: an export file (WXR 1.0–1.2) becomes articles, sections and comments.

   What becomes of what:
     post, page         article, page (drafts, scheduled, private and password-protected ones: drafts; trash: withdrawn)
     first category     section, made when it is missing
     excerpt            standfirst, without markup
     content            HTML, cleaned (text/sanitize.h)
     author             by-line, by the name the export shows
     <link>, <guid>     old addresses, which redirect; so does /?p=ID (/?page_id=ID)
     comment            comment with its date, author, thread; its old number when the site has never given it
       approved 1       published        0, hold    pending
       spam             spam             trash      removed when published messages answer it (a stub keeps the thread
                                                    together), else rejected
       type pingback, trackback, review: comments, with the other site's address. Other types are left out.
   A published reply to a message that is not shown hangs from the nearest one above that is, or stands on its own.
   Everything else is counted in the report.

   Keys are the blog's address with the post's and the comment's number: a second run adds only what is new, and changes
   nothing that is there. All of it is one transaction. */
#ifndef PALABRE_EXCHANGE_WORDPRESS_H
#define PALABRE_EXCHANGE_WORDPRESS_H

#include "db/db.h"
#include "exchange/report.h"

struct wordpress_options {
    bool dry_run; /* everything is done, and undone */
    /* Called after each item, and now and then within a long one; may be NULL. bytes_done grows, up to bytes_total (0:
       unknown). progress.h has what to do with it. */
    void (*progress)(void *ctx, int64_t bytes_done, int64_t bytes_total, int64_t articles, int64_t comments);
    void *progress_ctx;
    /* What is kept of a commenter's address (a textual IP address, as in the file); may be NULL: nothing is. Sets the
       two (in the arena) or leaves them empty. Called by one thread at a time, which need not be the caller's. */
    void (*address)(void *ctx, struct arena *arena, slice ip, slice *fingerprint, slice *sealed);
    void *address_ctx;
};

/* Imports the file into the site of this database (which has its site's row). Write connection, no transaction open; on
   any failure the database is as it was. out is filled as far as it got, also on failure; free it with import_report_fini
   either way. INVALID: not an export, or broken (the detail gives the line), NOT_FOUND, UNAVAILABLE: the file or the
   database cannot be used; LIMIT (wxr.h). Details begin with the file's path. */
enum status wordpress_import(struct db *write, slice file_path, const struct wordpress_options *options,
                             struct import_report *out, struct error *error) MUST_USE;
/* The same on bytes in memory. */
enum status wordpress_import_memory(struct db *write, slice bytes, const struct wordpress_options *options,
                                    struct import_report *out, struct error *error) MUST_USE;

#endif
