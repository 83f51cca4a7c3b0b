/* All templates, compiled for one language. One set per language, immutable, shared by every thread.

   The templates are web/templates/ of the source tree, embedded in the binary: "templates/article.mustache" is the
   template "article", "templates/desk/queue.mustache" is "desk/queue"; partials and parents are named in the same way. A template whose
   name ends in ".text" ("mail/receipt.text") is plain text: nothing is escaped, indentation is kept. */
#ifndef PALABRE_VIEW_TEMPLATES_H
#define PALABRE_VIEW_TEMPLATES_H

#include "base/buf.h"
#include "base/embedded.h"
#include "base/error.h"
#include "base/slice.h"
#include "view/catalog.h"
#include "view/value.h"

struct templates;

/* Compiles the embedded templates with the catalog's translations. The catalog must outlive the set. INVALID or
   NOT_FOUND with file and line on a template's mistake. */
enum status templates_open(const struct catalog *catalog, struct templates **out, struct error *error) MUST_USE;
/* The same from another table of count entries: those below "templates/" that end in ".mustache". For tests. */
enum status templates_open_table(const struct embedded_file *table, size_t count, const struct catalog *catalog,
                                 struct templates **out, struct error *error) MUST_USE;
void templates_free(struct templates *templates); /* NULL is fine */
void templates_free_p(struct templates **templates);

const struct catalog *templates_catalog(const struct templates *templates); /* borrowed */
bool templates_has(const struct templates *templates, slice name);

/* Appends the template of this name to out. NOT_FOUND when there is none; LIMIT as mustache_render. */
enum status templates_render(const struct templates *templates, slice name, const struct value *data, struct buf *out,
                             struct error *error) MUST_USE;

#endif
