/* An operator's theme: a folder whose files take the place of the built-in ones, one by one.

     theme/templates/home.mustache     the template of the home page (web/templates/README.md says what it is given)
     theme/static/site.css             the style sheet
     theme/static/logo.png             one more file: {{#asset}} … or /static/logo.png

   Read and checked once, at the start. A file with a mistake is reported with its line, and the built-in one stays: a
   mistake in a theme never keeps readers out. */
#ifndef PALABRE_APP_THEME_H
#define PALABRE_APP_THEME_H

#include "base/embedded.h"
#include "base/error.h"
#include "view/catalog.h"
#include "view/templates.h"

struct theme;

/* line: "theme/templates/home.mustache:12: the section 'articles' is not closed". */
typedef void (*theme_report)(void *ctx, slice line);

/* Reads the folder; one that is not there is an empty theme. catalogs: the languages in which templates are to be compiled. Each
   mistake is reported. UNAVAILABLE: the folder cannot be read. */
enum status theme_open(slice folder, struct catalog *const *catalogs, size_t catalog_count, theme_report report,
                       void *ctx, struct theme **out, struct error *error) MUST_USE;
void theme_free(struct theme *theme); /* NULL is fine. After all that was made of its files */

/* The built-in files with the theme's in their places, sorted by path. NULL: the built-in ones. */
const struct embedded_file *theme_files(const struct theme *theme, size_t *count);
size_t theme_replaced(const struct theme *theme); /* how many files are the theme's */

#endif
