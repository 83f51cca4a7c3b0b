/* Reading a WordPress export (WordPress eXtended RSS 1.0–1.2) as a stream: one item at a time, with its comments.
   Only the form is known here; what becomes of an item is wordpress.h's.

   libxml2's text reader does the parsing, but for comments in the form WordPress gives them (wxr_shortcut.h): no network, no entity is ever expanded, a document type declaration is
   refused (no export has one, and nothing that it could do is wanted), text nodes of at most 10 MB, elements at most 256
   deep. Memory is bounded by the largest item. One thread.

   struct wxr_reader *reader;
   wxr_open_file(path, &reader, error);
   while ((status = wxr_next(reader, arena, &item, error)) == OK) { …; arena_reset(arena); }
   status is NOT_FOUND when the whole document has been read and was well-formed to its end. */
#ifndef PALABRE_EXCHANGE_WXR_H
#define PALABRE_EXCHANGE_WXR_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

enum {
    WXR_ITEM_MAX = 1024 * 1024 * 1024,  /* bytes of text in one item, comments included; more is LIMIT */
    WXR_COMMENTS_MAX = 4 * 1000 * 1000, /* in one item; more is LIMIT */
    WXR_CHANNEL_MAX = 64 * 1024 * 1024, /* bytes: authors and categories together; more is LIMIT */
};

/* An arena for wxr_next needs this ceiling. It takes memory only as it is used. */
#define WXR_ARENA_MAX ((size_t)8 * 1024 * 1024 * 1024)

/* All texts are as in the file (entities of XML resolved, white space kept); empty when the element is missing. */
struct wxr_comment {
    int64_t line; /* of its start tag */
    slice id, author, email, website, ip, date, date_gmt, content, approved, type, parent;
};
struct wxr_term {
    slice domain, nicename, name; /* domain: "category", "post_tag", "post_format"… */
    slice description;            /* of the category, if the channel has told it by then; borrowed from the reader */
};
struct wxr_item {
    int64_t line;
    slice title, link, guid, pub_date, creator, content, excerpt;
    slice post_id, post_date, post_date_gmt, post_modified, post_modified_gmt, post_name, post_parent, post_type;
    slice status, post_password, comment_status, is_sticky, menu_order, attachment_url;
    slice creator_name; /* the name the creator shows, if the channel has told it by then; borrowed from the reader */
    slice image_alt;    /* postmeta _wp_attachment_image_alt */
    bool has_thumbnail; /* postmeta _thumbnail_id: a featured image */
    size_t meta_count;  /* postmeta that WordPress does not hide (their name does not start with '_') */
    struct wxr_term *terms;
    size_t term_count;
    struct wxr_comment *comments; /* in the file's order */
    size_t comment_count;
};

/* What stands before the items. Complete after the first wxr_next: exports write it first. */
struct wxr_channel {
    slice title, link, language, version, base_blog_url;
};

struct wxr_reader;

/* Looks at the beginning: INVALID when it is not XML, not RSS, not WordPress's (no namespace of
   wordpress.org/export/1.x) or compressed; NOT_FOUND, UNAVAILABLE when the file cannot be read. Details name the line,
   not the file. */
enum status wxr_open_file(const char *path, struct wxr_reader **out, struct error *error) MUST_USE;
/* The same on bytes in memory, borrowed until wxr_close. */
enum status wxr_open_memory(slice bytes, struct wxr_reader **out, struct error *error) MUST_USE;
void wxr_close(struct wxr_reader *reader);    /* NULL is fine */
void wxr_close_p(struct wxr_reader **reader); /* for CLEANUP */

/* The next item, in the arena. NOT_FOUND after the last one, at the document's end. INVALID: not well-formed here (the
   detail begins with "line N: "), LIMIT: a ceiling above. After an error the reader only fails. */
enum status wxr_next(struct wxr_reader *reader, struct arena *arena, struct wxr_item *out,
                     struct error *error) MUST_USE;

const struct wxr_channel *wxr_channel(const struct wxr_reader *reader); /* borrowed from the reader */
/* The name an author shows, by login; empty when the export does not say. Borrowed from the reader. */
slice wxr_author_name(const struct wxr_reader *reader, slice login);
/* The description of a category, by nicename; empty when it has none. Borrowed from the reader. */
slice wxr_category_description(const struct wxr_reader *reader, slice nicename);

int64_t wxr_bytes_read(const struct wxr_reader *reader);  /* of the file, so far */
int64_t wxr_bytes_total(const struct wxr_reader *reader); /* the file's size; 0 when it is not a regular file */
/* Control characters that XML forbids, and that WordPress writes all the same: left out while reading. */
int64_t wxr_controls_dropped(const struct wxr_reader *reader);

#endif
