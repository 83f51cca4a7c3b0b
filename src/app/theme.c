#include "app/theme.h"

#include "app/theme_style.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILES_MAX = 500,
    FILE_BYTES = 2 * 1024 * 1024,
    NESTING_MAX = 4, /* folders within templates/ or static/ */
    PATH_BYTES = 4096,
};

struct own {
    struct embedded_file file; /* owned: path and data */
    bool is_out;               /* it has a mistake */
};

struct theme {
    struct own *own;
    size_t own_count;
    struct embedded_file *files; /* built-in ones with ours in place */
    size_t count;
    theme_report report;
    void *ctx;
};

static void say(struct theme *theme, const char *path, size_t line, const char *what) {
    struct buf b;
    buf_init(&b, 2 * PATH_BYTES);
    buf_add_format(&b, "theme/%s", path);
    if (line) buf_add_format(&b, ":%zu", line);
    buf_add_format(&b, ": %s", what);
    theme->report(theme->ctx, buf_slice(&b));
    buf_fini(&b);
}

/* --- Reading -------------------------------------------------------------------------------------------------------- */

/* Borrowed: what is wrong; NULL: it was read. */
static const char *read_whole(int folder, const char *name, struct buf *out) {
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    char piece[16 * 1024];
    ssize_t n = 0;
    if (fd < 0) return strerror(errno);
    buf_init(out, FILE_BYTES);
    const char *wrong = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? NULL : "not a file";
    while (!wrong && (n = read(fd, piece, sizeof piece)) > 0) buf_add(out, slice_make(piece, (size_t)n));
    if (!wrong && n < 0) wrong = strerror(errno);
    if (!wrong && out->status != OK) wrong = "larger than 2 MiB";
    close(fd);
    return wrong;
}

static void add_file(struct theme *theme, int folder, const char *name, const char *path) {
    struct buf body = {0};
    if (theme->own_count == FILES_MAX) {
        say(theme, path, 0, "there are more than 500 files");
        return;
    }
    const char *wrong = read_whole(folder, name, &body);
    if (wrong) {
        say(theme, path, 0, wrong);
        buf_fini(&body);
        return;
    }
    slice data = buf_take(&body);
    struct own *own = &theme->own[theme->own_count++];
    own->file.path = memory_copy_text(path);
    own->file.data = (const unsigned char *)data.p;
    own->file.size = data.n;
}

static void read_folder(struct theme *theme, int fd, const char *below, int nesting);

static void read_entry(struct theme *theme, int folder, const char *name, const char *below, int nesting) {
    char path[PATH_BYTES];
    struct stat st;
    if (name[0] == '.' || snprintf(path, sizeof path, "%s%s", below, name) >= (int)sizeof path - 1) return;
    if (fstatat(folder, name, &st, 0) != 0 || !S_ISDIR(st.st_mode)) {
        add_file(theme, folder, name, path);
        return;
    }
    int fd = nesting < NESTING_MAX ? openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) {
        say(theme, path, 0, "this folder cannot be read");
        return;
    }
    memcpy(path + strlen(path), "/", 2);
    read_folder(theme, fd, path, nesting + 1);
}

/* Takes fd. */
static void read_folder(struct theme *theme, int fd, const char *below, int nesting) {
    DIR *folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        read_entry(theme, dirfd(folder), entry->d_name, below, nesting);
    closedir(folder);
}

/* --- Putting together ------------------------------------------------------------------------------------------------ */

static int compare_files(const void *a, const void *b) {
    return strcmp(((const struct embedded_file *)a)->path, ((const struct embedded_file *)b)->path);
}

static const struct embedded_file *own_file(const struct theme *theme, const char *path) {
    for (size_t i = 0; i < theme->own_count; i++)
        if (!theme->own[i].is_out && strcmp(theme->own[i].file.path, path) == 0) return &theme->own[i].file;
    return NULL;
}

static bool is_built_in(const char *path) { return embedded_find(embedded_web, embedded_web_count, path) != NULL; }

static void merge(struct theme *theme) {
    theme->count = 0;
    for (size_t i = 0; i < embedded_web_count; i++) {
        const struct embedded_file *own = own_file(theme, embedded_web[i].path);
        theme->files[theme->count++] = own ? *own : embedded_web[i];
    }
    for (size_t i = 0; i < theme->own_count; i++)
        if (!theme->own[i].is_out && !is_built_in(theme->own[i].file.path))
            theme->files[theme->count++] = theme->own[i].file;
    qsort(theme->files, theme->count, sizeof *theme->files, compare_files);
}

/* --- Checking --------------------------------------------------------------------------------------------------------- */

static void check_file(struct theme *theme, struct own *own) {
    slice path = slice_of(own->file.path), data = slice_make(own->file.data, own->file.size);
    bool is_template = slice_starts(path, S("templates/")) && slice_ends(path, S(".mustache"));
    bool is_style = slice_starts(path, S("static/")) && slice_ends(path, S(".css"));
    size_t line = 0;
    const char *wrong = NULL;
    if (!is_template && !slice_starts(path, S("static/")))
        wrong = "this is neither templates/….mustache nor static/…";
    else if ((is_template || is_style) && !utf8_is_valid(data))
        wrong = "not UTF-8";
    else if (is_style)
        wrong = theme_style_mistake(data, &line);
    own->is_out = wrong != NULL;
    if (wrong) say(theme, own->file.path, line, wrong);
}

/* The file of ours that the mistake names: "templates/home.mustache:12: …". */
static struct own *guilty(struct theme *theme, slice mistake) {
    for (size_t i = 0; i < theme->own_count; i++) {
        slice path = slice_of(theme->own[i].file.path);
        bool is_named = slice_starts(mistake, path) && mistake.n > path.n && mistake.p[path.n] == ':';
        if (is_named && !theme->own[i].is_out) return &theme->own[i];
    }
    return NULL;
}

static void leave_out_all_templates(struct theme *theme) {
    for (size_t i = 0; i < theme->own_count; i++)
        if (slice_starts(slice_of(theme->own[i].file.path), S("templates/"))) theme->own[i].is_out = true;
}

/* Compiles all templates together, as they will be used; what is named as wrong goes, until nothing is. */
static void check_templates(struct theme *theme, const struct catalog *catalog) {
    for (;;) {
        struct templates *templates = NULL;
        struct error error = {OK, ""};
        merge(theme);
        if (templates_open_table(theme->files, theme->count, catalog, &templates, &error) == OK) {
            templates_free(templates);
            return;
        }
        slice mistake = slice_of(error.detail);
        struct own *own = guilty(theme, mistake);
        struct buf b;
        buf_init(&b, sizeof error.detail + 64);
        buf_add_format(&b, "theme/%.*s", SLICE_FMT(mistake));
        theme->report(theme->ctx, buf_slice(&b));
        buf_fini(&b);
        if (own)
            own->is_out = true;
        else
            leave_out_all_templates(theme); /* a built-in one misses what one of ours had */
    }
}

enum status theme_open(slice folder, struct catalog *const *catalogs, size_t catalog_count, theme_report report,
                       void *ctx, struct theme **out, struct error *error) {
    char path[PATH_BYTES];
    if (folder.n >= sizeof path) return error_set(error, INVALID, "the path of the theme is too long");
    if (folder.n) memcpy(path, folder.p, folder.n);
    path[folder.n] = '\0';
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return error_set(error, UNAVAILABLE, "the theme in %s cannot be read: %s", path, strerror(errno));
    struct theme *theme = NEW(struct theme);
    theme->report = report;
    theme->ctx = ctx;
    theme->own = memory_alloc_array(FILES_MAX, sizeof *theme->own);
    if (fd >= 0) read_folder(theme, fd, "", 0);
    theme->files = memory_alloc_array(embedded_web_count + theme->own_count, sizeof *theme->files);
    for (size_t i = 0; i < theme->own_count; i++) check_file(theme, &theme->own[i]);
    for (size_t i = 0; i < catalog_count && theme->own_count > 0; i++) check_templates(theme, catalogs[i]);
    merge(theme);
    *out = theme;
    return OK;
}

void theme_free(struct theme *theme) {
    if (!theme) return;
    for (size_t i = 0; i < theme->own_count; i++) {
        memory_free((void *)(uintptr_t)theme->own[i].file.path);
        memory_free((void *)(uintptr_t)theme->own[i].file.data);
    }
    memory_free(theme->own);
    memory_free(theme->files);
    memory_free(theme);
}

const struct embedded_file *theme_files(const struct theme *theme, size_t *count) {
    *count = theme ? theme->count : embedded_web_count;
    return theme ? theme->files : embedded_web;
}

size_t theme_replaced(const struct theme *theme) {
    size_t count = 0;
    for (size_t i = 0; i < theme->own_count; i++) count += !theme->own[i].is_out;
    return count;
}
