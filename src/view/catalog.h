/* Translations: the messages of one language, read from a GNU .mo file that is part of the binary.

   Why not gettext(3) itself: its language is the process's (or, with uselocale, the thread's), it finds its files by the
   system's locales, which must have been generated on the machine, and it needs a file system that the sandbox has
   closed. One server answers in several languages at once, on any thread. The files and the tools (xgettext, msgmerge,
   msgfmt, any .po editor) are gettext's.

   Message ids are English text. A message that a catalog lacks is given back as it is. Catalogs are immutable: any
   thread.

   In C code, mark every message for people with T or TN, so that script/extract-messages finds it:
     slice text = catalog_get(catalog, T("Reply to this message"));
     slice text = catalog_get_plural(catalog, TN("1 comment", "{count} comments"), n);
   T also stands in tables ({.title = T("Spam")}), to be looked up later. For templates see web/templates/README.md. */
#ifndef PALABRE_VIEW_CATALOG_H
#define PALABRE_VIEW_CATALOG_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

#define T(message) "" message
#define TN(one, many) "" one, "" many

struct catalog;

enum {
    CATALOG_MAX_PLURAL_FORMS = 6, /* Arabic has six; no language in the manual of gettext has more */
};

/* English: gives every message back as it is; two plural forms, the first for n == 1. Static. */
const struct catalog *catalog_english(void);

/* Reads a .mo file (GNU gettext manual, "The Format of GNU MO Files": either byte order, revision 0 or 1 without
   system-dependent strings). The bytes are borrowed and must outlive the catalog; every offset in them is checked.
   language: its BCP 47 tag, "fr"; copied. INVALID when the bytes are not such a file, are not UTF-8, or hold a
   Plural-Forms line that is not C's. */
enum status catalog_open(slice mo, slice language, struct catalog **out, struct error *error) MUST_USE;
void catalog_free(struct catalog *catalog); /* NULL is fine */
void catalog_free_p(struct catalog **catalog);

/* The same from the table of the binary: "fr" reads fr.mo, "en" is an identity catalog unless there is an en.mo.
   NOT_FOUND for a language that the binary has not. */
enum status catalog_open_embedded(slice language, struct catalog **out, struct error *error) MUST_USE;

slice catalog_language(const struct catalog *catalog); /* borrowed, NUL-terminated */

/* Borrowed: the translation, or the message itself. */
slice catalog_get(const struct catalog *catalog, const char *message);
slice catalog_get_slice(const struct catalog *catalog, slice message);
slice catalog_get_plural(const struct catalog *catalog, const char *one, const char *many, int64_t n);

bool catalog_has(const struct catalog *catalog, slice message); /* a translation of it */

/* Plural forms one by one, for templates. form < catalog_plural_forms(). What the catalog lacks is English: choose its
   forms by catalog_english() then. */
unsigned catalog_plural_forms(const struct catalog *catalog);
unsigned catalog_plural_form(const struct catalog *catalog, int64_t n); /* of |n| */
slice catalog_get_form(const struct catalog *catalog, slice one, slice many, unsigned form);

/* A message with places: "In reply to {name}" (never %s: a translation may move a place, and must not be able to crash
   anything). A place without an argument stays as it is.
     catalog_format(arena, catalog_get(c, T("In reply to {name}")),
                    (struct catalog_argument[]){{S("name"), name}}, 1) */
struct catalog_argument {
    slice name, value;
};
slice catalog_format(struct arena *arena, slice message, const struct catalog_argument *arguments, size_t count);

#endif
