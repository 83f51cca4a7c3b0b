/* Files that are part of the binary: templates, style sheets, migrations, translations, the demonstration.
 *
 * The tables are generated at build time by script/embed.py, sorted by path, and immutable: any thread may
 * read them at any time. Everything returned is borrowed and lives as long as the program. */
#ifndef PALABRE_BASE_EMBEDDED_H
#define PALABRE_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *path;          /* below the table's folder, '/' between parts: "templates/page.mustache" */
    const unsigned char *data; /* size bytes, and one NUL after them that is not counted */
    size_t size;
};

extern const struct embedded_file embedded_web[]; /* web/ */
extern const size_t embedded_web_count;
extern const struct embedded_file embedded_migrations[]; /* db/sqlite/ */
extern const size_t embedded_migrations_count;
extern const struct embedded_file embedded_migrations_postgresql[]; /* db/postgresql/ */
extern const size_t embedded_migrations_postgresql_count;
extern const struct embedded_file embedded_catalogs[]; /* po/LANGUAGE.po compiled: "fr.mo" */
extern const size_t embedded_catalogs_count;
extern const struct embedded_file embedded_demo[]; /* demo/ */
extern const size_t embedded_demo_count;

/* The file of exactly this path in a table of count entries sorted by path; NULL when there is none. */
const struct embedded_file *embedded_find(const struct embedded_file *table, size_t count, const char *path);

#endif
