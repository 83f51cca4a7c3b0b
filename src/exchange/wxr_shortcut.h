/* A shortcut past the parser of XML for what an export mostly consists of: comments as WordPress writes them, element
   after element without attributes, their texts in CDATA or without entities. It stands between the file and libxml2,
   looks for runs of such comments right inside <item>, keeps them aside, and gives libxml2 one empty <wp:comment/> in
   their place, with their line ends. All else passes as it is: a comment written otherwise, or wrongly, is libxml2's, and so is
   what the prefix means, whether the document is well-formed, and every number of a line. For this folder only.

   A place's mark is drawn by chance for each reader, so that no file can hold one. */
#ifndef PALABRE_EXCHANGE_WXR_SHORTCUT_H
#define PALABRE_EXCHANGE_WXR_SHORTCUT_H

#include "exchange/wxr.h"
#include "exchange/xml_input.h"

/* X(element's name behind "wp:", member of struct wxr_comment), in WordPress's order. */
#define WXR_COMMENT_FIELDS(X)                                                                                          \
    X("comment_id", id)                                                                                                \
    X("comment_author", author)                                                                                        \
    X("comment_author_email", email)                                                                                   \
    X("comment_author_url", website)                                                                                   \
    X("comment_author_IP", ip)                                                                                         \
    X("comment_date", date)                                                                                            \
    X("comment_date_gmt", date_gmt)                                                                                    \
    X("comment_content", content)                                                                                      \
    X("comment_approved", approved)                                                                                    \
    X("comment_type", type)                                                                                            \
    X("comment_parent", parent)

/* The attribute that holds a place's mark. */
#define WXR_SHORTCUT_ATTRIBUTE S("n")

struct wxr_shortcut;

/* Sets itself before the input (xml_input.more). The input is borrowed, and must not have been read from. */
struct wxr_shortcut *wxr_shortcut_new(struct xml_input *input);
void wxr_shortcut_free(struct wxr_shortcut *shortcut); /* NULL is fine */

/* Comments that stood side by side. */
struct wxr_run {
    struct wxr_run *next;
    struct wxr_comment *comments; /* texts are in bytes */
    size_t count;
    char *bytes;
};
/* What stood where an element with this mark stands now; the caller's, to be freed. NULL: the element is the file's own. */
struct wxr_run *wxr_shortcut_take(struct wxr_shortcut *shortcut, slice mark);
void wxr_run_free(struct wxr_run *run);

#endif
