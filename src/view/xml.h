/* Writing XML 1.0 (feeds, sitemap): text that is well formed whatever comes in. Errors stick in the buffer. */
#ifndef PALABRE_VIEW_XML_H
#define PALABRE_VIEW_XML_H

#include "base/buf.h"

/* Escaped, for text and for attribute values in double quotes; what XML 1.0 §2.2 does not allow (control characters,
   U+FFFE, U+FFFF, malformed UTF-8) is left out. */
void xml_add_text(struct buf *out, slice text);
/* <name>text</name>; nothing at all when text is empty. name: a literal. */
void xml_add_element(struct buf *out, slice name, slice text);
/* ' name="value"' */
void xml_add_attribute(struct buf *out, slice name, slice value);

#endif
