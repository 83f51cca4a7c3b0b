#include "text/tongue.h"

#include "base/buf.h"
#include "base/memory.h"

#include <libexttextcat/textcat.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LANGUAGES_MAX = 16, LOOKED_AT = 2000 /* bytes: more make it no surer */ };

struct tongue {
    pthread_mutex_t lock; /* the handle has one buffer for its answers */
    void *handle;
    slice languages[LANGUAGES_MAX]; /* borrowed */
    size_t count;
};

/* The library wants a file that lists the fingerprints; the one that comes with them lists 250. */
static void *open_handle(slice folder, const slice *languages, size_t count) {
    struct buf list CLEANUP(buf_fini);
    char path[64], prefix[4096];
    buf_init(&list, 4096);
    for (size_t i = 0; i < count; i++)
        buf_add_format(&list, "%.*s.lm %.*s\n", SLICE_FMT(languages[i]), SLICE_FMT(languages[i]));
    int n = snprintf(prefix, sizeof prefix, "%.*s/", SLICE_FMT(folder));
    int fd = memfd_create("languages", MFD_CLOEXEC);
    if (fd < 0 || n < 0 || (size_t)n >= sizeof prefix) return NULL;
    void *handle = NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (write(fd, list.p, list.n) == (ssize_t)list.n) handle = special_textcat_Init(path, prefix);
    close(fd);
    return handle;
}

static bool has_fingerprint(slice folder, slice language) {
    char path[4096];
    int n = snprintf(path, sizeof path, "%.*s/%.*s.lm", SLICE_FMT(folder), SLICE_FMT(language));
    return n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0;
}

enum status tongue_new(slice folder, const slice *languages, size_t count, struct tongue **out, struct error *error) {
    if (count > LANGUAGES_MAX) return error_set(error, LIMIT, "more than %d languages", LANGUAGES_MAX);
    for (size_t i = 0; i < count; i++)
        if (!has_fingerprint(folder, languages[i]))
            return error_set(error, UNAVAILABLE, "no %.*s.lm in %.*s", SLICE_FMT(languages[i]), SLICE_FMT(folder));
    void *handle = open_handle(folder, languages, count);
    if (!handle) return error_set(error, UNAVAILABLE, "the fingerprints in %.*s cannot be read", SLICE_FMT(folder));
    struct tongue *t = NEW(struct tongue);
    pthread_mutex_init(&t->lock, NULL);
    t->handle = handle;
    for (; t->count < count; t->count++) t->languages[t->count] = languages[t->count];
    *out = t;
    return OK;
}

void tongue_free(struct tongue *t) {
    if (!t) return;
    textcat_Done(t->handle);
    pthread_mutex_destroy(&t->lock);
    memory_free(t);
}

slice tongue_guess(struct tongue *t, slice text) {
    slice found = S("");
    pthread_mutex_lock(&t->lock);
    slice answer = slice_of(textcat_Classify(t->handle, text.p, text.n < LOOKED_AT ? text.n : LOOKED_AT));
    /* "[fr][en]", the likeliest first; UNKNOWN; SHORT */
    slice rest = answer;
    if (slice_starts(rest, S("["))) {
        rest = slice_after(rest, 1);
        slice first = slice_cut(&rest, ']');
        for (size_t i = 0; i < t->count; i++)
            if (slice_equal(first, t->languages[i])) found = t->languages[i];
    }
    pthread_mutex_unlock(&t->lock);
    return found;
}
