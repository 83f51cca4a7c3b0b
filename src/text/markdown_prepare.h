/* What is done to a source before md4c reads it. For markdown.c only. */
#ifndef PALABRE_TEXT_MARKDOWN_PREPARE_H
#define PALABRE_TEXT_MARKDOWN_PREPARE_H

#include "base/buf.h"
#include "text/markdown.h"

/* Appends the source, with what the dialect does not have escaped by backslashes, and with what would take md4c more than
   linear time taken out: markers of containers beyond MARKDOWN_MAX_DEPTH, special characters inside bare addresses
   (which we find ourselves). Linear in the source. */
void markdown__prepare(enum markdown_dialect dialect, slice source, struct buf *out);

#endif
