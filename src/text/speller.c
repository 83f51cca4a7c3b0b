/* Locks, none taken while another is held but as said: `languages` guards the list; a language's `lock` its two tables; a
   door's `lock` its handle (Hunspell works under it); `mutex` the queue of the thread that thinks. A door's lock may be
   held while a table's is taken, never the other way round. */
#include "text/speller.h"

#include "base/clock.h"
#include "base/memory.h"
#include "text/speller_near.h"

#include <hunspell/hunspell.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LANGUAGES_MAX = 16,
    TAG_BYTES = 24,
    DICTIONARIES = 2,      /* of one language */
    KNOWN_ENTRIES = 8192,  /* of 32 bytes; a power of two */
    THOUGHT_ENTRIES = 512, /* a power of two */
    QUEUE_MAX = 256,
    NEAR_SHARE = 80, /* percent of the budget in which to look nearby */
    IDLE_MS = 10 * 60 * 1000,
    TICK_MS = 5000,
};

/* --- Hunspell ------------------------------------------------------------------------------------------------------ */

static void *hunspell_open(const char *aff_path, const char *dic_path) {
    Hunhandle *handle = Hunspell_create(aff_path, dic_path);
    if (handle && strcmp(Hunspell_get_dic_encoding(handle), "UTF-8") == 0) return handle;
    if (handle) Hunspell_destroy(handle);
    return NULL; /* all of Debian's that we name are UTF-8 */
}

static void hunspell_close(void *handle) { Hunspell_destroy(handle); }

static bool hunspell_knows(void *handle, const char *word) { return Hunspell_spell(handle, word) != 0; }

static void hunspell_suggest(void *handle, const char *word, size_t most, struct buf *out) {
    char **list = NULL;
    int count = Hunspell_suggest(handle, &list, word);
    for (int i = 0; i < count && (size_t)i < most; i++) {
        buf_add(out, slice_of(list[i]));
        buf_add_char(out, '\n');
    }
    Hunspell_free_list(handle, &list, count);
}

static const struct speller_engine HUNSPELL = {hunspell_open, hunspell_close, hunspell_knows, hunspell_suggest};

/* --- What there is -------------------------------------------------------------------------------------------------- */

struct door {
    pthread_mutex_t lock;
    void *handle; /* NULL: not open */
    bool failed;
};

struct dictionary {
    char *aff, *dic;
    struct door front, back;
};

struct known {
    char word[30]; /* a longer one is not kept */
    unsigned char n;
    unsigned char state; /* of enum knowledge */
};
enum knowledge { UNHEARD, KNOWN, UNKNOWN };

struct thought {
    char word[SPELLER_WORD_BYTES];
    char found[SPELLER_SUGGESTIONS * 40]; /* each followed by a newline; what does not fit is left out */
    unsigned char n, found_n;
    enum { NOTHING, PENDING, READY } state;
};

struct language {
    slice root; /* the real path of the first dictionary: tags that name the same one share it; owned */
    struct dictionary dictionaries[DICTIONARIES];
    size_t dictionary_count;
    pthread_mutex_t lock;
    struct known *known; /* NULL: nothing was asked (lately) */
    struct thought *thoughts;
    _Atomic int64_t used_ms;
};

struct job {
    struct language *language;
    char word[SPELLER_WORD_BYTES];
};

struct speller {
    struct speller_options options;
    const struct speller_engine *engine;
    pthread_mutex_t languages;
    struct {
        char tag[TAG_BYTES];
        struct language *language; /* NULL: there is no dictionary */
    } tags[LANGUAGES_MAX];
    size_t tag_count;
    struct language *owned[LANGUAGES_MAX];
    size_t owned_count;
    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    struct job queue[QUEUE_MAX];
    size_t queue_first, queue_count;
    size_t waiting;
    bool has_thread, stopping;
    pthread_t thread;
};

static void door_init(struct door *door) { pthread_mutex_init(&door->lock, NULL); }

static void door_close(struct speller *s, struct door *door) {
    pthread_mutex_lock(&door->lock);
    if (door->handle) s->engine->close(door->handle);
    door->handle = NULL;
    pthread_mutex_unlock(&door->lock);
}

/* With the door's lock. */
static void *door_open(struct speller *s, struct dictionary *d, struct door *door) {
    if (!door->handle && !door->failed) {
        door->handle = s->engine->open(d->aff, d->dic);
        door->failed = !door->handle;
    }
    return door->handle;
}

static bool readable(const char *path) { return access(path, R_OK) == 0; }

static bool add_dictionary(struct speller *s, struct language *l, const char *name) {
    char aff[4096], dic[4096];
    int n = snprintf(aff, sizeof aff, "%.*s/%s.aff", SLICE_FMT(s->options.folder), name);
    snprintf(dic, sizeof dic, "%.*s/%s.dic", SLICE_FMT(s->options.folder), name);
    if (n < 0 || (size_t)n >= sizeof aff || !readable(aff) || !readable(dic)) return false;
    struct dictionary *d = &l->dictionaries[l->dictionary_count++];
    *d = (struct dictionary){.aff = memory_copy_text(aff), .dic = memory_copy_text(dic)};
    door_init(&d->front);
    door_init(&d->back);
    return true;
}

static void language_free(struct speller *s, struct language *l) {
    for (size_t i = 0; i < l->dictionary_count; i++) {
        struct dictionary *d = &l->dictionaries[i];
        door_close(s, &d->front);
        door_close(s, &d->back);
        pthread_mutex_destroy(&d->front.lock);
        pthread_mutex_destroy(&d->back.lock);
        memory_free(d->aff);
        memory_free(d->dic);
    }
    memory_free(l->known);
    memory_free(l->thoughts);
    memory_free((void *)(uintptr_t)l->root.p);
    pthread_mutex_destroy(&l->lock);
    memory_free(l);
}

/* "fr-ca" → fr_CA, fr, fr_FR; plain "en": both. */
static void find_dictionaries(struct speller *s, struct language *l, slice tag) {
    char name[2 * TAG_BYTES];
    slice region = tag, primary = slice_cut(&region, '-');
    int n = (int)primary.n;
    if (region.n == 2) {
        snprintf(name, sizeof name, "%.*s_%c%c", SLICE_FMT(primary), region.p[0] & ~0x20, region.p[1] & ~0x20);
        if (add_dictionary(s, l, name)) return;
    }
    if (slice_equal(primary, S("en"))) {
        add_dictionary(s, l, "en_US");
        add_dictionary(s, l, "en_GB");
        return;
    }
    snprintf(name, sizeof name, "%.*s", n, primary.p);
    if (add_dictionary(s, l, name)) return;
    snprintf(name, sizeof name, "%.*s_%.*s", n, primary.p, n, primary.p);
    for (char *c = name + n; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c &= ~0x20;
    add_dictionary(s, l, name);
}

/* With `languages`. */
static struct language *make_language(struct speller *s, slice tag) {
    struct language *l = NEW(struct language);
    pthread_mutex_init(&l->lock, NULL);
    find_dictionaries(s, l, tag);
    char real[PATH_MAX];
    bool found = l->dictionary_count && realpath(l->dictionaries[0].aff, real);
    l->root = slice_of(memory_copy_text(found ? real : ""));
    for (size_t i = 0; i < s->owned_count && l->dictionary_count; i++) {
        struct language *same = s->owned[i];
        if (same->dictionary_count != l->dictionary_count || !slice_equal(same->root, l->root)) continue;
        language_free(s, l);
        return same;
    }
    if (l->dictionary_count == 0) {
        language_free(s, l);
        return NULL;
    }
    return s->owned[s->owned_count++] = l;
}

static bool is_tag(slice tag) {
    for (size_t i = 0; i < tag.n; i++) {
        char c = tag.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return tag.n > 1 && tag.n < TAG_BYTES;
}

static struct language *language_of(struct speller *s, slice tag) {
    struct language *found = NULL;
    if (!is_tag(tag)) return NULL;
    pthread_mutex_lock(&s->languages);
    size_t i = 0;
    while (i < s->tag_count && !slice_equal_nocase(slice_of(s->tags[i].tag), tag)) i++;
    if (i < s->tag_count) {
        found = s->tags[i].language;
    } else if (i < LANGUAGES_MAX) {
        memcpy(s->tags[i].tag, tag.p, tag.n);
        found = s->tags[i].language = make_language(s, slice_of(s->tags[i].tag));
        s->tag_count++;
    }
    pthread_mutex_unlock(&s->languages);
    return found;
}

/* --- What was asked before ------------------------------------------------------------------------------------------ */

/* With the language's lock. */
static void make_tables(struct language *l) {
    if (l->known) return;
    l->known = memory_alloc_array(KNOWN_ENTRIES, sizeof *l->known);
    l->thoughts = memory_alloc_array(THOUGHT_ENTRIES, sizeof *l->thoughts);
}

static enum knowledge recall(struct language *l, slice word) {
    enum knowledge knowledge = UNHEARD;
    if (word.n > sizeof l->known->word) return UNHEARD;
    size_t at = slice_hash(word) & (KNOWN_ENTRIES - 1);
    pthread_mutex_lock(&l->lock);
    for (size_t way = 0; l->known && way < 2; way++) {
        const struct known *k = &l->known[at ^ way];
        if (k->state != UNHEARD && slice_equal(slice_make(k->word, k->n), word)) knowledge = k->state;
    }
    pthread_mutex_unlock(&l->lock);
    return knowledge;
}

static void remember(struct language *l, slice word, enum knowledge knowledge) {
    if (word.n > sizeof l->known->word) return;
    size_t at = slice_hash(word) & (KNOWN_ENTRIES - 1);
    pthread_mutex_lock(&l->lock);
    make_tables(l);
    struct known *k = &l->known[at];
    if (k->state != UNHEARD) l->known[at ^ 1] = *k; /* the older of the two goes */
    memcpy(k->word, word.p, word.n);
    k->n = (unsigned char)word.n;
    k->state = (unsigned char)knowledge;
    pthread_mutex_unlock(&l->lock);
}

/* With the language's lock: where the word's suggestions are, or may be put. NULL: others are being thought of there. */
static struct thought *thought_of(struct language *l, slice word) {
    make_tables(l);
    size_t at = slice_hash(word) & (THOUGHT_ENTRIES - 1);
    struct thought *free_one = NULL;
    for (size_t way = 0; way < 2; way++) {
        struct thought *t = &l->thoughts[at ^ way];
        if (t->state != NOTHING && slice_equal(slice_make(t->word, t->n), word)) return t;
        if (!free_one && t->state != PENDING) free_one = t;
    }
    if (!free_one) return NULL;
    *free_one = (struct thought){.n = (unsigned char)word.n};
    memcpy(free_one->word, word.p, word.n);
    return free_one;
}

static void put_thought(struct language *l, slice word, slice found, bool ready) {
    pthread_mutex_lock(&l->lock);
    struct thought *t = thought_of(l, word);
    if (t && t->state != READY) {
        size_t n = found.n;
        while (n > sizeof t->found || (n > 0 && found.p[n - 1] != '\n')) n--;
        if (n) memcpy(t->found, found.p, n);
        t->found_n = (unsigned char)n;
        t->state = ready ? READY : PENDING;
    }
    pthread_mutex_unlock(&l->lock);
}

/* False: nothing is known of the word. */
static bool take_thought(struct language *l, struct arena *arena, slice word, struct speller_suggestions *out) {
    pthread_mutex_lock(&l->lock);
    struct thought *t = thought_of(l, word);
    bool any = t && t->state != NOTHING;
    *out = (struct speller_suggestions){.pending = !t || t->state == PENDING};
    slice rest = any && t->state == READY ? arena_copy(arena, slice_make(t->found, t->found_n)) : (slice){0};
    pthread_mutex_unlock(&l->lock);
    while (rest.n && out->count < SPELLER_SUGGESTIONS) {
        slice one = slice_cut(&rest, '\n');
        if (one.n) out->items[out->count++] = one;
    }
    return any;
}

/* --- Asking ---------------------------------------------------------------------------------------------------------- */

/* NUL-terminated, with straight apostrophes. False: too long, or a NUL in it. */
static bool spell_out(slice word, char out[static SPELLER_WORD_BYTES]) {
    static const slice APOSTROPHE = S_INIT("’");
    size_t n = 0;
    for (size_t i = 0; i < word.n; i++) {
        if (n + 1 >= SPELLER_WORD_BYTES || word.p[i] == '\0' || word.p[i] == '\n') return false;
        bool typographic = slice_starts(slice_after(word, i), APOSTROPHE);
        out[n++] = typographic ? '\'' : word.p[i];
        if (typographic) i += APOSTROPHE.n - 1;
    }
    out[n] = '\0';
    return n > 0;
}

static void start_thread(struct speller *s);

static bool ask(struct speller *s, struct language *l, const char *word) {
    bool knows = false;
    for (size_t i = 0; i < l->dictionary_count && !knows; i++) {
        struct dictionary *d = &l->dictionaries[i];
        pthread_mutex_lock(&d->front.lock);
        void *handle = door_open(s, d, &d->front);
        knows = !handle || s->engine->knows(handle, word);
        pthread_mutex_unlock(&d->front.lock);
    }
    return knows;
}

bool speller_has(struct speller *s, slice language) { return language_of(s, language) != NULL; }

bool speller_knows(struct speller *s, slice language, slice word) {
    struct language *l = language_of(s, language);
    char text[SPELLER_WORD_BYTES];
    if (!l || !spell_out(word, text)) return true;
    atomic_store_explicit(&l->used_ms, clock_monotonic_ms(), memory_order_relaxed);
    enum knowledge knowledge = recall(l, slice_of(text));
    if (knowledge == UNHEARD) {
        start_thread(s);
        knowledge = ask(s, l, text) ? KNOWN : UNKNOWN;
        remember(l, slice_of(text), knowledge);
    }
    return knowledge == KNOWN;
}

/* --- The thread that thinks ------------------------------------------------------------------------------------------ */

static void think(struct speller *s, const struct job *job) {
    struct dictionary *d = &job->language->dictionaries[0];
    struct buf found;
    buf_init(&found, 4096);
    pthread_mutex_lock(&d->back.lock);
    void *handle = door_open(s, d, &d->back);
    if (handle) s->engine->suggest(handle, job->word, SPELLER_SUGGESTIONS, &found);
    pthread_mutex_unlock(&d->back.lock);
    put_thought(job->language, slice_of(job->word), buf_slice(&found), true);
    buf_fini(&found);
}

/* Gives back what nobody asks for. */
static void rest(struct speller *s) {
    int64_t idle = s->options.idle_ms ? s->options.idle_ms : IDLE_MS;
    pthread_mutex_lock(&s->languages);
    size_t count = s->owned_count;
    pthread_mutex_unlock(&s->languages);
    for (size_t i = 0; i < count; i++) {
        struct language *l = s->owned[i];
        int64_t used = atomic_load_explicit(&l->used_ms, memory_order_relaxed);
        if (clock_monotonic_ms() - used < idle) continue;
        for (size_t k = 0; k < l->dictionary_count; k++) {
            door_close(s, &l->dictionaries[k].front);
            door_close(s, &l->dictionaries[k].back);
        }
        pthread_mutex_lock(&l->lock);
        memory_free(l->known);
        memory_free(l->thoughts);
        l->known = NULL;
        l->thoughts = NULL;
        pthread_mutex_unlock(&l->lock);
    }
}

static struct timespec in_ms(int64_t ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

static void *run(void *speller) {
    struct speller *s = speller;
    int64_t idle = s->options.idle_ms ? s->options.idle_ms : IDLE_MS;
    int64_t tick = idle < TICK_MS ? idle : TICK_MS;
    pthread_mutex_lock(&s->mutex);
    while (!s->stopping) {
        if (s->queue_count == 0) {
            struct timespec until = in_ms(tick);
            if (pthread_cond_timedwait(&s->work, &s->mutex, &until) == 0) continue;
            pthread_mutex_unlock(&s->mutex);
            rest(s);
            pthread_mutex_lock(&s->mutex);
            continue;
        }
        struct job job = s->queue[s->queue_first];
        s->queue_first = (s->queue_first + 1) % QUEUE_MAX;
        s->queue_count--;
        pthread_mutex_unlock(&s->mutex);
        think(s, &job);
        pthread_mutex_lock(&s->mutex);
        pthread_cond_broadcast(&s->done);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

static void start_thread(struct speller *s) {
    pthread_mutex_lock(&s->mutex);
    if (!s->has_thread) s->has_thread = pthread_create(&s->thread, NULL, run, s) == 0;
    pthread_mutex_unlock(&s->mutex);
}

/* A full queue takes nothing: the word is not pending, and is asked about again at the next question. */
static void enqueue(struct speller *s, struct language *l, slice word) {
    start_thread(s);
    pthread_mutex_lock(&s->mutex);
    bool room = s->has_thread && s->queue_count < QUEUE_MAX;
    if (room) {
        struct job *job = &s->queue[(s->queue_first + s->queue_count++) % QUEUE_MAX];
        *job = (struct job){.language = l};
        memcpy(job->word, word.p, word.n);
        put_thought(l, word, (slice){0}, false);
        pthread_cond_signal(&s->work);
    }
    pthread_mutex_unlock(&s->mutex);
}

/* --- Suggestions ------------------------------------------------------------------------------------------------------ */

struct nearby {
    struct speller *speller;
    struct language *language;
    int64_t until_ms;
};

static bool nearby_knows(void *ctx, slice candidate) {
    struct nearby *n = ctx;
    char text[SPELLER_WORD_BYTES];
    return spell_out(candidate, text) && ask(n->speller, n->language, text);
}

static bool nearby_goes_on(void *ctx) {
    const struct nearby *n = ctx;
    return clock_monotonic_ms() < n->until_ms;
}

/* False: there is nothing near it, or no time to look. */
static bool look_nearby(struct speller *s, struct language *l, slice word, enum speller_reach reach, int64_t until_ms) {
    struct nearby nearby = {s, l, until_ms};
    struct speller_found found = {.count = 0};
    if (!nearby_goes_on(&nearby)) return false;
    bool all = speller__near(word, reach, nearby_knows, nearby_goes_on, &nearby, &found);
    if (!all || found.count == 0) return false;
    struct buf list;
    buf_init(&list, 4096);
    for (size_t i = 0; i < found.count; i++) {
        buf_add(&list, slice_of(found.words[i]));
        buf_add_char(&list, '\n');
    }
    put_thought(l, word, buf_slice(&list), true);
    buf_fini(&list);
    return true;
}

/* True: the word is one that can be thought about, in *text. */
static bool is_fit(slice word, char text[static SPELLER_WORD_BYTES]) { return spell_out(word, text); }

static size_t collect(struct language *l, struct arena *arena, const slice *words, size_t count,
                      struct speller_suggestions *out) {
    size_t pending = 0;
    for (size_t i = 0; i < count; i++) {
        char text[SPELLER_WORD_BYTES];
        if (!is_fit(words[i], text) || (out[i].count && !out[i].pending)) continue;
        if (!take_thought(l, arena, slice_of(text), &out[i])) out[i].pending = true;
        pending += out[i].pending;
    }
    return pending;
}

static void wait_for_others(struct speller *s, struct language *l, struct arena *arena, const slice *words,
                            size_t count, int64_t until_ms, struct speller_suggestions *out) {
    pthread_mutex_lock(&s->mutex);
    bool may = s->waiting < s->options.waiting_max;
    s->waiting += may;
    while (may && !s->stopping) {
        int64_t left = until_ms - clock_monotonic_ms();
        struct timespec until = in_ms(left > 0 ? left : 0);
        bool late = left <= 0 || pthread_cond_timedwait(&s->done, &s->mutex, &until) != 0;
        pthread_mutex_unlock(&s->mutex);
        size_t pending = collect(l, arena, words, count, out);
        pthread_mutex_lock(&s->mutex);
        if (late || pending == 0) break;
    }
    s->waiting -= may;
    pthread_mutex_unlock(&s->mutex);
}

void speller_suggest(struct speller *s, struct arena *arena, slice language, const slice *words, size_t count,
                     int64_t budget_ms, struct speller_suggestions *out) {
    int64_t start = clock_monotonic_ms();
    struct language *l = language_of(s, language);
    memset(out, 0, count * sizeof *out);
    if (!l) return;
    atomic_store_explicit(&l->used_ms, start, memory_order_relaxed);
    /* Every word has its likeliest slips looked at before any has more. */
    int64_t until_ms = start + budget_ms * NEAR_SHARE / 100;
    for (int reach = SPELLER_LIKELY; reach <= SPELLER_FAR; reach++) {
        for (size_t i = 0; i < count; i++) {
            char text[SPELLER_WORD_BYTES];
            if (!is_fit(words[i], text) || take_thought(l, arena, slice_of(text), &out[i])) continue;
            bool found = look_nearby(s, l, slice_of(text), (enum speller_reach)reach, until_ms);
            if (!found && reach == SPELLER_FAR) enqueue(s, l, slice_of(text));
        }
    }
    if (collect(l, arena, words, count, out) > 0) wait_for_others(s, l, arena, words, count, start + budget_ms, out);
}

/* --- Life ------------------------------------------------------------------------------------------------------------- */

struct speller *speller_new(const struct speller_options *options) {
    struct speller *s = NEW(struct speller);
    s->options = *options;
    s->engine = options->engine ? options->engine : &HUNSPELL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->languages, NULL);
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->work, &monotonic);
    pthread_cond_init(&s->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return s;
}

void speller_free(struct speller *s) {
    if (!s) return;
    pthread_mutex_lock(&s->mutex);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_cond_broadcast(&s->done);
    bool has_thread = s->has_thread;
    pthread_mutex_unlock(&s->mutex);
    if (has_thread) pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->owned_count; i++) language_free(s, s->owned[i]);
    pthread_cond_destroy(&s->work);
    pthread_cond_destroy(&s->done);
    pthread_mutex_destroy(&s->mutex);
    pthread_mutex_destroy(&s->languages);
    memory_free(s);
}
