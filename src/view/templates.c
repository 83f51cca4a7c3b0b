#include "view/templates.h"

#include "base/memory.h"
#include "view/mustache.h"

#include <stdlib.h>

struct entry {
    slice name; /* borrowed from the table */
    struct mustache *template;
};

struct templates {
    const struct catalog *catalog;
    size_t count;
    struct entry *entries; /* sorted by name */
};

static int compare_entries(const void *a, const void *b) {
    return slice_compare(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static const struct mustache *find(const void *context, slice name) {
    const struct templates *templates = context;
    if (templates->count == 0) {
        return NULL;
    }
    const struct entry wanted = {.name = name};
    const struct entry *found = bsearch(&wanted, templates->entries, templates->count, sizeof wanted, compare_entries);
    return found ? found->template : NULL;
}

/* "article" of "templates/article.mustache"; the empty slice for a file that is no template. */
static slice name_of(const char *path_text) {
    slice path = slice_of(path_text);
    slice folder = S("templates/");
    slice suffix = S(".mustache");
    if (!slice_starts(path, folder) || !slice_ends(path, suffix) || path.n <= folder.n + suffix.n) {
        return S("");
    }
    return slice_sub(path, folder.n, path.n - suffix.n);
}

static enum status compile(const struct embedded_file *file, slice name, const struct catalog *catalog,
                           struct mustache **out, struct error *error) {
    bool plain = slice_ends(name, S(".text"));
    const struct mustache_options options = {
        .always_escape = true,
        .plain_text = plain,
        .drop_indentation = !plain,
        .strict = true,
        .catalog = catalog,
    };
    return mustache_compile(slice_make(file->data, file->size), slice_of(file->path), &options, out, error);
}

enum status templates_open_table(const struct embedded_file *table, size_t count, const struct catalog *catalog,
                                 struct templates **out, struct error *error) {
    struct templates *templates = NEW(struct templates);
    templates->catalog = catalog;
    templates->entries = memory_alloc_array(count, sizeof *templates->entries);
    enum status status = OK;
    for (size_t i = 0; i < count && status == OK; i++) {
        slice name = name_of(table[i].path);
        struct entry *entry = &templates->entries[templates->count];
        if (name.n) {
            status = compile(&table[i], name, catalog, &entry->template, error);
            entry->name = name;
            templates->count += status == OK;
        }
    }
    /* The table is sorted by path, in which '.' of the suffix counts: "a-b" comes before "a", "a/b" after it. */
    qsort(templates->entries, templates->count, sizeof *templates->entries, compare_entries);
    for (size_t i = 0; i < templates->count && status == OK; i++) {
        status = mustache_link(templates->entries[i].template, find, templates, error);
    }
    if (status == OK) {
        *out = templates;
    } else {
        templates_free(templates);
    }
    return status;
}

enum status templates_open(const struct catalog *catalog, struct templates **out, struct error *error) {
    return templates_open_table(embedded_web, embedded_web_count, catalog, out, error);
}

void templates_free(struct templates *templates) {
    if (!templates) {
        return;
    }
    for (size_t i = 0; i < templates->count; i++) {
        mustache_free(templates->entries[i].template);
    }
    memory_free(templates->entries);
    memory_free(templates);
}

void templates_free_p(struct templates **templates) { templates_free(*templates); }

const struct catalog *templates_catalog(const struct templates *templates) { return templates->catalog; }

bool templates_has(const struct templates *templates, slice name) { return find(templates, name) != NULL; }

enum status templates_render(const struct templates *templates, slice name, const struct value *data, struct buf *out,
                             struct error *error) {
    const struct mustache *template = find(templates, name);
    if (!template) {
        return error_set(error, NOT_FOUND, "there is no template '%.*s'", SLICE_FMT(name));
    }
    return mustache_render(template, data, out, error);
}
